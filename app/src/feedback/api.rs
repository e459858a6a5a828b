//! Server functions of feedback: one's own word about an answer, and what others said.

use hammock_contract::{
    FeedbackId, MessageId, Page,
    feedback::{FeedbackContext, FeedbackEntry, FeedbackPatch, FeedbackQuery, NewFeedback, OwnFeedback},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// What the caller said about an answer of theirs.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "feedback/read_own_feedback", input = Json, output = Json)]
pub async fn read_own_feedback(message: MessageId) -> Result<OwnFeedback, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.own_feedback(&scope, &message).await?)
}

/// Says what is wrong with an answer of the caller's.
///
/// # Errors
/// `invalid_field`, `not_found`.
#[server(prefix = "/api/fn", endpoint = "feedback/give_feedback", input = Json, output = Json)]
pub async fn give_feedback(message: MessageId, feedback: NewFeedback) -> Result<OwnFeedback, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.give_feedback(&scope, &message, feedback).await?)
}

/// What people say about the answers of the assistants that the caller may change, the newest first.
///
/// # Errors
/// When nobody is signed in.
#[server(prefix = "/api/fn", endpoint = "feedback/list_feedback", input = Json, output = Json)]
pub async fn list_feedback(query: FeedbackQuery) -> Result<Page<FeedbackEntry>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_feedback(&scope, query).await?)
}

/// One piece of feedback with the answer that it is about.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "feedback/read_feedback", input = Json, output = Json)]
pub async fn read_feedback(feedback: FeedbackId) -> Result<FeedbackContext, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.read_feedback(&scope, &feedback).await?)
}

/// Notes whether somebody has seen to feedback.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "feedback/update_feedback", input = Json, output = Json)]
pub async fn update_feedback(feedback: FeedbackId, patch: FeedbackPatch) -> Result<FeedbackEntry, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_feedback(&scope, &feedback, patch).await?)
}
