//! The embedding worker: makes vectors for chunks that have none, in batches, until there are none left; then waits. While
//! another model is brought in, chunks get a vector of it too.

use std::time::{Duration, Instant};

use hammock_contract::{ChunkId, DocumentId};
use hammock_llm::Embedder;
use hammock_retrieval::{ChunkVector, VectorSpace};
use hammock_store::{
    chunks::{self, WaitingChunk},
    next_vectors, revisions,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Hammock, Result,
    embedding::EmbeddingState,
    error::{from_index, from_store, internal},
};

/// Chunks in one write to the vector index; it wants at least 200.
const BATCH: usize = 256;
/// Chunks in the first write of a process, or after a failure; see [`Pace`].
const FIRST_BATCH: usize = 16;
/// How long to wait after a failure; twice as long after each further one, up to the longest.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
const LONGEST_AFTER_FAILURE: Duration = Duration::from_secs(60);
/// How often a model is tried again that could not be loaded or reached.
const TRY_AGAIN: Duration = Duration::from_secs(60);
/// How often to look even when nobody rang: another replica may have added chunks.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// What became of the chunks that had no vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Embedded {
    /// So many got theirs; now all have one.
    Made(usize),
    /// None did: there is no model. The reason is for people.
    NoModel(String),
}

/// How far the embedding is, and how much it takes on at once.
///
/// Vectors are durable once their batch is written, and a slow model takes minutes for a whole one. A process that does not
/// live that long, each time it is started, would begin with the same chunks for ever. So the first batch is small, and each
/// one after it twice as large, until they are as large as the index wants them. That costs four small writes a start, which
/// the scheduled optimising puts together, and needs no note of what failed before: whoever is killed leaves none.
struct Pace {
    /// The last chunk that got its vector of the model that is being brought in.
    after: Option<ChunkId>,
    /// Chunks in the next batch.
    batch: usize,
}

impl Pace {
    const fn new() -> Self {
        Self { after: None, batch: FIRST_BATCH }
    }

    /// After a batch that was written.
    fn faster(&mut self) {
        self.batch = (2 * self.batch).min(BATCH);
    }

    /// After a batch that was not: what failed with many chunks may work with few.
    const fn slower(&mut self) {
        self.batch = FIRST_BATCH;
    }
}

impl Hammock {
    /// Loads the models, puts right what a worker that was killed left in the vector index, and embeds until `cancel`.
    pub(crate) async fn embed_until(&self, cancel: CancellationToken) {
        tokio::select! {
            () = self.settle_or_say() => {}
            () = cancel.cancelled() => return,
        }
        if self.0.embedding.space().is_none() && !self.0.embedding.is_waited_for() {
            return;
        }
        if let Err(error) = self.repair_vectors().await {
            tracing::error!(%error, "the vector index could not be compared with the database");
        }
        let (mut pace, mut tried, mut after_failure) = (Pace::new(), Instant::now(), AFTER_FAILURE);
        loop {
            let wait = match self.embed_some(&mut pace, &cancel).await {
                Ok(0) => LOOK_AGAIN,
                Ok(_) => {
                    pace.faster();
                    after_failure = AFTER_FAILURE;
                    Duration::ZERO
                }
                Err(error) => {
                    tracing::error!(%error, "chunks could not be embedded; trying again");
                    pace.slower();
                    let wait = after_failure;
                    after_failure = (2 * after_failure).min(LONGEST_AFTER_FAILURE);
                    wait
                }
            };
            tokio::select! {
                () = cancel.cancelled() => return,
                () = self.0.unembedded.notified(), if wait > Duration::ZERO => {}
                () = tokio::time::sleep(wait) => {}
            }
            if self.0.embedding.is_waited_for() && tried.elapsed() >= TRY_AGAIN {
                tokio::select! {
                    () = self.settle_or_say() => {}
                    () = cancel.cancelled() => return,
                }
                tried = Instant::now();
            }
        }
    }

