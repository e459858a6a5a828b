//! The model itself: token ids in, vectors of unit length out.

use std::{borrow::Cow, path::Path};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokenizers::{Tokenizer, TruncationParams};

use super::bert::{Encoder, Shape};
use super::prompts;
use super::steps::{self, Pooling};
use super::weights::Weights;
use super::workers::Embedded;
use crate::embed::{EmbedError, Prompts, Purpose};

/// A loaded model. Immutable: any number of threads may call it.
pub(super) struct SentenceModel {
    name: String,
    encoder: Encoder,
    /// Cuts at `max_tokens`.
    tokenizer: Tokenizer,
    /// Does not cut, for counting.
    counter: Tokenizer,
    pooling: Pooling,
    prompts: Prompts,
    dimension: usize,
    /// Of a text with what stands before it.
    max_tokens: usize,
    /// How many of them what stands before a passage takes.
    prompt_tokens: usize,
}

/// `sentence_bert_config.json`.
#[derive(Deserialize)]
struct SentenceFile {
    max_seq_length: Option<usize>,
}

/// What of `config.json` must be known before the rest can be read.
#[derive(Deserialize)]
struct ArchitectureFile {
    model_type: Option<String>,
    #[serde(default)]
    pad_token_id: usize,
    position_embedding_type: Option<String>,
}

