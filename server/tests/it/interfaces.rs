//! Assistants that are opened to visitors: what pages of other sites can ask, and what they can read of the answers.

use axum::{body::Body, http::Method};
use hammock_contract::user::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

const SHOP: &str = "https://shop.example";
const EVIL: &str = "https://evil.example";
/// One byte more than a logo may have.
static TOO_LARGE: [u8; 256 * 1024 + 1] = [0; 256 * 1024 + 1];
const PICTURE: &[u8] = b"GIF89a\x01\0\x01\0";

/// A browser that shows a page of this origin.
fn on_page(client: &Client, origin: &str) -> Client {
    let mut client = client.clone();
    client.headers.push(("origin", origin.to_owned()));
    client.headers.push(("sec-fetch-site", "cross-site".to_owned()));
    client
}

/// An assistant of the client's.
async fn assistant(client: &Client) -> String {
    let made = client.post("/api/v1/assistants", &json!({ "name": "Helper", "initial_message": "Welcome!" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn put(client: &Client, assistant: &str, settings: &Value) -> Answer {
    client.json(Method::PUT, &format!("/api/v1/assistants/{assistant}/interfaces"), settings).await
}

/// What a page may read of an answer: the origin that is named.
fn readable(answer: &Answer) -> &str {
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn an_assistant_is_opened_to_pages() {
    opened(&TestApp::start().await).await;
}

async fn opened(app: &TestApp) {
    let owner = app.register("ada@example.org").await;
    let user = app.colleague(&owner, "bo@example.org", Role::User).await.browser;
    let owner = owner.browser;
    let id = assistant(&owner).await;
    let public = format!("/api/v1/public/assistants/{id}");
    let (shop, evil, own) = (on_page(&app.browser(), SHOP), on_page(&app.browser(), EVIL), app.browser());
    assert_eq!(own.get(&public).await.status, 404, "nothing is open before somebody opens it");
    let closed = shop.get(&public).await;
    assert_eq!((closed.status, readable(&closed)), (404, SHOP), "{}", closed.text);

    let settings =
        json!({ "widget": true, "origins": ["Shop.example/"], "privacy_url": "https://shop.example/privacy" });
    assert_eq!(put(&user, &id, &settings).await.status, 403);
    let made = user.post("/api/v1/assistants", &json!({ "name": "Bo's", "access": "private" })).await.json();
    let made = made["id"].as_str().unwrap();
    let refused = put(&user, made, &settings).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "role_required"), "its maker is no administrator");
    let read = user.get(&format!("/api/v1/assistants/{made}/interfaces")).await;
    assert_eq!((read.status, &read.json()["can_edit"]), (200, &json!(false)), "{}", read.text);
    let changed = put(&owner, &id, &settings).await;
    assert_eq!((changed.status, &changed.json()["settings"]["origins"]), (200, &json!([SHOP])), "{}", changed.text);
    for (client, of, status) in [(&user, made, 403), (&user, id.as_str(), 403), (&owner, id.as_str(), 200)] {
        let errors = client.get(&format!("/api/v1/assistants/{of}/widget-errors")).await;
        assert_eq!(errors.status, status, "{}", errors.text);
    }
    let seen = user.get(&format!("/api/v1/assistants/{id}/interfaces")).await.json();
    assert_eq!((&seen["can_edit"], &seen["settings"]), (&json!(false), &changed.json()["settings"]), "{seen}");

    let shown = shop.get(&public).await;
    assert_eq!((shown.status, readable(&shown), shown.header("vary")), (200, SHOP, "Origin"), "{}", shown.text);
    assert_eq!(shown.header("access-control-allow-credentials"), "");
    assert_eq!((&shown.json()["title"], &shown.json()["welcome"]), (&json!("Helper"), &json!("Welcome!")));
    assert!(shown.json()["origins"].is_null() && shown.json()["limits"].is_null(), "{}", shown.text);
    let refused = evil.get(&public).await;
    assert_eq!((refused.status, refused.code().as_str(), readable(&refused)), (403, "origin_not_allowed", EVIL));
    for allowed in [own.get(&public).await, on_page(&own, "http://hammock.test").get(&public).await] {
        assert_eq!(allowed.status, 200, "{}", allowed.text);
    }
    let sandboxed = on_page(&own, "null").get(&public).await;
    assert_eq!((sandboxed.status, readable(&sandboxed)), (403, ""), "{}", sandboxed.text);

    // What widgets meet is told, and read by who sees the assistant.
    let errors = format!("{public}/errors");
    let told = shop.post(&errors, &json!({ "code": "offline", "message": "no answer" })).await;
    assert_eq!((told.status, readable(&told)), (204, SHOP), "{}", told.text);
    assert_eq!(evil.post(&errors, &json!({ "code": "offline" })).await.status, 204);
    let wrong = shop.post(&errors, &json!({ "code": "" })).await;
    assert_eq!((wrong.status, &wrong.json()["error"]["field"], readable(&wrong)), (422, &json!("code"), SHOP));
    let listed = owner.get(&format!("/api/v1/assistants/{id}/widget-errors")).await.json();
    let mut listed: Vec<_> =
        listed["items"].as_array().unwrap().iter().map(|it| (&it["origin"], &it["count"])).collect();
    listed.sort_by_key(|(origin, _)| origin.to_string());
    assert_eq!(listed, [(&json!(EVIL), &json!(1)), (&json!(SHOP), &json!(1))], "the one was refused above");

    // Who is signed in makes no difference, and nothing is refused for the cookie.
    let signed_in = on_page(&owner, SHOP);
    assert!(!signed_in.cookies.is_empty());
    assert_eq!(signed_in.post(&errors, &json!({ "code": "offline" })).await.status, 204);
    let elsewhere = signed_in.post("/api/v1/collections", &json!({ "name": "Planted" })).await;
    assert_eq!((elsewhere.status, elsewhere.code().as_str()), (403, "cross_site"));
    assert_eq!(readable(&elsewhere), "", "other paths are for no page but ours");
    assert_eq!(readable(&signed_in.get("/api/v1/me").await), "");

    assert_eq!(put(&owner, &id, &json!({})).await.status, 200);
    assert_eq!(shop.get(&public).await.status, 404);
}

#[tokio::test]
async fn browsers_ask_first() {
    let app = TestApp::start().await;
    let mut shop = on_page(&app.browser(), SHOP);
    shop.headers.push(("access-control-request-method", "POST".to_owned()));
    shop.headers.push(("access-control-request-headers", "authorization,content-type".to_owned()));
    let path = "/api/v1/public/assistants/asst_nobody/errors";
    let asked = shop.send(Method::OPTIONS, path, "", Body::empty()).await;
    assert_eq!((asked.status, readable(&asked), asked.header("vary")), (204, SHOP, "Origin"), "{}", asked.text);
    assert_eq!(asked.header("access-control-allow-headers"), "authorization, content-type, last-event-id");
    assert_eq!(asked.header("access-control-max-age"), "600");
    assert!(asked.header("access-control-allow-methods").contains("POST"));
    assert_eq!(asked.header("access-control-allow-credentials"), "");
    let other = shop.send(Method::OPTIONS, "/api/v1/collections", "", Body::empty()).await;
    assert!(other.status >= 400 && readable(&other).is_empty(), "{}", other.status);
    let mut nowhere = on_page(&app.browser(), "null");
    nowhere.headers.push(("access-control-request-method", "POST".to_owned()));
    assert_eq!(readable(&nowhere.send(Method::OPTIONS, path, "", Body::empty()).await), "");
}

#[tokio::test]
async fn the_look_is_a_script_that_holds_data_alone() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let id = assistant(&owner).await;
    let (look, public) = (format!("/embed/look/{id}"), format!("/api/v1/public/assistants/{id}"));
    let (shop, evil, own) = (on_page(&app.browser(), SHOP), on_page(&app.browser(), EVIL), app.browser());
    let closed = shop.get(&look).await;
    assert_eq!((closed.status, readable(&closed)), (404, SHOP), "{}", closed.text);
    assert_eq!(shop.get("/embed/look/nobody.js").await.status, 404);

    let hostile = "</script><!--'\"\\';alert(1)//\u{2028}\u{2029}`${alert(2)}";
    let appearance =
        json!({ "title": hostile, "launcher_text": "L'aide", "accent": "#123456", "on_accent": "#ffffff" });
    let settings = json!({ "widget": true, "origins": [SHOP], "appearance": appearance });
    let opened = put(&owner, &id, &settings).await;
    assert_eq!(opened.status, 200, "{}", opened.text);

    let shown = shop.get(&look).await;
    assert_eq!((shown.status, readable(&shown), shown.header("vary")), (200, SHOP, "Origin"), "{}", shown.text);
    assert_eq!(shown.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(shown.header("access-control-allow-credentials"), "");
    assert!(!shown.text.contains(['<', '\n', '\u{2028}', '\u{2029}']), "{}", shown.text);
    // The two values are JSON, the third is the rest of the answer to the request, as a text.
    let told = shop.get(&public).await;
    let rest = shown.text.strip_prefix("document.currentScript.look=").unwrap();
    let (values, text) = rest.rsplit_once(",'").unwrap();
    let values: Value = serde_json::from_str(&format!("{values}]")).unwrap();
    assert_eq!(values, json!([told.json()["appearance"], told.json()["title"]]));
    assert_eq!(values[1], hostile);
    let text = text.strip_suffix("']").unwrap();
    assert!(!text.contains('\''), "{text}");
    let text: String = serde_json::from_str(&format!("\"{}\"", text.replace('"', "\\\""))).unwrap();
    let mut read: Value = serde_json::from_str(&text).unwrap();
    read["appearance"] = values[0].clone();
    assert_eq!(read, told.json());

    // It is asked for again each time, and sent once.
    assert_eq!(shown.header("cache-control"), "no-cache");
    let mut again = shop.clone();
    again.headers.push(("if-none-match", shown.header("etag").to_owned()));
    let same = again.get(&look).await;
    assert_eq!((same.status, same.text.as_str(), readable(&same)), (304, "", SHOP));
    assert_eq!(put(&owner, &id, &json!({ "widget": true, "origins": [SHOP] })).await.status, 200);
    assert_eq!(again.get(&look).await.status, 200, "it looks otherwise now");

    // Refused as the request is; who is signed in makes no difference, and no cookie is set.
    let refused = evil.get(&look).await;
    assert_eq!((refused.status, refused.code().as_str(), readable(&refused)), (403, "origin_not_allowed", EVIL));
    let listed = owner.get(&format!("/api/v1/assistants/{id}/widget-errors")).await.json();
    assert_eq!(listed["items"][0]["origin"], EVIL, "{listed}");
    let sandboxed = on_page(&own, "null").get(&look).await;
    assert_eq!((sandboxed.status, readable(&sandboxed)), (403, ""), "{}", sandboxed.text);
    for allowed in [own.get(&look).await, on_page(&owner, SHOP).get(&look).await] {
        assert_eq!((allowed.status, allowed.header("set-cookie")), (200, ""), "{}", allowed.text);
    }
    let written = shop.post(&look, &json!({})).await;
    assert_eq!(written.status, 405, "{}", written.text);
}

#[tokio::test]
async fn a_logo_is_shown_on_any_page() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let id = assistant(&owner).await;
    let logo = format!("/api/v1/assistants/{id}/logo");
    let draw = async |bytes: &[u8]| owner.send(Method::PUT, &logo, "image/png", Body::from(bytes.to_vec())).await;
    let wrong: [(&[u8], u16, &str); 2] =
        [(b"<svg onload=alert(1)>", 422, "unsupported_file_type"), (&TOO_LARGE, 413, "too_large")];
    for (bytes, status, code) in wrong {
        let refused = draw(bytes).await;
        assert_eq!((refused.status, refused.code().as_str()), (status, code), "{}", refused.text);
        assert_eq!(refused.json()["error"]["field"], "logo");
    }
    let drawn = draw(PICTURE).await;
    assert_eq!(drawn.status, 200, "{}", drawn.text);
    let path = drawn.json()["logo"].as_str().unwrap().to_owned();

    // Nothing is open: only who was told the whole address sees it.
    let stranger = on_page(&app.browser(), EVIL);
    let public = path.split('?').next().unwrap();
    assert_eq!(stranger.get(public).await.status, 404);
    let shown = stranger.get(&path).await;
    assert_eq!((shown.status, shown.header("content-type")), (200, "image/gif"), "{}", shown.text);
    assert_eq!(shown.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert_eq!(shown.header("cross-origin-resource-policy"), "cross-origin");
    assert!(shown.header("content-security-policy").contains("sandbox"));
    assert_eq!(put(&owner, &id, &json!({ "public_chat": true })).await.status, 200);
    let unnamed = stranger.get(public).await;
    assert_eq!((unnamed.status, unnamed.header("cache-control")), (200, "no-cache"));
    assert_eq!(stranger.get(&format!("{public}?v=1")).await.header("cache-control"), "no-cache");

    assert_eq!(owner.delete(&logo).await.status, 204);
    assert_eq!(stranger.get(&path).await.status, 404);
}

#[tokio::test]
async fn settings_that_do_not_fit_name_their_field() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let id = assistant(&owner).await;
    for (settings, code, field) in [
        (json!({ "origins": ["https://a.example/b"] }), "invalid_field", "origins"),
        (json!({ "privacy_url": "javascript:alert(1)" }), "invalid_url", "privacy_url"),
        (json!({ "appearance": { "accent": "#777777" } }), "colours_too_close", "on_accent"),
        (json!({ "limits": { "message_characters": 5 } }), "invalid_field", "message_characters"),
        (json!({ "tone": "rude" }), "invalid_request", "tone"),
        (json!({ "colour": "red" }), "invalid_request", "colour"),
    ] {
        let refused = put(&owner, &id, &settings).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, code), "{}", refused.text);
        assert_eq!(refused.json()["error"]["field"], field, "{}", refused.text);
    }
    let check = format!("/api/v1/assistants/{id}/installation-checks");
    let inside = owner.post(&check, &json!({ "url": "http://169.254.169.254/" })).await;
    assert_eq!((inside.status, inside.code().as_str()), (422, "forbidden_address"), "{}", inside.text);
}

hammock_testkit::on_postgres!(
    "assistants that are open to visitors on PostgreSQL",
    an_assistant_is_opened_to_pages,
    the_look_is_a_script_that_holds_data_alone,
);
