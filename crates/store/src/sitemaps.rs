//! What the sitemaps of websites said the last time, and which are looked at next.

use hammock_contract::{ApiError, OrganisationId, SourceId, Timestamp, job::JobProgress, source::SourceState};
use sea_orm::Value;
use serde::{Deserialize, Serialize};

use crate::{
    Db, Result, Scope, Tx,
    row::{self, Stored, Table, placeholders, table, value},
    sources::{self, SourceRow},
};

/// A page that a sitemap lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SitemapEntry {
    /// Its address.
    #[serde(rename = "a")]
    pub address: String,
    /// When it changed last, as the sitemap has it.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
}

table! {
    /// One file of a website's sitemap.
    SitemapFileRow = "sitemap_files";
    key {
        /// The source.
        source_id: SourceId,
        /// The address of the file.
        address: String,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The file that names it, where it is not one to begin at.
    parent: Option<String>,
    /// The `ETag` of the last fetch.
    etag: Option<String>,
    /// The `Last-Modified` of the last fetch.
    last_modified: Option<String>,
    /// The pages that it lists.
    entries: Vec<SitemapEntry>,
}

/// The files of a source's sitemap, by address. For the watch, which compares all of them.
pub async fn list(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Vec<SitemapFileRow>> {
    let sql = format!(
        "SELECT {} FROM sitemap_files WHERE organisation_id = $1 AND source_id = $2 ORDER BY address",
        SitemapFileRow::COLUMNS
    );
    row::all(&db.rows(&sql, [scope.organisation().as_str().into(), source.as_str().into()]).await?)
}

/// Keeps files of a sitemap in place of what was kept of them, and forgets those at the addresses `gone`.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the source is not the scope's.
pub async fn put_many(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    files: Vec<SitemapFileRow>,
    gone: &[String],
) -> Result<()> {
    let source = sources::find_writable(scope, tx.db(), source).await?;
    let replaced: Vec<&String> = gone.iter().chain(files.iter().map(|file| &file.address)).collect();
    for addresses in replaced.chunks(500) {
        let sql = format!(
            "DELETE FROM sitemap_files WHERE organisation_id = $1 AND source_id = $2 AND address IN ({})",
            placeholders(3, addresses.len())
        );
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), source.id.as_str().into()];
        values.extend(addresses.iter().map(|address| Value::from(address.as_str())));
        tx.db().execute(&sql, values).await?;
    }
    let own = files.into_iter().map(|file| SitemapFileRow {
        source_id: source.id.clone(),
        organisation_id: scope.organisation().clone(),
        ..file
    });
    row::insert_many(tx.db(), own.collect()).await
}

/// Forgets what the sitemap of a source said: the next look compares it with the pages alone. How many files there were.
pub async fn forget(scope: &Scope, tx: &Tx, source: &SourceId) -> Result<u64> {
    let sql = "DELETE FROM sitemap_files WHERE organisation_id = $1 AND source_id = $2";
    tx.db().execute(sql, [scope.organisation().as_str().into(), source.as_str().into()]).await
}

/// Says when the sitemap of a website is looked at next. What went wrong is forgotten when it is not looked at any more.
pub async fn set_next_watch(scope: &Scope, tx: &Tx, source: &SourceId, at: Option<Timestamp>) -> Result<()> {
    let also = if at.is_none() { ", watch_error = NULL" } else { "" };
    let sql = format!("UPDATE sources SET next_watch_at = $3{also} WHERE organisation_id = $1 AND id = $2");
    let values = [scope.organisation().as_str().into(), source.as_str().into(), at.store().into()];
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Says when the sitemap of a website was looked at, and what went wrong, if something did.
pub async fn set_watched(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    error: Option<ApiError>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE sources SET watched_at = $3, watch_error = $4 WHERE organisation_id = $1 AND id = $2";
    let values =
        [scope.organisation().as_str().into(), source.as_str().into(), now.as_millis().into(), error.store().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Takes it on oneself to look at the sitemap of a website that is due and stands still, and the next time at `next`; whether it
/// still was. Of several processes, one is told so.
pub async fn take_watch(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    next: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    let sql = "UPDATE sources SET next_watch_at = $3 \
               WHERE organisation_id = $1 AND id = $2 AND next_watch_at <= $4 AND state = $5";
    let values = [
        scope.organisation().as_str().into(),
        source.as_str().into(),
        next.store().into(),
        now.as_millis().into(),
        SourceState::Ready.store().into(),
    ];
    Ok(tx.db().execute(sql, values).await? > 0)
}

/// Says that some pages of a website wait to be read: `Working`, without an earlier failure. When all of it is read again stays
/// as it is. Whether the website stood still.
pub async fn start_part(scope: &Scope, tx: &Tx, source: &SourceId, progress: &JobProgress) -> Result<bool> {
    let sql = "UPDATE sources SET state = $3, error = NULL, progress = $4 \
               WHERE organisation_id = $1 AND id = $2 AND state = $5";
    let values = [
        scope.organisation().as_str().into(),
        source.as_str().into(),
        SourceState::Working.store().into(),
        progress.clone().store().into(),
        SourceState::Ready.store().into(),
    ];
    Ok(tx.db().execute(sql, values).await? > 0)
}

/// Where a website begins, as its last crawl found it: the start address may lead to another one.
pub async fn find_start(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Option<String>> {
    let sql = "SELECT location FROM documents WHERE organisation_id = $1 AND source_id = $2 AND depth = 0 \
               ORDER BY CASE WHEN revision > 0 THEN 0 ELSE 1 END, id LIMIT 1";
    let found = db.row(sql, [scope.organisation().as_str().into(), source.as_str().into()]).await?;
    found.map(|found| value(&found, "location")).transpose()
}

/// Websites whose sitemap is due to be looked at, of all tenants, the one that waits longest first; at most a hundred. No scope:
/// for the worker.
pub async fn list_due(db: Db<'_>, now: Timestamp) -> Result<Vec<SourceRow>> {
    let sql = format!(
        "SELECT {} FROM sources WHERE next_watch_at <= $1 AND state = $2 ORDER BY next_watch_at, id LIMIT 100",
        SourceRow::COLUMNS
    );
    row::all(&db.rows(&sql, [now.as_millis().into(), SourceState::Ready.store().into()]).await?)
}
