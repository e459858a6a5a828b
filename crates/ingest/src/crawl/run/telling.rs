//! What a crawl tells of each page and of how far it is.

use std::ops::ControlFlow;

use hammock_contract::job::JobProgress;

use super::Run;
use crate::crawl::{CrawlSink, PageOutcome, PageResult};

impl Run {
    /// Hands an outcome to the sink, and counts it when that has it: the crawl may be cancelled meanwhile.
    pub(super) async fn give(&mut self, outcome: PageOutcome, sink: &mut dyn CrawlSink) -> ControlFlow<()> {
        let mut counted = self.summary.clone();
        match &outcome.result {
            PageResult::Fetched(_) => counted.fetched += 1,
            PageResult::Unchanged(_) => counted.unchanged += 1,
            PageResult::Skipped(_) => counted.skipped += 1,
            PageResult::Failed(_) => counted.failed += 1,
        }
        let current = outcome.url.to_string();
        self.giving = Some(outcome.clone());
        sink.page(outcome).await?;
        self.giving = None;
        self.summary = counted;
        self.told.insert(current.clone());
        let (done, total) = self.progress();
        let stage = "fetching".to_owned();
        sink.progress(JobProgress { stage, done, total: Some(total), current: Some(current) }).await
    }

    /// How many addresses were dealt with, and how many there are as far as is known. Neither ever sinks: an address that
    /// is left out or fails was dealt with too, and of those that wait only as many count as the page limit still lets in.
    pub(super) fn progress(&self) -> (u64, u64) {
        let ahead = self.frontier.waiting() + self.under_way.len() + self.contents.waiting() + self.leading.waiting();
        let done = self.frontier.heard_of().saturating_sub(ahead);
        let total = done + ahead.min(self.page_limit().saturating_sub(self.pages()));
        (done as u64, total as u64)
    }
}
