//! Files and pictures of visitors: who may send them, what they answer, and whom they reach.

use axum::{body::Body, http::Method};
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, eventually};

const SHOP: &str = "https://shop.example.com";
const UPLOADS: &str = "/api/v1/public/attachments";
const TIDES: &[u8] = b"# Tides\n\nWhen does the zanzibar tide turn? The zanzibar tide turns at a quarter past four.\n";
/// The least that is a picture, as far as its first bytes go.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

async fn assistant(owner: &Client, name: &str) -> String {
    let made = owner.post("/api/v1/assistants", &json!({ "name": name })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn open(owner: &Client, assistant: &str, settings: Value) -> Answer {
    owner.json(Method::PUT, &format!("/api/v1/assistants/{assistant}/interfaces"), &settings).await
}

async fn opened(owner: &Client, name: &str, more: Value) -> String {
    let id = assistant(owner, name).await;
    let mut settings = json!({ "widget": true, "origins": [SHOP], "allow_uploads": true });
    for (key, value) in more.as_object().unwrap() {
        settings[key] = value.clone();
    }
    let answer = open(owner, &id, settings).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    id
}

/// A visitor who comes from the shop's page.
async fn visitor(app: &TestApp, assistant: &str) -> Client {
    let page = Client { headers: vec![("origin", SHOP.to_owned())], ..app.browser() };
    let entry = page.post(&format!("/api/v1/public/assistants/{assistant}/visitors"), &json!({})).await;
    assert_eq!((entry.status, &entry.json()["state"]), (200, &json!("admitted")), "{}", entry.text);
    let mut headers = page.headers.clone();
    headers.push(("authorization", format!("Bearer {}", entry.json()["token"].as_str().unwrap())));
    Client { headers, ..page }
}

async fn attach(visitor: &Client, name: &str, content: &[u8]) -> String {
    let made = visitor.upload(UPLOADS, &[(name, content)]).await;
    assert_eq!(made.status, 201, "{name}: {}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn ready(visitor: &Client, id: &str) {
    eventually("the file being read", async || {
        let found = visitor.get(&format!("{UPLOADS}/{id}")).await.json();
        (found["state"] == "ready").then_some(())
    })
    .await;
}

async fn ask(visitor: &Client, question: Value) -> Answer {
    visitor.post("/api/v1/public/chat", &question).await
}

fn started(answer: &Answer) -> Value {
    let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    serde_json::from_str(started.trim()).unwrap()
}

fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text);
}

#[tokio::test]
async fn a_visitors_file_answers_in_its_conversation_alone() {
    sends_and_asks(&TestApp::with_worker("").await).await;
}

async fn sends_and_asks(app: &TestApp) {
    let owner = app.register("ada@example.org").await.browser;
    let shop = opened(&owner, "Shop", json!({})).await;
    let (eva, adam) = (visitor(app, &shop).await, visitor(app, &shop).await);
    let file = attach(&eva, "tides.md", TIDES).await;
    ready(&eva, &file).await;
    let picture = eva.upload(UPLOADS, &[("cat.png", PNG)]).await;
    assert_eq!((picture.status, &picture.json()["kind"]), (201, &json!("picture")), "{}", picture.text);
    assert_eq!(picture.header("access-control-allow-origin"), SHOP, "the page reads how it stands");

    // Another visitor, one of another assistant, the people of the organisation and another organisation: it is not there.
    let other = opened(&owner, "Other", json!({})).await;
    let elsewhere = visitor(app, &other).await;
    let stranger = app.register("bea@example.org").await.browser;
    let theirs = opened(&stranger, "Theirs", json!({})).await;
    let foreign = visitor(app, &theirs).await;
    for (who, client) in [("another", &adam), ("another assistant's", &elsewhere), ("a foreign one", &foreign)] {
        for method in [Method::GET, Method::DELETE] {
            let refused = client.send(method.clone(), &format!("{UPLOADS}/{file}"), "", Body::empty()).await;
            assert_eq!(refused.status, 404, "{method} as {who}: {}", refused.text);
        }
        assert_eq!(client.get(&format!("{UPLOADS}/{file}/file")).await.status, 404, "{who}");
        let asked = ask(client, json!({ "text": "What does it say?", "attachments": [file] })).await;
        assert_eq!((asked.status, &asked.json()["error"]["field"]), (404, &json!("attachments")), "{who}");
    }
    for client in [&owner, &stranger] {
        for path in [format!("/api/v1/attachments/{file}"), format!("/api/v1/attachments/{file}/file")] {
            assert_eq!(client.get(&path).await.status, 404, "{path}");
        }
        for path in ["/api/v1/collections", "/api/v1/documents", "/api/v1/collections/hidden"] {
            assert!(!client.get(path).await.text.contains("tides.md"), "{path}");
        }
        let found = client.post("/api/v1/search", &json!({ "query": "zanzibar tide", "mode": "keyword" })).await;
        assert!(found.status == 200 && !found.text.contains("quarter past four"), "{}", found.text);
    }

    let answer = ask(&eva, json!({ "text": "What does this file say?", "attachments": [file] })).await;
    assert!(answer.status == 200 && answer.text.contains("quarter past four"), "{}", answer.text);
    let conversation = started(&answer)["conversation"].as_str().unwrap().to_owned();
    let read = eva.get(&format!("/api/v1/public/conversations/{conversation}")).await.json();
    assert_eq!(read["messages"][0]["attachments"][0]["name"], "tides.md", "{read}");
    assert!(read["messages"][1]["citations"].to_string().contains("quarter past four"), "{read}");
    let link = path_of(&read["messages"][0]["attachments"][0]["link"]);
    opens(app, &eva, &file, &link).await;
    let at_once = path_of(&started(&answer)["question"]["attachments"][0]["link"]);
    assert_eq!(app.browser().get(&at_once).await.status, 200, "it is told with the question, too");
    let later = json!({ "text": "When does the zanzibar tide turn?", "conversation": conversation });
    assert!(ask(&eva, later).await.text.contains("quarter past four"));
    let elsewhere = ask(&eva, json!({ "text": "When does the zanzibar tide turn?" })).await;
    assert!(!elsewhere.text.contains("quarter past four"), "{}", elsewhere.text);

    // Who looks after the assistant reads what was sent, by its name, and none of its text.
    let path = format!("/api/v1/assistants/{shop}/visitor-conversations/{conversation}");
    let read = owner.get(&path).await.json();
    assert_eq!(read["messages"][0]["attachments"][0]["name"], "tides.md", "{read}");
    assert_eq!(read["messages"][0]["attachments"][0]["link"], Value::Null, "{read}");
    assert!(!read["messages"][1]["citations"].to_string().contains("quarter past four"), "{read}");

    assert_eq!(eva.delete(&format!("{UPLOADS}/{file}")).await.status, 204);
    assert_eq!(eva.get(&format!("{UPLOADS}/{file}")).await.status, 404);
    assert_eq!(app.browser().get(&link).await.status, 404, "it is gone");
    let audited = owner.get(&path).await.json();
    assert_eq!(audited["messages"][0]["attachments"], Value::Null, "{audited}");
}

/// The path of an address.
fn path_of(link: &Value) -> String {
    let link = link.as_str().unwrap_or_else(|| panic!("no address: {link}"));
    let (_, path) = link.split_once("/public/files/").unwrap_or_else(|| panic!("{link}"));
    format!("/public/files/{path}")
}

/// What a visitor has sent is opened by them with their token, and by a browser with the address that they were told.
async fn opens(app: &TestApp, visitor: &Client, file: &str, link: &str) {
    let by_token = visitor.get(&format!("{UPLOADS}/{file}/file")).await;
    let by_link = app.browser().get(link).await;
    for opened in [&by_token, &by_link] {
        assert_eq!((opened.status, opened.text.as_bytes()), (200, TIDES), "{}", opened.text);
        assert_eq!(opened.header("content-type"), "application/octet-stream");
        assert!(opened.header("content-disposition").starts_with("attachment"), "{:?}", opened.headers);
        assert_eq!(opened.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(opened.header("cache-control"), "no-store");
    }
    assert_eq!(by_link.header("referrer-policy"), "no-referrer");
    // No page of another site reads it, and no other address opens it.
    let read = Client { headers: vec![("origin", SHOP.to_owned())], ..app.browser() }.get(link).await;
    assert_eq!(read.header("access-control-allow-origin"), "");
    let changed = match link.strip_suffix('A') {
        Some(rest) => format!("{rest}B"),
        None => format!("{}A", &link[..link.len() - 1]),
    };
    for wrong in [changed.as_str(), &link[..link.len() - 4], "/public/files/v1.a.b", "/public/files/x"] {
        let missing = app.browser().get(wrong).await;
        assert_eq!(missing.status, 404, "{wrong}: {}", missing.text);
        assert!(!missing.text.contains("zanzibar"), "{}", missing.text);
    }
    let page = app.browser().get("/public/files/x").await;
    assert!(page.text.contains("This link leads nowhere"), "{}", page.text);
}

#[tokio::test]
async fn visitors_send_no_more_than_they_may() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let shop = opened(&owner, "Shop", json!({ "allow_uploads": false })).await;
    let eva = visitor(&app, &shop).await;
    assert_refused(&eva.upload(UPLOADS, &[("a.txt", TIDES)]).await, 403, "role_required");
    let shown = app.browser().get(&format!("/api/v1/public/assistants/{shop}")).await.json();
    assert_eq!((&shown["allow_uploads"], &shown["upload_megabytes"]), (&json!(false), &json!(10)), "{shown}");

    let limits = json!({ "uploads_in_ten_minutes": 4, "upload_megabytes": 1 });
    let settings = json!({ "widget": true, "origins": [SHOP], "allow_uploads": true, "limits": limits });
    assert_eq!(open(&owner, &shop, settings).await.status, 200);
    let large = vec![b'x'; 1_000_001];
    assert_refused(&eva.upload(UPLOADS, &[("large.txt", &large)]).await, 413, "too_large");
    let larger = vec![b'x'; 1_100_000];
    assert_refused(&eva.upload(UPLOADS, &[("larger.txt", &larger)]).await, 413, "too_large");
    assert_refused(&eva.upload(UPLOADS, &[("run.exe", b"MZ\x90\0\x03\0\0\0\x04")]).await, 422, "unsupported_file_type");
    let slow = attach(&eva, "slow.txt", TIDES).await;
    let refused = eva.upload(UPLOADS, &[("b.txt", TIDES)]).await;
    assert_refused(&refused, 429, "too_many_attempts");
    let wait = refused.header("retry-after").to_owned();
    assert!((1..=600).contains(&wait.parse::<u32>().unwrap()), "{:?}", refused.headers);
    assert_eq!(refused.json()["error"]["params"]["retry_after"], wait.as_str(), "what the widget says");

    // Without a worker it is never read: the question waits with it.
    assert_refused(&ask(&eva, json!({ "text": "What?", "attachments": [slow] })).await, 409, "busy");
    for (field, value) in [("uploads_in_ten_minutes", 0), ("upload_megabytes", 26)] {
        let refused = open(&owner, &shop, json!({ "limits": { field: value } })).await;
        assert_refused(&refused, 422, "invalid_field");
    }
}

#[tokio::test]
async fn a_form_of_a_visitor_holds_hardly_more_than_its_file() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let eva = visitor(&app, &opened(&owner, "Shop", json!({})).await).await;
    let form = async |beside: usize| {
        // What has no name of a file is kept nowhere, and is read all the same.
        let filler = vec![b'x'; beside];
        let body = [
            b"--boundary\r\nContent-Disposition: form-data; name=\"files\"\r\n\r\n".as_slice(),
            filler.as_slice(),
            b"\r\n--boundary\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n",
            TIDES,
            b"\r\n--boundary--\r\n",
        ];
        eva.send(Method::POST, UPLOADS, "multipart/form-data; boundary=boundary", Body::from(body.concat())).await
    };
    assert_eq!(form(100).await.status, 201);
    let refused = form(26_000_000).await;
    assert_refused(&refused, 422, "invalid_request");
    assert!(refused.text.contains("the upload broke off"), "{}", refused.text);
}

