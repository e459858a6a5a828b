//! A website that is crawled again: what failed, what came back, and what was left out.

use hammock_contract::{
    ErrorCode, SourceId,
    document::{Document, DocumentQuery, DocumentState},
    source::{NewSource, Source, SourceKind, SourceState, WebsiteSettings},
};
use hammock_llm::scripted::ScriptedModel;
use hammock_testkit::site::{Page, Website};

use super::world::{World, until};
use crate::Scope;

/// An error that the crawler takes for final at once.
const BROKEN: u16 = 501;

/// A page that the site confirms with 304.
fn tagged(body: &str) -> Page {
    Page::html(body).tagged("\"1\"")
}

/// A website without pages.
pub async fn website() -> Website {
    Website::start([]).await.expect("a website starts")
}

/// A page that says this.
pub fn text(text: &str) -> Page {
    Page::html(format!("<main><p>The museum says: {text}</p></main>"))
}

/// Whether a path was asked for with a condition, each time since the last look.
fn take_conditions(site: &Website, path: &str) -> Vec<bool> {
    site.take_visits(path).iter().map(|visit| visit.conditional).collect()
}

pub struct Crawled<'a> {
    pub world: World,
    pub site: &'a Website,
    pub owner: Scope,
    pub source: SourceId,
}

/// A small website without a sitemap.
pub fn small(site: &Website) -> WebsiteSettings {
    WebsiteSettings { page_limit: 100, use_sitemap: false, ..WebsiteSettings::of(site.url("/")) }
}

impl<'a> Crawled<'a> {
    /// A website that was crawled once.
    pub async fn once(site: &'a Website) -> Self {
        Self::with(site, small(site)).await
    }

    /// A website that was crawled once with these settings.
    pub async fn with(site: &'a Website, settings: WebsiteSettings) -> Self {
        let crawled = Self::waiting(site, settings).await;
        crawled.world.work();
        crawled.settle().await;
        crawled
    }

    /// A website whose first crawl waits for a worker.
    pub async fn waiting(site: &'a Website, settings: WebsiteSettings) -> Self {
        Self::in_world(World::with_website(ScriptedModel::new([]), site).await, site, settings).await
    }

    /// The same in a world that may reach it.
    pub async fn in_world(world: World, site: &'a Website, settings: WebsiteSettings) -> Self {
        let owner = world.owner("Eva").await;
        let (collection, _) = world.collection(&owner, "Museum").await;
        let new = NewSource { name: String::new(), description: String::new(), kind: SourceKind::Website(settings) };
        let source = world.hammock.create_source(&owner, &collection, new).await.expect("a source is made").id;
        Self { world, site, owner, source }
    }

    pub async fn again(&self) {
        self.world.hammock.refresh_source(&self.owner, &self.source).await.expect("a crawl begins");
        self.settle().await;
    }

    async fn settle(&self) {
        let source = self.end().await;
        assert_eq!(source.state, SourceState::Ready, "{:?}", source.error);
    }

    /// The source after its crawl, whatever came of it.
    pub async fn end(&self) -> Source {
        self.world.rest().await;
        until("the site is crawled", async || {
            let source = self.world.hammock.find_source(&self.owner, &self.source).await.ok()?;
            (source.state != SourceState::Working).then_some(source)
        })
        .await
    }

    pub async fn find(&self, path: &str) -> Option<Document> {
        let query = DocumentQuery { source: Some(self.source.clone()), ..DocumentQuery::default() };
        let documents = self.world.hammock.list_documents(&self.owner, query).await.expect("documents are listed");
        let location = self.site.url(path);
        documents.items.into_iter().find(|document| document.location == location)
    }

    pub async fn page(&self, path: &str) -> Document {
        self.find(path).await.unwrap_or_else(|| panic!("{path} is not there"))
    }
}

#[tokio::test]
async fn a_page_that_failed_is_asked_again_though_the_page_before_it_is_unchanged() {
    let site = website().await;
    site.put(
        "/",
        tagged("<main><p>The museum.</p></main><a href=/hours>1</a><a href=/lost>2</a><a href=/hidden>3</a>"),
    );
    site.put("/hours", Page::status(BROKEN));
    site.put("/hidden", Page::html("<meta name=robots content=noindex><main><p>The cellar.</p></main>"));
    let crawled = Crawled::once(&site).await;
    let failed = crawled.page("/hours").await;
    assert_eq!((failed.state, failed.http_status, failed.revision), (DocumentState::Failed, Some(BROKEN), 0));
    assert_eq!(crawled.page("/lost").await.http_status, Some(404));
    assert_eq!(crawled.page("/hidden").await.state, DocumentState::Skipped);
    assert_eq!((take_conditions(&site, "/"), take_conditions(&site, "/hours")), (vec![false], vec![false]));

    // Still broken: it stays known. What is not there, and nothing is seen to lead to it, does not.
    crawled.again().await;
    assert_eq!((take_conditions(&site, "/"), take_conditions(&site, "/hours")), (vec![true], vec![false]));
    assert_eq!(crawled.page("/hours").await.id, failed.id);
    assert_eq!(crawled.page("/hidden").await.state, DocumentState::Skipped);
    assert!(crawled.find("/lost").await.is_none());
    let front = crawled.page("/").await;
    assert_eq!((front.state, front.http_status), (DocumentState::Ready, Some(200)));

    site.put("/hours", tagged("<main><p>The museum opens at nine.</p></main>"));
    site.put("/hidden", Page::html("<main><p>The cellar opens at noon.</p></main>"));
    crawled.again().await;
    let read = crawled.page("/hours").await;
    assert_eq!((read.id, read.state, read.error), (failed.id, DocumentState::Ready, None));
    assert_eq!((read.http_status, read.revision), (Some(200), 1));
    assert_eq!(crawled.page("/hidden").await.state, DocumentState::Ready);
    assert_eq!((take_conditions(&site, "/"), take_conditions(&site, "/hours")), (vec![true], vec![false]));
}

