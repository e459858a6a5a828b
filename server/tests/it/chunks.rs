//! Chunks that are edited and switched off through the public API and the interface's functions.

use axum::http::Method;
use hammock_contract::user::Role;
use hammock_domain::Severity;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Person, TestApp, eventually};

const HOURS: &[u8] = b"# Opening hours\n\nThe museum opens at nine in summer.\n";
const EDITED: &str = "The gallery welcomes visitors from half past eight.";

struct Museum {
    app: TestApp,
    owner: Person,
    /// The path of the document.
    document: String,
}

impl Museum {
    async fn new() -> Self {
        let app = TestApp::with_worker("").await;
        let owner = app.register("ada@example.org").await;
        let client = &owner.browser;
        let collection = client.post("/api/v1/collections", &json!({ "name": "Museum" })).await.json();
        let sources = format!("/api/v1/collections/{}/sources", collection["id"].as_str().unwrap());
        let source = client.post(&sources, &json!({ "kind": "upload" })).await.json();
        let files = format!("/api/v1/sources/{}/documents", source["id"].as_str().unwrap());
        let uploaded = client.upload(&files, &[("hours.md", HOURS)]).await;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text);
        let document = format!("/api/v1/documents/{}", uploaded.json()[0]["document"]["id"].as_str().unwrap());
        let museum = Self { app, owner, document };
        eventually("the file is read", async || {
            let document = museum.owner.browser.get(&museum.document).await.json();
            (document["chunks"] == 1).then_some(())
        })
        .await;
        museum
    }

    async fn chunk(&self) -> Value {
        self.owner.browser.get(&format!("{}/text", self.document)).await.json()["chunks"][0].clone()
    }

    async fn patch(&self, client: &Client, chunk: &Value, patch: &Value) -> Answer {
        let path = format!("{}/chunks/{}", self.document, chunk["id"].as_str().unwrap());
        client.json(Method::PATCH, &path, patch).await
    }

    /// The texts of the hits of a search by words.
    async fn found(&self, query: &str) -> Vec<Value> {
        let request = json!({ "query": query, "mode": "keyword" });
        let found = self.owner.browser.post("/api/v1/search", &request).await.json();
        let id = self.document.rsplit('/').next().unwrap();
        found["hits"].as_array().unwrap().iter().filter(|hit| hit["document"] == id).cloned().collect()
    }
}

#[tokio::test]
async fn a_chunk_is_edited_switched_off_and_restored() {
    let museum = Museum::new().await;
    let owner = &museum.owner.browser;
    let before = museum.chunk().await;
    assert_eq!(
        (&before["enabled"], &before["edited"], &before["original"]),
        (&json!(true), &Value::Null, &Value::Null)
    );

    let edited = museum.patch(owner, &before, &json!({ "text": EDITED })).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
    let edited = edited.json();
    assert_eq!((&edited["text"], &edited["original"]), (&json!(EDITED), &before["text"]));
    assert_eq!(edited["edited"]["by"], "Ada Lovelace");
    assert!(edited["edited"]["at"].is_string() && edited["id"] != before["id"], "{edited}");
    assert_eq!(museum.chunk().await["id"], edited["id"]);
    let hit = eventually("it is found by its new words", async || museum.found("gallery visitors").await.pop()).await;
    assert_eq!((&hit["text"], &hit["edited"]["by"]), (&json!(EDITED), &json!("Ada Lovelace")));
    assert!(museum.found("summer").await.is_empty());

    // The page of somebody else still has the old one.
    let late = museum.patch(owner, &before, &json!({ "text": "Mine" })).await;
    assert_eq!((late.status, late.code().as_str()), (404, "not_found"));
    let off = museum.patch(owner, &edited, &json!({ "enabled": false })).await.json();
    assert_eq!((&off["enabled"], &off["text"]), (&json!(false), &json!(EDITED)));
    assert!(
        museum.found("gallery visitors").await.is_empty(),
        "the database has the last word, whatever an index says"
    );
    assert_eq!(owner.get(&museum.document).await.json()["chunks"], 0);

    let restored = museum.patch(owner, &off, &json!({ "restore": true, "enabled": true })).await.json();
    assert_eq!((&restored["text"], &restored["edited"]), (&before["text"], &Value::Null));
    eventually("it is found by its own words", async || museum.found("summer").await.pop()).await;
    eventually("its vector is made", async || {
        (owner.get(&museum.document).await.json()["state"] == "ready").then_some(())
    })
    .await;
    let report = museum.app.hammock.doctor(true).await.unwrap();
    // The handbook may still wait for vectors, which is a notice.
    let indexes = report.findings.iter().filter(|finding| finding.subject.ends_with(" index"));
    assert!(indexes.clone().count() > 0 && indexes.clone().all(|one| one.severity < Severity::Problem), "{report:?}");
    for (patch, field) in [
        (json!({ "text": " " }), "text"),
        (json!({ "text": "x".repeat(20_001) }), "text"),
        (json!({ "text": "x", "restore": true }), "restore"),
        (json!({ "txt": "x" }), "txt"),
    ] {
        let refused = museum.patch(owner, &restored, &patch).await;
        assert_eq!((refused.status, refused.json()["error"]["field"].as_str()), (422, Some(field)), "{}", refused.text);
    }
}

#[tokio::test]
async fn the_functions_of_the_interface_do_the_same_for_administrators() {
    let museum = Museum::new().await;
    let chunk = museum.chunk().await;
    let document = museum.document.rsplit('/').next().unwrap();
    let arguments = json!({ "document": document, "chunk": chunk["id"], "patch": { "text": EDITED } });
    let path = "/api/fn/knowledge/update_chunk";
    let user = museum.app.colleague(&museum.owner, "cy@example.org", Role::User).await.browser;
    let refused = user.post(path, &arguments).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "role_required"));
    let administrator = museum.app.colleague(&museum.owner, "bo@example.org", Role::Administrator).await.browser;
    let edited = administrator.post(path, &arguments).await;
    assert_eq!((edited.status, edited.json()["edited"]["by"].as_str()), (200, Some("Bo Bell")), "{}", edited.text);
    let wanted = json!({ "wanted": { "document": document } });
    let read = user.post("/api/fn/knowledge/read_document", &wanted).await.json();
    assert!(read["chunks"][0]["html"].as_str().unwrap().contains("half past eight"), "{read}");
    assert!(read["chunks"][0]["original_html"].as_str().unwrap().contains("in summer"), "{read}");
    let page = user.get(&format!("/data/documents/{document}")).await;
    assert!(page.text.contains("Edited by Bo Bell") && !page.text.contains("chunk-actions"), "{}", page.text);
}

hammock_testkit::on_postgres!(
    "edited chunks on PostgreSQL",
    a_chunk_is_edited_switched_off_and_restored,
    the_functions_of_the_interface_do_the_same_for_administrators,
);
