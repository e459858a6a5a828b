//! The server is asked to stop while an answer streams.

use hammock_contract::chat::MessageState;
use hammock_testkit::provider::Provider;
use serde_json::json;

use crate::support::{
    eventually,
    process::{Installation, Process},
    remote::{Events, Remote},
};

struct Asked {
    installation: Installation,
    key: String,
    provider: Provider,
    server: Process,
    remote: Remote,
    question: serde_json::Value,
    events: Events,
    conversation: String,
}

/// A server in the middle of an answer, whose first word was seen.
async fn asked(grace: u32) -> Asked {
    let installation = Installation::new([("HAMMOCK_SERVER__SHUTDOWN_TIMEOUT", grace.to_string())]);
    let key = installation.owner_key();
    let provider = Provider::start(["one ", "two ", "three"].map(str::to_owned)).await.unwrap();
    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let question = json!({ "assistant": remote.assistant(&provider).await, "text": "Count." });
    provider.let_out(1);
    let mut events = remote.ask(&question).await.unwrap();
    let (seen, text) = events.first_text().await;
    assert_eq!(text, "one ");
    let hammock_contract::stream::StreamEvent::Started { conversation, .. } = &seen[0].1 else { panic!("{seen:?}") };
    let conversation = conversation.to_string();
    Asked { installation, key, provider, server, remote, question, events, conversation }
}

#[tokio::test]
async fn an_answer_that_streams_is_finished_and_no_other_begins() {
    let Asked { installation: _installation, provider, server, remote, question, mut events, .. } = asked(60).await;
    server.signal("TERM");
    eventually("the server says that it is not ready", async || {
        (remote.get("/readyz").await.unwrap().status == 503).then_some(())
    })
    .await;
    let refused = remote.post("/api/v1/chat", &question).await.unwrap();
    assert_eq!((refused.status, &refused.body["error"]["code"]), (503, &json!("unavailable")));
    provider.let_out(2);
    let answer = events.end().await.expect("the answer ends");
    assert_eq!((answer.state, answer.text.as_str()), (MessageState::Complete, "one two three"));
    assert!(server.ended().await.success(), "{}", server.log());
    assert!(server.log().contains("stopped"), "{}", server.log());
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_kept_and_marked() {
    let Asked { installation, key, server, mut events, conversation, .. } = asked(0).await;
    server.signal("TERM");
    let answer = events.end().await.expect("the client learns of the end");
    assert_eq!((answer.state, answer.text.trim_end()), (MessageState::Interrupted, "one"));
    assert!(server.ended().await.success(), "{}", server.log());

    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let kept = remote.get(&format!("/api/v1/conversations/{conversation}")).await.unwrap().body;
    assert_eq!(kept["messages"][1]["state"], "interrupted", "{kept}");
    assert_eq!(kept["messages"][1]["text"].as_str().unwrap().trim_end(), "one");
}

#[tokio::test]
async fn a_server_whose_log_nobody_reads_serves_and_ends() {
    let installation = Installation::new([]);
    let mut server = Process::start_unread(installation.command(&["serve"]));
    let remote = Remote::new(&server.ready().await, "nobody");
    assert_eq!(remote.get("/readyz").await.unwrap().status, 200);
    server.signal("TERM");
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn a_server_that_was_killed_is_followed_by_another_at_once() {
    let installation = Installation::new([]);
    let mut server = installation.serve();
    let url = server.ready().await;
    server.kill();
    // Nobody waits for its end, which takes a moment.
    let mut next = Process::start_at(url.strip_prefix("http://").unwrap(), installation.command(&["serve"]));
    assert_eq!(next.ready().await, url);
}
