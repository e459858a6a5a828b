//! A website full of traps, and a website that goes down in the middle, as people see them in the list of pages.

use std::collections::BTreeMap;

use hammock_contract::{
    ErrorCode,
    crawl::CrawlOutcome,
    document::{Document, DocumentQuery, DocumentState},
    source::{NewSource, SourceKind, WebsiteSettings},
};
use hammock_llm::scripted::ScriptedModel;
use hammock_testkit::{
    site::{Page, Website},
    traps::Traps,
};

use super::{
    crawling::{Crawled, small},
    documentation::wait_for,
    world::World,
};

const READY: DocumentState = DocumentState::Ready;
const SKIPPED: DocumentState = DocumentState::Skipped;
const FAILED: DocumentState = DocumentState::Failed;

/// What the list shows by the paths of addresses: the state, the status of HTTP and why there is no text.
type Rows = BTreeMap<String, (DocumentState, Option<u16>, Option<ErrorCode>)>;

fn rows(documents: &[Document], traps: &Traps) -> Rows {
    let site = traps.url("");
    let row = |document: &Document| {
        let path = document.location.strip_prefix(&site).unwrap_or(&document.location).to_owned();
        (path, (document.state, document.http_status, document.error.as_ref().map(|error| error.code)))
    };
    documents.iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_trap_is_listed_with_what_it_is() {
    let traps = Traps::start().await.expect("a website starts");
    let world = World::with_site_at(ScriptedModel::new([]), &traps.address().to_string()).await;
    let owner = world.owner("Eva").await;
    let (collection, _) = world.collection(&owner, "Museum").await;
    let settings = WebsiteSettings { page_limit: 100, max_depth: 4, ..WebsiteSettings::of(traps.url("/")) };
    let new = NewSource { name: String::new(), description: String::new(), kind: SourceKind::Website(settings) };
    let source = world.hammock.create_source(&owner, &collection, new).await.expect("a source is made").id;
    world.work();
    wait_for(&world, &owner, &source).await;
    let query = || DocumentQuery { source: Some(source.clone()), limit: Some(200), ..DocumentQuery::default() };
    let listed = world.hammock.list_documents(&owner, query()).await.expect("documents are listed").items;
    let expected = [
        ("/", READY, Some(200), None),
        ("/about-404", READY, Some(200), None),
        ("/after-broken", READY, Some(200), None),
        ("/app", SKIPPED, Some(200), Some(ErrorCode::NeedsJavascript)),
        ("/broken-utf8", READY, Some(200), None),
        // The calendar has no end; how deep links are followed has.
        ("/calendar/1", READY, Some(200), None),
        ("/calendar/2", READY, Some(200), None),
        ("/calendar/3", READY, Some(200), None),
        ("/calendar/4", READY, Some(200), None),
        ("/drip", FAILED, None, Some(ErrorCode::SiteUnreachable)),
        ("/item?id=1", READY, Some(200), None),
        ("/large", FAILED, None, Some(ErrorCode::TooLarge)),
        ("/latin-as-utf8", READY, Some(200), None),
        // Only a browser finds where these lead.
        ("/leads-away", SKIPPED, Some(200), Some(ErrorCode::NeedsJavascript)),
        ("/leads-on", SKIPPED, Some(200), Some(ErrorCode::NeedsJavascript)),
        ("/mapped", READY, Some(200), None),
        ("/missing", SKIPPED, Some(200), Some(ErrorCode::SoftNotFound)),
        ("/private", SKIPPED, None, Some(ErrorCode::RobotsDisallowed)),
        ("/round", FAILED, None, Some(ErrorCode::SiteUnreachable)),
        ("/round-a", SKIPPED, Some(302), Some(ErrorCode::Redirected)),
        ("/round-b", SKIPPED, Some(302), Some(ErrorCode::Redirected)),
        ("/shop", READY, Some(200), None),
        ("/shrinks", READY, Some(200), None),
        ("/turns", SKIPPED, Some(200), Some(ErrorCode::Redirected)),
        ("/turns-back", SKIPPED, Some(200), Some(ErrorCode::Redirected)),
        ("/utf8-as-latin", READY, Some(200), None),
        ("/wrong-charset", READY, Some(200), None),
    ];
    assert_eq!(listed.len(), expected.len(), "each address once");
    let expected: Rows =
        expected.into_iter().map(|(path, state, status, code)| (path.to_owned(), (state, status, code))).collect();
    assert_eq!(rows(&listed, &traps), expected);
    // Each says it in words.
    for document in listed.iter().filter(|document| document.state != READY) {
        assert!(document.error.as_ref().is_some_and(|error| !error.message.is_empty()), "{}", document.location);
    }
    let reached = |text: &'static str| world.search(&owner, text);
    assert!(reached("wine cellar").await.iter().any(|hit| hit.text.contains("wine")));

    // A page that shrinks has changed.
    world.hammock.refresh_source(&owner, &source).await.expect("a crawl begins");
    wait_for(&world, &owner, &source).await;
    let again = world.hammock.list_documents(&owner, query()).await.expect("documents are listed").items;
    assert_eq!(rows(&again, &traps), expected);
    assert!(reached("wine cellar").await.iter().all(|hit| !hit.text.contains("wine")));
    let crawls = world.hammock.list_crawls(&owner, &source).await.expect("crawls are listed");
    let outcomes: Vec<CrawlOutcome> = crawls.iter().map(|crawl| crawl.outcome).collect();
    assert_eq!(outcomes, [CrawlOutcome::Complete, CrawlOutcome::Complete]);
    // Nothing else: the two pages with a new session in each answer say what they said.
    assert_eq!((crawls[0].added, crawls[0].changed, crawls[0].removed), (0, 1, 0), "{:?}", crawls[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_website_that_goes_down_in_the_middle_keeps_what_was_read() {
    const PAGES: usize = 40;
    let site = Website::start([]).await.expect("a website starts");
    let room = |number: usize| Page::html(format!("<main><p>Room {number} shows painting{number}.</p></main>"));
    let links: String = (0..PAGES).map(|number| format!("<a href=/room/{number}>{number}</a> ")).collect();
    site.put("/", Page::html(format!("<main><p>The museum.</p></main>{links}")));
    (0..PAGES).for_each(|number| site.put(&format!("/room/{number}"), room(number)));
    let crawled = Crawled::with(&site, small(&site)).await;
    // An error that the crawler takes for final at once.
    (0..PAGES).for_each(|number| site.put(&format!("/room/{number}"), Page::status(501)));
    crawled.world.hammock.refresh_source(&crawled.owner, &crawled.source).await.expect("a crawl begins");
    let source = crawled.end().await;
    assert_eq!(source.error.map(|error| error.code), Some(ErrorCode::SiteFailed));
    let crawls = crawled.world.hammock.list_crawls(&crawled.owner, &crawled.source).await.expect("crawls are listed");
    assert_eq!(crawls.first().map(|crawl| crawl.outcome), Some(CrawlOutcome::Failed));
    // The list says of each page what it answered: those that were not asked any more are as they were.
    let query = DocumentQuery { source: Some(crawled.source.clone()), limit: Some(200), ..DocumentQuery::default() };
    let listed = crawled.world.hammock.list_documents(&crawled.owner, query).await.expect("documents are listed").items;
    assert_eq!(listed.len(), PAGES + 1);
    let mut failed = 0;
    for document in &listed {
        let row = (document.state, document.http_status, document.error.as_ref().map(|error| error.code));
        if row != (READY, Some(200), None) {
            assert_eq!(row, (FAILED, Some(501), Some(ErrorCode::SiteFailed)), "{}", document.location);
            assert_ne!(document.location, site.url("/"));
            failed += 1;
        }
        assert_eq!((document.revision, document.chunks > 0), (1, true), "{}", document.location);
    }
    assert!((1..PAGES).contains(&failed), "{failed}");
    // Every page still answers.
    for number in [0, PAGES / 2, PAGES - 1] {
        let painting = format!("painting{number}");
        let found = crawled.world.search(&crawled.owner, &painting).await;
        assert!(found.iter().any(|hit| hit.text.contains(&painting)), "{painting}: {found:?}");
    }
}
