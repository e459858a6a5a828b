//! What who looks after an assistant is told of the conversations of visitors whom it knows.

use axum::http::Method;
use hammock_testkit::{openid::hs256, postgres::TemporaryDatabase};
use serde_json::{Value, json};

use super::support::{SHOP, assistant, enter, expiry, id, open, page, with_token};
use crate::support::{Client, TestApp};

/// Our own page, as a browser of these tests names it.
const OWN: &str = "http://hammock.test";

/// An assistant that is open everywhere, with a site that says who its visitors are.
struct Shop {
    app: TestApp,
    owner: Client,
    assistant: String,
    secret: String,
}

impl Shop {
    async fn start(toml: &str) -> Self {
        let app = TestApp::with(toml).await;
        let owner = app.register("ada@example.org").await.browser;
        let assistant = assistant(&owner, "Shop").await;
        let settings = json!({
            "widget": true, "public_chat": true, "origins": [SHOP], "allow_feedback": true,
            "when_unknown": "ask_for_email", "sign_in": { "signed_identity": true },
        });
        open(&owner, &assistant, settings).await;
        let path = format!("/api/v1/assistants/{assistant}/interfaces/identity-secret");
        let secret = id(&owner.post(&path, &json!({})).await.json()["secret"]);
        Self { app, owner, assistant, secret }
    }

    /// Eva on a page of an origin: the entry, and a client that sends her token.
    async fn eva(&self, origin: &str) -> (Value, Client) {
        self.eva_on(&page(&self.app, origin)).await
    }

    /// Eva on our own page in a frame that says that a page of `around` shows it.
    async fn eva_in_a_frame(&self, around: &str) -> (Value, Client) {
        let mut framed = page(&self.app, OWN);
        framed.headers.push(("x-framed-by", around.to_owned()));
        self.eva_on(&framed).await
    }

    async fn eva_on(&self, page: &Client) -> (Value, Client) {
        let claims = json!({ "sub": "42", "name": "Eva Example", "email": "work@example.org", "aud": self.assistant,
            "exp": expiry(300) });
        let identity = hs256(self.secret.as_bytes(), &json!({ "alg": "HS256", "typ": "JWT" }), &claims);
        let entry = enter(page, &self.assistant, json!({ "identity": identity })).await;
        assert_eq!((entry.status, &entry.json()["name"]), (200, &json!("Eva Example")), "{}", entry.text);
        let visitor = with_token(page, &id(&entry.json()["token"]));
        (entry.json(), visitor)
    }

    /// A conversation, as who looks after the assistant reads it.
    async fn read(&self, conversation: &Value) -> Value {
        let path = format!("/api/v1/assistants/{}/visitor-conversations/{}", self.assistant, id(conversation));
        let read = self.owner.get(&path).await;
        assert_eq!(read.status, 200, "{}", read.text);
        read.json()
    }

    /// What is listed, the newest first.
    async fn listed(&self) -> Vec<Value> {
        let path = format!("/api/v1/assistants/{}/visitor-conversations", self.assistant);
        let list = self.owner.get(&path).await;
        list.json()["items"].as_array().unwrap_or_else(|| panic!("no list: {}", list.text)).clone()
    }
}

