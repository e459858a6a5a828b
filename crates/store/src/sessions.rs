//! Sessions of the browser. No scope: a session is what a scope is found by. The id is hashed by the caller, so that a
//! copy of the database signs nobody in.

use hammock_contract::{Timestamp, UserId};

use crate::{
    Db, Result, Tx,
    row::{self, Stored, Table, table},
};

table! {
    /// A session.
    SessionRow = "sessions";
    key {
        /// The hash of the id that the browser holds.
        id: String,
    }
    /// What the session holds, JSON.
    data: String,
    /// Who is signed in with it, for ending all sessions of a person.
    user_id: Option<UserId>,
    /// When it ends.
    expires_at: Timestamp,
}

/// Makes a session.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the id is in use.
pub async fn create(tx: &Tx, row: SessionRow) -> Result<()> {
    row::insert(tx.db(), row).await
}

/// Replaces what a session holds and when it ends. One that was ended meanwhile stays ended: a request that had read it before
/// must not bring it back.
pub async fn replace(tx: &Tx, row: SessionRow) -> Result<()> {
    let sql = "UPDATE sessions SET data = $2, user_id = $3, expires_at = $4 WHERE id = $1";
    let SessionRow { id, data, user_id, expires_at } = row;
    let values = [id.into(), data.store().into(), user_id.store().into(), expires_at.as_millis().into()];
    tx.db().execute(sql, values).await.map(|_| ())
}

/// The session with an id, unless it has ended.
pub async fn get(db: Db<'_>, id: &str, now: Timestamp) -> Result<Option<SessionRow>> {
    let sql = format!("SELECT {} FROM sessions WHERE id = $1 AND expires_at > $2", SessionRow::COLUMNS);
    db.row(&sql, [id.into(), now.as_millis().into()]).await?.as_ref().map(SessionRow::from_row).transpose()
}

/// Ends a session; one that is not there is ended already.
pub async fn delete(tx: &Tx, id: &str) -> Result<()> {
    tx.db().execute("DELETE FROM sessions WHERE id = $1", [id.into()]).await.map(|_| ())
}

/// Removes what has ended; how many.
pub async fn delete_expired(tx: &Tx, now: Timestamp) -> Result<u64> {
    tx.db().execute("DELETE FROM sessions WHERE expires_at <= $1", [now.as_millis().into()]).await
}

/// Ends every session of a person, after a change of password; how many.
pub async fn delete_for_user(tx: &Tx, user: &UserId) -> Result<u64> {
    tx.db().execute("DELETE FROM sessions WHERE user_id = $1", [user.as_str().into()]).await
}
