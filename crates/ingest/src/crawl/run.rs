//! One crawl from its first request to its summary.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    ops::ControlFlow,
    sync::Arc,
};

use hammock_contract::{job::JobProgress, source::WebsiteSettings};
use hammock_net::Client;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    CrawlError, CrawlPolicy, CrawlSink, CrawlSummary, FetchedPage, KnownPage, PageFailure, PageOutcome, PageResult,
    SkipReason, StopReason,
    address::Site,
    fetch::{Fetcher, Found, Visited},
    markup::PageHead,
    robots::Robots,
    sitemap,
};

/// So many failures in a row that blame the site mean that it is down.
const FAILURES_IN_A_ROW: u32 = 20;
/// How often the start address may lead on before it counts as a circle.
const MOST_START_REDIRECTS: u32 = 10;
/// How often addresses of the site may lead on from one to the next.
const MOST_REDIRECTS: u32 = 10;
/// From so many pages on, losing half of them is noticed.
const NOTICED_FROM: usize = 10;

/// An address that waits, with the number of links and of redirects that led to it.
struct Waiting {
    url: Url,
    depth: u32,
    redirects: u32,
}

struct Done {
    visited: Visited,
    depth: u32,
    redirects: u32,
}

/// A crawl that goes on.
pub(super) struct Run {
    fetcher: Arc<Fetcher>,
    site: Arc<Site>,
    robots: Robots,
    settings: WebsiteSettings,
    cancel: CancellationToken,
    known: HashMap<String, Arc<KnownPage>>,
    waiting: VecDeque<Waiting>,
    seen: HashSet<String>,
    /// Known pages that the site leads to in this crawl.
    linked: HashSet<String>,
    /// Known pages that are not there, for as long as a link to them may still be found.
    gone: Vec<PageOutcome>,
    under_way: JoinSet<Done>,
    /// Which page has a content first.
    by_hash: HashMap<String, Url>,
    /// What pages said about their own address, by what they said; two that point at each other must not both be left out.
    left_to: HashMap<Url, Url>,
    start: Url,
    first: Vec<Done>,
    visits: u64,
    failures_in_a_row: u32,
    summary: CrawlSummary,
}

impl Run {
    /// Reads robots.txt and the start page, wherever the start address leads.
    pub(super) async fn begin(
        client: &Client,
        settings: &WebsiteSettings,
        policy: &CrawlPolicy,
        known: Vec<KnownPage>,
        cancel: &CancellationToken,
    ) -> Result<Self, CrawlError> {
        let invalid = |reason: String| CrawlError::InvalidUrl { reason };
        let address = Url::parse(settings.start_url.trim()).map_err(|error| invalid(error.to_string()))?;
        client.check_url(&address).await?;
        let site = Site::of(&address);
        let start = site.page(&address).ok_or_else(|| invalid("it is not the address of a page".to_owned()))?;
        let by_hash =
            known.iter().filter_map(|page| Some((page.content_hash.clone()?, Url::parse(&page.url).ok()?))).collect();
        let mut run = Self {
            fetcher: Arc::new(Fetcher::new(client.clone(), policy.clone())),
            site: Arc::new(site),
            robots: Robots::none(),
            settings: settings.clone(),
            cancel: cancel.clone(),
            known: known.into_iter().map(|page| (page.url.clone(), Arc::new(page))).collect(),
            waiting: VecDeque::new(),
            seen: HashSet::new(),
            linked: HashSet::new(),
            gone: Vec::new(),
            under_way: JoinSet::new(),
            by_hash,
            left_to: HashMap::new(),
            start,
            first: Vec::new(),
            visits: 0,
            failures_in_a_row: 0,
            summary: CrawlSummary::default(),
        };
        let cancelled = cancel.clone();
        tokio::select! {
            entered = run.enter() => entered?,
            () = cancelled.cancelled() => run.summary.stopped = Some(StopReason::Cancelled),
        }
        Ok(run)
    }

