//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{environment, process::cargo_in};

/// The paths of this checkout.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The directory of the root manifest.
    pub root: PathBuf,
    /// Where cargo puts what it has finished; `target` unless `CARGO_TARGET_DIR` says otherwise.
    pub target: PathBuf,
    /// Where cargo keeps what it makes on the way, together with other checkouts; `None` where it does not tell.
    pub build: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
    build_directory: Option<PathBuf>,
}

impl Workspace {
    /// Asks cargo.
    ///
    /// # Errors
    /// When the manifests cannot be read.
    pub fn find() -> Result<Self> {
        let root = environment::package_folder().parent().context("xtask lies outside a workspace")?.to_owned();
        let output = cargo_in(&root)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .stderr(std::process::Stdio::inherit())
            .output()
            .context("cargo cannot be started")?;
        anyhow::ensure!(output.status.success(), "cargo metadata failed");
        let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata is not understood")?;
        Ok(Self { root, target: metadata.target_directory, build: metadata.build_directory })
    }

    /// What a browser loads: `target/site`.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// Where collections with known answers lie, in the layout of BEIR, if `HAMMOCK_RETRIEVAL_DATA` names no other place.
    pub fn retrieval_data(&self) -> PathBuf {
        self.root.join("../shared/data/retrieval")
    }

    /// The server as `run` and `test` build it.
    pub fn server_binary(&self) -> PathBuf {
        self.target.join("debug").join(format!("hammock{}", std::env::consts::EXE_SUFFIX))
    }

    /// A path relative to the root, with slashes, for messages.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}

/// All files below some files and directories, sorted; build output and packages of others are left out.
///
/// # Errors
/// When a directory cannot be read.
pub fn files_below(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    const SKIPPED: [&str; 8] =
        [".git", "target", "node_modules", "data", "test-results", "playwright-report", ".idea", ".vscode"];
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = paths.to_vec();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in std::fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))? {
                let entry = entry?;
                if !SKIPPED.contains(&entry.file_name().to_string_lossy().as_ref()) {
                    waiting.push(entry.path());
                }
            }
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_files_sorted_without_build_output() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["b/two.rs", "a/one.rs", "target/debug/skipped.rs", "a/node_modules/skipped.js"] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = files_below(&[dir.path().to_owned()]).unwrap();
        let names: Vec<_> = found.iter().map(|path| path.strip_prefix(dir.path()).unwrap().to_owned()).collect();
        assert_eq!(names, [PathBuf::from("a/one.rs"), PathBuf::from("b/two.rs")]);
    }
}
