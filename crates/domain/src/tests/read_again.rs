//! One page that a person has read again: what holds for a crawl holds for it.

use hammock_contract::{
    ErrorCode,
    crawl::CrawlOutcome,
    document::{Document, DocumentState},
    source::{SourcePatch, WebsiteSettings},
};
use hammock_store::{jobs, revisions};
use hammock_testkit::site::Page;

use super::{
    crawling::{Crawled, small, text, website},
    replaced_sites::{museum, paths},
    world::until,
};

const READY: DocumentState = DocumentState::Ready;
const SKIPPED: DocumentState = DocumentState::Skipped;
const FAILED: DocumentState = DocumentState::Failed;

impl Crawled<'_> {
    async fn read_again(&self, path: &str) -> Document {
        let document = self.page(path).await;
        self.world.hammock.reindex_document(&self.owner, &document.id).await.expect("it is read again");
        let read = self.world.read(&self.owner, &document.id).await;
        self.world.rest().await;
        read
    }
}

fn code(document: &Document) -> Option<ErrorCode> {
    document.error.as_ref().map(|error| error.code)
}

#[tokio::test]
async fn robots_txt_holds_for_a_single_page() {
    let site = website().await;
    site.put("/robots.txt", Page::text("User-agent: *\nDisallow: /private\n"));
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/private>1</a>"));
    site.put("/private", text("secret"));
    let crawled = Crawled::once(&site).await;
    assert_eq!(code(&crawled.page("/private").await), Some(ErrorCode::RobotsDisallowed));
    let read = crawled.read_again("/private").await;
    assert_eq!((read.state, code(&read), read.revision), (SKIPPED, Some(ErrorCode::RobotsDisallowed), 0));
    assert!(site.take_visits("/private").is_empty());
    assert!(!crawled.answers("secret").await);
    // Where it is allowed now, it is read.
    site.put("/robots.txt", Page::text("User-agent: *\nDisallow:\n"));
    let read = crawled.read_again("/private").await;
    assert_eq!((read.state, code(&read), read.http_status), (READY, None, Some(200)));
    assert_eq!(site.take_visits("/private").len(), 1);
    assert!(crawled.answers("secret").await);
}

#[tokio::test]
async fn a_single_page_is_judged_as_in_a_crawl() {
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/page>1</a>"));
    site.put("/page", text("patient"));
    let crawled = Crawled::once(&site).await;
    site.put("/page", text("hurried"));
    let changed = crawled.read_again("/page").await;
    assert_eq!((changed.state, changed.revision, changed.http_status), (READY, 2, Some(200)));
    assert!(crawled.answers("hurried").await && !crawled.answers("patient").await);

    let hidden = "<meta name=robots content=noindex><main><p>Not now.</p></main>";
    let noscript = "<noscript>Please enable JavaScript.</noscript><div id=app></div><script>a()</script>";
    for (page, state, status, why) in [
        (Page::html(hidden), SKIPPED, Some(200), ErrorCode::NoIndex),
        (Page::html(noscript), SKIPPED, Some(200), ErrorCode::NeedsJavascript),
        (Page::html("<title>Page not found</title><h1>Oops!</h1>"), SKIPPED, Some(200), ErrorCode::SoftNotFound),
        (Page::redirect("/"), SKIPPED, Some(302), ErrorCode::Redirected),
        (Page::of("image/png", "x"), SKIPPED, Some(200), ErrorCode::UnsupportedFileType),
        (Page::status(404), FAILED, Some(404), ErrorCode::SiteFailed),
        (Page::status(501), FAILED, Some(501), ErrorCode::SiteFailed),
    ] {
        site.put("/page", page);
        let read = crawled.read_again("/page").await;
        assert_eq!((read.state, read.http_status, code(&read)), (state, status, Some(why)));
        // What it said answers until all of the website is read.
        assert_eq!(read.revision, 2, "{why:?}");
        assert!(crawled.answers("hurried").await, "{why:?}");
    }

    // No crawl of its own, and the next one finds everything as it is.
    site.put("/page", text("hurried"));
    let back = crawled.read_again("/page").await;
    assert_eq!((back.state, code(&back)), (READY, None));
    crawled.again().await;
    let crawls = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.expect("crawls are listed");
    assert_eq!(crawls.len(), 2);
    assert_eq!((crawls[0].changed, crawls[0].unchanged, crawls[0].removed), (0, 2, 0), "{:?}", crawls[0]);
}

#[tokio::test]
async fn a_page_that_says_what_another_says_stays_left_out() {
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/page>1</a>"));
    // The copy is found through the page, so it comes second.
    site.put("/page", Page::html(text("patient").body + "<a href=/copy>2</a>"));
    site.put("/copy", text("patient"));
    let crawled = Crawled::once(&site).await;
    let duplicate = Some(ErrorCode::DuplicatePage);
    assert_eq!(code(&crawled.page("/copy").await), duplicate);

    let copy = crawled.read_again("/copy").await;
    assert_eq!((copy.state, code(&copy), copy.revision), (SKIPPED, duplicate, 0));
    assert_eq!(copy.error.unwrap().params.get("to"), Some(&site.url("/page")));
    let page = crawled.read_again("/page").await;
    assert_eq!((page.state, code(&page)), (READY, None), "it said so first");

    site.put("/copy", text("hurried"));
    let other = crawled.read_again("/copy").await;
    assert_eq!((other.state, code(&other), other.revision), (READY, None, 1));
    site.put("/copy", text("patient"));
    let again = crawled.read_again("/copy").await;
    assert_eq!((again.state, code(&again), again.revision), (SKIPPED, duplicate, 1));
    assert!(crawled.answers("hurried").await, "until all of the website is read");
}

