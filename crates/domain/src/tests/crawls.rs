//! The crawls of a website: what the settings keep, what the history says, when the next is due, and what is held.

use hammock_contract::{
    ErrorCode,
    crawl::{Crawl, CrawlOutcome, CrawlTrigger, Schedule},
    document::DocumentState,
    page::PageRequest,
    source::{Source, SourceKind, SourcePatch, SourceState, WebsiteSettings},
    user::Role,
};
use hammock_store::{Scope, audit, crawls};
use hammock_testkit::site::{Page, Website};

use super::{
    crawling::{Crawled, small, website},
    world::until,
};

const HOUR: i64 = 3_600_000;

fn text(text: &str, links: &[&str]) -> Page {
    let links: String = links.iter().map(|path| format!("<a href={path}>{path}</a> ")).collect();
    Page::html(format!("<main><p>The museum says: {text}</p></main>{links}"))
}

impl Crawled<'_> {
    async fn history(&self) -> Vec<Crawl> {
        self.world.hammock.list_crawls(&self.owner, &self.source).await.expect("crawls are listed")
    }

    async fn source(&self) -> Source {
        self.world.hammock.find_source(&self.owner, &self.source).await.expect("the source is there")
    }

    async fn change(&self, settings: WebsiteSettings) -> Source {
        let patch = SourcePatch { website: Some(settings), ..SourcePatch::default() };
        self.world.hammock.update_source(&self.owner, &self.source, patch).await.expect("the source is changed")
    }
}

/// Added, changed, unchanged, removed, skipped, failed.
fn numbers(crawl: &Crawl) -> [u64; 6] {
    [crawl.added, crawl.changed, crawl.unchanged, crawl.removed, crawl.skipped, crawl.failed]
}

#[tokio::test]
async fn patterns_and_depth_are_kept_to() {
    let site = website().await;
    site.put("/", text("start", &["/help/1", "/basket", "/about"]));
    site.put("/about", text("about", &["/help/2"]));
    site.put("/help/1", text("one", &["/help/print"]));
    site.put("/help/2", text("two", &["/help/3"]));
    site.put("/help/3", text("too deep", &[]));
    site.put("/help/print", text("printed", &[]));
    site.put("/island", text("an island", &["/help/4"]));
    site.put("/help/4", text("four", &[]));
    let settings = WebsiteSettings {
        more_urls: vec![site.url("/island")],
        include: vec!["/help/*".to_owned()],
        exclude: vec!["/basket*".to_owned(), "*print*".to_owned()],
        max_depth: 2,
        ..small(&site)
    };
    let crawled = Crawled::with(&site, settings).await;
    for path in ["/help/1", "/help/2", "/help/4"] {
        let page = crawled.page(path).await;
        assert_eq!((page.state, page.fetched_at), (DocumentState::Ready, Some(crawled.world.hammock.now())), "{path}");
    }
    // What the settings name is in the list, and says why it does not answer; what they leave out besides is not.
    for path in ["/", "/island"] {
        let page = crawled.page(path).await;
        let code = page.error.map(|error| error.code);
        assert_eq!((page.state, code), (DocumentState::Skipped, Some(ErrorCode::NotIncluded)), "{path}");
    }
    for path in ["/about", "/basket", "/help/print", "/help/3"] {
        assert!(crawled.find(path).await.is_none(), "{path}");
    }
    let asked = site.requests();
    assert!(!asked.iter().any(|path| path == "/basket" || path == "/help/print" || path == "/help/3"), "{asked:?}");
    let history = crawled.history().await;
    assert_eq!(
        (history.len(), numbers(&history[0])),
        (1, [3, 0, 0, 0, 3, 0]),
        "with /about, which was read for its links"
    );
    assert_eq!((history[0].trigger, history[0].outcome), (CrawlTrigger::Person, CrawlOutcome::Complete));
}

