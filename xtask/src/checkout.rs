//! All checkouts share one build directory (decision 0002), and cargo judges by times what is fresh there: what another checkout
//! compiled of our crates passes for this one's where that is newer than the sources here. So the last checkout that built is
//! written down in the build directory, and the next other one makes its sources newer first.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{
    process::say,
    workspace::{Workspace, files_below},
};

/// The file in the build directory that holds the root of the last checkout.
const LAST: &str = "last-checkout";

/// Where the sources of our own crates are.
const OURS: [&str; 7] = ["app", "crates", "frontend", "migrations", "server", "widget", "xtask"];

/// Lets cargo compile our own crates anew where another checkout built last. Where it was this one, a small file is read and no
/// more.
///
/// # Errors
/// When the build directory or a source cannot be written.
pub fn take_over(workspace: &Workspace) -> Result<()> {
    let Some(build) = &workspace.build else { return Ok(()) };
    if let Some(other) = take_over_from(build, &workspace.root)? {
        say(&format!(
            "build: {} built last, so our own crates are compiled anew; xtask itself is with the next call",
            other.display()
        ));
    }
    Ok(())
}

/// The checkout that built last, when that was another one. Where none has said so, there is nothing to take over.
fn take_over_from(build: &Path, root: &Path) -> Result<Option<PathBuf>> {
    let file = build.join(LAST);
    let root = root.canonicalize().with_context(|| format!("cannot find {}", root.display()))?;
    let last = fs::read_to_string(&file).ok().map(PathBuf::from);
    if last.as_ref() == Some(&root) {
        return Ok(None);
    }
    if last.is_some() {
        touch_sources(&root)?;
    }
    // Afterwards: what breaks off in between is done again.
    fs::create_dir_all(build)
        .and_then(|()| fs::write(&file, root.to_string_lossy().as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))?;
    Ok(last)
}

/// A crate is compiled again when one of its sources is newer, with all that it includes.
fn touch_sources(root: &Path) -> Result<()> {
    let now = SystemTime::now();
    for path in files_below(&OURS.map(|folder| root.join(folder)))? {
        if path.extension().is_some_and(|extension| extension == "rs") {
            File::options()
                .write(true)
                .open(&path)
                .and_then(|file| file.set_modified(now))
                .with_context(|| format!("cannot touch {}", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SOURCES: [&str; 2] = ["server/src/main.rs", "crates/store/src/lib.rs"];
    const OTHERS: [&str; 2] = ["docs/example.rs", "app/locales/en.json"];

    fn long_ago() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
    }

    /// A checkout whose files are old.
    fn checkout(root: &Path) {
        for name in SOURCES.iter().chain(&OTHERS) {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            File::create(&path).unwrap().set_modified(long_ago()).unwrap();
        }
    }

    /// Which files of a checkout have been touched.
    fn touched(root: &Path) -> Vec<&'static str> {
        let is_new = |name: &&str| fs::metadata(root.join(name)).unwrap().modified().unwrap() > long_ago();
        SOURCES.into_iter().chain(OTHERS).filter(is_new).collect()
    }

    #[test]
    fn another_checkout_makes_its_own_sources_newer() {
        let dir = tempfile::tempdir().unwrap();
        let [build, first, second] = ["build", "first", "second"].map(|name| dir.path().join(name));
        checkout(&first);
        checkout(&second);

        assert_eq!(take_over_from(&build, &first).unwrap(), None);
        assert_eq!(take_over_from(&build, &first).unwrap(), None);
        assert!(touched(&first).is_empty(), "nobody else has built");

        assert_eq!(take_over_from(&build, &second).unwrap(), Some(first.canonicalize().unwrap()));
        assert_eq!(touched(&second), SOURCES);
        assert!(touched(&first).is_empty(), "it is another's");

        checkout(&second);
        assert_eq!(take_over_from(&build, &second).unwrap(), None);
        assert!(touched(&second).is_empty(), "it is its own");

        assert_eq!(take_over_from(&build, &first).unwrap(), Some(second.canonicalize().unwrap()));
        assert_eq!(touched(&first), SOURCES);
    }
}
