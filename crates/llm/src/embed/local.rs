//! An embedding model that runs in this process, from a sentence-transformers directory.
//!
//! One call of the model gains nothing from a second core (its matrices are small), so each core gets a worker of its own
//! that runs single-threaded, and the weights are shared. One more worker serves questions alone: a question never waits
//! for a batch of passages.

mod bert;
mod card;
mod kernels;
mod matrix;
mod model;
mod prompts;
mod steps;
mod weights;
mod workers;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use hammock_retrieval::VectorSpace;

use super::{EmbedError, Embedder, Prompts, Purpose};
use model::SentenceModel;
use workers::{Batch, Workers};

/// The most tokens of one batch of passages. Larger ones are not faster here, and keep a worker longer.
const BATCH_TOKENS: usize = 1024;

/// Whether a directory holds a model that can be loaded, as far as that can be told without reading its weights.
///
/// # Errors
/// [`EmbedError::Load`] as [`LocalEmbedder::load`] fails; the message names what was found.
pub fn check(directory: &Path) -> Result<(), EmbedError> {
    model::check(directory)
}

/// An embedding model on this machine's processor. Cheap to clone; the threads end with the last clone.
#[derive(Clone)]
pub struct LocalEmbedder {
    model: Arc<SentenceModel>,
    workers: Arc<Workers>,
    space: VectorSpace,
    languages: Arc<[String]>,
}

impl LocalEmbedder {
    /// Loads a model from a sentence-transformers directory: `config.json`, `tokenizer.json`, `model.safetensors` and, where
    /// present, `1_Pooling/config.json`, `sentence_bert_config.json`, `config_sentence_transformers.json` and the model card
    /// `README.md`.
    ///
    /// Blocks for some tenths of a second, so call it on a thread that may. One worker per core is started.
    ///
    /// # Errors
    /// [`EmbedError::Load`] when a file is missing or unreadable, when the architecture is not of BERT's family, or when its
    /// tokens become one vector in another way than those that are known here; the message names what was found.
    pub fn load(directory: &Path) -> Result<Self, EmbedError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::load_with_workers(directory, cores)
    }

    /// As [`LocalEmbedder::load`], with a given number of workers for passages.
    ///
    /// # Errors
    /// As [`LocalEmbedder::load`].
    pub fn load_with_workers(directory: &Path, passage_workers: usize) -> Result<Self, EmbedError> {
        let model = Arc::new(SentenceModel::load(directory)?);
        let workers = Arc::new(Workers::start(Arc::clone(&model), passage_workers.max(1))?);
        let space = VectorSpace { model: model.name().to_owned(), dimension: model.dimension() };
        let languages = card::languages(directory).into();
        Ok(Self { model, workers, space, languages })
    }

    /// As it is, with other languages than the model card names; the card's where there are none.
    #[must_use]
    pub fn with_languages(mut self, languages: Vec<String>) -> Self {
        if !languages.is_empty() {
            self.languages = languages.into();
        }
        self
    }
}

#[async_trait]
impl Embedder for LocalEmbedder {
    fn space(&self) -> &VectorSpace {
        &self.space
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }

    fn max_tokens(&self) -> usize {
        self.model.max_tokens()
    }

    /// Takes some tens of microseconds for a paragraph.
    fn count_tokens(&self, text: &str) -> Option<usize> {
        Some(self.model.count_tokens(text))
    }

    fn prompts(&self) -> &Prompts {
        self.model.prompts()
    }

    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError> {
        let count = texts.len();
        let batches = match purpose {
            // A question is short: cutting it into tokens here is cheaper than handing it over.
            Purpose::Query if count <= 4 => plan(&self.model, &texts, purpose)?,
            Purpose::Query | Purpose::Passage => {
                let model = Arc::clone(&self.model);
                tokio::task::spawn_blocking(move || plan(&model, &texts, purpose))
                    .await
                    .map_err(|error| EmbedError::Failed(error.to_string()))??
            }
        };
        let replies: Vec<_> = batches.into_iter().map(|batch| self.workers.submit(batch, purpose)).collect();
        let mut vectors = vec![Vec::new(); count];
        for reply in replies {
            let done = reply.await.map_err(|_| EmbedError::Failed("the worker stopped".to_owned()))??;
            for (place, vector) in done {
                if let Some(slot) = vectors.get_mut(place) {
                    *slot = vector;
                }
            }
        }
        Ok(vectors)
    }
}

/// Cuts texts into tokens and shares them out in batches.
fn plan(model: &SentenceModel, texts: &[String], purpose: Purpose) -> Result<Vec<Batch>, EmbedError> {
    let mut encoded = Vec::with_capacity(texts.len());
    for (place, text) in texts.iter().enumerate() {
        encoded.push((place, model.encode(text, purpose)?));
    }
    // Alike in length, they take the workers about the same time; the longest first, so that none is left for the end.
    encoded.sort_by_key(|(_, ids)| std::cmp::Reverse(ids.len()));
    let mut batches: Vec<Batch> = Vec::new();
    let mut tokens = 0;
    for item in encoded {
        tokens += item.1.len();
        match batches.last_mut() {
            Some(batch) if tokens <= BATCH_TOKENS => batch.push(item),
            _ => {
                tokens = item.1.len();
                batches.push(vec![item]);
            }
        }
    }
    Ok(batches)
}

#[cfg(test)]
mod tests;
