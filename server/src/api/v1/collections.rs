//! Collections of knowledge.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    CollectionId,
    collection::{AccessQuery, AccessReport, Collection, CollectionPatch, CollectionQuery, NewCollection},
    page::{Page, PartRequest},
    source::{NewSource, Source},
    system::IndexStatus,
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
    Query(wanted): Query<CollectionQuery>,
) -> Result<axum::Json<Page<Collection>>> {
    Ok(axum::Json(app.hammock.list_collections(&scope, wanted).await?))
}

pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(new): Json<NewCollection>,
) -> Result<(StatusCode, axum::Json<Collection>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_collection(&scope, new).await?)))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
) -> Result<axum::Json<Collection>> {
    Ok(axum::Json(app.hammock.find_collection(&scope, &collection).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Json(patch): Json<CollectionPatch>,
) -> Result<axum::Json<Collection>> {
    Ok(axum::Json(app.hammock.update_collection(&scope, &collection, patch).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
) -> Result<StatusCode> {
    app.hammock.delete_collection(&scope, &collection).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn list_hidden(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<Collection>>> {
    whole::list(app.hammock.list_hidden_collections(&scope).await?, &wanted, |row| row.id.to_string())
}

pub async fn explain_access(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Query(query): Query<AccessQuery>,
) -> Result<axum::Json<AccessReport>> {
    Ok(axum::Json(app.hammock.explain_access(&scope, &collection, query).await?))
}

pub async fn list_sources(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<Source>>> {
    whole::list(app.hammock.list_sources(&scope, &collection).await?, &wanted, |row| row.id.to_string())
}

pub async fn create_source(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Json(new): Json<NewSource>,
) -> Result<(StatusCode, axum::Json<Source>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_source(&scope, &collection, new).await?)))
}

pub async fn index_status(State(app): State<AppState>, SignedIn(scope): SignedIn) -> Result<axum::Json<IndexStatus>> {
    Ok(axum::Json(app.hammock.index_status(&scope).await?))
}
