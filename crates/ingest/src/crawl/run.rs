//! One crawl from its first request to its summary.

mod beginnings;
mod contents;
mod entering;
mod going_on;
mod leading;
mod part;
mod telling;

use std::{collections::HashSet, ops::ControlFlow, sync::Arc};

use hammock_contract::source::WebsiteSettings;
use hammock_net::Client;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use self::{contents::Contents, leading::Leading};
use super::{
    CrawlError, CrawlPolicy, CrawlSink, CrawlSummary, FetchedPage, PageFailure, PageOutcome, PageResult, SkipReason,
    StopReason,
    address::Site,
    fetch::{Fetcher, Found, Visited},
    frontier::{Frontier, Waiting},
    markup::PageHead,
    notice::Notice,
    robots::Robots,
};

/// So many failures in a row that blame the site mean that it is down.
const FAILURES_IN_A_ROW: u32 = 20;
/// So many are enough where the site was slowed down as far as that goes.
const FAILURES_WHEN_SLOWEST: u32 = 3;
/// How often addresses of the site may lead on from one to the next.
const MOST_REDIRECTS: u32 = 10;
/// So many of the addresses that the page limit keeps out are told of.
const MOST_KEPT_OUT: usize = 1_000;
/// From so many pages on, losing half of them is noticed.
const NOTICED_FROM: usize = 10;

struct Done {
    visited: Visited,
    redirects: u32,
}

/// A crawl that goes on.
pub(super) struct Run {
    fetcher: Arc<Fetcher>,
    site: Arc<Site>,
    robots: Robots,
    settings: WebsiteSettings,
    cancel: CancellationToken,
    frontier: Frontier,
    /// Known pages that are not there, for as long as a link to them may still be found.
    gone: Vec<PageOutcome>,
    under_way: JoinSet<Done>,
    contents: Contents,
    leading: Leading,
    start: Url,
    first: Vec<Done>,
    visits: u64,
    failures_in_a_row: u32,
    summary: CrawlSummary,
    /// What the sink is about to take.
    giving: Option<PageOutcome>,
    /// Addresses that the sink has heard of, and those that led on to the start page.
    told: HashSet<String>,
    /// Whether all was taken that there is to begin at.
    has_begun: bool,
    /// How many pages should be found, where that was known before.
    expected: Option<usize>,
}

impl Run {
    /// Nothing has been asked for yet.
    fn new(
        client: &Client,
        settings: &WebsiteSettings,
        policy: &CrawlPolicy,
        address: &Url,
        frontier: Frontier,
        cancel: &CancellationToken,
    ) -> Result<Self, CrawlError> {
        let site = Site::of(address);
        let no_page = || CrawlError::InvalidUrl { reason: "it is not the address of a page".to_owned() };
        let start = site.page(address).ok_or_else(no_page)?;
        Ok(Self {
            fetcher: Arc::new(Fetcher::new(client.clone(), policy.clone())),
            site: Arc::new(site),
            robots: Robots::none(),
            settings: settings.clone(),
            cancel: cancel.clone(),
            gone: Vec::new(),
            under_way: JoinSet::new(),
            contents: Contents::of(frontier.by_hash()),
            frontier,
            leading: Leading::default(),
            start,
            first: Vec::new(),
            visits: 0,
            failures_in_a_row: 0,
            summary: CrawlSummary::default(),
            giving: None,
            told: HashSet::new(),
            has_begun: false,
            expected: None,
        })
    }

    /// Reads everything else.
    pub(super) async fn finish(mut self, sink: &mut dyn CrawlSink) -> Result<CrawlSummary, CrawlError> {
        let limit = self.page_limit();
        let previous = self.expected.unwrap_or_else(|| self.frontier.expected(&self.site).min(limit));
        self.expected = Some(previous);
        if self.summary.stopped.is_none() {
            let cancel = self.cancel.clone();
            tokio::select! {
                biased;
                () = cancel.cancelled() => self.summary.stopped = Some(StopReason::Cancelled),
                outcome = self.work(sink) => self.summary.stopped = outcome?.break_value(),
            }
        }
        if self.summary.stopped == Some(StopReason::Cancelled) && self.has_begun {
            self.take_last_answers(sink).await;
            self.summary.rest = Some(self.rest(previous));
        }
        let was_cut_short = matches!(self.summary.stopped, Some(StopReason::Cancelled | StopReason::Sink));
        let found = usize::try_from(self.summary.pages()).unwrap_or(usize::MAX);
        self.summary.shrunk = !was_cut_short && previous >= NOTICED_FROM && found <= previous / 2;
        Ok(self.summary)
    }

