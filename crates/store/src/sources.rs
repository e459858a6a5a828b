//! Where the documents of a collection come from.

use std::collections::{HashMap, HashSet};

use hammock_contract::{
    ApiError, CollectionId, OrganisationId, SourceId, Timestamp,
    crawl::{CrawlOutcome, CrawlTrigger},
    document::DocumentState,
    job::JobProgress,
    source::{Source, SourceKind, SourceState},
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, StoreError, Tx, collections,
    collections::{readable, writable},
    crawl_rests::GOES_ON_WITHIN,
    row::{self, Stored, Table, key_of, placeholders, table, value},
};

table! {
    /// A source.
    SourceRow = "sources";
    key {
        /// The id.
        id: SourceId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The collection.
    collection_id: CollectionId,
    /// The name.
    name: String,
    /// The name without regard to case; unique in the collection.
    name_key: String,
    /// What is in it.
    description: String,
    /// What it is, and how it is set up.
    kind: SourceKind,
    /// How it stands.
    state: SourceState,
    /// The last failure.
    error: Option<ApiError>,
    /// How far the work is, while there is some.
    progress: Option<JobProgress>,
    /// The number of the last crawl, from 1; 0 before the first. Documents say in which one they were seen last.
    crawl: u64,
    /// How many pages the last crawl that was accepted found: what the next one is measured by.
    last_page_count: u64,
    /// When it was made.
    created_at: Timestamp,
    /// When its last work ended.
    finished_at: Option<Timestamp>,
    /// When a website is crawled again by itself.
    next_crawl_at: Option<Timestamp>,
    /// When the sitemap of a website is looked at next.
    next_watch_at: Option<Timestamp>,
    /// When it was looked at last.
    watched_at: Option<Timestamp>,
    /// Why it could not be, the last time.
    watch_error: Option<ApiError>,
}

/// What was added within this time is new. Milliseconds.
const A_WEEK: i64 = 7 * 24 * 3_600_000;

/// Makes a source in a collection that the scope may write.
///
/// # Errors
/// [`StoreError::Duplicate`] when the name is taken; [`StoreError::NotFound`] when the collection is not the scope's.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: SourceId,
    collection: &CollectionId,
    name: &str,
    kind: SourceKind,
    now: Timestamp,
) -> Result<SourceRow> {
    collections::find_writable(scope, tx.db(), collection).await?;
    let row = SourceRow {
        id,
        organisation_id: scope.organisation().clone(),
        collection_id: collection.clone(),
        name: name.to_owned(),
        name_key: key_of(name),
        description: String::new(),
        kind,
        state: SourceState::Empty,
        error: None,
        progress: None,
        crawl: 0,
        last_page_count: 0,
        created_at: now,
        finished_at: None,
        next_crawl_at: None,
        next_watch_at: None,
        watched_at: None,
        watch_error: None,
    };
    row::insert(tx.db(), row.clone()).await?;
    collections::touch(scope, tx, collection, now).await?;
    Ok(row)
}

/// The sources of a collection, oldest first, with their counts as of `now`.
pub async fn list(scope: &Scope, db: Db<'_>, collection: &CollectionId, now: Timestamp) -> Result<Vec<Source>> {
    let mut values: Vec<Value> = vec![collection.as_str().into()];
    let readable = readable(scope, "sources", "collection_id", &mut values);
    let columns = SourceRow::COLUMNS;
    let sql = format!("SELECT {columns} FROM sources WHERE collection_id = $1 AND {readable} ORDER BY id");
    with_counts(db, row::all(&db.rows(&sql, values).await?)?, now).await
}

/// One source with its counts as of `now`.
pub async fn find(scope: &Scope, db: Db<'_>, id: &SourceId, now: Timestamp) -> Result<Source> {
    let row = find_row(scope, db, id).await?;
    with_counts(db, vec![row], now).await?.pop().ok_or(StoreError::NotFound)
}

