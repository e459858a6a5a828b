//! How a crawl of all pages ends: it is judged, and then all that it left waiting answers, or waits for a person to accept it.

use hammock_contract::{
    ApiError, ErrorCode,
    crawl::{CrawlOutcome, CrawlPage},
    job::JobProgress,
    source::SourceState,
};
use hammock_ingest::crawl::{CrawlSummary, StopReason};
use hammock_store::{Scope, StoreError, crawl_pages, crawl_rests, crawls, sources};

use super::{
    changes::{Measure, has_shrunk},
    crawling::Begun,
    delaying::Brought,
    jobs::Reached,
};
use crate::{
    Hammock, Result,
    crawls::{came_to_its_end, find_anew, outdates},
    error::from_store,
};

/// What a crawl came to.
struct Ended {
    outcome: CrawlOutcome,
    /// How many pages it removes, or would remove.
    removed: u64,
    /// Why it is held.
    error: Option<ApiError>,
}

impl Hammock {
    /// Writes down what became of a crawl that did not fail, and removes what it shows to be gone.
    pub(super) async fn end_crawl(
        &self,
        scope: &Scope,
        begun: &Begun,
        summary: &CrawlSummary,
        measure: Measure,
        gone: Vec<CrawlPage>,
        is_shutdown: bool,
    ) -> Result<Reached> {
        let (id, found) = (&begun.source.id, summary.pages());
        let Some(ended) = self.judge_end(scope, begun, summary, measure, is_shutdown).await? else {
            return Ok(Reached::End);
        };
        let Ended { outcome, removed, error } = ended;
        let is_good = matches!(outcome, CrawlOutcome::Complete | CrawlOutcome::PageLimit);
        let brought = if is_good { self.index_delayed(scope, id, begun.number).await? } else { Brought::default() };
        let tx = self.store().begin().await.map_err(from_store)?;
        let finished = crawls::finish(scope, &tx, &begun.crawl, outcome, removed, error.clone(), self.now()).await;
        match finished {
            Ok(()) => {}
            // The source was deleted, or another process took this one for dead and does it again.
            Err(StoreError::NotFound) => {
                drop(tx);
                return self.drop_unused(scope, brought).await.map(|()| Reached::End);
            }
            Err(error) => return Err(from_store(error)),
        }
        let row = sources::find_writable(scope, tx.db(), id).await.map_err(from_store)?;
        // Its settings were changed meanwhile, if only to leave out more: what was found is nothing to measure the next crawl by.
        let is_reset = row.last_page_count == 0 && begun.source.last_page_count > 0;
        match &summary.rest {
            Some(rest) if !is_reset => self.keep_rest(scope, &tx, begun, None, measure, rest).await?,
            _ => {
                crawl_rests::forget(scope, &tx, id).await.map_err(from_store)?;
            }
        }
        if came_to_its_end(outcome) {
            crawl_pages::put_many(scope, &tx, &begun.crawl, gone).await.map_err(from_store)?;
            crawl_pages::put_unseen(scope, &tx, &begun.crawl, id, begun.number).await.map_err(from_store)?;
        }
        if is_good {
            self.forget_unseen(scope, &tx, id, begun.number, found, &brought).await?;
        }
        if is_reset || outdates(&begun.source.kind, &row.kind) {
            find_anew(scope, &tx, id).await?;
        }
        if outcome == CrawlOutcome::Interrupted {
            // Its job is given back: the website waits for whoever takes that next.
            let progress = JobProgress::at("waiting");
            sources::start_work(scope, &tx, id, &progress).await.map_err(from_store)?;
            return tx.commit().await.map(|()| Reached::Part).map_err(from_store);
        }
        let state = if error.is_some() { SourceState::Failed } else { SourceState::Ready };
        let began = came_to_its_end(outcome).then_some(begun.started_at);
        self.end_crawling(scope, &tx, id, state, error, began).await?;
        tx.commit().await.map_err(from_store)?;
        self.0.unembedded.notify_one();
        self.drop_unused(scope, brought).await?;
        Ok(Reached::End)
    }

    /// What a crawl came to, before anything of what it left waiting is brought into the indexes; nothing where its source was
    /// deleted.
    async fn judge_end(
        &self,
        scope: &Scope,
        begun: &Begun,
        summary: &CrawlSummary,
        measure: Measure,
        is_shutdown: bool,
    ) -> Result<Option<Ended>> {
        let (id, db) = (&begun.source.id, self.store().read());
        let row = match sources::find_writable(scope, db, id).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(from_store(error)),
        };
        let removed = match summary.stopped {
            Some(StopReason::Cancelled | StopReason::Sink) => 0,
            _ => crawls::count_unseen(scope, db, id, begun.number).await.map_err(from_store)?,
        };
        let answering = match sources::find(scope, db, id, self.now()).await {
            Ok(source) => source.documents,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(from_store(error)),
        };
        // After a change of the settings there is nothing to measure it by.
        let found_less = row.last_page_count > 0 && summary.shrunk;
        let loses = row.last_page_count > 0 && has_shrunk(answering, removed);
        let outcome = match summary.stopped {
            Some(StopReason::Cancelled) if is_shutdown => CrawlOutcome::Interrupted,
            Some(StopReason::Cancelled | StopReason::Sink) => CrawlOutcome::Stopped,
            _ if found_less || loses || measure.is_suspicious() => CrawlOutcome::Held,
            Some(StopReason::PageLimit) => CrawlOutcome::PageLimit,
            None => CrawlOutcome::Complete,
        };
        // Pages that say the same as another go as well: what they say is why, then.
        let why = || {
            if measure.is_suspicious() && !found_less {
                replaced(measure).with("removed", removed)
            } else {
                // Of the pages of before, where others came in their place.
                shrunk(if found_less { summary.pages() } else { answering.saturating_sub(removed) }, removed)
            }
        };
        let error = (outcome == CrawlOutcome::Held).then(why);
        Ok(Some(Ended { outcome, removed, error }))
    }
}

/// Why a crawl is held that found far fewer pages.
pub(super) fn shrunk(found: u64, removed: u64) -> ApiError {
    let message = format!(
        "only {found} pages were found, far fewer than before; {removed} stay that were not found, and nothing new \
         answers, until you accept or reject this or the website is read again"
    );
    ApiError::new(ErrorCode::SiteShrunk, message).with("found", found).with("removed", removed)
}

/// Why a crawl is held whose pages say far less.
pub(super) fn replaced(measure: Measure) -> ApiError {
    let Measure { looked_at, lost, .. } = measure;
    let message = format!(
        "{lost} of {looked_at} pages say far less than before, or the same as another page; what they said before still answers"
    );
    ApiError::new(ErrorCode::SiteReplaced, message).with("lost", lost).with("looked_at", looked_at)
}
