//! The public API with a key: the way of a program from an empty organisation to a cited answer.

use hammock_contract::{DocumentId, stream::EventId};
use hammock_testkit::site::{Page, Website};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, eventually};

const MANUAL: &[u8] =
    b"# Returns\n\nA parcel can be sent back within thirty days. The refund is paid within five working days.\n\n\
# Opening hours\n\nThe shop is open from nine to six.\n";

async fn with_key(app: &TestApp) -> Client {
    let owner = app.register("ada@example.org").await;
    let made = owner.browser.post("/api/v1/keys", &json!({ "name": "program", "role": "administrator" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    owner.browser.with_key(made.json()["secret"].as_str().unwrap())
}

async fn collection_with(client: &Client, source: Value) -> (String, String) {
    let collection = client.post("/api/v1/collections", &json!({ "name": "Shop" })).await.json();
    let collection = collection["id"].as_str().unwrap().to_owned();
    let source = client.post(&format!("/api/v1/collections/{collection}/sources"), &source).await;
    assert_eq!(source.status, 201, "{}", source.text);
    (collection, source.json()["id"].as_str().unwrap().to_owned())
}

async fn wait_until_read(client: &Client, document: &str) -> Value {
    eventually("the document being read", async || {
        let found = client.get(&format!("/api/v1/documents/{document}")).await.json();
        matches!(found["state"].as_str(), Some("ready" | "embedding" | "failed")).then_some(found)
    })
    .await
}

/// The events of a stream: id, type, data.
fn events(text: &str) -> Vec<(EventId, String, Value)> {
    text.split("\n\n")
        .filter_map(|block| {
            let field = |name: &str| {
                block.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned()))
            };
            Some((field("id")?.parse().ok()?, field("event")?, serde_json::from_str(&field("data")?).ok()?))
        })
        .collect()
}

#[tokio::test]
async fn from_a_file_to_a_cited_answer() {
    file_to_answer(&TestApp::with_worker("").await).await;
}

async fn file_to_answer(app: &TestApp) {
    let client = with_key(app).await;
    let (collection, source) = collection_with(&client, json!({ "kind": "upload", "name": "Files" })).await;
    let uploaded = client.upload(&format!("/api/v1/sources/{source}/documents"), &[("manual.md", MANUAL)]).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text);
    let document = uploaded.json()[0]["document"]["id"].as_str().unwrap().to_owned();
    let read = wait_until_read(&client, &document).await;
    assert_eq!(read["error"], Value::Null, "{read}");

    let found = client.post("/api/v1/search", &json!({ "query": "refund parcel", "mode": "keyword" })).await.json();
    let hit = &found["hits"][0];
    assert_eq!(hit["document"], document.as_str(), "{found}");
    // However often it is named, it is one collection.
    let often = vec![collection.as_str(); 40_000];
    let again = json!({ "query": "refund parcel", "mode": "keyword", "collections": often });
    let again = client.post("/api/v1/search", &again).await;
    assert_eq!((again.status, &again.json()["hits"][0]["document"]), (200, &hit["document"]), "{}", again.text);
    let misspelt = client.get(&format!("/api/v1/documents/{document}/text?revison=1")).await;
    assert_eq!((misspelt.status, misspelt.code().as_str()), (422, "invalid_request"), "{}", misspelt.text);
    let text = client.get(&format!("/api/v1/documents/{document}/text")).await.json();
    let (start, end) = (hit["start"].as_u64().unwrap() as usize, hit["end"].as_u64().unwrap() as usize);
    assert!(text["text"].as_str().unwrap()[start..end].contains("thirty days"));
    let original = client.get(&format!("/api/v1/documents/{document}/original")).await;
    assert_eq!(original.text.as_bytes(), MANUAL);
    assert!(original.header("content-disposition").contains("manual.md"));
    assert_eq!(original.header("content-type"), "application/octet-stream");

    let settings = json!({ "name": "Shop assistant", "collections": [collection] });
    let assistant = client.post("/api/v1/assistants", &settings).await.json();
    let question = json!({ "assistant": assistant["id"], "text": "Within how many days can a parcel be sent back?" });
    let stream = client.post("/api/v1/chat", &question).await;
    assert_eq!((stream.status, stream.header("content-type")), (200, "text/event-stream"), "{}", stream.text);
    assert_eq!(stream.header("x-accel-buffering"), "no");
    let events_seen = events(&stream.text);
    assert_eq!(events_seen.first().map(|event| event.1.as_str()), Some("started"), "{}", stream.text);
    let (_, kind, done) = events_seen.last().unwrap();
    assert_eq!(kind, "done");
    assert_eq!(done["message"]["state"], "complete");
    assert!(done["message"]["text"].as_str().unwrap().contains("thirty days"), "{done}");
    let citation = &done["message"]["citations"][0];
    assert_eq!(citation["document"], document.as_str());
    let (start, end) = (&citation["marks"][0]["start"], &citation["marks"][0]["end"]);
    let marked = &text["text"].as_str().unwrap()[start.as_u64().unwrap() as usize..end.as_u64().unwrap() as usize];
    assert!(marked.starts_with("A parcel can be sent back") && !marked.contains("shop"), "{marked}");
    let wanted = json!({ "wanted": {
        "document": document,
        "revision": citation["revision"],
        "passage": { "start": citation["start"], "end": citation["end"] },
        "marks": citation["marks"],
    }});
    let shown = client.post("/api/fn/chat/cited_document", &wanted).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let html = shown.json()["html"].as_str().unwrap().to_owned();
    assert!(html.contains("<h3>Returns</h3>") && html.contains("<mark>A parcel can be sent back"), "{html}");
    let sequences: Vec<u64> = events_seen.iter().map(|event| event.0.sequence).collect();
    assert_eq!(sequences, (1..=sequences.len() as u64).collect::<Vec<_>>());

    let run = events_seen[0].2["run"].as_str().unwrap();
    let mut resuming = client.clone();
    resuming.headers.push(("last-event-id", events_seen[1].0.to_string()));
    let rest = events(&resuming.get(&format!("/api/v1/runs/{run}/events")).await.text);
    assert_eq!(rest, events_seen[2..], "whoever comes back misses nothing");
    let from_start = events(&client.get(&format!("/api/v1/runs/{run}/events?after=0")).await.text);
    assert_eq!(from_start, events_seen);
    let misspelt = client.get(&format!("/api/v1/runs/{run}/events?atfer=0")).await;
    assert_eq!((misspelt.status, misspelt.code().as_str()), (422, "invalid_request"), "{}", misspelt.text);
}

