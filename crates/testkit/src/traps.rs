//! A website full of traps for crawlers. Sites that go down in the middle are no part of it: nothing could be read there.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt as _, stream};
use parking_lot::Mutex;

const HTML: &str = "text/html";
const UTF_8: &str = "text/html; charset=utf-8";

/// What the start page leads to.
const LINKS: [&str; 18] = [
    "/private",
    "/calendar/1",
    "/shop;jsessionid=0",
    "/round-a",
    "/round",
    "/turns",
    "/missing",
    "/about-404",
    "/large",
    "/drip",
    "/broken-utf8",
    "/wrong-charset",
    "/utf8-as-latin",
    "/latin-as-utf8",
    "/app",
    "/leads-away",
    "/leads-on",
    "/shrinks",
];

/// A running one; it ends with the runtime.
#[derive(Debug, Clone)]
pub struct Traps {
    address: SocketAddr,
    state: Arc<Sprung>,
}

#[derive(Debug, Default)]
struct Sprung {
    sessions: AtomicU64,
    requests: Mutex<Vec<String>>,
}

impl Traps {
    /// Starts one.
    ///
    /// # Errors
    /// When loopback cannot be bound.
    pub async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let traps = Self { address: listener.local_addr()?, state: Arc::default() };
        let router = Router::new().fallback(answer).with_state(traps.state.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(traps)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The paths that were asked for with their queries, in order.
    pub fn requests(&self) -> Vec<String> {
        self.state.requests.lock().clone()
    }
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

async fn answer(State(sprung): State<Arc<Sprung>>, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let asked = {
        let mut requests = sprung.requests.lock();
        requests.push(path.to_owned());
        requests.iter().filter(|known| *known == path).count()
    };
    match path {
        "/" => {
            let links: String = LINKS.iter().map(|path| format!("<a href='{path}'>x</a>")).collect();
            page(HTML, format!("<p>The museum opens at nine.</p>{links}"))
        }
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
            let session = sprung.sessions.fetch_add(1, Ordering::Relaxed);
            page(
                HTML,
                format!(
                    "<p>This is {path}.</p><a href='/shop;jsessionid={session}'>shop</a>\
                     <a href='/item?sid=abcdef{session:026x}&amp;id=1'>item</a>\
                     <a href='/item?id=1&amp;PHPSESSID={session}&amp;utm_source=shop&amp;gclid=1&amp;fbclid=2'>again</a>"
                ),
            )
        }
        "/round-a" => moved("/round-b"),
        "/round-b" => moved("/round-a"),
        "/round" => moved("/round#again"),
        // The same without a redirect.
        "/turns" => page(HTML, "<meta http-equiv=refresh content='0; url=/turns-back'><p>Please go on.</p>"),
        "/turns-back" => page(HTML, "<meta http-equiv=refresh content='0; url=/turns'><p>Please go back.</p>"),
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
        "/utf8-as-latin" => page("text/html; charset=iso-8859-1", "<p>Příliš žluťoučký kůň.</p>"),
        "/latin-as-utf8" => page(UTF_8, &b"<p>Le mus\xE9e ferme \xE0 midi.</p>"[..]),
        "/app" => page(
            HTML,
            "<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=a.js></script>",
        ),
        // Redirects that only a browser finds.
        "/leads-away" => page(HTML, "<title>Moved</title><script>location.href = 'http://other.example/'</script>"),
        "/leads-on" => page(HTML, "<title>Moved</title><script>location.replace('/led-to')</script>"),
        "/led-to" => page(HTML, "<p>Only a script leads here.</p>"),
        // Long the first time, and nearly nothing from then on.
        "/shrinks" if asked == 1 => page(HTML, format!("<p>{}</p>", "The cellar holds wine. ".repeat(100))),
        "/shrinks" => page(HTML, "<p>The cellar is closed.</p>"),
        _ => match path.strip_prefix("/calendar/").and_then(|month| month.parse::<u64>().ok()) {
            Some(month) => page(HTML, format!("<p>Month {month}</p><a href=/calendar/{}>next</a>", month + 1)),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}
