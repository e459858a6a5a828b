//! Tenants.

use hammock_contract::{OrganisationId, Timestamp, organisation::TranscriptionSettings};

use crate::{
    Db, Result, Scope, StoreError, Tx,
    row::{self, Stored, Table, table, value},
    scope::builtin_organisation,
};

table! {
    /// A tenant.
    OrganisationRow = "organisations";
    key {
        /// The id.
        id: OrganisationId,
    }
    /// The name.
    name: String,
    /// When it was made.
    created_at: Timestamp,
}

/// Makes an organisation. No scope: it is what scopes are made of.
pub async fn create(tx: &Tx, row: OrganisationRow) -> Result<()> {
    row::insert(tx.db(), row).await
}

/// The scope's own organisation.
pub async fn find(scope: &Scope, db: Db<'_>) -> Result<OrganisationRow> {
    let sql = format!("SELECT {} FROM organisations WHERE id = $1", OrganisationRow::COLUMNS);
    row::one(db.row(&sql, [scope.organisation().as_str().into()]).await?)
}

/// Gives the scope's own organisation another name.
pub async fn rename(scope: &Scope, tx: &Tx, name: &str) -> Result<()> {
    let values = [scope.organisation().as_str().into(), name.into()];
    row::touched(tx.db().execute("UPDATE organisations SET name = $2 WHERE id = $1", values).await?)
}

/// Where the scope's own organisation has recorded speech written down.
pub async fn transcription(scope: &Scope, db: Db<'_>) -> Result<TranscriptionSettings> {
    let sql = "SELECT transcription_connection, transcription_model FROM organisations WHERE id = $1";
    let found = db.row(sql, [scope.organisation().as_str().into()]).await?.ok_or(StoreError::NotFound)?;
    Ok(TranscriptionSettings {
        connection: value(&found, "transcription_connection")?,
        model: value(&found, "transcription_model")?,
    })
}

/// Has the recorded speech of the scope's own organisation written down elsewhere.
///
/// # Errors
/// [`StoreError::NotFound`] when the connection is not the organisation's.
pub async fn set_transcription(scope: &Scope, tx: &Tx, settings: TranscriptionSettings) -> Result<()> {
    let TranscriptionSettings { connection, model } = settings;
    let values = [scope.organisation().as_str().into(), connection.store().into(), model.store().into()];
    let sql = "UPDATE organisations SET transcription_connection = $2, transcription_model = $3 WHERE id = $1 \
               AND ($2 IS NULL OR EXISTS (SELECT 1 FROM connections WHERE organisation_id = $1 AND id = $2))";
    row::touched(tx.db().execute(sql, values).await?)
}

/// Every organisation but the built-in one, oldest first. For the operator's commands; no scope.
pub async fn list_all(db: Db<'_>) -> Result<Vec<OrganisationRow>> {
    let sql = format!("SELECT {} FROM organisations WHERE id <> $1 ORDER BY id", OrganisationRow::COLUMNS);
    row::all(&db.rows(&sql, [builtin_organisation().as_str().into()]).await?)
}

/// Whether anybody has registered yet. No scope.
pub async fn any(db: Db<'_>) -> Result<bool> {
    let found =
        db.row("SELECT 1 AS one FROM organisations WHERE id <> $1 LIMIT 1", [builtin_organisation().as_str().into()]);
    Ok(found.await?.is_some())
}

/// Makes the built-in organisation unless it is there. No scope; at start.
pub async fn ensure_builtin(tx: &Tx, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO organisations (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    let values = [builtin_organisation().as_str().into(), "Hammock".into(), now.as_millis().into()];
    tx.db().execute(sql, values).await.map(|_| ())
}
