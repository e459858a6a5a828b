//! What a build has finished, on its way into the site: a folder whose name is a hash of what is in it, so that files of two
//! builds never mix and each may be cached for ever.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{
    site::{compress, sections},
    workspace::files_below,
};

/// The files of one build.
pub struct Finished {
    /// The hash of all files with their names, in hexadecimal digits.
    pub hash: String,
    /// Where each is in the folder, and what is in it.
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Finished {
    /// Takes what is below `folder`; of WASM, what a browser needs. Of the hash, so many bytes are kept.
    ///
    /// # Errors
    /// When a file cannot be read, or is called WASM and is none.
    pub fn read(folder: &Path, hash_bytes: usize) -> Result<Self> {
        let mut hasher = Sha256::new();
        let mut files = Vec::new();
        for path in files_below(&[folder.to_owned()])? {
            let (name, mut contents) = (path.strip_prefix(folder)?.to_owned(), std::fs::read(&path)?);
            if path.extension().is_some_and(|extension| extension == "wasm") {
                contents = sections::without_custom(&contents).with_context(|| format!("in {}", name.display()))?;
            }
            hasher.update(name.to_string_lossy().as_bytes());
            hasher.update(Sha256::digest(&contents));
            files.push((name, contents));
        }
        let hash = hasher.finalize().iter().take(hash_bytes).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { hash, files })
    }

    /// Writes them into `folder`, each with its compressed siblings.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        for (name, contents) in &self.files {
            compress::write(&folder.join(name), contents)?;
        }
        Ok(())
    }
}