impl SentenceModel {
    pub(super) fn load(directory: &Path) -> Result<Self, EmbedError> {
        let shape = read_shape(directory)?;
        let pooling = steps::read(directory)?;
        let prompts = prompts::read(directory)?;
        let most = shape.max_position_embeddings.saturating_sub(shape.first_position);
        let max_tokens = read_max_tokens(directory)?.map_or(most, |tokens| tokens.min(most));
        let counter = read_tokenizer(directory)?;
        let mut tokenizer = counter.clone();
        tokenizer
            .with_truncation(Some(TruncationParams { max_length: max_tokens, ..TruncationParams::default() }))
            .map_err(|error| EmbedError::Load(error.to_string()))?;
        let path = directory.join("model.safetensors");
        let encoder = Weights::open(&path)
            .and_then(|mut weights| Encoder::load(&mut weights, &shape))
            .map_err(|error| EmbedError::Load(format!("{}: {error}", path.display())))?;
        let count = |text: &str| counter.encode_fast(text, true).map_or(0, |encoding| encoding.len());
        let prompt_tokens = count(&prompts.passage).saturating_sub(count(""));
        let name = directory.file_name().map_or_else(|| "local".to_owned(), |name| name.to_string_lossy().into_owned());
        let dimension = shape.hidden_size;
        Ok(Self { name, encoder, tokenizer, counter, pooling, prompts, dimension, max_tokens, prompt_tokens })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn dimension(&self) -> usize {
        self.dimension
    }

    pub(super) fn prompts(&self) -> &Prompts {
        &self.prompts
    }

    /// Of a passage alone.
    pub(super) fn max_tokens(&self) -> usize {
        self.max_tokens.saturating_sub(self.prompt_tokens).max(1)
    }

    pub(super) fn count_tokens(&self, text: &str) -> usize {
        self.counter.encode_fast(text, true).map_or(0, |encoding| encoding.len())
    }

    /// The token ids of a text behind what stands before it, cut where the model reads no further.
    pub(super) fn encode(&self, text: &str, purpose: Purpose) -> Result<Vec<u32>, EmbedError> {
        // What stands far behind the last token that is read costs time only.
        let text = prefix(text, self.max_tokens.saturating_mul(64));
        let text = match self.prompts.of(purpose) {
            "" => Cow::Borrowed(text),
            prompt => Cow::Owned(format!("{prompt}{text}")),
        };
        let encoding =
            self.tokenizer.encode_fast(&*text, true).map_err(|error| EmbedError::Failed(error.to_string()))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// One vector of unit length per text of the batch.
    pub(super) fn embed(&self, batch: &[(usize, Vec<u32>)]) -> Result<Embedded, EmbedError> {
        let texts: Vec<&[u32]> = batch.iter().map(|(_, ids)| ids.as_slice()).collect();
        let rows = self.encoder.forward(&texts).map_err(EmbedError::Failed)?;
        let mut rows = rows.as_slice();
        let mut vectors = Vec::with_capacity(batch.len());
        for (place, ids) in batch {
            let (text, rest) = rows.split_at((ids.len() * self.dimension).min(rows.len()));
            vectors.push((*place, self.pool(text)));
            rows = rest;
        }
        Ok(vectors)
    }

    fn pool(&self, tokens: &[f32]) -> Vec<f32> {
        let mut vector = vec![0.0_f32; self.dimension];
        let count = match self.pooling {
            Pooling::Mean => usize::MAX,
            Pooling::First => 1,
        };
        for token in tokens.chunks_exact(self.dimension).take(count) {
            for (sum, value) in vector.iter_mut().zip(token) {
                *sum += value;
            }
        }
        // Dividing by the number of tokens can be left out: the length becomes one anyway.
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
        for value in &mut vector {
            *value /= length;
        }
        vector
    }
}

/// As far as that can be told without reading the weights: whether a directory holds what can be loaded.
pub(super) fn check(directory: &Path) -> Result<(), EmbedError> {
    require(directory, "config.json")?;
    read_shape(directory)?;
    steps::read(directory)?;
    prompts::read(directory)?;
    read_max_tokens(directory)?;
    require(directory, "tokenizer.json")?;
    require(directory, "model.safetensors")
}

fn require(directory: &Path, name: &str) -> Result<(), EmbedError> {
    if directory.join(name).is_file() {
        return Ok(());
    }
    let place = directory.display();
    Err(EmbedError::Load(format!("{place} holds no {name}; it must be a sentence-transformers directory")))
}

pub(super) fn read_json<T: DeserializeOwned>(directory: &Path, name: &str) -> Result<T, EmbedError> {
    let path = directory.join(name);
    let text = std::fs::read(&path).map_err(|error| EmbedError::Load(format!("{}: {error}", path.display())))?;
    serde_json::from_slice(&text).map_err(|error| EmbedError::Load(format!("{}: {error}", path.display())))
}

fn read_shape(directory: &Path) -> Result<Shape, EmbedError> {
    let file: ArchitectureFile = read_json(directory, "config.json")?;
    let place = directory.join("config.json");
    let first_position = match file.model_type.as_deref() {
        Some("bert") => 0,
        // Positions up to the padding token's number are never used there.
        Some("roberta" | "xlm-roberta") => file.pad_token_id + 1,
        Some(other) => {
            return Err(EmbedError::Load(format!(
                "{} is of the type \"{other}\"; bert, roberta and xlm-roberta are supported",
                place.display()
            )));
        }
        None => return Err(EmbedError::Load(format!("{} names no model_type", place.display()))),
    };
    if let Some(other) = file.position_embedding_type.filter(|kind| kind != "absolute") {
        return Err(EmbedError::Load(format!(
            "{} asks for \"{other}\" positions; only absolute ones are supported",
            place.display()
        )));
    }
    let mut shape: Shape = read_json(directory, "config.json")?;
    shape.first_position = first_position;
    Ok(shape)
}

fn read_max_tokens(directory: &Path) -> Result<Option<usize>, EmbedError> {
    if !directory.join("sentence_bert_config.json").exists() {
        return Ok(None);
    }
    Ok(read_json::<SentenceFile>(directory, "sentence_bert_config.json")?.max_seq_length)
}

fn read_tokenizer(directory: &Path) -> Result<Tokenizer, EmbedError> {
    let path = directory.join("tokenizer.json");
    let mut tokenizer =
        Tokenizer::from_file(&path).map_err(|error| EmbedError::Load(format!("{}: {error}", path.display())))?;
    // The file may ask for padding to a fixed width, which would cost that width for every short text.
    tokenizer.with_padding(None);
    tokenizer.with_truncation(None).map_err(|error| EmbedError::Load(error.to_string()))?;
    Ok(tokenizer)
}

/// The longest prefix of at most `limit` bytes that ends between characters.
fn prefix(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or(text)
}