    async fn settle_or_say(&self) {
        if let Err(error) = self.settle_models().await {
            tracing::error!(%error, "which embedding model answers could not be decided");
        }
    }

    /// Gives every chunk that has no vector its own, also of a model that is being brought in, and returns when that is done:
    /// for a command that ends then. `progress` hears how many were made, of how many. The caller has the background work
    /// ([`Hammock::take_background_work`]).
    ///
    /// # Errors
    /// When the database, the index or the model fails.
    pub async fn embed_waiting(&self, mut progress: impl FnMut(usize, usize)) -> Result<Embedded> {
        self.settle_models().await?;
        let space = match self.0.embedding.state() {
            EmbeddingState::Ready(embedder) => embedder.space().clone(),
            EmbeddingState::Missing(reason) => return Ok(Embedded::NoModel(reason)),
            EmbeddingState::Loading => return Err(internal("the embedding model is still being loaded")),
        };
        let db = self.store().read();
        let mut all = chunks::count_waiting(db, &space.model).await.map_err(from_store)?;
        if self.0.embedding.next().is_some() {
            let count = next_vectors::count(db).await.map_err(from_store)?;
            all += count.all.saturating_sub(count.done);
        }
        let (all, mut made, mut pace) = (usize::try_from(all).unwrap_or(usize::MAX), 0, Pace::new());
        let never = CancellationToken::new();
        loop {
            match self.embed_some(&mut pace, &never).await? {
                0 => return Ok(Embedded::Made(made)),
                more => made += more,
            }
            pace.faster();
            progress(made, all);
        }
    }

    /// Embeds the next batch, of the model that answers before one that is being brought in; how many chunks that were. When
    /// none is left, the change is finished, and what earlier changes left is removed.
    async fn embed_some(&self, pace: &mut Pace, cancel: &CancellationToken) -> Result<usize> {
        let made = self.embed_batch(pace.batch, cancel).await;
        let Some(next) = self.0.embedding.next() else {
            if matches!(made, Ok(0)) {
                self.remove_retired().await?;
            }
            return made;
        };
        match made {
            Ok(0) => {}
            Ok(made) => return Ok(made),
            // The model before may fail for good: that must not keep the other from being brought in.
            Err(error) => tracing::warn!(%error, "chunks could not be embedded by the model that still answers"),
        }
        loop {
            let made = self.embed_next_batch(&*next, pace, cancel).await?;
            if made > 0 || cancel.is_cancelled() {
                return Ok(made);
            }
            // Once more from the beginning: chunks were edited or switched on since.
            if pace.after.take().is_none() {
                break;
            }
        }
        self.finish_change().await?;
        Ok(0)
    }

    /// Embeds the next batch by the model that answers; how many chunks that were.
    async fn embed_batch(&self, most: usize, cancel: &CancellationToken) -> Result<usize> {
        let Some(embedder) = self.0.embedding.ready() else { return Ok(0) };
        let space = embedder.space().clone();
        let waiting = chunks::list_waiting(self.store().read(), &space.model, most).await.map_err(from_store)?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let texts = waiting.iter().map(text_of).collect();
        let vectors = tokio::select! {
            vectors = self.0.embedding.passages(&*embedder, texts) => vectors.map_err(internal)?,
            () = cancel.cancelled() => return Ok(0),
        };
        self.keep_vectors(&space, waiting, vectors, false).await
    }

    /// Embeds the next batch by the model that is being brought in.
    async fn embed_next_batch(
        &self,
        next: &dyn Embedder,
        pace: &mut Pace,
        cancel: &CancellationToken,
    ) -> Result<usize> {
        let waiting = next_vectors::list_waiting(self.store().read(), pace.after.as_ref(), pace.batch)
            .await
            .map_err(from_store)?;
        let Some(last) = waiting.last().map(|chunk| chunk.id.clone()) else { return Ok(0) };
        let texts = waiting.iter().map(text_of).collect();
        let vectors = tokio::select! {
            vectors = self.0.embedding.passages_politely(next, texts) => vectors.map_err(internal)?,
            () = cancel.cancelled() => return Ok(0),
        };
        let made = self.keep_vectors(next.space(), waiting, vectors, true).await?;
        pace.after = Some(last);
        Ok(made)
    }