#[tokio::test]
async fn an_original_that_is_gone_from_the_disk_is_not_found() {
    let app = TestApp::start().await;
    let owner = app.register("ada@example.org").await;
    let (_, source) = collection_with(&owner.browser, json!({ "kind": "upload", "name": "Files" })).await;
    let uploaded = owner.browser.upload(&format!("/api/v1/sources/{source}/documents"), &[("manual.md", MANUAL)]).await;
    let document: DocumentId = uploaded.json()[0]["document"]["id"].as_str().unwrap().parse().unwrap();
    let original = format!("/api/v1/documents/{document}/original");
    assert_eq!(owner.browser.get(&original).await.text.as_bytes(), MANUAL);
    let scope = app.hammock.scope_for_user(&owner.user).await.unwrap().unwrap();
    let (_, file) = app.hammock.open_original(&scope, &document).await.unwrap();
    std::fs::remove_file(file).unwrap();
    let gone = owner.browser.get(&original).await;
    assert_eq!((gone.status, gone.code().as_str()), (404, "not_found"), "{}", gone.text);
}

#[tokio::test]
async fn an_upload_that_will_be_refused_is_not_waited_for() {
    let app = TestApp::with("[server]\nupload_timeout = 1\n[egress]\nallow = ['127.0.0.1']").await;
    let owner = app.register("ada@example.org").await.browser;
    let website = json!({ "kind": "website", "start_url": "http://127.0.0.1:9/" });
    let (_, source) = collection_with(&owner, website).await;
    // The source can be read, and no files be added to it.
    let refused = owner.begin_upload(&format!("/api/v1/sources/{source}/documents"), "manual.md").await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_field"), "{}", refused.text);
}

#[tokio::test]
async fn from_a_website_to_a_hit() {
    let site = Website::start([
        ("/", Page::html("<html><head><title>Start</title></head><body><main><h1>Start</h1><p>Everything about our shop and what we do there all year.</p><a href='/bees'>Bees</a></main></body></html>")),
        ("/bees", Page::html("<html><head><title>Bees</title></head><body><main><h1>Bees</h1><p>A honeybee colony counts fifty thousand workers in summer, and far fewer in winter.</p></main></body></html>")),
        ("/robots.txt", Page::text("User-agent: *\nAllow: /\n")),
    ])
    .await
    .unwrap();
    let toml = format!("[egress]\nallow = ['{}']\n[crawl]\ndelay_ms = 0", site.authority());
    let app = TestApp::with_worker(&toml).await;
    let client = with_key(&app).await;
    let website = json!({ "kind": "website", "start_url": site.url("/") });
    let (_, source) = collection_with(&client, website).await;
    let done = eventually("the website being read", async || {
        let found = client.get(&format!("/api/v1/sources/{source}")).await.json();
        matches!(found["state"].as_str(), Some("ready" | "failed")).then_some(found)
    })
    .await;
    assert_eq!((done["state"].as_str(), done["documents"].as_u64()), (Some("ready"), Some(2)), "{done}");
    let found = client.post("/api/v1/search", &json!({ "query": "honeybee workers", "mode": "keyword" })).await.json();
    assert_eq!(found["hits"][0]["url"], site.url("/bees"), "{found}");
    let listed = client.get(&format!("/api/v1/sources/{source}/documents?limit=1")).await.json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    let next = listed["next_page_token"].as_str().unwrap();
    let second = client.get(&format!("/api/v1/sources/{source}/documents?limit=1&page_token={next}")).await.json();
    assert_ne!(second["items"][0]["id"], listed["items"][0]["id"]);
}

