//! The processes that are at work on this database. Each renews its row; one whose row is old is gone. No scope: they
//! belong to no organisation.

use hammock_contract::Timestamp;

use crate::{Db, Result, Tx, row};

/// Notes that a replica is at work.
pub async fn renew(tx: &Tx, id: &str, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO replicas (id, last_seen_at) VALUES ($1, $2) \
               ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at";
    tx.db().execute(sql, [id.into(), now.as_millis().into()]).await.map(|_| ())
}

/// Those whose id begins so and that were seen since `since`.
pub async fn list_seen(db: Db<'_>, prefix: &str, since: Timestamp) -> Result<Vec<String>> {
    let sql = "SELECT id FROM replicas WHERE id LIKE $1 ESCAPE '\\' AND last_seen_at >= $2 ORDER BY id";
    let pattern = format!("{}%", prefix.replace('_', "\\_"));
    let rows = db.rows(sql, [pattern.into(), since.as_millis().into()]).await?;
    rows.iter().map(|found| row::value(found, "id")).collect()
}

/// Forgets a replica that stops.
pub async fn remove(tx: &Tx, id: &str) -> Result<()> {
    tx.db().execute("DELETE FROM replicas WHERE id = $1", [id.into()]).await.map(|_| ())
}

/// Forgets those that were seen last before `before`; all of them without it, at the start of the only one.
pub async fn remove_gone(tx: &Tx, before: Option<Timestamp>) -> Result<()> {
    let before = before.map_or(i64::MAX, Timestamp::as_millis);
    tx.db().execute("DELETE FROM replicas WHERE last_seen_at < $1", [before.into()]).await.map(|_| ())
}
