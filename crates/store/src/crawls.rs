//! Crawls of websites: what the last ones did, and what a crawl notes of pages.

use hammock_contract::{
    ApiError, CrawlId, DocumentId, OrganisationId, SourceId, Timestamp,
    crawl::{Crawl, CrawlOutcome, CrawlTrigger},
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    collections::writable,
    row::{self, Stored, Table, placeholders, table, value},
    sources,
};

/// How many crawls of all pages of a source are kept, and how many of some pages: these come every hour, and would leave none of
/// the others.
pub const KEPT_CRAWLS: u64 = 10;

table! {
    /// A crawl.
    CrawlRow = "crawls";
    key {
        /// The id.
        id: CrawlId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The source.
    source_id: SourceId,
    /// The source's number of it, from 1.
    number: u64,
    /// Why it was done.
    crawl_trigger: CrawlTrigger,
    /// What became of it.
    outcome: CrawlOutcome,
    /// New pages.
    added: u64,
    /// Pages whose content had changed.
    changed: u64,
    /// Pages that were the same.
    unchanged: u64,
    /// Pages that were removed, or would be.
    removed: u64,
    /// Addresses that were left out.
    skipped: u64,
    /// Addresses that could not be read.
    failed: u64,
    /// Pages that were left out because there is no browser to run their scripts.
    needs_javascript: u64,
    /// Why it failed or is held.
    error: Option<ApiError>,
    /// When it began.
    started_at: Timestamp,
    /// When it ended.
    finished_at: Option<Timestamp>,
}

impl CrawlRow {
    /// What people see of it.
    pub fn into_crawl(self) -> Crawl {
        Crawl {
            id: self.id,
            source: self.source_id,
            trigger: self.crawl_trigger,
            outcome: self.outcome,
            added: self.added,
            changed: self.changed,
            unchanged: self.unchanged,
            removed: self.removed,
            skipped: self.skipped,
            failed: self.failed,
            needs_javascript: self.needs_javascript,
            error: self.error,
            started_at: self.started_at,
            finished_at: self.finished_at,
        }
    }
}

/// What a crawl has counted so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CrawlCounts {
    /// New pages.
    pub added: u64,
    /// Pages whose content had changed.
    pub changed: u64,
    /// Pages that were the same.
    pub unchanged: u64,
    /// Addresses that were left out.
    pub skipped: u64,
    /// Addresses that could not be read.
    pub failed: u64,
    /// Those of the skipped that need a browser which is not there.
    pub needs_javascript: u64,
}

/// Begins a crawl with the number that [`sources::begin_crawl`] gave, and forgets the oldest of its kind beyond the
/// last ten.
pub async fn begin(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    number: u64,
    trigger: CrawlTrigger,
    now: Timestamp,
) -> Result<CrawlId> {
    let source = sources::find_writable(scope, tx.db(), source).await?;
    let of_its_kind = if trigger == CrawlTrigger::Sitemap { "=" } else { "<>" };
    let sql = format!(
        "DELETE FROM crawls WHERE organisation_id = $1 AND source_id = $2 AND crawl_trigger {of_its_kind} $3 AND number <= \
         (SELECT kept.number FROM crawls kept WHERE kept.organisation_id = $1 AND kept.source_id = $2 \
         AND kept.crawl_trigger {of_its_kind} $3 ORDER BY kept.number DESC LIMIT 1 OFFSET {})",
        KEPT_CRAWLS - 1
    );
    let values =
        [scope.organisation().as_str().into(), source.id.as_str().into(), CrawlTrigger::Sitemap.store().into()];
    tx.db().execute(&sql, values).await?;
    let id = CrawlId::new();
    let row = CrawlRow {
        id: id.clone(),
        organisation_id: scope.organisation().clone(),
        source_id: source.id,
        number,
        crawl_trigger: trigger,
        outcome: CrawlOutcome::Running,
        added: 0,
        changed: 0,
        unchanged: 0,
        removed: 0,
        skipped: 0,
        failed: 0,
        needs_javascript: 0,
        error: None,
        started_at: now,
        finished_at: None,
    };
    row::insert(tx.db(), row).await?;
    Ok(id)
}

