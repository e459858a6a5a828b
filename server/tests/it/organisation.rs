//! The organisation's own name, by the public API and by the interface's functions.

use axum::http::Method;
use hammock_contract::user::Role;
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn administrators_give_it_another_name() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let administrator = app.colleague(&owner, "bo@example.org", Role::Administrator).await.browser;
    let user = app.colleague(&owner, "cy@example.org", Role::User).await.browser;
    let other = app.register("eve@example.com").await.browser;

    let before = owner.browser.get("/api/v1/organisation").await.json();
    assert_eq!(before["name"], "Organisation of ada@example.org");
    assert!(before["id"].as_str().unwrap().starts_with("org_") && before["created_at"].is_string(), "{before}");
    let renamed = administrator.json(Method::PATCH, "/api/v1/organisation", &json!({ "name": " Engines " })).await;
    assert_eq!((renamed.status, renamed.json()["name"].as_str()), (200, Some("Engines")), "{}", renamed.text);
    assert_eq!(renamed.json()["id"], before["id"]);
    assert_eq!(user.get("/api/v1/me").await.json()["organisation_name"], "Engines");
    assert_eq!(other.get("/api/v1/organisation").await.json()["name"], "Organisation of eve@example.com");

    let empty = owner.browser.json(Method::PATCH, "/api/v1/organisation", &json!({ "name": " " })).await;
    assert_eq!((empty.status, empty.code().as_str()), (422, "invalid_field"), "{}", empty.text);
    let path = "/api/fn/organisation/update_organisation";
    let by_function = owner.browser.post(path, &json!({ "patch": { "name": "Difference Engines" } })).await;
    assert_eq!((by_function.status, by_function.json()["name"].as_str()), (200, Some("Difference Engines")));
    let refused = user.post(path, &json!({ "patch": { "name": "Mine" } })).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "role_required"));
    assert_eq!(owner.browser.get("/api/v1/organisation").await.json()["name"], "Difference Engines");
}

#[tokio::test]
async fn the_page_is_there_for_whom_it_is_meant() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let page = owner.browser.get("/organisation").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Organisation of ada@example.org") && page.text.contains("org_"), "{}", page.text);
    let user = app.colleague(&owner, "bo@example.org", Role::User).await.browser;
    let refused = user.get("/organisation").await;
    assert_eq!(refused.status, 403);
    assert!(!user.get("/account").await.text.contains("href=\"/organisation\""), "the way to it is not shown");
}
