//! How knowledge comes in: fetched or uploaded, read, cut into chunks.

pub mod charset;
pub mod chunk;
pub mod crawl;
pub mod isolate;
pub mod parse;
pub mod render;
