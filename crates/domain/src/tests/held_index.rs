//! An index that stops where a test wants to look.

use async_trait::async_trait;
use hammock_contract::{ChunkId, CollectionId, DocumentId};
use hammock_retrieval::{
    ChunkVector, IndexError, IndexedDocument, KeywordQuery, KeywordResult, SearchFilter, SearchIndex, VectorHit,
    VectorSpace, memory::MemoryIndex,
};
use tokio::sync::watch;

use super::world::PATIENCE;

type Result<T> = std::result::Result<T, IndexError>;

/// The index in memory, which can be held right before it takes a text, or right after.
#[derive(Default)]
pub struct HeldIndex {
    inner: MemoryIndex,
    closed: watch::Sender<bool>,
    /// Whose texts wait outside.
    outside: watch::Sender<Vec<DocumentId>>,
    held: watch::Sender<bool>,
    /// How many texts were taken.
    taken: watch::Sender<u64>,
    held_searches: watch::Sender<bool>,
    /// How many searches by words have found what there was.
    found: watch::Sender<u64>,
    damaged: watch::Sender<bool>,
}

impl HeldIndex {
    /// From now on whoever brings a text waits with it outside the index, until [`Self::let_in`] or [`Self::release`].
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// The documents whose texts wait outside together, as soon as there are any.
    pub async fn wait_until_brought(&self) -> Vec<DocumentId> {
        let mut outside = self.outside.subscribe();
        let waiting = outside.wait_for(|outside| !outside.is_empty());
        tokio::time::timeout(PATIENCE, waiting).await.expect("no text came").unwrap().to_vec()
    }

    /// Lets the texts in that wait outside, and no others.
    pub fn let_in(&self) {
        self.outside.send_replace(Vec::new());
    }

    /// From now on whoever brings a text waits until [`Self::release`], with the text in the index.
    pub fn hold(&self) {
        self.held.send_replace(true);
        self.taken.send_replace(0);
    }

    pub async fn wait_until_taken(&self) {
        let mut taken = self.taken.subscribe();
        tokio::time::timeout(PATIENCE, taken.wait_for(|taken| *taken > 0)).await.expect("no text came").unwrap();
    }

    pub fn release(&self) {
        self.held.send_replace(false);
        self.closed.send_replace(false);
        self.let_in();
    }

    /// From now on whoever searches by words waits until [`Self::release_searches`], with what was found.
    pub fn hold_searches(&self) {
        self.held_searches.send_replace(true);
        self.found.send_replace(0);
    }

    pub async fn wait_until_found(&self) {
        let mut found = self.found.subscribe();
        tokio::time::timeout(PATIENCE, found.wait_for(|found| *found > 0)).await.expect("nobody searched").unwrap();
    }

    /// From now on what is in it can neither be read nor emptied.
    pub fn damage(&self) {
        self.damaged.send_replace(true);
    }

    fn check(&self) -> Result<()> {
        if *self.damaged.borrow() {
            return Err(IndexError::Engine("a segment is missing".to_owned()));
        }
        Ok(())
    }

    pub fn release_searches(&self) {
        self.held_searches.send_replace(false);
    }

    /// The revisions of a document that are in the index.
    pub async fn revisions(&self, document: &DocumentId) -> Vec<u32> {
        let mut found: Vec<u32> =
            self.list_text().await.unwrap().into_iter().filter(|(id, ..)| id == document).map(|(_, n, _)| n).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[async_trait]
impl SearchIndex for HeldIndex {
    async fn put_text(&self, documents: &[IndexedDocument]) -> Result<()> {
        if *self.closed.borrow() {
            self.outside.send_replace(documents.iter().map(|document| document.document.clone()).collect());
            self.outside.subscribe().wait_for(Vec::is_empty).await.expect("the sender lives in self");
        }
        self.inner.put_text(documents).await?;
        self.taken.send_modify(|taken| *taken += 1);
        self.held.subscribe().wait_for(|held| !held).await.expect("the sender lives in self");
        Ok(())
    }

    async fn put_vectors(&self, space: &VectorSpace, vectors: Vec<ChunkVector>) -> Result<()> {
        self.inner.put_vectors(space, vectors).await
    }

    async fn copy_vectors(&self, copies: &[(ChunkId, ChunkId)], revision: u32) -> Result<Vec<ChunkId>> {
        self.inner.copy_vectors(copies, revision).await
    }

    async fn remove_vectors(&self, chunks: &[ChunkId]) -> Result<()> {
        self.inner.remove_vectors(chunks).await
    }

    async fn remove_revisions(&self, document: &DocumentId, keep: Option<u32>) -> Result<()> {
        self.inner.remove_revisions(document, keep).await
    }

    async fn remove_revision(&self, document: &DocumentId, revision: u32) -> Result<()> {
        self.inner.remove_revision(document, revision).await
    }

    async fn remove_collection(&self, collection: &CollectionId) -> Result<()> {
        self.inner.remove_collection(collection).await
    }

    async fn keyword(&self, q: &KeywordQuery, f: &SearchFilter, limit: usize) -> Result<KeywordResult> {
        let result = self.inner.keyword(q, f, limit).await;
        self.found.send_modify(|found| *found += 1);
        self.held_searches.subscribe().wait_for(|held| !held).await.expect("the sender lives in self");
        result
    }

    async fn vector(
        &self,
        space: &VectorSpace,
        vector: &[f32],
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>> {
        self.inner.vector(space, vector, filter, limit).await
    }

    fn terms(&self, text: &str, language: Option<&str>) -> Vec<String> {
        self.inner.terms(text, language)
    }

    async fn list_text(&self) -> Result<Vec<(DocumentId, u32, ChunkId)>> {
        self.check()?;
        self.inner.list_text().await
    }

    async fn list_vectors(&self, space: &VectorSpace) -> Result<Vec<(DocumentId, u32, ChunkId)>> {
        self.inner.list_vectors(space).await
    }

    async fn clear_space(&self, space: &VectorSpace) -> Result<()> {
        self.inner.clear_space(space).await
    }

    async fn optimise(&self) -> Result<()> {
        self.inner.optimise().await
    }

    async fn clear(&self) -> Result<()> {
        self.check()?;
        self.inner.clear().await
    }
}
