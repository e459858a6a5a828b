//! The watch of sitemaps, and what crawls note of every page.

use hammock_contract::{
    CrawlId, ErrorCode,
    crawl::{Crawl, CrawlOutcome, CrawlPage, CrawlPageOutcome, CrawlPageQuery, CrawlTrigger, Schedule},
    document::DocumentState,
    source::{Source, SourcePatch, SourceState, WebsiteSettings},
};
use hammock_testkit::site::{Page, Website};

use super::crawling::{Crawled, small, text, website};

const HOUR: i64 = 3_600_000;
const BEFORE: &str = "2026-11-01T00:00:00Z";
pub const LATER: &str = "2026-12-24T00:00:00Z";

/// A sitemap of these paths, each with when it changed.
pub fn map(site: &Website, tag: &'static str, pages: &[(&str, &str)]) -> Page {
    let urls: String = pages
        .iter()
        .map(|(path, modified)| format!("<url><loc>{}</loc><lastmod>{modified}</lastmod></url>", site.url(path)))
        .collect();
    Page::of("application/xml", format!("<urlset>{urls}</urlset>")).tagged(tag)
}

fn settings(site: &Website) -> WebsiteSettings {
    WebsiteSettings { use_sitemap: true, ..small(site) }
}

pub struct Watched<'a>(pub Crawled<'a>);

impl<'a> Watched<'a> {
    /// A website that was crawled once and whose sitemap was looked at once, with a front page and these pages.
    pub async fn new(site: &'a Website, paths: &[&str]) -> Self {
        site.put("/", text("start"));
        paths.iter().for_each(|path| site.put(path, text(path).tagged("\"1\"")));
        let pages: Vec<(&str, &str)> = paths.iter().map(|path| (*path, BEFORE)).collect();
        site.put("/sitemap.xml", map(site, "\"1\"", &pages));
        let watched = Self(Crawled::with(site, settings(site)).await);
        assert_eq!(watched.0.world.hammock.watch_due().await, Ok(0), "it was read just now");
        watched.look().await;
        assert_eq!(watched.history().await.len(), 1, "there is nothing that the crawl did not find");
        take_requests(site);
        watched
    }

    /// Looks at the sitemap an hour later, and reads what it names.
    pub async fn look(&self) -> Source {
        self.0.world.clock.pass(HOUR);
        assert_eq!(self.0.world.hammock.watch_due().await, Ok(1));
        self.0.end().await
    }

    async fn history(&self) -> Vec<Crawl> {
        self.0.world.hammock.list_crawls(&self.0.owner, &self.0.source).await.expect("crawls are listed")
    }

    /// What a crawl made of each path.
    async fn pages(&self, crawl: &CrawlId) -> Vec<(String, CrawlPageOutcome, Option<u16>)> {
        let found = pages_of(&self.0, crawl, CrawlPageQuery::default()).await;
        let path = |page: &CrawlPage| page.address.replace(&self.0.site.url(""), "");
        found.iter().map(|page| (path(page), page.outcome, page.http_status)).collect()
    }
}

async fn pages_of(crawled: &Crawled<'_>, crawl: &CrawlId, query: CrawlPageQuery) -> Vec<CrawlPage> {
    let found = crawled.world.hammock.list_crawl_pages(&crawled.owner, &crawled.source, crawl, query).await;
    found.expect("pages are listed").items
}

/// The paths that were asked for since the last look, robots.txt apart, sorted.
fn take_requests(site: &Website) -> Vec<String> {
    let mut paths = site.requests();
    paths.sort_unstable();
    paths.dedup();
    let mut asked: Vec<String> = paths.iter().flat_map(|path| site.take_visits(path)).map(|visit| visit.path).collect();
    asked.retain(|path| path != "/robots.txt");
    asked
}

/// Added, changed, unchanged, removed, skipped, failed.
fn numbers(crawl: &Crawl) -> [u64; 6] {
    [crawl.added, crawl.changed, crawl.unchanged, crawl.removed, crawl.skipped, crawl.failed]
}