    /// Follows the start address to the start page.
    async fn enter(&mut self) -> Result<(), CrawlError> {
        let mut origin = None;
        for _ in 0..MOST_START_REDIRECTS {
            if origin.as_ref() != Some(&self.start.origin()) {
                self.robots = Robots::fetch(&self.fetcher, &self.start).await?;
                self.fetcher.slow_down(self.robots.delay().unwrap_or_default());
                origin = Some(self.start.origin());
            }
            if !self.robots.allows(&self.start) {
                return Err(CrawlError::RobotsDisallowed);
            }
            self.seen.insert(self.start.to_string());
            let known = self.known.get(self.start.as_str()).cloned();
            let visited = self.fetcher.visit(self.start.clone(), &self.site, known.as_deref()).await;
            let next = match &visited.found {
                Found::MovedWithin(to) => Some(to.clone()),
                Found::MovedAway(to) if self.site.is_twin(to) => Site::of(to).page(to),
                Found::MovedAway(to) => {
                    let is_inside = self.fetcher.is_forbidden(to).await;
                    let to = to.to_string();
                    return Err(if is_inside { CrawlError::MovedInside { to } } else { CrawlError::MovedAway { to } });
                }
                Found::Failed(failure) => return Err(site_error(failure, &self.start)),
                _ => None,
            };
            match next {
                Some(next) => {
                    self.site = Arc::new(Site::of(&next));
                    self.start = next;
                }
                None => {
                    self.first.push(Done { visited, depth: 0, redirects: 0 });
                    return Ok(());
                }
            }
        }
        Err(CrawlError::RedirectLoop { url: self.start.to_string() })
    }

    /// Reads everything else.
    pub(super) async fn finish(mut self, sink: &mut dyn CrawlSink) -> Result<CrawlSummary, CrawlError> {
        let was_read = self.known.values().filter(|page| page.content_hash.is_some()).count();
        let previous = was_read.min(self.page_limit());
        if self.summary.stopped.is_none() {
            let cancel = self.cancel.clone();
            tokio::select! {
                biased;
                () = cancel.cancelled() => self.summary.stopped = Some(StopReason::Cancelled),
                outcome = self.work(sink) => self.summary.stopped = outcome?.break_value(),
            }
        }
        let was_cut_short = matches!(self.summary.stopped, Some(StopReason::Cancelled | StopReason::Sink));
        let found = usize::try_from(self.summary.pages()).unwrap_or(usize::MAX);
        self.summary.shrunk = !was_cut_short && previous >= NOTICED_FROM && found <= previous / 2;
        Ok(self.summary)
    }

    async fn work(&mut self, sink: &mut dyn CrawlSink) -> Result<ControlFlow<StopReason>, CrawlError> {
        if self.settings.use_sitemap {
            self.add_sitemap().await;
        }
        for first in std::mem::take(&mut self.first) {
            if self.take(first, sink).await?.is_break() {
                return Ok(ControlFlow::Break(StopReason::Sink));
            }
        }
        if self.settings.follow_links {
            // Pages that answer "not modified" show no links, so what they led to is remembered rather than found again,
            // whether it could be read last time or not.
            let known: Vec<Url> = self.known.keys().filter_map(|url| Url::parse(url).ok()).collect();
            known.iter().for_each(|url| self.queue(url, 1, 0));
        }
        loop {
            if self.launch(sink).await.is_break() {
                return Ok(ControlFlow::Break(StopReason::Sink));
            }
            let Some(done) = self.under_way.join_next().await else { break };
            match done {
                Ok(done) => {
                    if self.take(done, sink).await?.is_break() {
                        return Ok(ControlFlow::Break(StopReason::Sink));
                    }
                }
                Err(error) => tracing::error!(%error, "the visit of a page failed"),
            }
        }
        for mut outcome in std::mem::take(&mut self.gone) {
            outcome.linked = self.is_linked(&outcome.url);
            if self.give(outcome, sink).await.is_break() {
                return Ok(ControlFlow::Break(StopReason::Sink));
            }
        }
        let reached = !self.waiting.is_empty();
        Ok(if reached { ControlFlow::Break(StopReason::PageLimit) } else { ControlFlow::Continue(()) })
    }

