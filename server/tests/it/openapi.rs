//! The OpenAPI document says what is there.

use std::collections::BTreeSet;

use hammock_server::{router::API, routes::endpoints, server_functions::FUNCTIONS};
use serde_json::Value;

use crate::support::TestApp;

#[tokio::test]
async fn the_document_describes_every_route_and_refers_to_nothing_missing() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    for endpoint in endpoints() {
        let path = format!("{API}{}", endpoint.path);
        let operation = &document["paths"][&path][endpoint.method.as_str().to_lowercase()];
        assert_eq!(operation["summary"], endpoint.summary, "{path}");
        assert!(!endpoint.summary.is_empty(), "{path}");
    }
    for function in FUNCTIONS {
        assert!(document["paths"][format!("/api/fn/{}", function.path)]["post"].is_object(), "{}", function.path);
    }
    let known: BTreeSet<&str> =
        document["components"]["schemas"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut missing = BTreeSet::new();
    references(&document, &mut |name| {
        if !known.contains(name) {
            missing.insert(name.to_owned());
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
    let ids: Vec<&str> = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values())
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "ids of operations are unique");
}

#[tokio::test]
async fn the_functions_of_the_interface_come_last() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    let sections: Vec<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!((sections.first(), sections.last()), (Some(&"instance"), Some(&"functions")));
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let used: BTreeSet<&str> = operations.filter_map(|operation| operation["tags"][0].as_str()).collect();
    // A section that the list lacks would be shown after it.
    assert_eq!(sections.iter().copied().collect::<BTreeSet<_>>(), used);
    assert_eq!(sections.len(), used.len(), "{sections:?}");
}

#[tokio::test]
async fn every_list_says_how_long_a_page_can_be() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    let mut lists = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        for limit in parameters.iter().filter(|parameter| parameter["name"] == "limit") {
            lists += 1;
            assert_eq!(
                (limit["schema"]["minimum"].as_f64(), limit["schema"]["maximum"].as_f64()),
                (Some(1.), Some(200.)),
                "{path}: {limit}"
            );
        }
    }
    assert!(lists >= 6, "{lists}");
    let search = &document["components"]["schemas"]["SearchRequest"]["properties"]["limit"];
    assert_eq!((search["minimum"].as_f64(), search["maximum"].as_f64()), (Some(1.), Some(100.)), "{search}");
}

fn references(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(target)) = fields.get("$ref") {
                found(target.trim_start_matches("#/components/schemas/"));
            }
            fields.values().for_each(|inner| references(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_viewer_comes_from_this_server() {
    let app = TestApp::start().await;
    let page = app.browser().get("/api/docs/").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("swagger-ui") && !page.text.contains("https://"), "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
    assert_eq!(app.browser().get("/api/docs/swagger-ui-bundle.js").await.status, 200);
}
