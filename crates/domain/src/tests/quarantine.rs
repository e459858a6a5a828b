//! A crawl that looks like a fault of its website: nothing that it found answers until a person accepts it, and nothing of it ever
//! does when the website is read again instead. What a website has besides answers while the crawl goes on.

use std::sync::Arc;

use hammock_contract::{
    ErrorCode,
    crawl::{CrawlOutcome, CrawlPageOutcome, CrawlPageQuery, CrawlTrigger},
    document::DocumentState,
    source::SourceState,
};
use hammock_net::EgressPolicy;
use hammock_store::crawl_rests;
use hammock_testkit::site::{Page, Website};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::{
    crawling::{Crawled, website},
    made::Made,
    watching::{LATER, Watched, map},
    world::{World, until},
};
use crate::knowledge::jobs::Reached;

/// How many rooms the museum has, and how many pages the casino beside its front page.
pub const ROOMS: usize = 12;
pub const TABLES: usize = 30;

fn page(text: &str) -> Page {
    Page::html(format!("<main><p>{text}</p></main>"))
}

fn front(text: &str, paths: &[String]) -> Page {
    let links: String = paths.iter().map(|path| format!("<a href={path}>link</a> ")).collect();
    Page::html(format!("<main><p>{text}</p></main>{links}"))
}

fn rooms() -> Vec<String> {
    (0..ROOMS).map(|n| format!("/room/{n}")).collect()
}

fn tables() -> Vec<String> {
    (0..TABLES).map(|n| format!("/table/{n}")).collect()
}

/// A museum is there, and no casino.
pub fn museum(site: &Website) {
    site.put("/", front("The museum shows paintings of its friends.", &rooms()).tagged("\"museum\""));
    for (n, path) in rooms().iter().enumerate() {
        site.put(path, page(&format!("Room {n} shows painting{n}.")).tagged("\"room\""));
    }
    tables().iter().for_each(|path| site.put(path, Page::status(404)));
}

/// A casino is there in the place of the museum, with more pages than that had, and one more at the end of its front page.
pub fn casino(site: &Website, last: &str) {
    let paths: Vec<String> = tables().into_iter().chain([last.to_owned()]).collect();
    site.put("/", front("Welcome to a lounge of bonus offers: play now.", &paths).tagged("\"casino\""));
    for (n, path) in tables().iter().enumerate() {
        site.put(path, page(&format!("Table {n} pays jackpot{n} at once.")).tagged("\"table\""));
    }
    site.put(last, page("The last offer of this lounge."));
    rooms().iter().for_each(|path| site.put(path, Page::status(404)));
}

impl Crawled<'_> {
    /// Only what the museum said answers, and what the casino says is nowhere in the index.
    pub async fn is_museum(&self) {
        assert!(self.answers("painting3").await);
        assert!(!self.answers("jackpot3").await && !self.answers("lounge").await);
        assert_eq!(self.end().await.documents, 1 + ROOMS as u64);
        for path in ["/table/0", "/table/3"] {
            let Some(table) = self.find(path).await else { continue };
            assert_eq!((table.state, table.revision, table.error), (DocumentState::Waiting, 0, None), "{path}");
            assert_eq!(self.world.index.revisions(&table.id).await, [0_u32; 0], "{path}");
        }
    }

    /// Waits until a page was read that does not answer.
    async fn waits(&self, path: &str) {
        until("a page waits", async || self.find(path).await.filter(|page| page.state == DocumentState::Waiting)).await;
    }
}

#[tokio::test]
async fn a_website_that_was_replaced_answers_as_before_until_it_is_back() {
    let site = website().await;
    museum(&site);
    let crawled = Crawled::once(&site).await;
    casino(&site, "/last");
    let (source, held) = crawled.read().await;
    assert_eq!((source.state, held.outcome), (SourceState::Failed, CrawlOutcome::Held));
    let error = source.error.expect("it says why");
    // One page of before is there, though more pages were found than ever.
    assert_eq!((error.code, error.params["found"].as_str()), (ErrorCode::SiteShrunk, "1"));
    assert_eq!((held.added, held.changed, held.removed), (TABLES as u64 + 1, 1, ROOMS as u64));
    crawled.is_museum().await;

    // Still a casino: it is held again, and nothing has come nearer to answering.
    let (_, held) = crawled.read().await;
    assert_eq!((held.outcome, held.added, held.changed), (CrawlOutcome::Held, TABLES as u64 + 1, 1));
    crawled.is_museum().await;

    museum(&site);
    site.put("/last", Page::status(404));
    let (source, crawl) = crawled.read().await;
    assert_eq!((source.state, crawl.outcome), (SourceState::Ready, CrawlOutcome::Complete));
    assert_eq!((crawl.added, crawl.changed, crawl.removed), (0, 0, 0));
    assert_eq!(crawl.unchanged, 1 + ROOMS as u64);
    crawled.is_museum().await;
    assert!(crawled.find("/table/3").await.is_none(), "it is forgotten");
}

