//! Building the keyword index again from the database. Vectors follow: by [`Hammock::embed_waiting`], or by the embedding
//! worker.

use hammock_contract::{ApiError, DocumentId};
use hammock_ingest::chunk::index_text;
use hammock_retrieval::{ChunkText, IndexError, IndexedDocument};
use hammock_store::{
    chunks::{self, AnsweringDocument, ChunkRow},
    next_vectors,
};

use crate::{
    Hammock, Result,
    error::{from_index, from_store},
};

/// Documents in one write to the keyword index.
const BATCH: usize = 100;

/// Why the indexes could not be built again.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The index could not be emptied or filled, although it opens.
    #[error(transparent)]
    Index(IndexError),
    /// Something else failed, as it is told everywhere.
    #[error(transparent)]
    Other(#[from] ApiError),
}

impl Hammock {
    /// Empties both indexes and fills the keyword index from the database; [`Hammock::embed_waiting`] fills the other. `progress` hears how many documents are done.
    /// Returns how many there were.
    ///
    /// # Errors
    /// When the database or the index fails; which of them, since whoever builds the index again can remove it.
    pub async fn rebuild_index(&self, mut progress: impl FnMut(usize)) -> Result<usize, RebuildError> {
        self.0.index.clear().await.map_err(RebuildError::Index)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        chunks::forget_vectors(&tx).await.map_err(from_store)?;
        next_vectors::forget(&tx).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        let (mut done, mut after) = (0, None::<DocumentId>);
        loop {
            let documents = chunks::list_answering_documents(self.store().read(), after.as_ref(), BATCH)
                .await
                .map_err(from_store)?;
            let Some(last) = documents.last() else { break };
            after = Some(last.document.id.clone());
            done += documents.len();
            self.index_stored_text(documents).await.map_err(RebuildError::Index)?;
            progress(done);
        }
        self.0.unembedded.notify_one();
        Ok(done)
    }

    /// Puts the text of documents as the database has it into the keyword index.
    pub(crate) async fn put_stored_text(&self, documents: Vec<AnsweringDocument>) -> Result<()> {
        self.index_stored_text(documents).await.map_err(from_index)
    }

    async fn index_stored_text(&self, documents: Vec<AnsweringDocument>) -> Result<(), IndexError> {
        let mut indexed = Vec::with_capacity(documents.len());
        for AnsweringDocument { document, chunks } in documents {
            let chunks = chunks.into_iter().map(|row| stored_text(&document.title, row)).collect();
            indexed.push(IndexedDocument {
                organisation: document.organisation_id,
                collection: document.collection_id,
                document: document.id,
                revision: document.revision,
                language: document.language,
                chunks,
            });
        }
        self.0.index.put_text(&indexed).await
    }
}

/// What the keyword index is given of a chunk as the database has it.
pub(super) fn stored_text(title: &str, row: ChunkRow) -> ChunkText {
    let seen = index_text(title, &row.headings, row.table_part.as_ref(), &row.text);
    ChunkText { chunk: row.id, ordinal: row.ordinal, heading: seen.heading, text: seen.text }
}
