//! Requests to one site: spaced, repeated where it helps, and judged.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::StreamExt as _;
use hammock_net::{Client, Limits, NetError, Response, StreamResponse, retry};
use http::{HeaderMap, StatusCode, header};
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    CrawlError, CrawlPolicy, FetchedPage, KnownPage, PageFailure, Rendering, SkipReason,
    address::{Site, is_program},
    directives::Directives,
    link_header,
    markup::{self, PageHead},
    pace::{Pacer, host_of},
    readable::{is_readable, media_type},
    xml,
};
use crate::charset::decode_html;

/// A server that asks for more patience than this is left alone until the next crawl.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// How often an address may redirect to another spelling of itself, to set a cookie for instance.
const MOST_SELF_REDIRECTS: u32 = 4;

/// Sends the requests of one crawl.
pub(super) struct Fetcher {
    pub(super) client: Client,
    pub(super) policy: CrawlPolicy,
    pub(super) user_agent: String,
    /// The paces of the hosts that were asked.
    pacers: Mutex<HashMap<String, Arc<Pacer>>>,
    /// Set when nothing more is to be asked for.
    stopped: CancellationToken,
}

/// What became of a visit, before it is known whether the page is one of several with the same content.
pub(super) struct Visited {
    pub(super) url: Url,
    pub(super) status: Option<u16>,
    pub(super) found: Found,
}

pub(super) enum Found {
    Page {
        page: FetchedPage,
        head: Box<PageHead>,
    },
    NotModified,
    MovedWithin(Url),
    MovedAway(Url),
    Skipped(SkipReason),
    Failed(PageFailure),
    /// Nothing: it was not its turn yet when the crawl was stopped.
    CutOff,
}

impl Fetcher {
    pub(super) fn new(client: Client, policy: CrawlPolicy) -> Self {
        let user_agent = policy.user_agent();
        Self { client, policy, user_agent, pacers: Mutex::default(), stopped: CancellationToken::new() }
    }

    /// Begins no requests any more; those that are under way end. Only visits are waited for from then on.
    pub(super) fn stop(&self) {
        self.stopped.cancel();
    }

    /// The pace of an address's host, which other crawls share.
    pub(super) fn pacer(&self, url: &Url) -> Arc<Pacer> {
        let host = host_of(url);
        let mut pacers = self.pacers.lock();
        if let Some(pacer) = pacers.get(&host) {
            return Arc::clone(pacer);
        }
        let pacer = self.policy.paces.of(&host, self.policy.delay);
        pacers.insert(host, Arc::clone(&pacer));
        pacer
    }

    /// Waits at least this long between two requests to the host of an address from now on.
    pub(super) fn slow_down(&self, url: &Url, delay: Duration) {
        self.pacer(url).take_at_least(delay);
    }

    /// Whether the host of an address was slowed down as far as that goes.
    pub(super) fn is_slowest(&self, url: &Url) -> bool {
        self.pacer(url).is_slowest()
    }

    /// What to end with where the host of an address wants to be left alone for longer than a crawl waits.
    pub(super) fn left_alone(&self, url: &Url) -> Option<CrawlError> {
        let wait = self.pacer(url).left_alone(Instant::now())?;
        // The part of a second that is left counts whole.
        Some(CrawlError::AsksForPause { seconds: wait.as_millis().div_ceil(1_000).try_into().unwrap_or(u64::MAX) })
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { max_bytes: self.policy.max_page_bytes, total_time: self.policy.page_time, max_redirects: 0 }
    }

    /// Says whether an address may be asked now, without asking it.
    pub(super) async fn check(&self, url: &Url) -> Result<(), NetError> {
        self.client.check_url(url).await
    }

    /// Waits for its turn to ask the host of an address; whether it comes before [`Self::stop`].
    pub(super) async fn turn(&self, url: &Url) -> bool {
        let pacer = self.pacer(url);
        while !self.stopped.is_cancelled() {
            // Whoever is first begins; the host may also have been slowed down meanwhile.
            let Some(until) = pacer.begin(Instant::now()) else { return true };
            self.sleep_until(until).await;
        }
        false
    }

    async fn sleep_until(&self, until: Instant) {
        tokio::select! {
            () = self.stopped.cancelled() => {}
            () = tokio::time::sleep_until(until) => {}
        }
    }

    /// Reads an address whole.
    pub(super) async fn get_with_retries(&self, url: &Url, limits: Limits) -> Result<Response, NetError> {
        self.get_whole(url, limits, None).await
    }