#[tokio::test]
async fn what_waits_of_a_page_that_must_not_answer_does_not_answer_later() {
    let site = website().await;
    museum(&site, 20);
    let crawled = Crawled::once(&site).await;
    for path in paths() {
        site.put(&path, text(&format!("the page at {path} is being maintained")));
    }
    let (_, held) = crawled.read().await;
    assert_eq!((held.outcome, held.changed), (CrawlOutcome::Held, 12));
    site.put("/p7", Page::html("<meta name=robots content=noindex><main><p>Not now.</p></main>"));
    let read = crawled.read_again("/p7").await;
    assert_eq!((read.state, code(&read), read.revision), (SKIPPED, Some(ErrorCode::NoIndex), 1));
    crawled.accept().await;
    let (hidden, other) = (crawled.page("/p7").await, crawled.page("/p8").await);
    assert_eq!((hidden.state, hidden.revision, other.revision), (SKIPPED, 1, 2));
    assert_eq!(
        crawled.world.index.revisions(&hidden.id).await,
        [1],
        "what it said answers until it is read with all others"
    );
}

#[tokio::test]
async fn a_page_that_the_settings_leave_out_is_not_asked_for() {
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/page>1</a>"));
    site.put("/page", text("patient"));
    let crawled = Crawled::once(&site).await;
    let settings = WebsiteSettings { exclude: vec!["/page".to_owned()], ..small(&site) };
    let patch = SourcePatch { website: Some(settings), ..SourcePatch::default() };
    crawled.world.hammock.update_source(&crawled.owner, &crawled.source, patch).await.expect("it is changed");
    site.take_visits("/page");
    let before = crawled.page("/page").await.fetched_at;
    crawled.world.clock.pass(1_000);
    let read = crawled.read_again("/page").await;
    assert_eq!((read.state, code(&read)), (SKIPPED, Some(ErrorCode::NotIncluded)));
    assert!(site.take_visits("/page").is_empty());
    assert_eq!((before.is_some(), read.fetched_at), (true, before), "it was not asked for");
}

#[tokio::test]
async fn of_a_page_that_is_read_twice_at_once_the_newer_text_answers() {
    let said = |word: &str| {
        Page::html(format!("<main><p>The museum opens at nine in the summer, and at {word} in the winter.</p></main>"))
    };
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/page>1</a>"));
    site.put("/page", said("okapiten"));
    let crawled = Crawled::once(&site).await;
    let (world, owner, page) = (&crawled.world, &crawled.owner, crawled.page("/page").await.id);
    let is_stored = async |revision: u32| {
        let numbers = revisions::numbers(world.hammock.store().read(), std::slice::from_ref(&page)).await.ok()?;
        numbers.get(&page).filter(|numbers| numbers.newest == revision).map(|_| ())
    };
    // A crawl has stored what it found, and is held up before that answers.
    world.index.hold();
    site.put("/page", said("okapieleven"));
    world.hammock.refresh_source(owner, &crawled.source).await.expect("a crawl begins");
    until("the crawl has stored its text", async || is_stored(2).await).await;
    site.put("/page", said("okapinoon"));
    world.hammock.reindex_document(owner, &page).await.expect("it is read again");
    until("the newer text is stored", async || is_stored(3).await).await;
    world.index.release();
    crawled.end().await;
    world.rest().await;

    let read = crawled.page("/page").await;
    assert_eq!((read.state, read.revision, read.chunks), (READY, 3, 1));
    assert_eq!(world.index.revisions(&page).await, [3]);
    assert!(crawled.answers("okapinoon").await && !crawled.answers("okapieleven").await);
}

#[tokio::test]
async fn stopping_leaves_no_page_waiting() {
    let site = website().await;
    let paths: Vec<String> = (0..20).map(|number| format!("/room/{number}")).collect();
    let links: String = paths.iter().map(|path| format!("<a href={path}>{path}</a> ")).collect();
    site.put("/", Page::html(format!("<main><p>The museum.</p></main>{links}")));
    paths.iter().for_each(|path| site.put(path, text(&format!("painting{path}"))));
    let crawled = Crawled::once(&site).await;
    let (world, owner) = (&crawled.world, &crawled.owner);
    world.index.hold();
    for path in &paths {
        let page = crawled.page(path).await;
        world.hammock.reindex_document(owner, &page.id).await.expect("it is read again");
    }
    until("some pages are read and others wait", async || {
        let jobs = jobs::count(world.hammock.store().read()).await.ok()?;
        (jobs.running > 0 && jobs.queued > 0).then_some(())
    })
    .await;
    world.hammock.stop_source(owner, &crawled.source).await.expect("it is stopped");
    world.index.release();
    world.rest().await;
    for path in &paths {
        let page = crawled.page(path).await;
        assert_eq!((page.state, code(&page), page.revision > 0), (READY, None, true), "{path}");
    }
}
