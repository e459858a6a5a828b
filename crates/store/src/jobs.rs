//! Durable background work. A job is enqueued in the transaction of what asks for it, leased by a worker, and tried again
//! with growing pauses until it is done or given up (*dead*).
//!
//! A worker that dies loses its lease, and the job is claimed again: every job can be repeated. What a tenant or its people
//! ask takes a scope; what the worker does takes the job's id and the worker's name, and the job gives the scope
//! ([`Scope::for_job`]).

mod lost;

use hammock_contract::{JobId, OrganisationId, Timestamp, UserId, job::JobProgress};
use sea_orm::Value;
use serde::{Deserialize, Serialize};

use crate::{
    Db, Result, Scope, StoreError, Tx,
    row::{self, Stored, Table, placeholders, table, value, words},
};

pub use lost::{end_lost, expire_all, list_lost, requeue_expired};

/// How a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its time and a worker.
    Queued,
    /// A worker has it.
    Running,
    /// Done.
    Done,
    /// Given up after its last attempt.
    Dead,
    /// Cancelled.
    Cancelled,
}

words!(JobState);

table! {
    /// A job.
    JobRow = "jobs";
    key {
        /// The id.
        id: JobId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// What is to be done.
    kind: String,
    /// With what.
    payload: serde_json::Value,
    /// How it stands.
    state: JobState,
    /// The id of the thing it works on, for lists and for cancelling.
    subject: Option<String>,
    /// Unique among the jobs that wait or run, prefixed with the organisation's id.
    active_key: Option<String>,
    /// Higher goes first, within a tenant.
    priority: i64,
    /// Not before this.
    run_at: Timestamp,
    /// When the worker's lease ends.
    lease_until: Option<Timestamp>,
    /// The worker.
    leased_by: Option<String>,
    /// How often it was begun.
    attempts: u32,
    /// How often it is begun at most.
    max_attempts: u32,
    /// Why the last attempt failed.
    last_error: Option<String>,
    /// How far it is.
    progress: Option<JobProgress>,
    /// Whether somebody wants it to stop.
    cancel_requested: bool,
    /// Who asked for it.
    created_by: Option<UserId>,
    /// When it was asked for.
    created_at: Timestamp,
    /// When it ended.
    finished_at: Option<Timestamp>,
}

/// A job to enqueue.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: serde_json::Value,
    /// The id of the thing it works on.
    pub subject: Option<String>,
    /// While a job with this key waits or runs in the organisation, another is not enqueued.
    pub key: Option<String>,
    /// Higher goes first, within a tenant.
    pub priority: i64,
    /// Not before this; at once when absent.
    pub run_at: Option<Timestamp>,
    /// How often it is begun at most.
    pub max_attempts: u32,
}

impl NewJob {
    /// A job of ordinary priority, begun at most five times.
    pub fn new(kind: impl Into<String>, payload: serde_json::Value) -> Self {
        Self { kind: kind.into(), payload, subject: None, key: None, priority: 0, run_at: None, max_attempts: 5 }
    }
}

/// What a worker learns when it extends its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// Go on.
    Held,
    /// Stop: somebody cancelled the job. Then call [`cancelled`].
    CancelRequested,
    /// Stop: another worker has the job, or it is gone.
    Lost,
}

/// How many jobs there are in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Waiting.
    pub queued: u64,
    /// Going on.
    pub running: u64,
    /// Given up.
    pub dead: u64,
}

/// The pause after the first failure; it doubles with each. Milliseconds.
const FIRST_PAUSE_MS: i64 = 5_000;
/// The longest pause. Milliseconds.
const LONGEST_PAUSE_MS: i64 = 3_600_000;

/// How long a job waits after its `attempts`-th failed attempt. Milliseconds.
pub fn pause_after(attempts: u32) -> i64 {
    FIRST_PAUSE_MS.saturating_mul(1_i64 << attempts.saturating_sub(1).min(20)).min(LONGEST_PAUSE_MS)
}

fn active_key(scope: &Scope, key: &str) -> String {
    format!("{}/{key}", scope.organisation())
}

/// Enqueues a job of the scope's organisation; `None` when one with the same key waits or runs already.
pub async fn enqueue(scope: &Scope, tx: &Tx, new: NewJob, now: Timestamp) -> Result<Option<JobId>> {
    let NewJob { kind, payload, subject, key, priority, run_at, max_attempts } = new;
    let id = JobId::new();
    let sql = "INSERT INTO jobs (id, organisation_id, kind, payload, state, subject, active_key, priority, run_at, \
               attempts, max_attempts, cancel_requested, created_by, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, FALSE, $11, $12) ON CONFLICT (active_key) DO NOTHING";
    let values: Vec<Value> = vec![
        id.as_str().into(),
        scope.organisation().as_str().into(),
        kind.store().into(),
        payload.store().into(),
        JobState::Queued.store().into(),
        subject.store().into(),
        key.map(|key| active_key(scope, &key)).store().into(),
        priority.into(),
        run_at.unwrap_or(now).as_millis().into(),
        max_attempts.store().into(),
        scope.user().map(|user| user.as_str().to_owned()).into(),
        now.as_millis().into(),
    ];
    let inserted = tx.db().execute(sql, values).await?;
    Ok((inserted > 0).then_some(id))
}

