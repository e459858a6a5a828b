//! Crawls that were stopped in the middle: they go on as one crawl with what they have not asked for, or begin anew where the
//! website may be another one.

use hammock_contract::{
    crawl::{Crawl, CrawlOutcome, CrawlPageOutcome, CrawlPageQuery},
    source::{SourcePatch, SourceState, WebsiteSettings},
};
use hammock_testkit::site::{Page, Website};

use super::{
    crawling::{Crawled, small, website},
    world::until,
};

const HOUR: i64 = 3_600_000;

/// More pages than are under way between the crawler and the index at one time.
pub const MANY: u64 = 400;

fn text(text: &str, links: &[&str]) -> Page {
    let links: String = links.iter().map(|path| format!("<a href={path}>{path}</a> ")).collect();
    Page::html(format!("<main><p>The museum says: {text}</p></main>{links}")).tagged("\"1\"")
}

/// How [`grown`] reads its website.
pub fn settings(site: &Website) -> WebsiteSettings {
    WebsiteSettings { page_limit: 1_000, ..small(site) }
}

/// A website that was crawled once, has many more pages since, and lost one.
pub async fn grown(site: &Website) -> Crawled<'_> {
    site.put("/", text("start", &["/stays", "/goes"]));
    site.put("/stays", text("stays", &[]));
    site.put("/goes", text("goes", &[]));
    let crawled = Crawled::with(site, settings(site)).await;
    let paths: Vec<String> = (0..MANY).map(|n| format!("/p{n}")).collect();
    // What was there before comes first: then what is new need not wait until it is found.
    let links: Vec<&str> = std::iter::once("/stays").chain(paths.iter().map(String::as_str)).collect();
    site.put("/", Page::html(text("start", &links).body).tagged("\"2\""));
    site.put("/goes", Page::status(404));
    paths.iter().for_each(|path| site.put(path, text(path, &[])));
    ["/", "/stays", "/goes"].iter().for_each(|path| drop(site.take_visits(path)));
    crawled
}

/// Begins a crawl, and waits until it is in the middle; nothing more comes into the index until it is released.
pub async fn begin(crawled: &Crawled<'_>) {
    crawled.world.index.hold();
    crawled.world.hammock.refresh_source(&crawled.owner, &crawled.source).await.expect("a crawl begins");
    until("a page is asked for", async || crawled.site.requests().iter().any(|path| path == "/p9").then_some(())).await;
}

/// How often every page was asked for since it has grown.
pub fn asked(site: &Website) -> Vec<(String, usize)> {
    let requests = site.requests();
    let paths = (0..MANY).map(|n| format!("/p{n}")).chain(["/", "/stays", "/goes"].map(str::to_owned));
    let count = |path: &String| requests.iter().filter(|asked| *asked == path).count();
    paths.map(|path| (path.clone(), count(&path))).collect()
}

/// Added, changed, unchanged, removed, skipped, failed.
pub fn numbers(crawl: &Crawl) -> [u64; 6] {
    [crawl.added, crawl.changed, crawl.unchanged, crawl.removed, crawl.skipped, crawl.failed]
}

impl Crawled<'_> {
    /// Stops the second crawl in the middle.
    async fn stop(&self) -> Crawl {
        begin(self).await;
        self.world.hammock.stop_source(&self.owner, &self.source).await.expect("it is stopped");
        self.world.index.release();
        let source = self.end().await;
        assert_eq!((source.state, &source.error, source.can_go_on), (SourceState::Ready, &None, true));
        let stopped = self.last().await;
        assert_eq!((stopped.outcome, &stopped.error, stopped.removed), (CrawlOutcome::Stopped, &None, 0));
        assert!(stopped.finished_at.is_some() && source.next_crawl_at.is_some());
        assert!((1..MANY).contains(&stopped.added), "{}", stopped.added);
        assert_eq!(3 + stopped.added, source.documents, "nothing is removed");
        stopped
    }

    async fn outcomes(&self) -> Vec<CrawlOutcome> {
        let crawls = self.world.hammock.list_crawls(&self.owner, &self.source).await.expect("crawls are listed");
        crawls.into_iter().map(|crawl| crawl.outcome).collect()
    }

    /// How many addresses a crawl noted, by what became of them.
    async fn noted(&self, crawl: &Crawl, outcome: CrawlPageOutcome) -> u64 {
        let (mut count, mut page_token) = (0, None);
        loop {
            let query =
                CrawlPageQuery { outcome: Some(outcome), limit: Some(200), page_token, ..CrawlPageQuery::default() };
            let found = self.world.hammock.list_crawl_pages(&self.owner, &self.source, &crawl.id, query).await;
            let page = found.expect("pages are listed");
            count += page.items.len() as u64;
            page_token = page.next_page_token;
            if page_token.is_none() {
                return count;
            }
        }
    }
}

