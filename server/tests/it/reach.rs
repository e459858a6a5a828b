//! Every conversation, message, run, link, file, category and piece of feedback, tried by whom it is not: by its own address, and
//! from within what is one's own, where an id stands in a query or a body beside an id that one may use.

use axum::{body::Body, http::Method};
use hammock_contract::user::Role;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, eventually, share_path};

/// What nobody else may read.
const SECRET: &str = "Where is the crimson zanzibar parcel?";
const NAME: &str = "crimson.txt";
const FILE: &str = "The crimson parcel waits in the third room on the left.";

/// What somebody has.
struct Things {
    conversation: String,
    question: String,
    answer: String,
    run: String,
    share: String,
    link: String,
    /// A file that waits for a question.
    attachment: String,
    /// One that was sent with the question.
    sent: String,
    category: String,
    feedback: String,
}

/// One attempt.
struct Attempt {
    method: Method,
    path: String,
    body: Option<Value>,
}

fn get(path: String) -> Attempt {
    Attempt { method: Method::GET, path, body: None }
}

fn bare(method: Method, path: String) -> Attempt {
    Attempt { method, path, body: None }
}

fn with(method: Method, path: String, body: Value) -> Attempt {
    Attempt { method, path, body: Some(body) }
}

async fn send(client: &Client, attempt: &Attempt) -> Answer {
    match &attempt.body {
        Some(body) => client.json(attempt.method.clone(), &attempt.path, body).await,
        None => client.send(attempt.method.clone(), &attempt.path, "", Body::empty()).await,
    }
}

/// By their own addresses.
fn direct(theirs: &Things) -> Vec<Attempt> {
    let conversation = format!("/api/v1/conversations/{}", theirs.conversation);
    let message = format!("/api/v1/messages/{}", theirs.answer);
    let question = format!("/api/v1/messages/{}", theirs.question);
    let run = format!("/api/v1/runs/{}", theirs.run);
    let share = format!("{conversation}/shares/{}", theirs.share);
    let files = [&theirs.attachment, &theirs.sent].into_iter().flat_map(|id| of_file("/api/v1/attachments", id));
    let category = format!("/api/v1/categories/{}", theirs.category);
    let feedback = format!("/api/v1/feedback/{}", theirs.feedback);
    let anyone = json!({ "audience": "anyone" });
    let mut attempts = vec![
        get(conversation.clone()),
        get(format!("{conversation}?limit=1&before={}", theirs.answer)),
        get(format!("{conversation}/export")),
        get(format!("{conversation}/export?format=json")),
        get(format!("{conversation}/shares")),
        with(Method::PATCH, conversation.clone(), json!({ "title": "Planted" })),
        with(Method::PUT, format!("{conversation}/branch"), json!({ "message": theirs.answer })),
        with(Method::POST, format!("{conversation}/shares"), anyone.clone()),
        with(Method::PUT, share.clone(), anyone),
        bare(Method::DELETE, share.clone()),
        bare(Method::POST, format!("{share}/restore")),
        bare(Method::POST, format!("{conversation}/restore")),
        bare(Method::DELETE, conversation),
        with(Method::PUT, format!("{message}/rating"), json!({ "rating": true })),
        with(Method::PUT, format!("{message}/feedback"), json!({ "reason": "other", "comment": "Planted" })),
        get(format!("{message}/feedback")),
        with(Method::PUT, format!("{question}/rating"), json!({ "rating": true })),
        get(format!("{run}/events")),
        get(format!("{run}/events?after=1")),
        bare(Method::POST, format!("{run}/stop")),
        with(Method::PATCH, category.clone(), json!({ "name": "Planted" })),
        bare(Method::POST, format!("{category}/restore")),
        bare(Method::DELETE, category),
        get(feedback.clone()),
        with(Method::PATCH, feedback, json!({ "state": "resolved" })),
    ];
    attempts.extend(files);
    attempts
}

/// A file by its own address.
fn of_file(path: &str, id: &str) -> [Attempt; 3] {
    let file = format!("{path}/{id}");
    [get(file.clone()), get(format!("{file}/file")), bare(Method::DELETE, file)]
}

