//! The measurements, each with its rows.

pub mod conversations;
pub mod crawl;
pub mod embedding;
pub mod first_load;
pub mod first_token;
pub mod ingest;
pub mod search;
pub mod start;
pub mod streams;
pub mod table;
pub mod thread;
pub mod upload;
pub mod widget;

use anyhow::Result;
use serde_json::json;

use crate::bench::{
    installation::{Api, id},
    provider::Provider,
};

/// Makes an assistant that answers from a collection with the provider's model; its id. It answers whatever the evidence,
/// so that every question reaches the provider.
///
/// # Errors
/// When the server refuses.
fn make_assistant(api: &mut Api, provider: &Provider, collection: &str) -> Result<String> {
    let connection = json!({ "name": provider.authority(), "kind": "compatible", "base_url": provider.url() });
    let connection = id(&api.post("/connections", &connection)?)?;
    let assistant = json!({
        "name": provider.authority(),
        "connection": connection,
        "model": "bench",
        "collections": [collection],
        "strictness": "broad",
    });
    id(&api.post("/assistants", &assistant)?)
}
