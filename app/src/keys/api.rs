//! Server functions of API keys.

use hammock_contract::{
    KeyId,
    key::{ApiKey, ApiKeyWithSecret, NewApiKey},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The organisation's keys, without their secrets.
///
/// # Errors
/// `role_required` below administrator.
#[server(prefix = "/api/fn", endpoint = "keys/list_keys", input = Json, output = Json)]
pub async fn list_keys() -> Result<Vec<ApiKey>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_keys(&scope).await?)
}

/// Makes a key. Its secret is in this answer and nowhere else.
///
/// # Errors
/// `name_taken`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "keys/create_key", input = Json, output = Json)]
pub async fn create_key(key: NewApiKey) -> Result<ApiKeyWithSecret, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_key(&scope, key).await?)
}

/// Revokes a key: it stops working at once.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "keys/revoke_key", input = Json, output = Json)]
pub async fn revoke_key(key: KeyId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.revoke_key(&scope, &key).await?)
}
