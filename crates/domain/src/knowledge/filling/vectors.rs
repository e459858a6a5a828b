//! Vectors for filling: the model's as far as they are kept or may be made, blends of two of them for the rest. What is made is
//! kept by the hash of its text, so that each time more of them are real.

use std::{
    collections::HashMap,
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

use hammock_contract::ChunkId;
use hammock_llm::{EmbedError, Embedder, Purpose};
use sha2::{Digest, Sha256};

/// The length of what a text is known by in the file. Bytes.
const KEY: usize = 16;
/// Texts that the model gets at once.
const BATCH: usize = 256;
/// How much of a second vector a blend has, the first being whole.
const SECOND: f32 = 0.6;
/// How long the noise in a blend is, about; the first vector has length 1.
const NOISE: f32 = 0.25;

type Key = [u8; KEY];

/// A source of vectors.
pub(super) struct Vectors {
    path: PathBuf,
    /// How many are the model's at most.
    most: usize,
    /// How many of these may still be made, being kept nowhere.
    new: usize,
    /// How many of these were made.
    made: usize,
    known: HashMap<Key, Vec<f32>>,
    /// What is on the disk, unread until the vectors' length is known.
    unread: Vec<u8>,
    real: Vec<Vec<f32>>,
    random: u64,
}

impl Vectors {
    /// `most` vectors are the model's: taken from the file that keeps them, and at most `new` of them made.
    pub(super) fn open(path: &Path, most: usize, new: usize) -> io::Result<Self> {
        let unread = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let (known, real) = (HashMap::new(), Vec::new());
        Ok(Self { path: path.to_owned(), most, new, made: 0, known, unread, real, random: 1 })
    }

    /// How many of those that were given so far are the model's.
    pub(super) fn real(&self) -> usize {
        self.real.len()
    }

    /// How many of these were made now.
    pub(super) const fn made(&self) -> usize {
        self.made
    }

    /// A vector of unit length for each text.
    pub(super) async fn of(&mut self, embedder: &dyn Embedder, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.take_kept(embedder.space().dimension)?;
        let model = embedder.space().model.clone();
        let keys: Vec<Key> = texts.iter().map(|text| key(&model, text)).collect();
        let (are_real, missing) = self.choose(&keys);
        for places in missing.chunks(BATCH) {
            let wanted = places.iter().map(|place| texts[*place].clone()).collect();
            let made = embedder.embed(wanted, Purpose::Passage).await?;
            let file = OpenOptions::new().create(true).append(true).open(&self.path);
            let mut file = file.map_err(|error| failed(&self.path, &error))?;
            for (place, vector) in places.iter().zip(made) {
                file.write_all(&record(&keys[*place], &vector)).map_err(|error| failed(&self.path, &error))?;
                self.known.insert(keys[*place], vector);
            }
        }
        self.new -= missing.len();
        self.made += missing.len();
        let real = keys.iter().zip(&are_real).filter(|(_, is_real)| **is_real);
        self.real.extend(real.filter_map(|(key, _)| self.known.get(key).cloned()));
        if self.real.is_empty() && !texts.is_empty() {
            return Err(EmbedError::Failed("no vector is kept, and none may be made".to_owned()));
        }
        let mut all = Vec::with_capacity(texts.len());
        for (key, is_real) in keys.iter().zip(are_real) {
            let known = if is_real { self.known.get(key).cloned() } else { None };
            all.push(known.unwrap_or_else(|| self.blend()));
        }
        Ok(all)
    }

    /// Takes what the file keeps, once. A record that was cut off at its end is cut away, so that whole ones follow.
    fn take_kept(&mut self, dimension: usize) -> Result<(), EmbedError> {
        let unread = std::mem::take(&mut self.unread);
        let rest = unread.len() % (KEY + 4 * dimension);
        if rest > 0 {
            let file = OpenOptions::new().write(true).open(&self.path);
            let cut = file.and_then(|file| file.set_len((unread.len() - rest) as u64));
            cut.map_err(|error| failed(&self.path, &error))?;
        }
        self.known.extend(read(&unread, dimension));
        Ok(())
    }

    /// Which of the texts get a vector of the model's, and the places of those that it must make.
    fn choose(&self, keys: &[Key]) -> (Vec<bool>, Vec<usize>) {
        let mut room = self.most.saturating_sub(self.real.len());
        let (mut are_real, mut missing) = (Vec::with_capacity(keys.len()), Vec::new());
        for (place, key) in keys.iter().enumerate() {
            let is_known = self.known.contains_key(key);
            let is_real = room > 0 && (is_known || missing.len() < self.new);
            if is_real {
                room -= 1;
                if !is_known {
                    missing.push(place);
                }
            }
            are_real.push(is_real);
        }
        (are_real, missing)
    }

    /// A new vector where real ones lie.
    fn blend(&mut self) -> Vec<f32> {
        let count = self.real.len().max(1);
        let (first, second) = (self.next() as usize % count, self.next() as usize % count);
        let (Some(first), Some(second)) = (self.real.get(first).cloned(), self.real.get(second).cloned()) else {
            return Vec::new();
        };
        // Numbers between -1 and 1 have a third as their mean square.
        let scale = NOISE * (3.0 / first.len() as f32).sqrt();
        let mut blend: Vec<f32> = first
            .iter()
            .zip(&second)
            .map(|(first, second)| {
                let noise = (self.next() >> 40) as f32 / (1_u64 << 23) as f32 - 1.0;
                first + SECOND * second + scale * noise
            })
            .collect();
        let length = blend.iter().map(|number| number * number).sum::<f32>().sqrt();
        blend.iter_mut().for_each(|number| *number /= length);
        blend
    }

    /// SplitMix64: the same blends each time.
    fn next(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.random;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }
}

/// The chunks whose vectors are nearest to one, by looking at all of them.
pub(super) fn nearest<'a>(all: &'a [(ChunkId, Vec<f32>)], vector: &[f32], count: usize) -> Vec<&'a ChunkId> {
    let dot = |other: &[f32]| other.iter().zip(vector).map(|(a, b)| a * b).sum::<f32>();
    let mut scored: Vec<(f32, &ChunkId)> = all.iter().map(|(chunk, other)| (dot(other), chunk)).collect();
    if scored.len() > count {
        scored.select_nth_unstable_by(count, |a, b| b.0.total_cmp(&a.0));
        scored.truncate(count);
    }
    scored.into_iter().map(|(_, chunk)| chunk).collect()
}