    /// Reads an address whole unless it has not changed since; then the answer is 304.
    pub(super) async fn get_if_changed(
        &self,
        url: &Url,
        limits: Limits,
        etag: Option<String>,
        last_modified: Option<String>,
    ) -> Result<Response, NetError> {
        let known = KnownPage { etag, last_modified, ..KnownPage::default() };
        self.get_whole(url, limits, Some(&known)).await
    }

    async fn get_whole(&self, url: &Url, limits: Limits, known: Option<&KnownPage>) -> Result<Response, NetError> {
        match self.get(url, limits, known, |_url, _status, _headers| true).await {
            Some(outcome) => outcome,
            // Nobody waits for it any more.
            None => std::future::pending().await,
        }
    }

    /// Reads the first bytes of an address, as many as the limits allow, however much there is.
    pub(super) async fn get_beginning(&self, url: &Url, limits: Limits) -> Result<Response, NetError> {
        if !self.turn(url).await {
            // Nobody waits for it any more.
            return std::future::pending().await;
        }
        let whole = Limits { max_bytes: u64::MAX, ..limits };
        let deadline = Instant::now() + limits.total_time;
        let request = self.client.get(url.as_str()).header(header::USER_AGENT, &self.user_agent).limits(whole);
        let StreamResponse { status, headers, url, body: mut pieces } = request.stream().await?;
        let most = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
        let mut body = Vec::new();
        while body.len() < most {
            // What has come by the end of the time is the beginning, too.
            let Ok(Some(piece)) = tokio::time::timeout_at(deadline, pieces.next()).await else { break };
            body.extend_from_slice(&piece?);
        }
        body.truncate(most);
        Ok(Response { status, headers, url, body: body.into() })
    }

    /// Reads an address; its body only where `wants_body` says so. Repeats what may work a moment later. Nothing where it was
    /// stopped before.
    async fn get(
        &self,
        url: &Url,
        limits: Limits,
        known: Option<&KnownPage>,
        wants_body: fn(&Url, StatusCode, &HeaderMap) -> bool,
    ) -> Option<Result<Response, NetError>> {
        let pacer = self.pacer(url);
        let mut attempt = 0;
        loop {
            attempt += 1;
            if !self.turn(url).await {
                return None;
            }
            let began = Instant::now();
            let outcome = self.once(url, limits, known, wants_body).await;
            let now = Instant::now();
            let asked = match &outcome {
                Ok(answer) if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS => {
                    pacer.failed(began, now);
                    retry::retry_after(&answer.headers, SystemTime::now())
                }
                Ok(_) => {
                    pacer.answered(began, now);
                    return Some(outcome);
                }
                // It would take all the time again: once in a crawl is enough.
                Err(NetError::Timeout { .. }) => return Some(outcome),
                Err(error) if error.is_transient() => None,
                Err(_) => return Some(outcome),
            };
            match asked {
                Some(wait) if wait > LONGEST_WAIT => {
                    pacer.leave_alone(wait, now);
                    return Some(outcome);
                }
                // It speaks for the site, so everybody waits.
                Some(wait) => pacer.pause(wait, now),
                None => {}
            }
            let is_final = outcome.as_ref().is_ok_and(|answer| !may_pass(answer.status));
            if is_final || attempt > self.policy.retries || pacer.is_slowest() {
                return Some(outcome);
            }
            self.sleep_until(Instant::now() + retry::backoff(attempt, self.policy.retry_pause, LONGEST_WAIT)).await;
        }
    }

    async fn once(
        &self,
        url: &Url,
        limits: Limits,
        known: Option<&KnownPage>,
        wants_body: fn(&Url, StatusCode, &HeaderMap) -> bool,
    ) -> Result<Response, NetError> {
        let deadline = Instant::now() + limits.total_time;
        let mut request = self
            .client
            .get(url.as_str())
            .header(header::USER_AGENT, &self.user_agent)
            .header(header::ACCEPT, "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.5")
            .limits(limits);
        if let Some(known) = known {
            request = request.if_changed_since(known.etag.as_deref(), known.last_modified.as_deref());
        }
        let answer = request.stream().await?;
        if wants_body(url, answer.status, &answer.headers) {
            return answer.read(deadline).await;
        }
        let StreamResponse { status, headers, url, body: _unread } = answer;
        Ok(Response { status, headers, url, body: Bytes::new() })
    }

