//! Recordings that become text, through the public API and a real provider at the other end.

use axum::http::Method;
use hammock_contract::user::Role;
use hammock_testkit::{
    faulty::{self, Fault, OWN_WORDS},
    provider::Provider,
};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

const PATH: &str = "/api/v1/transcriptions";
const ALLOW: &str = "[egress]\nallow = ['127.0.0.1']\n";
/// The beginning of a recording as Chromium makes it.
const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01";

#[tokio::test]
async fn what_was_said_becomes_text() {
    it_is_written_down(&TestApp::with(ALLOW).await).await;
}

async fn it_is_written_down(app: &TestApp) {
    let owner = app.register("owner@example.org").await;
    let user = app.colleague(&owner, "user@example.org", Role::User).await;
    let other = app.register("other@example.com").await.browser;
    let (owner, user) = (&owner.browser, &user.browser);
    let refused = dictate(user).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "no_transcription"), "{}", refused.text);
    assert_eq!(user.get("/api/v1/me").await.json()["transcribes"], false);

    let provider = Provider::start(["When does ", "it open?"].map(str::to_owned)).await.unwrap();
    let connection = connect(owner, &provider.url()).await;
    let set = choose(owner, &connection, "whisper").await;
    assert_eq!((set.status, &set.json()["transcription"]["model"]), (200, &json!("whisper")), "{}", set.text);
    assert_eq!(user.get("/api/v1/me").await.json()["transcribes"], true);
    assert_eq!(owner.get("/api/v1/organisation").await.json()["transcription"]["connection"], connection);

    let written = dictate(user).await;
    assert_eq!((written.status, written.json()), (200, json!({ "text": "When does it open?" })), "{}", written.text);
    let recording = provider.recordings().pop().unwrap();
    assert_eq!(recording["file"], json!({ "name": "speech.webm", "bytes": WEBM.len() }), "{recording}");
    assert_eq!((&recording["model"], &recording["language"]), (&json!("whisper"), &json!("fr")), "{recording}");

    // Nobody else's, nor anybody's who is not signed in.
    assert_eq!(dictate(&other).await.code(), "no_transcription");
    assert_eq!(choose(&other, &connection, "whisper").await.status, 404);
    assert_eq!(choose(user, &connection, "whisper").await.status, 403);
    assert_eq!(dictate(&app.browser()).await.status, 401);
    assert_eq!(provider.recordings().len(), 1);

    // It is gone with its connection.
    let path = format!("/api/v1/connections/{}", connection.as_str().unwrap());
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(dictate(user).await.code(), "no_transcription");
    let left = owner.get("/api/v1/organisation").await.json();
    assert_eq!(left["transcription"]["connection"], Value::Null, "{left}");
}

#[tokio::test]
async fn what_cannot_be_sent_says_why() {
    let app = TestApp::with(ALLOW).await;
    let owner = app.register("owner@example.org").await.browser;
    let provider = Provider::start(["Said".to_owned()]).await.unwrap();
    let connection = connect(&owner, &provider.url()).await;
    choose(&owner, &connection, "whisper").await;
    let large = vec![0x1a_u8; 25_000_001];
    for (files, status, code) in [
        (vec![("a.webm", b"".as_slice())], 422, "empty_file"),
        (vec![("a.webm", b"A text.".as_slice())], 422, "unsupported_file_type"),
        (vec![("a.webm", WEBM), ("b.webm", WEBM)], 422, "invalid_request"),
        (vec![("a.webm", large.as_slice())], 413, "too_large"),
        (vec![], 422, "invalid_request"),
    ] {
        let refused = owner.upload(PATH, &files).await;
        assert_eq!((refused.status, refused.code().as_str()), (status, code), "{}", refused.text);
    }
    let refused = owner.upload(&format!("{PATH}?language=english"), &[("a.webm", WEBM)]).await;
    assert_eq!((refused.status, &refused.json()["error"]["field"]), (422, &json!("language")), "{}", refused.text);
    assert_eq!(owner.post(PATH, &json!({})).await.status, 415);
    assert!(provider.recordings().is_empty());
}

#[tokio::test]
async fn a_provider_that_misbehaves_is_told_in_our_words() {
    let app = TestApp::with(ALLOW).await;
    let owner = app.register("owner@example.org").await;
    let user = app.colleague(&owner, "user@example.org", Role::User).await.browser;
    let connection = connect(&owner.browser, &faulty::start().await.unwrap()).await;
    for (fault, code) in [
        (Fault::Refused, "provider_refused"),
        (Fault::Limited, "provider_limited"),
        (Fault::Failed, "provider_failed"),
        (Fault::Reset, "answer_broken_off"),
        (Fault::HalfChunk, "provider_failed"),
        (Fault::Unreadable, "provider_failed"),
    ] {
        choose(&owner.browser, &connection, &fault.model()).await;
        let refused = dictate(&user).await;
        assert_eq!((refused.status, refused.code().as_str()), (502, code), "{fault:?}: {}", refused.text);
        assert!(!refused.text.contains(OWN_WORDS) && !refused.text.contains("kaboom"), "{fault:?}: {}", refused.text);
    }
    for fault in [Fault::Limited, Fault::ByteByByte] {
        choose(&owner.browser, &connection, &fault.model()).await;
        let written = dictate(&user).await.json();
        assert_eq!(written["text"], "It opens at nine. Überraschung!", "{fault:?}: {written}");
    }
}

async fn connect(owner: &Client, url: &str) -> Value {
    let new = json!({ "name": "Speech", "kind": "compatible", "base_url": url });
    let made = owner.post("/api/v1/connections", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].clone()
}

async fn choose(client: &Client, connection: &Value, model: &str) -> Answer {
    let patch = json!({ "transcription": { "connection": connection, "model": model } });
    client.json(Method::PATCH, "/api/v1/organisation", &patch).await
}

async fn dictate(client: &Client) -> Answer {
    client.upload(&format!("{PATH}?language=fr"), &[("speech.webm", WEBM)]).await
}

hammock_testkit::on_postgres!("transcriptions on PostgreSQL", what_was_said_becomes_text);
