//! Hostile texts as names and messages, on the page that anybody can open by a link.

use axum::http::Method;
use hammock_testkit::{
    hostile::{self, Hostile},
    provider::Provider,
};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, share_path};

/// How many letters of a text become a name.
const LONGEST: usize = 100;

async fn made(client: &Client, path: &str, body: &Value) -> Value {
    let answer = client.post(path, body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    answer.json()
}

/// Asks; the conversation.
async fn converse(client: &Client, question: &Value) -> Option<String> {
    let answer = client.post("/api/v1/chat", question).await;
    // A text that shows nothing is no question.
    if answer.status == 422 {
        return None;
    }
    assert_eq!(answer.status, 200, "{}", answer.text);
    let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    let started: Value = serde_json::from_str(started.trim()).unwrap();
    Some(started["conversation"].as_str().unwrap().to_owned())
}

/// Lets anyone read a conversation; the address.
async fn share(client: &Client, conversation: &str) -> String {
    let path = format!("/api/v1/conversations/{conversation}/shares");
    let link =
        made(client, &path, &json!({ "audience": "anyone", "with_reasoning": true, "with_sources": true })).await;
    share_path(&link).to_owned()
}

fn body(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.text);
    hostile::skeleton(&page.text)
}

#[tokio::test]
async fn a_title_is_a_text_wherever_it_stands_on_the_page() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant =
        made(&owner, "/api/v1/assistants", &json!({ "name": "Any", "collections": [] })).await["id"].clone();
    let question = json!({ "text": "Hello?", "assistant": assistant });
    let conversation = converse(&owner, &question).await.unwrap();
    let address = share(&owner, &conversation).await;
    let plain = body(&app.browser().get(&address).await);
    assert!(plain.iter().any(|tag| tag.starts_with("h1")), "{plain:?}");
    let path = format!("/api/v1/conversations/{conversation}");
    let mut shown = 0;
    for Hostile { title, payload } in hostile::all() {
        let name: String = payload.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        let renamed = owner.json(Method::PATCH, &path, &json!({ "title": name })).await;
        if renamed.status == 422 {
            continue;
        }
        assert_eq!(renamed.status, 200, "{title}: {}", renamed.text);
        let page = app.browser().get(&address).await;
        assert_eq!(body(&page), plain, "{title}: {name}\n{}", page.text);
        shown += 1;
    }
    assert!(shown >= 80, "only {shown} were taken");
}

#[tokio::test]
async fn what_was_asked_and_answered_holds_nothing_that_runs_or_loads() {
    let app = TestApp::with("[egress]\nallow = ['127.0.0.1']").await;
    let owner = app.register("ada@example.org").await.browser;
    for Hostile { title, payload } in hostile::markdown() {
        let provider = Provider::start([payload.clone()]).await.unwrap();
        provider.let_out(1);
        let new = json!({ "name": title, "kind": "compatible", "base_url": provider.url() });
        let connection = made(&owner, "/api/v1/connections", &new).await["id"].clone();
        let settings = json!({ "name": title, "connection": connection, "model": "model-a", "collections": [] });
        let assistant = made(&owner, "/api/v1/assistants", &settings).await["id"].clone();
        let Some(conversation) = converse(&owner, &json!({ "text": payload, "assistant": assistant })).await else {
            continue;
        };
        let read = owner.get(&format!("/api/v1/conversations/{conversation}")).await.json();
        for message in read["messages"].as_array().unwrap() {
            assert_eq!(message["state"], "complete", "{title}: {message}");
            for block in message["blocks"].as_array().unwrap() {
                let judged = hostile::judge(block.as_str().unwrap(), |_| false);
                assert_eq!(judged, Ok(()), "{title}: {payload}\n{block}");
            }
        }
        let page = app.browser().get(&share(&owner, &conversation).await).await;
        for tag in body(&page) {
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            let is_active =
                ["img", "script", "iframe", "object", "embed", "form", "base", "style", "math", "audio", "video"];
            assert!(!is_active.contains(&name), "{title}: <{tag}>\n{}", page.text);
            let runs = tag.split(' ').skip(1).any(|attribute| attribute.starts_with("on") || attribute == "srcdoc");
            assert!(!runs, "{title}: <{tag}>\n{}", page.text);
        }
    }
}

/// A zero byte, which PostgreSQL takes in no text.
#[tokio::test]
async fn a_zero_byte_finds_nothing_and_breaks_nothing() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = made(&owner, "/api/v1/assistants", &json!({ "name": "Any", "collections": [] })).await;
    let collection = made(&owner, "/api/v1/collections", &json!({ "name": "Any" })).await;
    let (assistant, collection) = (assistant["id"].as_str().unwrap(), collection["id"].as_str().unwrap());
    let lists = [
        "users".to_owned(),
        "assistants".to_owned(),
        "collections".to_owned(),
        "documents".to_owned(),
        "conversations".to_owned(),
        "feedback".to_owned(),
        format!("collections/{collection}/evaluation/questions"),
        format!("assistants/{assistant}/visitor-conversations"),
    ];
    for list in lists {
        let path = format!("/api/v1/{list}");
        let found = owner.get(&format!("{path}?query=zz%00zz")).await;
        if list == "conversations" {
            // This search says what is wrong.
            assert_eq!((found.status, found.code().as_str()), (422, "invalid_field"), "{}", found.text);
        } else {
            assert_eq!(owner.get(&format!("{path}?query=%00")).await.status, 200, "{list}");
            assert_eq!((found.status, &found.json()["items"]), (200, &json!([])), "{list}: {}", found.text);
        }
        // The letters a and b, each side of what separates the parts of a token, and a zero byte.
        let token = owner.get(&format!("{path}?page_token=YQAfYg")).await;
        assert_eq!((token.status, token.code().as_str()), (422, "invalid_field"), "{list}: {}", token.text);
    }
    let found = owner.get("/api/v1/documents?language=%00").await;
    assert_eq!((found.status, &found.json()["items"]), (200, &json!([])), "{}", found.text);
    // A key is a line, in which there is none.
    let asked = owner.post("/api/v1/chat", &json!({ "text": "Hello?", "idempotency_key": "once\0only" })).await;
    assert_eq!((asked.status, asked.code().as_str()), (422, "invalid_field"), "{}", asked.text);
}

hammock_testkit::on_postgres!("hostile texts on PostgreSQL", a_zero_byte_finds_nothing_and_breaks_nothing);
