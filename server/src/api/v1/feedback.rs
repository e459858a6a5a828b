//! What people say about answers: their own word, and what whoever looks after an assistant reads of it.

use axum::extract::State;
use hammock_contract::{
    FeedbackId, MessageId,
    feedback::{FeedbackContext, FeedbackEntry, FeedbackPatch, FeedbackQuery, NewFeedback, OwnFeedback},
    page::Page,
};

use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn find_own(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(message): Id<MessageId>,
) -> Result<axum::Json<OwnFeedback>> {
    Ok(axum::Json(app.hammock.own_feedback(&scope, &message).await?))
}

pub async fn give(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(message): Id<MessageId>,
    Json(new): Json<NewFeedback>,
) -> Result<axum::Json<OwnFeedback>> {
    Ok(axum::Json(app.hammock.give_feedback(&scope, &message, new).await?))
}

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(query): Query<FeedbackQuery>,
) -> Result<axum::Json<Page<FeedbackEntry>>> {
    Ok(axum::Json(app.hammock.list_feedback(&scope, query).await?))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(feedback): Id<FeedbackId>,
) -> Result<axum::Json<FeedbackContext>> {
    Ok(axum::Json(app.hammock.read_feedback(&scope, &feedback).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(feedback): Id<FeedbackId>,
    Json(patch): Json<FeedbackPatch>,
) -> Result<axum::Json<FeedbackEntry>> {
    Ok(axum::Json(app.hammock.update_feedback(&scope, &feedback, patch).await?))
}
