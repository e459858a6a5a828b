//! Real documents for tests: a handbook of many pages in three languages, a long PDF and a long DOCX. They come as Debian
//! packages, are fetched once and kept in the cache, never in the repository. Where they cannot be had, this says so and
//! the tests that need them are skipped.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;

use crate::{
    environment,
    process::{capture, say},
};

/// *The Debian Administrator's Handbook* as HTML and the *Debian Policy Manual* as PDF.
const PACKAGES: [&str; 2] = ["debian-handbook", "debian-policy"];
/// Where the handbook is inside its package, and its folder in the cache; one folder a language.
const HANDBOOK: (&str, &str) = ("usr/share/doc/debian-handbook/html", "debian-handbook");
/// The languages that tests read. The package has twenty, most of them with the same pictures.
const LANGUAGES: [&str; 3] = ["en-US", "fr-FR", "cs-CZ"];
/// Where the PDF is inside its package, and its name in the cache.
const PDF: (&str, &str) = ("usr/share/doc/debian-policy/policy.pdf.gz", "debian-policy.pdf");
/// The name of the DOCX in the cache.
const DOCX: &str = "debian-handbook.docx";
/// The chapters of the handbook that make the DOCX, by their pages' order: some 43,000 words.
const CHAPTERS: [&str; 24] = [
    "preface.html",
    "the-debian-project.html",
    "sect.foundation-documents.html",
    "sect.debian-internals.html",
    "sect.follow-debian-news.html",
    "sect.role-of-distributions.html",
    "sect.release-lifecycle.html",
    "case-study.html",
    "sect.master-plan.html",
    "sect.why-gnu-linux.html",
    "sect.why-debian.html",
    "existing-setup.html",
    "sect.how-to-migrate.html",
    "installation.html",
    "sect.installation-steps.html",
    "sect.after-first-boot.html",
    "packaging-system.html",
    "sect.package-meta-information.html",
    "sect.source-package-structure.html",
    "sect.manipulating-packages-with-dpkg.html",
    "sect.coexistence-with-other-packaging-systems.html",
    "apt.html",
    "sect.apt-get.html",
    "conclusion.html",
];
/// The Python package that carries the program pandoc, and where it is inside.
const PANDOC: (&str, &str) = ("pypandoc_binary==1.15", "pypandoc/files/pandoc");

/// Fetches what is not in the cache yet. Never an error: a machine without Debian's tools runs the other tests.
pub fn fetch_if_missing() {
    let Some(cache) = environment::cache_dir() else { return };
    let documents = cache.join("documents");
    if [HANDBOOK.1, PDF.1, DOCX].iter().all(|name| documents.join(name).exists()) {
        return;
    }
    if let Err(error) = fetch(&documents) {
        say(&format!("setup: no real documents for the tests, those that need them are skipped: {error:#}"));
    }
}

fn fetch(documents: &Path) -> Result<()> {
    for program in ["apt-get", "dpkg-deb"] {
        environment::find_program(&[program])
            .with_context(|| format!("they are Debian packages, and {program} is missing"))?;
    }
    say("setup: fetching a handbook and a manual that tests read (37 MB, once)");
    std::fs::create_dir_all(documents).with_context(|| format!("cannot create {}", documents.display()))?;
    // On the cache's own file system, so that what is finished appears in one step.
    let work = tempfile::tempdir_in(documents).context("no temporary directory in the cache")?;
    let unpacked = download(work.path())?;
    let handbook = work.path().join("handbook");
    std::fs::create_dir(&handbook)?;
    for language in LANGUAGES {
        let folder = unpacked.join(HANDBOOK.0).join(language);
        std::fs::rename(&folder, handbook.join(language)).with_context(|| format!("the handbook has no {language}"))?;
    }
    keep(&handbook, &documents.join(HANDBOOK.1))?;
    let pdf = work.path().join(PDF.1);
    let packed = File::open(unpacked.join(PDF.0)).context("the manual has no PDF")?;
    std::io::copy(&mut GzDecoder::new(packed), &mut File::create(&pdf)?).context("the PDF cannot be unpacked")?;
    keep(&pdf, &documents.join(PDF.1))?;
    let docx = work.path().join(DOCX);
    write_docx(work.path(), &documents.join(HANDBOOK.1).join(LANGUAGES[0]), &docx)?;
    keep(&docx, &documents.join(DOCX))
}

/// Fetches the packages and unpacks them; neither needs an administrator.
fn download(work: &Path) -> Result<PathBuf> {
    let get = || capture(Command::new("apt-get").arg("download").args(PACKAGES).current_dir(work));
    if let Err(error) = get() {
        // A fresh image has no lists of packages yet.
        ensure!(environment::is_continuous_integration(), "{error:#}; `apt-get update` as administrator may help");
        capture(Command::new("apt-get").arg("update"))?;
        get()?;
    }
    let unpacked = work.join("unpacked");
    for entry in std::fs::read_dir(work)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            capture(Command::new("dpkg-deb").arg("-x").arg(&path).arg(&unpacked))?;
        }
    }
    Ok(unpacked)
}

/// Makes one long DOCX of some chapters.
fn write_docx(work: &Path, pages: &Path, to: &Path) -> Result<()> {
    say("setup: fetching pandoc to make a long DOCX of it (39 MB, once)");
    let python = environment::find_program(&["python3", "python"]).context("Python with pip is missing")?;
    let target = work.join("pandoc");
    capture(
        Command::new(python)
            .args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target"])
            .arg(&target)
            .arg(PANDOC.0),
    )?;
    capture(
        Command::new(target.join(PANDOC.1))
            .args(["--quiet", "--from", "html", "--to", "docx", "--output"])
            .arg(to)
            .args(CHAPTERS)
            .current_dir(pages),
    )?;
    Ok(())
}

/// Moves what is finished to its place.
fn keep(finished: &Path, place: &Path) -> Result<()> {
    if place.is_dir() {
        std::fs::remove_dir_all(place).with_context(|| format!("cannot replace {}", place.display()))?;
    }
    std::fs::rename(finished, place).with_context(|| format!("cannot create {}", place.display()))
}
