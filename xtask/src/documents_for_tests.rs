//! Real documents for tests: a handbook of many pages in several languages, questions with their answers, a long PDF and a
//! long DOCX. They come as Debian packages, are fetched once and kept in the cache, never in the repository. Where they
//! cannot be had, this says so and the tests that need them are skipped.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use flate2::read::GzDecoder;

use crate::{
    environment,
    process::{capture, say},
};

/// *The Debian Administrator's Handbook* and *The Debian FAQ* as HTML and the *Debian Policy Manual* as PDF; of each package,
/// what of it is kept in the cache.
const PACKAGES: [(&str, &[&str]); 3] =
    [("debian-policy", &[PDF.1]), ("debian-faq", &[FAQ.1]), ("debian-handbook", &[ADDED_LAST, DOCX])];
/// Where the handbook is inside its package, and its folder in the cache; one folder a language.
pub const HANDBOOK: (&str, &str) = ("usr/share/doc/debian-handbook/html", "debian-handbook");
/// The languages that tests read, the original first. The package has twenty, most of them with the same pictures.
pub const LANGUAGES: [&str; 8] = ["en-US", "fr-FR", "cs-CZ", "de-DE", "it-IT", "nl-NL", "es-ES", "pt-BR"];
/// A folder of the handbook that is not in the caches of older checkouts: these fetch it again.
const ADDED_LAST: &str = "debian-handbook/pt-BR";
/// Where the PDF is inside its package, and its name in the cache.
const PDF: (&str, &str) = ("usr/share/doc/debian-policy/policy.pdf.gz", "debian-policy.pdf");
/// Where the questions are inside their package, and their folder in the cache.
pub const FAQ: (&str, &str) = ("usr/share/doc/debian/FAQ", "debian-faq");
/// How the names of their pages in English end.
pub const FAQ_PAGES: &str = ".en.html";
/// The name of the DOCX in the cache.
const DOCX: &str = "debian-handbook.docx";
/// The chapters of the handbook that make the DOCX, by their pages' order: some 43,000 words. They are about what the questions
/// are about, too.
pub const CHAPTERS: [&str; 24] = [
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

/// Where the documents are.
pub fn folder() -> Option<PathBuf> {
    environment::cache_dir().map(|cache| cache.join("documents"))
}

/// Fetches what is not in the cache yet. Never an error: a machine without Debian's tools runs the other tests.
pub fn fetch_if_missing() {
    let Some(documents) = folder() else { return };
    let is_missing = |kept: &[&str]| kept.iter().any(|name| !documents.join(name).exists());
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|(_, kept)| is_missing(kept)).map(|(package, _)| *package).collect();
    if missing.is_empty() {
        return;
    }
    if let Err(error) = fetch(&documents, &missing) {
        say(&format!("setup: no real documents for the tests, those that need them are skipped: {error:#}"));
    }
}

/// Looks for the programs that fetch and unpack Debian packages.
///
/// # Errors
/// When one is missing.
pub fn find_tools() -> Result<()> {
    for program in ["apt-get", "dpkg-deb"] {
        environment::find_program(&[program])
            .with_context(|| format!("they are Debian packages, and {program} is missing"))?;
    }
    Ok(())
}

fn fetch(documents: &Path, missing: &[&str]) -> Result<()> {
    find_tools()?;
    say(&format!("setup: fetching documents that tests read, once: {} (38 MB all together)", missing.join(", ")));
    std::fs::create_dir_all(documents).with_context(|| format!("cannot create {}", documents.display()))?;
    // On the cache's own file system, so that what is finished appears in one step.
    let work = tempfile::tempdir_in(documents).context("no temporary directory in the cache")?;
    let unpacked = download(work.path(), missing)?;
    for package in missing {
        match *package {
            "debian-handbook" => keep_handbook(work.path(), &unpacked, documents)?,
            "debian-policy" => keep_manual(work.path(), &unpacked, documents)?,
            _ => keep_questions(work.path(), &unpacked, documents)?,
        }
    }
    Ok(())
}

fn keep_handbook(work: &Path, unpacked: &Path, documents: &Path) -> Result<()> {
    let handbook = work.join("handbook");
    std::fs::create_dir(&handbook)?;
    for language in LANGUAGES {
        let folder = unpacked.join(HANDBOOK.0).join(language);
        std::fs::rename(&folder, handbook.join(language)).with_context(|| format!("the handbook has no {language}"))?;
    }
    keep(&handbook, &documents.join(HANDBOOK.1))?;
    let docx = work.join(DOCX);
    write_docx(work, &documents.join(HANDBOOK.1).join(LANGUAGES[0]), &docx)?;
    keep(&docx, &documents.join(DOCX))
}

fn keep_manual(work: &Path, unpacked: &Path, documents: &Path) -> Result<()> {
    let pdf = work.join(PDF.1);
    let packed = File::open(unpacked.join(PDF.0)).context("the manual has no PDF")?;
    std::io::copy(&mut GzDecoder::new(packed), &mut File::create(&pdf)?).context("the PDF cannot be unpacked")?;
    keep(&pdf, &documents.join(PDF.1))
}

fn keep_questions(work: &Path, unpacked: &Path, documents: &Path) -> Result<()> {
    let questions = work.join("questions");
    std::fs::create_dir(&questions)?;
    for entry in std::fs::read_dir(unpacked.join(FAQ.0)).context("there are no questions")? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(FAQ_PAGES) {
            std::fs::rename(entry.path(), questions.join(entry.file_name()))?;
        }
    }
    keep(&questions, &documents.join(FAQ.1))
}

/// Fetches the packages and unpacks them into one folder below `work`; neither needs an administrator.
///
/// # Errors
/// When a package cannot be fetched or unpacked.
pub fn download(work: &Path, packages: &[&str]) -> Result<PathBuf> {
    let get = || capture(Command::new("apt-get").arg("download").args(packages).current_dir(work));
    if let Err(error) = get() {
        // A fresh image has no lists of packages yet.
        let Some(why) = environment::why_to_install() else {
            bail!("{error:#}; `apt-get update` as administrator may help");
        };
        say(&format!("setup: fetching the lists of packages, {why}"));
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
///
/// # Errors
/// When what is there cannot be replaced.
pub fn keep(finished: &Path, place: &Path) -> Result<()> {
    if place.is_dir() {
        std::fs::remove_dir_all(place).with_context(|| format!("cannot replace {}", place.display()))?;
    }
    std::fs::rename(finished, place).with_context(|| format!("cannot create {}", place.display()))
}
