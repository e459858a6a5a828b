//! Visitors from outside: they come in, chat and say what they think, and reach nothing else.

use axum::http::Method;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, Client, TestApp, knowledge::collection_with};

const MANUAL: &[u8] =
    b"# Returns\n\nA parcel can be sent back within thirty days. The refund is paid within five working days.\n";
const QUESTION: &str = "Within how many days can a parcel be sent back?";
const SHOP: &str = "https://shop.example.com";

/// An assistant with a document that answers.
async fn assistant(owner: &Client) -> String {
    let collection = collection_with(owner, "manual.md", MANUAL).await;
    let private = json!({ "access": "private" });
    let private = owner.json(Method::PATCH, &format!("/api/v1/collections/{collection}"), &private).await;
    assert_eq!(private.status, 200, "{}", private.text);
    bare_assistant(owner, json!([collection])).await
}

async fn bare_assistant(owner: &Client, collections: Value) -> String {
    let name = format!("Shop {collections}");
    let made = owner.post("/api/v1/assistants", &json!({ "name": name, "collections": collections })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn open(owner: &Client, assistant: &str, settings: Value) {
    let opened = owner.json(Method::PUT, &format!("/api/v1/assistants/{assistant}/interfaces"), &settings).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
}

/// A browser that shows a page of an origin.
fn page(app: &TestApp, origin: &str) -> Client {
    Client { headers: vec![("origin", origin.to_owned())], ..app.browser() }
}

async fn enter(client: &Client, assistant: &str, request: Value) -> Answer {
    client.post(&format!("/api/v1/public/assistants/{assistant}/visitors"), &request).await
}

/// Comes in; the entry and a client that sends its token.
async fn admitted(client: &Client, assistant: &str, request: Value) -> (Value, Client) {
    let entry = enter(client, assistant, request).await;
    assert_eq!((entry.status, &entry.json()["state"]), (200, &json!("admitted")), "{}", entry.text);
    (entry.json(), with_token(client, entry.json()["token"].as_str().unwrap()))
}

fn with_token(client: &Client, token: &str) -> Client {
    let mut headers = client.headers.clone();
    headers.push(("authorization", format!("Bearer {token}")));
    Client { headers, ..client.clone() }
}

async fn ask(client: &Client, request: Value) -> Answer {
    client.post("/api/v1/public/chat", &request).await
}

/// The data of the events of one kind.
fn events(answer: &Answer, kind: &str) -> Vec<Value> {
    let data = answer.text.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(|data| serde_json::from_str::<Value>(data.trim()).unwrap()).filter(|event| event["type"] == kind).collect()
}

fn id(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no id: {value}")).to_owned()
}

fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text);
}

#[tokio::test]
async fn a_visitor_chats_from_a_page_of_a_customer() {
    chats(&TestApp::with_worker("").await).await;
}