#[tokio::test]
async fn the_history_counts_what_became_of_the_pages() {
    let site = website().await;
    let moved = Page::redirect("/same");
    site.put("/", text("start", &["/same", "/changes", "/goes", "/broken", "/moved"]));
    site.put("/same", text("the same", &[]));
    site.put("/changes", text("before", &[]));
    site.put("/goes", text("going", &[]));
    site.put("/broken", Page::status(501));
    site.put("/moved", moved);
    let crawled = Crawled::once(&site).await;
    let begun = crawled.world.hammock.now();
    crawled.world.clock.pass(HOUR);

    site.put("/", text("start", &["/same", "/changes", "/new", "/broken", "/moved"]));
    site.put("/changes", text("after", &[]));
    site.put("/goes", Page::status(404));
    site.put("/new", text("new", &[]));
    crawled.again().await;
    let history = crawled.history().await;
    assert_eq!(history.len(), 2);
    assert_eq!(numbers(&history[1]), [4, 0, 0, 0, 1, 1]);
    // The start page has other links and says the same.
    assert_eq!(numbers(&history[0]), [1, 1, 2, 1, 1, 1]);
    assert_eq!(crawled.source().await.documents, 4);
    for crawl in &history {
        assert_eq!((crawl.outcome, &crawl.error), (CrawlOutcome::Complete, &None));
    }
    assert_eq!((history[1].started_at, history[1].finished_at), (begun, Some(begun)));
    assert_eq!(history[0].started_at, begun.plus_millis(HOUR));

    // Nothing happened since.
    crawled.again().await;
    assert_eq!(numbers(&crawled.history().await[0]), [0, 0, 4, 0, 1, 1]);
}

#[tokio::test]
async fn a_crawl_ends_at_the_page_limit() {
    let site = website().await;
    site.put("/", text("start", &["/a", "/b"]));
    site.put("/a", text("a", &[]));
    site.put("/b", text("b", &[]));
    let crawled = Crawled::with(&site, WebsiteSettings { page_limit: 2, ..small(&site) }).await;
    let crawl = crawled.history().await.remove(0);
    assert_eq!((crawl.outcome, crawl.added), (CrawlOutcome::PageLimit, 2));

    crawled.change(small(&site)).await;
    crawled.again().await;
    let crawl = crawled.history().await.remove(0);
    assert_eq!((crawl.outcome, numbers(&crawl)), (CrawlOutcome::Complete, [1, 0, 2, 0, 0, 0]));
}

#[tokio::test]
async fn a_website_is_crawled_when_it_is_due() {
    let site = website().await;
    site.put("/", text("start", &[]));
    let crawled = Crawled::once(&site).await;
    let h = &crawled.world.hammock;
    let end = h.now();
    let source = crawled.source().await;
    assert_eq!((source.finished_at, source.next_crawl_at), (Some(end), Some(end.plus_millis(24 * HOUR))));

    crawled.world.clock.pass(24 * HOUR - 1);
    assert_eq!(h.crawl_due().await, Ok(0));
    crawled.world.clock.pass(1);
    let (first, second) = tokio::join!(h.crawl_due(), h.crawl_due());
    assert_eq!(first.unwrap() + second.unwrap(), 1, "once, whoever looks");
    let next = crawled.end().await.next_crawl_at;
    assert_eq!(next, Some(end.plus_millis(48 * HOUR)));
    let history = crawled.history().await;
    let triggers: Vec<CrawlTrigger> = history.iter().map(|crawl| crawl.trigger).collect();
    assert_eq!(triggers, [CrawlTrigger::Schedule, CrawlTrigger::Person]);
    assert_eq!(h.crawl_due().await, Ok(0), "it is not due again");

    // Another schedule holds at once; none is none.
    let hourly = WebsiteSettings { schedule: Schedule::Every { hours: 1 }, ..small(&site) };
    let now = h.now();
    assert_eq!(crawled.change(hourly.clone()).await.next_crawl_at, Some(now.plus_millis(HOUR)));
    let never = WebsiteSettings { schedule: Schedule::Never, ..hourly };
    assert_eq!(crawled.change(never).await.next_crawl_at, None);
    crawled.world.clock.pass(1_000 * HOUR);
    assert_eq!(h.crawl_due().await, Ok(0));
    crawled.again().await;
    assert_eq!(crawled.source().await.next_crawl_at, None);
}

