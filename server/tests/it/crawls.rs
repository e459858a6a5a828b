//! The crawls of a website through the public API: its settings, its history, and a crawl that is held.

use axum::http::Method;
use hammock_testkit::site::{Page, Website};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, eventually};

struct Crawled {
    _app: TestApp,
    site: Website,
    client: Client,
    /// The path of the source.
    source: String,
}

fn page(text: &str, links: usize) -> Page {
    let links: String = (0..links).map(|n| format!("<a href=/p{n}>{n}</a> ")).collect();
    Page::html(format!("<main><p>The museum says: {text}</p></main>{links}"))
}

impl Crawled {
    /// A website of so many pages beside the first one, crawled once.
    async fn new(pages: usize) -> Self {
        let site = Website::start([("/", page("start", pages))]).await.expect("a website starts");
        (0..pages).for_each(|n| site.put(&format!("/p{n}"), page(&format!("page {n}"), 0)));
        let toml = format!("[egress]\nallow = ['{}']\n[crawl]\ndelay_ms = 0", site.authority());
        let app = TestApp::with_worker(&toml).await;
        let client = app.register("eva@example.org").await.browser;
        let collection = client.post("/api/v1/collections", &json!({ "name": "Museum" })).await.json();
        let sources = format!("/api/v1/collections/{}/sources", collection["id"].as_str().expect("an id"));
        let made = client.post(&sources, &json!({ "kind": "website", "start_url": site.url("/") })).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let source = format!("/api/v1/sources/{}", made.json()["id"].as_str().expect("an id"));
        let crawled = Self { _app: app, site, client, source };
        crawled.end(1).await;
        crawled
    }

    /// The crawls after so many have ended, newest first.
    async fn end(&self, crawls: usize) -> Vec<Value> {
        eventually("the crawl ends", async || {
            let list = self.client.get(&format!("{}/crawls", self.source)).await.json();
            assert_eq!(list["next_page_token"], Value::Null);
            let items = list["items"].as_array().expect("a list").clone();
            let source = self.client.get(&self.source).await.json();
            let rests = source["state"] != "working" && items.iter().all(|crawl| crawl["outcome"] != "running");
            (rests && items.len() == crawls).then_some(items)
        })
        .await
    }

    async fn again(&self) {
        let begun = self.client.post(&format!("{}/refresh", self.source), &json!({})).await;
        assert_eq!(begun.status, 200, "{}", begun.text);
    }

    async fn patch(&self, patch: &Value) -> crate::support::Answer {
        self.client.json(Method::PATCH, &self.source, patch).await
    }
}

#[tokio::test]
async fn a_source_is_changed_and_the_next_crawl_keeps_to_it() {
    let crawled = Crawled::new(3).await;
    let first = crawled.client.get(&crawled.source).await.json();
    assert_eq!((&first["schedule"], &first["max_depth"]), (&json!({ "when": "every", "hours": 24 }), &json!(30)));
    assert!(first["next_crawl_at"].is_string(), "{first}");
    let patch = json!({
        "name": "The site",
        "website": {
            "start_url": crawled.site.url("/"), "exclude": ["/p1"], "max_depth": 1, "schedule": { "when": "never" },
        },
    });
    let changed = crawled.patch(&patch).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = changed.json();
    assert_eq!((&changed["name"], &changed["exclude"]), (&json!("The site"), &json!(["/p1"])));
    assert_eq!((&changed["next_crawl_at"], &changed["documents"]), (&Value::Null, &json!(4)));
    crawled.again().await;
    let crawls = crawled.end(2).await;
    let numbers = |crawl: &Value| {
        ["added", "changed", "unchanged", "removed", "skipped", "failed"].map(|name| crawl[name].as_u64().unwrap())
    };
    assert_eq!(numbers(&crawls[1]), [4, 0, 0, 0, 0, 0]);
    assert_eq!(numbers(&crawls[0]), [0, 0, 3, 1, 0, 0]);
    assert_eq!((&crawls[0]["trigger"], &crawls[0]["outcome"]), (&json!("person"), &json!("complete")));
    assert!(crawls[0]["started_at"].is_string() && crawls[0]["finished_at"].is_string(), "{}", crawls[0]);
    assert!(crawls[0]["id"].as_str().unwrap().starts_with("crawl_"), "{}", crawls[0]);
    let listed = crawled.client.get(&format!("{}/documents", crawled.source)).await.json();
    let pages = listed["items"].as_array().unwrap();
    assert!(pages.iter().all(|page| page["fetched_at"].is_string() && page["http_status"] == 200), "{listed}");
}

