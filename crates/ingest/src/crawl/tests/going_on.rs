//! A crawl that is cancelled, and goes on later.

use super::*;

/// A front page with four links; one of these leads to sixty more, the last of which says what the first of the four says.
fn many() -> Website {
    let links = |name: &str, count: usize| -> String {
        (0..count).map(|n| format!("<a href=/{name}{n}>{name}{n}</a>")).collect()
    };
    let site = Website::default().page("/", &links("p", 4)).page("/p3", &links("q", 60)).page("/q59", "the page p0");
    let site = (0..3).fold(site, |site, n| site.page(&format!("/p{n}"), &format!("the page p{n}")));
    (0..59).fold(site, |site, n| site.page(&format!("/q{n}"), &format!("the page q{n}")))
}

fn lost(address: SocketAddr) -> KnownPage {
    KnownPage {
        url: format!("http://{address}/lost"),
        content_hash: Some("before".to_owned()),
        depth: Some(1),
        ..KnownPage::default()
    }
}

/// Cancels a crawl after some pages.
async fn cancelled(address: SocketAddr, known: Vec<KnownPage>) -> (Collected, CrawlSummary) {
    let cancel = CancellationToken::new();
    let mut sink = Collected { cancel: Some(cancel.clone()), ..Collected::default() };
    let summary = crawl(&client(address), &settings(address), &hurried(), known, &mut sink, &cancel).await;
    (sink, summary.expect("it is stopped"))
}

#[tokio::test]
async fn a_cancelled_crawl_goes_on_with_what_it_has_not_asked() {
    let site = many();
    let address = site.start().await;
    let (first, summary) = cancelled(address, vec![lost(address)]).await;
    assert_eq!(summary.stopped, Some(StopReason::Cancelled));
    assert!(first.outcomes.len() < 40, "{}", first.outcomes.len());
    assert_eq!(summary.pages(), first.fetched().len() as u64);
    let rest = summary.rest.expect("something is left");
    let before = rest.progress(1_000);
    assert!(
        before.done > first.outcomes.len() as u64 && before.total > Some(before.done),
        "with what is held: {before:?}"
    );

    // As it is kept.
    let rest = serde_json::from_str(&serde_json::to_string(&rest).unwrap()).unwrap();
    let mut known = first.known();
    known.push(lost(address));
    let (mut second, cancel) = (Collected::default(), CancellationToken::new());
    let went_on = go_on(&client(address), &settings(address), &hurried(), known, rest, &mut second, &cancel).await;
    let summary = went_on.unwrap();
    assert_eq!((summary.stopped, summary.fetched, summary.rest), (None, 64, None));
    assert_eq!(first.fetched().len() + second.fetched().len(), 64);
    assert_eq!((summary.skipped, summary.failed), (1, 1));
    assert_eq!(second.skipped("/q59"), "duplicate", "of a page that was read before");
    assert!(second.outcome("/lost").is_gone(), "which is told at the end");
    let paths = (0..4).map(|n| format!("/p{n}")).chain((0..60).map(|n| format!("/q{n}")));
    for path in paths.chain(["/".to_owned(), "/lost".to_owned()]) {
        assert_eq!(site.count(&path), 1, "{path}");
    }
    let after = &second.progress[0];
    assert!(after.done > before.done && after.total >= before.total, "the numbers go on: {before:?}, {after:?}");
}

#[tokio::test]
async fn a_crawl_goes_on_after_the_pause_that_its_site_asks_for() {
    let site = many();
    site.replace("/p2", status(429).header(header::RETRY_AFTER, "3600"));
    let address = site.start().await;
    let policy = CrawlPolicy { concurrency: 1, ..hurried() };
    let (mut first, outcome) = run_with(&settings(address), &policy, address, Vec::new()).await;
    assert!(matches!(outcome, Err(CrawlError::AsksForPause { .. })), "{outcome:?}");
    let (told, rest) = first.kept.take().expect("something is left");
    assert_eq!((told, first.fetched()), (3, vec!["/", "/p0", "/p1"]));

    site.replace("/p2", html("the page p2"));
    let (mut second, cancel) = (Collected::default(), CancellationToken::new());
    let (settings, policy) = (settings(address), hurried());
    let went_on = go_on(&client(address), &settings, &policy, first.known(), rest, &mut second, &cancel).await;
    assert_eq!(went_on.unwrap().fetched, 64);
    assert_eq!(first.fetched().len() + second.fetched().len(), 64);
    assert_eq!(["/", "/p0", "/p1", "/p2"].map(|path| site.count(path)), [1, 1, 1, 2]);
}

#[tokio::test]
async fn a_crawl_is_cancelled_more_than_once() {
    let site = many();
    let address = site.start().await;
    let (first, summary) = cancelled(address, Vec::new()).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let mut none = Collected::default();
    let rest = summary.rest.clone().expect("something is left");
    let (settings, policy) = (settings(address), hurried());
    let again = go_on(&client(address), &settings, &policy, first.known(), rest, &mut none, &cancel).await;
    let again = again.unwrap();
    assert_eq!((again.stopped, none.outcomes.len()), (Some(StopReason::Cancelled), 0));
    assert_eq!(again.pages(), summary.pages());
    let rest = again.rest.expect("as much is left");
    let (mut last, cancel) = (Collected::default(), CancellationToken::new());
    let ended = go_on(&client(address), &settings, &policy, first.known(), rest, &mut last, &cancel).await;
    assert_eq!(ended.unwrap().fetched, 64);
    assert_eq!(first.fetched().len() + last.fetched().len(), 64);
}

