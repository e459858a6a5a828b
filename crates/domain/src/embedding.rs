//! The embedding models: the one that answers, and one that is being brought in. Loaded in the background, so that the start
//! does not wait for them. Which is which is decided in [`settling`].

pub(crate) mod choice;
mod loaded;
mod memo;
pub(crate) mod settling;
mod telling;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hammock_ingest::chunk;
use hammock_llm::{EmbedError, Embedder, Purpose};
use hammock_retrieval::VectorSpace;
use parking_lot::RwLock;
use tokio::sync::Notify;

use choice::{EmbedderFactory, EmbeddingChoice};
use loaded::Loaded;
use memo::Memo;

/// How long reading waits for the model.
const LOAD_LIMIT: Duration = Duration::from_secs(30);
/// The two tokens that mark the ends of a text, and are not part of it.
const ENDS: usize = 2;
/// How many passages of a model that is being brought in are embedded before it is looked whether somebody asks.
const POLITE_BATCH: usize = 32;
/// How often is looked, and how long at most passages wait for questions.
const POLITE_LOOK: Duration = Duration::from_millis(20);
const POLITE_LOOKS: u32 = 100;

/// How the embedding model stands by which questions are answered.
#[derive(Clone)]
pub enum EmbeddingState {
    /// Being loaded.
    Loading,
    /// At work.
    Ready(Arc<dyn Embedder>),
    /// Not there; the reason is for people.
    Missing(String),
}

/// What went wrong with a change of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    reason: String,
    /// Whether it may be otherwise when it is tried again.
    may_pass: bool,
}

/// The embedding models of this installation.
pub struct Embedding {
    factory: Arc<dyn EmbedderFactory>,
    chosen: Option<EmbeddingChoice>,
    memo_folder: Option<PathBuf>,
    /// By the name of the space.
    memos: RwLock<HashMap<String, Arc<Memo>>>,
    state: RwLock<EmbeddingState>,
    /// The model that is being brought in.
    next: RwLock<Option<Arc<dyn Embedder>>>,
    /// What went wrong with a change, although a model answers.
    problem: RwLock<Option<Problem>>,
    /// How many questions are being embedded.
    asking: AtomicUsize,
    /// Rings when the state is no longer [`EmbeddingState::Loading`].
    settled: Notify,
}

impl Embedding {
    /// Nothing is loaded yet. `memo_folder`: see [`crate::Settings::vector_memo`].
    pub fn new(
        factory: Arc<dyn EmbedderFactory>,
        chosen: Option<EmbeddingChoice>,
        memo_folder: Option<PathBuf>,
    ) -> Self {
        let state = if chosen.is_some() { EmbeddingState::Loading } else { none_chosen() };
        Self {
            factory,
            chosen,
            memo_folder,
            memos: RwLock::default(),
            state: RwLock::new(state),
            next: RwLock::default(),
            problem: RwLock::default(),
            asking: AtomicUsize::new(0),
            settled: Notify::new(),
        }
    }

    /// Loads the chosen model and lets it answer, whatever any database says: for measurements.
    pub async fn load_chosen(&self) {
        let Some(choice) = &self.chosen else { return };
        match Loaded::reach(&*self.factory, choice, &[]).await {
            Ok(loaded) => {
                let space = loaded.embedder.space().model.clone();
                self.serve(&loaded, &space).await;
            }
            Err(error) => self.set_missing(error.to_string()),
        }
    }

    /// Lets a model answer, in the space of this name.
    async fn serve(&self, loaded: &Loaded, space: &str) {
        self.open_memo(loaded, space).await;
        let embedder = loaded.in_space(space);
        tracing::info!(model = %space, "the embedding model is ready");
        self.set_state(EmbeddingState::Ready(embedder));
    }

    /// Begins to bring a model in; nothing: none is.
    async fn set_next(&self, next: Option<(&Loaded, &str)>) {
        if let Some((loaded, space)) = next {
            self.open_memo(loaded, space).await;
        }
        *self.next.write() = next.map(|(loaded, space)| loaded.in_space(space));
    }

    /// The model that was brought in answers from here on.
    fn serve_next(&self) {
        let next = self.next.write().take();
        if let Some(next) = next {
            tracing::info!(model = %next.space().model, "every passage is embedded anew: the new embedding model answers");
            self.set_state(EmbeddingState::Ready(next));
        }
    }

    fn set_missing(&self, reason: String) {
        let is_news = !matches!(&*self.state.read(), EmbeddingState::Missing(known) if *known == reason);
        if is_news && self.chosen.is_some() {
            tracing::error!(%reason, "no embedding model: search is by words alone");
        }
        self.set_state(EmbeddingState::Missing(reason));
    }

    fn set_problem(&self, problem: Option<Problem>) {
        let mut known = self.problem.write();
        if *known != problem {
            if let Some(Problem { reason, .. }) = &problem {
                tracing::warn!("{reason}");
            }
            *known = problem;
        }
    }

    fn set_state(&self, state: EmbeddingState) {
        *self.state.write() = state;
        self.settled.notify_waiters();
    }

