//! Crawls of some pages alone. They leave what they did not look at, and when all of the website is due, as it is.

use hammock_contract::{
    ApiError, DocumentId, SourceId, Timestamp,
    crawl::{CrawlOutcome, CrawlPage, CrawlTrigger},
    job::JobProgress,
    source::SourceState,
};
use hammock_ingest::crawl::{CrawlSummary, StopReason, WantedPage};
use hammock_store::{
    Scope, StoreError, Tx, crawl_changes, crawl_pages, crawl_rests, crawls, documents, sitemaps, sources,
};
use url::Url;

use super::{
    changes::{Measure, has_shrunk},
    crawling::Begun,
    delaying::Brought,
    ending::shrunk,
    jobs::{self, PartPage, Reached},
};
use crate::{Hammock, Result, error::from_store, sources::begin_crawl};

/// Asks for some pages of a website that stands still; whether it does.
pub(super) async fn begin_part(
    scope: &Scope,
    tx: &Tx,
    id: &SourceId,
    pages: Vec<PartPage>,
    now: Timestamp,
) -> Result<bool> {
    let progress = JobProgress::at("waiting");
    if !sitemaps::start_part(scope, tx, id, &progress).await.map_err(from_store)? {
        return Ok(false);
    }
    jobs::crawl_part(scope, tx, id, pages, now).await
}

/// Asks for all of a website that stands still, since what its sitemap says alone cannot be trusted; whether it stood still.
pub(super) async fn begin_whole(scope: &Scope, tx: &Tx, id: &SourceId, now: Timestamp) -> Result<bool> {
    let progress = JobProgress::at("waiting");
    if !sitemaps::start_part(scope, tx, id, &progress).await.map_err(from_store)? {
        return Ok(false);
    }
    begin_crawl(scope, tx, id, CrawlTrigger::Schedule, now).await?;
    Ok(true)
}

/// The pages as the crawler takes them.
pub(super) fn wanted(pages: &[PartPage]) -> Vec<WantedPage> {
    let page = |page: &PartPage| Some(WantedPage { url: Url::parse(&page.address).ok()?, listed: page.listed });
    pages.iter().filter_map(page).collect()
}

impl Hammock {
    /// Writes down what became of a crawl of some pages, lets what it left waiting take effect, and removes those that the site
    /// says are `gone`.
    pub(super) async fn end_part(
        &self,
        scope: &Scope,
        begun: &Begun,
        summary: &CrawlSummary,
        measure: Measure,
        gone: Vec<CrawlPage>,
        is_shutdown: bool,
    ) -> Result<Reached> {
        let (id, now) = (&begun.source.id, self.now());
        let outcome = match summary.stopped {
            Some(StopReason::Cancelled) if is_shutdown => CrawlOutcome::Interrupted,
            Some(StopReason::Cancelled | StopReason::Sink) => CrawlOutcome::Stopped,
            Some(StopReason::PageLimit) | None => CrawlOutcome::Complete,
        };
        let is_whole = outcome == CrawlOutcome::Complete;
        let rest = summary.rest.clone().filter(|_| outcome == CrawlOutcome::Interrupted).map(|mut rest| {
            // Only a reading that is whole removes pages.
            rest.look_again(gone.iter().map(|page| page.address.as_str()));
            rest
        });
        let gone = if is_whole { gone } else { Vec::new() };
        let db = self.store().read();
        let retired = if is_whole {
            crawl_changes::count_retired(scope, db, id, begun.number).await.map_err(from_store)?
        } else {
            0
        };
        let removed = gone.len() as u64 + retired;
        let known = match sources::find(scope, db, id, now).await {
            Ok(source) => source.documents,
            // It was deleted.
            Err(StoreError::NotFound) => return Ok(Reached::End),
            Err(error) => return Err(from_store(error)),
        };
        if has_shrunk(known, removed) {
            return Err(shrunk(known.saturating_sub(removed), removed));
        }
        let brought = if is_whole { self.index_delayed(scope, id, begun.number).await? } else { Brought::default() };
        let tx = self.store().begin().await.map_err(from_store)?;
        let finished = crawls::finish(scope, &tx, &begun.crawl, outcome, removed, None, now).await;
        match finished {
            Ok(()) => {}
            // The source was deleted, or another process took this one for dead and does it again.
            Err(StoreError::NotFound) => {
                drop(tx);
                return self.drop_unused(scope, brought).await.map(|()| Reached::End);
            }
            Err(error) => return Err(from_store(error)),
        }
        match rest {
            Some(rest) => self.keep_rest(scope, &tx, begun, None, measure, &rest).await?,
            None => {
                crawl_rests::forget(scope, &tx, id).await.map_err(from_store)?;
            }
        }
        let ids: Vec<DocumentId> = gone.iter().filter_map(|page| page.document.clone()).collect();
        crawl_pages::put_many(scope, &tx, &begun.crawl, gone).await.map_err(from_store)?;
        documents::delete_many(scope, &tx, &ids).await.map_err(from_store)?;
        jobs::remove_documents(scope, &tx, ids.into_iter().map(|id| (id, None)).collect(), now).await?;
        if is_whole {
            self.apply_delayed(scope, &tx, id, begun.number, &brought).await?;
        }
        match outcome {
            CrawlOutcome::Interrupted => {
                // Its job is given back: the pages wait for whoever takes that next.
                let progress = JobProgress::at("waiting");
                sources::set_progress(scope, &tx, id, &progress).await.map_err(from_store)?;
            }
            CrawlOutcome::Stopped => self.crawl_stopped(scope, &tx, id).await?,
            _ => self.end_crawling(scope, &tx, id, SourceState::Ready, None, None).await?,
        }
        tx.commit().await.map_err(from_store)?;
        self.0.unembedded.notify_one();
        self.drop_unused(scope, brought).await?;
        Ok(if outcome == CrawlOutcome::Interrupted { Reached::Part } else { Reached::End })
    }

    /// A crawl of some pages failed for good: people see why at the watch, and the source stands as it did before.
    pub(crate) async fn part_failed(&self, scope: &Scope, tx: &Tx, id: &SourceId, error: ApiError) -> Result<()> {
        let now = self.now();
        crawls::close_running(scope, tx, id, CrawlOutcome::Failed, Some(error.clone()), now)
            .await
            .map_err(from_store)?;
        crawl_rests::forget(scope, tx, id).await.map_err(from_store)?;
        // What was to be looked at is found again by comparing the sitemap with the pages.
        sitemaps::forget(scope, tx, id).await.map_err(from_store)?;
        match sitemaps::set_watched(scope, tx, id, Some(error), now).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(from_store(error)),
        }
        self.end_crawling(scope, tx, id, SourceState::Ready, None, None).await
    }
}
