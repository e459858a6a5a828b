//! Server functions of assistants.

use hammock_contract::{
    AssistantId, Page,
    assistant::{Assistant, AssistantSettings, AssistantSummary},
    page::PageRequest,
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The assistants that the caller may use, a page at a time.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/api/fn", endpoint = "assistants/list_assistants", input = Json, output = Json)]
pub async fn list_assistants(page: PageRequest) -> Result<Page<AssistantSummary>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_assistants(&scope, page).await?)
}

/// An assistant with its settings.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "assistants/find_assistant", input = Json, output = Json)]
pub async fn find_assistant(assistant: AssistantId) -> Result<Assistant, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.find_assistant(&scope, &assistant).await?)
}

/// Makes an assistant: a private one by anybody, one for the organisation by administrators.
///
/// # Errors
/// `name_taken`, `invalid_field`, `role_required`, `not_found`.
#[server(prefix = "/api/fn", endpoint = "assistants/create_assistant", input = Json, output = Json)]
pub async fn create_assistant(settings: AssistantSettings) -> Result<Assistant, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_assistant(&scope, settings).await?)
}

/// Replaces the settings of an assistant.
///
/// # Errors
/// Those of `create_assistant`.
#[server(prefix = "/api/fn", endpoint = "assistants/update_assistant", input = Json, output = Json)]
pub async fn update_assistant(assistant: AssistantId, settings: AssistantSettings) -> Result<Assistant, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_assistant(&scope, &assistant, settings).await?)
}

/// Takes from an assistant the collections that it has and the caller does not see.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "assistants/remove_hidden_collections", input = Json, output = Json)]
pub async fn remove_hidden_collections(assistant: AssistantId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.remove_hidden_collections(&scope, &assistant).await?)
}

/// Deletes an assistant; conversations with it stay readable.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "assistants/delete_assistant", input = Json, output = Json)]
pub async fn delete_assistant(assistant: AssistantId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_assistant(&scope, &assistant).await?)
}