#[tokio::test]
async fn a_website_that_was_replaced_answers_when_that_is_accepted() {
    let site = website().await;
    museum(&site);
    let crawled = Crawled::once(&site).await;
    casino(&site, "/last");
    let (_, held) = crawled.read().await;
    let query =
        CrawlPageQuery { outcome: Some(CrawlPageOutcome::Added), limit: Some(200), ..CrawlPageQuery::default() };
    let h = &crawled.world.hammock;
    let added = h.list_crawl_pages(&crawled.owner, &crawled.source, &held.id, query).await.unwrap().items;
    assert_eq!(added.len(), TABLES + 1, "what waits is listed");

    assert_eq!(crawled.accept().await.documents, TABLES as u64 + 2);
    assert!(crawled.answers("jackpot3").await && crawled.answers("lounge").await);
    assert!(!crawled.answers("painting3").await && crawled.find("/room/3").await.is_none());
    let table = crawled.page("/table/3").await;
    assert_eq!((table.state, table.revision), (DocumentState::Ready, 1));
    assert_eq!(crawled.world.index.revisions(&table.id).await, [1]);

    // The next crawl is measured by it, and the website confirms what was accepted.
    tables().iter().for_each(|path| drop(site.take_visits(path)));
    let (_, crawl) = crawled.read().await;
    assert_eq!((crawl.outcome, crawl.added, crawl.changed), (CrawlOutcome::Complete, 0, 0));
    assert_eq!((crawl.unchanged, crawl.removed), (TABLES as u64 + 2, 0));
    let visits = site.take_visits("/table/3");
    assert_eq!(visits.iter().map(|visit| visit.status).collect::<Vec<_>>(), [304]);
}

#[tokio::test]
async fn a_crawl_that_is_stopped_before_it_can_be_judged_answers_nothing_new() {
    let site = website().await;
    museum(&site);
    let crawled = Crawled::once(&site).await;
    casino(&site, "/last");
    site.hold("/last");
    let h = &crawled.world.hammock;
    h.refresh_source(&crawled.owner, &crawled.source).await.unwrap();
    crawled.waits("/table/3").await;
    assert_eq!(crawled.last().await.outcome, CrawlOutcome::Running);
    assert!(!crawled.answers("jackpot3").await && crawled.answers("painting3").await);
    h.stop_source(&crawled.owner, &crawled.source).await.unwrap();
    site.release("/last");
    let source = crawled.end().await;
    assert_eq!((source.state, source.can_go_on), (SourceState::Ready, true));
    assert_eq!(crawled.last().await.outcome, CrawlOutcome::Stopped);
    crawled.is_museum().await;

    // It goes on, and is judged as one.
    let (_, held) = crawled.read().await;
    assert_eq!((held.outcome, held.added, held.removed), (CrawlOutcome::Held, TABLES as u64 + 1, ROOMS as u64));
    crawled.is_museum().await;
    crawled.accept().await;
    assert!(crawled.answers("jackpot3").await && !crawled.answers("painting3").await);
}

#[tokio::test]
async fn what_is_new_answers_while_the_crawl_goes_on_when_most_pages_stand() {
    let site = website().await;
    let paths: Vec<String> = (1..5).map(|n| format!("/p{n}")).collect();
    let say =
        |n: usize, more: &str| format!("Hall {n} of the museum shows sculpture{n} from morning to evening. {more}");
    site.put("/", front("The museum has halls.", &paths));
    paths.iter().zip(1..).for_each(|(path, n)| site.put(path, page(&say(n, &say(n, "")))));
    let crawled = Crawled::once(&site).await;

    // A page is new, one has changed, one says hardly anything; behind the last one comes another, which lets them wait.
    site.put("/", front("The museum has halls.", &[paths.as_slice(), &["/new".to_owned()]].concat()));
    site.put("/new", page("The cellar shows fossils."));
    site.put("/p1", page(&say(1, &say(1, "Closed on Mondays: renovation."))));
    site.put("/p2", page("Gone."));
    site.put("/p4", front(&say(4, &say(4, "")), &["/slow".to_owned()]));
    site.put("/slow", page("The attic shows clocks."));
    site.hold("/slow");
    let h = &crawled.world.hammock;
    h.refresh_source(&crawled.owner, &crawled.source).await.unwrap();
    until("what is new and what has changed answers", async || {
        (crawled.answers("fossils").await && crawled.answers("renovation").await).then_some(())
    })
    .await;
    assert_eq!(crawled.last().await.outcome, CrawlOutcome::Running);
    assert!(crawled.answers("sculpture2").await, "what is sudden waits for the end");
    assert_eq!(crawled.page("/p1").await.revision, 2);
    assert_eq!(crawled.world.index.revisions(&crawled.page("/new").await.id).await, [1]);

    site.release("/slow");
    let source = crawled.end().await;
    assert_eq!((source.state, source.documents), (SourceState::Ready, 7));
    let crawl = crawled.last().await;
    assert_eq!((crawl.outcome, crawl.added, crawl.changed, crawl.unchanged), (CrawlOutcome::Complete, 2, 2, 3));
    assert!(crawled.answers("clocks").await && !crawled.answers("sculpture2").await);
    assert_eq!(crawled.page("/p2").await.revision, 2);
}

