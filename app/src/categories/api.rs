//! Server functions of categories.

use hammock_contract::{
    CategoryId, ConversationId,
    category::{Category, CategoryPatch, NewCategory},
    chat::ConversationSummary,
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The caller's categories, by name.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/api/fn", endpoint = "categories/list_categories", input = Json, output = Json)]
pub async fn list_categories() -> Result<Vec<Category>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_categories(&scope).await?)
}

/// Makes a category.
///
/// # Errors
/// `invalid_field`, `name_taken`.
#[server(prefix = "/api/fn", endpoint = "categories/create_category", input = Json, output = Json)]
pub async fn create_category(category: NewCategory) -> Result<Category, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_category(&scope, category).await?)
}

/// Gives a category another name or colour.
///
/// # Errors
/// `not_found`, `invalid_field`, `name_taken`.
#[server(prefix = "/api/fn", endpoint = "categories/update_category", input = Json, output = Json)]
pub async fn update_category(category: CategoryId, patch: CategoryPatch) -> Result<Category, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_category(&scope, &category, patch).await?)
}

/// Deletes a category. Its conversations stay; it can be taken back for a while.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "categories/delete_category", input = Json, output = Json)]
pub async fn delete_category(category: CategoryId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_category(&scope, &category).await?)
}

/// Takes a deletion back.
///
/// # Errors
/// `not_found`, `name_taken`.
#[server(prefix = "/api/fn", endpoint = "categories/restore_category", input = Json, output = Json)]
pub async fn restore_category(category: CategoryId) -> Result<Category, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.restore_category(&scope, &category).await?)
}

/// Gives a conversation a category; nothing takes it away.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "categories/give_category", input = Json, output = Json)]
pub async fn give_category(
    conversation: ConversationId,
    category: Option<CategoryId>,
) -> Result<ConversationSummary, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    let patch = hammock_contract::conversation::ConversationPatch { title: None, category: Some(category) };
    Ok(hammock.update_conversation(&scope, &conversation, patch).await?)
}
