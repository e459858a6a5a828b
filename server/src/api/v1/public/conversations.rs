//! A visitor's own conversations, and what they think of the answers.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    ConversationId, MessageId,
    chat::ConversationSummary,
    conversation::MessagesQuery,
    feedback::{NewFeedback, OwnFeedback},
    page::{Page, PartRequest},
    visitor::OwnConversation,
};

use crate::{
    api::v1::{conversations::Rating, whole},
    extract::{Id, Json, Query},
    failure::Result,
    middleware::{identify::AskedFrom, visitor::AsVisitor},
    state::AppState,
};

pub async fn list(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<ConversationSummary>>> {
    whole::list(app.hammock.list_own_of_visitor(&scope).await?, &wanted, |row| row.id.to_string())
}

pub async fn find(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    Id(conversation): Id<ConversationId>,
    Query(wanted): Query<MessagesQuery>,
) -> Result<axum::Json<OwnConversation>> {
    Ok(axum::Json(app.hammock.find_own_of_visitor(&scope, &conversation, wanted).await?))
}

pub async fn rate(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    AskedFrom(origin): AskedFrom,
    Id(message): Id<MessageId>,
    Json(new): Json<Rating>,
) -> Result<StatusCode> {
    app.hammock.rate_as_visitor(&scope, &message, new.rating, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn give_feedback(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    AskedFrom(origin): AskedFrom,
    Id(message): Id<MessageId>,
    Json(new): Json<NewFeedback>,
) -> Result<axum::Json<OwnFeedback>> {
    Ok(axum::Json(app.hammock.give_visitor_feedback(&scope, &message, new, &origin).await?))
}