#[tokio::test]
async fn pages_of_a_first_crawl_answer_as_they_come() {
    let site = website().await;
    site.put("/", front("The museum has halls.", &["/a".to_owned(), "/slow".to_owned()]));
    site.put("/a", page("The cellar shows fossils."));
    site.put("/slow", page("The attic shows clocks."));
    site.hold("/slow");
    let crawled = Crawled::waiting(&site, super::crawling::small(&site)).await;
    crawled.world.work();
    until("the first page answers", async || crawled.answers("fossils").await.then_some(())).await;
    assert_eq!(crawled.last().await.outcome, CrawlOutcome::Running);
    site.release("/slow");
    assert_eq!(crawled.end().await.documents, 3);
}

#[tokio::test]
async fn a_part_that_looks_like_a_fault_answers_nothing_new() {
    let site = website().await;
    let paths: Vec<String> = (0..10).map(|n| format!("/p{n}")).collect();
    let watched = Watched::new(&site, &paths.iter().map(String::as_str).collect::<Vec<_>>()).await;
    paths.iter().for_each(|path| site.put(path, page("No.")));
    site.put("/new", page("The lounge pays jackpots."));
    let listed: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), LATER)).chain([("/new", LATER)]).collect();
    site.put("/sitemap.xml", map(&site, "\"2\"", &listed));
    let source = watched.look().await;
    assert_eq!(source.watch_error.map(|error| error.code), Some(ErrorCode::SiteReplaced));
    assert_eq!((source.state, source.documents), (SourceState::Ready, 11));
    let new = watched.0.page("/new").await;
    assert_eq!((new.state, new.revision), (DocumentState::Waiting, 0));
    assert!(!watched.0.answers("jackpots").await && watched.0.answers("museum").await);
    assert_eq!(watched.0.world.index.revisions(&new.id).await, [0_u32; 0]);
}

/// The server goes down in the middle of a crawl that would be held.
#[test]
fn what_waits_outlives_a_crash_and_answers_no_sooner() {
    let outside = Runtime::new().unwrap();
    let site = outside.block_on(website());
    museum(&site);
    let first = Runtime::new().unwrap();
    let (folder, index, owner, id) = first.block_on(async {
        let crawled = Crawled::once(&site).await;
        crawled.world.rest().await;
        casino(&site, "/last");
        site.hold("/last");
        let (h, scope, id) = (crawled.world.hammock.clone(), crawled.owner.clone(), crawled.source.clone());
        tokio::spawn(async move {
            let (trigger, never) = (CrawlTrigger::Person, CancellationToken::new());
            h.crawl_source(&scope, &id, trigger, None, never.clone(), &never).await
        });
        crawled.waits("/table/3").await;
        let Crawled { world, owner, source, .. } = crawled;
        let noted = crawl_rests::find(&owner, world.hammock.store().read(), &source).await.unwrap();
        assert!(noted.is_some(), "what it begins at is noted before its first page is stored");
        (Arc::clone(&world.folder), Arc::clone(&world.index), owner, source)
    });
    first.shutdown_timeout(std::time::Duration::from_secs(10));

    site.release("/last");
    Runtime::new().unwrap().block_on(async {
        let egress = EgressPolicy::allowing([site.authority().parse().unwrap()]);
        let world = World::made(Made { egress, index, ..Made::new(folder) }).await;
        let crawled = Crawled { world, site: &site, owner, source: id };
        let h = &crawled.world.hammock;
        assert_eq!(crawled.page("/table/3").await.revision, 0);
        let never = CancellationToken::new();
        let reached =
            h.crawl_source(&crawled.owner, &crawled.source, CrawlTrigger::Person, None, never.clone(), &never).await;
        assert_eq!(reached, Ok(Reached::End));
        let crawls = h.list_crawls(&crawled.owner, &crawled.source).await.unwrap();
        assert_eq!((crawls.len(), crawls[0].outcome), (2, CrawlOutcome::Held), "it is one crawl");
        assert_eq!((crawls[0].added, crawls[0].removed), (TABLES as u64 + 1, ROOMS as u64));
        crawled.is_museum().await;
        h.accept_crawl(&crawled.owner, &crawled.source).await.unwrap();
        assert!(crawled.answers("jackpot3").await && !crawled.answers("painting3").await);
    });
}

hammock_testkit::on_postgres!(
    "quarantine of crawls on PostgreSQL",
    a_website_that_was_replaced_answers_as_before_until_it_is_back,
    a_website_that_was_replaced_answers_when_that_is_accepted,
    what_is_new_answers_while_the_crawl_goes_on_when_most_pages_stand,
);
