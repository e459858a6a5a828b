//! A person's own labels for conversations.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    CategoryId,
    category::{Category, CategoryPatch, NewCategory},
    page::{Page, PartRequest},
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
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<Category>>> {
    whole::list(app.hammock.list_categories(&scope).await?, &wanted, |row| row.id.to_string())
}

pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(new): Json<NewCategory>,
) -> Result<(StatusCode, axum::Json<Category>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_category(&scope, new).await?)))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(category): Id<CategoryId>,
    Json(patch): Json<CategoryPatch>,
) -> Result<axum::Json<Category>> {
    Ok(axum::Json(app.hammock.update_category(&scope, &category, patch).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(category): Id<CategoryId>,
) -> Result<StatusCode> {
    app.hammock.delete_category(&scope, &category).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn restore(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(category): Id<CategoryId>,
) -> Result<axum::Json<Category>> {
    Ok(axum::Json(app.hammock.restore_category(&scope, &category).await?))
}
