//! A crawl that somebody stopped, or that the end of the server cut off, goes on with what it has not asked for yet: both parts
//! are one crawl, with one line in the history, and are judged as one. Where the server was killed, it goes on with what was
//! noted last ([`super::noting`]), and so it does where its website asked for a pause, as soon as that is over.

use std::collections::{HashMap, HashSet};

use hammock_contract::{
    ApiError, ErrorCode,
    crawl::{CrawlOutcome, CrawlPageOutcome, CrawlPageQuery},
    source::SourceKind,
};
use hammock_ingest::crawl::CrawlRest;
use hammock_store::{
    Scope, Tx, crawl_changes, crawl_pages,
    crawl_rests::{self, CrawlRestRow},
    crawls::{self, CrawlCounts, CrawlRow},
    documents::DocumentRow,
    sources::{self, SourceRow},
};
use serde::{Deserialize, Serialize};

use super::{changes::Measure, crawling::Begun, jobs::PartPage, judging::Judge};
use crate::{
    Hammock, Result,
    crawls::outdates,
    error::{from_store, internal},
};

/// What is kept of a crawl that may go on.
#[derive(Serialize, Deserialize)]
struct Kept<Kind, Rest> {
    /// How it read the website.
    kind: Kind,
    /// The pages that it reads, where these are not all.
    #[serde(default)]
    part: Option<Vec<PartPage>>,
    asks_conditionally: bool,
    /// What it had counted by then; without them, its row in the history tells.
    #[serde(default)]
    counts: Option<CrawlCounts>,
    looked_at: u64,
    lost: u64,
    #[serde(default)]
    stands: u64,
    /// How many pages answered when it began; without it, as many as do when it goes on.
    #[serde(default)]
    answering: Option<u64>,
    rest: Rest,
}

impl Hammock {
    /// Keeps what a crawl has left that was stopped, or that may be cut off: then with what it has counted of the rest.
    pub(super) async fn keep_rest(
        &self,
        scope: &Scope,
        tx: &Tx,
        begun: &Begun,
        counts: Option<CrawlCounts>,
        measure: Measure,
        rest: &CrawlRest,
    ) -> Result<()> {
        let Measure { looked_at, lost, stands } = measure;
        let (kind, part, answering) = (&begun.source.kind, begun.part.clone(), begun.answering);
        let asks_conditionally = begun.asks_conditionally;
        let kept = Kept { kind, part, asks_conditionally, counts, looked_at, lost, stands, answering, rest };
        let kept = serde_json::to_string(&kept).map_err(internal)?;
        crawl_rests::put(scope, tx, &begun.source.id, &begun.crawl, kept, self.now()).await.map_err(from_store)
    }

    /// Lets the last crawl of a website, or of these pages of it, go on, where it was stopped or cut off not long ago and the
    /// website is read by the same settings, or by ones that leave out more; with what it has left. That stays kept until more is done: the server may go down
    /// again.
    pub(super) async fn go_on(
        &self,
        scope: &Scope,
        tx: &Tx,
        source: &SourceRow,
        last: Option<&CrawlRow>,
        part: Option<&[PartPage]>,
    ) -> Result<Option<(Begun, CrawlRest)>> {
        let SourceKind::Website(settings) = &source.kind else { return Ok(None) };
        let Some(row) = crawl_rests::find(scope, tx.db(), &source.id).await.map_err(from_store)? else {
            return Ok(None);
        };
        let kept = self.kept_of(source, last, part, &row);
        let Some((last, kept)) = last.zip(kept) else {
            crawl_rests::forget(scope, tx, &source.id).await.map_err(from_store)?;
            return Ok(None);
        };
        let Kept { part, asks_conditionally, counts, looked_at, lost, stands, answering, rest, .. } = kept;
        if last.outcome != CrawlOutcome::Running {
            crawls::go_on(scope, tx, &last.id).await.map_err(from_store)?;
        }
        let progress = rest.progress(settings.page_limit);
        match part {
            // When all of it is due stays noted.
            Some(_) => sources::set_progress(scope, tx, &source.id, &progress).await.map_err(from_store)?,
            None => sources::start_work(scope, tx, &source.id, &progress).await.map_err(from_store)?,
        }
        let counted = CrawlCounts {
            added: last.added,
            changed: last.changed,
            unchanged: last.unchanged,
            skipped: last.skipped,
            failed: last.failed,
            needs_javascript: last.needs_javascript,
        };
        let measure = Measure { looked_at, lost, stands };
        let begun = Begun {
            source: source.clone(),
            crawl: last.id.clone(),
            number: last.number,
            trigger: last.crawl_trigger,
            started_at: last.started_at,
            part,
            asks_conditionally,
            counts: counts.unwrap_or(counted),
            measure,
            answering,
        };
        if counts.is_none() {
            // Its row goes on counting.
            self.keep_rest(scope, tx, &begun, Some(counted), measure, &rest).await?;
        }
        Ok(Some((begun, rest)))
    }

