//! Background work: claims jobs, keeps their leases, retries what failed; embeds; has websites crawled when they are due;
//! keeps house.

mod places;

use std::time::Duration;

use futures::FutureExt;
use hammock_contract::{ApiError, ErrorCode, JobId, Timestamp, document::DocumentState, error::ErrorKind};
use hammock_store::{
    Scope, categories, conversations, documents,
    jobs::{self, JobRow, Lease},
    login_attempts, one_time_tokens, replicas, revisions, sessions, share_links, stream_events, visitors,
};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use self::places::{Place, Places};
use crate::{
    Hammock, Result,
    attempts::LONGEST_WINDOW,
    error::{from_index, from_store, internal},
    knowledge::{
        files,
        jobs::{Reached, Work, about},
    },
};

/// How long a job belongs to its worker without a sign of life. Milliseconds.
pub(crate) const LEASE: i64 = 60_000;
/// How often a worker gives that sign.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often to look for work even when nobody rang.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How often the house is kept.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// Deleted conversations and categories and revoked links can be taken back for this long. Milliseconds.
const UNDO: i64 = 24 * 3_600_000;
/// Events of finished answers are kept this long for clients that come back. Milliseconds.
const EVENTS_KEPT: i64 = 3_600_000;
/// Visitors who said nothing that is kept are remembered this long. Milliseconds.
const VISITORS_KEPT: i64 = 30 * 24 * 3_600_000;
/// Finished jobs are kept this long. Milliseconds.
const JOBS_KEPT: i64 = 7 * 24 * 3_600_000;