/// Leases the next job to a worker until `lease_ms` milliseconds from now; `None` when nothing is due.
///
/// Tenants take turns: the one with the fewest running jobs of these kinds goes first, then the higher priority, then the longer
/// wait. One that has `most` of them running waits; claims at the same time may see too few.
/// No scope: for the worker. On PostgreSQL any number of workers claim at once without waiting for each other.
pub async fn claim(
    tx: &Tx,
    worker: &str,
    kinds: &[&str],
    most: u32,
    lease_ms: i64,
    now: Timestamp,
) -> Result<Option<JobRow>> {
    if kinds.is_empty() {
        return Ok(None);
    }
    let lock = if tx.db().is_postgres() { " FOR UPDATE OF jobs SKIP LOCKED" } else { "" };
    let these = placeholders(5, kinds.len());
    let sql = format!(
        "SELECT jobs.id FROM jobs LEFT JOIN (SELECT organisation_id AS tenant, COUNT(*) AS running FROM jobs \
         WHERE state = $2 AND lease_until >= $3 AND kind IN ({these}) GROUP BY organisation_id) AS busy ON busy.tenant = jobs.organisation_id \
         WHERE jobs.state = $1 AND jobs.run_at <= $3 AND jobs.kind IN ({these}) AND COALESCE(busy.running, 0) < $4 \
         ORDER BY COALESCE(busy.running, 0), jobs.priority DESC, jobs.run_at, jobs.id LIMIT 1{lock}"
    );
    let mut values: Vec<Value> = vec![
        JobState::Queued.store().into(),
        JobState::Running.store().into(),
        now.as_millis().into(),
        i64::from(most).into(),
    ];
    values.extend(kinds.iter().map(|kind| Value::from(*kind)));
    let Some(found) = tx.db().row(&sql, values).await? else { return Ok(None) };
    let id: JobId = value(&found, "id")?;
    let sql = format!(
        "UPDATE jobs SET state = $2, leased_by = $3, lease_until = $4, attempts = attempts + 1 WHERE id = $1 RETURNING {}",
        JobRow::COLUMNS
    );
    let values = [
        id.as_str().into(),
        JobState::Running.store().into(),
        worker.into(),
        now.plus_millis(lease_ms).as_millis().into(),
    ];
    tx.db().row(&sql, values).await?.as_ref().map(JobRow::from_row).transpose()
}

/// Extends a worker's lease, and notes how far it is when `progress` says so.
pub async fn extend_lease(
    tx: &Tx,
    id: &JobId,
    worker: &str,
    progress: Option<&JobProgress>,
    lease_ms: i64,
    now: Timestamp,
) -> Result<Lease> {
    let sql = "UPDATE jobs SET lease_until = $4, progress = COALESCE($5, progress) \
               WHERE id = $1 AND leased_by = $2 AND state = $3 RETURNING cancel_requested";
    let values = [
        id.as_str().into(),
        worker.into(),
        JobState::Running.store().into(),
        now.plus_millis(lease_ms).as_millis().into(),
        progress.cloned().store().into(),
    ];
    match tx.db().row(sql, values).await? {
        None => Ok(Lease::Lost),
        Some(found) if value(&found, "cancel_requested")? => Ok(Lease::CancelRequested),
        Some(_) => Ok(Lease::Held),
    }
}

