//! When a website whose reading failed is read again.

use hammock_contract::{ErrorCode, crawl::CrawlOutcome, source::SourceState};
use hammock_testkit::site::{Page, Website};

use super::crawling::{Crawled, small, text};

const HOUR: i64 = 3_600_000;

impl Crawled<'_> {
    /// How long after now the website is due, when its reading has ended. Milliseconds.
    async fn pause(&self) -> i64 {
        let next = self.end().await.next_crawl_at.expect("it is due again");
        next.since(self.world.hammock.now())
    }
}

#[tokio::test]
async fn a_website_in_trouble_is_tried_again_soon_and_then_as_its_schedule_says() {
    let site = Website::start([("/", Page::status(501))]).await.unwrap();
    let crawled = Crawled::waiting(&site, small(&site)).await;
    crawled.world.work();
    let h = &crawled.world.hammock;
    for expected in [HOUR / 4, HOUR, 4 * HOUR, 24 * HOUR] {
        assert_eq!(crawled.pause().await, expected);
        crawled.world.clock.pass(expected - 1);
        assert_eq!(h.crawl_due().await, Ok(0));
        crawled.world.clock.pass(1);
        assert_eq!(h.crawl_due().await, Ok(1));
    }
    assert_eq!(crawled.pause().await, 24 * HOUR);

    // What was read in between begins the count anew.
    site.put("/", Page::html("<main><p>The museum says: back again</p></main>"));
    crawled.again().await;
    assert_eq!(crawled.pause().await, 24 * HOUR);
    site.put("/", Page::status(501));
    crawled.world.clock.pass(24 * HOUR);
    assert_eq!(h.crawl_due().await, Ok(1));
    assert_eq!(crawled.pause().await, HOUR / 4);
}

#[tokio::test]
async fn a_website_that_asks_for_a_pause_is_read_when_that_is_over() {
    let busy = Page::status(429).retry_after("7200");
    let site = Website::start([("/", busy)]).await.unwrap();
    let crawled = Crawled::waiting(&site, small(&site)).await;
    crawled.world.work();
    let source = crawled.end().await;
    let error = source.error.expect("there is a reason");
    assert_eq!((source.state, error.code), (SourceState::Failed, ErrorCode::SiteAsksForPause));
    let pause = crawled.pause().await;
    assert!((7_190_000..=7_200_000).contains(&pause), "{pause}");
    assert_eq!(site.take_visits("/").len(), 1);
}

#[tokio::test]
async fn a_website_that_asks_for_a_pause_in_the_middle_does_not_begin_anew() {
    let site = Website::start([("/p9", Page::status(429).retry_after("7200"))]).await.unwrap();
    let links: String = (0..20).map(|n| format!("<a href=/p{n}>{n}</a>")).collect();
    site.put("/", Page::html(format!("<main><p>The museum says: start</p></main>{links}")));
    for n in (0..20).filter(|n| *n != 9) {
        site.put(&format!("/p{n}"), text(&format!("page {n}")));
    }
    let crawled = Crawled::waiting(&site, small(&site)).await;
    crawled.world.work();
    let source = crawled.end().await;
    assert_eq!(source.error.map(|error| error.code), Some(ErrorCode::SiteAsksForPause));
    assert!(source.can_go_on && (1..20).contains(&source.documents), "{}", source.documents);
    assert!((7_190_000..=7_200_000).contains(&crawled.pause().await));
    let first = crawled.last().await;
    assert_eq!(first.outcome, CrawlOutcome::Interrupted);

    // Too early, it asks for the pause again.
    crawled.world.hammock.refresh_source(&crawled.owner, &crawled.source).await.expect("it goes on");
    let source = crawled.end().await;
    assert_eq!((source.state, source.can_go_on), (SourceState::Failed, true));
    let again = crawled.last().await;
    assert_eq!((&again.id, again.outcome), (&first.id, CrawlOutcome::Interrupted));

    site.put("/p9", text("page 9"));
    crawled.world.clock.pass(2 * HOUR);
    // The worker may have seen it first.
    crawled.world.hammock.crawl_due().await.expect("websites that are due are looked for");
    let source = crawled.end().await;
    assert_eq!((source.state, source.documents, source.can_go_on), (SourceState::Ready, 21, false));
    let whole = crawled.last().await;
    assert_eq!((&whole.id, whole.outcome, whole.error), (&first.id, CrawlOutcome::Complete, None));
    assert_eq!(site.take_visits("/").len(), 1);
}
