//! Fields of metadata, values and filters through the public API and the interface's functions.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, eventually};

const TABLE: &[u8] = b"Brand,Price\nAcme,5\nBest,\"12,50\"\n";
const NOTE: &[u8] = b"---\nbrand: Other\nprice: much\n---\n\n# Prices\n\nThe price of tea is a secret.\n";

/// The document that an upload became, once it answers.
async fn uploaded(client: &Client, files: &str, name: &str, content: &[u8]) -> String {
    let sent = client.upload(files, &[(name, content)]).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let document = sent.json()[0]["document"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/documents/{document}");
    eventually("the file is read", async || {
        let document = client.get(&path).await.json();
        (document["chunks"] != 0).then_some(())
    })
    .await;
    document
}

fn documents(found: &Value) -> Vec<&str> {
    found["hits"].as_array().unwrap().iter().map(|hit| hit["document"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn documents_are_found_by_what_they_carry() {
    let app = TestApp::with_worker("").await;
    let owner = app.register("ada@example.org").await;
    let client = &owner.browser;
    let collection = client.post("/api/v1/collections", &json!({ "name": "Shop" })).await.json();
    let collection = collection["id"].as_str().unwrap();
    let sources = format!("/api/v1/collections/{collection}/sources");
    let source = client.post(&sources, &json!({ "kind": "upload" })).await.json();
    let files = format!("/api/v1/sources/{}/documents", source["id"].as_str().unwrap());
    let table = uploaded(client, &files, "prices.csv", TABLE).await;

    let fields = format!("/api/v1/collections/{collection}/metadata");
    let brand = json!({ "name": "Brand", "front_matter": "brand", "column": "brand" });
    let brand = client.post(&fields, &brand).await;
    assert_eq!((brand.status, &brand.json()["key"]), (201, &json!("brand")), "{}", brand.text);
    let taken = client.post(&fields, &json!({ "name": "BRAND" })).await;
    assert_eq!((taken.status, taken.code().as_str()), (409, "name_taken"), "{}", taken.text);
    let price = json!({ "name": "Price", "kind": "number", "front_matter": "price", "column": "Price" });
    let price = client.post(&fields, &price).await.json();
    // One that was there before its field, and one that comes after it.
    let note = uploaded(client, &files, "note.md", NOTE).await;
    let listed = eventually("the fields are filled", async || {
        let listed = client.get(&fields).await.json();
        (listed["filling"].is_null() && listed["fields"][0]["documents"] == 2).then_some(listed)
    })
    .await;
    assert_eq!((&listed["fields"][1]["documents"], &listed["fields"][1]["unreadable"]), (&json!(2), &json!(1)));

    let search = async |filters: Value| {
        let request = json!({ "query": "price", "mode": "keyword", "collections": [collection], "filters": filters });
        client.post("/api/v1/search", &request).await
    };
    let by_brand = search(json!([{ "field": "brand", "operator": "any_of", "values": ["BEST", "none"] }])).await;
    assert_eq!((by_brand.status, documents(&by_brand.json())), (200, vec![table.as_str()]), "{}", by_brand.text);
    let dear = search(json!([{ "field": "price", "operator": "at_least", "values": ["12.5"] }])).await.json();
    assert_eq!(documents(&dear), [table.as_str()]);
    let all = search(json!([])).await.json();
    assert!(documents(&all).contains(&note.as_str()), "{all}");
    for refused in [
        json!([{ "field": "colour", "values": ["red"] }]),
        json!([{ "field": "price", "operator": "contains", "values": ["1"] }]),
        json!([{ "field": "price", "operator": "between", "values": ["1"] }]),
    ] {
        let answer = search(refused.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_field"), "{refused}: {}", answer.text);
        assert_eq!(answer.json()["error"]["field"], "filters", "{refused}");
    }
    let unknown = search(json!([{ "field": "price", "operator": "like", "values": ["1"] }])).await;
    assert_eq!(unknown.status, 422, "{}", unknown.text);

    let list = async |asked: &str| {
        let listed = client.get(&format!("/api/v1/documents?collection={collection}&{asked}")).await;
        let items = listed.json()["items"].as_array().map_or(0, Vec::len);
        (listed.status, items)
    };
    assert_eq!(list("field=brand&operator=any_of&value=other;none").await, (200, 1));
    assert_eq!(list("field=brand&operator=is_set").await, (200, 2));
    assert_eq!(list("field=colour&value=red").await, (422, 0));

    // A person puts right what does not fit.
    let values = format!("/api/v1/documents/{note}/metadata");
    let carried = client.get(&values).await.json();
    assert_eq!(
        carried["items"][1]["values"][0],
        json!({ "text": "much", "readable": false, "origin": "front_matter" })
    );
    let own = format!("{values}/{}", price["id"].as_str().unwrap());
    let wrong = client.json(Method::PUT, &own, &json!({ "values": ["a lot"] })).await;
    assert_eq!((wrong.status, &wrong.json()["error"]["field"]), (422, &json!("values")), "{}", wrong.text);
    let written = client.json(Method::PUT, &own, &json!({ "values": ["99"] })).await;
    assert_eq!((written.status, &written.json()["by_hand"]), (200, &json!(true)), "{}", written.text);
    let dear = search(json!([{ "field": "price", "operator": "at_least", "values": ["50"] }])).await.json();
    assert_eq!(documents(&dear), [note.as_str()]);
    let restored = client.delete(&own).await;
    assert_eq!((restored.status, &restored.json()["by_hand"]), (200, &json!(false)), "{}", restored.text);

    // The interface asks the same, and the stream of a chat takes filters too.
    let shown = client.post("/api/fn/metadata/list_values", &json!({ "document": note })).await;
    assert_eq!((shown.status, shown.json().as_array().map(Vec::len)), (200, Some(2)), "{}", shown.text);
    let asked = json!({ "text": "Tea?", "filters": [{ "field": "brand", "operator": "is_set" }] });
    let refused = client.post("/api/v1/chat", &asked).await;
    assert_eq!(refused.status, 422, "the general assistant has no such field: {}", refused.text);
}

hammock_testkit::on_postgres!("fields and filters on PostgreSQL", documents_are_found_by_what_they_carry);
