//! Jobs whose worker died: its lease has ended, and the next one goes on with them or ends them.

use hammock_contract::{JobId, Timestamp};

use super::{JobRow, JobState};
use crate::{
    Db, Result, Tx,
    row::{Stored, Table, value},
};

/// What nobody goes on with: the worker died, and it was the last attempt, or the job was to be stopped. `$1` is *running*, `$2` now.
const IS_LOST: &str = "state = $1 AND lease_until < $2 AND (cancel_requested OR attempts >= max_attempts)";

/// The jobs whose worker died in the last attempt, or while they were to be stopped; each is for [`end_lost`]. No scope: for the
/// worker.
pub async fn list_lost(db: Db<'_>, now: Timestamp) -> Result<Vec<JobId>> {
    let sql = format!("SELECT id FROM jobs WHERE {IS_LOST} ORDER BY id");
    let rows = db.rows(&sql, [JobState::Running.store().into(), now.as_millis().into()]).await?;
    rows.iter().map(|found| value(found, "id")).collect()
}

/// Ends a job of [`list_lost`]: given up, or cancelled where it was to be; for whoever shows its state, who gets it. `None` where
/// somebody has ended it meanwhile. No scope: for the worker.
pub async fn end_lost(tx: &Tx, id: &JobId, now: Timestamp) -> Result<Option<JobRow>> {
    let sql = format!(
        "UPDATE jobs SET state = CASE WHEN cancel_requested THEN $4 ELSE $5 END, active_key = NULL, leased_by = NULL, \
         lease_until = NULL, finished_at = $2, last_error = COALESCE(last_error, 'the worker died') \
         WHERE {IS_LOST} AND id = $3 RETURNING {}",
        JobRow::COLUMNS
    );
    let values = [
        JobState::Running.store().into(),
        now.as_millis().into(),
        id.as_str().into(),
        JobState::Cancelled.store().into(),
        JobState::Dead.store().into(),
    ];
    tx.db().row(&sql, values).await?.as_ref().map(JobRow::from_row).transpose()
}

/// Queues again what workers held whose lease has ended, but for [`list_lost`]. How many. No scope: at start and now and then.
pub async fn requeue_expired(tx: &Tx, now: Timestamp) -> Result<u64> {
    let sql = "UPDATE jobs SET state = $3, leased_by = NULL, lease_until = NULL \
               WHERE state = $1 AND lease_until < $2 AND NOT cancel_requested AND attempts < max_attempts";
    let values = [JobState::Running.store().into(), now.as_millis().into(), JobState::Queued.store().into()];
    tx.db().execute(sql, values).await
}

/// Ends the lease of everything that runs, to be followed by [`end_lost`] and [`requeue_expired`]: at the start of the only process on a
/// database, when whoever held the leases is surely gone. No scope.
pub async fn expire_all(tx: &Tx) -> Result<u64> {
    let sql = "UPDATE jobs SET lease_until = 0 WHERE state = $1";
    tx.db().execute(sql, [JobState::Running.store().into()]).await
}