    async fn work(&mut self, sink: &mut dyn CrawlSink) -> Result<ControlFlow<StopReason>, CrawlError> {
        if !self.has_begun && self.take_beginnings(sink).await?.is_break() {
            return Ok(ControlFlow::Break(StopReason::Sink));
        }
        // Before anything else is asked for: what it begins at need not be found again.
        self.let_keep(sink);
        loop {
            if self.launch(sink).await.is_break() {
                return Ok(ControlFlow::Break(StopReason::Sink));
            }
            let Some(done) = self.under_way.join_next().await else {
                match self.settle(sink).await {
                    ControlFlow::Continue(true) => continue,
                    ControlFlow::Continue(false) => break,
                    ControlFlow::Break(()) => return Ok(ControlFlow::Break(StopReason::Sink)),
                }
            };
            match done {
                Ok(done) => {
                    if self.take(done, sink).await?.is_break() {
                        return Ok(ControlFlow::Break(StopReason::Sink));
                    }
                }
                Err(error) => tracing::error!(%error, "the visit of a page failed"),
            }
            self.let_keep(sink);
        }
        // One by one: the crawl may be cancelled meanwhile.
        self.gone.reverse();
        while let Some(mut outcome) = self.gone.pop() {
            outcome.linked = self.frontier.is_linked(&outcome.url);
            if self.give(outcome, sink).await.is_break() {
                return Ok(ControlFlow::Break(StopReason::Sink));
            }
        }
        let reached = self.frontier.waiting() > 0;
        if self.tell_kept_out(sink).await.is_break() {
            return Ok(ControlFlow::Break(StopReason::Sink));
        }
        Ok(if reached { ControlFlow::Break(StopReason::PageLimit) } else { ControlFlow::Continue(()) })
    }

    /// Passes on the pages that waited for others, now that nothing is under way; whether some are to be visited again.
    async fn settle(&mut self, sink: &mut dyn CrawlSink) -> ControlFlow<(), bool> {
        if self.settle_left(sink).await? {
            return ControlFlow::Continue(true);
        }
        self.settle_copies(sink).await
    }

    /// Begins visits as far as concurrency and page limit allow.
    async fn launch(&mut self, sink: &mut dyn CrawlSink) -> ControlFlow<()> {
        let most_visits = 4 * u64::from(self.settings.page_limit) + 1_000;
        while self.under_way.len() < self.fetcher.policy.concurrency.max(1)
            && self.pages() + self.under_way.len() < self.page_limit()
            && self.visits < most_visits
        {
            let Some(Waiting { url, redirects }) = self.frontier.pop() else { break };
            if !self.robots.allows(&url) {
                let outcome = self.outcome(url, None, PageResult::Skipped(SkipReason::Robots));
                if let Some(outcome) = self.compare(outcome) {
                    self.give(outcome, sink).await?;
                }
                continue;
            }
            self.visits += 1;
            let (fetcher, site) = (Arc::clone(&self.fetcher), Arc::clone(&self.site));
            let known = self.frontier.known(&url).cloned();
            self.under_way.spawn(async move {
                let visited = fetcher.visit(url, &site, known.as_deref(), false).await;
                Done { visited, redirects }
            });
        }
        ControlFlow::Continue(())
    }

    /// Tells of the addresses that still wait at the page limit.
    async fn tell_kept_out(&mut self, sink: &mut dyn CrawlSink) -> ControlFlow<()> {
        let limit = self.settings.page_limit;
        for _ in 0..MOST_KEPT_OUT {
            let Some(Waiting { url, .. }) = self.frontier.pop() else { break };
            if !self.frontier.keeps(&url) {
                continue;
            }
            let outcome = self.outcome(url, None, PageResult::Skipped(SkipReason::PageLimit(limit)));
            self.give(outcome, sink).await?;
        }
        ControlFlow::Continue(())
    }

    /// Takes an address that the site leads to.
    fn add(&mut self, url: &Url, depth: u32, redirects: u32) {
        self.frontier.add(&self.site, &self.site.own(url), depth, redirects);
    }

    /// What became of an address that the settings may leave out after all.
    fn outcome(&self, url: Url, http_status: Option<u16>, result: PageResult) -> PageOutcome {
        let result = if self.frontier.keeps(&url) { result } else { PageResult::Skipped(SkipReason::NotIncluded) };
        let (linked, depth) = (self.frontier.is_linked(&url), self.frontier.depth(&url));
        PageOutcome { url, http_status, linked, depth, result }
    }

