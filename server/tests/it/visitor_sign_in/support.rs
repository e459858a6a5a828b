//! What a page, a widget and a browser do.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::Method;
use hammock_testkit::openid::{CLIENT, Granted, OpenIdServer};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

/// A customer's page.
pub const SHOP: &str = "https://shop.example.com";
/// Where providers send browsers back to.
pub const DONE: &str = "/public/sign-in/done";

pub async fn assistant(owner: &Client, name: &str) -> String {
    let made = owner.post("/api/v1/assistants", &json!({ "name": name, "collections": [] })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    id(&made.json()["id"])
}

/// A widget on two origins, with this provider.
pub fn settings(provider: &OpenIdServer) -> Value {
    json!({
        "widget": true, "origins": [SHOP, "https://www.example.com"],
        "sign_in": { "openid": { "name": "Example", "issuer": provider.issuer(), "client_id": CLIENT } },
    })
}

pub async fn open(owner: &Client, assistant: &str, settings: Value) {
    let opened = owner.json(Method::PUT, &format!("/api/v1/assistants/{assistant}/interfaces"), &settings).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
}

/// A browser that shows a page of an origin.
pub fn page(app: &TestApp, origin: &str) -> Client {
    Client { headers: vec![("origin", origin.to_owned())], ..app.browser() }
}

pub fn with_token(client: &Client, token: &str) -> Client {
    let mut headers = client.headers.clone();
    headers.push(("authorization", format!("Bearer {token}")));
    Client { headers, ..client.clone() }
}

pub async fn enter(client: &Client, assistant: &str, request: Value) -> Answer {
    client.post(&format!("/api/v1/public/assistants/{assistant}/visitors"), &request).await
}

pub fn id(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// So many seconds from now, as tokens say it.
pub fn expiry(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + seconds
}

pub fn keep_cookies(browser: &mut Client, answer: &Answer) {
    let cookie = answer.header("set-cookie").split(';').next().unwrap();
    let (name, value) = cookie.split_once('=').unwrap();
    browser.cookies.insert(name.to_owned(), value.to_owned());
}

/// Opens the window of a sign-in; the provider's address.
pub async fn said(browser: &mut Client, path: &str) -> String {
    let window = browser.get(path).await;
    assert_eq!(window.status, 303, "{}", window.text);
    keep_cookies(browser, &window);
    window.header("location").to_owned()
}

/// Where a browser comes back to with what was granted.
pub fn path_of(granted: &Granted) -> String {
    assert!(granted.redirect.ends_with(DONE), "{granted:?}");
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&granted.fields).finish();
    format!("{DONE}?{query}")
}

/// The ticket that the page of the window hands on.
pub fn ticket(done: &Answer) -> String {
    let rest = done.text.split("\"ticket\":\"").nth(1).unwrap_or_else(|| panic!("no ticket: {}", done.text));
    rest.split('"').next().unwrap().to_owned()
}

/// That a window ends without a ticket, and whom it tells.
pub fn assert_failed(answer: &Answer, told: Option<&str>) {
    assert_eq!(answer.status, 422, "{}", answer.text);
    let page = told.map_or_else(|| "null".to_owned(), |origin| format!("\"{origin}\""));
    assert!(answer.text.contains(&format!("const page={page},done=false")), "{}", answer.text);
    assert!(answer.text.contains("sign_in_failed") && !answer.text.contains("\"ticket\""), "{}", answer.text);
}

/// Goes the whole way from a page of the shop; the entry.
pub async fn signed_in(app: &TestApp, provider: &OpenIdServer, assistant: &str, token: Option<&Value>) -> Value {
    let mut browser = app.browser();
    let address = said(&mut browser, &format!("/public/sign-in/{assistant}/openid?origin={SHOP}")).await;
    assert!(address.contains("code_challenge_method=S256"), "{address}");
    let done = browser.get(&path_of(&provider.grant(&address).unwrap())).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let request = json!({ "token": token, "ticket": ticket(&done) });
    let entry = enter(&page(app, SHOP), assistant, request).await;
    assert_eq!((entry.status, &entry.json()["state"]), (200, &json!("admitted")), "{}", entry.text);
    entry.json()
}
