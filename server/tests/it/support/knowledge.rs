//! What there is to answer from, for tests that ask.

use serde_json::{Value, json};

use super::{Client, eventually};

/// A collection with one file that has been read; its id.
pub async fn collection_with(owner: &Client, file: &str, content: &[u8]) -> String {
    let collection = id_of(&owner.post("/api/v1/collections", &json!({ "name": "Shop" })).await.json());
    let sources = format!("/api/v1/collections/{collection}/sources");
    let source = owner.post(&sources, &json!({ "kind": "upload", "name": "Files" })).await.json();
    let uploaded = owner.upload(&format!("/api/v1/sources/{}/documents", id_of(&source)), &[(file, content)]).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text);
    let document = format!("/api/v1/documents/{}", id_of(&uploaded.json()[0]["document"]));
    eventually("the document being read", async || {
        let found = owner.get(&document).await.json();
        matches!(found["state"].as_str(), Some("ready" | "embedding")).then_some(())
    })
    .await;
    collection
}

fn id_of(made: &Value) -> String {
    made["id"].as_str().unwrap_or_default().to_owned()
}