    /// Begins visits as far as concurrency and page limit allow.
    async fn launch(&mut self, sink: &mut dyn CrawlSink) -> ControlFlow<()> {
        let most_visits = 4 * u64::from(self.settings.page_limit) + 1_000;
        while self.under_way.len() < self.fetcher.policy.concurrency.max(1)
            && self.pages() + self.under_way.len() < self.page_limit()
            && self.visits < most_visits
        {
            let Some(Waiting { url, depth, redirects }) = self.waiting.pop_front() else { break };
            if !self.robots.allows(&url) {
                let (linked, result) = (self.is_linked(&url), PageResult::Skipped(SkipReason::Robots));
                let outcome = PageOutcome { url, http_status: None, linked, result };
                self.give(outcome, sink).await?;
                continue;
            }
            self.visits += 1;
            let (fetcher, site) = (Arc::clone(&self.fetcher), Arc::clone(&self.site));
            let known = self.known.get(url.as_str()).cloned();
            self.under_way.spawn(async move {
                let visited = fetcher.visit(url, &site, known.as_deref()).await;
                Done { visited, depth, redirects }
            });
        }
        ControlFlow::Continue(())
    }

    async fn add_sitemap(&mut self) {
        let mut files: Vec<Url> = self.robots.sitemaps().filter_map(|file| self.start.join(file).ok()).collect();
        if files.is_empty() {
            files.extend(self.start.join("/sitemap.xml"));
        }
        let most = self.most_seen();
        for page in sitemap::pages(&self.fetcher, files, most).await {
            self.add(&page, 1, 0);
        }
    }

    /// Whether the site leads to an address, as far as this crawl has come. What is not known was found.
    fn is_linked(&self, url: &Url) -> bool {
        *url == self.start || !self.known.contains_key(url.as_str()) || self.linked.contains(url.as_str())
    }

    /// Takes an address that the site leads to.
    fn add(&mut self, url: &Url, depth: u32, redirects: u32) {
        if let Some(page) = self.site.page(url)
            && self.known.contains_key(page.as_str())
        {
            self.linked.insert(page.to_string());
        }
        self.queue(url, depth, redirects);
    }

    /// Puts an address in the queue, when it belongs to the site and is new.
    fn queue(&mut self, url: &Url, depth: u32, redirects: u32) {
        if depth > self.fetcher.policy.max_depth || self.seen.len() >= self.most_seen() {
            return;
        }
        if let Some(url) = self.site.page(url)
            && !self.seen.contains(url.as_str())
        {
            self.seen.insert(url.to_string());
            self.waiting.push_back(Waiting { url, depth, redirects });
        }
    }

    /// Decides what became of a visit, and passes it on.
    async fn take(&mut self, done: Done, sink: &mut dyn CrawlSink) -> Result<ControlFlow<()>, CrawlError> {
        let Done { visited: Visited { url, status, found }, depth, redirects } = done;
        if let Found::Failed(failure) = &found
            && failure.blames_the_site()
        {
            self.failures_in_a_row += 1;
            if self.failures_in_a_row >= FAILURES_IN_A_ROW {
                return Err(site_error(failure, &url));
            }
        } else {
            self.failures_in_a_row = 0;
        }
        let result = match found {
            Found::Page { page, head } => self.page(&url, page, head, depth),
            Found::NotModified if self.was_read(&url) => PageResult::Unchanged(None),
            Found::NotModified => PageResult::Failed(PageFailure::Status(304)),
            Found::MovedWithin(_) if redirects >= MOST_REDIRECTS => PageResult::Failed(PageFailure::RedirectLoop),
            Found::MovedWithin(to) => {
                self.add(&to, depth, redirects + 1);
                PageResult::Skipped(SkipReason::RedirectsTo(to))
            }
            Found::MovedAway(_) => PageResult::Skipped(SkipReason::RedirectsAway),
            Found::Skipped(reason) => PageResult::Skipped(reason),
            Found::Failed(failure) => PageResult::Failed(failure),
        };
        let outcome = PageOutcome { linked: self.is_linked(&url), url, http_status: status, result };
        if outcome.is_gone() {
            self.gone.push(outcome);
            return Ok(ControlFlow::Continue(()));
        }
        Ok(self.give(outcome, sink).await)
    }

