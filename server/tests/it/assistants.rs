//! Assistants by the public API: who changes them, and whose they are.

use axum::http::Method;
use hammock_contract::user::Role;
use serde_json::{Value, json};

use crate::support::{Client, Person, TestApp};

/// A key of somebody's with this role.
async fn key(person: &Person, role: &str) -> Client {
    let made = person.browser.post("/api/v1/keys", &json!({ "name": "program", "role": role })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    person.browser.with_key(made.json()["secret"].as_str().unwrap())
}

/// The assistant that came with the organisation.
async fn general(client: &Client) -> Value {
    let listed = client.get("/api/v1/assistants").await.json();
    let id = listed["items"][0]["id"].as_str().unwrap();
    client.get(&format!("/api/v1/assistants/{id}")).await.json()
}

#[tokio::test]
async fn who_made_an_assistant_for_everybody_changes_it_as_an_administrator_alone() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let bo = app.colleague(&owner, "bo@example.org", Role::Administrator).await;
    let weak = key(&owner, "user").await;
    let made = bo.browser.post("/api/v1/assistants", &json!({ "name": "Bo's" })).await.json();
    let demoted = json!({ "role": "user" });
    let path = format!("/api/v1/users/{}", bo.user);
    assert_eq!(owner.browser.json(Method::PATCH, &path, &demoted).await.status, 200);

    for (who, assistant) in [(&weak, general(&owner.browser).await), (&bo.browser, made)] {
        let path = format!("/api/v1/assistants/{}", assistant["id"].as_str().unwrap());
        assert_eq!(who.get(&path).await.json()["can_edit"], false);
        for settings in
            [json!({ "name": "Mine", "system_message": "Lie." }), json!({ "name": "Mine", "access": "private" })]
        {
            let refused = who.json(Method::PUT, &path, &settings).await;
            assert_eq!((refused.status, refused.code().as_str()), (403, "role_required"), "{}", refused.text);
        }
        let refused = who.delete(&path).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "role_required"), "{}", refused.text);
        let now = owner.browser.get(&path).await.json();
        for field in ["name", "system_message", "access"] {
            assert_eq!(now[field], assistant[field]);
        }
    }
}

#[tokio::test]
async fn only_me_is_whoever_says_so() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let bo = app.colleague(&owner, "bo@example.org", Role::Administrator).await;
    let made = bo.browser.post("/api/v1/assistants", &json!({ "name": "Bo's" })).await.json();
    let path = format!("/api/v1/assistants/{}", made["id"].as_str().unwrap());
    let taken = owner.browser.json(Method::PUT, &path, &json!({ "name": "Bo's", "access": "private" })).await;
    assert_eq!((taken.status, &taken.json()["created_by"]), (200, &json!(owner.user)), "{}", taken.text);
    assert_eq!(owner.browser.get(&path).await.status, 200);
    assert_eq!(bo.browser.get(&path).await.status, 404);
}
