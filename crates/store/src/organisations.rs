//! Tenants.

use hammock_contract::{OrganisationId, Timestamp};

use crate::{
    Db, Result, Scope, Tx,
    row::{self, Table, table},
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
