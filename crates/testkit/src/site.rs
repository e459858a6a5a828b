//! A website on loopback.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    path::Path,
    sync::Arc,
};

use axum::{
    Router,
    extract::State,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode, Uri,
        header::{CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER},
    },
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use tokio::sync::watch;

/// A page of the site.
#[derive(Debug, Clone)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub media_type: String,
    /// The body.
    pub body: String,
    /// Other headers of the answer.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Page {
    /// A page of HTML.
    pub fn html(body: impl Into<String>) -> Self {
        Self::of("text/html; charset=utf-8", body)
    }

    /// A text such as robots.txt.
    pub fn text(body: impl Into<String>) -> Self {
        Self::of("text/plain; charset=utf-8", body)
    }

    /// Something of another media type.
    pub fn of(media_type: &str, body: impl Into<String>) -> Self {
        Self { status: 200, media_type: media_type.to_owned(), body: body.into(), headers: Vec::new() }
    }

    /// Nothing but a status.
    pub fn status(status: u16) -> Self {
        Self { status, ..Self::text("") }
    }

    /// A way to another address.
    pub fn redirect(to: &'static str) -> Self {
        Self::status(302).with(LOCATION, to)
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// The same with an `ETag`, in its quotes: who names it is answered 304.
    #[must_use]
    pub fn tagged(self, tag: &'static str) -> Self {
        self.with(ETAG, tag)
    }

    /// The same with a `Last-Modified`, as HTTP writes dates: who names that date, and no tag, is answered 304.
    #[must_use]
    pub fn modified(self, date: &'static str) -> Self {
        self.with(LAST_MODIFIED, date)
    }

    /// The same with a `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: &'static str) -> Self {
        self.with(RETRY_AFTER, seconds)
    }

    /// Whether this is what the sender of a request has already (RFC 9110, section 13.2.2: a tag goes before a date).
    fn is_known(&self, request: &HeaderMap) -> bool {
        let own = |name: HeaderName| self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value);
        match request.get(IF_NONE_MATCH) {
            Some(tag) => own(ETAG) == Some(tag),
            None => request.get(IF_MODIFIED_SINCE).is_some_and(|date| own(LAST_MODIFIED) == Some(date)),
        }
    }
}

/// What was asked for, and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The path.
    pub path: String,
    /// Whether the page was wanted only if it had changed.
    pub conditional: bool,
    /// The status of the answer.
    pub status: u16,
}

type Pages = Arc<Mutex<BTreeMap<String, Page>>>;

/// A website whose pages a test can change while it runs. It answers conditional requests as a real one does.
#[derive(Debug, Clone)]
pub struct Website {
    address: SocketAddr,
    pages: Pages,
    visits: Arc<Mutex<Vec<Visit>>>,
    /// Paths that are not answered yet.
    held: Arc<watch::Sender<BTreeSet<String>>>,
}

impl Website {
    /// Starts one; it ends with the runtime.
    ///
    /// # Errors
    /// When loopback cannot be bound.
    pub async fn start(pages: impl IntoIterator<Item = (&'static str, Page)>) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let pages = pages.into_iter().map(|(path, page)| (path.to_owned(), page)).collect();
        let site = Self {
            address: listener.local_addr()?,
            pages: Arc::new(Mutex::new(pages)),
            visits: Arc::default(),
            held: Arc::default(),
        };
        let router = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(site)
    }

    /// Starts one of the HTML files of a folder, each under its name; pictures and the like are not there.
    ///
    /// # Errors
    /// When a file cannot be read or loopback cannot be bound.
    pub async fn of_folder(folder: &Path) -> std::io::Result<Self> {
        let site = Self::start([]).await?;
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".html")) {
                site.put(&format!("/{name}"), Page::html(std::fs::read_to_string(&path)?));
            }
        }
        Ok(site)
    }

    /// How many pages it has.
    pub fn len(&self) -> usize {
        self.pages.lock().len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The address of a page.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Host and port, as an egress rule wants them.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Adds or changes a page.
    pub fn put(&self, path: &str, page: Page) {
        self.pages.lock().insert(path.to_owned(), page);
    }

    /// From now on whoever asks for a path waits until [`Self::release`].
    pub fn hold(&self, path: &str) {
        self.held.send_modify(|held| {
            held.insert(path.to_owned());
        });
    }

    /// Answers a path again, also those who have waited.
    pub fn release(&self, path: &str) {
        self.held.send_modify(|held| {
            held.remove(path);
        });
    }

    /// The paths that were asked for and answered, in order.
    pub fn requests(&self) -> Vec<String> {
        self.visits.lock().iter().map(|visit| visit.path.clone()).collect()
    }

    /// How a path was asked for, each time since the last look.
    pub fn take_visits(&self, path: &str) -> Vec<Visit> {
        let mut visits = self.visits.lock();
        let (taken, kept) = std::mem::take(&mut *visits).into_iter().partition(|visit| visit.path == path);
        *visits = kept;
        taken
    }
}

async fn answer(State(site): State<Website>, uri: Uri, request: HeaderMap) -> Response {
    let path = uri.path();
    let mut held = site.held.subscribe();
    // The sender lives as long as the site.
    drop(held.wait_for(|held| !held.contains(path)).await);
    let page = site.pages.lock().get(path).cloned().unwrap_or_else(|| Page::status(404));
    let status = if page.is_known(&request) {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK)
    };
    let conditional = request.contains_key(IF_NONE_MATCH) || request.contains_key(IF_MODIFIED_SINCE);
    site.visits.lock().push(Visit { path: path.to_owned(), conditional, status: status.as_u16() });
    let mut response = match status {
        StatusCode::NOT_MODIFIED => status.into_response(),
        _ => (status, [(CONTENT_TYPE, page.media_type)], page.body).into_response(),
    };
    for (name, value) in page.headers {
        response.headers_mut().append(name, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_tag_goes_before_a_date() {
        let (old, new) = ("Wed, 21 Oct 2015 07:28:00 GMT", "Thu, 22 Oct 2015 07:28:00 GMT");
        let page = Page::html("x").tagged("\"1\"").modified(old);
        assert!(!page.is_known(&HeaderMap::new()));
        assert!(page.is_known(&asking(&[(IF_NONE_MATCH, "\"1\"")])));
        assert!(page.is_known(&asking(&[(IF_MODIFIED_SINCE, old)])));
        assert!(!page.is_known(&asking(&[(IF_MODIFIED_SINCE, new)])));
        assert!(!page.is_known(&asking(&[(IF_NONE_MATCH, "\"2\""), (IF_MODIFIED_SINCE, old)])));
        assert!(!Page::html("x").is_known(&asking(&[(IF_NONE_MATCH, "\"1\"")])));
    }
}