#[tokio::test]
async fn a_sitemap_that_says_nothing_new_costs_one_request() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a", "/b"]).await;
    let source = watched.look().await;
    assert_eq!(take_requests(&site), ["/sitemap.xml"]);
    assert_eq!(watched.history().await.len(), 1, "no crawl is noted");
    let now = watched.0.world.hammock.now();
    assert_eq!((source.watched_at, source.watch_error), (Some(now), None));
    assert_eq!(watched.0.world.hammock.watch_due().await, Ok(0), "the next look comes in an hour");
}

#[tokio::test]
async fn a_page_that_the_sitemap_says_has_changed_is_read_alone() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a", "/b"]).await;
    let due = watched.0.world.hammock.find_source(&watched.0.owner, &watched.0.source).await.unwrap().next_crawl_at;
    site.put("/a", text("changed").tagged("\"2\""));
    site.put("/sitemap.xml", map(&site, "\"2\"", &[("/a", LATER), ("/b", BEFORE)]));
    let source = watched.look().await;
    assert_eq!(take_requests(&site), ["/a", "/sitemap.xml"]);
    let crawl = watched.history().await.remove(0);
    assert_eq!((crawl.trigger, crawl.outcome), (CrawlTrigger::Sitemap, CrawlOutcome::Complete));
    assert_eq!(numbers(&crawl), [0, 1, 0, 0, 0, 0]);
    assert_eq!(watched.pages(&crawl.id).await, [("/a".to_owned(), CrawlPageOutcome::Changed, Some(200))]);
    assert_eq!(watched.0.page("/a").await.revision, 2);
    assert_eq!((source.documents, source.next_crawl_at), (3, due), "all of it is due as before");

    // It is not asked for again because of the same word, and the next crawl sees it whole, for its links.
    watched.look().await;
    assert_eq!(take_requests(&site), ["/sitemap.xml"]);
    watched.0.again().await;
    assert_eq!(numbers(&watched.history().await[0]), [0, 0, 3, 0, 0, 0]);
    let visits = site.take_visits("/a");
    assert_eq!(visits.iter().map(|visit| visit.conditional).collect::<Vec<_>>(), [false]);
    assert!(site.take_visits("/b").iter().all(|visit| visit.conditional));
}

#[tokio::test]
async fn new_pages_come_and_gone_ones_go_when_the_site_says_so() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a", "/goes", "/hides"]).await;
    site.put("/new", text("new"));
    site.put("/goes", Page::status(404));
    site.put("/sitemap.xml", map(&site, "\"2\"", &[("/a", BEFORE), ("/new", BEFORE)]));
    let source = watched.look().await;
    assert_eq!(take_requests(&site), ["/goes", "/hides", "/new", "/sitemap.xml"]);
    let crawl = watched.history().await.remove(0);
    assert_eq!(numbers(&crawl), [1, 0, 1, 1, 0, 0]);
    assert_eq!(
        watched.pages(&crawl.id).await,
        [
            ("/goes".to_owned(), CrawlPageOutcome::Removed, Some(404)),
            ("/hides".to_owned(), CrawlPageOutcome::Unchanged, Some(304)),
            ("/new".to_owned(), CrawlPageOutcome::Added, Some(200)),
        ]
    );
    assert!(watched.0.find("/goes").await.is_none());
    assert_eq!(watched.0.page("/hides").await.state, DocumentState::Ready, "nothing leads to it, and it is there");
    assert_eq!(source.documents, 4);
}

#[tokio::test]
async fn a_sitemap_that_cannot_be_read_is_told_and_fails_nothing() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a"]).await;
    site.put("/sitemap.xml", Page::status(501));
    let source = watched.look().await;
    let error = source.watch_error.expect("it is told");
    assert_eq!((error.code, error.params["status"].as_str()), (ErrorCode::SiteFailed, "501"));
    assert_eq!((source.state, source.error, source.documents), (SourceState::Ready, None, 2));
    // What it says when it is back is compared with what it said before.
    site.put("/a", text("changed").tagged("\"2\""));
    site.put("/sitemap.xml", map(&site, "\"3\"", &[("/a", LATER)]));
    let source = watched.look().await;
    assert_eq!((source.watch_error, watched.0.page("/a").await.revision), (None, 2));
}

