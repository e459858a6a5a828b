//! Keys of the public API. Only a hash of the secret is stored; the secret has enough randomness that a plain hash serves.

use hammock_contract::{KeyId, OrganisationId, Timestamp, UserId, key::ApiKey, user::Role, user::UserStatus};

use crate::{
    Actor, Db, Result, Scope, Tx,
    row::{self, Stored, Table, table, value},
};

table! {
    /// A key.
    ApiKeyRow = "api_keys";
    key {
        /// The id.
        id: KeyId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// What it is for.
    name: String,
    /// How the secret begins.
    start: String,
    /// The hash of the secret.
    secret_hash: String,
    /// What it may do.
    role: Role,
    /// Who made it; a key ends with its maker's account.
    created_by: UserId,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last used.
    last_used_at: Option<Timestamp>,
}

impl ApiKeyRow {
    /// What people see of it.
    pub fn into_key(self) -> ApiKey {
        let Self { id, name, start, role, created_at, last_used_at, .. } = self;
        ApiKey { id, name, start, role, created_at, last_used_at }
    }
}

/// A key to make.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The id.
    pub id: KeyId,
    /// What it is for.
    pub name: String,
    /// How the secret begins.
    pub start: String,
    /// The hash of the secret.
    pub secret_hash: String,
    /// What it may do.
    pub role: Role,
    /// Whose it is.
    pub created_by: UserId,
}

/// Makes a key in the scope's organisation.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when its maker is not of the organisation.
pub async fn create(scope: &Scope, tx: &Tx, new: NewKey, now: Timestamp) -> Result<ApiKey> {
    let NewKey { id, name, start, secret_hash, role, created_by } = new;
    crate::members::find(scope, tx.db(), &created_by).await?;
    let row = ApiKeyRow {
        id,
        organisation_id: scope.organisation().clone(),
        name,
        start,
        secret_hash,
        role,
        created_by,
        created_at: now,
        last_used_at: None,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row.into_key())
}

/// The organisation's keys, newest first.
pub async fn list(scope: &Scope, db: Db<'_>) -> Result<Vec<ApiKey>> {
    let sql = format!("SELECT {} FROM api_keys WHERE organisation_id = $1 ORDER BY id DESC", ApiKeyRow::COLUMNS);
    let rows = row::all::<ApiKeyRow>(&db.rows(&sql, [scope.organisation().as_str().into()]).await?)?;
    Ok(rows.into_iter().map(ApiKeyRow::into_key).collect())
}

/// The organisation that a key belongs to, if there is such a key. For the operator's commands; no scope.
pub async fn find_organisation(db: Db<'_>, id: &KeyId) -> Result<Option<OrganisationId>> {
    let found = db.row("SELECT organisation_id FROM api_keys WHERE id = $1", [id.as_str().into()]).await?;
    found.map(|found| value(&found, "organisation_id")).transpose()
}

/// Ends a key.
pub async fn delete(scope: &Scope, tx: &Tx, id: &KeyId) -> Result<()> {
    let values = [scope.organisation().as_str().into(), id.as_str().into()];
    row::touched(tx.db().execute("DELETE FROM api_keys WHERE organisation_id = $1 AND id = $2", values).await?)
}

/// The scope of whoever holds the secret with this hash; `None` when there is no such key, or its maker left.
///
/// No scope goes in: this is where one comes from. A key never may more than its maker may now.
pub async fn scope_for_secret(db: Db<'_>, secret_hash: &str) -> Result<Option<Scope>> {
    let sql = "SELECT api_keys.id, api_keys.organisation_id, api_keys.role, api_keys.created_by, \
               memberships.role AS maker_role FROM api_keys \
               JOIN memberships ON memberships.user_id = api_keys.created_by \
               AND memberships.organisation_id = api_keys.organisation_id \
               WHERE api_keys.secret_hash = $1 AND memberships.status = $2";
    let Some(found) = db.row(sql, [secret_hash.into(), UserStatus::Active.store().into()]).await? else {
        return Ok(None);
    };
    let role: Role = value(&found, "role")?;
    let maker_role: Role = value(&found, "maker_role")?;
    let actor = Actor::ApiKey { key: value(&found, "id")?, made_by: value(&found, "created_by")? };
    Ok(Some(Scope::new(value(&found, "organisation_id")?, actor, role.min(maker_role))))
}

/// Notes that the scope's key was used; writes at most once a minute. Nothing happens when the scope is not a key's.
pub async fn touch(scope: &Scope, tx: &Tx, now: Timestamp) -> Result<()> {
    let Actor::ApiKey { key, .. } = scope.actor() else { return Ok(()) };
    let sql = "UPDATE api_keys SET last_used_at = $3 WHERE organisation_id = $1 AND id = $2 \
               AND (last_used_at IS NULL OR last_used_at < $4)";
    let values = [
        scope.organisation().as_str().into(),
        key.as_str().into(),
        now.as_millis().into(),
        now.plus_millis(-60_000).as_millis().into(),
    ];
    tx.db().execute(sql, values).await.map(|_| ())
}
