//! Files and pictures in conversations, through the public API.

use axum::{body::Body, http::Method};
use hammock_contract::{Timestamp, user::Role};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, eventually};

/// The least that is a picture of each kind, as far as its first bytes go.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const TIDES: &[u8] = b"# Tides\n\nWhen does the zanzibar tide turn? The zanzibar tide turns at a quarter past four.\n";

#[tokio::test]
async fn files_answer_in_their_conversation_alone() {
    files_are_sent_and_found(&TestApp::with_worker("").await).await;
}

async fn files_are_sent_and_found(app: &TestApp) {
    let owner = app.register("owner@example.org").await;
    let user = app.colleague(&owner, "user@example.org", Role::User).await;
    let (owner, user) = (&owner.browser, &user.browser);
    let file = attach(user, "tides.md", TIDES).await;
    assert_eq!((&file["kind"], &file["media_type"]), (&json!("file"), &json!("text/markdown")), "{file}");
    let id = id_of(&file);
    ready(user, &id).await;

    // It is in no list and in no search, and nobody else's.
    for path in ["/api/v1/collections", "/api/v1/documents"] {
        assert!(!user.get(path).await.text.contains("tides.md"), "{path}");
    }
    for client in [user, owner] {
        let found = client.post("/api/v1/search", &json!({ "query": "zanzibar tide", "mode": "keyword" })).await;
        assert!(found.status == 200 && !found.text.contains("quarter past four"), "{}", found.text);
    }
    assert!(!owner.get("/api/v1/collections/hidden").await.text.contains("tides.md"));
    let path = format!("/api/v1/attachments/{id}");
    for (method, path) in
        [(Method::GET, path.clone()), (Method::GET, format!("{path}/file")), (Method::DELETE, path.clone())]
    {
        let refused = owner.send(method.clone(), &path, "", Body::empty()).await;
        assert_eq!(refused.status, 404, "{method} {path}: {}", refused.text);
    }

    // Few words, and still it is answered from the file.
    let answer = ask(user, &json!({ "text": "What does this file say?", "attachments": [id] })).await;
    assert!(answer.text.contains("quarter past four"), "{}", answer.text);
    let conversation = conversation_of(&answer);
    let read = user.get(&format!("/api/v1/conversations/{conversation}")).await.json();
    assert_eq!(read["messages"][0]["attachments"][0]["name"], "tides.md", "{read}");
    let citations = read["messages"][1]["citations"].as_array().expect("citations");
    let own = citations.iter().find(|citation| citation["quote"].to_string().contains("quarter past four"));
    assert_eq!(own.expect("its person sees what it cites")["hidden"], Value::Null, "{read}");

    // Whoever reads what is said about the answer is told the name, and nothing else of it.
    let rating = format!("/api/v1/messages/{}/rating", id_of(&read["messages"][1]));
    assert_eq!(user.json(Method::PUT, &rating, &json!({ "rating": false })).await.status, 204);
    let feedback = format!("/api/v1/feedback/{}", id_of(&owner.get("/api/v1/feedback").await.json()["items"][0]));
    let told = owner.get(&feedback).await;
    assert_eq!(told.json()["files"], json!(["tides.md"]), "{}", told.text);
    assert!(!told.text.contains(&id), "{}", told.text);

    // In the same conversation later; in another one not.
    let later = json!({ "text": "When does the zanzibar tide turn?", "conversation": conversation });
    assert!(ask(user, &later).await.text.contains("quarter past four"));
    let elsewhere = ask(user, &json!({ "text": "When does the zanzibar tide turn?" })).await;
    assert!(!elsewhere.text.contains("quarter past four"), "{}", elsewhere.text);

    // It is sent once.
    let again = user.post("/api/v1/chat", &json!({ "text": "And now?", "attachments": [id] })).await;
    assert_eq!((again.status, &again.json()["error"]["field"]), (404, &json!("attachments")), "{}", again.text);
    let foreign = owner.post("/api/v1/chat", &json!({ "text": "And now?", "attachments": [id] })).await;
    assert_eq!(foreign.status, 404, "{}", foreign.text);

    // What it was cited as stays in the answer, and is told no more.
    assert_eq!(user.delete(&path).await.status, 204);
    assert_eq!(user.get(&path).await.status, 404);
    let read = user.get(&format!("/api/v1/conversations/{conversation}")).await.json();
    assert_eq!(read["messages"][0]["attachments"], Value::Null, "{read}");
    assert!(!read["messages"][1]["citations"].to_string().contains("quarter past four"), "{read}");
    assert_eq!(owner.get(&feedback).await.json()["files"], json!([]));
}

#[tokio::test]
async fn an_edited_question_keeps_its_files() {
    let app = TestApp::with_worker("").await;
    let owner = app.register("owner@example.org").await.browser;
    let id = id_of(&attach(&owner, "tides.md", TIDES).await);
    ready(&owner, &id).await;
    let answer = ask(&owner, &json!({ "text": "What does this file say?", "attachments": [id] })).await;
    let conversation = conversation_of(&answer);
    let path = format!("/api/v1/conversations/{conversation}");
    let question = owner.get(&path).await.json()["messages"][0]["id"].clone();
    let edited = json!({
        "text": "What is in this file?", "conversation": conversation, "replaces": question, "attachments": [id]
    });
    let answer = ask(&owner, &edited).await;
    assert!(answer.text.contains("quarter past four"), "{}", answer.text);
    let read = owner.get(&path).await.json();
    assert_eq!(read["messages"][0]["text"], "What is in this file?", "{read}");
    assert_eq!(read["messages"][0]["attachments"][0]["name"], "tides.md", "{read}");
    // The question before has it still, and one that is asked without it does not.
    let without = json!({ "text": "And without it?", "conversation": conversation, "replaces": question });
    ask(&owner, &without).await;
    assert_eq!(owner.get(&path).await.json()["messages"][0]["attachments"], Value::Null);
    let shown = owner.json(Method::PUT, &format!("{path}/branch"), &json!({ "message": question })).await.json();
    assert_eq!(shown["messages"][0]["attachments"][0]["name"], "tides.md", "{shown}");

    // Removed, it is gone from all of them.
    assert_eq!(owner.delete(&format!("/api/v1/attachments/{id}")).await.status, 204);
    let read = owner.get(&path).await.json();
    assert_eq!(read["messages"][0]["attachments"], Value::Null, "{read}");
}

