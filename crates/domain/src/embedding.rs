//! The embedding model: loaded in the background, so that the start does not wait for it.

mod memo;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use hammock_ingest::chunk;
use hammock_llm::{EmbedError, Embedder, Purpose, embed::local::LocalEmbedder};
use hammock_retrieval::VectorSpace;
use parking_lot::RwLock;
use tokio::sync::Notify;

use memo::Memo;

/// How long reading waits for the model.
const LOAD_LIMIT: Duration = Duration::from_secs(30);

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
    memo_folder: Option<PathBuf>,
    memo: RwLock<Option<Arc<Memo>>>,
    state: RwLock<EmbeddingState>,
    /// Rings when the state is no longer [`EmbeddingState::Loading`].
    settled: Notify,
}

impl Embedding {
    /// Nothing is loaded yet. `memo_folder`: see [`crate::Settings::vector_memo`].
    pub fn new(folder: Option<PathBuf>, memo_folder: Option<PathBuf>) -> Self {
        let state = if folder.is_some() {
            EmbeddingState::Loading
        } else {
            EmbeddingState::Missing("there is no embedding model (embedding.model_dir)".to_owned())
        };
        Self { folder, memo_folder, memo: RwLock::default(), state: RwLock::new(state), settled: Notify::new() }
    }

    /// Loads the model unless that was done; returns when it is there or known to be missing.
    pub async fn load(&self) {
        let Some(folder) = self.folder.clone().filter(|_| matches!(*self.state.read(), EmbeddingState::Loading)) else {
            return;
        };
        let memo_folder = self.memo_folder.clone();
        let load = move || {
            let embedder = LocalEmbedder::load(&folder)?;
            let memo = memo_folder.and_then(|root| open_memo(&root, &folder, &embedder));
            Ok::<_, EmbedError>((embedder, memo))
        };
        let loaded = tokio::task::spawn_blocking(load).await;
        *self.state.write() = match loaded {
            Ok(Ok((embedder, memo))) => {
                *self.memo.write() = memo.map(Arc::new);
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
        self.settled.notify_waiters();
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

    /// One vector of unit length for each passage, in order; those that the memo knows are not made again.
    ///
    /// # Errors
    /// When the model fails.
    pub async fn passages(&self, embedder: &LocalEmbedder, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let memo = self.memo.read().clone();
        let Some(memo) = memo else { return embedder.embed(texts, Purpose::Passage).await };
        let mut vectors = memo.recall(&texts);
        let missing: Vec<String> =
            texts.into_iter().zip(&vectors).filter(|(_, known)| known.is_none()).map(|(text, _)| text).collect();
        let made = embedder.embed(missing.clone(), Purpose::Passage).await?;
        if let Err(error) = memo.keep(missing.iter().zip(&made)) {
            tracing::warn!(%error, "vectors cannot be kept for the next time");
        }
        let mut made = made.into_iter();
        for vector in vectors.iter_mut().filter(|known| known.is_none()) {
            *vector = made.next();
        }
        Ok(vectors.into_iter().map(Option::unwrap_or_default).collect())
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

    /// Returns once the model is there or known to be missing, and whether it came to that: what takes beyond all measure to
    /// load is not waited for.
    pub async fn has_settled(&self) -> bool {
        let waiting = async {
            loop {
                let settled = self.settled.notified();
                if !matches!(*self.state.read(), EmbeddingState::Loading) {
                    return;
                }
                settled.await;
            }
        };
        tokio::time::timeout(LOAD_LIMIT, waiting).await.is_ok()
    }

    /// As [`Embedding::sizer`], once the model is there or known to be missing: a document that is read while Hammock starts
    /// is cut as it would be later.
    pub async fn settled_sizer(&self) -> impl Fn(&str) -> usize + Send + use<> {
        if !self.has_settled().await {
            tracing::warn!("the embedding model is still being loaded: documents are cut by an estimate");
        }
        self.sizer()
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

/// Without a memo everything is as it is with one, only slower.
fn open_memo(root: &Path, model: &Path, embedder: &LocalEmbedder) -> Option<Memo> {
    Memo::open(root, model, embedder.space().dimension)
        .inspect_err(|error| tracing::warn!(%error, folder = %root.display(), "kept vectors cannot be used"))
        .ok()
}

impl crate::Hammock {
    /// Loads the embedding model and returns when that is done: for commands that answer one question and end. The server
    /// loads it in the background.
    pub async fn load_embedding_model(&self) {
        self.0.embedding.load().await;
    }
}