    /// Decides what became of a visit, and passes it on.
    async fn take(&mut self, done: Done, sink: &mut dyn CrawlSink) -> Result<ControlFlow<()>, CrawlError> {
        let Done { visited: Visited { url, status, found }, redirects } = done;
        let depth = self.frontier.depth(&url);
        if let Some(error) = self.fetcher.left_alone(&self.start) {
            if self.has_begun {
                // After the pause it goes on with that.
                sink.keep(self.rest(self.expected.unwrap_or_default()));
            }
            return Err(error);
        }
        if let Found::Failed(failure) = &found
            && failure.blames_the_site()
        {
            self.failures_in_a_row += 1;
            let is_slowest = self.fetcher.is_slowest(&self.start);
            let most = if is_slowest { FAILURES_WHEN_SLOWEST } else { FAILURES_IN_A_ROW };
            if self.failures_in_a_row >= most {
                return Err(site_error(failure, &url));
            }
        } else {
            self.failures_in_a_row = 0;
        }
        self.leading.forget(&url);
        let result = match found {
            Found::Page { page, head } => self.page(&url, page, &head, depth),
            Found::NotModified if self.frontier.was_read(&url) => PageResult::Unchanged(None),
            Found::NotModified => PageResult::Failed(PageFailure::Status(304)),
            Found::MovedWithin(_) if redirects >= MOST_REDIRECTS => PageResult::Failed(PageFailure::RedirectLoop),
            Found::MovedWithin(to) => {
                self.add(&to, depth, redirects + 1);
                if let Some(page) = self.page_of(&to) {
                    self.leading.lead(url.clone(), page);
                }
                PageResult::Skipped(SkipReason::RedirectsTo(to))
            }
            Found::MovedAway(_) => PageResult::Skipped(SkipReason::RedirectsAway),
            Found::Skipped(reason) => PageResult::Skipped(reason),
            Found::Failed(failure) => PageResult::Failed(failure),
            Found::CutOff => return Ok(ControlFlow::Continue(())),
        };
        let outcome = self.outcome(url, status, result);
        let Some(outcome) = self.compare(outcome) else { return Ok(ControlFlow::Continue(())) };
        if outcome.is_gone() {
            self.gone.push(outcome);
            return Ok(ControlFlow::Continue(()));
        }
        match self.hold(outcome) {
            Some(outcome) => Ok(self.give(outcome, sink).await),
            None => Ok(ControlFlow::Continue(())),
        }
    }

    fn page(&mut self, url: &Url, page: FetchedPage, head: &PageHead, depth: u32) -> PageResult {
        // Where a page is not there, what its template links to is not its own; the pages to begin at lead on even so.
        let leads_on = depth == 0 || head.notice != Some(Notice::NotFound);
        if self.settings.follow_links && leads_on && !head.directives.no_follow {
            head.links.iter().for_each(|link| self.add(link, depth + 1, 0));
        }
        if head.directives.no_index {
            return PageResult::Skipped(SkipReason::NoIndex);
        }
        if let Some(canonical) = self.canonical(url, head.canonical.as_ref()) {
            self.add(&canonical, depth, 0);
            self.leading.leave(url.clone(), canonical.clone());
            return PageResult::Skipped(SkipReason::CanonicalIs(canonical));
        }
        if !self.frontier.keeps(url) {
            return PageResult::Skipped(SkipReason::NotIncluded);
        }
        // Before the comparison of contents: such pages are the same at every address, and none of them is a page.
        match head.notice {
            Some(Notice::NeedsJavascript) => return PageResult::Skipped(SkipReason::NeedsJavascript),
            Some(Notice::NotFound) => return PageResult::Skipped(SkipReason::SoftNotFound),
            Some(Notice::NothingShown) => return PageResult::Skipped(SkipReason::NothingShown),
            None => {}
        }
        let known = self.frontier.known(url).map(|known| &**known);
        if let Some(first) = self.contents.take(&page.content_hash, url, known) {
            return PageResult::Skipped(SkipReason::DuplicateOf(first));
        }
        let before = known.and_then(|known| known.content_hash.as_ref());
        if before == Some(&page.content_hash) { PageResult::Unchanged(Some(page)) } else { PageResult::Fetched(page) }
    }

    /// The page of this site at an address, by the one form that stands for all its spellings.
    fn page_of(&self, url: &Url) -> Option<Url> {
        self.site.page(&self.site.own(url))
    }

    /// The other page of this site that this one says it is. Sites that name their front page on every page mean nothing by it, and
    /// of pages that name each other one stays. A page that is kept is not left to one that is not, or that is no page.
    fn canonical(&self, url: &Url, said: Option<&Url>) -> Option<Url> {
        let canonical = self.page_of(said?)?;
        let is_front = canonical.path() == "/" && canonical.query().is_none();
        let keeps_less = self.frontier.keeps(url) && !self.frontier.keeps(&canonical);
        (!is_front && !keeps_less && self.leading.may_leave(url, &canonical)).then_some(canonical)
    }

    fn pages(&self) -> usize {
        usize::try_from(self.summary.pages()).unwrap_or(usize::MAX)
    }

    fn page_limit(&self) -> usize {
        self.settings.page_limit as usize
    }
}

/// What the failure of one address says of the site.
fn site_error(failure: &PageFailure, url: &Url) -> CrawlError {
    match failure {
        PageFailure::Status(status) => CrawlError::SiteFailed { status: *status },
        PageFailure::Net(error) => error.clone().into(),
        PageFailure::RedirectLoop => CrawlError::RedirectLoop { url: url.to_string() },
        PageFailure::Render(error) => CrawlError::Unreachable { reason: error.to_string() },
        PageFailure::Parse(error) => CrawlError::Unreachable { reason: error.to_string() },
    }
}
