//! A website that answers with something else everywhere does not take the place of what answered well; and a page that comes
//! otherwise each time and says the same is the same.

use hammock_contract::{
    ErrorCode,
    crawl::{Crawl, CrawlOutcome},
    document::DocumentState,
    source::{Source, SourceState},
};
use hammock_store::jobs::{self, NewJob};
use hammock_testkit::site::{Page, Website};

use super::crawling::{Crawled, website};

fn page(text: &str) -> Page {
    Page::html(format!("<main><p>{text}</p></main>"))
}

/// Twelve pages, each of some sentences of its own.
pub fn paths() -> Vec<String> {
    std::iter::once("/".to_owned()).chain((1..12).map(|n| format!("/p{n}"))).collect()
}

fn sentences(path: &str, count: usize) -> String {
    let name = path.trim_start_matches('/');
    (0..count).map(|n| format!("Room{n}of{name} of the museum shows painting{n}of{name}. ")).collect()
}

/// Puts them there, each with so many sentences.
pub fn museum(site: &Website, count: usize) {
    let links: String = (1..12).map(|n| format!("<a href=/p{n}>link</a> ")).collect();
    for path in paths() {
        let links = if path == "/" { links.as_str() } else { "" };
        site.put(&path, Page::html(format!("<main><p>{}</p></main>{links}", sentences(&path, count))));
    }
}

impl Crawled<'_> {
    pub async fn read(&self) -> (Source, Crawl) {
        self.world.hammock.refresh_source(&self.owner, &self.source).await.expect("a crawl begins");
        (self.end().await, self.last().await)
    }

    pub async fn accept(&self) -> Source {
        let accepted = self.world.hammock.accept_crawl(&self.owner, &self.source).await.expect("it is accepted");
        self.world.rest().await;
        accepted
    }
}

/// Every page still answers with its first text.
async fn stands(crawled: &Crawled<'_>) {
    for path in paths() {
        let page = crawled.page(&path).await;
        assert_eq!(page.revision, 1, "{path}");
        let text = crawled.world.hammock.document_text(&crawled.owner, &page.id, None).await.unwrap();
        assert!(text.text.contains(&format!("painting0of{}", path.trim_start_matches('/'))), "{path}: {}", text.text);
        assert_eq!(crawled.world.index.revisions(&page.id).await, [1], "{path}");
    }
    assert!(crawled.answers("painting3ofp7").await);
    assert!(!crawled.answers("maintained").await);
}

#[tokio::test]
async fn one_notice_for_every_page_replaces_nothing() {
    let site = website().await;
    museum(&site, 20);
    let crawled = Crawled::once(&site).await;
    stands(&crawled).await;
    let notice = "This website is being maintained, and comes back soon.";
    paths().iter().for_each(|path| site.put(path, page(notice)));
    let (source, held) = crawled.read().await;
    assert_eq!((source.state, source.documents, held.outcome), (SourceState::Failed, 12, CrawlOutcome::Held));
    stands(&crawled).await;

    // Read again while it lasts: it is held again. When it is over, all is as it was.
    let (_, held) = crawled.read().await;
    assert_eq!(held.outcome, CrawlOutcome::Held);
    stands(&crawled).await;
    museum(&site, 20);
    let (source, crawl) = crawled.read().await;
    assert_eq!((source.state, crawl.outcome), (SourceState::Ready, CrawlOutcome::Complete));
    assert_eq!((crawl.changed, crawl.unchanged, crawl.removed), (0, 12, 0));
    stands(&crawled).await;
    for path in paths() {
        let page = crawled.page(&path).await;
        assert_eq!((page.state, page.error), (DocumentState::Ready, None), "{path}");
    }
}

#[tokio::test]
async fn a_notice_that_comes_otherwise_for_every_page_replaces_nothing() {
    let site = website().await;
    museum(&site, 20);
    let crawled = Crawled::once(&site).await;
    for path in paths() {
        // The same text in another page each.
        let notice = "This website is being maintained, and comes back soon.";
        site.put(&path, Page::html(format!("<main data-nonce='{path}'><p>{notice}</p></main>")));
    }
    let (source, held) = crawled.read().await;
    assert_eq!((source.documents, held.outcome), (12, CrawlOutcome::Held));
    let error = source.error.expect("it says why");
    assert_eq!((error.code, error.params["lost"].as_str()), (ErrorCode::SiteReplaced, "12"));
    assert_eq!((error.params["looked_at"].as_str(), error.params["removed"].as_str()), ("12", "11"));
    stands(&crawled).await;

    // Accepted, one page says it and the others nothing.
    assert_eq!(crawled.accept().await.documents, 1);
    assert!(crawled.answers("maintained").await);
    assert!(!crawled.answers("painting3ofp7").await);
}

