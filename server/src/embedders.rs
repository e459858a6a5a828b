//! Embedding models: from a directory, in this process, or from an endpoint that speaks the OpenAI API, reached through the
//! egress guard.

use std::sync::Arc;

use async_trait::async_trait;
use hammock_contract::connection::ProviderKind;
use hammock_domain::{EmbedderFactory, EmbeddingChoice};
use hammock_llm::{
    EmbedError, Embedder, ModelError,
    embed::local::LocalEmbedder,
    openai::{OpenAiEmbedder, Provider},
};
use hammock_net::Client;

/// Loads and reaches embedding models.
pub struct Embedders {
    net: Client,
}

impl Embedders {
    /// Reaches endpoints through `net`.
    pub const fn new(net: Client) -> Self {
        Self { net }
    }
}

#[async_trait]
impl EmbedderFactory for Embedders {
    async fn load(&self, choice: &EmbeddingChoice, dimension: Option<usize>) -> Result<Arc<dyn Embedder>, EmbedError> {
        match choice.clone() {
            EmbeddingChoice::Directory { folder, languages } => {
                let load = move || LocalEmbedder::load(&folder).map(|embedder| embedder.with_languages(languages));
                let loaded = tokio::task::spawn_blocking(load).await;
                let embedder = loaded.map_err(|_| EmbedError::Load("the loading broke off".to_owned()))??;
                Ok(Arc::new(embedder))
            }
            EmbeddingChoice::Endpoint { url, model, key, max_tokens, languages } => {
                let provider = Provider::new(self.net.clone(), ProviderKind::Compatible, &url, key)
                    .map_err(|error| load(&error))?;
                let max_tokens = usize::try_from(max_tokens).unwrap_or(usize::MAX);
                let embedder = OpenAiEmbedder::connect(provider, &model, max_tokens, languages, dimension)
                    .await
                    .map_err(|error| load(&error))?;
                Ok(Arc::new(embedder))
            }
        }
    }
}

fn load(error: &ModelError) -> EmbedError {
    EmbedError::Load(error.to_string())
}
