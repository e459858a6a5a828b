//! Accounts with model providers.

use hammock_contract::{
    ApiError, ConnectionId, ErrorCode, OrganisationId, check,
    connection::{Connection, ConnectionPatch, Model, NewConnection, ProviderKind},
    user::Role,
};
use hammock_llm::ModelError;
use hammock_store::{Scope, audit, connections, secrets::SecretError};

use crate::{
    Hammock, Result,
    chat::ProviderAccount,
    error::{from_model, from_store, taken},
    validate,
};

impl Hammock {
    /// The connections of the organisation.
    ///
    /// # Errors
    /// `role_required`.
    pub async fn list_connections(&self, scope: &Scope) -> Result<Vec<Connection>> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let rows = connections::list(scope, self.store().read()).await.map_err(from_store)?;
        Ok(rows.into_iter().map(connections::ConnectionRow::into_connection).collect())
    }

    /// Adds an account, after asking the provider once with it.
    ///
    /// # Errors
    /// `role_required`, `invalid_field`, `invalid_url`, `name_taken`, `forbidden_address`, `host_not_listed`, and the
    /// provider's errors.
    pub async fn create_connection(&self, scope: &Scope, new: NewConnection) -> Result<Connection> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let NewConnection { name, kind, base_url, key } = new;
        let name = validate::line("name", &name, 1, 80)?;
        let base_url = checked_base_url(kind, &base_url, self.ollama())?;
        let asked_for = self.asked_for(scope);
        let account = ProviderAccount { kind, base_url: base_url.clone(), key: typed_key(key.as_deref()), asked_for };
        self.check_account(account).await?;
        let id = ConnectionId::new();
        let key_cipher = self.seal_key(scope, key.as_deref())?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let row = connections::create(scope, &tx, id.clone(), &name, kind, &base_url, key_cipher, now)
            .await
            .map_err(taken(&name))?;
        let detail = serde_json::json!({ "name": name, "kind": kind, "base_url": base_url });
        audit::record(scope, &tx, "connection.create", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(row.into_connection())
    }

    /// Changes an account. A new address without a new key forgets the key: it was given for the old address, so a provider
    /// that needs one needs it anew. With another address or key the provider is asked once, before anything is stored.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `invalid_field`, `invalid_url`, `name_taken`, `forbidden_address`, `host_not_listed`, and
    /// the provider's errors.
    pub async fn update_connection(
        &self,
        scope: &Scope,
        id: &ConnectionId,
        patch: ConnectionPatch,
    ) -> Result<Connection> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let ConnectionPatch { name, base_url, key } = patch;
        self.check_change(scope, id, base_url.as_deref(), key.as_deref()).await?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let mut row = connections::find(scope, tx.db(), id).await.map_err(from_store)?;
        if let Some(name) = name {
            row.name = validate::line("name", &name, 1, 80)?;
            row.name_key = validate::key(&row.name);
        }
        if let Some(base_url) = base_url {
            let base_url = checked_base_url(row.kind, &base_url, self.ollama())?;
            if base_url != row.base_url {
                row.key_cipher = None;
            }
            row.base_url = base_url;
        }
        if let Some(key) = &key {
            row.key_cipher = self.seal_key(scope, Some(key))?;
        }
        connections::update(scope, &tx, &row).await.map_err(taken(&row.name))?;
        let detail = serde_json::json!({ "name": row.name, "base_url": row.base_url, "new_key": key.is_some() });
        audit::record(scope, &tx, "connection.update", id.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(row.into_connection())
    }

    /// Deletes an account; assistants that used it quote passages from then on.
    ///
    /// # Errors
    /// `role_required`, `not_found`.
    pub async fn delete_connection(&self, scope: &Scope, id: &ConnectionId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let tx = self.store().begin().await.map_err(from_store)?;
        let row = connections::find(scope, tx.db(), id).await.map_err(from_store)?;
        connections::delete(scope, &tx, id).await.map_err(from_store)?;
        let detail = serde_json::json!({ "name": row.name });
        audit::record(scope, &tx, "connection.delete", id.as_str(), detail, self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// The models that a provider offers; also the test of a connection.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `forbidden_address`, `host_not_listed`, `provider_failed`, `provider_rejected`,
    /// `provider_refused`, `provider_unreachable`, `provider_silent`, `provider_limited`, `answer_broken_off`.
    pub async fn list_models(&self, scope: &Scope, id: &ConnectionId) -> Result<Vec<Model>> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = connections::find(scope, self.store().read(), id).await.map_err(from_store)?;
        let account = self.account_of(scope, &row)?;
        self.0.models.list_models(account).await.map_err(|error| from_model(&error))
    }

    async fn check_change(
        &self,
        scope: &Scope,
        id: &ConnectionId,
        base_url: Option<&str>,
        key: Option<&str>,
    ) -> Result<()> {
        let row = connections::find(scope, self.store().read(), id).await.map_err(from_store)?;
        if base_url.is_none() && key.is_none() {
            return Ok(());
        }
        // Where a new key is given, the old one need not be readable any more.
        let mut account = match key {
            Some(_) => {
                let asked_for = self.asked_for(scope);
                ProviderAccount { kind: row.kind, base_url: row.base_url.clone(), key: None, asked_for }
            }
            None => self.account_of(scope, &row)?,
        };
        let before = (account.base_url.clone(), account.key.clone());
        if let Some(given) = base_url {
            account.base_url = checked_base_url(row.kind, given, self.ollama())?;
            if account.base_url != row.base_url {
                account.key = None;
            }
        }
        if key.is_some() {
            account.key = typed_key(key);
        }
        if key.is_none() && (&account.base_url, &account.key) == (&before.0, &before.1) {
            return Ok(());
        }
        self.check_account(account).await
    }

    /// Asks the provider once, so that an account that does not work is not stored. One that wants fewer requests works.
    async fn check_account(&self, account: ProviderAccount) -> Result<()> {
        if account.key.is_none() && check::needs_key(account.kind) {
            return Err(check::key_missing());
        }
        match self.0.models.list_models(account).await {
            Ok(_) | Err(ModelError::Limited { .. }) => Ok(()),
            Err(error @ (ModelError::Forbidden(_) | ModelError::NotListed { .. })) => {
                Err(from_model(&error).on("base_url"))
            }
            Err(error) => Err(from_model(&error)),
        }
    }

    /// What is needed to reach the provider of a connection.
    pub(crate) fn account_of(&self, scope: &Scope, row: &connections::ConnectionRow) -> Result<ProviderAccount> {
        let key = match &row.key_cipher {
            Some(cipher) => {
                let key = self.0.keyring.decrypt(scope.organisation(), "connections.key", cipher);
                Some(key.map_err(|error| unreadable(&error))?)
            }
            None => None,
        };
        Ok(ProviderAccount { kind: row.kind, base_url: row.base_url.clone(), key, asked_for: self.asked_for(scope) })
    }

    /// How many stored keys cannot be read: the file of the keys that encrypted them is not there any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_unreadable_secrets(&self) -> Result<usize> {
        let all = connections::list_ciphers(self.store().read()).await.map_err(from_store)?;
        let keyring = &self.0.keyring;
        let is_unreadable = |(organisation, cipher): &(OrganisationId, String)| {
            keyring.decrypt(organisation, "connections.key", cipher).is_err()
        };
        let unreadable = all.iter().filter(|one| is_unreadable(one)).count();
        Ok(unreadable + self.count_unreadable_sign_in_secrets().await?)
    }

    fn seal_key(&self, scope: &Scope, key: Option<&str>) -> Result<Option<String>> {
        let Some(key) = key.map(str::trim).filter(|key| !key.is_empty()) else { return Ok(None) };
        let key = validate::line("key", key, 1, 4096)?;
        self.0.keyring.encrypt(scope.organisation(), "connections.key", &key).map(Some).map_err(crate::internal)
    }

    fn ollama(&self) -> Option<&str> {
        self.settings().ollama_url.as_deref()
    }
}

