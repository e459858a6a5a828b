//! Assistants.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    AssistantId,
    assistant::{Assistant, AssistantSettings, AssistantSummary},
    page::{Page, PageRequest},
};

use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(page): Query<PageRequest>,
) -> Result<axum::Json<Page<AssistantSummary>>> {
    Ok(axum::Json(app.hammock.list_assistants(&scope, page).await?))
}

pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(settings): Json<AssistantSettings>,
) -> Result<(StatusCode, axum::Json<Assistant>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_assistant(&scope, settings).await?)))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
) -> Result<axum::Json<Assistant>> {
    Ok(axum::Json(app.hammock.find_assistant(&scope, &assistant).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
    Json(settings): Json<AssistantSettings>,
) -> Result<axum::Json<Assistant>> {
    Ok(axum::Json(app.hammock.update_assistant(&scope, &assistant, settings).await?))
}

pub async fn remove_hidden_collections(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
) -> Result<StatusCode> {
    app.hammock.remove_hidden_collections(&scope, &assistant).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
) -> Result<StatusCode> {
    app.hammock.delete_assistant(&scope, &assistant).await?;
    Ok(StatusCode::NO_CONTENT)
}
