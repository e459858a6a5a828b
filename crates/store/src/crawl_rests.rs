//! What crawls that were stopped, or go on and may be cut off, have not done yet: at most one of a source. It goes with its
//! crawl.

use hammock_contract::{CrawlId, OrganisationId, SourceId, Timestamp};

use crate::{
    Db, Result, Scope, Tx,
    row::{self, Table, table},
    sources,
};

/// After so long, a crawl does not go on: its website may be another one by then. Milliseconds.
pub const GOES_ON_WITHIN: i64 = 24 * 3_600_000;

table! {
    /// What a crawl has not done yet.
    CrawlRestRow = "crawl_rests";
    key {
        /// The source.
        source_id: SourceId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The crawl.
    crawl_id: CrawlId,
    /// What is left of it, as whoever goes on with it wrote it down.
    rest: String,
    /// When it was stopped, or was as far as that.
    kept_at: Timestamp,
}

/// Keeps what is left of a crawl, in the place of what was kept of its source.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the source is not the scope's to write.
pub async fn put(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    crawl: &CrawlId,
    rest: String,
    now: Timestamp,
) -> Result<()> {
    let source = sources::find_writable(scope, tx.db(), source).await?;
    forget(scope, tx, &source.id).await?;
    let row = CrawlRestRow {
        source_id: source.id,
        organisation_id: scope.organisation().clone(),
        crawl_id: crawl.clone(),
        rest,
        kept_at: now,
    };
    row::insert(tx.db(), row).await
}

/// What is kept of a source of the scope's organisation, if something is. For whoever crawls it.
pub async fn find(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Option<CrawlRestRow>> {
    let sql =
        format!("SELECT {} FROM crawl_rests WHERE organisation_id = $1 AND source_id = $2", CrawlRestRow::COLUMNS);
    let found = db.row(&sql, [scope.organisation().as_str().into(), source.as_str().into()]).await?;
    found.as_ref().map(CrawlRestRow::from_row).transpose()
}

/// Forgets what is kept of a source; how much there was.
pub async fn forget(scope: &Scope, tx: &Tx, source: &SourceId) -> Result<u64> {
    let sql = "DELETE FROM crawl_rests WHERE organisation_id = $1 AND source_id = $2";
    tx.db().execute(sql, [scope.organisation().as_str().into(), source.as_str().into()]).await
}