fn unreadable(error: &SecretError) -> ApiError {
    tracing::error!(%error, "a stored key cannot be read");
    ApiError::new(ErrorCode::SecretUnreadable, "the stored key can no longer be read; type it again").on("key")
}

/// The key without the blanks around it; an empty one is none.
fn typed_key(key: Option<&str>) -> Option<String> {
    key.map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned)
}

/// The provider's own address where none is given.
fn checked_base_url(kind: ProviderKind, given: &str, ollama: Option<&str>) -> Result<String> {
    let given = given.trim().trim_end_matches('/');
    let text = match (kind, given) {
        (ProviderKind::OpenAi, "") => "https://api.openai.com/v1",
        // The operator's own, where there is one: it may be asked although it is inside.
        (ProviderKind::Ollama, "") => ollama.unwrap_or("http://127.0.0.1:11434/v1"),
        (ProviderKind::Azure | ProviderKind::Compatible, "") => {
            return Err(validate::invalid("base_url", "this kind of provider needs the address of its API"));
        }
        (_, given) => given,
    };
    let bad = || {
        hammock_contract::ApiError::new(hammock_contract::ErrorCode::InvalidUrl, "this is not the address of an API")
            .on("base_url")
    };
    let url = url::Url::parse(text).map_err(|_| bad())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() || !url.username().is_empty() {
        return Err(bad());
    }
    Ok(text.to_owned())
}