/// From within what is one's own.
fn mixed(theirs: &Things, own: &Things) -> Vec<Attempt> {
    let conversation = format!("/api/v1/conversations/{}", own.conversation);
    let share = format!("{conversation}/shares/{}", theirs.share);
    let chat = |body: Value| with(Method::POST, "/api/v1/chat".to_owned(), body);
    let text = "Planted?";
    vec![
        chat(json!({ "text": text, "conversation": theirs.conversation })),
        chat(json!({ "text": text, "conversation": theirs.conversation, "continues": true })),
        chat(json!({ "text": text, "conversation": theirs.conversation, "replaces": theirs.question })),
        chat(json!({ "text": text, "conversation": own.conversation, "replaces": theirs.question })),
        chat(json!({ "text": text, "conversation": own.conversation, "replaces": theirs.answer })),
        chat(json!({ "text": text, "conversation": own.conversation, "attachments": [theirs.attachment] })),
        chat(json!({ "text": text, "attachments": [theirs.attachment] })),
        chat(json!({ "text": text, "conversation": own.conversation, "attachments": [theirs.sent] })),
        chat(json!({ "text": text, "attachments": [own.attachment, theirs.sent] })),
        // As if it were among what one's own question keeps.
        chat(json!({
            "text": text, "conversation": own.conversation, "replaces": own.question, "attachments": [own.sent, theirs.sent],
        })),
        get(format!("{conversation}?before={}", theirs.answer)),
        with(Method::PUT, format!("{conversation}/branch"), json!({ "message": theirs.answer })),
        with(Method::PATCH, conversation.clone(), json!({ "category": theirs.category })),
        with(Method::PUT, share.clone(), json!({ "audience": "anyone" })),
        bare(Method::DELETE, share.clone()),
        bare(Method::POST, format!("{share}/restore")),
    ]
}

