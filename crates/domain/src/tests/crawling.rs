//! A website that is crawled again: what failed, what came back, and what was left out.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use hammock_contract::{
    ErrorCode, SourceId,
    document::{Document, DocumentQuery, DocumentState},
    source::{NewSource, SourceKind, SourceState, WebsiteSettings},
};
use hammock_llm::scripted::ScriptedModel;
use parking_lot::Mutex;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::world::{World, until};
use crate::Scope;

/// An error that the crawler takes for final at once.
const BROKEN: u16 = 501;

#[derive(Clone)]
struct Answer {
    status: u16,
    /// Whole lines of the head.
    head: String,
    body: String,
}

fn html(body: &str) -> Answer {
    Answer { status: 200, head: "content-type: text/html\r\n".to_owned(), body: body.to_owned() }
}

/// A page that the site confirms with 304.
fn tagged(body: &str) -> Answer {
    Answer { head: "content-type: text/html\r\netag: \"1\"\r\n".to_owned(), ..html(body) }
}

fn status(status: u16) -> Answer {
    Answer { status, head: String::new(), body: String::new() }
}

fn redirect(to: &str) -> Answer {
    Answer { head: format!("location: {to}\r\n"), ..status(302) }
}

/// A website that knows validators.
#[derive(Clone, Default)]
struct Site {
    answers: Arc<Mutex<BTreeMap<String, Answer>>>,
    /// Paths, and whether they were asked for with a condition.
    requests: Arc<Mutex<Vec<(String, bool)>>>,
}

impl Site {
    fn put(&self, path: &str, answer: Answer) {
        self.answers.lock().insert(path.to_owned(), answer);
    }

    async fn start(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback can be bound");
        let address = listener.local_addr().expect("a listener has an address");
        let site = self.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(site.clone().serve(socket));
            }
        });
        address
    }

    async fn serve(self, mut socket: TcpStream) {
        let (mut request, mut length) = (vec![0; 65_536], 0);
        while !request[..length].ends_with(b"\r\n\r\n") {
            match socket.read(&mut request[length..]).await {
                Ok(0) | Err(_) => return,
                Ok(more) => length += more,
            }
        }
        let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let conditional = request.contains("\r\nif-none-match: \"1\"\r\n");
        let mut answer = self.answers.lock().get(&path).cloned().unwrap_or_else(|| status(404));
        if conditional && answer.head.contains("etag") {
            answer = status(304);
        }
        self.requests.lock().push((path, conditional));
        let Answer { status, head, body } = answer;
        let length = if status == 304 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let text = format!("HTTP/1.1 {status} X\r\n{head}{length}connection: close\r\n\r\n{body}");
        let _gone = socket.write_all(text.as_bytes()).await;
    }

    /// Whether a path was asked for with a condition, each time since the last look.
    fn take_conditions(&self, path: &str) -> Vec<bool> {
        let mut requests = self.requests.lock();
        let found = requests.iter().filter(|(asked, _)| asked == path).map(|(_, conditional)| *conditional).collect();
        requests.retain(|(asked, _)| asked != path);
        found
    }
}

struct Crawled {
    world: World,
    owner: Scope,
    source: SourceId,
    address: SocketAddr,
}

impl Crawled {
    /// A website that was crawled once.
    async fn once(site: &Site) -> Self {
        let address = site.start().await;
        let world = World::with_site_at(ScriptedModel::new([]), &address.to_string()).await;
        world.work();
        let owner = world.owner("Eva").await;
        let (collection, _) = world.collection(&owner, "Museum").await;
        let kind = SourceKind::Website(WebsiteSettings {
            start_url: format!("http://{address}/"),
            page_limit: 100,
            use_sitemap: false,
            follow_links: true,
        });
        let new = NewSource { name: String::new(), kind };
        let source = world.hammock.create_source(&owner, &collection, new).await.expect("a source is made").id;
        let crawled = Self { world, owner, source, address };
        crawled.settle().await;
        crawled
    }

    async fn again(&self) {
        self.world.hammock.refresh_source(&self.owner, &self.source).await.expect("a crawl begins");
        self.settle().await;
    }

    async fn settle(&self) {
        self.world.rest().await;
        let source = until("the site is crawled", async || {
            let source = self.world.hammock.find_source(&self.owner, &self.source).await.ok()?;
            (source.state != SourceState::Working).then_some(source)
        })
        .await;
        assert_eq!(source.state, SourceState::Ready, "{:?}", source.error);
    }

    async fn find(&self, path: &str) -> Option<Document> {
        let query = DocumentQuery { source: Some(self.source.clone()), ..DocumentQuery::default() };
        let documents = self.world.hammock.list_documents(&self.owner, query).await.expect("documents are listed");
        let location = format!("http://{}{path}", self.address);
        documents.items.into_iter().find(|document| document.location == location)
    }

    async fn page(&self, path: &str) -> Document {
        self.find(path).await.unwrap_or_else(|| panic!("{path} is not there"))
    }
}

