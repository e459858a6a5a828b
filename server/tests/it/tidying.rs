//! Small things about knowledge through the public API: the order of collections, descriptions of sources, files that replace
//! each other, and pages that are left out.

use axum::http::Method;
use hammock_testkit::site::{Page, Website};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, eventually};

async fn source_of(client: &Client, new: &Value) -> String {
    let collection = client.post("/api/v1/collections", &json!({ "name": "Museum" })).await.json();
    let sources = format!("/api/v1/collections/{}/sources", collection["id"].as_str().expect("an id"));
    let made = client.post(&sources, new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    format!("/api/v1/sources/{}", made.json()["id"].as_str().expect("an id"))
}

#[tokio::test]
async fn collections_are_listed_in_the_order_that_is_asked_for() {
    let app = TestApp::with_worker("").await;
    let client = app.register("eva@example.org").await.browser;
    for name in ["Zebras", "Ants"] {
        assert_eq!(client.post("/api/v1/collections", &json!({ "name": name })).await.status, 201);
    }
    let listed = async |query: &str| {
        let list = client.get(&format!("/api/v1/collections?query=s&{query}")).await.json();
        let items = list["items"].as_array().expect("a list").clone();
        let names = items.iter().map(|item| item["name"].as_str().unwrap_or_default().to_owned());
        names.filter(|name| ["Zebras", "Ants"].contains(&name.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(listed("").await, ["Ants", "Zebras"]);
    assert_eq!(listed("sort=name").await, ["Ants", "Zebras"]);
    assert_eq!(listed("sort=created").await, ["Ants", "Zebras"]);
    let renamed = client.get("/api/v1/collections?query=Zebras").await.json();
    let path = format!("/api/v1/collections/{}", renamed["items"][0]["id"].as_str().expect("an id"));
    assert_eq!(client.json(Method::PATCH, &path, &json!({ "description": "Stripes." })).await.status, 200);
    assert_eq!(listed("sort=changed").await, ["Zebras", "Ants"]);
    assert_eq!(client.get("/api/v1/collections?sort=size").await.status, 422);
}

#[tokio::test]
async fn a_source_has_a_description_and_a_file_says_whether_it_replaces_one() {
    let app = TestApp::with_worker("").await;
    let client = app.register("eva@example.org").await.browser;
    let source = source_of(&client, &json!({ "kind": "upload", "name": "Papers", "description": "Leaflets." })).await;
    assert_eq!(client.get(&source).await.json()["description"], "Leaflets.");
    let changed = client.json(Method::PATCH, &source, &json!({ "description": "Old leaflets." })).await.json();
    assert_eq!((&changed["description"], &changed["name"]), (&json!("Old leaflets."), &json!("Papers")));

    let path = format!("{source}/documents");
    let first = client.upload(&path, &[("a.txt", b"The museum opens at nine.")]).await.json();
    let second =
        client.upload(&path, &[("a.txt", b"The museum opens at ten."), ("b.txt", b"Dogs stay out.")]).await.json();
    assert_eq!((&first[0]["replaced"], &second[0]["replaced"]), (&json!(false), &json!(true)));
    assert_eq!((&second[1]["replaced"], &second[0]["document"]["id"]), (&json!(false), &first[0]["document"]["id"]));
}

#[tokio::test]
async fn a_page_is_left_out() {
    let start = Page::html("<main><p>The museum.</p></main><a href=/old>1</a>");
    let site = Website::start([("/", start), ("/old", Page::html("<main><p>The old hours.</p></main>"))])
        .await
        .expect("a website starts");
    let app = TestApp::with_worker(&format!("[egress]\nallow = ['{}']\n[crawl]\ndelay_ms = 0", site.authority())).await;
    let client = app.register("eva@example.org").await.browser;
    let source = source_of(&client, &json!({ "kind": "website", "start_url": site.url("/") })).await;
    eventually("the website is read", async || (client.get(&source).await.json()["state"] == "ready").then_some(()))
        .await;
    let pages = client.get(&format!("{source}/documents?query=old")).await.json();
    let page = format!("/api/v1/documents/{}", pages["items"][0]["id"].as_str().expect("an id"));
    let left = client.post(&format!("{page}/leave-out"), &json!({})).await;
    assert_eq!((left.status, &left.json()["exclude"]), (200, &json!(["/old"])), "{}", left.text);
    assert_eq!(client.get(&page).await.status, 404);
}