#[tokio::test]
async fn a_stopped_crawl_goes_on_with_what_it_has_not_asked_for() {
    let site = website().await;
    let crawled = grown(&site).await;
    let stopped = crawled.stop().await;
    crawled.world.clock.pass(HOUR);
    crawled.again().await;
    let whole = crawled.last().await;
    assert_eq!((&whole.id, whole.started_at, whole.trigger), (&stopped.id, stopped.started_at, stopped.trigger));
    assert_eq!((numbers(&whole), whole.error.as_ref()), ([MANY, 0, 2, 1, 0, 0], None));
    assert_eq!(whole.finished_at, Some(crawled.world.hammock.now()));
    let next = crawled.end().await.next_crawl_at;
    assert_eq!(next, Some(whole.started_at.plus_millis(24 * HOUR)), "a day after it began, however long it took");
    assert_eq!(crawled.outcomes().await, [CrawlOutcome::Complete, CrawlOutcome::Complete]);
    for (path, count) in asked(&site) {
        assert_eq!(count, 1, "{path}");
    }
    assert_eq!(crawled.noted(&whole, CrawlPageOutcome::Added).await, MANY);
    assert_eq!(crawled.noted(&whole, CrawlPageOutcome::Unchanged).await, 2);
    assert_eq!(crawled.noted(&whole, CrawlPageOutcome::Removed).await, 1);
    assert!(crawled.find("/goes").await.is_none());
    assert!(!crawled.end().await.can_go_on);

    // The next one is a crawl of its own.
    crawled.again().await;
    let next = crawled.last().await;
    assert_ne!(next.id, whole.id);
    assert_eq!(numbers(&next), [0, 0, MANY + 2, 0, 0, 0]);
}

#[tokio::test]
async fn a_stopped_crawl_goes_on_without_the_page_that_is_left_out_since() {
    let site = website().await;
    let crawled = grown(&site).await;
    let goes = crawled.page("/goes").await.id;
    let stopped = crawled.stop().await;
    // It waits at the end: nothing leads to it any more.
    crawled.world.hammock.leave_out_page(&crawled.owner, &goes).await.expect("it is left out");
    assert!(crawled.end().await.can_go_on);
    crawled.again().await;
    let whole = crawled.last().await;
    assert_eq!((&whole.id, whole.outcome), (&stopped.id, CrawlOutcome::Complete));
    assert_eq!(crawled.end().await.documents, MANY + 2);
    for (path, count) in asked(&site) {
        assert_eq!(count, usize::from(path != "/goes"), "{path}");
    }
}

#[tokio::test]
async fn a_crawl_that_was_stopped_long_ago_begins_anew() {
    let site = website().await;
    let crawled = grown(&site).await;
    let stopped = crawled.stop().await;
    crawled.world.clock.pass(24 * HOUR);
    assert!(!crawled.end().await.can_go_on);
    crawled.again().await;
    // A page that has not changed shows no links, so this once all are asked for without a condition.
    let anew = crawled.last().await;
    assert_ne!(anew.id, stopped.id);
    assert_eq!(numbers(&anew), [MANY - stopped.added, 0, 2 + stopped.added, 1, 0, 0]);
    assert_eq!(crawled.outcomes().await, [CrawlOutcome::Complete, CrawlOutcome::Stopped, CrawlOutcome::Complete]);
    assert!(asked(&site).contains(&("/".to_owned(), 2)));
}

#[tokio::test]
async fn a_crawl_begins_anew_after_a_change_of_the_settings() {
    let site = website().await;
    let crawled = grown(&site).await;
    let stopped = crawled.stop().await;
    let change = async |website: WebsiteSettings| {
        let patch = SourcePatch { website: Some(website), ..SourcePatch::default() };
        crawled.world.hammock.update_source(&crawled.owner, &crawled.source, patch).await.expect("it is changed");
    };
    change(WebsiteSettings { exclude: vec!["/p1*".to_owned()], ..settings(&site) }).await;
    assert!(!crawled.end().await.can_go_on);
    crawled.again().await;
    let anew = crawled.last().await;
    assert_ne!(anew.id, stopped.id);
    assert_eq!(anew.outcome, CrawlOutcome::Complete);
    // 1, 10 to 19 and 100 to 199 are left out, and those of them that were read go.
    assert_eq!(crawled.end().await.documents, MANY - 111 + 2);
    assert!(asked(&site).contains(&("/".to_owned(), 2)));
}
