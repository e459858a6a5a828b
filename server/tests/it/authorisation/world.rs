//! Two organisations, people of every role, and one thing of every kind that belongs to the first owner.

use std::collections::BTreeMap;

use axum::http::Method;
use hammock_contract::user::Role;
use hammock_testkit::site::{Page, Website};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, eventually, share_path};

pub struct World {
    _app: TestApp,
    pub stranger: Client,
    pub wrong_key: Client,
    pub owner: Client,
    pub administrator: Client,
    pub colleague: Client,
    pub user_key: Client,
    pub other_owner: Client,
    /// With the token of somebody who came to the owner's assistant from outside.
    pub visitor: Client,
    pub other_visitor: Client,
    ids: BTreeMap<&'static str, String>,
}

/// Whether things of a kind are one person's own, and nobody else's in the organisation.
pub fn belongs_to_one_person(object: &str) -> bool {
    matches!(object, "attachment" | "category" | "conversation" | "message" | "run" | "share")
}

/// Whether visitors from outside have things of a kind too.
pub fn visitors_have(object: &str) -> bool {
    matches!(object, "attachment" | "conversation" | "message" | "run")
}

/// Whether things of a kind are for whoever looks after an assistant: its maker, and administrators.
pub fn is_for_who_looks_after_it(object: &str) -> bool {
    object == "feedback"
}

/// Whether things of a kind are in a collection, or are one.
pub fn is_in_a_collection(object: &str) -> bool {
    matches!(object, "collection" | "source" | "document")
}

