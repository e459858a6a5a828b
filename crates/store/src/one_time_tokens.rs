//! Links that work once: a forgotten password, an invitation. No scope: whoever holds the link is not signed in. Only the
//! hash of a token is stored.

use hammock_contract::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Db, Result, Tx,
    row::{self, Stored, table, value, words},
};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenPurpose {
    /// A new password instead of a forgotten one.
    Reset,
    /// The first password of somebody who was invited.
    Invite,
}

words!(TokenPurpose);

table! {
    /// A link that works once.
    TokenRow = "one_time_tokens";
    key {
        /// The hash of the token.
        hash: String,
    }
    /// What it is for.
    purpose: TokenPurpose,
    /// Whose it is.
    user_id: UserId,
    /// When it was made.
    created_at: Timestamp,
    /// When it ends.
    expires_at: Timestamp,
    /// When it was used.
    used_at: Option<Timestamp>,
}

/// Stores a link; earlier ones of the same person and purpose stop working.
pub async fn create(tx: &Tx, row: TokenRow) -> Result<()> {
    let values = [row.user_id.as_str().into(), row.purpose.store().into()];
    tx.db().execute("DELETE FROM one_time_tokens WHERE user_id = $1 AND purpose = $2", values).await?;
    row::insert(tx.db(), row).await
}

/// What [`take`] would give for a link. Changes nothing.
pub async fn find(db: Db<'_>, hash: &str, now: Timestamp) -> Result<Option<(UserId, TokenPurpose)>> {
    let sql = "SELECT user_id, purpose FROM one_time_tokens WHERE hash = $1 AND used_at IS NULL AND expires_at > $2";
    let found = db.row(sql, [hash.into(), now.as_millis().into()]).await?;
    found.map(|found| Ok((value(&found, "user_id")?, value(&found, "purpose")?))).transpose()
}

/// Uses a link up: whose it was and what for. `None` when it was used already, has ended, or never was.
pub async fn take(tx: &Tx, hash: &str, now: Timestamp) -> Result<Option<(UserId, TokenPurpose)>> {
    let sql = "UPDATE one_time_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2 \
               RETURNING user_id, purpose";
    let found = tx.db().row(sql, [hash.into(), now.as_millis().into()]).await?;
    found.map(|found| Ok((value(&found, "user_id")?, value(&found, "purpose")?))).transpose()
}

/// Removes every link of a person: they have a password now that none of them is to replace.
pub(crate) async fn delete_for_user(tx: &Tx, user: &UserId) -> Result<()> {
    tx.db().execute("DELETE FROM one_time_tokens WHERE user_id = $1", [user.as_str().into()]).await.map(|_| ())
}

/// Removes what has ended; how many.
pub async fn delete_expired(tx: &Tx, now: Timestamp) -> Result<u64> {
    tx.db().execute("DELETE FROM one_time_tokens WHERE expires_at <= $1", [now.as_millis().into()]).await
}
