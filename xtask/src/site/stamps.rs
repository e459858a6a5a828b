//! Remembers from which inputs each part of the site was built.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{
    process::{duration, say},
    workspace::{Workspace, files_below},
};

/// The hash of the inputs of each finished step.
#[derive(Debug)]
pub struct Stamps {
    file: PathBuf,
    root: PathBuf,
    hashes: BTreeMap<String, String>,
}

impl Stamps {
    /// Reads them; without a file nothing counts as built.
    pub fn read(workspace: &Workspace) -> Self {
        // Beside the site, not in it: what lies in the site is served.
        let file = workspace.target.join("site-stamps.json");
        let hashes =
            std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { file, root: workspace.root.clone(), hashes }
    }

    /// Runs a step unless its outputs are there and were made from these very inputs. Gives whether it ran.
    ///
    /// # Errors
    /// When the step fails.
    pub fn step(
        &mut self,
        name: &str,
        inputs: &[PathBuf],
        outputs: &[PathBuf],
        run: impl FnOnce() -> Result<()>,
    ) -> Result<bool> {
        let hash = hash_of(&self.root, inputs)?;
        if self.hashes.get(name) == Some(&hash) && outputs.iter().all(|path| path.exists()) {
            return Ok(false);
        }
        say(&format!("build: {name}"));
        let start = Instant::now();
        self.hashes.remove(name);
        run().with_context(|| format!("the {name} cannot be built"))?;
        self.hashes.insert(name.to_owned(), hash);
        if let Some(parent) = self.file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&self.file, serde_json::to_vec_pretty(&self.hashes)?)
            .with_context(|| format!("cannot write {}", self.file.display()))?;
        say(&format!("build: {name} took {}", duration(start.elapsed())));
        Ok(true)
    }
}

/// Names and contents of all files below some paths, as one hash.
fn hash_of(root: &Path, paths: &[PathBuf]) -> Result<String> {
    let mut hasher = Sha256::new();
    for file in files_below(paths)? {
        let contents = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().into_owned();
        // Lengths first, so that no two lists of files give the same bytes.
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update((contents.len() as u64).to_le_bytes());
        hasher.update(&contents);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_runs_again_only_when_an_input_changes_or_an_output_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: dir.path().to_owned(), target: dir.path().join("target"), build: None };
        let (input, output) = (dir.path().join("in.css"), dir.path().join("out.css"));
        std::fs::write(&input, "a {}").unwrap();
        let build = || {
            Stamps::read(&workspace)
                .step("styles", std::slice::from_ref(&input), std::slice::from_ref(&output), || {
                    Ok(std::fs::copy(&input, &output).map(|_| ())?)
                })
                .unwrap()
        };
        assert!(build());
        assert!(!build());
        std::fs::write(&input, "b {}").unwrap();
        assert!(build());
        std::fs::remove_file(&output).unwrap();
        assert!(build());
    }

    #[test]
    fn a_failed_step_is_not_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: dir.path().to_owned(), target: dir.path().join("target"), build: None };
        let failed = Stamps::read(&workspace).step("styles", &[], &[], || anyhow::bail!("broken"));
        assert!(failed.is_err());
        assert!(Stamps::read(&workspace).step("styles", &[], &[], || Ok(())).unwrap());
    }
}