    /// Whether an earlier crawl read a page: only then can it be unchanged.
    fn was_read(&self, url: &Url) -> bool {
        self.known.get(url.as_str()).is_some_and(|page| page.content_hash.is_some())
    }

    fn page(&mut self, url: &Url, page: FetchedPage, head: PageHead, depth: u32) -> PageResult {
        if self.settings.follow_links && !head.directives.no_follow {
            head.links.iter().for_each(|link| self.add(link, depth + 1, 0));
        }
        if head.directives.no_index {
            return PageResult::Skipped(SkipReason::NoIndex);
        }
        if let Some(canonical) = self.canonical(url, head.canonical.as_ref()) {
            self.add(&canonical, depth, 0);
            self.left_to.insert(url.clone(), canonical.clone());
            return PageResult::Skipped(SkipReason::CanonicalIs(canonical));
        }
        match self.by_hash.get(&page.content_hash) {
            Some(first) if first != url => return PageResult::Skipped(SkipReason::DuplicateOf(first.clone())),
            _ => {}
        }
        self.by_hash.insert(page.content_hash.clone(), url.clone());
        let before = self.known.get(url.as_str()).and_then(|known| known.content_hash.as_ref());
        if before == Some(&page.content_hash) { PageResult::Unchanged(Some(page)) } else { PageResult::Fetched(page) }
    }

    /// The other page of this site that this one says it is. Sites that name their front page on every page mean nothing by it, and
    /// two pages that name each other are two pages.
    fn canonical(&self, url: &Url, said: Option<&Url>) -> Option<Url> {
        let canonical = self.site.page(said?)?;
        let is_front = canonical.path() == "/" && canonical.query().is_none();
        let names_back = self.left_to.get(&canonical) == Some(url);
        (canonical != *url && !is_front && !names_back).then_some(canonical)
    }

    /// Counts an outcome and hands it to the sink.
    async fn give(&mut self, outcome: PageOutcome, sink: &mut dyn CrawlSink) -> ControlFlow<()> {
        match &outcome.result {
            PageResult::Fetched(_) => self.summary.fetched += 1,
            PageResult::Unchanged(_) => self.summary.unchanged += 1,
            PageResult::Skipped(_) => self.summary.skipped += 1,
            PageResult::Failed(_) => self.summary.failed += 1,
        }
        let current = outcome.url.to_string();
        sink.page(outcome).await?;
        let (done, total) = self.progress();
        let stage = "fetching".to_owned();
        sink.progress(JobProgress { stage, done, total: Some(total), current: Some(current) }).await
    }

    /// How many addresses were dealt with, and how many there are as far as is known. Neither ever sinks: an address that
    /// is left out or fails was dealt with too, and of those that wait only as many count as the page limit still lets in.
    fn progress(&self) -> (u64, u64) {
        let ahead = self.waiting.len() + self.under_way.len();
        let done = self.seen.len().saturating_sub(ahead);
        let total = done + ahead.min(self.page_limit().saturating_sub(self.pages()));
        (done as u64, total as u64)
    }

    fn pages(&self) -> usize {
        usize::try_from(self.summary.pages()).unwrap_or(usize::MAX)
    }

    fn page_limit(&self) -> usize {
        self.settings.page_limit as usize
    }

    /// How many addresses are remembered at most; a site that makes up more is a trap.
    fn most_seen(&self) -> usize {
        10 * self.page_limit() + 10_000
    }
}

/// What the failure of one address says of the site.
fn site_error(failure: &PageFailure, url: &Url) -> CrawlError {
    match failure {
        PageFailure::Status(status) => CrawlError::SiteFailed { status: *status },
        PageFailure::Net(error) => error.clone().into(),
        PageFailure::RedirectLoop => CrawlError::RedirectLoop { url: url.to_string() },
    }
}