#[tokio::test]
async fn a_part_that_fails_leaves_the_source_as_it_was() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a"]).await;
    let (h, owner, id) = (&watched.0.world.hammock, &watched.0.owner, &watched.0.source);
    let due = h.find_source(owner, id).await.unwrap().next_crawl_at;
    let tx = h.store().begin().await.unwrap();
    let error = hammock_contract::ApiError::new(ErrorCode::SiteUnreachable, "the website cannot be reached");
    h.part_failed(owner, &tx, id, error.clone()).await.unwrap();
    tx.commit().await.unwrap();
    let source = h.find_source(owner, id).await.unwrap();
    assert_eq!((source.state, source.error, source.watch_error), (SourceState::Ready, None, Some(error)));
    assert_eq!(source.next_crawl_at, due);
    // What it was to look at is found by comparing anew.
    site.put("/a", text("changed").tagged("\"2\""));
    site.put("/sitemap.xml", map(&site, "\"2\"", &[("/a", LATER)]));
    watched.look().await;
    assert_eq!(watched.0.page("/a").await.revision, 2);
}

#[tokio::test]
async fn a_website_is_watched_as_its_settings_say() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a"]).await;
    let (h, owner, id) = (&watched.0.world.hammock, &watched.0.owner, &watched.0.source);
    let change = async |settings: WebsiteSettings| {
        let patch = SourcePatch { website: Some(settings), ..SourcePatch::default() };
        h.update_source(owner, id, patch).await.expect("the source is changed");
        watched.0.world.clock.pass(2 * HOUR);
        h.watch_due().await
    };
    let usual = settings(&site);
    assert_eq!(change(WebsiteSettings { watch_sitemap: false, ..usual.clone() }).await, Ok(0));
    assert_eq!(change(usual.clone()).await, Ok(1));
    assert_eq!(change(WebsiteSettings { schedule: Schedule::Never, ..usual.clone() }).await, Ok(0));
    assert_eq!(change(usual.clone()).await, Ok(1));
    // By other settings, nothing is there to compare with until all of it was read.
    assert_eq!(change(WebsiteSettings { exclude: vec!["/b".to_owned()], ..usual }).await, Ok(0));
    watched.0.again().await;
    watched.look().await;
}

