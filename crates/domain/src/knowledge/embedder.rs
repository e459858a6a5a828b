//! The embedding worker: makes vectors for chunks that have none, in batches, until there are none left; then waits.

use std::time::Duration;

use hammock_contract::{ChunkId, DocumentId};
use hammock_llm::Embedder;
use hammock_retrieval::ChunkVector;
use hammock_store::{
    chunks::{self, WaitingChunk},
    revisions,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Hammock, Result,
    embedding::EmbeddingState,
    error::{from_index, from_store, internal},
};

/// Chunks in one write to the vector index; it wants at least 200.
const BATCH: usize = 256;
/// How long to wait after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
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

impl Hammock {
    /// Loads the model and embeds until `cancel`.
    pub(crate) async fn embed_until(&self, cancel: CancellationToken) {
        self.0.embedding.load().await;
        if let Err(error) = self.adopt_space().await {
            tracing::error!(%error, "the documents could not be counted for the embedding model");
        }
        if self.0.embedding.ready().is_none() {
            return;
        }
        if self.0.presence.came_alone()
            && let Err(error) = self.repair_vectors().await
        {
            tracing::error!(%error, "the vector index could not be compared with the database");
        }
        loop {
            let wait = match self.embed_batch(&cancel).await {
                Ok(0) => LOOK_AGAIN,
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    tracing::error!(%error, "chunks could not be embedded; trying again");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = cancel.cancelled() => return,
                () = self.0.unembedded.notified(), if wait > Duration::ZERO => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Gives every chunk that has no vector its own and returns when that is done: for a command that ends then. `progress`
    /// hears how many were made, of how many. The caller has the background work ([`Hammock::take_background_work`]).
    ///
    /// # Errors
    /// When the database, the index or the model fails.
    pub async fn embed_waiting(&self, mut progress: impl FnMut(usize, usize)) -> Result<Embedded> {
        self.0.embedding.load().await;
        self.adopt_space().await?;
        let space = match self.0.embedding.state() {
            EmbeddingState::Ready(embedder) => embedder.space().clone(),
            EmbeddingState::Missing(reason) => return Ok(Embedded::NoModel(reason)),
            EmbeddingState::Loading => return Err(internal("the embedding model is still being loaded")),
        };
        let all = chunks::count_waiting(self.store().read(), &space.model).await.map_err(from_store)?;
        let (all, mut made) = (usize::try_from(all).unwrap_or(usize::MAX), 0);
        let never = CancellationToken::new();
        loop {
            match self.embed_batch(&never).await? {
                0 => return Ok(Embedded::Made(made)),
                more => made += more,
            }
            progress(made, all);
        }
    }

    async fn adopt_space(&self) -> Result<()> {
        let space = self.0.embedding.space().map(|space| space.model);
        let tx = self.store().begin().await.map_err(from_store)?;
        chunks::adopt_space(&tx, space.as_deref()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Embeds the next batch; how many chunks that were.
    async fn embed_batch(&self, cancel: &CancellationToken) -> Result<usize> {
        let Some(embedder) = self.0.embedding.ready() else { return Ok(0) };
        let space = embedder.space().clone();
        let waiting = chunks::list_waiting(self.store().read(), &space.model, BATCH).await.map_err(from_store)?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let texts = waiting.iter().map(text_of).collect();
        let vectors = tokio::select! {
            vectors = self.0.embedding.passages(&embedder, texts) => vectors.map_err(internal)?,
            () = cancel.cancelled() => return Ok(0),
        };
        let ids: Vec<ChunkId> = waiting.iter().map(|chunk| chunk.id.clone()).collect();
        let revisions: Vec<(DocumentId, u32)> =
            waiting.iter().map(|chunk| (chunk.document.clone(), chunk.revision)).collect();
        let rows = vector_rows(waiting, vectors);
        self.0.index.put_vectors(&space, rows).await.map_err(from_index)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let marked = chunks::mark_embedded(&tx, &ids, &space.model).await.map_err(from_store)?;
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
            // While a newer one is being made ready, its text must stay in the index; its job removes the others.
            let settled = numbers.is_none_or(|numbers| numbers.answering == numbers.newest);
            let kept = numbers.and_then(|numbers| numbers.kept());
            if kept != Some(revision) && settled {
                self.0.index.remove_revisions(&document, kept).await.map_err(from_index)?;
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
