//! A site full of traps, and what becomes of each address. Sites that go down in the middle are among the other troubles.

use hammock_testkit::traps::Traps;
use url::Position;

use super::*;

/// What became of an address, as one word.
fn word(result: &PageResult) -> String {
    let word = match result {
        PageResult::Fetched(_) => "fetched",
        PageResult::Unchanged(_) => "unchanged",
        PageResult::Skipped(reason) => reason.code(),
        PageResult::Failed(PageFailure::RedirectLoop) => "circle",
        PageResult::Failed(PageFailure::Net(NetError::TooLarge { .. })) => "too large",
        PageResult::Failed(PageFailure::Net(NetError::Timeout { .. })) => "too slow",
        PageResult::Failed(other) => return other.to_string(),
    };
    word.to_owned()
}

/// What became of each path with its query, in their order.
pub(super) fn words(found: &Collected) -> Vec<(String, String)> {
    let row = |outcome: &PageOutcome| (outcome.url[Position::BeforePath..].to_owned(), word(&outcome.result));
    let mut words: Vec<(String, String)> = found.outcomes.iter().map(row).collect();
    words.sort_unstable();
    words
}

/// The policy by which traps are read.
pub(super) fn trapped() -> CrawlPolicy {
    CrawlPolicy { max_page_bytes: 1_000_000, page_time: Duration::from_secs(2), ..hurried() }
}

#[tokio::test]
async fn no_trap_holds_the_crawler() {
    let traps = Traps::start().await.unwrap();
    let address = traps.address();
    let settings = WebsiteSettings { max_depth: 4, ..settings(address) };
    let (found, summary) = run_with(&settings, &trapped(), address, Vec::new()).await;
    let became = words(&found);
    let sorted: Vec<(&str, &str)> = became.iter().map(|(path, word)| (path.as_str(), word.as_str())).collect();
    let expected = [
        ("/", "fetched"),
        ("/about-404", "fetched"),
        ("/after-broken", "fetched"),
        ("/app", "needs_javascript"),
        ("/broken-utf8", "fetched"),
        ("/calendar/1", "fetched"),
        ("/calendar/2", "fetched"),
        ("/calendar/3", "fetched"),
        ("/calendar/4", "fetched"),
        ("/drip", "too slow"),
        ("/item?id=1", "fetched"),
        ("/large", "too large"),
        ("/latin-as-utf8", "fetched"),
        ("/leads-away", "needs_javascript"),
        ("/leads-on", "needs_javascript"),
        ("/mapped", "fetched"),
        ("/missing", "soft_not_found"),
        ("/private", "robots"),
        ("/round", "circle"),
        ("/round-a", "redirect"),
        ("/round-b", "redirect"),
        ("/shop", "fetched"),
        ("/shrinks", "fetched"),
        ("/turns", "redirect"),
        ("/turns-back", "redirect"),
        ("/utf8-as-latin", "fetched"),
        ("/wrong-charset", "fetched"),
    ];
    assert_eq!(sorted, expected);
    let summary = summary.unwrap();
    assert_eq!((summary.fetched, summary.skipped, summary.failed, summary.stopped), (15, 9, 3, None));
    let asked = traps.requests();
    for once in ["/sitemap.xml", "/pages.xml", "/shop", "/item?id=1", "/large", "/drip", "/round-a", "/turns"] {
        assert_eq!(asked.iter().filter(|path| *path == once).count(), 1, "{once}");
    }
    for (path, says) in [
        ("/wrong-charset", "Žluťoučký kůň"),
        ("/utf8-as-latin", "žluťoučký kůň"),
        ("/latin-as-utf8", "musée ferme à midi"),
    ] {
        let PageResult::Fetched(page) = found.of(path) else { panic!("{path} was not fetched") };
        let text = crate::charset::decode_html(&page.body, page.content_type.as_deref());
        assert!(text.contains(says), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_page_that_shrinks_has_changed_and_one_that_goes_softly_is_gone() {
    let long = format!("<p>{}</p>", "The museum opens at nine. ".repeat(100));
    let site = Website::default()
        .page("/", "<a href=/shrinks>1</a><a href=/stays>2</a><a href=/goes>3</a>")
        .page("/shrinks", &long)
        .page("/stays", "<p>The museum stays.</p>")
        .page("/goes", "<p>The museum goes.</p>");
    let address = site.start().await;
    let (first, _) = run(address, Vec::new()).await;
    assert_eq!(first.fetched(), ["/", "/goes", "/shrinks", "/stays"]);
    site.replace("/", html("<a href=/shrinks>1</a><a href=/stays>2</a>"));
    site.replace("/shrinks", html("<p>Closed.</p>"));
    site.replace("/goes", html("<title>404 Not Found</title>"));
    let (second, summary) = run(address, first.known()).await;
    assert_eq!((second.fetched(), second.unchanged()), (vec!["/", "/shrinks"], vec!["/stays"]));
    assert_eq!((second.skipped("/goes"), second.outcome("/goes").is_gone()), ("soft_not_found", true));
    assert!(!summary.unwrap().shrunk);
}
