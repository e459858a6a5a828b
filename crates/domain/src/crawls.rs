//! The crawls of a website: what the last ones did, which are due, how they end, and the settings of the next.

use std::time::Duration;

use hammock_contract::{
    ApiError, CrawlId, DocumentId, ErrorCode, Page, SourceId, Timestamp,
    crawl::{Crawl, CrawlOutcome, CrawlPage, CrawlPageQuery, CrawlTrigger, Schedule},
    source::{Source, SourceKind, SourcePatch, SourceState, WebsiteSettings},
    user::Role,
};
use hammock_store::{Scope, StoreError, Tx, audit, crawl_pages, crawl_rests, crawls, documents, sitemaps, sources};
use tokio_util::sync::CancellationToken;

use crate::{
    Hammock, Result,
    error::{from_store, taken},
    knowledge::{
        delaying::Brought,
        jobs,
        watching::{WATCH_EVERY, is_watched},
    },
    retries, schedules,
    sources::begin_crawl,
    validate,
};

/// How often the worker looks which websites are due.
const LOOK_FOR_DUE: Duration = Duration::from_secs(60);

impl Hammock {
    /// The last crawls of a source, at most ten of all pages and ten of some, newest first.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_crawls(&self, scope: &Scope, id: &SourceId) -> Result<Vec<Crawl>> {
        self.find_source(scope, id).await?;
        let rows = crawls::list(scope, self.store().read(), id).await.map_err(from_store)?;
        Ok(rows.into_iter().map(crawls::CrawlRow::into_crawl).collect())
    }

    /// What one of the last crawls made of each address that it looked at, by address.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_crawl_pages(
        &self,
        scope: &Scope,
        id: &SourceId,
        crawl: &CrawlId,
        query: CrawlPageQuery,
    ) -> Result<Page<CrawlPage>> {
        if !self.list_crawls(scope, id).await?.iter().any(|found| found.id == *crawl) {
            return Err(ApiError::not_found());
        }
        crawl_pages::list(scope, self.store().read(), id, crawl, &query).await.map_err(from_store)
    }

    /// Changes the name or the description of a source, or how a website is read from the next crawl on. Another schedule holds at once.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`, `invalid_url`, `forbidden_address`,
    /// `host_not_listed`, `name_taken`.
    pub async fn update_source(&self, scope: &Scope, id: &SourceId, patch: SourcePatch) -> Result<Source> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = self.writable_source(scope, id).await?;
        let SourcePatch { name, description, website } = patch;
        let name = name.map(|text| validate::name("name", &text, 1, 120)).transpose()?;
        let description = description.map(|text| validate::block("description", &text, 500)).transpose()?;
        let website = match (website, &row.kind) {
            (None, _) => None,
            (Some(settings), SourceKind::Website(_)) => Some(self.checked_website(scope, settings).await?),
            (Some(_), SourceKind::Upload) => {
                return Err(validate::invalid("website", "a source of files has no settings of a website"));
            }
        };
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        if let Some(name) = &name {
            sources::rename(scope, &tx, id, name).await.map_err(taken(name))?;
        }
        if let Some(description) = &description {
            sources::describe(scope, &tx, id, description).await.map_err(from_store)?;
        }
        if let Some(settings) = &website {
            self.change_website(scope, &tx, id, settings).await?;
        }
        let detail = serde_json::json!({ "name": name, "description": description, "website": website });
        audit::record(scope, &tx, "source.update", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.find_source(scope, id).await
    }

    async fn change_website(&self, scope: &Scope, tx: &Tx, id: &SourceId, settings: &WebsiteSettings) -> Result<()> {
        let row = sources::find_writable(scope, tx.db(), id).await.map_err(from_store)?;
        let kind = SourceKind::Website(settings.clone());
        let is_read_otherwise = reads_otherwise(&row.kind, &kind);
        if is_read_otherwise {
            find_anew(scope, tx, id).await?;
            sitemaps::forget(scope, tx, id).await.map_err(from_store)?;
            crawl_rests::forget(scope, tx, id).await.map_err(from_store)?;
        }
        sources::set_kind(scope, tx, id, kind).await.map_err(from_store)?;
        // While some pages alone are read, it stays noted when all of them are due.
        let is_noted = row.state != SourceState::Working || row.next_crawl_at.is_some();
        if schedule_of(&row.kind) != Some(&settings.schedule) && is_noted {
            let ended = row.finished_at.unwrap_or_else(|| self.now());
            let crawls = crawls::list(scope, tx.db(), id).await.map_err(from_store)?;
            let last = crawls.into_iter().find(|crawl| crawl.crawl_trigger != CrawlTrigger::Sitemap);
            let began = last.filter(|crawl| came_to_its_end(crawl.outcome)).map_or(ended, |crawl| crawl.started_at);
            // Set times that have passed since are no reason to begin at once.
            let ended = if matches!(settings.schedule, Schedule::Cron { .. }) { ended.max(self.now()) } else { ended };
            let next = schedules::next_crawl(&settings.schedule, began, ended);
            sources::set_next_crawl(scope, tx, id, next).await.map_err(from_store)?;
        }
        if is_read_otherwise || is_watched_website(&row.kind) != is_watched(settings) {
            // What is there by other settings is nothing to compare a sitemap with: the next crawl comes first.
            let is_due = is_watched(settings) && !is_read_otherwise && row.finished_at.is_some();
            let next = is_due.then(|| self.now());
            sitemaps::set_next_watch(scope, tx, id, next).await.map_err(from_store)?;
        }
        Ok(())
    }

    /// Removes the pages that a crawl did not see, and lets what it left waiting take effect, with what was `brought` into the
    /// indexes for it; the next one is measured by the `pages` that it found.
    pub(crate) async fn forget_unseen(
        &self,
        scope: &Scope,
        tx: &Tx,
        id: &SourceId,
        crawl: u64,
        pages: u64,
        brought: &Brought,
    ) -> Result<()> {
        let gone = documents::list_unseen(scope, tx.db(), id, crawl).await.map_err(from_store)?;
        let ids: Vec<DocumentId> = gone.iter().map(|row| row.id.clone()).collect();
        documents::delete_many(scope, tx, &ids).await.map_err(from_store)?;
        let gone = gone.into_iter().map(|row| (row.id, row.file_key)).collect();
        jobs::remove_documents(scope, tx, gone, self.now()).await?;
        self.apply_delayed(scope, tx, id, crawl, brought).await?;
        sources::accept_crawl(scope, tx, id, pages).await.map_err(from_store)
    }

    /// The work on a website ended: how it stands, and when it is due again. Hours until then count from when it `began`, where it
    /// came to its end; else from now, so that what somebody stops does not begin again at once. A website that was deleted meanwhile
    /// is no failure.
    pub(crate) async fn end_crawling(
        &self,
        scope: &Scope,
        tx: &Tx,
        id: &SourceId,
        state: SourceState,
        error: Option<ApiError>,
        began: Option<Timestamp>,
    ) -> Result<()> {
        let now = self.now();
        let row = match sources::find_writable(scope, tx.db(), id).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(from_store(error)),
        };
        sources::finish_work(scope, tx, id, state, error.clone(), now).await.map_err(from_store)?;
        let watch = is_watched_website(&row.kind).then(|| now.plus_millis(WATCH_EVERY));
        sitemaps::set_next_watch(scope, tx, id, watch).await.map_err(from_store)?;
        if row.next_crawl_at.is_some() {
            // Some pages alone were read: all of them are due as before.
            return Ok(());
        }
        let began = began.unwrap_or(now);
        let next = schedule_of(&row.kind).and_then(|schedule| schedules::next_crawl(schedule, began, now));
        let next = match (next, error) {
            (Some(regular), Some(error)) => {
                let crawls = crawls::list(scope, tx.db(), id).await.map_err(from_store)?;
                let failures = retries::failures_in_a_row(crawls.into_iter().map(crawls::CrawlRow::into_crawl));
                Some(retries::due_after(regular, &error, failures, now))
            }
            (next, _) => next,
        };
        sources::set_next_crawl(scope, tx, id, next).await.map_err(from_store)
    }

    /// A crawl was stopped, or is not to go on by itself any more; what it found until then stays.
    pub(crate) async fn crawl_stopped(&self, scope: &Scope, tx: &Tx, id: &SourceId) -> Result<()> {
        crawls::close_running(scope, tx, id, CrawlOutcome::Stopped, None, self.now()).await.map_err(from_store)?;
        crawls::stop_interrupted(scope, tx, id).await.map_err(from_store)?;
        // What was not looked at is found again by comparing the sitemap with the pages.
        sitemaps::forget(scope, tx, id).await.map_err(from_store)?;
        self.end_crawling(scope, tx, id, SourceState::Ready, None, None).await
    }

    /// A crawl failed for good: people see why, and what was there before still answers.
    pub(crate) async fn crawl_failed(&self, scope: &Scope, tx: &Tx, id: &SourceId, error: ApiError) -> Result<()> {
        crawls::close_running(scope, tx, id, CrawlOutcome::Failed, Some(error.clone()), self.now())
            .await
            .map_err(from_store)?;
        // After the pause it goes on with what is kept.
        if error.code != ErrorCode::SiteAsksForPause {
            crawl_rests::forget(scope, tx, id).await.map_err(from_store)?;
        }
        self.end_crawling(scope, tx, id, SourceState::Failed, Some(error), None).await
    }

    /// Looks now and then which websites are due, until `cancel`.
    pub(crate) async fn crawl_due_until(&self, cancel: CancellationToken) {
        loop {
            if let Err(error) = self.crawl_due().await {
                tracing::warn!(%error, "websites that are due could not be looked for");
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(LOOK_FOR_DUE) => {}
            }
        }
    }

    /// Enqueues the crawls of websites that are due; how many. Whatever several processes do at the same time, each is
    /// enqueued once.
    pub(crate) async fn crawl_due(&self) -> Result<usize> {
        let now = self.now();
        let mut begun = 0;
        for row in sources::list_due(self.store().read(), now).await.map_err(from_store)? {
            let scope = Scope::for_source(&row);
            let tx = self.store().begin().await.map_err(from_store)?;
            if sources::take_due(&scope, &tx, &row.id, now).await.map_err(from_store)? {
                begin_crawl(&scope, &tx, &row.id, CrawlTrigger::Schedule, now).await?;
                tx.commit().await.map_err(from_store)?;
                begun += 1;
            }
        }
        if begun > 0 {
            self.0.work.notify_one();
        }
        Ok(begun)
    }
}