    /// Puts vectors into the index and notes that they are there; how many chunks that were.
    async fn keep_vectors(
        &self,
        space: &VectorSpace,
        waiting: Vec<WaitingChunk>,
        vectors: Vec<Vec<f32>>,
        is_next: bool,
    ) -> Result<usize> {
        let ids: Vec<ChunkId> = waiting.iter().map(|chunk| chunk.id.clone()).collect();
        let revisions: Vec<(DocumentId, u32)> =
            waiting.iter().map(|chunk| (chunk.document.clone(), chunk.revision)).collect();
        let rows = vector_rows(waiting, vectors);
        self.0.index.put_vectors(space, rows).await.map_err(from_index)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let marked = if is_next {
            next_vectors::mark(&tx, &ids, &space.model).await.map_err(from_store)?
        } else {
            chunks::mark_embedded(&tx, &ids, &space.model).await.map_err(from_store)?
        };
        tx.commit().await.map_err(from_store)?;
        let made = ids.len();
        // Chunks that were edited, switched off or removed meanwhile: whoever did that found no vectors of theirs yet.
        let gone: Vec<ChunkId> = ids.into_iter().filter(|id| !marked.contains(id)).collect();
        if !gone.is_empty() {
            self.0.index.remove_vectors(&gone).await.map_err(from_index)?;
        }
        self.drop_replaced(revisions).await?;
        Ok(made)
    }

    /// A document may have been replaced or deleted while its chunks were embedded. Whoever replaced it removed the old
    /// revision from the index before these vectors came, so they are removed again.
    pub(crate) async fn drop_replaced(&self, mut revisions: Vec<(DocumentId, u32)>) -> Result<()> {
        revisions.sort_unstable();
        revisions.dedup();
        let ids: Vec<DocumentId> = revisions.iter().map(|(document, _)| document.clone()).collect();
        let numbers = revisions::numbers(self.store().read(), &ids).await.map_err(from_store)?;
        for (document, revision) in revisions {
            let numbers = numbers.get(&document);
            let kept = numbers.and_then(|numbers| numbers.kept());
            if kept == Some(revision) {
                continue;
            }
            match numbers.filter(|numbers| numbers.answering != numbers.newest) {
                None => self.0.index.remove_revisions(&document, kept).await.map_err(from_index)?,
                // While a newer one is being made ready, its text must stay in the index.
                Some(numbers) if revision < numbers.newest => {
                    self.0.index.remove_revision(&document, revision).await.map_err(from_index)?;
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// What the vector index takes: each chunk with its vector, in the same order.
pub(crate) fn vector_rows(waiting: Vec<WaitingChunk>, vectors: Vec<Vec<f32>>) -> Vec<ChunkVector> {
    let row = |(chunk, vector): (WaitingChunk, Vec<f32>)| ChunkVector {
        organisation: chunk.organisation,
        collection: chunk.collection,
        document: chunk.document,
        revision: chunk.revision,
        chunk: chunk.id,
        vector,
    };
    waiting.into_iter().zip(vectors).map(row).collect()
}

/// What the model reads of a chunk: where it stands, then what it says.
pub(crate) fn text_of(chunk: &WaitingChunk) -> String {
    let WaitingChunk { title, headings, table_part, text, .. } = chunk;
    let index = hammock_ingest::chunk::index_text(title, headings, table_part.as_ref(), text);
    if index.heading.is_empty() { index.text } else { format!("{}\n{}", index.heading, index.text) }
}