    /// What is kept of the last crawl of a source, if it may go on with that as a crawl of all pages or of this `part`. One that
    /// still counts as running was cut off: nobody else works on the source now.
    fn kept_of(
        &self,
        source: &SourceRow,
        last: Option<&CrawlRow>,
        part: Option<&[PartPage]>,
        row: &CrawlRestRow,
    ) -> Option<Kept<SourceKind, CrawlRest>> {
        let last = last.filter(|last| last.id == row.crawl_id && last.number == source.crawl)?;
        let goes_on = matches!(last.outcome, CrawlOutcome::Running | CrawlOutcome::Stopped | CrawlOutcome::Interrupted);
        if !goes_on || self.now().since(row.kept_at) >= crawl_rests::GOES_ON_WITHIN {
            return None;
        }
        let kept: Kept<SourceKind, CrawlRest> = serde_json::from_str(&row.rest)
            .inspect_err(|error| {
                tracing::info!(%error, source = %source.id, "another version read this website; the crawl begins anew");
            })
            .ok()?;
        let is_same = kept.part.as_deref() == part && !outdates(&kept.kind, &source.kind);
        is_same.then_some(kept)
    }

    /// Whether a crawl that failed so goes on with what is kept of it, when it is due: its website asked for a pause. What a reading
    /// of some pages has left is found again by comparing the sitemap with the pages.
    pub(super) async fn goes_on_after(&self, scope: &Scope, tx: &Tx, begun: &Begun, error: &ApiError) -> Result<bool> {
        if error.code != ErrorCode::SiteAsksForPause || begun.part.is_some() {
            return Ok(false);
        }
        let kept = crawl_rests::find(scope, tx.db(), &begun.source.id).await.map_err(from_store)?;
        Ok(kept.is_some_and(|row| row.crawl_id == begun.crawl))
    }

    /// What a crawl that goes on made of pages that it asks for again: it was cut off when they were stored, and before it noted
    /// that they were dealt with.
    pub(super) async fn found_before(
        &self,
        scope: &Scope,
        begun: &Begun,
        rows: &[DocumentRow],
        rest: &CrawlRest,
    ) -> Result<HashMap<String, CrawlPageOutcome>> {
        let waiting = rest.waiting();
        let was_seen =
            |row: &&DocumentRow| row.seen_in_crawl == begun.number && waiting.contains(row.location.as_str());
        let again: HashSet<&str> = rows.iter().filter(was_seen).map(|row| row.location.as_str()).collect();
        let mut found = HashMap::new();
        if again.is_empty() {
            return Ok(found);
        }
        for outcome in [CrawlPageOutcome::Added, CrawlPageOutcome::Changed] {
            let mut query = CrawlPageQuery { outcome: Some(outcome), limit: Some(200), ..CrawlPageQuery::default() };
            loop {
                let pages = crawl_pages::list(scope, self.store().read(), &begun.source.id, &begun.crawl, &query);
                let pages = pages.await.map_err(from_store)?;
                let noted = pages.items.into_iter().filter(|page| again.contains(page.address.as_str()));
                found.extend(noted.map(|page| (page.address, outcome)));
                query.page_token = pages.next_page_token;
                if query.page_token.is_none() {
                    break;
                }
            }
        }
        Ok(found)
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