#[tokio::test]
async fn an_upload_of_a_visitor_that_stands_still_is_given_up() {
    let app = TestApp::with("[server]\nupload_timeout = 1").await;
    let owner = app.register("ada@example.org").await.browser;
    let eva = visitor(&app, &opened(&owner, "Shop", json!({})).await).await;
    let given_up = eva.begin_upload(UPLOADS, "tides.md").await;
    assert_refused(&given_up, 408, "upload_stalled");
    assert_eq!(given_up.header("access-control-allow-origin"), SHOP, "the page reads why");
    attach(&eva, "tides.md", TIDES).await;
}

#[tokio::test]
async fn what_an_address_sends_is_limited() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let shop = opened(&owner, "Shop", json!({ "limits": { "uploads_in_ten_minutes": 1 } })).await;
    for _ in 0..3 {
        attach(&visitor(&app, &shop).await, "a.txt", TIDES).await;
    }
    let fourth = visitor(&app, &shop).await;
    assert_refused(&fourth.upload(UPLOADS, &[("a.txt", TIDES)]).await, 429, "too_many_attempts");
    let elsewhere = Client { peer: "203.0.113.9:4711".parse().unwrap(), ..visitor(&app, &shop).await };
    attach(&elsewhere, "a.txt", TIDES).await;
}

