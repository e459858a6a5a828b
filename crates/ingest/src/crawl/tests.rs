//! Whole crawls of real servers on loopback.

#[cfg(target_os = "linux")]
mod bombs;
mod content;
mod discovery;
mod going_on;
mod kept;
#[cfg(unix)]
mod led_on;
mod narrowed;
mod paced;
#[cfg(unix)]
mod rendered;
mod traps;
mod trouble;
mod watched;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    ops::ControlFlow,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use hammock_contract::{job::JobProgress, source::WebsiteSettings};
use hammock_net::{Client, EgressPolicy};
use tokio_util::sync::CancellationToken;

use super::*;

/// A website made of fixed answers, which remembers what it was asked.
#[derive(Clone, Default)]
pub(super) struct Website {
    pages: Arc<Mutex<BTreeMap<String, Vec<Answer>>>>,
    requests: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

#[derive(Clone)]
pub(super) struct Answer {
    status: u16,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
}

impl Website {
    /// Adds an answer for a path (with its query). Several for one path are given in turn, the last one for ever.
    pub(super) fn with(self, path: &str, answer: Answer) -> Self {
        self.pages.lock().unwrap().entry(path.to_owned()).or_default().push(answer);
        self
    }

    pub(super) fn page(self, path: &str, body: &str) -> Self {
        self.with(path, html(body))
    }

    pub(super) fn replace(&self, path: &str, answer: Answer) {
        self.pages.lock().unwrap().insert(path.to_owned(), vec![answer]);
    }

    /// How often a path was asked for.
    pub(super) fn count(&self, path: &str) -> usize {
        self.requests.lock().unwrap().iter().filter(|(asked, _)| asked == path).count()
    }

