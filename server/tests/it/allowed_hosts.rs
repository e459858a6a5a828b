//! The hosts that an organisation narrows its requests to, by the public API and by the interface's functions; and a provider off
//! the list, through the server's own guarded client.

use axum::http::Method;
use hammock_contract::{
    ErrorCode,
    chat::{AnswerKind, Message, MessageState},
    user::Role,
};
use hammock_testkit::provider::Provider;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, knowledge::collection_with};

const ORGANISATION: &str = "/api/v1/organisation";
const CHECKS: &str = "/api/v1/organisation/host-checks";
const HOURS: &[u8] = b"# Opening hours\n\nWhen does the museum open? The museum opens at nine and closes at five.\n";

fn to(hosts: &[&str]) -> Value {
    json!({ "limited": true, "hosts": hosts })
}

async fn limit(client: &Client, hosts: &[&str]) -> Answer {
    client.json(Method::PATCH, ORGANISATION, &json!({ "allowed_hosts": to(hosts) })).await
}

#[tokio::test]
async fn administrators_say_where_requests_may_go() {
    let app = TestApp::with("[egress]\nallow = ['127.0.0.1']").await;
    let owner = app.register("ada@example.org").await;
    let administrator = app.colleague(&owner, "bo@example.org", Role::Administrator).await.browser;
    let user = app.colleague(&owner, "cy@example.org", Role::User).await.browser;
    let other = app.register("eve@example.com").await.browser;
    let owner = owner.browser;
    let everywhere = json!({ "limited": false, "hosts": [] });
    assert_eq!(owner.get(ORGANISATION).await.json()["allowed_hosts"], everywhere);

    let kept = limit(&administrator, &[" Example.ORG ", "*.bücher.example", ""]).await;
    assert_eq!(kept.status, 200, "{}", kept.text);
    let list = to(&["example.org", "*.bücher.example"]);
    assert_eq!(kept.json()["allowed_hosts"], list);
    assert_eq!(owner.get(ORGANISATION).await.json()["allowed_hosts"], list);
    assert_eq!(other.get(ORGANISATION).await.json()["allowed_hosts"], everywhere);
    let refused = limit(&user, &["evil.example"]).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "role_required"), "{}", refused.text);
    assert_eq!(user.post(CHECKS, &to(&["evil.example"])).await.status, 403);

    let wrong = limit(&owner, &["example.org", "https://example.org/a", "*"]).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (422, "invalid_hosts"), "{}", wrong.text);
    let error = wrong.json()["error"].clone();
    assert_eq!((&error["field"], &error["params"]["lines"]), (&json!("hosts"), &json!("2, 3")), "{error}");
    let empty = limit(&owner, &[]).await;
    assert_eq!((empty.status, empty.code().as_str()), (422, "invalid_field"), "{}", empty.text);
    assert_eq!(owner.get(ORGANISATION).await.json()["allowed_hosts"], list, "what is wrong changes nothing");

    let function = "/api/fn/organisation/update_organisation";
    let off = json!({ "patch": { "allowed_hosts": { "limited": false, "hosts": ["example.org"] } } });
    let by_function = owner.post(function, &off).await;
    assert_eq!(by_function.json()["allowed_hosts"], json!({ "limited": false, "hosts": ["example.org"] }));
    assert_eq!(user.post(function, &off).await.status, 403);
    let function = "/api/fn/organisation/check_allowed_hosts";
    let nothing = owner.post(function, &json!({ "allowed": to(&["example.org"]) })).await;
    assert_eq!(
        (nothing.status, nothing.json()),
        (200, json!({ "sources": [], "connections": [] })),
        "{}",
        nothing.text
    );
}

/// The message that an answer ends with.
fn last_message(answer: &Answer) -> Message {
    let last = answer.text.lines().rev().find_map(|line| line.strip_prefix("data:")).expect("it ends");
    let last: Value = serde_json::from_str(last.trim()).unwrap();
    serde_json::from_value(last["message"].clone()).unwrap()
}

#[tokio::test]
async fn a_provider_off_the_list_is_asked_for_nothing() {
    let app = TestApp::with_worker("[egress]\nallow = ['127.0.0.1']").await;
    let owner = app.register("ada@example.org").await;
    let user = app.colleague(&owner, "bo@example.org", Role::User).await.browser;
    let owner = owner.browser;
    let collection = collection_with(&owner, "hours.md", HOURS).await;
    let provider = Provider::start(["At nine.".to_owned()]).await.unwrap();
    let new = json!({ "name": "P", "kind": "compatible", "base_url": provider.url() });
    let connection = owner.post("/api/v1/connections", &new).await.json();
    let id = connection["id"].as_str().unwrap();
    let settings = json!({ "name": "A", "connection": id, "model": "model-a", "collections": [collection] });
    let assistant = owner.post("/api/v1/assistants", &settings).await.json();
    let host = provider.authority();

    let told = owner.post(CHECKS, &to(&["other.example"])).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let cut_off = json!([{ "id": id, "name": "P", "host": host }]);
    assert_eq!(told.json(), json!({ "sources": [], "connections": cut_off }));
    assert_eq!(limit(&owner, &["other.example"]).await.status, 200);

    let models = owner.get(&format!("/api/v1/connections/{id}/models")).await;
    assert_eq!((models.status, models.code().as_str()), (422, "host_not_listed"), "{}", models.text);
    assert_eq!(models.json()["error"]["params"]["host"], host);
    let new = json!({ "name": "Q", "kind": "compatible", "base_url": provider.url() });
    let error = owner.post("/api/v1/connections", &new).await.json()["error"].clone();
    assert_eq!((&error["code"], &error["field"]), (&json!("host_not_listed"), &json!("base_url")), "{error}");

    // Passages are quoted, and whoever cannot change the list does not learn what is on it.
    let question = json!({ "assistant": assistant["id"], "text": "When does the museum open?" });
    let answer = user.post("/api/v1/chat", &question).await;
    let message = last_message(&answer);
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback));
    let error = message.error.expect("it is told why");
    assert_eq!((error.code, error.params.get("host")), (ErrorCode::HostNotListed, None));
    let error = last_message(&owner.post("/api/v1/chat", &question).await).error.expect("it is told why");
    assert_eq!(error.params.get("host"), Some(&host));
    assert!(provider.requests().is_empty(), "nothing was asked");

    // It counts at once.
    assert_eq!(limit(&owner, &["127.0.0.1"]).await.status, 200);
    provider.let_out(1);
    let answer = user.post("/api/v1/chat", &question).await;
    assert_eq!(last_message(&answer).answer_kind, AnswerKind::Model, "{}", answer.text);
}

hammock_testkit::on_postgres!(
    "lists of hosts on PostgreSQL",
    administrators_say_where_requests_may_go,
    a_provider_off_the_list_is_asked_for_nothing,
);
