//! Search in knowledge.

use serde::{Deserialize, Serialize};

use crate::{
    AssistantId, ChunkId, CollectionId, DocumentId, document::ChunkEdited, metadata::MetadataFilter,
    retrieval::Explanation,
};

/// Which side of the index answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum SearchMode {
    /// Both sides, fused.
    #[default]
    Hybrid,
    /// Words.
    Keyword,
    /// Meaning.
    Vector,
}

/// A search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// What is sought. 1 to 2,000 characters.
    pub query: String,
    /// Where; everything that the caller may see when empty and no assistant is named.
    #[serde(default)]
    pub collections: Vec<CollectionId>,
    /// Search as this assistant does: in its collections and by its settings. `collections` is empty then.
    #[serde(default)]
    pub assistant: Option<AssistantId>,
    /// How.
    #[serde(default)]
    pub mode: SearchMode,
    /// At most this many hits. 1 to 100; 10 when absent.
    #[serde(default, deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 100))]
    pub limit: Option<u32>,
    /// Only in documents whose metadata is so; at most ten, all of which count. An assistant's own count beside them.
    #[serde(default)]
    pub filters: Vec<MetadataFilter>,
    /// Whether the answer says why each hit was found, and what a model would be given.
    #[serde(default)]
    pub explain: bool,
}

/// A chunk that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SearchHit {
    /// The document.
    pub document: DocumentId,
    /// The chunk.
    pub chunk: ChunkId,
    /// The collection.
    pub collection: CollectionId,
    /// The revision of the document.
    pub revision: u32,
    /// The document's title.
    pub title: String,
    /// The headings above the chunk, outermost first.
    pub headings: Vec<String>,
    /// The page's address.
    pub url: Option<String>,
    /// The chunk's text: a person's, where it was edited.
    pub text: String,
    /// Who gave the chunk another text than the document has between `start` and `end`, and when.
    pub edited: Option<ChunkEdited>,
    /// Where the chunk begins in the document's text. Bytes.
    pub start: u32,
    /// Where the chunk ends in the document's text. Bytes.
    pub end: u32,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// The BM25 score, if the keyword side found it.
    pub keyword_score: Option<f32>,
    /// The cosine similarity, if the vector side found it.
    pub vector_score: Option<f32>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SearchResponse {
    /// The hits, best first.
    pub hits: Vec<SearchHit>,
    /// How sure it is that the hits answer the query: 0 (not at all) to 1. Absolute, unlike the scores.
    pub evidence: f32,
    /// Whether the vector side took part; if not, `vector_missing` says why.
    pub vectors_used: bool,
    /// Why the vector side took no part.
    pub vector_missing: Option<String>,
    /// How long it took. Milliseconds.
    pub took_ms: u32,
    /// Why, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Box<Explanation>>,
}
