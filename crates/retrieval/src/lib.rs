//! Retrieval without a database and without an index engine: what a query and a hit are, the trait that every index
//! implements, how the two sides are fused, when evidence is enough, how good a ranking is.

pub mod index;

pub use index::{
    ChunkText, ChunkVector, IndexError, IndexedDocument, KeywordHit, KeywordQuery, KeywordResult, SearchFilter,
    SearchIndex, TermStat, VectorHit, VectorSpace,
};