fn failed(path: &Path, error: &io::Error) -> EmbedError {
    EmbedError::Failed(format!("{}: {error}", path.display()))
}

fn key(model: &str, text: &str) -> Key {
    let hash = Sha256::new().chain_update(model).chain_update([0]).chain_update(text).finalize();
    std::array::from_fn(|place| hash[place])
}

fn record(key: &Key, vector: &[f32]) -> Vec<u8> {
    key.iter().copied().chain(vector.iter().flat_map(|number| number.to_le_bytes())).collect()
}

/// The records of a file. One that was cut off at the end is left out; one of another model is never asked for.
fn read(bytes: &[u8], dimension: usize) -> impl Iterator<Item = (Key, Vec<f32>)> {
    bytes.chunks_exact(KEY + 4 * dimension).map(|record| {
        let (key, numbers) = record.split_at(KEY);
        let numbers = numbers.chunks_exact(4).map(|four| f32::from_le_bytes(std::array::from_fn(|place| four[place])));
        (std::array::from_fn(|place| key[place]), numbers.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read_back() {
        let (one, two) = (key("model", "one"), key("model", "two"));
        let mut bytes = record(&one, &[0.5, -1.0]);
        bytes.extend(record(&two, &[2.0, 3.0]));
        bytes.extend(&record(&one, &[0.0, 0.0])[..9]);
        let all: Vec<_> = read(&bytes, 2).collect();
        assert_eq!(all, [(one, vec![0.5, -1.0]), (two, vec![2.0, 3.0])]);
        assert_ne!(one, key("other", "one"));
    }

    #[test]
    fn what_is_kept_counts_and_so_many_more_are_made() {
        let keys = ["one", "two", "three", "four", "five"].map(|text| key("model", text));
        let mut vectors = Vectors::open(Path::new("/nowhere"), 4, 1).unwrap();
        vectors.known = HashMap::from([(keys[1], vec![1.0]), (keys[3], vec![1.0])]);
        // The first is made, two are kept, and no more may be made.
        assert_eq!(vectors.choose(&keys), (vec![true, true, false, true, false], vec![0]));
        vectors.new = 9;
        assert_eq!(vectors.choose(&keys), (vec![true, true, true, true, false], vec![0, 2]));
        vectors.real = vec![vec![1.0]; 3];
        assert_eq!(vectors.choose(&keys), (vec![true, false, false, false, false], vec![0]));
        vectors.new = 0;
        assert_eq!(vectors.choose(&keys), (vec![false, true, false, false, false], Vec::new()));
    }

    #[test]
    fn a_record_that_was_cut_off_is_cut_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vectors");
        let (one, two) = (key("model", "one"), key("model", "two"));
        let whole = record(&one, &[0.5, -1.0]);
        std::fs::write(&path, [whole.as_slice(), &record(&two, &[2.0, 3.0])[..9]].concat()).unwrap();
        let mut vectors = Vectors::open(&path, 2, 1).unwrap();
        vectors.take_kept(2).unwrap();
        assert_eq!(vectors.known, HashMap::from([(one, vec![0.5, -1.0])]));
        assert_eq!(std::fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn blends_lie_near_what_they_are_made_of() {
        let mut vectors = Vectors::open(Path::new("/nowhere"), 1, 1).unwrap();
        let unit = |place: usize| (0..384).map(|i| if i == place { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
        vectors.real = vec![unit(1), unit(2), unit(3)];
        for _ in 0..20 {
            let blend = vectors.blend();
            let length = blend.iter().map(|number| number * number).sum::<f32>();
            let best = vectors.real.iter().map(|real| real.iter().zip(&blend).map(|(a, b)| a * b).sum::<f32>());
            assert!((length - 1.0).abs() < 1e-4 && best.fold(0.0, f32::max) > 0.6);
        }
    }

    #[test]
    fn the_nearest_are_those_with_the_greatest_product() {
        let all: Vec<_> = (0..9_u8).map(|number| (ChunkId::new(), vec![f32::from(number), 1.0])).collect();
        let mut found = nearest(&all, &[1.0, 0.0], 2);
        found.sort();
        let mut expected = [&all[7].0, &all[8].0];
        expected.sort();
        assert_eq!(found, expected);
    }
}
