//! Server functions of an assistant's interfaces, and of who chats through them.

use hammock_contract::{
    AssistantId, ConversationId, Page,
    interfaces::{InstallationCheck, InterfaceSettings, Interfaces, WidgetError},
    page::PageRequest,
    visitor::{HeldConversation, HeldQuery, VisitorConversation},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// Where an assistant can be reached from outside, and how.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "interfaces/read_interfaces", input = Json, output = Json)]
pub async fn read_interfaces(assistant: AssistantId) -> Result<Interfaces, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.interfaces(&scope, &assistant).await?)
}

/// Replaces the settings of an assistant's interfaces.
///
/// # Errors
/// `not_found`, `role_required`, `invalid_field`, `invalid_url`, `colours_too_close`.
#[server(prefix = "/api/fn", endpoint = "interfaces/update_interfaces", input = Json, output = Json)]
pub async fn update_interfaces(assistant: AssistantId, settings: InterfaceSettings) -> Result<Interfaces, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_interfaces(&scope, &assistant, settings).await?)
}

/// Looks whether the widget is on a page, and what stands in its way.
///
/// # Errors
/// `not_found`, `role_required`, `invalid_url`.
#[server(prefix = "/api/fn", endpoint = "interfaces/check_installation", input = Json, output = Json)]
pub async fn check_installation(assistant: AssistantId, url: String) -> Result<InstallationCheck, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.check_installation(&scope, &assistant, &url).await?)
}

/// What went wrong in the widgets of an assistant, the last first.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "interfaces/list_widget_errors", input = Json, output = Json)]
pub async fn list_widget_errors(assistant: AssistantId) -> Result<Vec<WidgetError>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.widget_errors(&scope, &assistant).await?)
}

/// The conversations that visitors held with an assistant, the newest first.
///
/// # Errors
/// `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "interfaces/list_visitor_conversations", input = Json, output = Json)]
pub async fn list_visitor_conversations(
    assistant: AssistantId,
    page: PageRequest,
) -> Result<Page<VisitorConversation>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_visitor_conversations(&scope, &assistant, page).await?)
}

/// One of them with those of its messages that are wanted, and who held it where.
///
/// # Errors
/// `not_found`, `role_required`, `invalid_field`.
#[server(prefix = "/api/fn", endpoint = "interfaces/read_visitor_conversation", input = Json, output = Json)]
pub async fn read_visitor_conversation(
    assistant: AssistantId,
    conversation: ConversationId,
    wanted: HeldQuery,
) -> Result<HeldConversation, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.read_visitor_conversation(&scope, &assistant, &conversation, &wanted).await?)
}