#[tokio::test]
async fn a_visitors_reason_reaches_the_feedback() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let shop = opened(&owner, "Shop", json!({ "allow_feedback": true })).await;
    let eva = visitor(&app, &shop).await;
    let answer = ask(&eva, json!({ "text": "When do you open?" })).await;
    let path = format!("/api/v1/public/messages/{}/feedback", started(&answer)["answer"].as_str().unwrap());
    // A reason alone is enough.
    let given = eva.json(Method::PUT, &path, &json!({ "reason": "outdated", "comment": "" })).await;
    assert_eq!((given.status, &given.json()["reason"]), (200, &json!("outdated")), "{}", given.text);
    let list = owner.get(&format!("/api/v1/feedback?assistant={shop}&reason=outdated")).await.json();
    assert_eq!(
        (&list["items"][0]["reason"], &list["items"][0]["rating"]),
        (&json!("outdated"), &json!(false)),
        "{list}"
    );
}

#[tokio::test]
async fn what_a_visitor_says_of_answers_is_limited() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let shop = opened(&owner, "Shop", json!({ "allow_feedback": true, "when_unknown": "ask_for_email" })).await;
    let eva = visitor(&app, &shop).await;
    let begun = started(&ask(&eva, json!({ "text": "When do you open?" })).await);
    let message = format!("/api/v1/public/messages/{}", begun["answer"].as_str().unwrap());
    for turn in 0..60 {
        let rated = eva.json(Method::PUT, &format!("{message}/rating"), &json!({ "rating": turn % 2 == 0 })).await;
        assert_eq!(rated.status, 204, "{turn}: {}", rated.text);
    }
    let contact = json!({ "conversation": begun["conversation"], "email": "eva@example.org" });
    for refused in [
        eva.json(Method::PUT, &format!("{message}/rating"), &json!({ "rating": null })).await,
        eva.json(Method::PUT, &format!("{message}/feedback"), &json!({ "comment": "Once more" })).await,
        eva.post("/api/v1/public/contacts", &contact).await,
    ] {
        assert_refused(&refused, 429, "too_many_attempts");
        assert!((1..=600).contains(&refused.header("retry-after").parse::<u32>().unwrap()), "{:?}", refused.headers);
    }
    // It is the visitor who waits: questions are asked all the same, and others say what they think.
    assert_eq!(ask(&eva, json!({ "text": "And on Sundays?" })).await.status, 200);
    let adam = visitor(&app, &shop).await;
    let begun = started(&ask(&adam, json!({ "text": "When do you open?" })).await);
    let message = format!("/api/v1/public/messages/{}", begun["answer"].as_str().unwrap());
    let rated = adam.json(Method::PUT, &format!("{message}/rating"), &json!({ "rating": true })).await;
    assert_eq!(rated.status, 204, "{}", rated.text);
}