#[tokio::test]
async fn a_notice_with_the_address_replaces_nothing_until_it_is_accepted() {
    let site = website().await;
    museum(&site, 20);
    let crawled = Crawled::once(&site).await;
    for path in paths() {
        site.put(&path, page(&format!("The page at {path} is being maintained.")));
    }
    let (source, held) = crawled.read().await;
    assert_eq!((source.documents, held.outcome, held.changed), (12, CrawlOutcome::Held, 12));
    let error = source.error.expect("it says why");
    assert_eq!((error.code, error.params["lost"].as_str()), (ErrorCode::SiteReplaced, "12"));
    stands(&crawled).await;

    assert_eq!(crawled.accept().await.documents, 12);
    for path in paths() {
        let page = crawled.page(&path).await;
        assert_eq!((page.state, page.revision), (DocumentState::Ready, 2), "{path}");
        assert_eq!(crawled.world.index.revisions(&page.id).await, [2], "{path}");
    }
    assert!(crawled.answers("maintained").await);
    assert!(!crawled.answers("painting3ofp7").await);
    // The next crawl finds them as they are.
    let (_, crawl) = crawled.read().await;
    assert_eq!((crawl.outcome, crawl.changed, crawl.unchanged), (CrawlOutcome::Complete, 0, 12));
}

#[tokio::test]
async fn nothing_is_brought_in_of_what_cannot_be_accepted_yet() {
    let site = website().await;
    museum(&site, 20);
    let crawled = Crawled::once(&site).await;
    for path in paths() {
        site.put(&path, page(&format!("The page at {path} is being maintained.")));
    }
    assert_eq!(crawled.read().await.1.outcome, CrawlOutcome::Held);
    let (h, owner) = (&crawled.world.hammock, &crawled.owner);
    let subject = Some(crawled.source.as_str().to_owned());
    // It waits as long as the test lasts.
    let run_at = Some(h.now().plus_millis(3_600_000));
    let job = NewJob { subject, run_at, ..NewJob::new("read_document", serde_json::json!({})) };
    let tx = h.store().begin().await.unwrap();
    jobs::enqueue(owner, &tx, job, h.now()).await.unwrap();
    tx.commit().await.unwrap();
    let refused = h.accept_crawl(owner, &crawled.source).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Busy);
    stands(&crawled).await;
}

#[tokio::test]
async fn a_small_website_that_loses_half_of_its_pages_keeps_them_until_that_is_accepted() {
    use CrawlOutcome::{Complete, Held};
    let cases = [(8_usize, 8_usize, Held), (3, 2, Held), (2, 2, Held), (3, 1, Complete), (1, 1, Complete)];
    for (pages, lost, outcome) in cases {
        let what = format!("{lost} of {pages} pages and the front page");
        let site = website().await;
        let paths: Vec<String> = (0..pages).map(|n| format!("/p{n}")).collect();
        let links: String = paths.iter().map(|path| format!("<a href={path}>link</a> ")).collect();
        site.put("/", Page::html(format!("<main><p>The museum has rooms.</p></main>{links}")));
        paths.iter().for_each(|path| site.put(path, page(&sentences(path, 3))));
        let crawled = Crawled::once(&site).await;
        paths.iter().take(lost).for_each(|path| site.put(path, Page::status(404)));
        let (source, crawl) = crawled.read().await;
        let removed = lost as u64;
        let left = pages as u64 + 1 - removed;
        assert_eq!((crawl.outcome, crawl.removed), (outcome, removed), "{what}");
        if outcome == Held {
            assert_eq!(source.error.map(|error| error.code), Some(ErrorCode::SiteShrunk), "{what}");
            assert_eq!(source.documents, left + removed, "{what}");
            assert!(crawled.answers("painting1ofp0").await, "{what}");
            assert_eq!(crawled.accept().await.documents, left, "{what}");
        }
        assert_eq!(crawled.end().await.documents, left, "{what}");
        assert!(!crawled.answers("painting1ofp0").await, "{what}");
    }
}

#[tokio::test]
async fn half_of_every_page_is_an_edit() {
    let site = website().await;
    museum(&site, 20);
    let crawled = Crawled::once(&site).await;
    museum(&site, 10);
    let (source, crawl) = crawled.read().await;
    assert_eq!((source.state, source.error, crawl.outcome), (SourceState::Ready, None, CrawlOutcome::Complete));
    assert_eq!((crawl.changed, crawl.removed), (12, 0));
    assert!(crawled.answers("painting3ofp7").await);
    assert!(!crawled.answers("painting15ofp7").await);
}

