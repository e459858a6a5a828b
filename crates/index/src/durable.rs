//! Both sides as one index.

use std::path::Path;

use async_trait::async_trait;
use hammock_contract::{ChunkId, CollectionId, DocumentId};
use hammock_retrieval::{
    ChunkVector, IndexError, IndexedDocument, KeywordQuery, KeywordResult, SearchFilter, SearchIndex, VectorHit,
    VectorSpace, analysis,
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{text::TextIndex, vectors::VectorTables};

/// How many searches go on at once for each core: one waits for the disk while another computes. A hybrid question is two.
const SEARCHES_PER_CORE: usize = 4;

/// Words in Tantivy, vectors in LanceDB.
///
/// Both write to new files and switch to them in one step, so that a process that dies at any moment leaves an index that
/// opens, with everything whose method had returned.
pub struct DurableIndex {
    text: TextIndex,
    vectors: VectorTables,
    /// Who searches now. A search is work for the processors and needs memory while it lasts: a thousand questions at once
    /// are answered sooner, and in a hundredth of the memory, when they take turns.
    turns: Semaphore,
}

impl DurableIndex {
    /// Opens the index below `directory`, or creates it there. Several processes may read; the first change takes the lock of
    /// the keyword side. To be called within a Tokio runtime, on which the writing tasks run.
    ///
    /// # Errors
    /// When the directory cannot be read or written, or holds something else.
    pub async fn open(directory: &Path) -> Result<Self, IndexError> {
        let place = directory.to_owned();
        let text =
            tokio::task::spawn_blocking(move || TextIndex::open(&place)).await.map_err(crate::failure::failure)??;
        let vectors = VectorTables::open(directory).await?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { text, vectors, turns: Semaphore::new(SEARCHES_PER_CORE * cores) })
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, IndexError> {
        self.turns.acquire().await.map_err(crate::failure::failure)
    }
}

#[async_trait]
impl SearchIndex for DurableIndex {
    async fn put_text(&self, documents: &[IndexedDocument]) -> Result<(), IndexError> {
        if documents.is_empty() { Ok(()) } else { self.text.put(documents).await }
    }

    async fn put_vectors(&self, space: &VectorSpace, vectors: Vec<ChunkVector>) -> Result<(), IndexError> {
        self.vectors.put(space, vectors).await
    }

    async fn copy_vectors(&self, copies: &[(ChunkId, ChunkId)], revision: u32) -> Result<Vec<ChunkId>, IndexError> {
        self.vectors.copy(copies, revision).await
    }

    async fn remove_vectors(&self, chunks: &[ChunkId]) -> Result<(), IndexError> {
        self.vectors.remove_chunks(chunks).await
    }

    async fn remove_revisions(&self, document: &DocumentId, keep: Option<u32>) -> Result<(), IndexError> {
        futures::try_join!(self.text.remove_revisions(document, keep), self.vectors.remove_revisions(document, keep))?;
        Ok(())
    }

    async fn remove_revision(&self, document: &DocumentId, revision: u32) -> Result<(), IndexError> {
        futures::try_join!(
            self.text.remove_revision(document, revision),
            self.vectors.remove_revision(document, revision)
        )?;
        Ok(())
    }

    async fn remove_collection(&self, collection: &CollectionId) -> Result<(), IndexError> {
        futures::try_join!(self.text.remove_collection(collection), self.vectors.remove_collection(collection))?;
        Ok(())
    }

    async fn keyword(
        &self,
        query: &KeywordQuery,
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<KeywordResult, IndexError> {
        let _turn = self.turn().await?;
        self.text.search(query, filter, limit).await
    }

    async fn vector(
        &self,
        space: &VectorSpace,
        vector: &[f32],
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError> {
        let _turn = self.turn().await?;
        self.vectors.search(space, vector, filter, limit).await
    }

    fn terms(&self, text: &str, language: Option<&str>) -> Vec<String> {
        analysis::Analyser::new(&analysis::language_of(language, text)).terms(text)
    }

    async fn list_text(&self) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
        self.text.list().await
    }

    async fn list_vectors(&self, space: &VectorSpace) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
        self.vectors.list(space).await
    }

    async fn clear_space(&self, space: &VectorSpace) -> Result<(), IndexError> {
        self.vectors.clear_space(space).await
    }

    async fn optimise(&self) -> Result<(), IndexError> {
        futures::try_join!(self.text.optimise(), self.vectors.optimise())?;
        Ok(())
    }

    async fn clear(&self) -> Result<(), IndexError> {
        futures::try_join!(self.text.clear(), self.vectors.clear())?;
        Ok(())
    }
}
