//! The embedding models whose vectors are kept. They are the installation's: no scope.
//!
//! At most one serves, at most one is being brought in. Those that did before are listed until their vectors are removed.

use hammock_contract::{Timestamp, system::EmbeddingKind};
use serde::{Deserialize, Serialize};

use crate::{
    Db, Result, Tx,
    row::{self, Stored, Table, table, words},
};

/// What a model is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmbeddingRole {
    /// Questions are embedded by it.
    Serving,
    /// Its vectors are being made; it serves when all are there.
    Next,
    /// Its vectors are about to be removed.
    Retired,
}

words!(EmbeddingRole);

table! {
    /// An embedding model, with everything that is needed to load it again but its key.
    EmbeddingModelRow = "embedding_models";
    key {
        /// The name of its vector space.
        space: String,
    }
    /// What it is there for.
    role: EmbeddingRole,
    /// Where it runs.
    kind: EmbeddingKind,
    /// Its folder, or the address of its endpoint.
    place: String,
    /// What it is called there.
    name: String,
    /// The length of its vectors.
    dimension: u32,
    /// Where it stops reading. Tokens.
    max_tokens: u32,
    /// The languages that it serves, by their ISO 639-1 codes.
    languages: Vec<String>,
    /// Its vector of a text that never changes: two models that agree there are one.
    probe: Vec<f32>,
    /// Since when it has its role.
    since: Timestamp,
}

/// All of them.
pub async fn list(db: Db<'_>) -> Result<Vec<EmbeddingModelRow>> {
    let sql = format!("SELECT {} FROM embedding_models ORDER BY since, space", EmbeddingModelRow::COLUMNS);
    row::all(&db.rows(&sql, []).await?)
}

/// Notes a model, in the place of what was known of its space.
pub async fn put(tx: &Tx, model: EmbeddingModelRow) -> Result<()> {
    remove(tx, &model.space).await?;
    row::insert(tx.db(), model).await
}

/// Gives every model with the role `from` the role `to`.
pub async fn change_role(tx: &Tx, from: EmbeddingRole, to: EmbeddingRole, now: Timestamp) -> Result<()> {
    let sql = "UPDATE embedding_models SET role = $2, since = $3 WHERE role = $1";
    tx.db().execute(sql, [from.store().into(), to.store().into(), now.as_millis().into()]).await.map(|_| ())
}

/// Forgets a model.
pub async fn remove(tx: &Tx, space: &str) -> Result<()> {
    tx.db().execute("DELETE FROM embedding_models WHERE space = $1", [space.into()]).await.map(|_| ())
}