#[tokio::test]
async fn set_times_begin_with_the_next_one() {
    let site = website().await;
    site.put("/", text("start", &[]));
    let never = WebsiteSettings { schedule: Schedule::Never, ..small(&site) };
    let crawled = Crawled::with(&site, never.clone()).await;
    let h = &crawled.world.hammock;
    crawled.world.clock.pass(5 * 24 * HOUR);
    let now = h.now();
    let schedule = Schedule::Cron { expression: "0 3 * * *".to_owned(), time_zone: "UTC".to_owned() };
    let next = crawled.change(WebsiteSettings { schedule, ..never }).await.next_crawl_at.expect("it is due again");
    assert!(next > now && next <= now.plus_millis(24 * HOUR), "{next:?}, {now:?}");
    assert_eq!(h.crawl_due().await, Ok(0), "none of the days that have passed");
}

#[tokio::test]
async fn a_website_that_was_stopped_is_left_alone_until_its_time_is_over_again() {
    let site = website().await;
    site.put("/", text("start", &[]));
    let crawled = Crawled::once(&site).await;
    let h = &crawled.world.hammock;
    crawled.world.clock.pass(30 * HOUR);
    let now = h.now();
    // It was due, and is stopped before anybody has begun with it.
    let tx = h.store().begin().await.unwrap();
    assert!(hammock_store::sources::take_due(&crawled.owner, &tx, &crawled.source, now).await.unwrap());
    h.crawl_stopped(&crawled.owner, &tx, &crawled.source).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(crawled.source().await.next_crawl_at, Some(now.plus_millis(24 * HOUR)));
    assert_eq!(h.crawl_due().await, Ok(0));

    // Another schedule counts from the beginning of the last reading, too.
    let began = crawled.history().await.remove(0).started_at;
    let weekly = WebsiteSettings { schedule: Schedule::Every { hours: 168 }, ..small(&site) };
    assert_eq!(crawled.change(weekly).await.next_crawl_at, Some(began.plus_millis(168 * HOUR)));
}

#[tokio::test]
async fn a_worker_begins_with_what_is_due() {
    let site = website().await;
    site.put("/", text("start", &[]));
    let crawled = Crawled::waiting(&site, small(&site)).await;
    let h = &crawled.world.hammock;
    assert_eq!(h.stop_source(&crawled.owner, &crawled.source).await.unwrap().state, SourceState::Ready);
    assert!(crawled.source().await.next_crawl_at.is_some());
    assert!(crawled.history().await.is_empty(), "it never began");
    crawled.world.clock.pass(24 * HOUR);
    crawled.world.work();
    let history = until("it is crawled", async || {
        let history = crawled.history().await;
        history.first().is_some_and(|crawl| crawl.outcome == CrawlOutcome::Complete).then_some(history)
    })
    .await;
    assert_eq!((history.len(), history[0].trigger), (1, CrawlTrigger::Schedule));
}

#[tokio::test]
async fn a_crawl_that_fails_says_why() {
    let site = website().await;
    site.put("/", Page::status(501));
    let crawled = Crawled::waiting(&site, small(&site)).await;
    crawled.world.work();
    let source = crawled.end().await;
    assert_eq!(source.state, SourceState::Failed);
    let crawl = crawled.history().await.remove(0);
    assert_eq!((crawl.outcome, &crawl.error, numbers(&crawl)), (CrawlOutcome::Failed, &source.error, [0; 6]));
    assert_eq!(crawl.finished_at, source.finished_at);
}

fn many(site: &Website, pages: usize) {
    let paths: Vec<String> = (0..pages).map(|n| format!("/p{n}")).collect();
    site.put("/", text("start", &paths.iter().map(String::as_str).collect::<Vec<_>>()));
    paths.iter().for_each(|path| site.put(path, text(path, &[])));
}

