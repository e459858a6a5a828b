//! The local Ollama; and providers that misbehave, seen by whoever asked: through the server's own process, its guarded client, and a real HTTP
//! server at the other end. No answer hangs, loses what was said, or shows a provider's own words to a user.

use axum::{Router, routing::get};
use hammock_contract::{
    ErrorCode,
    chat::{AnswerKind, Message, MessageState},
    user::Role,
};
use hammock_testkit::{
    faulty::{self, BEGINNING, Fault, OWN_WORDS},
    provider::Provider,
};
use serde_json::{Value, json};

use crate::support::{
    Client, TestApp, eventually, knowledge::collection_with, process::Installation, provider, remote::Remote,
};

/// The local Ollama that the interface is told of.
async fn ollama(client: &Client) -> Value {
    let found = client.post("/api/fn/connections/find_ollama", &json!({})).await;
    assert_eq!(found.status, 200, "{}", found.text);
    found.json()
}

#[tokio::test]
async fn a_local_ollama_is_found_and_offered_until_it_is_connected() {
    let there = Provider::start(["At nine.".to_owned()]).await.unwrap();
    // Nothing else of this machine may be asked.
    let app = TestApp::with(&format!("[models]\nollama_url = '{}'", there.url())).await;
    let owner = app.register("ada@example.org").await.browser;
    // It is waited for half a second, which may be over on a machine that has much to do.
    eventually("the Ollama is found", async || (ollama(&owner).await == there.url()).then_some(())).await;
    let offer = format!("An Ollama on this machine answers at {}.", there.url());
    eventually("it is offered", async || owner.get("/connections").await.text.contains(&offer).then_some(())).await;

    let elsewhere = json!({ "name": "Elsewhere", "kind": "ollama", "base_url": provider().await });
    let refused = owner.post("/api/v1/connections", &elsewhere).await;
    assert_eq!(refused.code(), "forbidden_address", "{}", refused.text);
    let made = owner.post("/api/v1/connections", &json!({ "name": "Ollama", "kind": "ollama" })).await;
    assert_eq!((made.status, &made.json()["base_url"]), (201, &json!(there.url())), "{}", made.text);
    let page = owner.get("/connections").await.text;
    assert!(page.contains("Ollama") && !page.contains("An Ollama on this machine"), "{page}");

    // It answers.
    let assistant = json!({ "name": "Local", "connection": made.json()["id"], "model": "model-a", "collections": [] });
    let assistant = owner.post("/api/v1/assistants", &assistant).await.json();
    there.let_out(1);
    let question = json!({ "assistant": assistant["id"], "text": "When does it open?" });
    let answer = owner.post("/api/v1/chat", &question).await;
    assert!(answer.status == 200 && answer.text.contains("At nine."), "{}", answer.text);
}

#[tokio::test]
async fn an_ollama_that_is_not_there_is_not_offered() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for url in [format!("http://{free}/v1"), String::new()] {
        let app = TestApp::with(&format!("[models]\nollama_url = '{url}'")).await;
        let owner = app.register("ada@example.org").await.browser;
        assert_eq!(ollama(&owner).await, Value::Null, "{url}");
        assert!(!owner.get("/connections").await.text.contains("An Ollama on this machine"), "{url}");
    }
}

const HOURS: &[u8] = b"# Opening hours\n\nWhen does the museum open? The museum opens at nine and closes at five.\n";

/// The id of a connection to this address.
async fn connect(owner: &Client, url: &str) -> String {
    let made = owner.post("/api/v1/connections", &json!({ "name": url, "kind": "compatible", "base_url": url })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

/// A connection to a provider that is gone since.
async fn connect_to_who_leaves(owner: &Client) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    // Nothing is left open over which it could still be reached.
    let models = || async { ([("connection", "close")], axum::Json(json!({ "data": [{ "id": "model-a" }] }))) };
    let router = Router::new().route("/v1/models", get(models));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let connection = connect(owner, &url).await;
    serving.abort();
    assert!(serving.await.is_err_and(|ended| ended.is_cancelled()));
    connection
}

#[tokio::test]
async fn passages_are_quoted_in_the_place_of_a_provider_that_fails() {
    let app = TestApp::with_worker("[egress]\nallow = ['127.0.0.1']").await;
    let owner = app.register("ada@example.org").await;
    let user = app.colleague(&owner, "bo@example.org", Role::User).await.browser;
    let owner = owner.browser;
    let collection = collection_with(&owner, "hours.md", HOURS).await;
    let faulty = connect(&owner, &faulty::start().await.unwrap()).await;
    let gone = connect_to_who_leaves(&owner).await;
    for (connection, model, code) in [
        (&faulty, Fault::Refused.model(), ErrorCode::ProviderRefused),
        (&faulty, Fault::LimitedForLong.model(), ErrorCode::ProviderLimited),
        (&faulty, Fault::Failed.model(), ErrorCode::ProviderFailed),
        (&faulty, "unheard-of".to_owned(), ErrorCode::ProviderRejected),
        (&gone, "model-a".to_owned(), ErrorCode::ProviderUnreachable),
    ] {
        let settings = json!({ "name": model, "connection": connection, "model": model, "collections": [collection] });
        let assistant = owner.post("/api/v1/assistants", &settings).await;
        assert_eq!(assistant.status, 201, "{}", assistant.text);
        let question = json!({ "assistant": assistant.json()["id"], "text": "When does the museum open?" });
        let answer = user.post("/api/v1/chat", &question).await;
        let last = answer.text.lines().rev().find_map(|line| line.strip_prefix("data:")).expect("it ends");
        let last: Value = serde_json::from_str(last.trim()).unwrap();
        let message: Message = serde_json::from_value(last["message"].clone()).unwrap();
        assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback), "{model}");
        assert!(message.text.contains("nine") && message.citations[0].cited, "{model}: {}", message.text);
        assert_eq!(message.error.map(|error| error.code), Some(code), "{model}");
        assert!(!answer.text.contains("kaboom"), "{model}: {}", answer.text);
    }
}