async fn chats(app: &TestApp) {
    let owner = app.register("ada@example.org").await.browser;
    let assistant = assistant(&owner).await;
    open(&owner, &assistant, json!({ "widget": true, "origins": [SHOP], "tone": "brief" })).await;
    let shop = page(app, SHOP);
    let came = enter(&shop, &assistant, json!({})).await;
    assert_eq!((came.status, came.header("access-control-allow-origin")), (200, SHOP), "{}", came.text);
    assert_eq!(came.header("access-control-expose-headers"), "retry-after, x-run-id");
    let (entry, visitor) = admitted(&shop, &assistant, json!({})).await;
    assert_eq!(entry["conversation"], Value::Null, "{entry}");

    // The answer rests on what the assistant has, though nobody but its owner sees the collection; how it was made is not told.
    let answer = ask(&visitor, json!({ "text": QUESTION })).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, SHOP), "{}", answer.text);
    let (started, done) = (events(&answer, "started").remove(0), events(&answer, "done").remove(0));
    assert!(events(&answer, "step").is_empty() && done["message"]["steps"] == json!([]), "{}", answer.text);
    assert!(done["message"]["text"].as_str().unwrap().contains("thirty days"), "{done}");
    assert!(id(&done["message"]["citations"][0]["quote"]).contains("thirty days"), "{done}");
    let (conversation, run, message) = (id(&started["conversation"]), id(&started["run"]), id(&started["answer"]));

    // It is resumed where it was lost, and read again.
    let whole = visitor.get(&format!("/api/v1/public/runs/{run}/events")).await;
    assert_eq!(whole.status, 200, "{}", whole.text);
    assert_eq!(events(&whole, "done")[0]["message"]["text"], done["message"]["text"], "{}", whole.text);
    let last = Client {
        headers: [visitor.headers.clone(), vec![("last-event-id", format!("{run}:1"))]].concat(),
        ..visitor.clone()
    };
    let rest = last.get(&format!("/api/v1/public/runs/{run}/events")).await;
    assert!(events(&rest, "started").is_empty() && events(&rest, "done").len() == 1, "{}", rest.text);
    let stopped =
        visitor.send(Method::POST, &format!("/api/v1/public/runs/{run}/stop"), "", axum::body::Body::empty()).await;
    assert_eq!(stopped.status, 204, "an answer that has ended stays: {}", stopped.text);
    let read = visitor.get(&format!("/api/v1/public/conversations/{conversation}")).await.json();
    assert_eq!((&read["messages"][0]["text"], &read["messages"][1]["steps"]), (&json!(QUESTION), &json!([])), "{read}");
    assert_eq!((&read["feedback"], &read["contact_left"]), (&json!([]), &json!(false)), "{read}");
    let list = visitor.get("/api/v1/public/conversations").await.json();
    assert_eq!((&list["items"][0]["id"], &list["items"][1]), (&json!(conversation), &Value::Null), "{list}");

    // Nobody is asked for more than the assistant's settings say.
    let (rating, feedback) =
        (format!("/api/v1/public/messages/{message}/rating"), format!("/api/v1/public/messages/{message}/feedback"));
    let contact = json!({ "conversation": conversation, "email": "eva@example.com" });
    assert_refused(&visitor.json(Method::PUT, &rating, &json!({ "rating": true })).await, 403, "role_required");
    assert_refused(&visitor.json(Method::PUT, &feedback, &json!({})).await, 403, "role_required");
    assert_refused(&visitor.post("/api/v1/public/contacts", &contact).await, 403, "role_required");
    let more = json!({
        "widget": true, "origins": [SHOP], "allow_feedback": true, "when_unknown": "ask_for_email",
    });
    open(&owner, &assistant, more).await;
    assert_eq!(visitor.json(Method::PUT, &rating, &json!({ "rating": true })).await.status, 204);
    let said = visitor.json(Method::PUT, &feedback, &json!({ "comment": "Too short" })).await;
    assert_eq!((said.status, &said.json()["comment"]), (200, &json!("Too short")), "{}", said.text);
    let nonsense = json!({ "conversation": conversation, "email": "eva" });
    assert_refused(&visitor.post("/api/v1/public/contacts", &nonsense).await, 422, "invalid_email");
    assert_eq!(visitor.post("/api/v1/public/contacts", &contact).await.status, 204);
    // What they have said comes with the conversation: nothing is asked twice, and nothing lost when they add to it.
    let read = visitor.get(&format!("/api/v1/public/conversations/{conversation}")).await.json();
    let said = json!([{ "message": message, "rating": false, "reason": null, "comment": "Too short" }]);
    assert_eq!((&read["feedback"], &read["contact_left"]), (&said, &json!(true)), "{read}");

    // Who looks after the assistant reads it, and it is in nobody's own list.
    let path = format!("/api/v1/assistants/{assistant}/visitor-conversations");
    let list = owner.get(&path).await.json();
    let row = &list["items"][0];
    assert_eq!((&row["conversation"], &row["channel"]), (&json!(conversation), &json!("widget")), "{list}");
    assert_eq!((&row["visitor"]["id"], &row["visitor"]["email"]), (&entry["visitor"], &json!("eva@example.com")));
    assert_eq!((&row["visitor"]["origin"], &row["messages"]), (&json!(SHOP), &json!(2)), "{list}");
    let read = owner.get(&format!("{path}/{conversation}")).await.json();
    assert_eq!(read["messages"][0]["text"], QUESTION, "{read}");
    let feedback = owner.get("/api/v1/feedback").await.json();
    assert_eq!(feedback["items"][0]["comment"], "Too short", "{feedback}");
    assert_eq!(owner.get("/api/v1/conversations").await.json()["items"], json!([]));
    let people = owner.get("/api/v1/users").await.json();
    assert_eq!(people["items"].as_array().map(Vec::len), Some(1), "{people}");

    // The same visitor comes back with the token, and goes on.
    let (again, visitor) = admitted(&shop, &assistant, json!({ "token": entry["token"] })).await;
    assert_eq!((&again["visitor"], &again["conversation"]), (&entry["visitor"], &json!(conversation)), "{again}");
    let more = ask(&visitor, json!({ "conversation": conversation, "text": "And the refund?" })).await;
    assert_eq!((more.status, events(&more, "done").len()), (200, 1), "{}", more.text);
}

