//! The embedding model: loaded in the background, so that the start does not wait for it.

use std::{path::PathBuf, sync::Arc};

use hammock_ingest::chunk;
use hammock_llm::{Embedder, Purpose, embed::local::LocalEmbedder};
use hammock_retrieval::VectorSpace;
use parking_lot::RwLock;

/// How the embedding model stands.
#[derive(Clone)]
pub enum EmbeddingState {
    /// Being loaded.
    Loading,
    /// At work.
    Ready(Arc<LocalEmbedder>),
    /// Not there; the reason is for people.
    Missing(String),
}

/// The embedding model of this installation.
pub struct Embedding {
    folder: Option<PathBuf>,
    state: RwLock<EmbeddingState>,
}

impl Embedding {
    /// Nothing is loaded yet.
    pub fn new(folder: Option<PathBuf>) -> Self {
        let state = if folder.is_some() {
            EmbeddingState::Loading
        } else {
            EmbeddingState::Missing("no folder of an embedding model is configured (embedding.model_dir)".to_owned())
        };
        Self { folder, state: RwLock::new(state) }
    }

    /// Loads the model unless that was done; returns when it is there or known to be missing.
    pub async fn load(&self) {
        let Some(folder) = self.folder.clone().filter(|_| matches!(*self.state.read(), EmbeddingState::Loading)) else {
            return;
        };
        let loaded = tokio::task::spawn_blocking(move || LocalEmbedder::load(&folder)).await;
        *self.state.write() = match loaded {
            Ok(Ok(embedder)) => {
                tracing::info!(model = %embedder.space().model, "the embedding model is ready");
                EmbeddingState::Ready(Arc::new(embedder))
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "no embedding model: search is by words alone");
                EmbeddingState::Missing(error.to_string())
            }
            Err(error) => {
                tracing::error!(%error, "the loading of the embedding model broke off");
                EmbeddingState::Missing("the loading of the model broke off".to_owned())
            }
        };
    }

    /// How it stands now.
    pub fn state(&self) -> EmbeddingState {
        self.state.read().clone()
    }

    /// The model, if it is at work.
    pub fn ready(&self) -> Option<Arc<LocalEmbedder>> {
        match &*self.state.read() {
            EmbeddingState::Ready(embedder) => Some(embedder.clone()),
            _ => None,
        }
    }

    /// Whether vectors will be made: a model is at work, or is being loaded.
    pub fn will_embed(&self) -> bool {
        !matches!(*self.state.read(), EmbeddingState::Missing(_))
    }

    /// The space of the model, if it is at work.
    pub fn space(&self) -> Option<VectorSpace> {
        self.ready().map(|embedder| embedder.space().clone())
    }

    /// The vector of a question; `Err` says why there is none.
    pub async fn question(&self, text: &str) -> Result<(Arc<LocalEmbedder>, Vec<f32>), String> {
        let embedder = match self.state() {
            EmbeddingState::Ready(embedder) => embedder,
            EmbeddingState::Loading => return Err("the embedding model is being loaded".to_owned()),
            EmbeddingState::Missing(reason) => return Err(reason),
        };
        let vectors = embedder.embed(vec![text.to_owned()], Purpose::Query).await.map_err(|error| error.to_string())?;
        let vector = vectors.into_iter().next().ok_or_else(|| "the model gave no vector".to_owned())?;
        Ok((embedder, vector))
    }

    /// How many tokens a text has for the model; an estimate while there is none.
    pub fn sizer(&self) -> impl Fn(&str) -> usize + Send + use<> {
        let embedder = self.ready();
        move |text: &str| match &embedder {
            // The two tokens that mark the ends are not part of the text.
            Some(embedder) => embedder.count_tokens(text).saturating_sub(2),
            None => chunk::estimate_tokens(text),
        }
    }
}

impl crate::Hammock {
    /// Loads the embedding model and returns when that is done: for commands that answer one question and end. The server
    /// loads it in the background.
    pub async fn load_embedding_model(&self) {
        self.0.embedding.load().await;
    }
}
