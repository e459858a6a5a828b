//! Counts attempts per key (an account, an address) in a window of time. No scope: whoever attempts is not signed in.

use hammock_contract::Timestamp;

use crate::{Db, Result, Tx, row::value};

/// Attempts on one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How many there were in the window.
    pub count: u64,
    /// When the window began.
    pub since: Timestamp,
}

/// Counts one more attempt; a window of `window_ms` milliseconds that has passed begins anew, and so does one that begins in the
/// future by more than its length: the clock was put right since, and nobody is to wait until that time comes again. How many
/// there are now.
pub async fn count(tx: &Tx, key: &str, window_ms: i64, now: Timestamp) -> Result<Attempts> {
    let sql = "INSERT INTO login_attempts (key, window_start, attempts) VALUES ($1, $2, 1) \
               ON CONFLICT (key) DO UPDATE SET \
               attempts = CASE WHEN login_attempts.window_start <= $3 OR login_attempts.window_start > $4 \
               THEN 1 ELSE login_attempts.attempts + 1 END, \
               window_start = CASE WHEN login_attempts.window_start <= $3 OR login_attempts.window_start > $4 \
               THEN $2 ELSE login_attempts.window_start END \
               RETURNING window_start, attempts";
    let (before, ahead) = (now.plus_millis(-window_ms), now.plus_millis(window_ms));
    let values = [key.into(), now.as_millis().into(), before.as_millis().into(), ahead.as_millis().into()];
    let found = tx.db().row(sql, values).await?.ok_or(crate::StoreError::NotFound)?;
    Ok(Attempts { count: value(&found, "attempts")?, since: value(&found, "window_start")? })
}

/// The attempts on a key in the present window.
pub async fn find(db: Db<'_>, key: &str, window_ms: i64, now: Timestamp) -> Result<Option<Attempts>> {
    let sql = "SELECT window_start, attempts FROM login_attempts WHERE key = $1 AND window_start > $2";
    let found = db.row(sql, [key.into(), now.plus_millis(-window_ms).as_millis().into()]).await?;
    found
        .map(|found| Ok(Attempts { count: value(&found, "attempts")?, since: value(&found, "window_start")? }))
        .transpose()
}

/// Forgets the attempts on a key, after one that succeeded.
pub async fn clear(tx: &Tx, key: &str) -> Result<()> {
    tx.db().execute("DELETE FROM login_attempts WHERE key = $1", [key.into()]).await.map(|_| ())
}

/// Takes one attempt back that was no wrong one.
pub async fn take_back(tx: &Tx, key: &str) -> Result<()> {
    let sql = "UPDATE login_attempts SET attempts = attempts - 1 WHERE key = $1 AND attempts > 0";
    tx.db().execute(sql, [key.into()]).await.map(|_| ())
}

/// Removes windows that began before `before`; how many.
pub async fn delete_before(tx: &Tx, before: Timestamp) -> Result<u64> {
    tx.db().execute("DELETE FROM login_attempts WHERE window_start < $1", [before.as_millis().into()]).await
}