    /// Without a memo everything is as it is with one, only slower.
    async fn open_memo(&self, loaded: &Loaded, space: &str) {
        let (Some(root), EmbeddingChoice::Directory { folder, .. }) = (self.memo_folder.clone(), loaded.choice.clone())
        else {
            return;
        };
        let dimension = loaded.embedder.space().dimension;
        let prompt = loaded.embedder.prompts().passage.clone();
        match tokio::task::spawn_blocking(move || Memo::open(&root, &folder, &prompt, dimension)).await {
            Ok(Ok(memo)) => drop(self.memos.write().insert(space.to_owned(), Arc::new(memo))),
            Ok(Err(error)) => tracing::warn!(%error, "kept vectors cannot be used"),
            Err(error) => tracing::warn!(%error, "the reading of kept vectors broke off"),
        }
    }

    /// How it stands now.
    pub fn state(&self) -> EmbeddingState {
        self.state.read().clone()
    }

    /// The model that answers, if it is at work.
    pub fn ready(&self) -> Option<Arc<dyn Embedder>> {
        match &*self.state.read() {
            EmbeddingState::Ready(embedder) => Some(embedder.clone()),
            _ => None,
        }
    }

    /// The model that is being brought in.
    pub fn next(&self) -> Option<Arc<dyn Embedder>> {
        self.next.read().clone()
    }

    /// What went wrong with a change, although a model answers. For people.
    pub fn problem(&self) -> Option<String> {
        self.problem.read().as_ref().map(|problem| problem.reason.clone())
    }

    /// Whether the chosen model could not be loaded or reached, which may pass.
    pub fn is_waited_for(&self) -> bool {
        let may_pass = self.problem.read().as_ref().is_some_and(|problem| problem.may_pass);
        self.chosen.is_some() && (may_pass || self.ready().is_none())
    }

    /// Whether vectors will be made: a model is at work, or is being loaded.
    pub fn will_embed(&self) -> bool {
        !matches!(*self.state.read(), EmbeddingState::Missing(_))
    }

    /// The space of the model that answers, if it is at work.
    pub fn space(&self) -> Option<VectorSpace> {
        self.ready().map(|embedder| embedder.space().clone())
    }

    /// One vector of unit length for each passage, in order; those that the memo knows are not made again.
    ///
    /// # Errors
    /// When the model fails.
    pub async fn passages(&self, embedder: &dyn Embedder, texts: Vec<String>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let memo = self.memos.read().get(&embedder.space().model).cloned();
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

    /// The same for a model that is being brought in: questions go first, since another model answers them, and the two do
    /// not know of each other.
    ///
    /// # Errors
    /// When the model fails.
    pub async fn passages_politely(
        &self,
        embedder: &dyn Embedder,
        texts: Vec<String>,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for some in texts.chunks(POLITE_BATCH) {
            for _ in 0..POLITE_LOOKS {
                if self.asking.load(Ordering::Relaxed) == 0 {
                    break;
                }
                tokio::time::sleep(POLITE_LOOK).await;
            }
            vectors.extend(self.passages(embedder, some.to_vec()).await?);
        }
        Ok(vectors)
    }

    /// The vector of a question; `Err` says why there is none.
    pub async fn question(&self, text: &str) -> Result<(Arc<dyn Embedder>, Vec<f32>), String> {
        let embedder = match self.state() {
            EmbeddingState::Ready(embedder) => embedder,
            EmbeddingState::Loading => return Err("the embedding model is being loaded".to_owned()),
            EmbeddingState::Missing(reason) => return Err(reason),
        };
        let _asking = Asking::begin(&self.asking);
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

    /// How many tokens a text has for the model that will answer; an estimate while there is none, or where only its maker
    /// knows.
    pub fn sizer(&self) -> impl Fn(&str) -> usize + Send + use<> {
        let embedder = self.next().or_else(|| self.ready());
        let most = embedder.as_ref().map_or(usize::MAX, |embedder| embedder.max_tokens());
        move |text: &str| {
            let counted = embedder.as_ref().and_then(|embedder| embedder.count_tokens(text));
            let tokens = counted.map_or_else(|| chunk::estimate_tokens(text), |tokens| tokens.saturating_sub(ENDS));
            weighed(tokens, most.saturating_sub(ENDS))
        }
    }
}

/// Chunks are cut for models that read so many tokens as the cutter's options say. For one that reads less, a token weighs
/// more, so that it reads its chunks to their end.
fn weighed(tokens: usize, most: usize) -> usize {
    let usual = chunk::ChunkOptions::default().max_tokens;
    if most < usual { (tokens * usual).div_ceil(most.max(1)) } else { tokens }
}

/// A question that is being embedded, until this is dropped.
struct Asking<'a>(&'a AtomicUsize);

impl<'a> Asking<'a> {
    fn begin(asking: &'a AtomicUsize) -> Self {
        asking.fetch_add(1, Ordering::Relaxed);
        Self(asking)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn none_chosen() -> EmbeddingState {
    EmbeddingState::Missing("there is no embedding model (embedding.model_dir)".to_owned())
}

#[cfg(test)]
mod tests {
    use super::weighed;

    #[test]
    fn a_model_that_reads_less_gets_shorter_chunks() {
        assert_eq!([254, 510, usize::MAX].map(|most| weighed(200, most)), [200, 200, 200]);
        // What it reads to the end fills a chunk, and one token more does not fit.
        assert_eq!((weighed(126, 126), weighed(0, 126)), (254, 0));
        assert!(weighed(127, 126) > 254);
    }
}