#[tokio::test]
async fn refused_files_say_why_and_stop_no_others() {
    let app = TestApp::with_worker("[limits]\nupload_bytes = 1000").await;
    let client = with_key(&app).await;
    let (_, source) = collection_with(&client, json!({ "kind": "upload" })).await;
    let path = format!("/api/v1/sources/{source}/documents");
    let large = client.upload(&path, &[("large.txt", &[b'x'; 1500])]).await;
    assert_eq!((large.status, large.code().as_str()), (413, "too_large"), "{}", large.text);
    assert_eq!(large.json()["error"]["params"]["limit"], "0.001");
    let both = client.upload(&path, &[("large.txt", &[b'x'; 1500]), ("manual.md", MANUAL)]).await;
    assert_eq!(both.status, 201, "{}", both.text);
    let results = both.json();
    assert_eq!(results[0]["error"]["code"], "too_large");
    assert!(results[1]["document"]["id"].is_string(), "{results}");
    let misnamed = "--b\r\nContent-Disposition: form-data; name=\"foo\"; filename=\"a.txt\"\r\n\r\na\r\n--b--\r\n";
    let misnamed =
        client.send(axum::http::Method::POST, &path, "multipart/form-data; boundary=b", misnamed.into()).await;
    assert_eq!((misnamed.status, misnamed.code().as_str()), (422, "invalid_request"), "{}", misnamed.text);
    assert!(misnamed.text.contains("there is no such field: foo"), "{}", misnamed.text);
    let none =
        client.send(axum::http::Method::POST, &path, "multipart/form-data; boundary=b", "--b--\r\n".into()).await;
    assert_eq!((none.status, none.code().as_str()), (422, "invalid_request"));
    let spool: Vec<_> = std::fs::read_dir(app.hammock.upload_dir()).unwrap().collect();
    assert!(spool.is_empty(), "{spool:?} was left behind");
}

#[tokio::test]
async fn keys_are_revoked_at_once_and_do_not_act_as_persons() {
    let app = TestApp::start().await;
    let client = with_key(&app).await;
    let bearer = Client {
        headers: vec![("authorization", format!("Bearer {}", client.key.as_ref().unwrap()))],
        key: None,
        ..client.clone()
    };
    assert_eq!(bearer.get("/api/v1/me").await.status, 200);
    let change = json!({ "current": "a", "password": "b", "password_again": "b" });
    let refused = client.json(axum::http::Method::PUT, "/api/v1/me/password", &change).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    let key = client.get("/api/v1/keys").await.json()["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(client.delete(&format!("/api/v1/keys/{key}")).await.status, 204);
    let answer = client.get("/api/v1/assistants").await;
    assert_eq!((answer.status, answer.code().as_str()), (401, "invalid_key"));
}

#[tokio::test]
async fn who_is_not_let_in_is_told_how_to_ask() {
    let app = TestApp::start().await;
    let stranger = app.browser();
    let wrong = Client { key: Some("hk_wrong".to_owned()), ..stranger.clone() };
    let bearer = Client { headers: vec![("authorization", "Bearer hk_wrong".to_owned())], ..stranger.clone() };
    for (client, said) in [
        (&stranger, "Bearer realm=\"Hammock\""),
        (&wrong, "Bearer realm=\"Hammock\", error=\"invalid_token\""),
        (&bearer, "Bearer realm=\"Hammock\", error=\"invalid_token\""),
    ] {
        let rest = client.get("/api/v1/assistants").await;
        assert_eq!((rest.status, rest.header("www-authenticate")), (401, said));
        let function = client.post("/api/fn/knowledge/list_collections", &json!({ "page": {} })).await;
        assert_eq!((function.status, function.header("www-authenticate")), (401, said), "{}", function.text);
    }
    let key = with_key(&app).await;
    assert_eq!(key.get("/api/v1/assistants").await.header("www-authenticate"), "");
}

hammock_testkit::on_postgres!("the way from a file to an answer on PostgreSQL", from_a_file_to_a_cited_answer);