#[tokio::test]
async fn a_token_counts_in_its_place_alone() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let (assistant, other) = (bare_assistant(&owner, json!([])).await, "General Assistant");
    let shop = page(&app, SHOP);
    assert_refused(&enter(&shop, &assistant, json!({})).await, 404, "not_found");
    let on = json!({ "widget": true, "origins": [SHOP, "https://*.example.net"] });
    open(&owner, &assistant, on.clone()).await;
    let evil = page(&app, "https://evil.example");
    assert_refused(&enter(&evil, &assistant, json!({})).await, 403, "origin_not_allowed");

    let (entry, visitor) = admitted(&shop, &assistant, json!({})).await;
    let token = id(&entry["token"]);
    let list = "/api/v1/public/conversations";
    assert_eq!(visitor.get(list).await.status, 200);
    let elsewhere = ["https://evil.example", "https://a.example.net", "http://hammock.test", "null"];
    for origin in elsewhere {
        let refused = with_token(&page(&app, origin), &token).get(list).await;
        assert_refused(&refused, 401, "invalid_key");
        // A page of the web may read that it is refused.
        let named = if origin == "null" { "" } else { origin };
        assert_eq!(refused.header("access-control-allow-origin"), named);
    }
    assert_refused(&app.browser().with_key(&token).get(list).await, 401, "invalid_key");
    assert_refused(
        &enter(&page(&app, "https://a.example.net"), &assistant, json!({ "token": token })).await,
        401,
        "invalid_key",
    );

    // Of another assistant, changed, or made up.
    let assistants = owner.get("/api/v1/assistants").await.json();
    let others = assistants["items"].as_array().unwrap();
    let other = id(&others.iter().find(|row| row["name"] == other).unwrap()["id"]);
    open(&owner, &other, on).await;
    assert_refused(&enter(&shop, &other, json!({ "token": token })).await, 401, "invalid_key");
    let mut changed = token.clone();
    changed.replace_range(20..21, if &token[20..21] == "x" { "y" } else { "x" });
    for token in [changed.as_str(), "hmv_", "hmv_v1.a.b"] {
        assert_refused(&with_token(&shop, token).get(list).await, 401, "invalid_key");
        assert_refused(&enter(&shop, &assistant, json!({ "token": token })).await, 401, "invalid_key");
    }

    // It opens nothing of the inside, also not together with a session; and a session and a key open nothing here.
    for path in ["/api/v1/me", "/api/v1/assistants", "/api/v1/conversations", "/api/v1/collections"] {
        assert_refused(&visitor.get(path).await, 404, "not_found");
        let signed_in = Client { cookies: owner.cookies.clone(), ..visitor.clone() };
        assert_refused(&signed_in.get(path).await, 404, "not_found");
    }
    assert_refused(&owner.get(list).await, 401, "sign_in_required");
    let key = owner.post("/api/v1/keys", &json!({ "name": "K", "role": "administrator" })).await.json();
    assert_refused(&owner.with_key(key["secret"].as_str().unwrap()).get(list).await, 401, "invalid_key");

    // What is forbidden or switched off counts at once.
    open(&owner, &assistant, json!({ "widget": true, "origins": ["https://other.example"] })).await;
    assert_refused(&visitor.get(list).await, 401, "invalid_key");
    open(&owner, &assistant, json!({ "widget": false, "origins": [SHOP] })).await;
    assert_refused(&visitor.get(list).await, 401, "invalid_key");
    assert_refused(&enter(&shop, &assistant, json!({ "token": token })).await, 404, "not_found");
}