#[tokio::test]
async fn a_website_that_was_never_read_is_not_watched() {
    let site = website().await;
    site.put("/sitemap.xml", map(&site, "\"1\"", &[("/a", BEFORE)]));
    let crawled = Crawled::waiting(&site, settings(&site)).await;
    let h = &crawled.world.hammock;
    assert_eq!(h.stop_source(&crawled.owner, &crawled.source).await.unwrap().state, SourceState::Ready);
    crawled.world.clock.pass(2 * HOUR);
    assert_eq!(h.watch_due().await, Ok(0));
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn a_crawl_says_what_became_of_each_page_and_why() {
    let site = website().await;
    let links = ["hidden", "copy", "a", "broken", "goes", "too-many"].map(|path| format!("<a href=/{path}>{path}</a>"));
    site.put("/", Page::html(format!("<main><p>The museum.</p></main>{}", links.concat())));
    site.put("/a", text("a"));
    site.put("/copy", Page::redirect("/a"));
    site.put("/hidden", Page::html("<meta name=robots content=noindex><main><p>The cellar.</p></main>"));
    site.put("/broken", Page::status(501));
    site.put("/goes", text("going"));
    site.put("/too-many", text("one too many"));
    let crawled = Crawled::with(&site, WebsiteSettings { page_limit: 3, ..small(&site) }).await;
    let crawls = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.unwrap();
    let found = pages_of(&crawled, &crawls[0].id, CrawlPageQuery::default()).await;
    let page = |path: &str| found.iter().find(|page| page.address == site.url(path)).expect("it is listed");
    assert_eq!(found.len(), 7);
    let reason = |path: &str| (page(path).outcome, page(path).error.as_ref().map(|error| error.code));
    assert_eq!(reason("/a"), (CrawlPageOutcome::Added, None));
    assert_eq!(reason("/hidden"), (CrawlPageOutcome::Skipped, Some(ErrorCode::NoIndex)));
    assert_eq!(reason("/copy"), (CrawlPageOutcome::Skipped, Some(ErrorCode::Redirected)));
    assert_eq!(reason("/broken"), (CrawlPageOutcome::Failed, Some(ErrorCode::SiteFailed)));
    assert_eq!(reason("/too-many"), (CrawlPageOutcome::Skipped, Some(ErrorCode::BeyondPageLimit)));
    assert_eq!((page("/too-many").fetched_at, page("/too-many").http_status), (None, None));
    assert_eq!((page("/a").http_status, page("/a").document.is_some()), (Some(200), true));
    assert!(crawled.find("/too-many").await.is_none(), "it is no document");
    let query = CrawlPageQuery { outcome: Some(CrawlPageOutcome::Failed), ..CrawlPageQuery::default() };
    assert_eq!(pages_of(&crawled, &crawls[0].id, query).await.len(), 1);

    // A page that left is named, without a document.
    site.put("/", Page::html("<main><p>The museum.</p></main><a href=/a>a</a>"));
    site.put("/goes", Page::status(404));
    crawled.again().await;
    let crawls = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.unwrap();
    let query = CrawlPageQuery { query: Some("goes".to_owned()), ..CrawlPageQuery::default() };
    let gone = pages_of(&crawled, &crawls[0].id, query).await.remove(0);
    assert_eq!((gone.outcome, gone.http_status, gone.document), (CrawlPageOutcome::Removed, Some(404), None));

    let (h, source) = (&crawled.world.hammock, &crawled.source);
    let foreign = crawled.world.owner("Olga").await;
    let list = h.list_crawl_pages(&foreign, source, &crawls[0].id, CrawlPageQuery::default()).await;
    assert_eq!(list.unwrap_err().code, ErrorCode::NotFound);
    let unknown = h.list_crawl_pages(&crawled.owner, source, &CrawlId::new(), CrawlPageQuery::default()).await;
    assert_eq!(unknown.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_a_held_crawl_would_remove_is_listed() {
    let site = website().await;
    let links: String = (0..12).map(|n| format!("<a href=/p{n}>{n}</a>")).collect();
    site.put("/", Page::html(format!("<main><p>The museum.</p></main>{links}")));
    (0..12).for_each(|n| site.put(&format!("/p{n}"), text(&format!("page {n}"))));
    let crawled = Crawled::once(&site).await;
    site.put("/", text("start"));
    (1..12).for_each(|n| site.put(&format!("/p{n}"), Page::status(404)));
    crawled.world.hammock.refresh_source(&crawled.owner, &crawled.source).await.unwrap();
    assert_eq!(crawled.end().await.state, SourceState::Failed);
    let crawl = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.unwrap().remove(0);
    assert_eq!(crawl.outcome, CrawlOutcome::Held);
    let removed = CrawlPageQuery { outcome: Some(CrawlPageOutcome::Removed), ..CrawlPageQuery::default() };
    let found = pages_of(&crawled, &crawl.id, removed).await;
    assert_eq!(found.len() as u64, crawl.removed);
    assert!(found.iter().all(|page| page.document.is_some() && page.http_status == Some(404)), "{found:?}");
}

#[tokio::test]
async fn a_website_is_due_by_its_expression() {
    let site = website().await;
    site.put("/", text("start"));
    let schedule = Schedule::Cron { expression: "0 3 * * *".to_owned(), time_zone: "Europe/Prague".to_owned() };
    let crawled = Crawled::with(&site, WebsiteSettings { schedule, ..small(&site) }).await;
    let source = crawled.world.hammock.find_source(&crawled.owner, &crawled.source).await.unwrap();
    let next = source.next_crawl_at.expect("it is due").to_string();
    assert!(next.ends_with("T02:00:00.000Z"), "three o'clock in winter: {next}");
    let bad = Schedule::Cron { expression: "0 3 * *".to_owned(), time_zone: "Europe/Prague".to_owned() };
    let patch =
        SourcePatch { website: Some(WebsiteSettings { schedule: bad, ..small(&site) }), ..SourcePatch::default() };
    let refused = crawled.world.hammock.update_source(&crawled.owner, &crawled.source, patch).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidCron, Some("expression")));
}

#[tokio::test]
async fn a_part_lets_nothing_answer_that_must_not() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a", "/b"]).await;
    site.put("/a", Page::html("<meta name=robots content=noindex><main><p>Hidden.</p></main>"));
    site.put("/sitemap.xml", map(&site, "\"2\"", &[("/a", LATER), ("/b", BEFORE)]));
    let source = watched.look().await;
    let crawl = watched.history().await.remove(0);
    assert_eq!((crawl.trigger, crawl.outcome), (CrawlTrigger::Sitemap, CrawlOutcome::Complete));
    assert_eq!((numbers(&crawl), source.documents), ([0, 0, 0, 1, 1, 0], 2));
    let page = watched.0.page("/a").await;
    assert_eq!((page.state, page.revision), (DocumentState::Skipped, 0));
}

