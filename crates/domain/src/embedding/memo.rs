//! Vectors that a model has made before, kept in a folder outside the installation: for tests and measurements, which
//! would otherwise embed the same public texts again and again for minutes. An installation has none: what is deleted
//! there must be gone.

use std::{
    collections::HashMap,
    fs::File,
    io,
    path::{Path, PathBuf},
};

use parking_lot::RwLock;
use sha2::{Digest, Sha256};

/// The SHA-256 of a passage.
type Key = [u8; 32];

/// The vectors of one model by the texts that they were made of.
pub struct Memo {
    folder: PathBuf,
    dimension: usize,
    known: RwLock<HashMap<Key, Vec<f32>>>,
}

impl Memo {
    /// Reads what is kept below `root` for the model in a folder, told apart by the checksum of its weights and by what it puts
    /// before each passage. Takes tenths of a second.
    ///
    /// # Errors
    /// When the weights or what is kept cannot be read.
    pub fn open(root: &Path, model: &Path, prompt: &str, dimension: usize) -> io::Result<Self> {
        let mut name = hexadecimal(&checksum(&model.join("model.safetensors"))?);
        if !prompt.is_empty() {
            name = format!("{name}-{}", hexadecimal(&key(prompt)));
        }
        let folder = root.join(name);
        std::fs::create_dir_all(&folder)?;
        let mut known = HashMap::new();
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "vectors") {
                read_records(&std::fs::read(&path)?, dimension, &mut known);
            }
        }
        Ok(Self { folder, dimension, known: RwLock::new(known) })
    }

    /// The vector of each text, where it is known.
    pub fn recall(&self, texts: &[String]) -> Vec<Option<Vec<f32>>> {
        let known = self.known.read();
        texts.iter().map(|text| known.get(&key(text)).cloned()).collect()
    }

    /// Keeps the vectors of some texts: in a file of their own, which appears in one step, so that several processes may
    /// share a folder.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn keep<'a>(&self, made: impl Iterator<Item = (&'a String, &'a Vec<f32>)>) -> io::Result<()> {
        let mut bytes = Vec::new();
        let mut name = Sha256::new();
        let mut known = self.known.write();
        for (text, vector) in made.filter(|(_, vector)| vector.len() == self.dimension) {
            let key = key(text);
            name.update(key);
            bytes.extend_from_slice(&key);
            bytes.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
            known.insert(key, vector.clone());
        }
        drop(known);
        if bytes.is_empty() {
            return Ok(());
        }
        let name = hexadecimal(&name.finalize().into());
        let unfinished = self.folder.join(format!("{name}.{}", std::process::id()));
        std::fs::write(&unfinished, bytes)?;
        std::fs::rename(unfinished, self.folder.join(format!("{name}.vectors")))
    }
}

fn key(text: &str) -> Key {
    Sha256::digest(text.as_bytes()).into()
}

fn read_records(bytes: &[u8], dimension: usize, into: &mut HashMap<Key, Vec<f32>>) {
    for record in bytes.chunks_exact(32 + 4 * dimension) {
        let Some((key, numbers)) = record.split_first_chunk::<32>() else { continue };
        let (numbers, _) = numbers.as_chunks::<4>();
        into.insert(*key, numbers.iter().map(|number| f32::from_le_bytes(*number)).collect());
    }
}

fn checksum(file: &Path) -> io::Result<Key> {
    let mut hasher = Sha256::new();
    io::copy(&mut File::open(file)?, &mut hasher)?;
    Ok(hasher.finalize().into())
}

fn hexadecimal(bytes: &Key) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_known_again_by_the_same_model_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (root, model) = (folder.path().join("memo"), folder.path().join("model"));
        std::fs::create_dir(&model).unwrap();
        std::fs::write(model.join("model.safetensors"), "weights").unwrap();
        let texts = ["a".to_owned(), "b".to_owned()];
        let vectors = [vec![0.25, -1.0], vec![0.5, 0.125]];
        let memo = Memo::open(&root, &model, "", 2).unwrap();
        assert_eq!(memo.recall(&texts), [None, None]);
        memo.keep(texts.iter().zip(&vectors).take(1)).unwrap();
        memo.keep(texts.iter().zip(&vectors).skip(1)).unwrap();
        let again = Memo::open(&root, &model, "", 2).unwrap();
        assert_eq!(again.recall(&texts), vectors.map(Some));
        assert_eq!(again.recall(&["c".to_owned()]), [None]);
        assert_eq!(Memo::open(&root, &model, "passage: ", 2).unwrap().recall(&texts), [None, None]);
        std::fs::write(model.join("model.safetensors"), "other weights").unwrap();
        assert_eq!(Memo::open(&root, &model, "", 2).unwrap().recall(&texts), [None, None]);
    }
}
