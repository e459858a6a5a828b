//! Accounts with model providers. The key lies encrypted (see [`crate::secrets`]); this module never sees it in the clear.

use hammock_contract::{
    ConnectionId, OrganisationId, Timestamp,
    connection::{Connection, ProviderKind},
};

use crate::{
    Db, Result, Scope, Tx,
    row::{self, Stored, Table, key_of, table},
};

table! {
    /// An account with a model provider.
    ConnectionRow = "connections";
    key {
        /// The id.
        id: ConnectionId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The name.
    name: String,
    /// The name without regard to case; unique in the organisation.
    name_key: String,
    /// The protocol.
    kind: ProviderKind,
    /// Where the API is.
    base_url: String,
    /// The key, encrypted.
    key_cipher: Option<String>,
    /// When it was made.
    created_at: Timestamp,
}

impl ConnectionRow {
    /// What people see of it.
    pub fn into_connection(self) -> Connection {
        let Self { id, name, kind, base_url, key_cipher, created_at, .. } = self;
        Connection { id, name, kind, base_url, has_key: key_cipher.is_some(), created_at }
    }
}

/// Makes a connection.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the name is taken.
#[expect(clippy::too_many_arguments, reason = "each is a plain field of the row; a struct would only repeat it")]
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: ConnectionId,
    name: &str,
    kind: ProviderKind,
    base_url: &str,
    key_cipher: Option<String>,
    now: Timestamp,
) -> Result<ConnectionRow> {
    let row = ConnectionRow {
        id,
        organisation_id: scope.organisation().clone(),
        name: name.to_owned(),
        name_key: key_of(name),
        kind,
        base_url: base_url.to_owned(),
        key_cipher,
        created_at: now,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

/// The organisation's connections by name.
pub async fn list(scope: &Scope, db: Db<'_>) -> Result<Vec<ConnectionRow>> {
    let sql =
        format!("SELECT {} FROM connections WHERE organisation_id = $1 ORDER BY name_key", ConnectionRow::COLUMNS);
    row::all(&db.rows(&sql, [scope.organisation().as_str().into()]).await?)
}

/// The stored keys of all organisations, encrypted, with whose they are. No scope: for the operator, who wants to know whether
/// they can be read.
pub async fn list_ciphers(db: Db<'_>) -> Result<Vec<(OrganisationId, String)>> {
    let sql = "SELECT organisation_id, key_cipher FROM connections WHERE key_cipher IS NOT NULL ORDER BY id";
    let rows = db.rows(sql, []).await?;
    rows.iter().map(|found| Ok((row::value(found, "organisation_id")?, row::value(found, "key_cipher")?))).collect()
}

/// One connection.
pub async fn find(scope: &Scope, db: Db<'_>, id: &ConnectionId) -> Result<ConnectionRow> {
    let sql = format!("SELECT {} FROM connections WHERE organisation_id = $1 AND id = $2", ConnectionRow::COLUMNS);
    row::one(db.row(&sql, [scope.organisation().as_str().into(), id.as_str().into()]).await?)
}

/// Writes back what [`find`] gave, changed; the name's key follows the name.
pub async fn update(scope: &Scope, tx: &Tx, row: &ConnectionRow) -> Result<()> {
    let sql = "UPDATE connections SET name = $3, name_key = $4, base_url = $5, key_cipher = $6 \
               WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        row.id.as_str().into(),
        row.name.clone().store().into(),
        key_of(&row.name).store().into(),
        row.base_url.clone().store().into(),
        row.key_cipher.clone().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Removes a connection; assistants that used it answer with the built-in answerer.
pub async fn delete(scope: &Scope, tx: &Tx, id: &ConnectionId) -> Result<()> {
    let values = [scope.organisation().as_str().into(), id.as_str().into()];
    row::touched(tx.db().execute("DELETE FROM connections WHERE organisation_id = $1 AND id = $2", values).await?)
}