/// As a visitor, who has `own`.
fn from_outside(theirs: &Things, own: &Things) -> Vec<Attempt> {
    let run = format!("/api/v1/public/runs/{}", theirs.run);
    let message = format!("/api/v1/public/messages/{}", theirs.answer);
    let files = [&theirs.attachment, &theirs.sent].into_iter().flat_map(|id| of_file("/api/v1/public/attachments", id));
    let chat = |body: Value| with(Method::POST, "/api/v1/public/chat".to_owned(), body);
    let mut attempts = vec![
        get(format!("/api/v1/public/conversations/{}", theirs.conversation)),
        get(format!("/api/v1/public/conversations/{}?before={}", theirs.conversation, theirs.answer)),
        get(format!("/api/v1/public/conversations/{}?before={}", own.conversation, theirs.answer)),
        get(format!("{run}/events")),
        bare(Method::POST, format!("{run}/stop")),
        with(Method::PUT, format!("{message}/rating"), json!({ "rating": false })),
        with(Method::PUT, format!("{message}/feedback"), json!({ "comment": "Planted" })),
        chat(json!({ "text": "Planted?", "conversation": theirs.conversation })),
        chat(json!({ "text": "Planted?", "conversation": theirs.conversation, "continues": true })),
        chat(json!({ "text": "Planted?", "attachments": [theirs.attachment] })),
        chat(json!({ "text": "Planted?", "attachments": [theirs.sent] })),
        chat(json!({ "text": "Planted?", "conversation": own.conversation, "attachments": [theirs.sent] })),
        with(
            Method::POST,
            "/api/v1/public/contacts".to_owned(),
            json!({ "conversation": theirs.conversation, "email": "eve@example.org" }),
        ),
        // Ids of other kinds, and a conversation of one's own by an address of the inside.
        get(format!("/api/v1/public/conversations/{}", theirs.answer)),
        get(format!("/api/v1/public/runs/{}/events", own.conversation)),
    ];
    attempts.extend(files);
    attempts
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

async fn made(client: &Client, path: &str, body: &Value) -> Value {
    let answer = client.post(path, body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text);
    answer.json()
}

fn started(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let data = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    serde_json::from_str(data.trim()).unwrap()
}

/// Uploads a file, and waits until it has been read: it can be sent with a question.
async fn attach(client: &Client, path: &str) -> String {
    let attached = client.upload(path, &[(NAME, FILE.as_bytes())]).await;
    assert_eq!(attached.status, 201, "{}", attached.text);
    let file = format!("{path}/{}", text(&attached.json()["id"]));
    eventually("the file being read", async || {
        let found = client.get(&file).await.json();
        (found["state"] == "ready").then_some(())
    })
    .await;
    text(&attached.json()["id"])
}

/// Somebody asks something with a file, attaches another one, shares the conversation, files it and complains.
async fn things_of(client: &Client, assistant: &str, question: &str) -> Things {
    let sent = attach(client, "/api/v1/attachments").await;
    let asked = json!({ "text": question, "assistant": assistant, "attachments": [sent] });
    let begun = started(&client.post("/api/v1/chat", &asked).await);
    let (conversation, answer) = (text(&begun["conversation"]), text(&begun["answer"]));
    let attachment = attach(client, "/api/v1/attachments").await;
    let category = made(client, "/api/v1/categories", &json!({ "name": "Crimson" })).await;
    let filed = json!({ "category": category["id"] });
    let path = format!("/api/v1/conversations/{conversation}");
    let filed = client.json(Method::PATCH, &path, &filed).await;
    assert_eq!(filed.status, 200, "{}", filed.text);
    let link = made(client, &format!("{path}/shares"), &json!({ "audience": "organisation" })).await;
    let said = json!({ "comment": "Crimson" });
    let said = client.json(Method::PUT, &format!("/api/v1/messages/{answer}/feedback"), &said).await;
    assert_eq!(said.status, 200, "{}", said.text);
    Things {
        question: text(&begun["question"]["id"]),
        run: text(&begun["run"]),
        share: text(&link["id"]),
        link: share_path(&link).to_owned(),
        attachment,
        sent,
        category: text(&category["id"]),
        feedback: String::new(),
        conversation,
        answer,
    }
}

async fn assistant_of(owner: &Client, name: &str) -> String {
    let settings = json!({ "name": name, "collections": [] });
    let assistant = text(&made(owner, "/api/v1/assistants", &settings).await["id"]);
    let open = json!({
        "public_chat": true, "allow_feedback": true, "allow_uploads": true, "when_unknown": "ask_for_email",
    });
    let opened = owner.json(Method::PUT, &format!("/api/v1/assistants/{assistant}/interfaces"), &open).await;
    assert_eq!(opened.status, 200, "{}", opened.text);
    assistant
}

/// Somebody from outside comes in, asks with a file and attaches another one; with what they have.
async fn visitor(app: &TestApp, assistant: &str) -> (Client, Things) {
    let path = format!("/api/v1/public/assistants/{assistant}/visitors");
    let entry = app.browser().post(&path, &json!({})).await;
    assert_eq!((entry.status, &entry.json()["state"]), (200, &json!("admitted")), "{}", entry.text);
    let client = app.browser().with_key(&text(&entry.json()["token"]));
    let sent = attach(&client, "/api/v1/public/attachments").await;
    let asked = json!({ "text": SECRET, "attachments": [sent] });
    let begun = started(&client.post("/api/v1/public/chat", &asked).await);
    let attachment = attach(&client, "/api/v1/public/attachments").await;
    let things = Things {
        conversation: text(&begun["conversation"]),
        question: text(&begun["question"]["id"]),
        answer: text(&begun["answer"]),
        run: text(&begun["run"]),
        share: String::new(),
        link: String::new(),
        attachment,
        sent,
        category: String::new(),
        feedback: String::new(),
    };
    (client, things)
}

/// The feedback on an assistant's answers, by who looks after it; the only one that there is.
async fn feedback(owner: &Client) -> String {
    let list = owner.get("/api/v1/feedback").await.json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{list}");
    text(&list["items"][0]["id"])
}

#[tokio::test]
async fn what_is_somebodys_is_there_for_nobody_else() {
    there_for_nobody_else(&TestApp::with_worker("").await).await;
}

async fn there_for_nobody_else(app: &TestApp) {
    let ada = app.register("ada@example.org").await;
    let administrator = app.colleague(&ada, "administrator@example.org", Role::Administrator).await.browser;
    let colleague = app.colleague(&ada, "user@example.org", Role::User).await.browser;
    let owner = ada.browser;
    let eve = app.register("eve@example.com").await.browser;
    let (ours, foreign) = (assistant_of(&owner, "Ours").await, assistant_of(&eve, "Foreign").await);

    let mut theirs = things_of(&owner, &ours, SECRET).await;
    theirs.feedback = feedback(&owner).await;
    let keyed = json!({ "text": SECRET, "assistant": ours, "idempotency_key": "the-same" });
    started(&owner.post("/api/v1/chat", &keyed).await);
    let before = owner.get(&format!("/api/v1/conversations/{}", theirs.conversation)).await.json();
    let mut problems = Vec::new();

    // People, each with things of their own.
    for (who, client, assistant) in [
        ("another user", &colleague, &ours),
        ("an administrator", &administrator, &ours),
        ("another organisation", &eve, &foreign),
    ] {
        let own = things_of(client, assistant, "Where is my own?").await;
        for attempt in direct(&theirs).iter().chain(&mixed(&theirs, &own)) {
            // An administrator looks after every assistant, and what people say of its answers is meant for them.
            if who == "an administrator" && attempt.path.starts_with("/api/v1/feedback/") {
                continue;
            }
            judge(&mut problems, who, attempt, &send(client, attempt).await, 404);
        }
        let listed = client.get(&format!("/api/v1/conversations?category={}", theirs.category)).await;
        assert_eq!((listed.status, &listed.json()["items"]), (200, &json!([])), "{who}: {}", listed.text);
        let page = client.get(&format!("/chat/{}", theirs.conversation)).await;
        assert!(!page.text.contains("crimson zanzibar"), "{who}: {}", page.text);
        // The same key of a repeated question leads nobody into what another one asked with it.
        let repeated = json!({ "text": "Mine.", "assistant": assistant, "idempotency_key": "the-same" });
        let begun = started(&client.post("/api/v1/chat", &repeated).await);
        assert_eq!(begun["question"]["text"], "Mine.", "{who}: {begun}");
    }

    // The link is for people of the organisation.
    assert_eq!(colleague.get(&theirs.link).await.status, 200);
    assert_eq!(eve.get(&theirs.link).await.status, 404);

    // Visitors, of this assistant and of another organisation's.
    let (guest, said) = visitor(app, &ours).await;
    let (other_guest, other_said) = visitor(app, &ours).await;
    let (foreign_guest, foreign_said) = visitor(app, &foreign).await;
    for (who, client, own, targets) in [
        ("a visitor", &guest, &said, [&theirs, &other_said, &foreign_said]),
        ("another visitor", &other_guest, &other_said, [&theirs, &said, &foreign_said]),
        ("another organisation's visitor", &foreign_guest, &foreign_said, [&theirs, &said, &other_said]),
    ] {
        for things in targets {
            for attempt in from_outside(things, own) {
                judge(&mut problems, who, &attempt, &send(client, &attempt).await, 404);
            }
        }
        // Inside nothing is there for such a token, be it somebody's or one's own.
        for attempt in direct(&theirs).into_iter().chain([get(format!("/api/v1/conversations/{}", own.conversation))]) {
            judge(&mut problems, who, &attempt, &send(client, &attempt).await, 404);
        }
        let page = client.get(&theirs.link).await;
        assert!(page.status != 200 && !page.text.contains("crimson zanzibar"), "{who}: {}", page.text);
        let read = client.get(&format!("/api/v1/public/conversations/{}", own.conversation)).await;
        assert_eq!((read.status, &read.json()["messages"][0]["text"]), (200, &json!(SECRET)), "{who}: {}", read.text);
    }
    // And the inside has no way to what visitors said but by their assistant.
    for (who, client) in [("the owner", &owner), ("another user", &colleague), ("another organisation", &eve)] {
        for path in [
            format!("/api/v1/conversations/{}", said.conversation),
            format!("/api/v1/runs/{}/events", said.run),
            format!("/api/v1/messages/{}/feedback", said.answer),
        ] {
            let attempt = get(path);
            judge(&mut problems, who, &attempt, &send(client, &attempt).await, 404);
        }
        for file in [&said.attachment, &said.sent] {
            let asked = json!({ "text": "Planted?", "attachments": [file] });
            let chat = with(Method::POST, "/api/v1/chat".to_owned(), asked);
            for attempt in of_file("/api/v1/attachments", file).into_iter().chain([chat]) {
                judge(&mut problems, who, &attempt, &send(client, &attempt).await, 404);
            }
        }
    }
    let read = format!("/api/v1/assistants/{ours}/visitor-conversations/{}", said.conversation);
    assert_eq!(owner.get(&read).await.status, 200);
    assert_eq!(eve.get(&read).await.status, 404);
    let elsewhere = format!("/api/v1/assistants/{foreign}/visitor-conversations/{}", said.conversation);
    assert_eq!(eve.get(&elsewhere).await.status, 404, "of another assistant than the one that is named");

    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    let after = owner.get(&format!("/api/v1/conversations/{}", theirs.conversation)).await.json();
    assert_eq!(after, before, "nothing was changed");
    for (client, path, things) in
        [(&owner, "/api/v1/attachments", &theirs), (&guest, "/api/v1/public/attachments", &said)]
    {
        for file in [&things.attachment, &things.sent] {
            let found = client.get(&format!("{path}/{file}/file")).await;
            assert_eq!((found.status, found.text.as_str()), (200, FILE), "theirs is theirs");
        }
    }
    let named = after["messages"][0]["attachments"].as_array().map(Vec::len);
    assert_eq!((named, &after["messages"][0]["attachments"][0]["name"]), (Some(1), &json!(NAME)), "{after}");
    let shares = owner.get(&format!("/api/v1/conversations/{}/shares", theirs.conversation)).await.json();
    assert_eq!(shares["items"][0]["settings"]["audience"], "organisation", "{shares}");
}

/// Notes an answer that is not the expected one, or that tells something.
fn judge(problems: &mut Vec<String>, who: &str, attempt: &Attempt, answer: &Answer, expected: u16) {
    let Attempt { method, path, body } = attempt;
    let body = body.as_ref().map(Value::to_string).unwrap_or_default();
    if answer.status != expected {
        problems
            .push(format!("{method} {path} {body} as {who}: {} instead of {expected}: {}", answer.status, answer.text));
    } else if answer.text.to_lowercase().contains("crimson") {
        problems.push(format!("{method} {path} {body} as {who} tells: {}", answer.text));
    }
}

hammock_testkit::on_postgres!("what is somebody's on PostgreSQL", what_is_somebodys_is_there_for_nobody_else);