/// Asks; the data of the event that the answer begins with.
async fn ask(visitor: &Client, request: Value) -> Value {
    let answer = visitor.post("/api/v1/public/chat", &request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let data = answer.text.lines().filter_map(|line| line.strip_prefix("data:"));
    let mut events = data.map(|data| serde_json::from_str::<Value>(data.trim()).unwrap());
    events.find(|event| event["type"] == "started").unwrap_or_else(|| panic!("it does not begin: {}", answer.text))
}

#[tokio::test]
async fn a_conversation_stays_where_it_was_held() {
    stays_in_place("").await;
}

#[tokio::test]
async fn a_conversation_stays_where_it_was_held_on_postgres() {
    let Some(database) = TemporaryDatabase::create("where visitors chat, on PostgreSQL") else { return };
    stays_in_place(&format!("[database]\nurl = '{}'\n", database.url())).await;
}

async fn stays_in_place(toml: &str) {
    let shop = Shop::start(toml).await;
    let (at_shop, in_widget) = shop.eva(SHOP).await;
    let first = ask(&in_widget, json!({ "text": "In the widget?" })).await;
    let (at_home, in_chat) = shop.eva(OWN).await;
    assert_eq!(at_home["visitor"], at_shop["visitor"], "she is the same everywhere");
    let second = ask(&in_chat, json!({ "text": "In the public chat?" })).await;
    let (at_news, in_frame) = shop.eva_in_a_frame(SHOP).await;
    assert_eq!(at_news["visitor"], at_shop["visitor"]);
    let third = ask(&in_frame, json!({ "text": "In a frame?" })).await;
    let (_, in_unknown) = shop.eva_in_a_frame("https://elsewhere.example").await;
    let fourth = ask(&in_unknown, json!({ "text": "In a frame of whom?" })).await;
    // She goes on with the first one there.
    ask(&in_chat, json!({ "conversation": first["conversation"], "text": "And here?" })).await;

    let listed = shop.listed().await;
    let places: Vec<_> =
        listed.iter().map(|row| (id(&row["conversation"]), id(&row["channel"]), id(&row["origin"]))).collect();
    let widget = (id(&first["conversation"]), "widget".to_owned(), SHOP.to_owned());
    let own = shop.app.hammock.settings().public_url.clone();
    let chat = (id(&second["conversation"]), "public_chat".to_owned(), own);
    let frame = (id(&third["conversation"]), "frame".to_owned(), SHOP.to_owned());
    let unknown = (id(&fourth["conversation"]), "frame".to_owned(), String::new());
    assert_eq!(places, [widget, unknown, frame, chat], "{listed:?}");
    assert!(listed.iter().all(|row| row["visitor"]["origin"] == SHOP), "{listed:?}");
    let read = shop.read(&first["conversation"]).await;
    assert_eq!((&read["channel"], &read["origin"]), (&json!("widget"), &json!(SHOP)), "{read}");
}

#[tokio::test]
async fn an_address_is_told_with_the_conversation_that_it_was_left_in() {
    tells_addresses("").await;
}

#[tokio::test]
async fn an_address_is_told_with_the_conversation_that_it_was_left_in_on_postgres() {
    let Some(database) = TemporaryDatabase::create("addresses that visitors leave, on PostgreSQL") else { return };
    tells_addresses(&format!("[database]\nurl = '{}'\n", database.url())).await;
}

async fn tells_addresses(toml: &str) {
    let shop = Shop::start(toml).await;
    let (_, visitor) = shop.eva(SHOP).await;
    let asked = ask(&visitor, json!({ "text": "Who mends a hammock?" })).await;
    let other = ask(&visitor, json!({ "text": "When do you open?" })).await;
    let contact = json!({ "conversation": asked["conversation"], "email": "home@example.org" });
    assert_eq!(visitor.post("/api/v1/public/contacts", &contact).await.status, 204);
    // When she comes back, she has the address of her account again.
    shop.eva(SHOP).await;

    for row in shop.listed().await {
        let left = if row["conversation"] == asked["conversation"] { json!("home@example.org") } else { Value::Null };
        assert_eq!(row["contact"], left, "{row}");
        assert_eq!(
            (&row["visitor"]["name"], &row["visitor"]["email"]),
            (&json!("Eva Example"), &json!("work@example.org")),
            "{row}"
        );
    }
    let read = shop.read(&asked["conversation"]).await;
    assert_eq!((&read["contact"], &read["visitor"]["name"]), (&json!("home@example.org"), &json!("Eva Example")));
    assert_eq!(read["messages"][0]["text"], "Who mends a hammock?", "{read}");
    assert_eq!(shop.read(&other["conversation"]).await["contact"], Value::Null);
    // She is told nothing of that herself.
    let own = visitor.get(&format!("/api/v1/public/conversations/{}", id(&asked["conversation"]))).await;
    assert!(own.status == 200 && !own.text.contains("@example.org"), "{}", own.text);
}

#[tokio::test]
async fn feedback_names_a_visitor_who_has_signed_in() {
    names_in_feedback("").await;
}

#[tokio::test]
async fn feedback_names_a_visitor_who_has_signed_in_on_postgres() {
    let Some(database) = TemporaryDatabase::create("feedback of visitors, on PostgreSQL") else { return };
    names_in_feedback(&format!("[database]\nurl = '{}'\n", database.url())).await;
}

async fn names_in_feedback(toml: &str) {
    let shop = Shop::start(toml).await;
    let page = page(&shop.app, SHOP);
    let anonymous = enter(&page, &shop.assistant, json!({})).await.json();
    let anonymous = with_token(&page, &id(&anonymous["token"]));
    let (_, eva) = shop.eva(SHOP).await;
    for (visitor, comment) in [(&anonymous, "Too short"), (&eva, "Too long")] {
        let asked = ask(visitor, json!({ "text": "When do you open?" })).await;
        let path = format!("/api/v1/public/messages/{}/feedback", id(&asked["answer"]));
        let said = visitor.json(Method::PUT, &path, &json!({ "comment": comment })).await;
        assert_eq!(said.status, 200, "{}", said.text);
    }
    let list = shop.owner.get("/api/v1/feedback").await.json();
    for (place, person, comment) in [(0, "Eva Example", "Too long"), (1, "", "Too short")] {
        let row = &list["items"][place];
        assert_eq!((&row["person"], &row["comment"]), (&json!(person), &json!(comment)), "{list}");
        let found = shop.owner.get(&format!("/api/v1/feedback/{}", id(&row["id"]))).await.json();
        assert_eq!(found["person"], json!(person), "{found}");
    }
}
