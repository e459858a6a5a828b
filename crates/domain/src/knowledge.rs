//! From files and pages to what can be found: reading, cutting, indexing, embedding, removing. All of it is background work
//! that can be repeated: whatever was cut off is done again without harm.

mod arriving;
mod carrying;
pub(crate) mod changes;
mod comparing;
pub(crate) mod crawling;
pub(crate) mod delaying;
pub(crate) mod edits;
pub(crate) mod embedder;
mod ending;
pub(crate) mod files;
pub(crate) mod filling;
mod gathering;
pub(crate) mod jobs;
mod judging;
pub(crate) mod looking;
mod metadata;
mod noting;
mod page_again;
mod pages;
mod parts;
pub(crate) mod pipeline;
mod reading;
pub(crate) mod reindexing;
pub(crate) mod repairing;
mod resuming;
pub(crate) mod watching;
