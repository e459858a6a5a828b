//! Embedding models behind the API.

use async_trait::async_trait;
use hammock_retrieval::VectorSpace;
use serde::Deserialize;
use serde_json::json;

use super::{ANSWER_LIMIT, Provider, transport};
use crate::{EmbedError, Embedder, ModelError, Purpose};

/// How many texts go in one request.
const BATCH: usize = 64;

/// An embedding model of an account.
pub struct OpenAiEmbedder {
    provider: Provider,
    space: VectorSpace,
    languages: Vec<String>,
    max_tokens: usize,
}

impl OpenAiEmbedder {
    /// Asks the provider for one vector, to learn its length. `max_tokens` is where the model stops reading, which the API
    /// does not tell; `languages` are ISO 639-1 codes, empty when unknown.
    ///
    /// # Errors
    /// As the provider answers.
    pub async fn connect(
        provider: Provider,
        model: &str,
        max_tokens: usize,
        languages: Vec<String>,
    ) -> Result<Self, ModelError> {
        let probe = request(&provider, model, &["hammock".to_owned()]).await?;
        let dimension = probe.first().map_or(0, Vec::len);
        if dimension == 0 {
            return Err(ModelError::Malformed("the vector is empty".to_owned()));
        }
        Ok(Self { provider, space: VectorSpace { model: model.to_owned(), dimension }, languages, max_tokens })
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

    async fn embed(&self, texts: Vec<String>, _purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH) {
            let found = request(&self.provider, &self.space.model, batch)
                .await
                .map_err(|error| EmbedError::Failed(error.to_string()))?;
            if found.iter().any(|vector| vector.len() != self.space.dimension) {
                return Err(EmbedError::Failed("the vectors have another length than before".to_owned()));
            }
            vectors.extend(found);
        }
        Ok(vectors)
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    index: usize,
    embedding: Vec<f32>,
}

/// One vector of unit length per text, in order.
async fn request(provider: &Provider, model: &str, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
    let client = provider.client(model).await?;
    // Empty texts are refused by most.
    let input: Vec<&str> = texts.iter().map(|text| if text.trim().is_empty() { "-" } else { text.as_str() }).collect();
    let body = json!({ "model": model, "input": input, "encoding_format": "float" });
    let answer: Answer = tokio::time::timeout(ANSWER_LIMIT, client.embeddings().create_byot(body))
        .await
        .map_err(|_| transport::silent(ANSWER_LIMIT))?
        .map_err(|error| transport::model_error(error, &provider.account))?;
    let mut vectors = vec![Vec::new(); texts.len()];
    for entry in answer.data {
        if let Some(slot) = vectors.get_mut(entry.index) {
            *slot = normalised(entry.embedding);
        }
    }
    if vectors.iter().any(Vec::is_empty) {
        return Err(ModelError::Malformed("a vector is missing".to_owned()));
    }
    Ok(vectors)
}

fn normalised(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
    for value in &mut vector {
        *value /= length;
    }
    vector
}