/// Ends a job that a worker has.
async fn end(tx: &Tx, id: &JobId, worker: &str, state: JobState, error: Option<&str>, now: Timestamp) -> Result<()> {
    let sql = "UPDATE jobs SET state = $4, active_key = NULL, leased_by = NULL, lease_until = NULL, \
               last_error = COALESCE($5, last_error), finished_at = $6 WHERE id = $1 AND leased_by = $2 AND state = $3";
    let values = [
        id.as_str().into(),
        worker.into(),
        JobState::Running.store().into(),
        state.store().into(),
        error.map(ToOwned::to_owned).store().into(),
        now.as_millis().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Says that a job is done; in the transaction of its last write, so that both happen or neither.
///
/// # Errors
/// [`StoreError::NotFound`] when the worker lost its lease: roll back.
pub async fn complete(tx: &Tx, id: &JobId, worker: &str, now: Timestamp) -> Result<()> {
    end(tx, id, worker, JobState::Done, None, now).await
}

/// Says that a job stopped because it was cancelled.
pub async fn cancelled(tx: &Tx, id: &JobId, worker: &str, now: Timestamp) -> Result<()> {
    end(tx, id, worker, JobState::Cancelled, None, now).await
}

/// Says that an attempt failed: the job is queued again after a pause, or given up after the last attempt or when
/// `for_good`. What became of it.
pub async fn fail(tx: &Tx, id: &JobId, worker: &str, error: &str, for_good: bool, now: Timestamp) -> Result<JobState> {
    let sql = "SELECT attempts, max_attempts FROM jobs WHERE id = $1 AND leased_by = $2 AND state = $3";
    let values = [id.as_str().into(), worker.into(), JobState::Running.store().into()];
    let found = tx.db().row(sql, values).await?.ok_or(StoreError::NotFound)?;
    let (attempts, max_attempts): (u32, u32) = (value(&found, "attempts")?, value(&found, "max_attempts")?);
    if for_good || attempts >= max_attempts {
        end(tx, id, worker, JobState::Dead, Some(error), now).await?;
        return Ok(JobState::Dead);
    }
    let sql =
        "UPDATE jobs SET state = $2, leased_by = NULL, lease_until = NULL, last_error = $3, run_at = $4 WHERE id = $1";
    let values = [
        id.as_str().into(),
        JobState::Queued.store().into(),
        error.to_owned().store().into(),
        now.plus_millis(pause_after(attempts)).as_millis().into(),
    ];
    tx.db().execute(sql, values).await?;
    Ok(JobState::Queued)
}

/// Gives a job back unfinished, without counting the attempt: the worker shuts down.
pub async fn release(tx: &Tx, id: &JobId, worker: &str, now: Timestamp) -> Result<()> {
    let sql = "UPDATE jobs SET state = $4, leased_by = NULL, lease_until = NULL, attempts = attempts - 1, run_at = $5 \
               WHERE id = $1 AND leased_by = $2 AND state = $3";
    let values = [
        id.as_str().into(),
        worker.into(),
        JobState::Running.store().into(),
        JobState::Queued.store().into(),
        now.as_millis().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Cancels the jobs on a thing: those that wait end at once, those that run are asked to stop. How many there were.
pub async fn cancel(scope: &Scope, tx: &Tx, subject: &str, now: Timestamp) -> Result<u64> {
    let organisation = scope.organisation().as_str();
    let sql = "UPDATE jobs SET state = $4, active_key = NULL, finished_at = $5 \
               WHERE organisation_id = $1 AND subject = $2 AND state = $3";
    let values = [
        organisation.into(),
        subject.into(),
        JobState::Queued.store().into(),
        JobState::Cancelled.store().into(),
        now.as_millis().into(),
    ];
    let waiting = tx.db().execute(sql, values).await?;
    let sql = "UPDATE jobs SET cancel_requested = TRUE WHERE organisation_id = $1 AND subject = $2 AND state = $3";
    let running = tx.db().execute(sql, [organisation.into(), subject.into(), JobState::Running.store().into()]).await?;
    Ok(waiting + running)
}

/// Removes the jobs on a thing that have ended: with the thing, or nobody could see any more what they were about. How many.
pub async fn forget_ended(scope: &Scope, tx: &Tx, subject: &str) -> Result<u64> {
    let sql = "DELETE FROM jobs WHERE organisation_id = $1 AND subject = $2 AND finished_at IS NOT NULL";
    tx.db().execute(sql, [scope.organisation().as_str().into(), subject.into()]).await
}

/// One job of the organisation.
pub async fn find(scope: &Scope, db: Db<'_>, id: &JobId) -> Result<JobRow> {
    let sql = format!("SELECT {} FROM jobs WHERE organisation_id = $1 AND id = $2", JobRow::COLUMNS);
    row::one(db.row(&sql, [scope.organisation().as_str().into(), id.as_str().into()]).await?)
}

/// The organisation's jobs on a thing that wait or run, oldest first.
pub async fn list_active(scope: &Scope, db: Db<'_>, subject: &str) -> Result<Vec<JobRow>> {
    let sql = format!(
        "SELECT {} FROM jobs WHERE organisation_id = $1 AND subject = $2 AND state IN ($3, $4) ORDER BY id",
        JobRow::COLUMNS
    );
    let values = [
        scope.organisation().as_str().into(),
        subject.into(),
        JobState::Queued.store().into(),
        JobState::Running.store().into(),
    ];
    row::all(&db.rows(&sql, values).await?)
}

/// How many jobs there are in each state, of all tenants. No scope: for metrics and `doctor`.
pub async fn count(db: Db<'_>) -> Result<JobCounts> {
    let mut counts = JobCounts::default();
    for found in db.rows("SELECT state, COUNT(*) AS total FROM jobs GROUP BY state", []).await? {
        let total = value(&found, "total")?;
        match value(&found, "state")? {
            JobState::Queued => counts.queued = total,
            JobState::Running => counts.running = total,
            JobState::Dead => counts.dead = total,
            JobState::Done | JobState::Cancelled => {}
        }
    }
    Ok(counts)
}

/// Removes what ended before `before`; how many. No scope: housekeeping.
pub async fn delete_finished(tx: &Tx, before: Timestamp) -> Result<u64> {
    tx.db().execute("DELETE FROM jobs WHERE finished_at < $1", [before.as_millis().into()]).await
}