#[tokio::test]
async fn a_change_that_makes_no_sense_names_its_field() {
    let crawled = Crawled::new(1).await;
    let start = crawled.site.url("/");
    let website = |field: &str, value: Value| {
        let mut settings = json!({ "start_url": start });
        settings[field] = value;
        json!({ "website": settings })
    };
    let many: Vec<String> = (0..101).map(|n| format!("/{n}")).collect();
    for (patch, code, field) in [
        (json!({ "name": " " }), "invalid_field", "name"),
        (website("start_url", json!("not an address")), "invalid_url", "start_url"),
        (website("start_url", json!("http://10.0.0.1/")), "forbidden_address", "start_url"),
        (website("more_urls", json!(["https://elsewhere.example/"])), "invalid_field", "more_urls"),
        (website("include", json!(["help/*"])), "invalid_field", "include"),
        (website("include", json!(many)), "invalid_field", "include"),
        (website("exclude", json!(["/".repeat(501)])), "invalid_field", "exclude"),
        (website("page_limit", json!(0)), "invalid_field", "page_limit"),
        (website("max_depth", json!(101)), "invalid_field", "max_depth"),
        (website("schedule", json!({ "when": "every", "hours": 721 })), "invalid_field", "hours"),
        (website("schedule", json!({ "when": "cron", "expression": "0 3 * *" })), "invalid_cron", "expression"),
        (website("schedule", json!({ "when": "cron", "expression": "* * * * *" })), "schedule_too_often", "expression"),
        (
            website("schedule", json!({ "when": "cron", "expression": "0 3 * * *", "time_zone": "Prague" })),
            "invalid_time_zone",
            "time_zone",
        ),
        (website("max_dept", json!(3)), "invalid_request", "website.max_dept"),
    ] {
        let answer = crawled.patch(&patch).await;
        let told = answer.json();
        let said = told["error"]["field"].as_str().unwrap_or_default().to_owned();
        assert_eq!((answer.status, answer.code().as_str(), said.as_str()), (422, code, field), "{patch}: {told}");
    }
    let kept = crawled.client.get(&crawled.source).await.json();
    assert_eq!((&kept["page_limit"], &kept["start_url"]), (&json!(5_000), &json!(start)));
    let unknown = crawled.client.json(Method::PATCH, "/api/v1/sources/src_none", &json!({ "name": "X" })).await;
    assert!(matches!(unknown.status, 404 | 422), "{}", unknown.text);
}