/// The next crawl finds the pages of a website anew, and is not measured by what was there before.
pub(crate) async fn find_anew(scope: &Scope, tx: &Tx, id: &SourceId) -> Result<()> {
    crawls::forget_depths(scope, tx, id).await.map_err(from_store)?;
    sources::accept_crawl(scope, tx, id, 0).await.map_err(from_store)
}

/// Whether a website is read otherwise after a change: not at other times alone.
fn reads_otherwise(before: &SourceKind, after: &SourceKind) -> bool {
    match (before, after) {
        (SourceKind::Website(before), SourceKind::Website(after)) => {
            let (schedule, watch_sitemap) = (before.schedule.clone(), before.watch_sitemap);
            WebsiteSettings { schedule, watch_sitemap, ..after.clone() } != *before
        }
        (before, after) => before != after,
    }
}

/// Whether what a crawl found by the settings of `before` says nothing of a website that is read as `after`. Where only more
/// addresses are left out, what is known of the others holds.
pub(crate) fn outdates(before: &SourceKind, after: &SourceKind) -> bool {
    match (before, after) {
        (SourceKind::Website(was), SourceKind::Website(is))
            if was.exclude.iter().all(|out| is.exclude.contains(out)) =>
        {
            let as_before = WebsiteSettings { exclude: was.exclude.clone(), ..is.clone() };
            reads_otherwise(before, &SourceKind::Website(as_before))
        }
        _ => reads_otherwise(before, after),
    }
}

/// Whether a crawl of all pages read what it set out to read: from its beginning on, the next one may be due.
pub(crate) const fn came_to_its_end(outcome: CrawlOutcome) -> bool {
    use CrawlOutcome::{Complete, Held, PageLimit, Rejected};
    matches!(outcome, Complete | PageLimit | Held | Rejected)
}

fn schedule_of(kind: &SourceKind) -> Option<&Schedule> {
    match kind {
        SourceKind::Website(settings) => Some(&settings.schedule),
        SourceKind::Upload => None,
    }
}

fn is_watched_website(kind: &SourceKind) -> bool {
    matches!(kind, SourceKind::Website(settings) if is_watched(settings))
}
