//! Server functions of provider connections.

use hammock_contract::{
    ConnectionId,
    connection::{Connection, ConnectionPatch, Model, NewConnection},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The organisation's connections, without their keys.
///
/// # Errors
/// `role_required` below administrator.
#[server(prefix = "/api/fn", endpoint = "connections/list_connections", input = Json, output = Json)]
pub async fn list_connections() -> Result<Vec<Connection>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_connections(&scope).await?)
}

/// Tests a connection and stores it when it works.
///
/// # Errors
/// `invalid_field`, `name_taken`, `invalid_url`, `forbidden_address`, and what the provider fails with: `provider_refused`,
/// `provider_rejected`, `provider_unreachable`, `provider_silent`, `provider_failed`, `answer_broken_off`.
#[server(prefix = "/api/fn", endpoint = "connections/create_connection", input = Json, output = Json)]
pub async fn create_connection(connection: NewConnection) -> Result<Connection, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_connection(&scope, connection).await?)
}

/// Changes a connection, when the changed one works.
///
/// # Errors
/// `not_found` and those of `create_connection`.
#[server(prefix = "/api/fn", endpoint = "connections/update_connection", input = Json, output = Json)]
pub async fn update_connection(connection: ConnectionId, patch: ConnectionPatch) -> Result<Connection, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_connection(&scope, &connection, patch).await?)
}

/// Deletes a connection. Assistants that used it fall back to the built-in answerer.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "connections/delete_connection", input = Json, output = Json)]
pub async fn delete_connection(connection: ConnectionId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_connection(&scope, &connection).await?)
}

/// The models that the provider offers, asked now: also the test whether the connection works.
///
/// # Errors
/// `not_found`, `forbidden_address`, `provider_limited`, and what the provider fails with, as in `create_connection`.
#[server(prefix = "/api/fn", endpoint = "connections/list_models", input = Json, output = Json)]
pub async fn list_models(connection: ConnectionId) -> Result<Vec<Model>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_models(&scope, &connection).await?)
}

/// The address of a local Ollama that answered, if one did.
///
/// # Errors
/// `sign_in_required`.
#[server(prefix = "/api/fn", endpoint = "connections/find_ollama", input = Json, output = Json)]
pub async fn find_ollama() -> Result<Option<String>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.index_status(&scope).await?.ollama_url)
}
