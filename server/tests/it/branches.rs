//! Branches of a conversation by the public API.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

#[tokio::test]
async fn a_conversation_branches() {
    branches(&TestApp::start().await).await;
}

/// Asks; the conversation as it is shown afterwards.
async fn ask(client: &Client, request: &Value) -> Value {
    let answer = client.post("/api/v1/chat", request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    let started: Value = serde_json::from_str(started.trim()).unwrap();
    read(client, started["conversation"].as_str().unwrap()).await
}

async fn read(client: &Client, id: &str) -> Value {
    let found = client.get(&format!("/api/v1/conversations/{id}")).await;
    assert_eq!(found.status, 200, "{}", found.text);
    found.json()
}

fn questions(conversation: &Value) -> Vec<&str> {
    let messages = conversation["messages"].as_array().unwrap();
    messages.iter().filter(|it| it["author"] == "user").map(|it| it["text"].as_str().unwrap()).collect()
}

async fn branches(app: &TestApp) {
    let owner = app.register("ada@example.org").await.browser;
    let first = ask(&owner, &json!({ "text": "Where do hammocks hang?" })).await;
    let id = first["id"].as_str().unwrap();
    let (question, answer) = (&first["messages"][0]["id"], &first["messages"][1]["id"]);
    assert_eq!((&first["messages"][0]["siblings"], &first["messages"][1]["assistant"]), (&Value::Null, &Value::Null));

    let edited = json!({ "conversation": id, "text": "What are they made of?", "replaces": question });
    let second = ask(&owner, &edited).await;
    assert_eq!(questions(&second), ["What are they made of?"]);
    let expected = json!({ "position": 2, "count": 2, "before": question, "after": null });
    assert_eq!(second["messages"][0]["siblings"], expected);

    let branch = format!("/api/v1/conversations/{id}/branch");
    let shown = owner.json(Method::PUT, &branch, &json!({ "message": answer })).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert_eq!(questions(&shown.json()), ["Where do hammocks hang?"]);
    assert_eq!(questions(&read(&owner, id).await), ["Where do hammocks hang?"]);
    let again = ask(&owner, &json!({ "conversation": id, "text": "", "replaces": answer })).await;
    assert_eq!(questions(&again), ["Where do hammocks hang?"]);
    assert_eq!(&again["messages"][1]["siblings"]["before"], answer);

    // By the function of the interface as well.
    let arguments = json!({ "conversation": id, "message": second["messages"][0]["id"] });
    let given = owner.post("/api/fn/chat/show_branch", &arguments).await;
    assert_eq!((given.status, questions(&given.json())), (200, vec!["What are they made of?"]), "{}", given.text);

    // What belongs to others is not there, neither the conversation nor a message of it.
    let other = app.register("eve@example.com").await.browser;
    let theirs = ask(&other, &json!({ "text": "Where do hammocks hang?" })).await;
    for (client, path, message) in [
        (&other, &branch, answer),
        (&owner, &branch, &theirs["messages"][0]["id"]),
        (&owner, &format!("/api/v1/conversations/{}/branch", theirs["id"].as_str().unwrap()), answer),
    ] {
        let refused = client.json(Method::PUT, path, &json!({ "message": message })).await;
        assert_eq!((refused.status, refused.code().as_str()), (404, "not_found"), "{}", refused.text);
    }
    for (client, replaced) in [(&other, answer), (&owner, &theirs["messages"][1]["id"])] {
        let request = json!({ "conversation": id, "text": "Planted?", "replaces": replaced });
        let refused = client.post("/api/v1/chat", &request).await;
        assert_eq!((refused.status, refused.code().as_str()), (404, "not_found"), "{}", refused.text);
    }
    let nowhere = owner.post("/api/v1/chat", &json!({ "text": "Where?", "replaces": answer })).await;
    assert_eq!((nowhere.status, nowhere.code().as_str()), (422, "invalid_field"), "{}", nowhere.text);
    for wrong in [json!({ "message": "nothing" }), json!({ "message": answer, "leaf": answer }), json!({})] {
        let refused = owner.json(Method::PUT, &branch, &wrong).await;
        assert!([400, 422].contains(&refused.status), "{wrong}: {} {}", refused.status, refused.text);
    }
    assert_eq!(questions(&read(&owner, id).await), ["What are they made of?"]);
    assert_eq!(questions(&read(&other, theirs["id"].as_str().unwrap()).await), ["Where do hammocks hang?"]);
}

hammock_testkit::on_postgres!("branches on PostgreSQL", a_conversation_branches);