#[tokio::test]
async fn a_crawl_that_finds_far_less_is_held_until_it_is_accepted() {
    let site = website().await;
    many(&site, 12);
    let crawled = Crawled::once(&site).await;
    let h = &crawled.world.hammock;
    let nothing_held = h.accept_crawl(&crawled.owner, &crawled.source).await.unwrap_err();
    assert_eq!(nothing_held.code, ErrorCode::InvalidRequest);

    site.put("/", text("start", &["/p0"]));
    (1..12).for_each(|n| site.put(&format!("/p{n}"), Page::status(404)));
    h.refresh_source(&crawled.owner, &crawled.source).await.unwrap();
    let source = crawled.end().await;
    let error = source.error.unwrap();
    assert_eq!((source.state, source.documents, error.code), (SourceState::Failed, 13, ErrorCode::SiteShrunk));
    assert_eq!((error.params["found"].as_str(), error.params["removed"].as_str()), ("2", "11"));
    assert!(source.next_crawl_at.is_some());
    let held = crawled.history().await.remove(0);
    assert_eq!((held.outcome, numbers(&held), held.error), (CrawlOutcome::Held, [0, 0, 2, 11, 0, 0], Some(error)));
    assert!(!crawled.world.search(&crawled.owner, "museum p7").await.is_empty(), "what was there answers");

    let user = crawled.world.colleague(&crawled.owner, "Adam", Role::User).await;
    assert_eq!(h.accept_crawl(&user, &crawled.source).await.unwrap_err().code, ErrorCode::RoleRequired);
    let accepted = h.accept_crawl(&crawled.owner, &crawled.source).await.unwrap();
    assert_eq!((accepted.state, accepted.error, accepted.documents), (SourceState::Ready, None, 2));
    assert_eq!(accepted.next_crawl_at, source.next_crawl_at);
    let crawl = crawled.history().await.remove(0);
    assert_eq!((crawl.outcome, crawl.removed, crawl.error), (CrawlOutcome::Complete, 11, None));
    assert!(h.accept_crawl(&crawled.owner, &crawled.source).await.is_err(), "once");
    crawled.world.rest().await;

    // Measured by what was accepted, the next one is fine.
    crawled.again().await;
    assert_eq!(numbers(&crawled.history().await[0]), [0, 0, 2, 0, 0, 0]);
}

#[tokio::test]
async fn what_is_not_wanted_any_more_goes_without_being_held() {
    let site = website().await;
    many(&site, 12);
    let crawled = Crawled::once(&site).await;
    assert_eq!(crawled.source().await.documents, 13);
    crawled.change(WebsiteSettings { exclude: vec!["/p1*".to_owned()], max_depth: 1, ..small(&site) }).await;
    assert_eq!(crawled.source().await.documents, 13, "from the next crawl on");
    crawled.again().await;
    assert_eq!((crawled.source().await.documents, numbers(&crawled.history().await[0])), (10, [0, 0, 10, 3, 0, 0]));
    crawled.change(WebsiteSettings { max_depth: 0, ..small(&site) }).await;
    crawled.again().await;
    assert_eq!((crawled.source().await.documents, numbers(&crawled.history().await[0])), (1, [0, 0, 1, 9, 0, 0]));
    crawled.change(small(&site)).await;
    crawled.again().await;
    assert_eq!((crawled.source().await.documents, numbers(&crawled.history().await[0])), (13, [12, 0, 1, 0, 0, 0]));
}