#[tokio::test]
async fn visitors_of_the_public_chat_come_from_our_own_page() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = bare_assistant(&owner, json!([])).await;
    open(&owner, &assistant, json!({ "public_chat": true })).await;
    // A browser names the page where it posts, and not where it only gets.
    let (entry, visitor) = admitted(&page(&app, "http://hammock.test"), &assistant, json!({})).await;
    assert_eq!(visitor.get("/api/v1/public/conversations").await.status, 200);
    let plain = app.browser().with_key(entry["token"].as_str().unwrap());
    assert_eq!(plain.get("/api/v1/public/conversations").await.status, 200);
    assert_refused(&enter(&page(&app, SHOP), &assistant, json!({})).await, 403, "origin_not_allowed");
    let answer = ask(&plain, json!({ "text": "Where?", "idempotency_key": "one" })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let again = ask(&plain, json!({ "text": "Where?", "idempotency_key": "one" })).await;
    assert_eq!(events(&again, "started"), events(&answer, "started"), "the question is not asked twice");
    // The widget asks so what became of a question that its visitor took back: by the key alone nothing begins.
    let found = ask(&plain, json!({ "text": "", "idempotency_key": "one" })).await;
    assert_eq!(events(&found, "started"), events(&answer, "started"));
    assert_refused(&ask(&plain, json!({ "text": "", "idempotency_key": "two" })).await, 422, "invalid_field");
    let list = owner.get(&format!("/api/v1/assistants/{assistant}/visitor-conversations")).await.json();
    assert_eq!((&list["items"][0]["channel"], &list["items"][1]), (&json!("public_chat"), &Value::Null), "{list}");
    // What no model writes is said in the language that the widget names, whatever the browser's is.
    let mut english = plain.clone();
    english.headers.push(("accept-language", "en-GB".to_owned()));
    for (tag, said) in [("fr", "Cet assistant"), ("cs", "Tento asistent"), ("de", "This assistant")] {
        let answer = english.post(&format!("/api/v1/public/chat?lang={tag}"), &json!({ "text": "XJ-7" })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let done = events(&answer, "done").remove(0);
        assert!(done["message"]["text"].as_str().unwrap().starts_with(said), "{tag}: {done}");
    }
}

#[tokio::test]
async fn a_conversation_is_read_in_parts() {
    read_in_parts(&TestApp::start().await).await;
}

async fn read_in_parts(app: &TestApp) {
    let owner = app.register("ada@example.org").await.browser;
    let assistant = bare_assistant(&owner, json!([])).await;
    open(&owner, &assistant, json!({ "public_chat": true })).await;
    let (_, visitor) = admitted(&app.browser(), &assistant, json!({})).await;
    let mut conversation = Value::Null;
    for number in 1..=3 {
        let asked = ask(&visitor, json!({ "text": format!("Number {number}?"), "conversation": conversation })).await;
        assert_eq!(asked.status, 200, "{}", asked.text);
        conversation = events(&asked, "started")[0]["conversation"].clone();
    }
    let conversation = id(&conversation);
    let own = format!("/api/v1/public/conversations/{conversation}");
    let held = format!("/api/v1/assistants/{assistant}/visitor-conversations/{conversation}");
    // The questions of a part, how many messages stand before and after it, and the ids of its first and its last one.
    let read = async |client: &Client, address: String| {
        let part = client.get(&address).await;
        assert_eq!(part.status, 200, "{address}: {}", part.text);
        let part = part.json();
        let messages = part["messages"].as_array().unwrap().clone();
        let asked = messages.iter().filter(|message| message["author"] == "user");
        let asked: Vec<String> = asked.map(|message| id(&message["text"])).collect();
        let ends = [messages.first(), messages.last()].map(|message| message.map(|it| id(&it["id"])));
        (asked.concat(), part["earlier"].clone(), part["later"].clone(), ends)
    };
    let (asked, earlier, _, _) = read(&visitor, own.clone()).await;
    assert_eq!((asked.as_str(), earlier), ("Number 1?Number 2?Number 3?", json!(0)));
    let (asked, earlier, _, [first, _]) = read(&visitor, format!("{own}?limit=2")).await;
    assert_eq!((asked.as_str(), earlier), ("Number 3?", json!(4)));
    let (asked, earlier, _, _) = read(&visitor, format!("{own}?limit=2&before={}", first.unwrap())).await;
    assert_eq!((asked.as_str(), earlier), ("Number 2?", json!(2)));

    let (asked, earlier, later, _) = read(&owner, held.clone()).await;
    assert_eq!((asked.as_str(), earlier, later), ("Number 1?Number 2?Number 3?", json!(0), json!(0)));
    let (asked, earlier, later, [first, _]) = read(&owner, format!("{held}?limit=2")).await;
    assert_eq!((asked.as_str(), earlier, later), ("Number 3?", json!(4), json!(0)));
    let (asked, earlier, later, [_, last]) =
        read(&owner, format!("{held}?limit=2&before={}", first.as_ref().unwrap())).await;
    assert_eq!((asked.as_str(), earlier, later), ("Number 2?", json!(2), json!(2)));
    let (asked, earlier, later, _) = read(&owner, format!("{held}?limit=1&after={}", last.unwrap())).await;
    assert_eq!((asked.as_str(), earlier, later), ("Number 3?", json!(4), json!(1)));
    let by_function = json!({
        "assistant": assistant, "conversation": conversation, "wanted": { "before": first, "limit": 2 },
    });
    let by_function = owner.post("/api/fn/interfaces/read_visitor_conversation", &by_function).await;
    assert_eq!((by_function.status, &by_function.json()["later"]), (200, &json!(2)), "{}", by_function.text);

    // Neither a limit that there is not, nor a message of another conversation.
    let other = ask(&visitor, json!({ "text": "Another?" })).await;
    let foreign = id(&events(&other, "started")[0]["answer"]);
    for (client, address) in [(&visitor, &own), (&owner, &held)] {
        for limit in ["0", "201"] {
            assert_refused(&client.get(&format!("{address}?limit={limit}")).await, 422, "invalid_field");
        }
        assert_refused(&client.get(&format!("{address}?before={foreign}")).await, 404, "not_found");
    }
}

#[tokio::test]
async fn visitors_ask_no_more_than_they_may() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = bare_assistant(&owner, json!([])).await;
    let limits = json!({ "message_characters": 100, "messages_in_ten_minutes": 2 });
    open(&owner, &assistant, json!({ "public_chat": true, "limits": limits })).await;
    let (_, visitor) = admitted(&app.browser(), &assistant, json!({})).await;
    let long = ask(&visitor, json!({ "text": "x".repeat(101) })).await;
    assert_refused(&long, 422, "invalid_field");
    assert_eq!(long.json()["error"]["field"], "text");
    for _ in 0..2 {
        assert_eq!(ask(&visitor, json!({ "text": "Hello?" })).await.status, 200);
    }
    let refused = ask(&visitor, json!({ "text": "Hello?" })).await;
    assert_refused(&refused, 429, "too_many_attempts");
    assert!((1..=600).contains(&refused.header("retry-after").parse::<u32>().unwrap()), "{:?}", refused.headers);

    // Two more from the same address; then it has asked three times as much as one may, and others go on.
    let (_, second) = admitted(&app.browser(), &assistant, json!({})).await;
    let (_, third) = admitted(&app.browser(), &assistant, json!({})).await;
    for visitor in [&second, &second, &third, &third] {
        assert_eq!(ask(visitor, json!({ "text": "Hello?" })).await.status, 200);
    }
    let (_, fourth) = admitted(&app.browser(), &assistant, json!({})).await;
    assert_refused(&ask(&fourth, json!({ "text": "Hello?" })).await, 429, "too_many_attempts");
    let company = json!({ "message_characters": 100, "messages_in_ten_minutes": 2, "visitors_per_address": 100 });
    open(&owner, &assistant, json!({ "public_chat": true, "limits": company })).await;
    assert_eq!(ask(&fourth, json!({ "text": "Hello?" })).await.status, 200, "an address of many people");
    open(&owner, &assistant, json!({ "public_chat": true, "limits": limits })).await;
    let elsewhere = Client { peer: "203.0.113.9:4711".parse().unwrap(), ..app.browser() };
    let (_, fifth) = admitted(&elsewhere, &assistant, json!({})).await;
    assert_eq!(ask(&fifth, json!({ "text": "Hello?" })).await.status, 200);
}