#[tokio::test]
async fn a_picture_is_shown_as_what_it_is_and_a_file_is_downloaded() {
    let app = TestApp::with_worker("").await;
    let owner = app.register("owner@example.org").await.browser;
    // Whatever its name says.
    let picture = attach(&owner, "cat.html", PNG).await;
    assert_eq!((&picture["kind"], &picture["state"]), (&json!("picture"), &json!("ready")), "{picture}");
    let shown = owner.get(&format!("/api/v1/attachments/{}/file", id_of(&picture))).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("content-disposition"), "");
    let page = attach(&owner, "page.html", b"<html><body><p>Hello</p><script>alert(1)</script></body></html>").await;
    let loaded = owner.get(&format!("/api/v1/attachments/{}/file", id_of(&page))).await;
    assert_eq!((loaded.status, loaded.header("content-type")), (200, "application/octet-stream"));
    assert!(loaded.header("content-disposition").starts_with("attachment; filename=\"page.html\""));

    // Nobody looks at a picture where there is no model, which is said.
    let answer = ask(&owner, &json!({ "text": "What is in it?", "attachments": [id_of(&picture)] })).await;
    assert!(answer.text.contains("without a model nobody looks at them"), "{}", answer.text);
}

#[tokio::test]
async fn what_cannot_be_taken_says_why() {
    let app = TestApp::start().await;
    let owner = app.register("owner@example.org").await.browser;
    let path = "/api/v1/attachments";
    let refused = owner.upload(path, &[("run.exe", b"MZ\x90\0\x03\0\0\0\x04")]).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "unsupported_file_type"), "{}", refused.text);
    let empty = owner.upload(path, &[("a.txt", b"")]).await;
    assert_eq!((empty.status, empty.code().as_str()), (422, "empty_file"), "{}", empty.text);
    let two = owner.upload(path, &[("a.txt", b"One text."), ("b.txt", b"Another text.")]).await;
    assert_eq!((two.status, two.code().as_str()), (422, "invalid_request"), "{}", two.text);
    let later = Timestamp::from_millis(i64::MAX);
    let left = hammock_store::attachments::list_abandoned(app.hammock.store().read(), later).await.unwrap();
    assert!(left.is_empty(), "nothing stays of what is refused: {left:?}");
    // Without a worker it is never read: the question waits with it.
    let waiting = id_of(&attach(&owner, "slow.txt", b"A text to read.").await);
    let busy = owner.post("/api/v1/chat", &json!({ "text": "What?", "attachments": [waiting] })).await;
    assert_eq!((busy.status, busy.code().as_str()), (409, "busy"), "{}", busy.text);
    assert!(busy.text.contains("slow.txt"), "{}", busy.text);
    let none = owner.get("/api/v1/conversations").await.json();
    assert_eq!(none["items"].as_array().map(Vec::len), Some(0), "nothing was begun: {none}");
    let many = vec![waiting; 21];
    let refused = owner.post("/api/v1/chat", &json!({ "text": "What?", "attachments": many })).await;
    assert_eq!((refused.status, &refused.json()["error"]["field"]), (422, &json!("attachments")), "{}", refused.text);
}

#[tokio::test]
async fn an_upload_that_stands_still_is_given_up() {
    let app = TestApp::with("[server]\nupload_timeout = 1").await;
    let owner = app.register("owner@example.org").await.browser;
    let given_up = owner.begin_upload("/api/v1/attachments", "tides.md").await;
    assert_eq!((given_up.status, given_up.code().as_str()), (408, "upload_stalled"), "{}", given_up.text);
    assert_eq!(given_up.json()["error"]["type"], "timed_out");
    let left = std::fs::read_dir(app.hammock.upload_dir()).unwrap();
    assert_eq!(left.count(), 0, "the part that arrived is gone");
    attach(&owner, "tides.md", TIDES).await;
}

async fn attach(client: &Client, name: &str, content: &[u8]) -> Value {
    let made = client.upload("/api/v1/attachments", &[(name, content)]).await;
    assert_eq!(made.status, 201, "{name}: {}", made.text);
    made.json()
}

fn id_of(attachment: &Value) -> String {
    attachment["id"].as_str().expect("an id").to_owned()
}

async fn ready(client: &Client, id: &str) {
    eventually("the file being read", async || {
        let found = client.get(&format!("/api/v1/attachments/{id}")).await.json();
        (found["state"] == "ready").then_some(())
    })
    .await;
}

async fn ask(client: &Client, question: &Value) -> Answer {
    let answer = client.post("/api/v1/chat", question).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

fn conversation_of(answer: &Answer) -> String {
    let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).expect("an event");
    let started: Value = serde_json::from_str(started.trim()).expect("JSON");
    started["conversation"].as_str().expect("an id").to_owned()
}

hammock_testkit::on_postgres!("attachments on PostgreSQL", files_answer_in_their_conversation_alone);
