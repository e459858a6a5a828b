//! What is left of a crawl that is cancelled, and how it goes on with that.

use std::{collections::HashSet, ops::ControlFlow, time::Duration};

use hammock_contract::source::WebsiteSettings;
use hammock_net::Client;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Run;
use crate::crawl::{
    CrawlError, CrawlPolicy, CrawlSink, CrawlSummary, KnownPage, PageFailure, PageOutcome, PageResult, SkipReason,
    StopReason,
    frontier::Frontier,
    rest::{CrawlRest, DonePage, HeldFor, HeldPage},
};

/// How long a cancelled crawl waits for the answers to what it has asked. What takes longer is asked again when it goes on.
const LAST_ANSWERS: Duration = Duration::from_secs(3);

impl Run {
    /// Reads robots.txt, and goes on with what a cancelled crawl has left. The start page and the sitemap are not asked again.
    pub(in crate::crawl) async fn go_on(
        client: &Client,
        settings: &WebsiteSettings,
        policy: &CrawlPolicy,
        known: Vec<KnownPage>,
        rest: CrawlRest,
        cancel: &CancellationToken,
    ) -> Result<Self, CrawlError> {
        let start = Url::parse(&rest.start).map_err(|error| CrawlError::InvalidUrl { reason: error.to_string() })?;
        client.check_url(&start).await?;
        let frontier = Frontier::going_on(settings, known, &rest);
        let mut run = Self::new(client, settings, policy, &start, frontier, cancel)?;
        run.restore(rest);
        tokio::select! {
            read = run.read_robots() => read?,
            () = cancel.cancelled() => run.summary.stopped = Some(StopReason::Cancelled),
        }
        Ok(run)
    }

    fn restore(&mut self, rest: CrawlRest) {
        let (mut copies, mut left) = (Vec::new(), Vec::new());
        for page in &rest.held {
            let Ok(url) = Url::parse(&page.address) else { continue };
            let (kept, result) = match &page.why {
                HeldFor::Missing => {
                    let status = page.http_status.unwrap_or(404);
                    (&mut self.gone, PageResult::Failed(PageFailure::Status(status)))
                }
                HeldFor::SaysMissing => (&mut self.gone, PageResult::Skipped(SkipReason::SoftNotFound)),
                HeldFor::CopyOf(other) => match Url::parse(other) {
                    Ok(other) => (&mut copies, PageResult::Skipped(SkipReason::DuplicateOf(other))),
                    Err(_) => continue,
                },
                HeldFor::LeftTo(other) => match Url::parse(other) {
                    Ok(other) => (&mut left, PageResult::Skipped(SkipReason::CanonicalIs(other))),
                    Err(_) => continue,
                },
            };
            let linked = self.frontier.is_linked(&url);
            kept.push(PageOutcome { url, http_status: page.http_status, linked, depth: page.depth, result });
        }
        self.contents.restore(&rest, copies);
        self.leading.restore(&rest, left);
        let CrawlRest { expected, visits, fetched, unchanged, skipped, failed, done, .. } = rest;
        self.told = done.into_iter().map(|page| page.address).collect();
        self.visits = visits;
        self.summary = CrawlSummary { fetched, unchanged, skipped, failed, ..CrawlSummary::default() };
        self.expected = Some(expected);
        self.has_begun = true;
    }

    /// Takes the answers to what was asked for, and asks for nothing more.
    pub(super) async fn take_last_answers(&mut self, sink: &mut dyn CrawlSink) {
        self.fetcher.stop();
        let taking = async {
            if let Some(outcome) = self.giving.take()
                && self.give(outcome, sink).await.is_break()
            {
                return;
            }
            while let Some(done) = self.under_way.join_next().await {
                let Ok(done) = done else { continue };
                // Whatever they say of the site: it is stopped already.
                if !matches!(self.take(done, sink).await, Ok(ControlFlow::Continue(()))) {
                    break;
                }
            }
        };
        if tokio::time::timeout(LAST_ANSWERS, taking).await.is_err() {
            tracing::debug!(start = %self.start, "a crawl was cancelled before all that it had asked was answered");
        }
    }

    /// Lets the sink keep what is left to do, where it wants to.
    pub(super) fn let_keep(&self, sink: &mut dyn CrawlSink) {
        if sink.wants_rest() {
            sink.keep(self.rest(self.expected.unwrap_or_default()));
        }
    }

    /// What is left to do of a crawl that should find so many pages.
    pub(super) fn rest(&self, expected: usize) -> CrawlRest {
        let held = self.gone.iter().chain(self.contents.copies()).chain(self.leading.held());
        let held: Vec<HeldPage> = held.map(|outcome| self.held(outcome)).collect();
        let kept: HashSet<&str> = held.iter().map(|page| page.address.as_str()).collect();
        let waiting = self.frontier.rest(|address| self.told.contains(address) || kept.contains(address));
        let (hashes, none) = (self.contents.by_address(), self.leading.none());
        let done = self.told.iter().map(|address| DonePage {
            address: address.clone(),
            hash: hashes.get(address.as_str()).map(|hash| (*hash).to_owned()),
            is_none: none.contains(address.as_str()),
        });
        let done = done.collect();
        // A page that was told of as left to another one that was is no more in question.
        let is_open = |page: &Url, other: &Url| kept.contains(page.as_str()) || !self.told.contains(other.as_str());
        let addresses = |(page, other): (&Url, &Url)| (page.to_string(), other.to_string());
        let left_to = self.leading.left_to().filter(|(page, other)| is_open(page, other)).map(addresses).collect();
        let led_on = self.leading.led_on().map(addresses).collect();
        CrawlRest {
            start: self.start.to_string(),
            is_fresh: self.frontier.is_fresh(),
            expected,
            visits: self.visits,
            fetched: self.summary.fetched,
            unchanged: self.summary.unchanged,
            skipped: self.summary.skipped,
            failed: self.summary.failed,
            done,
            held,
            waiting,
            left_to,
            led_on,
        }
    }

    fn held(&self, outcome: &PageOutcome) -> HeldPage {
        let why = match &outcome.result {
            PageResult::Failed(_) => HeldFor::Missing,
            PageResult::Skipped(SkipReason::DuplicateOf(other)) => HeldFor::CopyOf(other.to_string()),
            PageResult::Skipped(SkipReason::CanonicalIs(other)) => HeldFor::LeftTo(other.to_string()),
            _ => HeldFor::SaysMissing,
        };
        HeldPage {
            address: outcome.url.to_string(),
            depth: outcome.depth,
            linked: self.frontier.leads_to(outcome.url.as_str()),
            http_status: outcome.http_status,
            why,
        }
    }
}