impl World {
    pub async fn new() -> Self {
        let app = TestApp::with_worker("[egress]\nallow = ['127.0.0.1']").await;
        let owner = app.register("owner@example.org").await;
        let administrator = app.colleague(&owner, "administrator@example.org", Role::Administrator).await;
        let colleague = app.colleague(&owner, "user@example.org", Role::User).await;
        let other = app.register("other@example.com").await;
        let stranger = app.browser();
        let mut world = Self {
            wrong_key: stranger.with_key("hk_0000000000000000000000000000000000000000000"),
            user_key: stranger.clone(),
            visitor: stranger.clone(),
            other_visitor: stranger.clone(),
            stranger,
            owner: owner.browser.clone(),
            administrator: administrator.browser,
            colleague: colleague.browser,
            other_owner: other.browser,
            ids: BTreeMap::new(),
            _app: app,
        };
        world.ids.insert("user", colleague.user.to_string());
        let key = world.make("/api/v1/keys", json!({ "name": "user", "role": "user" })).await;
        world.user_key = world.stranger.with_key(key["secret"].as_str().unwrap());
        world.ids.insert("key", text(&key["key"]["id"]));
        let assistant = world.make("/api/v1/assistants", json!({ "name": "Theirs" })).await;
        world.ids.insert("assistant", text(&assistant["id"]));
        world.open_to_visitors().await;
        let collection = world.make("/api/v1/collections", json!({ "name": "Theirs" })).await;
        world.ids.insert("collection", text(&collection["id"]));
        let sources = format!("/api/v1/collections/{}/sources", world.id_of("collection"));
        let source = world.make(&sources, json!({ "kind": "upload" })).await;
        world.ids.insert("source", text(&source["id"]));
        world.ids.insert("files", text(&source["id"]));
        let files = format!("/api/v1/sources/{}/documents", world.id_of("source"));
        let uploaded =
            world.owner.upload(&files, &[("swallow.md", b"# Swallows\n\nA swallow flies at ten metres.")]).await;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text);
        world.ids.insert("document", text(&uploaded.json()[0]["document"]["id"]));
        world.wait_for_the_document().await;
        world.edit_and_replace(&files).await;
        world.wait_for_the_document().await;
        world.crawl().await;
        let fields = format!("/api/v1/collections/{}/metadata", world.id_of("collection"));
        let field = world.make(&fields, json!({ "name": "Author" })).await;
        world.ids.insert("field", text(&field["id"]));
        world.ask_questions().await;
        world.define_a_function(&files).await;
        world.converse().await;
        let category = world.make("/api/v1/categories", json!({ "name": "Theirs" })).await;
        world.ids.insert("category", text(&category["id"]));
        world.connect().await;
        world.let_visitors_in().await;
        world
    }

    pub fn id_of(&self, kind: &str) -> String {
        self.ids.get(kind).unwrap_or_else(|| panic!("the world has no {kind}; add one to world.rs")).clone()
    }

    /// The one that belongs into a path: tables are in the source of files, crawls are of the website.
    pub fn id_at(&self, path: &str, kind: &str) -> String {
        let has_tables = path.contains("/tables") || path.contains("/functions");
        self.id_of(if kind == "source" && has_tables { "files" } else { kind })
    }

    /// The one that is a visitor's, where visitors have such.
    pub fn id_of_visitor(&self, path: &str, kind: &str) -> String {
        if visitors_have(kind) { self.id_of(&format!("visitor_{kind}")) } else { self.id_at(path, kind) }
    }

    /// The refused calls really did nothing: every thing is where it was, under its old name.
    pub async fn assert_nothing_was_changed(&self) {
        for kind in ["assistant", "collection"] {
            let found = self.owner.get(&format!("/api/v1/{kind}s/{}", self.id_of(kind))).await;
            assert_eq!((found.status, text(&found.json()["name"]).as_str()), (200, "Theirs"), "{}", found.text);
        }
        for (kind, path) in
            [("source", "sources"), ("files", "sources"), ("document", "documents"), ("conversation", "conversations")]
        {
            let found = self.owner.get(&format!("/api/v1/{path}/{}", self.id_of(kind))).await;
            assert_eq!(found.status, 200, "{kind}: {}", found.text);
        }
        let read = self.document_text().await;
        assert_eq!(text(&read["chunks"][0]["id"]), self.id_of("chunk"), "{read}");
        assert_eq!(text(&read["unused_edits"][0]["id"]), self.id_of("edit"), "{read}");
        let questions = format!("/api/v1/collections/{}/evaluation/questions", self.id_of("collection"));
        let questions = self.owner.get(&questions).await.json();
        assert_eq!(questions["items"].as_array().map(Vec::len), Some(1), "{questions}");
        assert_eq!(questions["items"][0]["question"], "How fast does a swallow fly?");
        let functions = format!("/api/v1/sources/{}/functions", self.id_of("files"));
        let functions = self.owner.get(&functions).await.json();
        assert_eq!(functions["items"].as_array().map(Vec::len), Some(1), "{functions}");
        assert_eq!(functions["items"][0]["definition"]["name"], "theirs");
        let fields = format!("/api/v1/collections/{}/metadata", self.id_of("collection"));
        let fields = self.owner.get(&fields).await.json();
        assert_eq!((&fields["fields"][0]["name"], &fields["fields"][1]), (&json!("Author"), &Value::Null), "{fields}");
        assert_eq!(fields["fields"][0]["documents"], 0, "{fields}");
        let shares = format!("/api/v1/conversations/{}/shares", self.id_of("conversation"));
        let shares = self.owner.get(&shares).await.json();
        assert_eq!(shares["items"].as_array().map(Vec::len), Some(1), "{shares}");
        assert_eq!(shares["items"][0]["settings"]["audience"], "organisation", "{shares}");
        let feedback = self.owner.get(&format!("/api/v1/feedback/{}", self.id_of("feedback"))).await.json();
        assert_eq!((&feedback["comment"], &feedback["state"]), (&json!("Theirs"), &json!("open")), "{feedback}");
        let interfaces =
            self.owner.get(&format!("/api/v1/assistants/{}/interfaces", self.id_of("assistant"))).await.json();
        assert_eq!(interfaces["settings"]["public_chat"], true, "{interfaces}");
        assert!(interfaces["logo"].is_string(), "{interfaces}");
        let attached = self.owner.get(&format!("/api/v1/attachments/{}", self.id_of("attachment"))).await;
        assert_eq!((attached.status, &attached.json()["name"]), (200, &json!("nest.txt")), "{}", attached.text);
        let organisation = self.owner.get("/api/v1/organisation").await.json();
        assert_eq!(organisation["name"], "Organisation of owner@example.org");
        let categories = self.owner.get("/api/v1/categories").await.json();
        assert_eq!((&categories["items"][0]["name"], &categories["items"][1]), (&json!("Theirs"), &Value::Null));
        let keys = self.owner.get("/api/v1/keys").await.json();
        assert_eq!(keys["items"].as_array().map(Vec::len), Some(1), "{keys}");
        let users = self.owner.get("/api/v1/users").await.json();
        assert_eq!(users["items"].as_array().map(Vec::len), Some(3), "{users}");
        let connections = self.owner.get("/api/v1/connections").await.json();
        assert_eq!(connections["items"].as_array().map(Vec::len), Some(1), "{connections}");
    }

    /// Lets visitors use the assistant, and gives it a logo.
    async fn open_to_visitors(&self) {
        let assistant = format!("/api/v1/assistants/{}", self.id_of("assistant"));
        let settings = json!({ "public_chat": true, "widget": true });
        let opened = self.owner.json(Method::PUT, &format!("{assistant}/interfaces"), &settings).await;
        assert_eq!(opened.status, 200, "{}", opened.text);
        let picture = axum::body::Body::from(&b"GIF89a"[..]);
        let drawn = self.owner.send(Method::PUT, &format!("{assistant}/logo"), "image/gif", picture).await;
        assert_eq!(drawn.status, 200, "{}", drawn.text);
    }

    /// From here on the owner alone sees what is in the collection.
    pub async fn make_private(&self) {
        let path = format!("/api/v1/collections/{}", self.id_of("collection"));
        let answer = self.owner.json(axum::http::Method::PATCH, &path, &json!({ "access": "private" })).await;
        assert_eq!((answer.status, &answer.json()["access"]), (200, &json!("private")), "{}", answer.text);
    }

    async fn make(&self, path: &str, body: Value) -> Value {
        let answer = self.owner.post(path, &body).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text);
        answer.json()
    }

    async fn wait_for_the_document(&self) {
        let path = format!("/api/v1/documents/{}", self.id_of("document"));
        eventually("the document being read", async || {
            let document = self.owner.get(&path).await.json();
            matches!(document["state"].as_str(), Some("ready" | "embedding")).then_some(())
        })
        .await;
    }

    async fn document_text(&self) -> Value {
        self.owner.get(&format!("/api/v1/documents/{}/text", self.id_of("document"))).await.json()
    }

    /// An edit of a chunk whose text the document no longer has, and a chunk of the text that it has.
    async fn edit_and_replace(&mut self, files: &str) {
        let chunk = text(&self.document_text().await["chunks"][0]["id"]);
        let path = format!("/api/v1/documents/{}/chunks/{chunk}", self.id_of("document"));
        let edited = self.owner.json(Method::PATCH, &path, &json!({ "text": "A swallow flies." })).await;
        assert_eq!(edited.status, 200, "{}", edited.text);
        let replaced =
            self.owner.upload(files, &[("swallow.md", b"# Swallows\n\nA swallow flies at eleven metres.")]).await;
        assert_eq!(replaced.status, 201, "{}", replaced.text);
        let read = eventually("the document being replaced", async || {
            let read = self.document_text().await;
            (read["unused_edits"][0].is_object() && read["chunks"][0].is_object()).then_some(read)
        })
        .await;
        self.ids.insert("chunk", text(&read["chunks"][0]["id"]));
        self.ids.insert("edit", text(&read["unused_edits"][0]["id"]));
    }

    /// A website, which is the source from here on, and its first crawl.
    async fn crawl(&mut self) {
        let site = Website::start([("/", Page::html("<main><p>A nest is made of mud.</p></main>"))]).await.unwrap();
        let sources = format!("/api/v1/collections/{}/sources", self.id_of("collection"));
        let source = self.make(&sources, json!({ "kind": "website", "start_url": site.url("/") })).await;
        self.ids.insert("source", text(&source["id"]));
        let crawls = format!("/api/v1/sources/{}/crawls", self.id_of("source"));
        let crawl = eventually("the website being crawled", async || {
            let crawl = self.owner.get(&crawls).await.json()["items"][0].clone();
            (crawl["outcome"] == "complete").then_some(crawl)
        })
        .await;
        self.ids.insert("crawl", text(&crawl["id"]));
    }

    async fn ask_questions(&mut self) {
        let evaluation = format!("/api/v1/collections/{}/evaluation", self.id_of("collection"));
        let question =
            json!({ "question": "How fast does a swallow fly?", "expected": [{ "location": "swallow.md" }] });
        let question = self.make(&format!("{evaluation}/questions"), question).await;
        self.ids.insert("question", text(&question["id"]));
        let run = self.make(&format!("{evaluation}/runs"), json!({})).await;
        self.ids.insert("evaluation", text(&run["id"]));
    }

    async fn define_a_function(&mut self, files: &str) {
        let uploaded = self.owner.upload(files, &[("speeds.csv", b"Bird,Speed\nBarn swallow,11\n")]).await;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text);
        let functions = format!("/api/v1/sources/{}/functions", self.id_of("files"));
        let function = self.make(&functions, json!({ "name": "theirs" })).await;
        self.ids.insert("function", text(&function["id"]));
    }

    async fn converse(&mut self) {
        let answer = self.owner.post("/api/v1/chat", &json!({ "text": "How fast does a swallow fly?" })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
        let started: Value = serde_json::from_str(started.trim()).unwrap();
        self.ids.insert("conversation", text(&started["conversation"]));
        self.ids.insert("run", text(&started["run"]));
        self.ids.insert("message", text(&started["answer"]));
        let attached = self.owner.upload("/api/v1/attachments", &[("nest.txt", b"A nest is made of mud.")]).await;
        assert_eq!(attached.status, 201, "{}", attached.text);
        self.ids.insert("attachment", text(&attached.json()["id"]));
        let shares = format!("/api/v1/conversations/{}/shares", self.id_of("conversation"));
        let share = self.make(&shares, json!({ "audience": "organisation" })).await;
        self.ids.insert("share", text(&share["id"]));
        self.ids.insert("share_path", share_path(&share).to_owned());
        let said = format!("/api/v1/messages/{}/feedback", self.id_of("message"));
        let said = self.owner.json(Method::PUT, &said, &json!({ "comment": "Theirs" })).await;
        assert_eq!(said.status, 200, "{}", said.text);
        let list = self.owner.get("/api/v1/feedback").await.json();
        self.ids.insert("feedback", text(&list["items"][0]["id"]));
    }

    /// Two visitors come to the assistant; one of them says something.
    async fn let_visitors_in(&mut self) {
        let interfaces = format!("/api/v1/assistants/{}/interfaces", self.id_of("assistant"));
        let settings = json!({
            "public_chat": true, "allow_feedback": true, "allow_uploads": true, "when_unknown": "ask_for_email",
        });
        let opened = self.owner.json(Method::PUT, &interfaces, &settings).await;
        assert_eq!(opened.status, 200, "{}", opened.text);
        self.visitor = self.visit().await;
        self.other_visitor = self.visit().await;
        let answer = self.visitor.post("/api/v1/public/chat", &json!({ "text": "How fast does a swallow fly?" })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let started = answer.text.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
        let started: Value = serde_json::from_str(started.trim()).unwrap();
        self.ids.insert("visitor_conversation", text(&started["conversation"]));
        self.ids.insert("visitor_run", text(&started["run"]));
        self.ids.insert("visitor_message", text(&started["answer"]));
        let attached =
            self.visitor.upload("/api/v1/public/attachments", &[("nest.txt", b"A nest of a visitor.")]).await;
        assert_eq!(attached.status, 201, "{}", attached.text);
        self.ids.insert("visitor_attachment", text(&attached.json()["id"]));
    }

    async fn visit(&self) -> Client {
        let path = format!("/api/v1/public/assistants/{}/visitors", self.id_of("assistant"));
        let entry = self.stranger.post(&path, &json!({})).await;
        assert_eq!((entry.status, &entry.json()["state"]), (200, &json!("admitted")), "{}", entry.text);
        self.stranger.with_key(&text(&entry.json()["token"]))
    }

    async fn connect(&mut self) {
        let provider = crate::support::provider().await;
        let body = json!({ "name": "Provider", "kind": "compatible", "base_url": provider, "key": "sk-secret" });
        let answer = self.owner.post("/api/v1/connections", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        self.ids.insert("connection", text(&answer.json()["id"]));
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