#[tokio::test]
async fn what_was_cut_off_does_not_go_on_for_ever() {
    let site = website().await;
    site.put("/", text("start", &[]));
    let crawled = Crawled::waiting(&site, small(&site)).await;
    // As a process leaves it that goes down: the crawl goes on, and its job waits to be taken again.
    let store = crawled.world.hammock.store();
    let tx = store.begin().await.unwrap();
    let number = hammock_store::sources::begin_crawl(&crawled.owner, &tx, &crawled.source).await.unwrap();
    let trigger = CrawlTrigger::Schedule;
    let now = crawled.world.hammock.now();
    crawls::begin(&crawled.owner, &tx, &crawled.source, number, trigger, now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(crawled.history().await[0].outcome, CrawlOutcome::Running);
    crawled.world.work();
    crawled.end().await;
    let history = crawled.history().await;
    let outcomes: Vec<CrawlOutcome> = history.iter().map(|crawl| crawl.outcome).collect();
    assert_eq!(outcomes, [CrawlOutcome::Complete, CrawlOutcome::Failed]);
    assert_eq!(history[1].error.as_ref().map(|error| error.code), Some(ErrorCode::Unavailable));

    // A job that was given up, or stopped while nobody had it, closes what goes on as well.
    for (outcome, state) in [(CrawlOutcome::Failed, SourceState::Failed), (CrawlOutcome::Stopped, SourceState::Ready)] {
        let tx = store.begin().await.unwrap();
        let number = hammock_store::sources::begin_crawl(&crawled.owner, &tx, &crawled.source).await.unwrap();
        crawls::begin(&crawled.owner, &tx, &crawled.source, number, trigger, now).await.unwrap();
        let error = hammock_contract::ApiError::new(ErrorCode::Unavailable, "the server went down too often");
        let h = &crawled.world.hammock;
        match outcome {
            CrawlOutcome::Failed => h.crawl_failed(&crawled.owner, &tx, &crawled.source, error).await.unwrap(),
            _ => h.crawl_stopped(&crawled.owner, &tx, &crawled.source).await.unwrap(),
        }
        tx.commit().await.unwrap();
        assert_eq!((crawled.history().await[0].outcome, crawled.source().await.state), (outcome, state));
    }
}

#[tokio::test]
async fn a_source_is_renamed_and_set_up_otherwise() {
    let site = website().await;
    site.put("/", text("start", &["/a"]));
    site.put("/a", text("a", &[]));
    let crawled = Crawled::once(&site).await;
    let (h, owner, id) = (&crawled.world.hammock, &crawled.owner, &crawled.source);
    let rename = |name: &str| SourcePatch { name: Some(name.to_owned()), ..SourcePatch::default() };
    let renamed = h.update_source(owner, id, rename(" Museum site ")).await.unwrap();
    assert_eq!((renamed.name.as_str(), &renamed.kind), ("Museum site", &SourceKind::Website(small(&site))));
    let taken = h.update_source(owner, id, rename("uploaded files")).await.unwrap_err();
    assert_eq!((taken.code, taken.field.as_deref()), (ErrorCode::NameTaken, Some("name")));
    let empty = h.update_source(owner, id, rename(" ")).await.unwrap_err();
    assert_eq!((empty.code, empty.field.as_deref()), (ErrorCode::InvalidField, Some("name")));

    let bad = WebsiteSettings { more_urls: vec!["https://elsewhere.example/".to_owned()], ..small(&site) };
    let refused = h
        .update_source(
            owner,
            id,
            SourcePatch { name: Some("Kept".to_owned()), website: Some(bad), ..SourcePatch::default() },
        )
        .await
        .unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("more_urls")));
    assert_eq!(crawled.source().await.name, "Museum site", "nothing of a patch that is refused holds");
    let changed = crawled.change(WebsiteSettings { more_urls: vec!["/b".to_owned()], ..small(&site) }).await;
    let SourceKind::Website(settings) = changed.kind else { panic!("{changed:?}") };
    assert_eq!(settings.more_urls, [site.url("/b")]);
    assert_eq!(changed.next_crawl_at, renamed.next_crawl_at, "the schedule is the same");

    let files = h.list_sources(owner, &changed.collection).await.unwrap();
    let files = files.into_iter().find(|source| source.kind == SourceKind::Upload).unwrap();
    let patch = SourcePatch { website: Some(small(&site)), ..SourcePatch::default() };
    let refused = h.update_source(owner, &files.id, patch).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("website")));
    assert_eq!(h.update_source(owner, &files.id, rename("Papers")).await.unwrap().name, "Papers");
    assert_eq!(h.list_crawls(owner, &files.id).await, Ok(Vec::new()));

    let request = PageRequest { limit: Some(100), ..PageRequest::default() };
    let rows = audit::list(owner, h.store().read(), &request).await.unwrap().items;
    assert_eq!(rows.iter().filter(|row| row.action == "source.update").count(), 3);
    let builtin = hammock_contract::SourceId::fixed("handbook");
    assert_eq!(h.update_source(owner, &builtin, rename("Mine")).await.unwrap_err().code, ErrorCode::ReadOnly);
    let user: Scope = crawled.world.colleague(owner, "Adam", Role::User).await;
    assert_eq!(h.update_source(&user, id, rename("Mine")).await.unwrap_err().code, ErrorCode::RoleRequired);
    assert_eq!(h.list_crawls(&user, id).await.unwrap().len(), 1);
}
