//! Retrieval without a database and without an index engine: what a query and a hit are, the trait that every index
//! implements, how the two sides are fused, when evidence is enough, how good a ranking is.

pub mod analysis;
pub mod bm25;
pub mod citations;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
pub mod eval;
pub mod evidence;
pub mod fusion;
pub mod grounds;
pub mod index;
pub mod matches;
pub mod memory;
pub mod metrics;
pub mod question;
pub mod search;
pub mod sentences;
pub mod settings;
pub mod support;

pub use index::{
    ChunkText, ChunkVector, IndexError, IndexedDocument, KeywordHit, KeywordQuery, KeywordResult, LanguageShare,
    SearchFilter, SearchIndex, TermStat, VectorHit, VectorSpace,
};