/// Notes what a crawl has counted so far.
pub async fn set_counts(scope: &Scope, tx: &Tx, id: &CrawlId, counts: CrawlCounts) -> Result<()> {
    let CrawlCounts { added, changed, unchanged, skipped, failed, needs_javascript } = counts;
    let sql = "UPDATE crawls SET added = $3, changed = $4, unchanged = $5, skipped = $6, failed = $7, \
               needs_javascript = $8 WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        added.store().into(),
        changed.store().into(),
        unchanged.store().into(),
        skipped.store().into(),
        failed.store().into(),
        needs_javascript.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Ends a crawl that goes on, with the number of pages that it removed, or that accepting it would remove.
///
/// # Errors
/// [`crate::StoreError::NotFound`] also when it ended already.
pub async fn finish(
    scope: &Scope,
    tx: &Tx,
    id: &CrawlId,
    outcome: CrawlOutcome,
    removed: u64,
    error: Option<ApiError>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE crawls SET outcome = $3, removed = $4, error = $5, finished_at = $6 \
               WHERE organisation_id = $1 AND id = $2 AND outcome = $7";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        outcome.store().into(),
        removed.store().into(),
        error.store().into(),
        now.as_millis().into(),
        CrawlOutcome::Running.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Ends whatever crawl of a source goes on: its process is gone, or it was given up. How many there were.
pub async fn close_running(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    outcome: CrawlOutcome,
    error: Option<ApiError>,
    now: Timestamp,
) -> Result<u64> {
    let sql = "UPDATE crawls SET outcome = $4, error = $5, finished_at = $6 \
               WHERE organisation_id = $1 AND source_id = $2 AND outcome = $3";
    let values = [
        scope.organisation().as_str().into(),
        source.as_str().into(),
        CrawlOutcome::Running.store().into(),
        outcome.store().into(),
        error.store().into(),
        now.as_millis().into(),
    ];
    tx.db().execute(sql, values).await
}

/// A crawl that was stopped goes on.
///
/// # Errors
/// [`crate::StoreError::NotFound`] also when it was not stopped.
pub async fn go_on(scope: &Scope, tx: &Tx, id: &CrawlId) -> Result<()> {
    let sql = "UPDATE crawls SET outcome = $3, error = NULL, finished_at = NULL \
               WHERE organisation_id = $1 AND id = $2 AND outcome IN ($4, $5)";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        CrawlOutcome::Running.store().into(),
        CrawlOutcome::Stopped.store().into(),
        CrawlOutcome::Interrupted.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// The last crawl of a source does not go on by itself any more, if it was to. How many there were.
pub async fn stop_interrupted(scope: &Scope, tx: &Tx, source: &SourceId) -> Result<u64> {
    let sql = "UPDATE crawls SET outcome = $3 WHERE organisation_id = $1 AND source_id = $2 AND outcome = $4 \
               AND number = (SELECT sources.crawl FROM sources WHERE sources.id = crawls.source_id)";
    let values = [
        scope.organisation().as_str().into(),
        source.as_str().into(),
        CrawlOutcome::Stopped.store().into(),
        CrawlOutcome::Interrupted.store().into(),
    ];
    tx.db().execute(sql, values).await
}

/// A held crawl is accepted: it is complete, and removed so many pages.
///
/// # Errors
/// [`crate::StoreError::NotFound`] also when it is not held.
pub async fn accept(scope: &Scope, tx: &Tx, id: &CrawlId, removed: u64) -> Result<()> {
    let sql = "UPDATE crawls SET outcome = $4, removed = $5, error = NULL \
               WHERE organisation_id = $1 AND id = $2 AND outcome = $3";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        CrawlOutcome::Held.store().into(),
        CrawlOutcome::Complete.store().into(),
        removed.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// A held crawl is rejected: how many pages it would have removed stays noted.
///
/// # Errors
/// [`crate::StoreError::NotFound`] also when it is not held.
pub async fn reject(scope: &Scope, tx: &Tx, id: &CrawlId) -> Result<()> {
    let sql = "UPDATE crawls SET outcome = $4, error = NULL WHERE organisation_id = $1 AND id = $2 AND outcome = $3";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        CrawlOutcome::Held.store().into(),
        CrawlOutcome::Rejected.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// The crawls that are kept of a source of the scope's organisation in a collection that its person sees, newest first.
pub async fn list(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Vec<CrawlRow>> {
    let mut values: Vec<Value> = vec![source.as_str().into()];
    let writable = writable(scope, "sources", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM crawls JOIN sources ON sources.id = crawls.source_id \
         AND sources.organisation_id = crawls.organisation_id \
         WHERE crawls.source_id = $1 AND {writable} ORDER BY crawls.number DESC",
        CrawlRow::COLUMNS
    );
    row::all(&db.rows(&sql, values).await?)
}

/// How many pages that answer go with a crawl: those that it did not see, and those that it found not to be for answers.
pub async fn count_unseen(scope: &Scope, db: Db<'_>, source: &SourceId, crawl: u64) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS total FROM documents \
               WHERE organisation_id = $1 AND source_id = $2 AND revision > 0 AND (seen_in_crawl < $3 OR EXISTS \
               (SELECT 1 FROM crawl_changes WHERE crawl_changes.document_id = documents.id \
               AND crawl_changes.crawl = $3 AND crawl_changes.revision = 0))";
    let values = [scope.organisation().as_str().into(), source.as_str().into(), crawl.store().into()];
    db.row(sql, values).await?.map_or(Ok(0), |found| value(&found, "total"))
}

/// Notes when pages were asked for.
pub async fn set_fetched_at(scope: &Scope, tx: &Tx, pages: &[DocumentId], now: Timestamp) -> Result<()> {
    for pages in pages.chunks(500) {
        let sql = format!(
            "UPDATE documents SET fetched_at = $2 WHERE organisation_id = $1 AND id IN ({})",
            placeholders(3, pages.len())
        );
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), now.as_millis().into()];
        values.extend(pages.iter().map(|id| Value::from(id.as_str())));
        tx.db().execute(&sql, values).await?;
    }
    Ok(())
}

/// Notes by what a page is recognised that came otherwise than before, and says the same.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the page is not there for this scope.
pub async fn set_hashes(scope: &Scope, tx: &Tx, page: &DocumentId, content_hash: &str, text_hash: &str) -> Result<()> {
    let sql = "UPDATE documents SET content_hash = $3, text_hash = $4 WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        page.as_str().into(),
        content_hash.to_owned().store().into(),
        text_hash.to_owned().store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Forgets how far the pages of a source are from its start, so that the next crawl finds out anew; how many there are.
pub async fn forget_depths(scope: &Scope, tx: &Tx, source: &SourceId) -> Result<u64> {
    let sql = "UPDATE documents SET depth = NULL WHERE organisation_id = $1 AND source_id = $2";
    tx.db().execute(sql, [scope.organisation().as_str().into(), source.as_str().into()]).await
}