/// Asks a model that misbehaves; the answer at its end, as it was streamed and as it is kept.
async fn asked(admin: &Remote, user: &Remote, connection: &str, fault: Fault) -> (Message, Value) {
    let settings = json!({ "name": fault.model(), "connection": connection, "model": fault.model(), "max_tokens": 64 });
    let assistant = admin.make("/api/v1/assistants", &settings).await;
    let question = json!({ "assistant": assistant, "text": "When does it open?" });
    let mut events = user.ask(&question).await.unwrap();
    let (id, _) = events.next().await.expect("it begins");
    let end = events.end().await.expect("it ends");
    let resumed = user.resume(&id.run.to_string(), None).await.unwrap().end().await.expect("it is kept");
    assert_eq!(resumed, end, "{fault:?}");
    let list = user.get("/api/v1/conversations?limit=200").await.unwrap().body;
    let rows = list["items"].as_array().unwrap();
    let row = rows.iter().find(|row| row["assistant"] == assistant).expect("the conversation is listed");
    let kept = user.get(&format!("/api/v1/conversations/{}", row["id"].as_str().unwrap())).await.unwrap().body;
    (end, kept["messages"][1].clone())
}

#[tokio::test]
async fn whatever_a_provider_does_an_answer_ends_and_keeps_what_was_said() {
    let installation = Installation::new([]);
    let key = installation.owner_key();
    let user_key = installation.operator(&["key", "create", "--name", "user", "--role", "user"]).trim().to_owned();
    let mut server = installation.serve();
    let url = server.ready().await;
    let (admin, user) = (Remote::new(&url, &key), Remote::new(&url, &user_key));
    let new = json!({ "name": "Faulty", "kind": "compatible", "base_url": faulty::start().await.unwrap() });
    let connection = admin.make("/api/v1/connections", &new).await;
    // All at once: one of them is silent for as long as is waited.
    let all = Fault::ALL.map(|fault| asked(&admin, &user, &connection, fault));
    for (fault, (message, kept)) in Fault::ALL.into_iter().zip(futures::future::join_all(all).await) {
        let (state, text, code) = match fault {
            Fault::Refused => (MessageState::Failed, "", Some(ErrorCode::ProviderRefused)),
            Fault::Failed => (MessageState::Failed, "", Some(ErrorCode::ProviderFailed)),
            Fault::Limited => (MessageState::Complete, "It opens at nine.", None),
            Fault::LimitedForLong => (MessageState::Failed, "", Some(ErrorCode::ProviderLimited)),
            Fault::ByteByByte => (MessageState::Complete, "It opens at nine. Überraschung!", None),
            Fault::Reset | Fault::HalfChunk => (MessageState::Failed, BEGINNING, Some(ErrorCode::AnswerBrokenOff)),
            Fault::Unreadable => (MessageState::Failed, BEGINNING, Some(ErrorCode::ProviderFailed)),
            Fault::Silent => (MessageState::Failed, BEGINNING, Some(ErrorCode::ProviderSilent)),
            Fault::Endless => (MessageState::Failed, "It opens at and nine", Some(ErrorCode::AnswerTooLong)),
        };
        assert_eq!((message.state, message.error.as_ref().map(|error| error.code)), (state, code), "{fault:?}");
        if fault == Fault::Endless {
            assert!(message.text.starts_with(text) && message.text.len() < 100_000, "{}", message.text.len());
        } else {
            assert_eq!(message.text, text, "{fault:?}");
        }
        let json = serde_json::to_value(&message).unwrap();
        for shown in [&json, &kept] {
            let shown = shown.to_string();
            assert!(!shown.contains(OWN_WORDS) && !shown.contains("kaboom"), "{fault:?}: {shown}");
        }
        assert_eq!((&kept["text"], &kept["state"], &kept["error"]), (&json["text"], &json["state"], &json["error"]));
    }
    assert!(!server.log().contains("panicked"), "{}", server.log());
}
