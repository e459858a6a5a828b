//! The settings of searching and what a search explains, through the public API.

use http::Method;
use serde_json::{Value, json};

use crate::support::{TestApp, eventually};

const MANUAL: &[u8] =
    b"# Returns\n\nA parcel can be sent back within thirty days. Parcels that come back are refunded.\n";

#[tokio::test]
async fn settings_are_kept_and_a_search_says_why() {
    let app = TestApp::with_worker("").await;
    let owner = app.register("ada@example.org").await.browser;
    let settings = json!({ "threshold": 0.25, "passages": 3 });
    let made = owner.post("/api/v1/collections", &json!({ "name": "Shop", "retrieval": settings })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!(made["retrieval"], settings);
    let collection = made["id"].as_str().unwrap();
    let path = format!("/api/v1/collections/{collection}");

    let changed = owner.json(Method::PATCH, &path, &json!({ "retrieval": { "passages": 2, "language": "en" } })).await;
    assert_eq!(changed.json()["retrieval"], json!({ "passages": 2, "language": "en" }), "{}", changed.text);
    let renamed = owner.json(Method::PATCH, &path, &json!({ "name": "Shop and post" })).await;
    assert_eq!(renamed.json()["retrieval"]["passages"], 2, "what a change does not name stays");
    for (wrong, field) in [
        (json!({ "passages": 21 }), "passages"),
        (json!({ "threshold": 2 }), "threshold"),
        (json!({ "language": "xx" }), "language"),
    ] {
        let refused = owner.json(Method::PATCH, &path, &json!({ "retrieval": wrong })).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{}", refused.text);
        assert_eq!(refused.json()["error"]["field"], field);
    }

    let source = owner.post(&format!("{path}/sources"), &json!({ "kind": "upload", "name": "Files" })).await.json();
    let source = source["id"].as_str().unwrap();
    let uploaded = owner.upload(&format!("/api/v1/sources/{source}/documents"), &[("manual.md", MANUAL)]).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text);
    let document = uploaded.json()[0]["document"]["id"].as_str().unwrap().to_owned();
    eventually("the document being read", async || {
        let found = owner.get(&format!("/api/v1/documents/{document}")).await.json();
        matches!(found["state"].as_str(), Some("ready" | "embedding")).then_some(())
    })
    .await;
    let assistant = json!({ "name": "Post", "collections": [collection], "retrieval": { "threshold": 0.125 } });
    let assistant = owner.post("/api/v1/assistants", &assistant).await.json();
    assert_eq!(assistant["retrieval"], json!({ "threshold": 0.125 }));

    let plain = json!({ "query": "parcel sent back", "collections": [collection] });
    let plain = owner.post("/api/v1/search", &plain).await.json();
    assert!(plain.get("explanation").is_none(), "{plain}");
    let request = json!({ "query": "parcel sent back", "assistant": assistant["id"], "explain": true });
    let found = owner.post("/api/v1/search", &request).await;
    assert_eq!(found.status, 200, "{}", found.text);
    let found = found.json();
    let explanation = &found["explanation"];
    let in_force = &explanation["settings"];
    assert_eq!(in_force["threshold"], 0.125, "the assistant's own");
    assert_eq!((&in_force["passages"], &in_force["language"]), (&json!(2), &json!("en")), "the collection's");
    assert_eq!(explanation["would_answer"], true, "{found}");
    assert!(explanation["prompt"].as_str().unwrap().contains("within thirty days"), "{found}");
    let hit = &explanation["hits"][0];
    assert_eq!((&hit["rank"], &hit["keyword_rank"], &hit["sent"]), (&json!(1), &json!(1), &json!(true)));
    assert_eq!(hit["source"], 1, "{found}");
    let text = found["hits"][0]["text"].as_str().unwrap();
    let at = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    let spans = hit["matches"].as_array().unwrap().iter();
    let words: Vec<&str> = spans.map(|span| &text[at(&span["start"])..at(&span["end"])]).collect();
    assert!(words.contains(&"parcel") && words.contains(&"Parcels"), "{words:?}");

    let both = json!({ "query": "parcel", "assistant": assistant["id"], "collections": [collection] });
    assert_eq!(owner.post("/api/v1/search", &both).await.code(), "invalid_field");
    let stranger = app.register("mallory@example.org").await.browser;
    assert_eq!(stranger.post("/api/v1/search", &request).await.status, 404);
}

hammock_testkit::on_postgres!("settings of searching on PostgreSQL", settings_are_kept_and_a_search_says_why);
