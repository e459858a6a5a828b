//! An embedding model for tests: texts with the same words lie close together, and nothing is to be loaded.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use hammock_retrieval::VectorSpace;
use parking_lot::RwLock;

use crate::{EmbedError, Embedder, Purpose};

/// Adds up a direction for each word. Models of different names have nothing in common.
pub struct WordEmbedder {
    space: VectorSpace,
    languages: Vec<String>,
    /// Why it embeds no passages now.
    failure: RwLock<Option<String>>,
    /// How many passages it has embedded.
    passages: AtomicUsize,
}

impl WordEmbedder {
    /// A model of this name, with vectors of this length, that claims to serve these languages.
    #[must_use]
    pub fn new(model: &str, dimension: usize, languages: &[&str]) -> Self {
        Self {
            space: VectorSpace { model: model.to_owned(), dimension },
            languages: languages.iter().map(|code| (*code).to_owned()).collect(),
            failure: RwLock::default(),
            passages: AtomicUsize::new(0),
        }
    }

    /// From now on it embeds no passages and says this; without anything, it does again. Questions it always embeds.
    pub fn refuse_passages(&self, reason: Option<&str>) {
        *self.failure.write() = reason.map(str::to_owned);
    }

    /// How many passages it has embedded.
    #[must_use]
    pub fn passages(&self) -> usize {
        self.passages.load(Ordering::SeqCst)
    }

    fn vector(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0_f32; self.space.dimension];
        // A text without words lies where every model begins.
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words.chain(text.chars().all(|c| !c.is_alphanumeric()).then_some("")) {
            let mut random = hash(&self.space.model, &word.to_lowercase());
            for number in &mut vector {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *number += (random >> 40) as f32 / (1_u32 << 23) as f32 - 1.0;
            }
        }
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt().max(1e-12);
        vector.iter_mut().for_each(|number| *number /= length);
        vector
    }
}

/// FNV-1a.
fn hash(model: &str, word: &str) -> u64 {
    let bytes = model.bytes().chain([0]).chain(word.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[async_trait]
impl Embedder for WordEmbedder {
    fn space(&self) -> &VectorSpace {
        &self.space
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }

    fn max_tokens(&self) -> usize {
        256
    }

    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError> {
        if purpose == Purpose::Passage {
            if let Some(reason) = &*self.failure.read() {
                return Err(EmbedError::Failed(reason.clone()));
            }
            self.passages.fetch_add(texts.len(), Ordering::SeqCst);
        }
        Ok(texts.iter().map(|text| self.vector(text)).collect())
    }
}
