//! Readings of some pages that the end of the server cut off: they go on as one with what they have not asked for.

use hammock_contract::{
    crawl::{CrawlOutcome, CrawlTrigger},
    source::{SourceState, WebsiteSettings},
};
use hammock_testkit::site::{Page, Website};
use tokio_util::sync::CancellationToken;

use super::{
    crawling::{Crawled, small, text, website},
    resumed::{MANY, asked, numbers},
    world::until,
};

const HOUR: i64 = 3_600_000;

/// A sitemap of these paths.
fn map(site: &Website, tag: &'static str, paths: &[String]) -> Page {
    let urls: String = paths.iter().map(|path| format!("<url><loc>{}</loc></url>", site.url(path))).collect();
    Page::of("application/xml", format!("<urlset>{urls}</urlset>")).tagged(tag)
}

/// A website that was crawled once, and whose sitemap names many new pages now and one no more that is gone. Nothing comes into
/// the index until it is released, and the reading of these pages is in its middle.
async fn in_the_middle(site: &Website) -> Crawled<'_> {
    site.put("/", text("start"));
    site.put("/goes", text("goes"));
    site.put("/sitemap.xml", map(site, "\"1\"", &["/".to_owned(), "/goes".to_owned()]));
    let settings = WebsiteSettings { use_sitemap: true, page_limit: 1_000, ..small(site) };
    let crawled = Crawled::with(site, settings).await;
    let look = async || {
        crawled.world.clock.pass(HOUR);
        assert_eq!(crawled.world.hammock.watch_due().await, Ok(1));
    };
    look().await;
    crawled.end().await;
    let paths: Vec<String> = (0..MANY).map(|n| format!("/p{n}")).collect();
    paths.iter().for_each(|path| site.put(path, text(path)));
    site.put("/goes", Page::status(404));
    let listed: Vec<String> = std::iter::once("/".to_owned()).chain(paths).collect();
    site.put("/sitemap.xml", map(site, "\"2\"", &listed));
    ["/", "/goes"].iter().for_each(|path| drop(site.take_visits(path)));
    crawled.world.index.hold();
    look().await;
    let is_new = |path: &&String| path.starts_with("/p");
    until("pages are asked for", async || (site.requests().iter().filter(is_new).count() > 9).then_some(())).await;
    crawled
}

/// How the website is when all of it was read after all: as one reading, the second line of its history.
async fn went_on(crawled: &Crawled<'_>) {
    let source = crawled.end().await;
    assert_eq!((source.state, source.documents, source.can_go_on), (SourceState::Ready, MANY + 1, false));
    let history = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.expect("crawls are listed");
    assert_eq!(history.len(), 2, "{history:?}");
    assert_eq!((history[0].trigger, history[0].outcome), (CrawlTrigger::Sitemap, CrawlOutcome::Complete));
    assert_eq!((numbers(&history[0]), history[0].error.as_ref()), ([MANY, 0, 0, 1, 0, 0], None));
    assert!(crawled.find("/goes").await.is_none());
}

#[tokio::test]
async fn a_reading_of_some_pages_that_the_end_of_the_server_cut_off_goes_on() {
    let site = website().await;
    let crawled = in_the_middle(&site).await;
    crawled.world.stop_working();
    crawled.world.index.release();
    let cut_off = until("the reading ends", async || {
        let last = crawled.last().await;
        (last.outcome != CrawlOutcome::Running).then_some(last)
    })
    .await;
    assert_eq!((cut_off.trigger, cut_off.outcome), (CrawlTrigger::Sitemap, CrawlOutcome::Interrupted));
    assert!(cut_off.added < MANY, "{}", cut_off.added);

    let next = CancellationToken::new();
    let _end = next.clone().drop_guard();
    crawled.world.hammock.spawn_worker(next);
    went_on(&crawled).await;
    assert_eq!(crawled.last().await.id, cut_off.id);
    for (path, count) in asked(&site).into_iter().filter(|(path, _)| path.starts_with("/p")) {
        assert_eq!(count, 1, "{path}");
    }
}