    /// Visits one page of the site, perhaps the one that it `begins` with.
    pub(super) async fn visit(&self, url: Url, site: &Site, known: Option<&KnownPage>, begins: bool) -> Visited {
        let mut target = url.clone();
        for _ in 0..=MOST_SELF_REDIRECTS {
            let answer = match self.get(&target, self.limits(), known, is_readable).await {
                Some(Ok(answer)) => answer,
                Some(Err(error)) => {
                    return Visited { url, status: None, found: Found::Failed(PageFailure::Net(error)) };
                }
                None => return Visited { url, status: None, found: Found::CutOff },
            };
            let status = Some(answer.status.as_u16());
            let Some(to) = redirect(&answer) else {
                let found = sent_on(&url, site, begins, self.judge(&url, answer).await);
                let found = self.with_scripts(&url, site, begins, known, found).await;
                return Visited { url, status, found };
            };
            match site.leads_to(&to, begins) {
                None => return Visited { url, status, found: Found::MovedAway(to) },
                Some(page) if page != url => return Visited { url, status, found: Found::MovedWithin(page) },
                Some(_itself) => target = to,
            }
        }
        Visited { url, status: None, found: Found::Failed(PageFailure::RedirectLoop) }
    }

    /// What an answer that is no redirect amounts to.
    async fn judge(&self, url: &Url, answer: Response) -> Found {
        let (product, url) = (self.policy.product.to_ascii_lowercase(), url.clone());
        match answer.status.as_u16() {
            // The page is as it was; what the site says beside it may be new.
            304 if Directives::default().with_headers(&answer.headers, &product).no_index => {
                return Found::Skipped(SkipReason::NoIndex);
            }
            304 => return Found::NotModified,
            200..=299 => {}
            status => return Found::Failed(PageFailure::Status(status)),
        }
        if !is_readable(&url, answer.status, &answer.headers) {
            return Found::Skipped(SkipReason::UnsupportedType(media_type(&answer.headers).unwrap_or_default()));
        }
        if answer.body.trim_ascii().is_empty() {
            return Found::Skipped(SkipReason::Empty);
        }
        // Pages may be large, and hashing and scanning them would hold up everything else on this thread.
        match tokio::task::spawn_blocking(move || read(&url, answer, &product)).await {
            Ok(found) => found,
            Err(_panicked) => Found::Skipped(SkipReason::Empty),
        }
    }
}

/// A page that sends its readers on at once is a redirect, written otherwise. One that shows itself anew is a page, and so is one
/// that leads to a file of the site: it may say what that is.
fn sent_on(url: &Url, site: &Site, begins: bool, found: Found) -> Found {
    let Found::Page { head, .. } = &found else { return found };
    let Some(refresh) = head.refresh.as_ref().filter(|refresh| refresh.at_once) else { return found };
    let is_elsewhere = !site.is_twin(&refresh.to) || site.leads_to(&refresh.to, false).is_some();
    match site.leads_to(&refresh.to, begins) {
        Some(page) if page != *url => Found::MovedWithin(page),
        None if is_elsewhere => Found::MovedAway(refresh.to.clone()),
        _ => found,
    }
}

/// Whether an answer that tells of trouble may be another one a moment later.
fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

fn read(url: &Url, answer: Response, product: &str) -> Found {
    let media_type = media_type(&answer.headers);
    if xml::is_for_machines(media_type.as_deref(), &answer.body) || is_program(url, media_type.as_deref()) {
        return Found::Skipped(SkipReason::UnsupportedType(media_type.unwrap_or_default()));
    }
    let is_html = match media_type.as_deref() {
        Some("text/html" | "application/xhtml+xml" | "text/xml" | "application/xml") => true,
        Some(_other) => false,
        None => answer.body.trim_ascii_start().starts_with(b"<"),
    };
    let mut head = if is_html {
        markup::read(&decode_html(&answer.body, answer.content_type()), url, product)
    } else {
        PageHead::default()
    };
    head.directives = head.directives.with_headers(&answer.headers, product);
    head.canonical = head.canonical.or_else(|| link_header::canonical(&answer.headers, url));
    let text = |name| answer.header(name).map(str::to_owned);
    let page = FetchedPage {
        content_type: text(header::CONTENT_TYPE),
        content_hash: hex(&Sha256::digest(&answer.body)),
        etag: text(header::ETAG),
        last_modified: text(header::LAST_MODIFIED),
        rendering: Rendering::None,
        body: answer.body,
    };
    Found::Page { page, head: Box::new(head) }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn redirect(answer: &Response) -> Option<Url> {
    matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308).then(|| answer.redirect_target()).flatten()
}
