//! Links that let others read a conversation.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    ConversationId, ShareLinkId,
    page::{Page, PartRequest},
    share::{ShareLink, ShareSettings},
};

use super::whole;
use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<ShareLink>>> {
    whole::list(app.hammock.list_shares(&scope, &conversation).await?, &wanted, |row| row.id.to_string())
}

pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
    Json(settings): Json<ShareSettings>,
) -> Result<(StatusCode, axum::Json<ShareLink>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_share(&scope, &conversation, settings).await?)))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((conversation, share)): Id<(ConversationId, ShareLinkId)>,
    Json(settings): Json<ShareSettings>,
) -> Result<axum::Json<ShareLink>> {
    Ok(axum::Json(app.hammock.update_share(&scope, &conversation, &share, settings).await?))
}

pub async fn revoke(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((conversation, share)): Id<(ConversationId, ShareLinkId)>,
) -> Result<StatusCode> {
    app.hammock.revoke_share(&scope, &conversation, &share).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn restore(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((conversation, share)): Id<(ConversationId, ShareLinkId)>,
) -> Result<axum::Json<ShareLink>> {
    Ok(axum::Json(app.hammock.restore_share(&scope, &conversation, &share).await?))
}
