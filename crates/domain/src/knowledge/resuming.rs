//! A crawl that somebody stopped, or that the end of the server cut off, goes on with what it has not asked for yet: both parts
//! are one crawl, with one line in the history, and are judged as one.

use hammock_contract::{crawl::CrawlOutcome, source::SourceKind};
use hammock_ingest::crawl::CrawlRest;
use hammock_store::{
    Scope, Tx, crawl_changes, crawl_rests,
    crawls::{self, CrawlCounts, CrawlRow},
    documents::DocumentRow,
    sources::{self, SourceRow},
};
use serde::{Deserialize, Serialize};

use super::{changes::Measure, crawling::Begun, judging::Judge};
use crate::{
    Hammock, Result,
    crawls::reads_otherwise,
    error::{from_store, internal},
};

/// What is kept of a crawl that may go on.
#[derive(Serialize, Deserialize)]
struct Kept<Kind, Rest> {
    /// How it read the website.
    kind: Kind,
    asks_conditionally: bool,
    looked_at: u64,
    lost: u64,
    rest: Rest,
}

impl Hammock {
    /// Keeps what a crawl has left that was stopped.
    pub(super) async fn keep_rest(
        &self,
        scope: &Scope,
        tx: &Tx,
        begun: &Begun,
        measure: Measure,
        rest: &CrawlRest,
    ) -> Result<()> {
        let Measure { looked_at, lost } = measure;
        let asks_conditionally = begun.asks_conditionally;
        let kept = Kept { kind: &begun.source.kind, asks_conditionally, looked_at, lost, rest };
        let kept = serde_json::to_string(&kept).map_err(internal)?;
        crawl_rests::put(scope, tx, &begun.source.id, &begun.crawl, kept, self.now()).await.map_err(from_store)
    }

    /// Lets the last crawl of a website go on, where it was stopped not long ago and the website is read by the same settings;
    /// with what it has left. That is kept no longer: whatever becomes of it, it is asked for once.
    pub(super) async fn go_on(
        &self,
        scope: &Scope,
        tx: &Tx,
        source: &SourceRow,
        last: Option<&CrawlRow>,
    ) -> Result<Option<(Begun, CrawlRest)>> {
        let SourceKind::Website(settings) = &source.kind else { return Ok(None) };
        let Some(row) = crawl_rests::find(scope, tx.db(), &source.id).await.map_err(from_store)? else {
            return Ok(None);
        };
        crawl_rests::forget(scope, tx, &source.id).await.map_err(from_store)?;
        let was_stopped = |last: &&CrawlRow| matches!(last.outcome, CrawlOutcome::Stopped | CrawlOutcome::Interrupted);
        let is_last = |last: &&CrawlRow| last.id == row.crawl_id && last.number == source.crawl;
        let Some(last) = last.filter(was_stopped).filter(is_last) else { return Ok(None) };
        if self.now().since(row.kept_at) >= crawl_rests::GOES_ON_WITHIN {
            return Ok(None);
        }
        let kept: Kept<SourceKind, CrawlRest> = match serde_json::from_str(&row.rest) {
            Ok(kept) => kept,
            Err(error) => {
                tracing::info!(%error, source = %source.id, "another version stopped this crawl; it begins anew");
                return Ok(None);
            }
        };
        let Kept { kind, asks_conditionally, looked_at, lost, rest } = kept;
        if reads_otherwise(&kind, &source.kind) {
            return Ok(None);
        }
        crawls::go_on(scope, tx, &last.id).await.map_err(from_store)?;
        let progress = rest.progress(settings.page_limit);
        sources::start_work(scope, tx, &source.id, &progress).await.map_err(from_store)?;
        let counts = CrawlCounts {
            added: last.added,
            changed: last.changed,
            unchanged: last.unchanged,
            skipped: last.skipped,
            failed: last.failed,
            needs_javascript: last.needs_javascript,
        };
        let begun = Begun {
            source: source.clone(),
            crawl: last.id.clone(),
            number: last.number,
            part: None,
            asks_conditionally,
            counts,
            measure: Measure { looked_at, lost },
        };
        Ok(Some((begun, rest)))
    }

    /// What a crawl that goes on knows of the texts of its pages.
    pub(super) async fn judge_going_on(
        &self,
        scope: &Scope,
        begun: &Begun,
        rows: &[DocumentRow],
        rest: &CrawlRest,
    ) -> Result<Judge> {
        let changes = crawl_changes::list(scope, self.store().read(), &begun.source.id, begun.number);
        let changes = changes.await.map_err(from_store)?;
        let mut judge = Judge::going_on(rows, &changes, begun.number, rest.is_fresh());
        judge.measure = begun.measure;
        Ok(judge)
    }
}