#[tokio::test]
async fn who_comes_with_very_many_has_to_work_first() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await.browser;
    let assistant = bare_assistant(&owner, json!([])).await;
    open(&owner, &assistant, json!({ "public_chat": true, "limits": { "visitors_of_a_network": 1 } })).await;
    let (first, _) = admitted(&app.browser(), &assistant, json!({})).await;
    let asked = enter(&app.browser(), &assistant, json!({})).await.json();
    assert_eq!((&asked["state"], &asked["proof"]["bits"]), (&json!("proof_required"), &json!(16)), "{asked}");
    let challenge = id(&asked["proof"]["challenge"]);
    let is_right = |answer: &u64| {
        let hash = Sha256::digest(format!("{challenge}:{answer}").as_bytes());
        hash[0] == 0 && hash[1] == 0
    };
    let answer = (0..).find(is_right).unwrap();
    let proof = json!({ "proof": { "challenge": challenge, "answer": answer.to_string() } });

    let neighbour = Client { peer: "203.0.113.9:4711".parse().unwrap(), ..app.browser() };
    admitted(&neighbour, &assistant, json!({})).await;
    let borrowed = enter(&neighbour, &assistant, proof.clone()).await.json();
    assert_eq!(borrowed["state"], "proof_required", "the work of another network: {borrowed}");
    let (second, _) = admitted(&app.browser(), &assistant, proof.clone()).await;
    assert_ne!(first["visitor"], second["visitor"]);
    assert_eq!(enter(&app.browser(), &assistant, proof).await.json()["state"], "proof_required", "it counts once");
    // Who is known is not new.
    admitted(&app.browser(), &assistant, json!({ "token": first["token"] })).await;
}

hammock_testkit::on_postgres!(
    "visitors on PostgreSQL",
    a_visitor_chats_from_a_page_of_a_customer,
    a_conversation_is_read_in_parts,
);
