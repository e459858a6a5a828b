//! A website on loopback.

use std::{collections::BTreeMap, net::SocketAddr, path::Path, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;

/// A page of the site.
#[derive(Debug, Clone)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub media_type: String,
    /// The body.
    pub body: String,
}

impl Page {
    /// A page of HTML.
    pub fn html(body: impl Into<String>) -> Self {
        Self { status: 200, media_type: "text/html; charset=utf-8".to_owned(), body: body.into() }
    }

    /// A text such as robots.txt.
    pub fn text(body: impl Into<String>) -> Self {
        Self { status: 200, media_type: "text/plain; charset=utf-8".to_owned(), body: body.into() }
    }
}

type Pages = Arc<Mutex<BTreeMap<String, Page>>>;

/// A website whose pages a test can change while it runs.
#[derive(Debug, Clone)]
pub struct Website {
    address: SocketAddr,
    pages: Pages,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Website {
    /// Starts one; it ends with the runtime.
    ///
    /// # Errors
    /// When loopback cannot be bound.
    pub async fn start(pages: impl IntoIterator<Item = (&'static str, Page)>) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let pages = pages.into_iter().map(|(path, page)| (path.to_owned(), page)).collect();
        let site =
            Self { address: listener.local_addr()?, pages: Arc::new(Mutex::new(pages)), requests: Arc::default() };
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

    /// The paths that were asked for, in order.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().clone()
    }
}

async fn answer(State(site): State<Website>, uri: Uri) -> Response {
    site.requests.lock().push(uri.path().to_owned());
    match site.pages.lock().get(uri.path()) {
        Some(page) => {
            let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK);
            (status, [(CONTENT_TYPE, page.media_type.clone())], page.body.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
