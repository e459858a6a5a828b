//! The durable index: words in Tantivy, vectors in LanceDB, one lifecycle per document.
//!
//! The only crate that names either engine. Both are caches of the database: a directory that is lost or of another format is
//! simply filled again.
//!
//! - [`DurableIndex`]: what the rest of Hammock sees;
//! - `text`: the keyword side, one Tantivy index for every tenant;
//! - `vectors`: the vector side, one LanceDB table for every embedding model.

mod durable;
mod failure;
mod text;
mod vectors;

pub use durable::DurableIndex;
