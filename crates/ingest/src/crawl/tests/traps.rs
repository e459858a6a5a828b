//! A site full of traps, and what becomes of each address. Sites that go down in the middle are among the other troubles.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU64, Ordering},
};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use url::Position;

use super::*;

const HTML: &str = "text/html";
const UTF_8: &str = "text/html; charset=utf-8";

/// What the start page leads to.
const LINKS: &[&str] = &[
    "/private",
    "/calendar/1",
    "/shop;jsessionid=0",
    "/round-a",
    "/round",
    "/missing",
    "/about-404",
    "/large",
    "/drip",
    "/broken-utf8",
    "/wrong-charset",
    "/app",
];

#[derive(Default)]
struct Traps {
    sessions: AtomicU64,
    requests: Mutex<Vec<String>>,
}

fn page(content_type: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body.into()).into_response()
}

fn moved(to: &'static str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// A beginning and 50 MB more, made while they are sent.
fn large(begin: &'static str, line: &str) -> Body {
    let piece = Bytes::from(line.repeat(100_000 / line.len()));
    let rest = std::iter::repeat_n(piece, 500);
    let pieces = std::iter::once(Bytes::from_static(begin.as_bytes())).chain(rest);
    Body::from_stream(stream::iter(pieces.map(Ok::<Bytes, Infallible>)))
}

/// Letter after letter, without an end.
fn drip() -> Body {
    let letters = stream::repeat(()).then(|()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok::<Bytes, Infallible>(Bytes::from_static(b"x"))
    });
    Body::from_stream(letters)
}

impl Traps {
    async fn start(self: Arc<Self>) -> SocketAddr {
        let app = Router::new().fallback(move |request: Request| {
            let traps = Arc::clone(&self);
            async move { traps.answer(&request) }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback can be bound");
        let address = listener.local_addr().expect("it has an address");
        tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        address
    }

    fn answer(&self, request: &Request) -> Response {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        self.requests.lock().expect("nobody failed with it").push(path.to_owned());
        match path {
            "/" => page(HTML, LINKS.iter().map(|path| format!("<a href='{path}'>x</a>")).collect::<String>()),
            "/robots.txt" => page(
                "text/plain",
                large("User-agent: *\nDisallow: /private\n", &format!("# {}\n", "and so on ".repeat(100))),
            ),
            "/sitemap.xml" => page(
                "application/xml",
                "<sitemapindex><sitemap><loc>/sitemap.xml</loc></sitemap><sitemap><loc>/pages.xml</loc></sitemap></sitemapindex>",
            ),
            "/pages.xml" => page("application/xml", "<urlset><url><loc>/mapped</loc></url></urlset>"),
            "/mapped" => page(HTML, "<p>Only the sitemap leads here.</p>"),
            "/shop" | "/item?id=1" => {
                let session = self.sessions.fetch_add(1, Ordering::Relaxed);
                page(
                    HTML,
                    format!(
                        "<a href='/shop;jsessionid={session}'>shop</a><a href='/item?sid=abcdef{session:026x}&amp;id=1'>item</a>\
                         <a href='/item?id=1&amp;PHPSESSID={session}&amp;utm_source=shop&amp;gclid=1&amp;fbclid=2'>again</a>"
                    ),
                )
            }
            "/round-a" => moved("/round-b"),
            "/round-b" => moved("/round-a"),
            "/round" => moved("/round#again"),
            "/missing" => page(HTML, "<title>Page not found</title><h1>Oops!</h1><a href=phantom>See also</a>"),
            "/about-404" => {
                let text = "The code tells that the server knows no page of that address. ".repeat(20);
                page(HTML, format!("<title>Error 404: page not found</title><h1>404 Not Found</h1><p>{text}</p>"))
            }
            "/large" => page(HTML, large("<p>", "a long page ")),
            "/drip" => page(HTML, drip()),
            "/broken-utf8" => page(UTF_8, &b"caf\xE9 \xFF\xFE\x80 <a href=/after-broken>on</a>"[..]),
            "/after-broken" => page(HTML, "<p>Behind broken letters.</p>"),
            "/wrong-charset" => page("text/html; charset=klingon", "<p>Žluťoučký kůň.</p>"),
            "/app" => page(
                HTML,
                "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=a.js></script>",
            ),
            _ => match path.strip_prefix("/calendar/").and_then(|month| month.parse::<u64>().ok()) {
                Some(month) => page(HTML, format!("<p>Month {month}</p><a href=/calendar/{}>next</a>", month + 1)),
                None => StatusCode::NOT_FOUND.into_response(),
            },
        }
    }
}

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

#[tokio::test]
async fn no_trap_holds_the_crawler() {
    let traps = Arc::new(Traps::default());
    let address = Arc::clone(&traps).start().await;
    let settings = WebsiteSettings { max_depth: 4, ..settings(address) };
    let policy = CrawlPolicy { max_page_bytes: 1_000_000, page_time: Duration::from_secs(2), retries: 0, ..hurried() };
    let (found, summary) = run_with(&settings, &policy, address, Vec::new()).await;
    let became: Vec<(String, String)> = found
        .outcomes
        .iter()
        .map(|outcome| (outcome.url[Position::BeforePath..].to_owned(), word(&outcome.result)))
        .collect();
    let mut sorted: Vec<(&str, &str)> = became.iter().map(|(path, word)| (path.as_str(), word.as_str())).collect();
    sorted.sort_unstable();
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
        ("/mapped", "fetched"),
        ("/missing", "soft_not_found"),
        ("/private", "robots"),
        ("/round", "circle"),
        ("/round-a", "redirect"),
        ("/round-b", "redirect"),
        ("/shop", "fetched"),
        ("/wrong-charset", "fetched"),
    ];
    assert_eq!(sorted, expected);
    let summary = summary.unwrap();
    assert_eq!((summary.fetched, summary.skipped, summary.failed, summary.stopped), (12, 5, 3, None));
    let asked = traps.requests.lock().unwrap();
    for once in ["/sitemap.xml", "/pages.xml", "/shop", "/item?id=1", "/large", "/round-a"] {
        assert_eq!(asked.iter().filter(|path| *path == once).count(), 1, "{once}");
    }
    let PageResult::Fetched(page) = found.of("/wrong-charset") else { panic!("not fetched") };
    assert!(crate::charset::decode_html(&page.body, page.content_type.as_deref()).contains("Žluťoučký"));
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