impl Hammock {
    /// What must be in order before requests are answered: answers that a crash cut off are closed, the handbook is there.
    ///
    /// # Errors
    /// When the database or the index fails.
    pub async fn prepare(&self) -> Result<()> {
        let alone = self.0.presence.enter(&self.settings().data_dir).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        if alone && !self.store().is_postgres() {
            // A SQLite database belongs to its data directory: whatever was leased or open before belongs to a process that
            // is gone.
            replicas::remove_gone(&tx, None).await.map_err(from_store)?;
            jobs::expire_all(&tx).await.map_err(from_store)?;
        }
        replicas::renew(&tx, self.0.presence.replica(), self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.close_interrupted().await?;
        if alone {
            files::clear_spool(&self.settings().data_dir).await?;
        }
        // Its pages follow in the background; that it is there cannot wait: every new organisation's assistant names it.
        self.handbook_source(&Scope::builtin()).await?;
        self.0.presence.admit_others().await
    }

    /// Works in the background until `cancel`; the handle ends when everything has come to rest. The caller has the background
    /// work ([`Hammock::take_background_work`]), so that nobody else writes into the indexes: what a worker that was killed
    /// left there is put right first, also where processes that answer requests went on meanwhile.
    pub fn spawn_worker(&self, cancel: CancellationToken) -> JoinHandle<()> {
        let hammock = self.clone();
        tokio::spawn(async move {
            if let Err(error) = hammock.update_handbook().await {
                tracing::error!(%error, "the handbook could not be indexed");
            }
            if let Err(error) = hammock.repair_text().await {
                tracing::error!(%error, "the keyword index could not be compared with the database");
            }
            tokio::join!(
                hammock.work_until(cancel.clone()),
                hammock.embed_until(cancel.clone()),
                hammock.crawl_due_until(cancel.clone()),
                hammock.watch_due_until(cancel.clone()),
                hammock.keep_house_until(cancel.clone()),
            );
        })
    }

    async fn work_until(&self, cancel: CancellationToken) {
        let worker = format!("worker-{}", crate::accounts::random_token());
        let mut going_on = JoinSet::new();
        let places = Places::new();
        loop {
            while going_on.try_join_next().is_some() {}
            let free = if cancel.is_cancelled() { Vec::new() } else { places.free().collect() };
            let claimed = self.claim(&worker, free).await.unwrap_or_else(|error| {
                tracing::error!(%error, "no job could be claimed");
                Vec::new()
            });
            let is_busy = !claimed.is_empty();
            for (job, place) in claimed {
                let (hammock, worker, cancel) = (self.clone(), worker.clone(), cancel.clone());
                going_on.spawn(async move {
                    hammock.do_job(job, &worker, cancel).await;
                    drop(place);
                });
            }
            if is_busy {
                continue;
            }
            tokio::select! {
                () = cancel.cancelled() => break,
                () = self.0.work.notified() => {}
                Some(_) = going_on.join_next() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
        while going_on.join_next().await.is_some() {}
    }

    /// Takes the next job for each of the places. In one transaction: it keeps others from writing.
    async fn claim(&self, worker: &str, places: Vec<Place>) -> Result<Vec<(JobRow, Place)>> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.now();
        for lost in jobs::list_lost(self.store().read(), now).await.map_err(from_store)? {
            // Each by itself: what goes wrong with one must not keep all others from being done.
            if let Err(error) = self.end_lost(&lost, now).await {
                tracing::error!(%error, job = %lost, "the end of a job whose worker died could not be noted");
            }
        }
        let tx = self.store().begin().await.map_err(from_store)?;
        jobs::requeue_expired(&tx, now).await.map_err(from_store)?;
        let mut claimed = Vec::with_capacity(places.len());
        for place in places {
            let job =
                jobs::claim(&tx, worker, &place.kinds, place.most_of_one, LEASE, now).await.map_err(from_store)?;
            if let Some(job) = job {
                let place = place.taken_by(&job.kind);
                claimed.push((job, place));
            }
        }
        tx.commit().await.map_err(from_store)?;
        Ok(claimed)
    }

    async fn do_job(&self, job: JobRow, worker: &str, shutdown: CancellationToken) {
        let stop = shutdown.child_token();
        let work = std::panic::AssertUnwindSafe(self.perform(&job, stop.clone(), &shutdown)).catch_unwind();
        tokio::pin!(work);
        let outcome = loop {
            tokio::select! {
                outcome = &mut work => break outcome,
                () = tokio::time::sleep(HEARTBEAT) => match self.keep_lease(&job, worker).await {
                    Ok(Lease::Held) => {}
                    Ok(Lease::CancelRequested) => stop.cancel(),
                    Ok(Lease::Lost) => {
                        // Somebody else does it by now, and may go on with what is half done: no end of it must be noted here.
                        stop.cancel();
                        return;
                    }
                    Err(error) => tracing::warn!(%error, job = %job.id, "the lease of a job could not be extended"),
                }
            }
        };
        let outcome = outcome.unwrap_or_else(|_| Err(internal("a job panicked")));
        if let Err(error) = self.settle(&job, worker, outcome, shutdown.is_cancelled(), stop.is_cancelled()).await {
            tracing::error!(%error, job = %job.id, "the end of a job could not be noted");
        }
        self.0.work.notify_one();
    }

    async fn keep_lease(&self, job: &JobRow, worker: &str) -> Result<Lease> {
        let tx = self.store().begin().await.map_err(from_store)?;
        let lease = jobs::extend_lease(&tx, &job.id, worker, None, LEASE, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(lease)
    }

    /// Notes what became of a job. What was cut off by the end of the server is given back, as is what failed then; what came
    /// to its end is done, though the server stops.
    pub(crate) async fn settle(
        &self,
        job: &JobRow,
        worker: &str,
        outcome: Result<Reached>,
        shutting_down: bool,
        stopped: bool,
    ) -> Result<()> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        match outcome {
            Ok(Reached::Part) | Err(_) if shutting_down => {
                jobs::release(&tx, &job.id, worker, now).await.map_err(from_store)?;
            }
            Ok(_) => {
                // With the server everything is told to stop: that says nothing of what was done by then.
                if stopped && !shutting_down {
                    jobs::cancelled(&tx, &job.id, worker, now).await.map_err(from_store)?;
                } else {
                    jobs::complete(&tx, &job.id, worker, now).await.map_err(from_store)?;
                }
                if let Work::ReadDocument { document } = work_of(job)? {
                    self.after_reading(&Scope::for_job(job), &tx, &document).await?;
                }
            }
            Err(error) => {
                let (id, kind, attempt) = (&job.id, &job.kind, job.attempts);
                if lies_outside(error.kind) {
                    // Nothing for the operator: who has the document or the source sees why there.
                    tracing::info!(%error, job = %id, %kind, attempt, "a job failed");
                } else {
                    tracing::warn!(%error, job = %id, %kind, attempt, "a job failed");
                }
                let for_good = !is_worth_another_try(&error, job.attempts);
                let state =
                    jobs::fail(&tx, &job.id, worker, &error.message, for_good, now).await.map_err(from_store)?;
                if state == jobs::JobState::Dead {
                    self.note_failure(&Scope::for_job(job), &tx, job, error).await?;
                }
            }
        }
        tx.commit().await.map_err(from_store)
    }

    /// Ends a job whose worker died for the last time, or while it was to be stopped.
    async fn end_lost(&self, id: &JobId, now: Timestamp) -> Result<()> {
        let tx = self.store().begin().await.map_err(from_store)?;
        if let Some(job) = jobs::end_lost(&tx, id, now).await.map_err(from_store)? {
            self.note_lost(&tx, &job).await?;
        }
        tx.commit().await.map_err(from_store)
    }

    /// Shows its end.
    async fn note_lost(&self, tx: &hammock_store::Tx, job: &JobRow) -> Result<()> {
        let scope = Scope::for_job(job);
        if job.state == jobs::JobState::Dead {
            let error = ApiError::new(
                ErrorCode::Unavailable,
                "the server went down too often while this was being done; do it again",
            );
            return self.note_failure(&scope, tx, job, error).await;
        }
        match about(job) {
            Some(Work::CrawlSource { source, .. }) => self.crawl_stopped(&scope, tx, &source).await,
            Some(Work::ReadDocument { document }) => {
                // It was to be stopped, and its worker died before it could.
                if let Ok(row) = documents::find_writable(&scope, tx.db(), &document).await {
                    self.stop_reading(&scope, tx, &row.source_id, &[document]).await?;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Shows a failure for good where people look, if the job says where that is.
    async fn note_failure(&self, scope: &Scope, tx: &hammock_store::Tx, job: &JobRow, error: ApiError) -> Result<()> {
        let Some(work) = about(job) else { return Ok(()) };
        match work {
            Work::ReadDocument { document } => {
                match documents::set_state(scope, tx, &document, DocumentState::Failed, Some(error)).await {
                    Ok(()) => {
                        let row = documents::find_writable(scope, tx.db(), &document).await.map_err(from_store)?;
                        self.follow_documents(scope, tx, &row.source_id).await?;
                    }
                    Err(hammock_store::StoreError::NotFound) => {}
                    Err(error) => return Err(from_store(error)),
                }
                // A revision may be in the index that never came to answer.
                let numbers = revisions::numbers(tx.db(), std::slice::from_ref(&document)).await.map_err(from_store)?;
                let kept = numbers.get(&document).and_then(|numbers| numbers.kept());
                self.0.index.remove_revisions(&document, kept).await.map_err(from_index)
            }
            Work::CrawlSource { source, pages: Some(_), .. } => self.part_failed(scope, tx, &source, error).await,
            Work::CrawlSource { source, .. } => self.crawl_failed(scope, tx, &source, error).await,
            Work::Evaluate { run } => self.evaluation_failed(scope, tx, &run, error).await,
            Work::RemoveDocuments { .. }
            | Work::RemoveCollection { .. }
            | Work::IndexEdits { .. }
            | Work::FillMetadata { .. } => Ok(()),
        }
    }

    async fn perform(&self, job: &JobRow, stop: CancellationToken, shutdown: &CancellationToken) -> Result<Reached> {
        let scope = Scope::for_job(job);
        match work_of(job)? {
            Work::ReadDocument { document } => return self.read_document(&scope, &document, &stop, shutdown).await,
            Work::CrawlSource { source, trigger, pages } => {
                return self.crawl_source(&scope, &source, trigger, pages, stop, shutdown).await;
            }
            Work::RemoveDocuments { documents } => {
                for (document, file_key) in documents {
                    self.drop_former(&scope, &document).await?;
                    if let Some(key) = file_key {
                        files::remove(&self.settings().data_dir, &key).await?;
                    }
                }
            }
            Work::RemoveCollection { collection } => {
                self.0.index.remove_collection(&collection).await.map_err(from_index)?;
                files::remove_collection(&self.settings().data_dir, &scope, &collection).await?;
            }
            Work::IndexEdits { document, gone } => self.index_edits(&document, &gone).await?,
            Work::Evaluate { run } => return self.evaluate(&scope, &run, stop).await,
            Work::FillMetadata { collection } => return self.fill_metadata(&scope, &collection, job, stop).await,
        }
        Ok(Reached::End)
    }

    async fn keep_house_until(&self, cancel: CancellationToken) {
        loop {
            if let Err(error) = self.keep_house().await {
                tracing::warn!(%error, "housekeeping failed");
            }
            // It may take minutes, and can be broken off at any moment: the server's end does not wait for it.
            let tidied = tokio::select! {
                () = cancel.cancelled() => return,
                tidied = self.0.index.optimise() => tidied,
            };
            if let Err(error) = tidied {
                tracing::warn!(%error, "the indexes could not be tidied up");
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(HOUSEKEEPING) => {}
            }
        }
    }

    pub(crate) async fn keep_house(&self) -> Result<()> {
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        replicas::remove_gone(&tx, Some(now.plus_millis(-EVENTS_KEPT))).await.map_err(from_store)?;
        sessions::delete_expired(&tx, now).await.map_err(from_store)?;
        one_time_tokens::delete_expired(&tx, now).await.map_err(from_store)?;
        login_attempts::delete_before(&tx, now.plus_millis(-LONGEST_WINDOW)).await.map_err(from_store)?;
        conversations::purge(&tx, now.plus_millis(-UNDO)).await.map_err(from_store)?;
        categories::purge(&tx, now.plus_millis(-UNDO)).await.map_err(from_store)?;
        share_links::purge(&tx, now.plus_millis(-UNDO)).await.map_err(from_store)?;
        visitors::purge(&tx, now.plus_millis(-VISITORS_KEPT)).await.map_err(from_store)?;
        stream_events::delete_finished(&tx, now.plus_millis(-EVENTS_KEPT)).await.map_err(from_store)?;
        jobs::delete_finished(&tx, now.plus_millis(-JOBS_KEPT)).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.remove_abandoned_attachments().await
    }
}

fn work_of(job: &JobRow) -> Result<Work> {
    serde_json::from_value(job.payload.clone()).map_err(|error| {
        tracing::error!(%error, job = %job.id, kind = %job.kind, "what a job is to do cannot be read");
        ApiError::new(
            ErrorCode::Internal,
            "this version of Hammock cannot read what was to be done: another version asked for it; do it again",
        )
    })
}

/// A file that cannot be read today cannot be read tomorrow, and of a site that is down people want to hear at once (the
/// crawler has tried often enough by then). A defect of ours may pass; a full disk does.
fn is_worth_another_try(error: &ApiError, attempts: u32) -> bool {
    match error.kind {
        kind if lies_outside(kind) => false,
        ErrorKind::Internal => attempts < 3,
        _ => true,
    }
}

/// Whether a failure is that of what was read, and not of this program or its machine.
const fn lies_outside(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::TooLarge | ErrorKind::Forbidden | ErrorKind::Upstream
    )
}
