//! Embedding models behind the API.

mod request;

use std::time::Duration;

use async_trait::async_trait;
use hammock_retrieval::VectorSpace;

use super::Provider;
use crate::{EmbedError, Embedder, ModelError, Purpose};

/// How many texts go in one request.
const BATCH: usize = 64;
/// How long a question waits for its vector: it can be searched by its words meanwhile. Passages have more time.
const QUESTION_LIMIT: Duration = Duration::from_secs(10);
/// How often a request for passages is made before the provider is given up for now.
const ATTEMPTS: u32 = 4;
/// How long the first wait between two of them is; each is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest that a provider can ask for in between.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// About how many bytes of text one token stands for, at least. Longer texts are cut: most providers refuse them whole.
const BYTES_PER_TOKEN: usize = 3;
/// A text as short as this is not refused for its length. Bytes.
const SHORT: usize = 256;

/// An embedding model of an account.
pub struct OpenAiEmbedder {
    provider: Provider,
    space: VectorSpace,
    languages: Vec<String>,
    max_tokens: usize,
}

impl OpenAiEmbedder {
    /// Asks the provider for one vector, to learn its length, unless `dimension` says it. `max_tokens` is where the model stops
    /// reading, which the API does not tell; `languages` are ISO 639-1 codes, empty when unknown.
    ///
    /// # Errors
    /// As the provider answers.
    pub async fn connect(
        provider: Provider,
        model: &str,
        max_tokens: usize,
        languages: Vec<String>,
        dimension: Option<usize>,
    ) -> Result<Self, ModelError> {
        let dimension = match dimension {
            Some(known) => known,
            None => request::vectors(&provider, model, &["hammock"]).await?.first().map_or(0, Vec::len),
        };
        Ok(Self { provider, space: VectorSpace { model: model.to_owned(), dimension }, languages, max_tokens })
    }

    /// One request, with its answer checked against what this model gave before.
    async fn ask(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let vectors = request::vectors(&self.provider, &self.space.model, texts).await?;
        let wanted = self.space.dimension;
        match vectors.iter().map(Vec::len).find(|length| *length != wanted) {
            Some(other) => {
                Err(ModelError::Malformed(format!("the vectors have {other} numbers, and had {wanted} before")))
            }
            None => Ok(vectors),
        }
    }

    /// The same, again after a while where that may help.
    async fn ask_patiently(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut wait = FIRST_WAIT;
        for _ in 1..ATTEMPTS {
            let pause = match self.ask(texts).await {
                Err(ModelError::Limited { again_in: Some(asked), .. }) if asked <= LONGEST_WAIT => asked.max(wait),
                Err(
                    ModelError::Unreachable(_) | ModelError::Failed(_) | ModelError::Silent(_) | ModelError::Broken(_),
                ) => wait,
                settled => return settled,
            };
            tokio::time::sleep(pause).await;
            wait *= 2;
        }
        self.ask(texts).await
    }

    /// The vectors of passages. One that the provider refuses must not hold up all others for ever: a request that is refused
    /// is made again in halves, and a text that is refused alone, with its first half.
    async fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut vectors = Vec::with_capacity(texts.len());
        // What is still to be asked for, the next last.
        let mut waiting: Vec<Vec<&str>> = texts.chunks(BATCH).rev().map(<[&str]>::to_vec).collect();
        while let Some(batch) = waiting.pop() {
            match (self.ask_patiently(&batch).await, batch.as_slice()) {
                (Ok(made), _) => vectors.extend(made),
                (Err(ModelError::Rejected(_)), &[text]) if text.len() > SHORT => {
                    waiting.push(vec![beginning(text, text.len() / 2)]);
                }
                (Err(ModelError::Rejected(_)), [_, _, ..]) => {
                    let (first, second) = batch.split_at(batch.len() / 2);
                    waiting.push(second.to_vec());
                    waiting.push(first.to_vec());
                }
                (Err(error), _) => return Err(error),
            }
        }
        Ok(vectors)
    }
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    fn space(&self) -> &VectorSpace {
        &self.space
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }

    fn max_tokens(&self) -> usize {
        self.max_tokens
    }

    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError> {
        let most = self.max_tokens.saturating_mul(BYTES_PER_TOKEN);
        let texts: Vec<&str> = texts.iter().map(|text| beginning(text, most)).collect();
        let vectors = match purpose {
            Purpose::Passage => self.passages(&texts).await,
            Purpose::Query if texts.is_empty() => Ok(Vec::new()),
            Purpose::Query => tokio::time::timeout(QUESTION_LIMIT, self.ask(&texts))
                .await
                .unwrap_or_else(|_| Err(super::transport::silent(QUESTION_LIMIT))),
        };
        vectors.map_err(|error| EmbedError::Failed(error.to_string()))
    }
}

/// The longest beginning of at most `limit` bytes that ends between characters.
fn beginning(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or(text)
}

#[cfg(test)]
mod tests;