#[tokio::test]
async fn a_page_that_failed_is_asked_again_though_the_page_before_it_is_unchanged() {
    let site = Site::default();
    site.put(
        "/",
        tagged("<main><p>The museum.</p></main><a href=/hours>1</a><a href=/lost>2</a><a href=/hidden>3</a>"),
    );
    site.put("/hours", status(BROKEN));
    site.put("/hidden", html("<meta name=robots content=noindex><main><p>The cellar.</p></main>"));
    let crawled = Crawled::once(&site).await;
    let failed = crawled.page("/hours").await;
    assert_eq!((failed.state, failed.http_status, failed.revision), (DocumentState::Failed, Some(BROKEN), 0));
    assert_eq!(crawled.page("/lost").await.http_status, Some(404));
    assert_eq!(crawled.page("/hidden").await.state, DocumentState::Skipped);
    assert_eq!((site.take_conditions("/"), site.take_conditions("/hours")), (vec![false], vec![false]));

    // Still broken: it stays known. What is not there, and nothing is seen to lead to it, does not.
    crawled.again().await;
    assert_eq!((site.take_conditions("/"), site.take_conditions("/hours")), (vec![true], vec![false]));
    assert_eq!(crawled.page("/hours").await.id, failed.id);
    assert_eq!(crawled.page("/hidden").await.state, DocumentState::Skipped);
    assert!(crawled.find("/lost").await.is_none());
    let front = crawled.page("/").await;
    assert_eq!((front.state, front.http_status), (DocumentState::Ready, Some(200)));

    site.put("/hours", tagged("<main><p>The museum opens at nine.</p></main>"));
    site.put("/hidden", html("<main><p>The cellar opens at noon.</p></main>"));
    crawled.again().await;
    let read = crawled.page("/hours").await;
    assert_eq!((read.id, read.state, read.error), (failed.id, DocumentState::Ready, None));
    assert_eq!((read.http_status, read.revision), (Some(200), 1));
    assert_eq!(crawled.page("/hidden").await.state, DocumentState::Ready);
    assert_eq!((site.take_conditions("/"), site.take_conditions("/hours")), (vec![true], vec![false]));
}

#[tokio::test]
async fn a_page_that_recovers_with_the_same_text_is_ready_again() {
    let site = Site::default();
    site.put("/", html("<main><p>The museum.</p></main><a href=/hours>1</a><a href=/rooms>2</a>"));
    let pages = [
        ("/hours", tagged("<main><p>The museum opens at nine.</p></main>"), true),
        ("/rooms", html("<main><p>The museum has four rooms.</p></main>"), false),
    ];
    pages.iter().for_each(|(path, page, _)| site.put(path, page.clone()));
    let crawled = Crawled::once(&site).await;
    pages.iter().for_each(|(path, ..)| site.put(path, status(BROKEN)));
    crawled.again().await;
    for (path, ..) in &pages {
        let failed = crawled.page(path).await;
        assert_eq!((failed.state, failed.http_status, failed.revision), (DocumentState::Failed, Some(BROKEN), 1));
        assert_eq!(failed.error.map(|error| error.code), Some(ErrorCode::SiteFailed));
        site.take_conditions(path);
    }
    pages.iter().for_each(|(path, page, _)| site.put(path, page.clone()));
    crawled.again().await;
    for (path, page, conditional) in &pages {
        let read = crawled.page(path).await;
        assert_eq!((read.state, read.error, read.http_status), (DocumentState::Ready, None, Some(200)), "{path}");
        assert_eq!((read.revision, read.bytes), (1, page.body.len() as u64), "{path}");
        assert_eq!(site.take_conditions(path), [*conditional], "{path}");
    }
}

#[tokio::test]
async fn a_page_that_was_left_out_says_why() {
    let site = Site::default();
    let links: String = ["hours", "hidden", "print", "moved", "away", "empty", "picture"]
        .iter()
        .map(|path| format!("<a href=/{path}>{path}</a>"))
        .collect();
    site.put("/", html(&links));
    // The copy is found through what it is a copy of, so it always comes second.
    let hours = html("<main><p>The museum opens at nine.</p></main><a href=/copy>again</a>");
    site.put("/hours", hours.clone());
    site.put("/copy", hours);
    site.put("/hidden", html("<meta name=robots content=noindex><main><p>The cellar.</p></main>"));
    site.put("/print", html("<link rel=canonical href=/hours><main><p>Nine, printed.</p></main>"));
    site.put("/moved", redirect("/hours"));
    site.put("/away", redirect("http://other.example/"));
    site.put("/empty", html(" \n"));
    site.put("/picture", Answer { head: "content-type: image/png\r\n".to_owned(), ..html("not read") });
    let crawled = Crawled::once(&site).await;
    let hours = Some(format!("http://{}/hours", crawled.address));
    for (path, code, to) in [
        ("/copy", ErrorCode::DuplicatePage, hours.clone()),
        ("/hidden", ErrorCode::NoIndex, None),
        ("/print", ErrorCode::CanonicalElsewhere, hours.clone()),
        ("/moved", ErrorCode::Redirected, hours),
        ("/away", ErrorCode::RedirectedAway, None),
        ("/empty", ErrorCode::EmptyPage, None),
        ("/picture", ErrorCode::UnsupportedFileType, None),
    ] {
        let page = crawled.page(path).await;
        let error = page.error.unwrap_or_else(|| panic!("{path} has no reason"));
        assert_eq!((page.state, error.code), (DocumentState::Skipped, code), "{path}");
        assert_eq!(error.params.get("to").cloned(), to, "{path}");
    }
}