#[tokio::test]
async fn the_pages_of_a_crawl_are_listed() {
    let crawled = Crawled::new(3).await;
    let source = crawled.client.get(&crawled.source).await.json();
    assert_eq!((&source["watch_sitemap"], &source["watch_error"]), (&json!(true), &Value::Null));
    assert_eq!(
        (&source["passages"], &source["added_last_week"], &source["skipped_documents"]),
        (&json!(4), &json!(4), &json!(0))
    );
    let cron = json!({ "when": "cron", "expression": "0 3 * * mon", "time_zone": "Europe/Prague" });
    let website = json!({ "start_url": crawled.site.url("/"), "schedule": cron, "watch_sitemap": false });
    let changed = crawled.patch(&json!({ "website": website })).await.json();
    assert_eq!((&changed["schedule"], &changed["watch_sitemap"]), (&cron, &json!(false)));
    assert!(changed["next_crawl_at"].is_string(), "{changed}");

    crawled.site.put("/p1", Page::status(501));
    crawled.again().await;
    let crawl = crawled.end(2).await.remove(0);
    let pages = format!("{}/crawls/{}/pages", crawled.source, crawl["id"].as_str().expect("an id"));
    let first = crawled.client.get(&format!("{pages}?limit=3")).await.json();
    let addresses = |list: &Value| -> Vec<String> {
        let items = list["items"].as_array().expect("a list");
        items.iter().filter_map(|page| page["address"].as_str()).map(str::to_owned).collect()
    };
    assert_eq!(addresses(&first), ["/", "/p0", "/p1"].map(|path| crawled.site.url(path)));
    assert_eq!(
        (&first["items"][1]["outcome"], &first["items"][1]["http_status"], &first["items"][1]["error"]),
        (&json!("unchanged"), &json!(200), &Value::Null)
    );
    assert!(first["items"][1]["document"].as_str().expect("an id").starts_with("doc_"), "{first}");
    let token = first["next_page_token"].as_str().expect("there is another page");
    let second = crawled.client.get(&format!("{pages}?limit=3&page_token={token}")).await.json();
    assert_eq!((addresses(&second), &second["next_page_token"]), (vec![crawled.site.url("/p2")], &Value::Null));
    let failed = crawled.client.get(&format!("{pages}?outcome=failed&query=P1")).await.json();
    assert_eq!(addresses(&failed), [crawled.site.url("/p1")]);
    assert_eq!(failed["items"][0]["error"]["code"], "site_failed");
    let unknown = format!("{}/crawls/crawl_00000000000000000000000000000000/pages", crawled.source);
    assert_eq!(crawled.client.get(&unknown).await.status, 404);
    assert_eq!(crawled.client.get(&format!("{pages}?outcome=lost")).await.status, 422);
    let sorted = crawled.client.get(&format!("{}/documents?sort=location&limit=2", crawled.source)).await.json();
    assert_eq!(sorted["items"][1]["location"], crawled.site.url("/p0"));
}

impl Crawled {
    /// Reads twelve pages of which eleven have gone and a new one has come, which is held. Before there is nothing to decide by this
    /// path, which it gives back.
    async fn shrink(&self, decides: &str) -> String {
        let early = self.client.post(decides, &json!({})).await;
        assert_eq!((early.status, early.code().as_str()), (422, "invalid_request"), "{}", early.text);

        let links = "<a href=/p0>0</a> <a href=/new>new</a>";
        self.site.put("/", Page::html(format!("<main><p>The museum says: start</p></main>{links}")));
        self.site.put("/new", page("something new", 0));
        (1..12).for_each(|n| self.site.put(&format!("/p{n}"), Page::status(404)));
        self.again().await;
        decides.to_owned()
    }
}

#[tokio::test]
async fn a_held_crawl_is_accepted() {
    let crawled = Crawled::new(12).await;
    let accept = crawled.shrink(&format!("{}/accept", crawled.source)).await;
    let held = crawled.end(2).await.remove(0);
    assert_eq!((&held["outcome"], &held["removed"]), (&json!("held"), &json!(11)));
    assert_eq!(held["error"]["code"], "site_shrunk");
    let source = crawled.client.get(&crawled.source).await.json();
    assert_eq!((&source["state"], &source["documents"]), (&json!("failed"), &json!(13)));
    let waiting = async || crawled.client.get(&format!("{}/documents?state=waiting", crawled.source)).await.json();
    let found = waiting().await;
    assert_eq!(
        (&found["items"][0]["location"], &found["items"][0]["revision"]),
        (&json!(crawled.site.url("/new")), &json!(0))
    );

    let accepted = crawled.client.post(&accept, &json!({})).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);
    let source = accepted.json();
    assert_eq!((&source["state"], &source["documents"], &source["error"]), (&json!("ready"), &json!(3), &Value::Null));
    assert_eq!(waiting().await["items"], json!([]));
    let crawl = crawled.end(2).await.remove(0);
    assert_eq!((&crawl["outcome"], &crawl["removed"], &crawl["error"]), (&json!("complete"), &json!(11), &Value::Null));
    assert_eq!(crawled.client.post(&accept, &json!({})).await.status, 422, "once");
}

