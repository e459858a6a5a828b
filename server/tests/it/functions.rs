//! JSON functions through the public API: defined on an uploaded table, run with parameters, refused with what to do.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const ROOMS: &[u8] = b"Name,Town,Price,Since\nLark,Brno,900.5,2026-01-31\nWren,Praha,1500,2025-05-01\nSwift,Brno,,\n";

/// A source with a table; the path of the source.
async fn hotels(app: &TestApp) -> (Client, String) {
    let client = app.register("eva@example.org").await.browser;
    let collection = client.post("/api/v1/collections", &json!({ "name": "Hotels" })).await.json();
    let sources = format!("/api/v1/collections/{}/sources", collection["id"].as_str().expect("an id"));
    let source = client.post(&sources, &json!({ "kind": "upload" })).await.json();
    let source = format!("/api/v1/sources/{}", source["id"].as_str().expect("an id"));
    let uploaded = client.upload(&format!("{source}/documents"), &[("rooms.csv", ROOMS)]).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text);
    (client, source)
}

fn find_rooms() -> Value {
    json!({
        "name": "find_rooms",
        "description": "Rooms of a town below a price",
        "parameters": [
            { "name": "town", "kind": "text", "required": true },
            { "name": "most", "kind": "number" },
        ],
        "conditions": [
            { "column": "Town", "operator": "equals", "values": [{ "parameter": "town" }] },
            { "column": "Price", "operator": "at_most", "values": [{ "parameter": "most" }] },
        ],
        "sort": [{ "column": "Price", "descending": true }],
        "columns": ["Name", "Price"],
    })
}

#[tokio::test]
async fn a_function_is_defined_run_changed_and_deleted() {
    let app = TestApp::start().await;
    let (client, source) = hotels(&app).await;
    let tables = client.get(&format!("{source}/tables")).await.json();
    let kinds: Vec<&str> = tables["items"][0]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["text", "text", "number", "date"]);

    let functions = format!("{source}/functions");
    let made = client.post(&functions, &find_rooms()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let function = format!("{functions}/{}", made.json()["id"].as_str().unwrap());
    let again = client.post(&functions, &find_rooms()).await;
    assert_eq!((again.status, again.code().as_str()), (409, "name_taken"), "{}", again.text);

    let run = format!("{function}/run");
    let answer = client.post(&run, &json!({ "parameters": { "town": "brno" } })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    assert_eq!(answer["rows"], json!([{ "Name": "Lark", "Price": 900.5 }, { "Name": "Swift", "Price": null }]));
    assert_eq!((&answer["matched"], &answer["truncated"]), (&json!(2), &json!(false)));
    assert_eq!(answer["tables"][0]["title"], "rooms.csv");
    let cheap = client.post(&run, &json!({ "parameters": { "town": "Praha", "most": 1500 } })).await.json();
    assert_eq!(cheap["rows"], json!([{ "Name": "Wren", "Price": 1500 }]));

    let missing = client.post(&run, &json!({ "parameters": {} })).await;
    assert_eq!((missing.status, missing.code().as_str()), (422, "missing_parameter"), "{}", missing.text);
    assert_eq!(missing.json()["error"]["field"], "town");
    let wrong = client.post(&run, &json!({ "parameters": { "town": "Brno", "most": "ten" } })).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "wrong_type"), "{}", wrong.text);

    let by_town = json!({
        "name": "by_town",
        "group_by": ["Town"],
        "aggregates": [{ "figure": "count" }, { "figure": "sum", "column": "Price" }],
        "sort": [{ "column": "count", "descending": true }],
    });
    let changed = client.json(Method::PUT, &function, &by_town).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let sums = client.post(&run, &json!({})).await.json();
    let expected = json!([
        { "Town": "Brno", "count": 2, "sum(Price)": 900.5 },
        { "Town": "Praha", "count": 1, "sum(Price)": 1500 },
    ]);
    assert_eq!(sums["rows"], expected);

    let misspelt = client.json(Method::PUT, &function, &json!({ "name": "x", "columns": ["Prise"] })).await;
    assert_eq!((misspelt.status, misspelt.code().as_str()), (422, "unknown_column"), "{}", misspelt.text);
    assert_eq!(misspelt.json()["error"]["params"]["nearest"], "Price");
    assert_eq!(client.delete(&function).await.status, 204);
    assert_eq!(client.get(&functions).await.json()["items"], json!([]));
    assert_eq!(client.post(&run, &json!({})).await.status, 404);
}

#[tokio::test]
async fn the_description_shows_a_whole_function() {
    let app = TestApp::start().await;
    let (client, source) = hotels(&app).await;
    let document = client.get("/api/v1/openapi.json").await.json();
    let example = &document["components"]["schemas"]["FunctionDefinition"]["example"];
    assert_eq!(example["conditions"].as_array().map(Vec::len), Some(2), "{example}");
    let made = client.post(&format!("{source}/functions"), example).await;
    assert_eq!(made.status, 201, "what is shown can be sent: {}", made.text);
}

hammock_testkit::on_postgres!("functions on PostgreSQL", a_function_is_defined_run_changed_and_deleted);