#[tokio::test]
async fn a_page_that_shrinks_alone_answers_when_the_crawl_is_whole() {
    let site = website().await;
    museum(&site, 20);
    let crawled = Crawled::once(&site).await;
    site.put("/p7", page("Closed."));
    let (source, crawl) = crawled.read().await;
    assert_eq!((source.state, crawl.outcome, crawl.changed), (SourceState::Ready, CrawlOutcome::Complete, 1));
    let closed = crawled.page("/p7").await;
    assert_eq!((closed.state, closed.revision), (DocumentState::Ready, 2));
    assert_eq!(crawled.world.index.revisions(&closed.id).await, [2]);
    assert!(!crawled.answers("painting3ofp7").await);
}

#[tokio::test]
async fn a_page_that_comes_otherwise_and_says_the_same_is_the_same() {
    let site = website().await;
    let with = |token: &str, text: &str| {
        Page::html(format!("<head><title>Hours</title></head><main data-token={token}><p>{text}</p></main>"))
    };
    let text = "The museum opens at nine in the summer, and at ten in the winter.";
    site.put("/", with("one", text));
    let crawled = Crawled::once(&site).await;
    let first = crawled.page("/").await;
    for token in ["two", "three"] {
        crawled.world.clock.pass(3_600_000);
        site.put("/", with(token, text));
        let (_, crawl) = crawled.read().await;
        assert_eq!((crawl.changed, crawl.unchanged), (0, 1), "{token}");
        let page = crawled.page("/").await;
        assert_eq!((page.revision, page.indexed_at), (1, first.indexed_at), "{token}");
        assert_eq!(page.fetched_at, Some(crawled.world.hammock.now()), "{token}");
    }
    site.put("/", with("three", &text.replace("ten", "eleven")));
    let (_, crawl) = crawled.read().await;
    assert_eq!((crawl.changed, crawled.page("/").await.revision), (1, 2));
}

#[tokio::test]
async fn what_an_earlier_version_read_is_compared_by_its_stored_text() {
    let site = website().await;
    site.put("/", page("The museum opens at nine."));
    let crawled = Crawled::once(&site).await;
    let (store, id) = (crawled.world.hammock.store(), crawled.page("/").await.id);
    let row = hammock_store::documents::find(&crawled.owner, store.read(), &id).await.unwrap();
    assert!(!row.text_hash.is_empty());
    let tx = store.begin().await.unwrap();
    hammock_store::crawls::set_hashes(&crawled.owner, &tx, &id, "of before", "").await.unwrap();
    tx.commit().await.unwrap();
    let (_, crawl) = crawled.read().await;
    assert_eq!((crawl.changed, crawl.unchanged, crawled.page("/").await.revision), (0, 1, 1));
    let renewed = hammock_store::documents::find(&crawled.owner, store.read(), &id).await.unwrap();
    assert_eq!((renewed.text_hash, renewed.content_hash), (row.text_hash, row.content_hash));
}

#[tokio::test]
async fn two_pages_that_say_the_same_are_one_however_they_come() {
    let site = website().await;
    let with = |token: &str| Page::html(format!("<main data-token={token}><p>The museum opens at nine.</p></main>"));
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/hours>1</a>"));
    site.put("/hours", Page::html("<main data-token=a><p>The museum opens at nine.</p></main><a href=/copy></a>"));
    site.put("/copy", with("b"));
    let crawled = Crawled::once(&site).await;
    let copy = crawled.page("/copy").await;
    assert_eq!((copy.state, copy.revision), (DocumentState::Skipped, 0));
    let error = copy.error.expect("it says why");
    assert_eq!((error.code, error.params.get("to")), (ErrorCode::DuplicatePage, Some(&site.url("/hours"))));

    // Whichever comes first, the page that answers goes on to.
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/copy>0</a><a href=/hours>1</a>"));
    site.put("/copy", with("c"));
    crawled.read().await;
    assert_eq!((crawled.page("/hours").await.revision, crawled.page("/copy").await.revision), (1, 0));

    // When that is gone, the other one says it, in the same crawl.
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/copy>0</a>"));
    site.put("/copy", with("d"));
    site.put("/hours", Page::status(404));
    crawled.read().await;
    assert!(crawled.find("/hours").await.is_none());
    let copy = crawled.page("/copy").await;
    assert_eq!((copy.state, copy.revision, copy.error), (DocumentState::Ready, 1, None));
    assert!(crawled.answers("nine").await);
}