#[tokio::test]
async fn a_part_whose_pages_say_hardly_anything_replaces_nothing() {
    // Ten say something of every website, four of one that has no more.
    for count in [10, 4] {
        let site = website().await;
        let paths: Vec<String> = (0..count).map(|n| format!("/p{n}")).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let watched = Watched::new(&site, &paths).await;
        paths.iter().for_each(|path| site.put(path, Page::html("<main><p>No.</p></main>")));
        let later: Vec<(&str, &str)> = paths.iter().map(|path| (*path, LATER)).collect();
        site.put("/sitemap.xml", map(&site, "\"2\"", &later));
        let source = watched.look().await;
        let error = source.watch_error.expect("it is told");
        let documents = count + 1;
        assert_eq!((error.code, source.state), (ErrorCode::SiteReplaced, SourceState::Ready), "{count}");
        assert_eq!((source.documents, watched.history().await.remove(0).outcome), (documents, CrawlOutcome::Failed));
        for path in paths {
            assert_eq!(watched.0.page(path).await.revision, 1, "{path}");
        }
    }
}

/// A website of a front page and ten more, which was watched once.
async fn eleven(site: &Website) -> (Watched<'_>, Vec<String>) {
    let paths: Vec<String> = (0..10).map(|n| format!("/p{n}")).collect();
    let watched = Watched::new(site, &paths.iter().map(String::as_str).collect::<Vec<_>>()).await;
    (watched, paths)
}

#[tokio::test]
async fn a_sitemap_that_suddenly_lists_far_less_has_all_of_the_website_read() {
    let site = website().await;
    let (watched, paths) = eleven(&site).await;
    let kept: Vec<(&str, &str)> = paths[..5].iter().map(|path| (path.as_str(), BEFORE)).collect();
    site.put("/sitemap.xml", map(&site, "\"2\"", &kept));
    let source = watched.look().await;
    let crawl = watched.history().await.remove(0);
    assert_eq!((crawl.trigger, crawl.outcome), (CrawlTrigger::Schedule, CrawlOutcome::Complete));
    assert_eq!((numbers(&crawl), source.documents), ([0, 0, 11, 0, 0, 0], 11), "all of them are there");
    assert!(source.next_crawl_at.is_some());
    take_requests(&site);
    watched.look().await;
    assert_eq!((take_requests(&site), watched.history().await.len()), (vec!["/sitemap.xml".to_owned()], 2), "once");

    // Of few that it lists, those that are gone go.
    paths.iter().for_each(|path| site.put(path, Page::status(404)));
    site.put("/sitemap.xml", map(&site, "\"3\"", &kept[..1]));
    let source = watched.look().await;
    assert_eq!((source.state, source.documents), (SourceState::Ready, 7));
    assert_eq!(watched.history().await[0].trigger, CrawlTrigger::Sitemap);
}

#[tokio::test]
async fn a_part_that_would_take_half_of_the_website_takes_nothing() {
    let site = website().await;
    let (watched, paths) = eleven(&site).await;
    paths.iter().take(6).for_each(|path| site.put(path, Page::status(404)));
    let later: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), LATER)).collect();
    site.put("/sitemap.xml", map(&site, "\"2\"", &later));
    let source = watched.look().await;
    let error = source.watch_error.expect("it is told");
    assert_eq!((error.code, source.state, source.documents), (ErrorCode::SiteShrunk, SourceState::Ready, 11));
    assert_eq!((error.params["found"].as_str(), error.params["removed"].as_str()), ("5", "6"));
    assert_eq!(watched.history().await.remove(0).outcome, CrawlOutcome::Failed);
    assert_eq!(watched.0.page("/p0").await.revision, 1, "it answers as before");

    // The next crawl of all pages is held as well.
    watched.0.world.hammock.refresh_source(&watched.0.owner, &watched.0.source).await.unwrap();
    assert_eq!(
        (watched.0.end().await.state, watched.history().await[0].outcome),
        (SourceState::Failed, CrawlOutcome::Held)
    );
}
