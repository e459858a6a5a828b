//! One process answers requests, another works in the background; together they are a whole Hammock.

use hammock_testkit::postgres::TemporaryDatabase;
use serde_json::json;

use crate::support::{
    eventually,
    process::{Installation, Process},
    remote::Remote,
};

/// The whole path on an installation with two processes.
async fn walk(installation: &Installation) {
    let key = installation.owner_key();
    let start = |role: &str| Process::start(installation.command(&["serve", "--role", role]));
    let mut web = start("web");
    let remote = Remote::new(&web.ready().await, &key);
    assert_eq!(remote.get("/readyz").await.unwrap().status, 200);
    let collection = remote.make("/api/v1/collections", &json!({ "name": "Birds" })).await;
    let new = json!({ "name": "Files", "kind": "upload" });
    let source = remote.make(&format!("/api/v1/collections/{collection}/sources"), &new).await;
    let text = "# Swallows\n\nAn unladen swallow flies at eleven metres a second.\n";
    let uploaded = remote.upload(&source, "swallows.md", text).await.unwrap();
    assert_eq!(uploaded.status, 201, "{uploaded:?}");
    let document = format!("/api/v1/documents/{}", uploaded.body[0]["document"]["id"].as_str().unwrap());
    let handbook = "/api/v1/documents?collection=coll_handbook";
    assert_eq!(remote.get(handbook).await.unwrap().body["items"], json!([]), "indexing is the worker's");

    let mut worker = start("worker");
    let background = Remote::new(&worker.ready().await, &key);
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(background.get(path).await.unwrap().status, 200, "{path}");
    }
    for path in ["/", "/sign-in", "/api/v1/me", "/api/v1/documents", "/api/v1/openapi.json"] {
        assert_eq!(background.get(path).await.unwrap().status, 404, "{path}");
    }
    let second =
        installation.command(&["serve", "--role", "worker"]).env("HAMMOCK_SERVER__LISTEN", "127.0.0.1:0").output();
    let second = String::from_utf8_lossy(&second.unwrap().stderr).into_owned();
    assert!(second.contains("--role web"), "{second}");
    eventually("the document is ready", async || {
        (remote.get(&document).await.unwrap().body["state"] == "ready").then_some(())
    })
    .await;

    // The worker's writing is seen here a moment later.
    let words = json!({ "query": "unladen swallow", "collections": [collection] });
    eventually("the search finds the document", async || {
        let found = remote.post("/api/v1/search", &words).await.unwrap();
        found.body["hits"].as_array().unwrap().first().map(drop)
    })
    .await;
    // One document alone is little evidence for anything.
    let settings = json!({ "name": "Ornithologist", "collections": [collection], "strictness": "broad" });
    let assistant = remote.make("/api/v1/assistants", &settings).await;
    let question = json!({ "assistant": assistant, "text": "How fast does an unladen swallow fly?" });
    let answer = remote.ask(&question).await.unwrap().end().await.unwrap();
    assert!(answer.text.contains("eleven metres") && !answer.citations.is_empty(), "{answer:?}");
    for server in [web, worker] {
        server.signal("TERM");
        assert!(server.ended().await.success(), "{}", server.log());
    }
}

#[tokio::test]
async fn web_and_worker_share_a_data_directory() {
    walk(&Installation::new([])).await;
}

#[tokio::test]
async fn web_and_worker_share_a_data_directory_on_postgresql() {
    let Some(database) = TemporaryDatabase::create("roles on PostgreSQL") else { return };
    walk(&Installation::new([("HAMMOCK_DATABASE__URL", database.url())])).await;
}
