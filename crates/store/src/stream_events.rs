//! The events of answers, stored before they are sent, so that a client that lost its connection misses nothing.

use hammock_contract::{RunId, Timestamp, stream::StreamEvent};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    row::{self, Stored, table, value},
    runs,
};

table! {
    /// One event.
    EventRow = "stream_events";
    key {
        /// The run.
        run_id: RunId,
        /// Its place in the run, from 1.
        sequence: u64,
    }
    /// The event.
    payload: StreamEvent,
}

/// Stores events of any number of runs in one statement. No scope: many answers share one commit; each run was opened with
/// its own ([`runs::create`]).
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when a place is taken: two writers on one run.
pub async fn append(tx: &Tx, events: Vec<EventRow>) -> Result<()> {
    row::insert_many(tx.db(), events).await
}

/// The events of a run of the scope's person after a place, in order.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the run is not there for this scope.
pub async fn list_after(scope: &Scope, db: Db<'_>, run: &RunId, after: u64) -> Result<Vec<(u64, StreamEvent)>> {
    runs::find(scope, db, run).await?;
    let sql = "SELECT sequence, payload FROM stream_events WHERE run_id = $1 AND sequence > $2 ORDER BY sequence";
    let rows = db.rows(sql, [run.as_str().into(), after.store().into()]).await?;
    rows.iter().map(|found| Ok((value(found, "sequence")?, value(found, "payload")?))).collect()
}

/// Removes the events of runs that ended before `before`: the messages hold what came of them. How many. No scope:
/// housekeeping.
pub async fn delete_finished(tx: &Tx, before: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM stream_events WHERE run_id IN (SELECT id FROM runs WHERE finished_at < $1)";
    let values: [Value; 1] = [before.as_millis().into()];
    tx.db().execute(sql, values).await
}