#[tokio::test]
async fn a_private_assistant_is_closed_to_visitors() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let shop = opened(&owner, "Shop", json!({ "public_chat": true })).await;
    let eva = visitor(&app, &shop).await;
    let path = format!("/api/v1/assistants/{shop}");
    let found = owner.get(&path).await.json();
    assert_eq!((&found["public_chat"], &found["widget"]), (&json!(true), &json!(true)), "what depends on it: {found}");
    let private = owner.json(Method::PUT, &path, &json!({ "name": "Shop", "access": "private" })).await;
    assert_eq!((private.status, &private.json()["widget"]), (200, &json!(false)), "{}", private.text);
    // Who was let in before is out, too.
    assert_refused(&eva.get("/api/v1/public/conversations").await, 401, "invalid_key");
    assert_eq!(app.browser().get(&format!("/api/v1/public/assistants/{shop}")).await.status, 404);
    assert_eq!(app.browser().get(&format!("/public/{shop}")).await.status, 404);
    let refused = open(&owner, &shop, json!({ "public_chat": true })).await;
    assert_refused(&refused, 409, "assistant_private");
    assert_eq!(refused.json()["error"]["field"], "public_chat");
}

hammock_testkit::on_postgres!("files of visitors on PostgreSQL", a_visitors_file_answers_in_its_conversation_alone);
