//! A crawl whose server is killed with `kill -9` goes on as one crawl, and asks for hardly anything again.

use std::{collections::BTreeMap, time::Duration};

use hammock_testkit::{
    postgres::TemporaryDatabase,
    site::{Page, Website},
};
use serde_json::json;

use crate::support::{eventually, process::Installation, remote::Remote, within};

/// Pages beside the start page.
const PAGES: usize = 1_000;

/// The server is killed when the website has answered so often.
const KILLED_AFTER: usize = 600;

/// How many pages are at most asked for and not yet noted as dealt with: under way to the index, in it, and since the last note.
/// Each of these is at most one batch.
const NOT_NOTED: usize = 5 * 64;

/// A job whose server is gone is taken by another one after its lease: where the database is not the server's alone.
const TAKEN_OVER: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_whose_server_is_killed_goes_on_where_it_was() {
    kill_a_crawl(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_whose_server_is_killed_goes_on_where_it_was_on_postgresql() {
    let Some(database) = TemporaryDatabase::create("kill -9 in a crawl on PostgreSQL") else { return };
    kill_a_crawl(Some(&database)).await;
}

/// A website with a front page that leads to all others.
async fn website() -> Website {
    let site = Website::start([]).await.unwrap();
    let page = |text: &str, links: &str| Page::html(format!("<main><p>The museum says: {text}.</p></main>{links}"));
    let links: String = (0..PAGES).map(|n| format!("<a href=/p{n}>{n}</a> ")).collect();
    site.put("/", page("welcome", &links));
    (0..PAGES).for_each(|n| site.put(&format!("/p{n}"), page(&format!("this is room {n}"), "").tagged("\"1\"")));
    site
}

/// On SQLite, if there is no `database`.
async fn kill_a_crawl(database: Option<&TemporaryDatabase>) {
    let installation = Installation::new(database.map(|database| ("HAMMOCK_DATABASE__URL", database.url())));
    let key = installation.owner_key();
    let site = website().await;
    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let collection = remote.make("/api/v1/collections", &json!({ "name": "Museum" })).await;
    let new = json!({ "kind": "website", "start_url": site.url("/"), "page_limit": 2 * PAGES, "use_sitemap": false });
    let source = remote.make(&format!("/api/v1/collections/{collection}/sources"), &new).await;
    eventually("the crawl is in its middle", async || (site.requests().len() >= KILLED_AFTER).then_some(())).await;
    server.kill();
    server.ended().await;
    let before = site.requests().len();
    assert!(before < PAGES, "it was nearly done: {before}");

    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let (found, crawls) = within(TAKEN_OVER, "the crawl ends", async || {
        let found = remote.get(&format!("/api/v1/sources/{source}")).await.unwrap().body;
        let crawls = remote.get(&format!("/api/v1/sources/{source}/crawls")).await.unwrap().body;
        (found["state"] != "working").then_some((found, crawls))
    })
    .await;
    assert_eq!(found["documents"], PAGES + 1, "{found}");
    let crawls = crawls["items"].as_array().unwrap();
    assert_eq!(crawls.len(), 1, "{crawls:?}");
    let crawl = &crawls[0];
    assert_eq!((&crawl["outcome"], &crawl["error"]), (&json!("complete"), &json!(null)), "{crawl}");
    assert_eq!((&crawl["added"], &crawl["unchanged"]), (&json!(PAGES + 1), &json!(0)), "{crawl}");
    let mut asked: BTreeMap<String, usize> = BTreeMap::new();
    for path in site.requests().into_iter().filter(|path| path != "/robots.txt") {
        *asked.entry(path).or_default() += 1;
    }
    assert_eq!(asked.len(), PAGES + 1, "every page and nothing else");
    assert!(asked.values().all(|count| *count <= 2), "{asked:?}");
    let again = asked.values().filter(|count| **count > 1).count();
    assert!(again <= NOT_NOTED, "{again} pages were asked for again");
    server.kill();
}
