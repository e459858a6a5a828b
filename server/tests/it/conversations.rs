//! The list of conversations by the public API: search, filters, categories; and what sends a question.

use axum::{body::Body, http::Method};
use hammock_testkit::provider::Provider;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, long::lengthen, process::Installation, remote::Remote};

#[tokio::test]
async fn conversations_are_found_filtered_and_labelled() {
    found_filtered_and_labelled(&TestApp::start().await).await;
}

/// Asks in a new conversation and gives it a title; its id.
async fn converse(client: &Client, assistant: &str, question: &str, title: &str) -> String {
    let answer = client.post("/api/v1/chat", &json!({ "text": question, "assistant": assistant })).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    let started: Value = serde_json::from_str(started.trim()).unwrap();
    let id = started["conversation"].as_str().unwrap().to_owned();
    change(client, &id, json!({ "title": title })).await;
    id
}

async fn change(client: &Client, conversation: &str, patch: Value) -> Value {
    let path = format!("/api/v1/conversations/{conversation}");
    let changed = client.json(Method::PATCH, &path, &patch).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    changed.json()
}

async fn titles(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/api/v1/conversations{query}")).await;
    assert_eq!(list.status, 200, "{query}: {}", list.text);
    let items = list.json()["items"].as_array().unwrap().clone();
    let mut titles: Vec<String> = items.iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

async fn make(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_long_conversation_is_read_in_parts() {
    read_in_parts(&TestApp::start().await).await;
}

async fn read_in_parts(app: &TestApp) {
    let owner = app.register("ada@example.org").await.browser;
    let assistant = make(&owner, "/api/v1/assistants", json!({ "name": "First" })).await;
    let id = converse(&owner, &assistant, "0", "Long").await;
    for question in 1..4 {
        let question = json!({ "text": question.to_string(), "conversation": id });
        assert_eq!(owner.post("/api/v1/chat", &question).await.status, 200);
    }
    let path = format!("/api/v1/conversations/{id}");
    // The questions of a part, how many messages stand before it, and which is its first.
    let read = async |query: &str| {
        let part = owner.get(&format!("{path}{query}")).await;
        assert_eq!(part.status, 200, "{query}: {}", part.text);
        let part = part.json();
        let messages = part["messages"].as_array().unwrap().clone();
        let asked = messages.iter().filter(|message| message["author"] == "user");
        let asked: Vec<String> = asked.map(|message| message["text"].as_str().unwrap().to_owned()).collect();
        (asked, part["earlier"].clone(), messages[0]["id"].as_str().unwrap().to_owned())
    };
    let (all, earlier, _) = read("").await;
    assert_eq!((all.concat(), earlier), ("0123".to_owned(), json!(0)));
    let (newest, earlier, first) = read("?limit=4").await;
    assert_eq!((newest.concat(), earlier), ("23".to_owned(), json!(4)));
    let (before, earlier, _) = read(&format!("?limit=2&before={first}")).await;
    assert_eq!((before.concat(), earlier), ("1".to_owned(), json!(2)));
    let (before, earlier, _) = read(&format!("?before={first}")).await;
    assert_eq!((before.concat(), earlier), ("01".to_owned(), json!(0)));
    let wanted = json!({ "conversation": id, "wanted": { "before": first, "limit": 2 } });
    let by_function = owner.post("/api/fn/chat/read_conversation", &wanted).await;
    assert_eq!((by_function.status, &by_function.json()["earlier"]), (200, &json!(2)), "{}", by_function.text);

    // Neither a limit that there is not, nor a message of another conversation.
    for limit in ["0", "201"] {
        let refused = owner.get(&format!("{path}?limit={limit}")).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{}", refused.text);
    }
    let other = converse(&owner, &assistant, "Another", "Other").await;
    let foreign = owner.get(&format!("/api/v1/conversations/{other}?before={first}")).await;
    assert_eq!(foreign.status, 404, "{}", foreign.text);
    let stranger = app.register("eve@example.com").await.browser;
    assert_eq!(stranger.get(&format!("{path}?limit=2&before={first}")).await.status, 404);
}

#[tokio::test]
async fn a_long_conversation_is_downloaded_whole() {
    let app = TestApp::start().await;
    let person = app.register("ada@example.org").await;
    let owner = &person.browser;
    let assistant = make(owner, "/api/v1/assistants", json!({ "name": "First" })).await;
    let id = converse(owner, &assistant, "0", "Long").await;
    lengthen(&app, &person.user, &id, (1..=150).map(|number| format!("Question {number}."))).await;
    let export = format!("/api/v1/conversations/{id}/export");
    let file = owner.get(&export).await;
    assert_eq!(file.text.matches("\n## You\n").count(), 151, "{}", file.text);
    assert!(file.text.ends_with("\n> Question 150.\n"), "{}", file.text);
    let file = owner.get(&format!("{export}?format=json")).await.json();
    assert_eq!(
        (file["messages"].as_array().map(Vec::len), &file["messages"][151]["text"]),
        (Some(152), &json!("Question 150."))
    );
}

async fn found_filtered_and_labelled(app: &TestApp) {
    let owner = app.register("ada@example.org").await.browser;
    let (first, second) = (
        make(&owner, "/api/v1/assistants", json!({ "name": "First" })).await,
        make(&owner, "/api/v1/assistants", json!({ "name": "Second" })).await,
    );
    let menu = converse(&owner, &first, "Is there crème brûlée on the menu?", "Dessert").await;
    let trip = converse(&owner, &second, "Which train goes to Prague?", "Menu of trips").await;

    // Each word in the title or in any message, whatever its case and accents.
    assert_eq!(titles(&owner, "").await, ["Dessert", "Menu of trips"]);
    assert_eq!(titles(&owner, "?query=MENU").await, ["Dessert", "Menu of trips"]);
    assert_eq!(titles(&owner, "?query=brulee%20dessert").await, ["Dessert"]);
    assert!(titles(&owner, "?query=brulee%20train").await.is_empty());
    let list = owner.get("/api/v1/conversations?query=creme").await.json();
    let asked = owner.get(&format!("/api/v1/conversations/{menu}")).await.json()["messages"][0]["id"].clone();
    let found = json!({ "before": "Is there ", "found": "crème", "after": " brûlée on the menu?", "message": asked });
    assert_eq!(list["items"][0]["found"], found);
    let list = owner.get("/api/v1/conversations?query=dessert").await.json();
    assert_eq!(list["items"][0]["found"], Value::Null, "{list}");
    let long = owner.get(&format!("/api/v1/conversations?query={}", "x".repeat(201))).await;
    assert_eq!((long.status, long.code().as_str()), (422, "invalid_field"), "{}", long.text);

    // Categories of one's own.
    let work = make(&owner, "/api/v1/categories", json!({ "name": "Work", "colour": "blue" })).await;
    let taken = owner.post("/api/v1/categories", &json!({ "name": " work" })).await;
    assert_eq!((taken.status, taken.code().as_str()), (409, "name_taken"), "{}", taken.text);
    let unknown = owner.post("/api/v1/categories", &json!({ "name": "Other", "colour": "mauve" })).await;
    assert_eq!(unknown.status, 422, "{}", unknown.text);
    let labelled = change(&owner, &trip, json!({ "category": work })).await;
    let expected = json!({ "id": work, "name": "Work", "colour": "blue" });
    assert_eq!((&labelled["category"], &labelled["title"]), (&expected, &json!("Menu of trips")));
    let path = format!("/api/v1/categories/{work}");
    let renamed = owner.json(Method::PATCH, &path, &json!({ "name": "Office" })).await;
    assert_eq!((renamed.status, &renamed.json()["colour"]), (200, &json!("blue")), "{}", renamed.text);
    assert_eq!(titles(&owner, &format!("?category={work}")).await, ["Menu of trips"]);
    assert_eq!(titles(&owner, &format!("?category={work}&query=dessert")).await, Vec::<String>::new());

    // Filters.
    assert_eq!(titles(&owner, &format!("?assistant={first}")).await, ["Dessert"]);
    let at = owner.get(&format!("/api/v1/conversations/{menu}")).await.json()["updated_at"].clone();
    let at = at.as_str().unwrap();
    assert!(titles(&owner, &format!("?from={at}")).await.contains(&"Menu of trips".to_owned()));
    assert_eq!(titles(&owner, "?before=2020-01-01T00:00:00Z").await, Vec::<String>::new());
    for wrong in ["assistant=nobody", "from=yesterday", "colour=blue"] {
        let refused = owner.get(&format!("/api/v1/conversations?{wrong}")).await;
        assert!([400, 422].contains(&refused.status), "{wrong}: {} {}", refused.status, refused.text);
    }
    // A zone that there is not.
    let refused = owner.get("/api/v1/conversations?from=2026-01-31T10:00:00%2B99:99").await;
    assert_eq!((refused.status, &refused.json()["error"]["field"]), (422, &json!("from")), "{}", refused.text);

    // A deleted category takes its label away, and brings it back.
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.get("/api/v1/categories").await.json()["items"], json!([]));
    let row = owner.get(&format!("/api/v1/conversations/{trip}")).await.json();
    assert_eq!((&row["category"], &row["title"]), (&Value::Null, &json!("Menu of trips")));
    assert_eq!(owner.post(&format!("{path}/restore"), &json!({})).await.json()["name"], "Office");
    assert_eq!(titles(&owner, &format!("?category={work}")).await, ["Menu of trips"]);
    assert_eq!(change(&owner, &trip, json!({ "category": null })).await["category"], Value::Null);

    // By the function of the interface as well.
    let arguments = json!({ "conversation": trip, "category": work });
    let given = owner.post("/api/fn/categories/give_category", &arguments).await;
    assert_eq!((given.status, &given.json()["category"]["name"]), (200, &json!("Office")), "{}", given.text);

    // Nobody else finds any of it.
    let other = app.register("eve@example.com").await.browser;
    assert!(titles(&other, "?query=menu").await.is_empty());
    assert!(titles(&other, &format!("?category={work}")).await.is_empty());

    // What sends a question.
    assert_eq!(owner.get("/api/v1/me").await.json()["send_key"], "enter");
    let set = owner.json(Method::PUT, "/api/v1/me/send-key", &json!({ "send_key": "modified_enter" })).await;
    assert_eq!(set.status, 204, "{}", set.text);
    assert_eq!(owner.get("/api/v1/me").await.json()["send_key"], "modified_enter");
}

#[tokio::test]
async fn a_model_writes_the_title_and_the_person_is_told() {
    let provider = Provider::start(["It opens at nine.".to_owned()]).await.unwrap();
    provider.entitle("# Opening hours");
    let installation = Installation::new([]);
    let key = installation.owner_key();
    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let question = json!({ "assistant": remote.assistant(&provider).await, "text": "When does it open?" });
    let mut told = remote.follow().await.unwrap();
    let mut events = remote.ask(&question).await.unwrap();
    let asked = told.next().await.unwrap();
    assert_eq!((asked.title.as_str(), asked.is_new), ("When does it open?", true));
    provider.let_out(1);
    let answer = events.end().await.unwrap();
    assert_eq!(answer.text.trim_end(), "It opens at nine.");
    let entitled = told.next().await.unwrap();
    assert_eq!((&entitled.conversation, entitled.title.as_str()), (&asked.conversation, "Opening hours"));
    assert_eq!(provider.requests().len(), 1, "the title is asked for beside it");

    // Who comes back learns how things stand, and the server goes down whoever still listens.
    let mut later = remote.follow().await.unwrap();
    let stands = later.next().await.unwrap();
    assert_eq!((&stands.title, stands.run, stands.is_new), (&entitled.title, None, false));
    server.signal("TERM");
    assert!(server.ended().await.success(), "{}", server.log());
    assert!(later.next().await.is_none());
}

#[tokio::test]
async fn a_person_follows_their_conversations_so_often_at_once() {
    const EVENTS: &str = "/api/v1/conversations/events";
    let app = TestApp::with("[limits]\nchange_streams = 2").await;
    let owner = app.register("anna@example.com").await.browser;
    let follow = async || owner.begin(Method::GET, EVENTS, "", Body::empty()).await;
    let (first, second) = (follow().await, follow().await);
    assert_eq!((first.0.status, second.0.status), (200, 200));
    let refused = owner.get(EVENTS).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_streams"), "{}", refused.text);
    drop(first);
    assert_eq!(follow().await.0.status, 200, "there is room again");
}

hammock_testkit::on_postgres!(
    "conversations on PostgreSQL",
    conversations_are_found_filtered_and_labelled,
    a_long_conversation_is_read_in_parts,
);
