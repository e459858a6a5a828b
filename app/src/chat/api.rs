//! Server functions of the chat. Answers themselves stream over `/api/v1/chat`.

use hammock_contract::{
    AttachmentId, ConversationId, MessageId, Page,
    assistant::{AssistantSummary, Greeting},
    attachment::Attachment,
    chat::{Conversation, ConversationSummary},
    conversation::{ConversationQuery, MessagesQuery},
    page::PageRequest,
    reading::{Excerpt, ExcerptRequest},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The caller's conversations, newest first; narrowed by a search and by filters.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/api/fn", endpoint = "chat/list_conversations", input = Json, output = Json)]
pub async fn list_conversations(query: ConversationQuery) -> Result<Page<ConversationSummary>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_conversations(&scope, query).await?)
}

/// The first message of a conversation and its last two; `earlier` says how many stand between.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/find_ends", input = Json, output = Json)]
pub async fn find_ends(conversation: ConversationId) -> Result<Conversation, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.find_ends(&scope, &conversation).await?)
}

/// A conversation with those of its messages that are wanted.
///
/// # Errors
/// `not_found`, `invalid_field`.
#[server(prefix = "/api/fn", endpoint = "chat/read_conversation", input = Json, output = Json)]
pub async fn read_conversation(conversation: ConversationId, wanted: MessagesQuery) -> Result<Conversation, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.read_conversation(&scope, &conversation, &wanted).await?)
}

/// Gives a conversation another title.
///
/// # Errors
/// `not_found`, `invalid_field`.
#[server(prefix = "/api/fn", endpoint = "chat/rename_conversation", input = Json, output = Json)]
pub async fn rename_conversation(conversation: ConversationId, title: String) -> Result<ConversationSummary, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.rename_conversation(&scope, &conversation, title).await?)
}

/// Deletes a conversation; it can be taken back for a while.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/delete_conversation", input = Json, output = Json)]
pub async fn delete_conversation(conversation: ConversationId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_conversation(&scope, &conversation).await?)
}

/// Takes a deletion back.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/restore_conversation", input = Json, output = Json)]
pub async fn restore_conversation(conversation: ConversationId) -> Result<ConversationSummary, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.restore_conversation(&scope, &conversation).await?)
}

/// Shows the branch of a conversation on which a message stands.
///
/// # Errors
/// `not_found`, `answer_running`.
#[server(prefix = "/api/fn", endpoint = "chat/show_branch", input = Json, output = Json)]
pub async fn show_branch(conversation: ConversationId, message: MessageId) -> Result<Conversation, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.show_branch(&scope, &conversation, &message).await?)
}

/// Rates an answer; nothing takes the rating back.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/rate_message", input = Json, output = Json)]
pub async fn rate_message(message: MessageId, rating: Option<bool>) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.rate_message(&scope, &message, rating).await?)
}

/// The passage that a citation points at, in its document, in the revision that the citation was made from.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/cited_document", input = Json, output = Json)]
pub async fn cited_document(wanted: ExcerptRequest) -> Result<Excerpt, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.cited_excerpt(&scope, wanted).await?)
}

/// The assistants to choose from.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/api/fn", endpoint = "chat/list_choices", input = Json, output = Json)]
pub async fn list_choices(page: PageRequest) -> Result<Page<AssistantSummary>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_assistants(&scope, page).await?)
}

/// The assistant of an empty conversation, for its first words and what can be asked.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/chosen_assistant", input = Json, output = Json)]
pub async fn chosen_assistant(assistant: hammock_contract::AssistantId) -> Result<Greeting, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.greet(&scope, &assistant, crate::request::locale()).await?)
}

/// How a file or a picture stands that was uploaded for a question.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/find_attachment", input = Json, output = Json)]
pub async fn find_attachment(attachment: AttachmentId) -> Result<Attachment, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.find_attachment(&scope, &attachment).await?)
}

/// Removes a file or a picture.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "chat/remove_attachment", input = Json, output = Json)]
pub async fn remove_attachment(attachment: AttachmentId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.remove_attachment(&scope, &attachment).await?)
}
