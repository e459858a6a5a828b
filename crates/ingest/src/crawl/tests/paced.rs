//! How fast a site is asked, and that it is left alone when it says so.

use std::time::Instant;

use super::*;

#[tokio::test]
async fn a_site_in_trouble_is_asked_more_slowly() {
    let site = Website::default()
        .page("/", "<a href=/busy>1</a>")
        .with("/busy", status(503))
        .with("/busy", status(429))
        .page("/busy", "free again");
    let address = site.start().await;
    let policy = CrawlPolicy { delay: Duration::from_millis(100), ..hurried() };
    let begin = Instant::now();
    let (found, _) = run_with(&settings(address), &policy, address, Vec::new()).await;
    assert_eq!(found.fetched(), ["/", "/busy"]);
    // robots.txt, the start page, the sitemap and the busy page follow each other usually; then come twice and four times
    // that delay.
    assert!(begin.elapsed() >= Duration::from_millis(890), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn every_error_of_a_server_slows_it_down_and_those_that_pass_are_repeated() {
    for (code, times) in
        [(501, 1), (505, 1), (508, 1), (520, 1), (530, 1), (599, 1), (404, 1), (403, 1), (503, 3), (429, 3)]
    {
        let site = Website::default().page("/", "<a href=/busy>1</a>").with("/busy", status(code));
        let address = site.start().await;
        let policy = CrawlPolicy { delay: Duration::from_millis(1), ..hurried() };
        // Held, so that the pace is still known when the crawl is over.
        let pacer = policy.paces.of(&address.to_string(), policy.delay);
        let (found, outcome) = run_with(&settings(address), &policy, address, Vec::new()).await;
        outcome.unwrap();
        assert_eq!((found.fetched(), site.count("/busy")), (vec!["/"], times), "{code}");
        let later = tokio::time::Instant::now() + Duration::from_secs(3_600);
        assert_eq!(pacer.begin(later), None);
        let failures = if code == 429 || code >= 500 { u32::try_from(times).unwrap() } else { 0 };
        assert_eq!(pacer.begin(later), Some(later + policy.delay * 2_u32.pow(failures)), "{code}");
    }
}

#[tokio::test]
async fn two_crawls_of_one_host_share_its_pace() {
    let site = Website::default().page("/", "<a href=/a>1</a><a href=/b>2</a>").page("/a", "a").page("/b", "b");
    let address = site.start().await;
    let policy = CrawlPolicy { delay: Duration::from_millis(50), ..hurried() };
    let settings = settings(address);
    let begin = Instant::now();
    let ((mine, _), (theirs, _)) = tokio::join!(
        run_with(&settings, &policy, address, Vec::new()),
        run_with(&settings, &policy, address, Vec::new())
    );
    assert_eq!((mine.fetched(), theirs.fetched()), (vec!["/", "/a", "/b"], vec!["/", "/a", "/b"]));
    // Five requests of each, so nine delays; each by itself would have been done after four.
    assert!(begin.elapsed() >= Duration::from_millis(440), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_site_that_wants_a_long_pause_ends_the_crawl() {
    let links: String = (0..50).map(|n| format!("<a href=/p{n}>x</a>")).collect();
    let site = (0..50).fold(Website::default().page("/", &links), |site, n| site.page(&format!("/p{n}"), "a page"));
    site.replace("/p3", status(429).header(header::RETRY_AFTER, "3600"));
    let address = site.start().await;
    let policy = CrawlPolicy { concurrency: 1, ..hurried() };
    let (found, outcome) = run_with(&settings(address), &policy, address, Vec::new()).await;
    let Err(CrawlError::AsksForPause { seconds }) = outcome else { panic!("{outcome:?}") };
    assert!((3_590..=3_600).contains(&seconds), "{seconds}");
    assert_eq!((site.count("/p3"), site.count("/p4")), (1, 0));
    assert!(found.outcomes.iter().any(|outcome| outcome.url.path() == "/p2"));

    // Already with its robots.txt, or its start page; whatever error comes with it.
    for (path, code) in [("/robots.txt", 503), ("/", 503), ("/", 520), ("/", 529)] {
        let busy = status(code).header(header::RETRY_AFTER, "600");
        let site = Website::default().page("/", "here").with("/robots.txt", status(404));
        site.replace(path, busy);
        let address = site.start().await;
        let (_, outcome) = run(address, Vec::new()).await;
        assert!(matches!(outcome, Err(CrawlError::AsksForPause { seconds: 590..=600 })), "{path}: {outcome:?}");
        assert_eq!(site.count(path), 1, "{path}");
    }
}

#[test]
fn how_long_the_pause_is_stands_in_the_error() {
    let told = ApiError::from(CrawlError::AsksForPause { seconds: 3_600 });
    assert_eq!(told.code, ErrorCode::SiteAsksForPause);
    assert_eq!(told.params.get("seconds").map(String::as_str), Some("3600"));
}
