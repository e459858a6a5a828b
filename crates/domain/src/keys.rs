//! Keys of the public API.

use hammock_contract::{
    KeyId,
    key::{ApiKey, ApiKeyWithSecret, NewApiKey},
    user::Role,
};
use hammock_store::{Scope, api_keys, audit};

use crate::{
    Hammock, Result,
    accounts::{random_token, token_hash},
    error::{from_store, owners_only},
    validate,
};

impl Hammock {
    /// The keys of the organisation.
    ///
    /// # Errors
    /// `role_required` below administrator.
    pub async fn list_keys(&self, scope: &Scope) -> Result<Vec<ApiKey>> {
        scope.require(Role::Administrator).map_err(from_store)?;
        api_keys::list(scope, self.store().read()).await.map_err(from_store)
    }

    /// Makes a key. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// `role_required`, `owner_required`, `invalid_field`.
    pub async fn create_key(&self, scope: &Scope, new: NewApiKey) -> Result<ApiKeyWithSecret> {
        scope.require(Role::Administrator).map_err(from_store)?;
        if new.role > scope.role() {
            return Err(owners_only());
        }
        let created_by = scope.require_user().map_err(from_store)?.clone();
        self.create_key_for(scope, new, created_by).await
    }

    /// As [`Hammock::create_key`], for a named person: the command line has none of its own.
    ///
    /// # Errors
    /// `invalid_field`.
    pub async fn create_key_for(
        &self,
        scope: &Scope,
        new: NewApiKey,
        created_by: hammock_contract::UserId,
    ) -> Result<ApiKeyWithSecret> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let name = validate::line("name", &new.name, 1, 80)?;
        let secret = format!("hk_{}", random_token());
        let row = api_keys::NewKey {
            id: KeyId::new(),
            name,
            start: secret.chars().take(8).collect(),
            secret_hash: token_hash(&secret),
            role: new.role,
            created_by,
        };
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let key = api_keys::create(scope, &tx, row, now).await.map_err(from_store)?;
        let detail = serde_json::json!({ "name": key.name, "role": key.role });
        audit::record(scope, &tx, "api_key.create", key.id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(ApiKeyWithSecret { key, secret })
    }

    /// Revokes a key at once.
    ///
    /// # Errors
    /// `role_required`, `not_found`.
    pub async fn revoke_key(&self, scope: &Scope, id: &KeyId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        api_keys::delete(scope, &tx, id).await.map_err(from_store)?;
        audit::record(scope, &tx, "api_key.revoke", id.as_str(), serde_json::Value::Null, self.now())
            .await
            .map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }
}