    pub(super) fn take_requests(&self) -> Vec<(String, HeaderMap)> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    pub(super) async fn start(&self) -> SocketAddr {
        let website = self.clone();
        let app = Router::new().fallback(move |request: Request| {
            let website = website.clone();
            async move { website.answer(&request) }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        address
    }

    fn answer(&self, request: &Request) -> Response {
        let path = request.uri().path_and_query().unwrap().as_str().to_owned();
        self.requests.lock().unwrap().push((path.clone(), request.headers().clone()));
        let mut pages = self.pages.lock().unwrap();
        let Some(answers) = pages.get_mut(&path) else { return StatusCode::NOT_FOUND.into_response() };
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
        let etag = answer.headers.iter().find(|(name, _)| *name == header::ETAG).map(|(_, value)| value.as_str());
        if etag.is_some() && request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == etag
        {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        let mut response = Response::builder().status(answer.status);
        for (name, value) in answer.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(answer.body)).unwrap()
    }
}

impl Answer {
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.push((name, value.to_owned()));
        self
    }
}

pub(super) fn html(body: &str) -> Answer {
    Answer {
        status: 200,
        headers: vec![(header::CONTENT_TYPE, "text/html".to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

pub(super) fn bytes(body: &[u8]) -> Answer {
    Answer { status: 200, headers: Vec::new(), body: body.to_vec() }
}

pub(super) fn status(status: u16) -> Answer {
    Answer { status, headers: Vec::new(), body: Vec::new() }
}

pub(super) fn redirect(to: &str) -> Answer {
    status(302).header(header::LOCATION, to)
}

/// Keeps what comes.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) outcomes: Vec<PageOutcome>,
    pub(super) progress: Vec<JobProgress>,
    /// After so many outcomes, no more are wanted.
    pub(super) stop_after: Option<usize>,
    /// Set in the middle: after ten outcomes and some progress.
    pub(super) cancel: Option<CancellationToken>,
    /// After so many outcomes, what is left is kept.
    pub(super) keep_after: Option<usize>,
    /// With how many outcomes there were.
    pub(super) kept: Option<(usize, CrawlRest)>,
}

#[async_trait]
impl CrawlSink for Collected {
    async fn page(&mut self, outcome: PageOutcome) -> ControlFlow<()> {
        self.outcomes.push(outcome);
        if let Some(cancel) = self.cancel.as_ref().filter(|_| self.outcomes.len() >= 10 && !self.progress.is_empty()) {
            cancel.cancel();
        }
        if self.stop_after == Some(self.outcomes.len()) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    async fn progress(&mut self, progress: JobProgress) -> ControlFlow<()> {
        self.progress.push(progress);
        ControlFlow::Continue(())
    }

    fn wants_rest(&mut self) -> bool {
        self.kept.is_none() && self.keep_after.is_some_and(|after| self.outcomes.len() >= after)
    }

    fn keep(&mut self, rest: CrawlRest) {
        self.kept = Some((self.outcomes.len(), rest));
    }
}

impl Collected {
    /// Paths that were fetched, sorted.
    pub(super) fn fetched(&self) -> Vec<&str> {
        self.paths(|result| matches!(result, PageResult::Fetched(_)))
    }

    pub(super) fn unchanged(&self) -> Vec<&str> {
        self.paths(|result| matches!(result, PageResult::Unchanged(_)))
    }

    fn paths(&self, wanted: fn(&PageResult) -> bool) -> Vec<&str> {
        let mut paths: Vec<&str> =
            self.outcomes.iter().filter(|outcome| wanted(&outcome.result)).map(|outcome| outcome.url.path()).collect();
        paths.sort_unstable();
        paths
    }

    /// The one outcome of a path.
    pub(super) fn outcome(&self, path: &str) -> &PageOutcome {
        let found: Vec<_> = self.outcomes.iter().filter(|outcome| outcome.url.path() == path).collect();
        assert_eq!(found.len(), 1, "{path} has {} outcomes", found.len());
        found[0]
    }

    pub(super) fn of(&self, path: &str) -> &PageResult {
        &self.outcome(path).result
    }

    pub(super) fn skipped(&self, path: &str) -> &'static str {
        match self.of(path) {
            PageResult::Skipped(reason) => reason.code(),
            other => panic!("{path} was not skipped: {other:?}"),
        }
    }

    /// What the next crawl knows.
    pub(super) fn known(&self) -> Vec<KnownPage> {
        let page = |outcome: &PageOutcome| match &outcome.result {
            PageResult::Fetched(page) => Some(KnownPage {
                url: outcome.url.to_string(),
                etag: page.etag.clone(),
                last_modified: page.last_modified.clone(),
                content_hash: Some(page.content_hash.clone()),
                depth: Some(outcome.depth),
                raw_hash: match &page.rendering {
                    Rendering::Made { raw_hash } => Some(raw_hash.clone()),
                    _ => None,
                },
                render_due: false,
            }),
            _ => None,
        };
        self.outcomes.iter().filter_map(page).collect()
    }
}

pub(super) fn hurried() -> CrawlPolicy {
    CrawlPolicy {
        delay: Duration::ZERO,
        retries: 2,
        retry_pause: Duration::from_millis(10),
        page_time: Duration::from_secs(5),
        ..CrawlPolicy::default()
    }
}

pub(super) fn settings(address: SocketAddr) -> WebsiteSettings {
    WebsiteSettings { page_limit: 1000, ..WebsiteSettings::of(format!("http://{address}/")) }
}

pub(super) fn client(address: SocketAddr) -> Client {
    Client::new(EgressPolicy::allowing([address.to_string().parse().unwrap()])).unwrap()
}

pub(super) async fn run(address: SocketAddr, known: Vec<KnownPage>) -> (Collected, Result<CrawlSummary, CrawlError>) {
    run_with(&settings(address), &hurried(), address, known).await
}

pub(super) async fn run_with(
    settings: &WebsiteSettings,
    policy: &CrawlPolicy,
    address: SocketAddr,
    known: Vec<KnownPage>,
) -> (Collected, Result<CrawlSummary, CrawlError>) {
    let mut sink = Collected::default();
    let outcome = crawl(&client(address), settings, policy, known, &mut sink, &CancellationToken::new()).await;
    (sink, outcome)
}
