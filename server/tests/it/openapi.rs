//! The OpenAPI document says what is there.

use std::collections::BTreeSet;

use hammock_contract::ErrorCode;
use hammock_server::{
    router::API,
    routes::endpoints,
    server_functions::{FUNCTIONS, PREFIX},
};
use serde_json::{Value, json};

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

#[tokio::test]
async fn every_list_has_pages_and_says_where_it_comes_whole_without_a_limit() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    let mut whole = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let list = &item["get"];
        let answer = &list["responses"]["200"]["content"]["application/json"]["schema"]["properties"];
        if !answer["next_page_token"].is_object() {
            continue;
        }
        let parameters: Vec<&str> =
            list["parameters"].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str()).collect();
        let has_pages = parameters.contains(&"limit") && parameters.contains(&"page_token");
        assert!(has_pages, "{path}: {list}");
        if list["description"].as_str().unwrap_or_default().contains("whole list") {
            whole.insert(path.as_str());
        }
    }
    let known = [
        "/api/v1/assistants/{assistant}/widget-errors",
        "/api/v1/categories",
        "/api/v1/collections/hidden",
        "/api/v1/collections/{collection}/evaluation/runs",
        "/api/v1/collections/{collection}/sources",
        "/api/v1/connections",
        "/api/v1/connections/{connection}/models",
        "/api/v1/conversations/{conversation}/shares",
        "/api/v1/documents/{document}/metadata",
        "/api/v1/keys",
        "/api/v1/public/conversations",
        "/api/v1/sources/{source}/crawls",
        "/api/v1/sources/{source}/functions",
        "/api/v1/sources/{source}/tables",
    ];
    // The handbook and the head of the document name them.
    assert_eq!(whole, BTreeSet::from(known));
}

#[tokio::test]
async fn a_whole_list_holds_more_than_a_page_does() {
    let app = TestApp::start().await;
    let owner = app.register("eva@example.org").await.browser;
    for number in 0..51 {
        let made = owner.post("/api/v1/keys", &json!({ "name": format!("Key {number}"), "role": "user" })).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    let list = owner.get("/api/v1/keys").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 51);
    assert_eq!(list["next_page_token"], Value::Null);
}

#[tokio::test]
async fn words_stand_in_the_document_as_on_the_wire() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    let codes: Vec<&str> = document["components"]["schemas"]["ErrorCode"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(codes, ErrorCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>());
    let mut words = BTreeSet::new();
    enumerated(&document, &mut |word| {
        words.insert(word.to_owned());
    });
    assert!(words.contains("open_ai") && words.contains("invalid_field"), "{words:?}");
    let is_rust = |word: &&String| word.chars().any(|letter| letter.is_uppercase());
    assert_eq!(words.iter().filter(is_rust).collect::<Vec<_>>(), Vec::<&String>::new());
}

fn enumerated(value: &Value, found: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Array(words)) = fields.get("enum") {
                words.iter().filter_map(Value::as_str).for_each(&mut *found);
            }
            fields.values().for_each(|inner| enumerated(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| enumerated(inner, found)),
        _ => {}
    }
}

#[tokio::test]
async fn a_function_names_its_arguments_and_its_answer() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    let of = |function: &str| {
        let operation = &document["paths"][format!("{PREFIX}{function}")]["post"];
        let schema = |part: &Value| part["content"]["application/json"]["schema"].clone();
        (schema(&operation["requestBody"]), schema(&operation["responses"]["200"]))
    };
    let named = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });

    let (arguments, answer) = of("chat/rename_conversation");
    assert_eq!(arguments["required"], json!(["conversation", "title"]));
    assert_eq!(arguments["properties"]["conversation"], named("ConversationId"));
    assert_eq!(arguments["properties"]["title"]["type"], "string");
    assert_eq!(answer, named("ConversationSummary"));

    let (arguments, answer) = of("users/list_users");
    assert_eq!(arguments["required"], json!(["page"]));
    assert_eq!(arguments["properties"]["page"], named("PageRequest"));
    assert_eq!(answer["properties"]["items"]["type"], "array");
    assert!(answer["properties"].get("next_page_token").is_some(), "{answer}");

    let (arguments, answer) = of("account/set_locale");
    assert!(arguments.get("required").is_none() && arguments["properties"].get("locale").is_some(), "{arguments}");
    assert_eq!(answer["type"], "null");

    let (arguments, answer) = of("keys/list_keys");
    assert!(arguments.get("properties").is_none(), "{arguments}");
    assert_eq!(answer["items"], named("ApiKey"));
}

#[tokio::test]
async fn a_function_wants_the_arguments_that_the_document_requires() {
    let app = TestApp::start().await;
    let owner = app.register("eva@example.org").await.browser;
    let document = owner.get("/api/v1/openapi.json").await.json();
    let (mut with, mut without) = (0, 0);
    for function in FUNCTIONS {
        let path = format!("{PREFIX}{}", function.path);
        let body = &document["paths"][&path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        let answer = owner.post(&path, &json!({})).await;
        let Some(required) = body["required"].as_array() else {
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            without += 1;
            continue;
        };
        assert_eq!((answer.status, answer.code().as_str()), (422, "invalid_request"), "{path}: {}", answer.text);
        let answer = answer.json();
        let message = answer["error"]["message"].as_str().unwrap();
        let names_one =
            required.iter().any(|name| message.contains(&format!(": {}: must be given", name.as_str().unwrap())));
        assert!(names_one, "{path}: {message}");
        with += 1;
    }
    assert!(with > 30 && without > 5, "{with} with, {without} without");
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
async fn the_page_about_the_api_shows_every_operation_and_every_type() {
    let app = TestApp::start().await;
    let document = app.browser().get("/api/v1/openapi.json").await.json();
    let page = app.browser().get("/api/docs").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
    assert!(
        !page.text.contains("src=\"http") && !page.text.contains("href=\"http"),
        "everything comes from this server"
    );
    let mut shown = 0;
    for operation in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values())
    {
        let id = operation["operationId"].as_str().unwrap();
        assert_eq!(page.text.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
        shown += 1;
    }
    assert!(shown > 80, "{shown}");
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.text.contains(&format!("id=\"type-{name}\"")), "{name}");
    }
    for name in page.text.split("href=\"#type-").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let moved = app.browser().get("/api/docs/").await;
    assert_eq!((moved.status, moved.header("location")), (303, "/api/docs"));
}

#[tokio::test]
async fn the_page_about_the_api_speaks_the_language_of_its_reader() {
    let app = TestApp::start().await;
    let page = app.browser().get("/api/docs?lang=cs").await;
    assert!(page.text.contains("lang=\"cs\"") && page.text.contains("Popis API"), "{}", page.text);
    let owner = app.register("eva@example.org").await.browser;
    assert!(owner.get("/api/docs").await.text.contains("eva@example.org"));
}