/// One source that the scope may read, without counts.
pub async fn find_row(scope: &Scope, db: Db<'_>, id: &SourceId) -> Result<SourceRow> {
    let mut values: Vec<Value> = vec![id.as_str().into()];
    let readable = readable(scope, "sources", "collection_id", &mut values);
    let sql = format!("SELECT {} FROM sources WHERE id = $1 AND {readable}", SourceRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// One source that the scope may write: of its own organisation, in a collection that its person sees.
pub async fn find_writable(scope: &Scope, db: Db<'_>, id: &SourceId) -> Result<SourceRow> {
    let mut values: Vec<Value> = vec![id.as_str().into()];
    let writable = writable(scope, "sources", "collection_id", &mut values);
    let sql = format!("SELECT {} FROM sources WHERE id = $1 AND {writable}", SourceRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// The ids of a collection's sources in the scope's organisation, whoever sees them: their work is stopped before the
/// collection is deleted, which administrators may do without seeing it.
pub async fn list_ids_of_collection(scope: &Scope, db: Db<'_>, collection: &CollectionId) -> Result<Vec<SourceId>> {
    let sql = "SELECT id FROM sources WHERE organisation_id = $1 AND collection_id = $2 ORDER BY id";
    let rows = db.rows(sql, [scope.organisation().as_str().into(), collection.as_str().into()]).await?;
    rows.iter().map(|found| value(found, "id")).collect()
}

/// Says that work begins: `Working`, without an earlier failure, and not due.
pub async fn start_work(scope: &Scope, tx: &Tx, id: &SourceId, progress: &JobProgress) -> Result<()> {
    let sql = "UPDATE sources SET state = $3, error = NULL, progress = $4, next_crawl_at = NULL \
               WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        SourceState::Working.store().into(),
        progress.clone().store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Says how far the work is.
pub async fn set_progress(scope: &Scope, tx: &Tx, id: &SourceId, progress: &JobProgress) -> Result<()> {
    let sql = "UPDATE sources SET progress = $3 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), progress.clone().store().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Says that work ended, with `state` and, if it failed, why.
pub async fn finish_work(
    scope: &Scope,
    tx: &Tx,
    id: &SourceId,
    state: SourceState,
    error: Option<ApiError>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE sources SET state = $3, error = $4, progress = NULL, finished_at = $5 \
               WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        state.store().into(),
        error.store().into(),
        now.as_millis().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Begins a crawl: its number, one more than the last.
pub async fn begin_crawl(scope: &Scope, tx: &Tx, id: &SourceId) -> Result<u64> {
    let sql = "UPDATE sources SET crawl = crawl + 1 WHERE organisation_id = $1 AND id = $2 RETURNING crawl";
    let found = tx.db().row(sql, [scope.organisation().as_str().into(), id.as_str().into()]).await?;
    value(&found.ok_or(StoreError::NotFound)?, "crawl")
}

/// Accepts what a crawl found: the next one is measured by `pages`.
pub async fn accept_crawl(scope: &Scope, tx: &Tx, id: &SourceId, pages: u64) -> Result<()> {
    let sql = "UPDATE sources SET last_page_count = $3 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), pages.store().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Says when a website is crawled next by itself.
pub async fn set_next_crawl(scope: &Scope, tx: &Tx, id: &SourceId, at: Option<Timestamp>) -> Result<()> {
    let sql = "UPDATE sources SET next_crawl_at = $3 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), at.store().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Takes it on oneself to crawl a website that is due; whether it still was. Of several processes, one is told so.
pub async fn take_due(scope: &Scope, tx: &Tx, id: &SourceId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE sources SET next_crawl_at = NULL \
               WHERE organisation_id = $1 AND id = $2 AND next_crawl_at <= $3 AND state <> $4";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        now.as_millis().into(),
        SourceState::Working.store().into(),
    ];
    Ok(tx.db().execute(sql, values).await? > 0)
}

/// Websites that are due, of all tenants, the one that waits longest first; at most a hundred. No scope: for the worker.
pub async fn list_due(db: Db<'_>, now: Timestamp) -> Result<Vec<SourceRow>> {
    let sql = format!(
        "SELECT {} FROM sources WHERE next_crawl_at <= $1 AND state <> $2 ORDER BY next_crawl_at, id LIMIT 100",
        SourceRow::COLUMNS
    );
    row::all(&db.rows(&sql, [now.as_millis().into(), SourceState::Working.store().into()]).await?)
}

/// Gives a source another name.
///
/// # Errors
/// [`StoreError::Duplicate`] when the name is taken.
pub async fn rename(scope: &Scope, tx: &Tx, id: &SourceId, name: &str) -> Result<()> {
    let sql = "UPDATE sources SET name = $3, name_key = $4 WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        name.to_owned().store().into(),
        key_of(name).store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Says what is in a source.
pub async fn describe(scope: &Scope, tx: &Tx, id: &SourceId, description: &str) -> Result<()> {
    let sql = "UPDATE sources SET description = $3 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), description.to_owned().store().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Changes how a source is set up.
pub async fn set_kind(scope: &Scope, tx: &Tx, id: &SourceId, kind: SourceKind) -> Result<()> {
    let sql = "UPDATE sources SET kind = $3 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), kind.store().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Removes a source with its documents. The caller clears the indexes.
pub async fn delete(scope: &Scope, tx: &Tx, id: &SourceId) -> Result<()> {
    let values = [scope.organisation().as_str().into(), id.as_str().into()];
    row::touched(tx.db().execute("DELETE FROM sources WHERE organisation_id = $1 AND id = $2", values).await?)
}

/// What the documents of a source come to.
#[derive(Default)]
struct Counts {
    documents: u64,
    failed: u64,
    skipped: u64,
    passages: u64,
    recent: u64,
}

/// The sources are the caller's already, by `rows`.
async fn with_counts(db: Db<'_>, rows: Vec<SourceRow>, now: Timestamp) -> Result<Vec<Source>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT source_id, CAST(SUM(CASE WHEN revision > 0 THEN 1 ELSE 0 END) AS BIGINT) AS answering, \
         CAST(SUM(CASE WHEN state IN ($1, $2) THEN 1 ELSE 0 END) AS BIGINT) AS failed, \
         CAST(SUM(CASE WHEN state = $2 THEN 1 ELSE 0 END) AS BIGINT) AS skipped, \
         CAST(SUM(CASE WHEN revision > 0 THEN chunks ELSE 0 END) AS BIGINT) AS passages, \
         CAST(SUM(CASE WHEN revision > 0 AND created_at > $3 THEN 1 ELSE 0 END) AS BIGINT) AS recent \
         FROM documents WHERE source_id IN ({}) GROUP BY source_id",
        placeholders(4, rows.len())
    );
    let mut values: Vec<Value> = vec![
        DocumentState::Failed.store().into(),
        DocumentState::Skipped.store().into(),
        now.plus_millis(-A_WEEK).as_millis().into(),
    ];
    values.extend(rows.iter().map(|row| Value::from(row.id.as_str())));
    let mut counts: HashMap<SourceId, Counts> = HashMap::new();
    for found in db.rows(&sql, values).await? {
        let of_source = Counts {
            documents: value(&found, "answering")?,
            failed: value(&found, "failed")?,
            skipped: value(&found, "skipped")?,
            passages: value(&found, "passages")?,
            recent: value(&found, "recent")?,
        };
        counts.insert(value(&found, "source_id")?, of_source);
    }
    let mut unrendered = count_unrendered(db, &rows).await?;
    let mut edited = count_edited(db, &rows).await?;
    let stopped = list_stopped(db, &rows, now).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let counts = counts.remove(&row.id).unwrap_or_default();
            let needs_javascript = unrendered.remove(&row.id).unwrap_or_default();
            let can_go_on = stopped.contains(&row.id);
            let edited_passages = edited.remove(&row.id).unwrap_or_default();
            let SourceRow { id, collection_id, name, description, kind, state, error, progress, created_at, .. } = row;
            Source {
                id,
                collection: collection_id,
                name,
                description,
                kind,
                state,
                error,
                progress,
                documents: counts.documents,
                failed_documents: counts.failed,
                skipped_documents: counts.skipped,
                passages: counts.passages,
                edited_passages,
                added_last_week: counts.recent,
                needs_javascript,
                can_go_on,
                created_at,
                finished_at: row.finished_at,
                next_crawl_at: row.next_crawl_at,
                watched_at: row.watched_at,
                watch_error: row.watch_error,
            }
        })
        .collect())
}

/// Which of the sources have a crawl that was stopped and can go on. One of some pages goes on by itself alone.
async fn list_stopped(db: Db<'_>, rows: &[SourceRow], now: Timestamp) -> Result<HashSet<SourceId>> {
    let sql = format!(
        "SELECT crawl_rests.source_id FROM crawl_rests JOIN crawls ON crawls.id = crawl_rests.crawl_id \
         WHERE crawl_rests.kept_at > $1 AND crawls.outcome IN ($2, $3) AND crawls.crawl_trigger <> $4 \
         AND crawl_rests.source_id IN ({})",
        placeholders(5, rows.len())
    );
    let mut values: Vec<Value> = vec![
        now.plus_millis(-GOES_ON_WITHIN).as_millis().into(),
        CrawlOutcome::Stopped.store().into(),
        CrawlOutcome::Interrupted.store().into(),
        CrawlTrigger::Sitemap.store().into(),
    ];
    values.extend(rows.iter().map(|row| Value::from(row.id.as_str())));
    let found = db.rows(&sql, values).await?;
    found.iter().map(|found| value(found, "source_id")).collect()
}

/// How many passages of each source people edited or switched off.
async fn count_edited(db: Db<'_>, rows: &[SourceRow]) -> Result<HashMap<SourceId, u64>> {
    let sql = format!(
        "SELECT documents.source_id, COUNT(*) AS total FROM chunk_edits \
         JOIN documents ON documents.id = chunk_edits.document_id \
         WHERE documents.source_id IN ({}) GROUP BY documents.source_id",
        placeholders(1, rows.len())
    );
    let values: Vec<Value> = rows.iter().map(|row| Value::from(row.id.as_str())).collect();
    let found = db.rows(&sql, values).await?;
    found.iter().map(|found| Ok((value(found, "source_id")?, value(found, "total")?))).collect()
}

/// How many pages the last crawl of each source left out for want of a browser; one that goes on is not told of, nor one of
/// some pages, which did not look at the others.
async fn count_unrendered(db: Db<'_>, rows: &[SourceRow]) -> Result<HashMap<SourceId, u64>> {
    let sql = format!(
        "SELECT source_id, needs_javascript FROM crawls WHERE source_id IN ({}) AND number = (SELECT MAX(ended.number) \
         FROM crawls ended WHERE ended.source_id = crawls.source_id AND ended.outcome <> $1 AND ended.crawl_trigger <> $2)",
        placeholders(3, rows.len())
    );
    let mut values: Vec<Value> = vec![CrawlOutcome::Running.store().into(), CrawlTrigger::Sitemap.store().into()];
    values.extend(rows.iter().map(|row| Value::from(row.id.as_str())));
    let mut counts = HashMap::new();
    for found in db.rows(&sql, values).await? {
        counts.insert(value(&found, "source_id")?, value(&found, "needs_javascript")?);
    }
    Ok(counts)
}
