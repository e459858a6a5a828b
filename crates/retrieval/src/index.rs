//! The contract of an index: keyword and vector side, tenant and collection filter inside both.

use std::sync::Arc;

use async_trait::async_trait;
use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};

/// What a query may see. Applied inside the engines, never after them.
///
/// Built by `hammock-domain` from a `Scope` alone. `organisations` is the caller's and, where the built-in handbook is among
/// the collections, the built-in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchFilter {
    /// Tenants.
    pub organisations: Vec<OrganisationId>,
    /// Collections; an empty list sees nothing.
    pub collections: Vec<CollectionId>,
    /// These documents alone, in ascending order; absent: all of the collections.
    ///
    /// A filter by metadata comes as this list, made by the database: values of metadata change without the text being
    /// indexed again, and the index need not know them. It counts inside both searches like the rest, however long it is:
    /// the best hits of everything, filtered afterwards, would lose those that the filter is about.
    pub documents: Option<Arc<[DocumentId]>>,
}

/// One chunk as the keyword side takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkText {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its place in the document.
    pub ordinal: u32,
    /// The document's title and the headings above the chunk, one a line.
    pub heading: String,
    /// The text.
    pub text: String,
}

/// A document's revision as the keyword side takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedDocument {
    /// The tenant.
    pub organisation: OrganisationId,
    /// The collection.
    pub collection: CollectionId,
    /// The document.
    pub document: DocumentId,
    /// The revision.
    pub revision: u32,
    /// ISO 639-1 code of the language; decides the stemmer.
    pub language: Option<String>,
    /// The chunks.
    pub chunks: Vec<ChunkText>,
}

/// One embedding model's space: vectors of different spaces are never compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VectorSpace {
    /// The model's stable name.
    pub model: String,
    /// The length of its vectors.
    pub dimension: usize,
}

/// One chunk's vector.
#[derive(Debug, Clone, PartialEq)]
pub struct ChunkVector {
    /// The tenant.
    pub organisation: OrganisationId,
    /// The collection.
    pub collection: CollectionId,
    /// The document.
    pub document: DocumentId,
    /// The revision.
    pub revision: u32,
    /// The chunk.
    pub chunk: ChunkId,
    /// Of unit length, `dimension` numbers.
    pub vector: Vec<f32>,
}

/// A question to the keyword side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeywordQuery {
    /// The text.
    pub text: String,
    /// ISO 639-1 code of its language, where the caller knows it; else the engine looks, knowing the passages' languages.
    pub language: Option<String>,
}

/// A chunk that the keyword side found.
#[derive(Debug, Clone, PartialEq)]
pub struct KeywordHit {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// Its revision; the caller drops hits of a revision that does not answer.
    pub revision: u32,
    /// BM25.
    pub score: f32,
    /// The share of the query's terms that stand in the chunk, each by its weight ([`crate::bm25::weight`]), 0 to 1.
    pub coverage: f32,
    /// How much the chunk speaks of the query's terms, 0 to 1: as the coverage, but a term that stands there once counts for
    /// about half of one that stands there again and again.
    pub strength: f32,
}

/// How many of the chunks that a query may see are in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageShare {
    /// ISO 639-1 code; empty where the language was not recognised.
    pub language: String,
    /// How many chunks.
    pub chunks: u64,
}

/// How rare a term of the query is among the chunks that it may see.
#[derive(Debug, Clone, PartialEq)]
pub struct TermStat {
    /// The term as the analyser made it.
    pub term: String,
    /// In how many chunks it occurs.
    pub document_frequency: u64,
}

/// What the keyword side found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeywordResult {
    /// Best first.
    pub hits: Vec<KeywordHit>,
    /// The terms of the query, each once, without stop words.
    pub terms: Vec<TermStat>,
    /// How many chunks the query may see.
    pub chunks: u64,
    /// Their languages, most frequent first.
    pub languages: Vec<LanguageShare>,
    /// ISO 639-1 code of the query's language, where it is known or was recognised.
    pub language: Option<String>,
}

/// A chunk that the vector side found.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorHit {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// Its revision; the caller drops hits of a revision that does not answer.
    pub revision: u32,
    /// Cosine similarity, -1 to 1.
    pub similarity: f32,
    /// Its vector, of unit length.
    pub vector: Vec<f32>,
}

/// What an index can fail with.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The disk is full.
    #[error("the disk is full")]
    StorageFull,
    /// The engine failed.
    #[error("{0}")]
    Engine(String),
}

/// A keyword and a vector index with one lifecycle per document.
///
/// The database is the truth about which revision of a document answers; an index may hold several for a moment. The order
/// of a switch is: `put_text` of the new revision (durable when it returns), the switch in the database, `remove_revisions`
/// of the old one. Every method can be repeated.
#[async_trait]
pub trait SearchIndex: Send + Sync {
    /// Adds the chunks of revisions to the keyword side, replacing the same revisions. Durable and visible when it returns.
    /// Give many documents at once where there are many.
    async fn put_text(&self, documents: &[IndexedDocument]) -> Result<(), IndexError>;

    /// Adds vectors, replacing those of the same chunks. Durable and visible when it returns; batches of 200 and more are
    /// cheaper.
    async fn put_vectors(&self, space: &VectorSpace, vectors: Vec<ChunkVector>) -> Result<(), IndexError>;

    /// Gives each second chunk, which is of `revision` of the same document, the vector of the first, in every space that has
    /// one. Returns the chunks that got one. Durable and visible when it returns.
    async fn copy_vectors(&self, copies: &[(ChunkId, ChunkId)], revision: u32) -> Result<Vec<ChunkId>, IndexError>;

    /// Removes the vectors of these chunks, in every space. The keyword side takes a changed revision whole, with
    /// [`Self::put_text`].
    async fn remove_vectors(&self, chunks: &[ChunkId]) -> Result<(), IndexError>;

    /// Removes every revision of `document` but `keep` from both sides; all of them when `keep` is `None`.
    async fn remove_revisions(&self, document: &DocumentId, keep: Option<u32>) -> Result<(), IndexError>;

    /// Removes one revision of `document` from both sides; whatever others are there or come meanwhile stay.
    async fn remove_revision(&self, document: &DocumentId, revision: u32) -> Result<(), IndexError>;

    /// Removes a whole collection from both sides.
    async fn remove_collection(&self, collection: &CollectionId) -> Result<(), IndexError>;

    /// The best `limit` chunks by words.
    async fn keyword(
        &self,
        query: &KeywordQuery,
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<KeywordResult, IndexError>;

    /// The best `limit` chunks by cosine similarity.
    async fn vector(
        &self,
        space: &VectorSpace,
        vector: &[f32],
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError>;

    /// The terms of a text as the keyword side sees them, for counting what of a question stands in a passage.
    fn terms(&self, text: &str, language: Option<&str>) -> Vec<String>;

    /// What the keyword side holds: (document, revision, chunk) for every chunk. For `doctor --verify`.
    async fn list_text(&self) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError>;

    /// What the vector side holds in one space. For `doctor --verify`.
    async fn list_vectors(&self, space: &VectorSpace) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError>;

    /// Removes the vectors of one space; those of others stay.
    async fn clear_space(&self, space: &VectorSpace) -> Result<(), IndexError>;

    /// Merges small pieces, and writes anew what holds too much that is removed; returns when that is done. Other changes go on
    /// meanwhile, as far as the engine lets them.
    async fn optimise(&self) -> Result<(), IndexError>;

    /// Removes everything.
    async fn clear(&self) -> Result<(), IndexError>;
}