#[tokio::test]
async fn what_makes_a_crawl_suspicious_is_measured_over_all_of_it() {
    let site = many();
    let address = site.start().await;
    // Far more than there is now.
    let page = |n| KnownPage { url: format!("http://{address}/r{n}"), ..lost(address) };
    let known: Vec<KnownPage> = (0..200).map(page).collect();
    let (first, summary) = cancelled(address, known.clone()).await;
    assert!(!summary.shrunk, "it is not whole");
    let rest = summary.rest.expect("something is left");
    let now = first.known().into_iter().chain(known).collect();
    let (mut second, cancel) = (Collected::default(), CancellationToken::new());
    let (settings, policy) = (settings(address), hurried());
    let whole = go_on(&client(address), &settings, &policy, now, rest, &mut second, &cancel).await.unwrap();
    assert_eq!((whole.fetched, whole.shrunk), (64, true));
}

#[tokio::test]
async fn a_crawl_that_was_cut_off_goes_on_from_what_its_sink_kept() {
    let site = many();
    let address = site.start().await;
    let mut first = Collected { keep_after: Some(20), ..Collected::default() };
    let (settings, policy, cancel) = (settings(address), hurried(), CancellationToken::new());
    // Nothing is on its way to the site any more when it goes on: as if it were cut off between the two.
    let whole = crawl(&client(address), &settings, &policy, Vec::new(), &mut first, &cancel).await.unwrap();
    assert_eq!((whole.stopped, whole.rest), (None, None));
    let (dealt_with, rest) = first.kept.take().expect("something is left");
    assert!((20..60).contains(&dealt_with), "{dealt_with}");
    // What was told last may not have been stored.
    let mut without_last = rest.clone();
    without_last.ask_again(first.outcomes[dealt_with - 5..dealt_with].iter());
    for (rest, dealt_with) in [(rest, dealt_with), (without_last, dealt_with - 5)] {
        site.take_requests();
        let mut second = Collected::default();
        let went_on = go_on(&client(address), &settings, &policy, first.known(), rest, &mut second, &cancel).await;
        let summary = went_on.unwrap();
        assert_eq!((summary.stopped, summary.pages(), summary.skipped), (None, 64, 1));
        for (n, outcome) in first.outcomes.iter().enumerate() {
            assert_eq!(site.count(outcome.url.path()), usize::from(n >= dealt_with), "{n}: {}", outcome.url);
        }
    }
}

#[tokio::test]
async fn a_crawl_of_some_pages_goes_on_with_these_alone() {
    let site = many();
    let address = site.start().await;
    let (settings, policy, cancel) = (settings(address), hurried(), CancellationToken::new());
    let page = |n| WantedPage { url: format!("http://{address}/q{n}").parse().unwrap(), listed: true };
    let wanted: Vec<WantedPage> = (0..30).map(page).collect();
    let start = format!("http://{address}/").parse().unwrap();
    let mut first = Collected { keep_after: Some(10), ..Collected::default() };
    let (client, none) = (client(address), Vec::new());
    crawl_part(&client, &settings, &policy, &start, none, &wanted, &mut first, &cancel).await.unwrap();
    let (dealt_with, rest) = first.kept.take().expect("something is left");
    site.take_requests();
    let mut second = Collected::default();
    let went_on = go_on_part(&client, &settings, &policy, first.known(), rest, &mut second, &cancel).await.unwrap();
    assert_eq!((went_on.stopped, went_on.pages(), went_on.shrunk), (None, 30, false));
    assert_eq!(second.outcomes.len(), 30 - dealt_with);
    let asked: Vec<String> = site.take_requests().into_iter().map(|(path, _)| path).collect();
    assert_eq!(asked.len(), 30 - dealt_with + 1, "these and robots.txt: {asked:?}");
}

#[tokio::test]
async fn a_page_that_waits_for_the_one_it_names_still_waits_when_the_crawl_goes_on() {
    let links: String = (0..30).map(|n| format!("<a href=/p{n}>{n}</a>")).collect();
    let site = Website::default()
        .page("/", &format!("<a href=/early>e</a><a href=/gone>g</a><a href=/moved>m</a>{links}"))
        .page("/early", "<link rel=canonical href=/lost>names what is not there")
        .with("/moved", redirect("/p29"))
        .page("/p28", "<link rel=canonical href=/gone>names what was not there")
        .page("/p29", "<link rel=canonical href=/moved>names what leads back");
    let site = (0..28).fold(site, |site, n| site.page(&format!("/p{n}"), &format!("the page p{n}")));
    let address = site.start().await;
    let (settings, policy) = (settings(address), CrawlPolicy { concurrency: 1, ..hurried() });
    let (mut first, cancel) = (Collected { keep_after: Some(8), ..Collected::default() }, CancellationToken::new());
    let whole = crawl(&client(address), &settings, &policy, Vec::new(), &mut first, &cancel).await.unwrap();
    assert_eq!((whole.fetched, whole.skipped, whole.failed), (32, 1, 2));
    let (_, rest) = first.kept.take().expect("something is left");
    let rest = serde_json::from_str(&serde_json::to_string(&rest).unwrap()).unwrap();

    site.take_requests();
    let mut second = Collected::default();
    let went_on = go_on(&client(address), &settings, &policy, Vec::new(), rest, &mut second, &cancel).await.unwrap();
    assert_eq!((went_on.fetched, went_on.skipped, went_on.failed), (32, 1, 2));
    let fetched = second.fetched();
    assert!(["/early", "/p28", "/p29"].iter().all(|path| fetched.contains(path)), "{fetched:?}");
    assert_eq!(["/early", "/gone", "/p28", "/p29"].map(|path| site.count(path)), [1, 0, 1, 1]);
}
