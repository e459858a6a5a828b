//! Conversations and the ratings of their messages.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    ConversationId, MessageId,
    chat::{Conversation, ConversationSummary},
    conversation::{ConversationPatch, ConversationQuery},
    page::Page,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

/// A thumb for an answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// `true` is up, `false` is down, `null` takes it back.
    pub rating: Option<bool>,
}

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(query): Query<ConversationQuery>,
) -> Result<axum::Json<Page<ConversationSummary>>> {
    Ok(axum::Json(app.hammock.list_conversations(&scope, query).await?))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<axum::Json<Conversation>> {
    Ok(axum::Json(app.hammock.find_conversation(&scope, &conversation).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
    Json(patch): Json<ConversationPatch>,
) -> Result<axum::Json<ConversationSummary>> {
    Ok(axum::Json(app.hammock.update_conversation(&scope, &conversation, patch).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<StatusCode> {
    app.hammock.delete_conversation(&scope, &conversation).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn restore(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<axum::Json<ConversationSummary>> {
    Ok(axum::Json(app.hammock.restore_conversation(&scope, &conversation).await?))
}

pub async fn rate(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(message): Id<MessageId>,
    Json(new): Json<Rating>,
) -> Result<StatusCode> {
    app.hammock.rate_message(&scope, &message, new.rating).await?;
    Ok(StatusCode::NO_CONTENT)
}