#[tokio::test]
async fn a_page_that_recovers_with_the_same_text_is_ready_again() {
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/hours>1</a><a href=/rooms>2</a>"));
    let pages = [
        ("/hours", tagged("<main><p>The museum opens at nine.</p></main>"), true),
        ("/rooms", Page::html("<main><p>The museum has four rooms.</p></main>"), false),
    ];
    pages.iter().for_each(|(path, page, _)| site.put(path, page.clone()));
    let crawled = Crawled::once(&site).await;
    pages.iter().for_each(|(path, ..)| site.put(path, Page::status(BROKEN)));
    crawled.again().await;
    for (path, ..) in &pages {
        let failed = crawled.page(path).await;
        assert_eq!((failed.state, failed.http_status, failed.revision), (DocumentState::Failed, Some(BROKEN), 1));
        assert_eq!(failed.error.map(|error| error.code), Some(ErrorCode::SiteFailed));
        take_conditions(&site, path);
    }
    pages.iter().for_each(|(path, page, _)| site.put(path, page.clone()));
    crawled.again().await;
    for (path, page, conditional) in &pages {
        let read = crawled.page(path).await;
        assert_eq!((read.state, read.error, read.http_status), (DocumentState::Ready, None, Some(200)), "{path}");
        assert_eq!((read.revision, read.bytes), (1, page.body.len() as u64), "{path}");
        assert_eq!(take_conditions(&site, path), [*conditional], "{path}");
    }
}

#[tokio::test]
async fn a_page_that_was_left_out_says_why() {
    let site = website().await;
    let links: String = ["hours", "hidden", "print", "moved", "away", "empty", "picture", "app", "missing"]
        .iter()
        .map(|path| format!("<a href=/{path}>{path}</a>"))
        .collect();
    site.put("/", Page::html(&links));
    // The copy is found through what it is a copy of, so it always comes second.
    let hours = Page::html("<main><p>The museum opens at nine.</p></main><a href=/copy>again</a>");
    site.put("/hours", hours.clone());
    site.put("/copy", hours);
    site.put("/hidden", Page::html("<meta name=robots content=noindex><main><p>The cellar.</p></main>"));
    site.put("/print", Page::html("<link rel=canonical href=/hours><main><p>Nine, printed.</p></main>"));
    site.put("/moved", Page::redirect("/hours"));
    site.put("/away", Page::redirect("http://other.example/"));
    site.put("/empty", Page::html(" \n"));
    site.put("/picture", Page::of("image/png", "not read"));
    site.put(
        "/app",
        Page::html("<noscript>Please enable JavaScript.</noscript><div id=app></div><script>a()</script>"),
    );
    site.put("/missing", Page::html("<title>Page not found</title><main><p>Sorry.</p></main>"));
    let crawled = Crawled::once(&site).await;
    let hours = Some(site.url("/hours"));
    for (path, code, to) in [
        ("/copy", ErrorCode::DuplicatePage, hours.clone()),
        ("/hidden", ErrorCode::NoIndex, None),
        ("/print", ErrorCode::CanonicalElsewhere, hours.clone()),
        ("/moved", ErrorCode::Redirected, hours),
        ("/away", ErrorCode::RedirectedAway, None),
        ("/empty", ErrorCode::EmptyPage, None),
        ("/picture", ErrorCode::UnsupportedFileType, None),
        ("/app", ErrorCode::NeedsJavascript, None),
        ("/missing", ErrorCode::SoftNotFound, None),
    ] {
        let page = crawled.page(path).await;
        let error = page.error.unwrap_or_else(|| panic!("{path} has no reason"));
        assert_eq!((page.state, error.code), (DocumentState::Skipped, code), "{path}");
        assert_eq!(error.params.get("to").cloned(), to, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_redirects_in_a_circle_says_so() {
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/circle>1</a>"));
    site.put("/circle", Page::redirect("/circle#again"));
    let crawled = Crawled::once(&site).await;
    let page = crawled.page("/circle").await;
    let error = page.error.expect("there is a reason");
    assert_eq!((page.state, error.code), (DocumentState::Failed, ErrorCode::SiteUnreachable));
    assert_eq!(error.params.get("circle"), Some(&site.url("/circle")));
    assert!(error.message.contains("in a circle"), "{error}");
}

#[tokio::test]
async fn a_page_that_is_known_by_its_date_alone_is_asked_for_with_it() {
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum.</p></main>").modified("Wed, 21 Oct 2015 07:28:00 GMT"));
    let crawled = Crawled::once(&site).await;
    assert_eq!(take_conditions(&site, "/"), [false]);
    crawled.again().await;
    let visits = site.take_visits("/");
    assert_eq!(visits.iter().map(|visit| (visit.conditional, visit.status)).collect::<Vec<_>>(), [(true, 304)]);
    let page = crawled.page("/").await;
    assert_eq!((page.state, page.revision, page.http_status), (DocumentState::Ready, 1, Some(200)));

    let changed = Page::html("<main><p>The museum has moved.</p></main>");
    site.put("/", changed.modified("Thu, 22 Oct 2015 07:28:00 GMT"));
    crawled.again().await;
    let visits = site.take_visits("/");
    assert_eq!(visits.iter().map(|visit| (visit.conditional, visit.status)).collect::<Vec<_>>(), [(true, 200)]);
    assert_eq!(crawled.page("/").await.revision, 2);
}
