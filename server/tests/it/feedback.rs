//! What people say about answers, and conversations as files, through the public API.

use axum::http::Method;
use hammock_contract::user::Role;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// Asks the first assistant; the conversation and the answer.
async fn ask(client: &Client, question: &str) -> (String, String) {
    let answer = client.post("/api/v1/chat", &json!({ "text": question })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).expect("an event");
    let started: Value = serde_json::from_str(started.trim()).expect("JSON");
    let id = |name: &str| started[name].as_str().expect("an id").to_owned();
    (id("conversation"), id("answer"))
}

/// The questions that a list holds.
async fn questions(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/api/v1/feedback{query}")).await;
    assert_eq!(list.status, 200, "{query}: {}", list.text);
    let list = list.json();
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|entry| entry["question"].as_str().expect("a question").to_owned()).collect()
}

#[tokio::test]
async fn feedback_reaches_who_looks_after_the_assistant() {
    feedback_is_given_and_read(&TestApp::start().await).await;
}

async fn feedback_is_given_and_read(app: &TestApp) {
    let owner = app.register("owner@example.org").await;
    let user = app.colleague(&owner, "user@example.org", Role::User).await;
    let (owner, user) = (&owner.browser, &user.browser);
    let (_, first) = ask(user, "Is the moon made of cheese?").await;
    let (_, second) = ask(user, "Why is 100 % of it round?").await;
    let said = format!("/api/v1/messages/{first}/feedback");
    let nothing = json!({ "rating": null, "reason": null, "comment": "" });
    assert_eq!(user.get(&said).await.json(), nothing);
    let down = json!({ "reason": "wrong", "comment": "It is of Camembert." });
    let given = user.json(Method::PUT, &said, &down).await;
    assert_eq!((given.status, &given.json()["rating"]), (200, &json!(false)), "{}", given.text);
    let rating = format!("/api/v1/messages/{second}/rating");
    assert_eq!(user.json(Method::PUT, &rating, &json!({ "rating": true })).await.status, 204);
    for (wrong, field) in [
        (json!({ "reason": "boring" }), "reason"),
        (json!({ "comment": "x".repeat(2_001) }), "comment"),
        (json!({ "thumb": true }), "thumb"),
    ] {
        let refused = user.json(Method::PUT, &said, &wrong).await;
        assert_eq!((refused.status, &refused.json()["error"]["field"]), (422, &json!(field)), "{}", refused.text);
    }

    let both = ["Why is 100 % of it round?", "Is the moon made of cheese?"];
    assert_eq!(questions(owner, "").await, both);
    for (query, expected) in [
        ("?rating=true", &both[..1]),
        ("?rating=false", &both[1..]),
        ("?reason=wrong", &both[1..]),
        ("?reason=outdated", &[][..]),
        ("?state=open", &both[..]),
        ("?query=camembert", &both[1..]),
        ("?query=100%20%25", &both[..1]),
        ("?limit=1", &both[..1]),
    ] {
        assert_eq!(questions(owner, query).await, expected, "{query}");
    }
    assert!(questions(user, "").await.is_empty());
    for (query, field) in [("?reason=boring", "reason"), ("?state=lost", "state"), ("?limit=0", "limit")] {
        let refused = owner.get(&format!("/api/v1/feedback{query}")).await;
        assert_eq!((refused.status, &refused.json()["error"]["field"]), (422, &json!(field)), "{}", refused.text);
    }

    let list = owner.get("/api/v1/feedback?reason=wrong").await.json();
    let one = format!("/api/v1/feedback/{}", list["items"][0]["id"].as_str().expect("an id"));
    let read = owner.get(&one).await.json();
    assert_eq!((&read["person"], &read["comment"]), (&json!("Bo Bell"), &down["comment"]), "{read}");
    assert_eq!((&read["answer"]["id"], &read["answer"]["run"]), (&json!(first), &Value::Null), "{read}");
    let resolved = owner.json(Method::PATCH, &one, &json!({ "state": "resolved" })).await;
    assert_eq!((resolved.status, &resolved.json()["state"]), (200, &json!("resolved")), "{}", resolved.text);
    assert_eq!(questions(owner, "?state=resolved").await, both[1..]);
    assert_eq!(owner.get(&one).await.json()["resolved_by"], "Ada Lovelace");
    for status in
        [user.get(&one).await.status, user.json(Method::PATCH, &one, &json!({ "state": "open" })).await.status]
    {
        assert_eq!(status, 404);
    }

    // Taken back, it is read by nobody else, and kept for the person.
    let rating = format!("/api/v1/messages/{first}/rating");
    assert_eq!(user.json(Method::PUT, &rating, &json!({ "rating": null })).await.status, 204);
    assert_eq!(owner.get(&one).await.status, 404);
    assert_eq!(user.get(&said).await.json()["comment"], down["comment"]);
}

#[tokio::test]
async fn a_conversation_is_downloaded() {
    let app = TestApp::start().await;
    let owner = app.register("owner@example.org").await.browser;
    let (conversation, _) = ask(&owner, "Is the moon \"made\" of <cheese>?").await;
    let export = format!("/api/v1/conversations/{conversation}/export");
    let file = owner.get(&export).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/markdown; charset=utf-8"), "{}", file.text);
    let name = file.header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"Is-the-moon-made-of-cheese-20") && name.ends_with(".md"),
        "{name}"
    );
    assert!(file.header("content-security-policy").contains("sandbox"));
    assert!(file.text.starts_with("# Is the moon \"made\" of \\<cheese\\>?\n"), "{}", file.text);
    assert!(file.text.contains("\n> Is the moon \"made\" of &lt;cheese>?\n"), "{}", file.text);
    let json = owner.get(&format!("{export}?format=json")).await;
    assert_eq!(json.header("content-type"), "application/json");
    assert_eq!(json.json()["messages"][0]["text"], "Is the moon \"made\" of <cheese>?");
    let refused = owner.get(&format!("{export}?format=pdf")).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{}", refused.text);
}

hammock_testkit::on_postgres!("feedback on PostgreSQL", feedback_reaches_who_looks_after_the_assistant);