#[tokio::test]
async fn a_held_crawl_is_rejected() {
    let crawled = Crawled::new(12).await;
    let reject = crawled.shrink(&format!("{}/reject", crawled.source)).await;
    assert_eq!(crawled.end(2).await[0]["outcome"], "held");

    let rejected = crawled.client.post(&reject, &json!({})).await;
    assert_eq!(rejected.status, 200, "{}", rejected.text);
    let source = rejected.json();
    assert_eq!((&source["state"], &source["documents"], &source["error"]), (&json!("ready"), &json!(13), &Value::Null));
    let listed = crawled.client.get(&format!("{}/documents", crawled.source)).await.json();
    let pages = listed["items"].as_array().expect("a list");
    assert_eq!(pages.len(), 13);
    assert!(pages.iter().all(|page| page["revision"] == 1), "{listed}");
    let crawl = crawled.end(2).await.remove(0);
    assert_eq!((&crawl["outcome"], &crawl["removed"], &crawl["error"]), (&json!("rejected"), &json!(11), &Value::Null));
    assert_eq!(crawled.client.post(&reject, &json!({})).await.status, 422, "once");
    let accept = format!("{}/accept", crawled.source);
    assert_eq!(crawled.client.post(&accept, &json!({})).await.status, 422, "not any more");

    // The same again is held again.
    crawled.again().await;
    let held = crawled.end(3).await.remove(0);
    assert_eq!((&held["outcome"], &held["added"], &held["removed"]), (&json!("held"), &json!(1), &json!(11)));
}

#[tokio::test]
async fn a_website_that_shows_a_notice_instead_of_its_pages_is_held() {
    let crawled = Crawled::new(0).await;
    let paths: Vec<String> = std::iter::once("/".to_owned()).chain((0..11).map(|n| format!("/p{n}"))).collect();
    let story = |path: &str| (0..20).map(|n| format!("Line {n} of {path} tells a story. ")).collect::<String>();
    for path in &paths {
        crawled.site.put(path, page(&story(path), if path == "/" { 11 } else { 0 }));
    }
    crawled.again().await;
    crawled.end(2).await;
    for path in &paths {
        crawled.site.put(path, Page::html(format!("<main><p>{path} is being repaired.</p></main>")));
    }
    crawled.again().await;
    let held = crawled.end(3).await.remove(0);
    assert_eq!((&held["outcome"], &held["changed"], &held["removed"]), (&json!("held"), &json!(12), &json!(0)));
    assert_eq!(held["error"]["code"], "site_replaced");
    let revisions = async || {
        let listed = crawled.client.get(&format!("{}/documents", crawled.source)).await.json();
        let pages = listed["items"].as_array().expect("a list");
        pages.iter().filter_map(|page| page["revision"].as_u64()).collect::<Vec<u64>>()
    };
    let before = revisions().await;
    assert_eq!((before.len(), before.iter().max()), (12, Some(&2)), "the first page alone has changed until now");

    let accepted = crawled.client.post(&format!("{}/accept", crawled.source), &json!({})).await.json();
    assert_eq!((&accepted["state"], &accepted["documents"]), (&json!("ready"), &json!(12)));
    let after = revisions().await;
    assert_eq!(after.iter().sum::<u64>(), before.iter().sum::<u64>() + 12, "each answers with the notice");
}

hammock_testkit::on_postgres!(
    "crawls on PostgreSQL",
    a_source_is_changed_and_the_next_crawl_keeps_to_it,
    the_pages_of_a_crawl_are_listed,
    a_held_crawl_is_accepted,
    a_held_crawl_is_rejected,
    a_website_that_shows_a_notice_instead_of_its_pages_is_held,
);
