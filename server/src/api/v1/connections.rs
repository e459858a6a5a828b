//! Accounts with model providers.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    ConnectionId,
    connection::{Connection, ConnectionPatch, Model, NewConnection},
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
) -> Result<axum::Json<Page<Connection>>> {
    whole::list(app.hammock.list_connections(&scope).await?, &wanted, |row| row.id.to_string())
}

pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(new): Json<NewConnection>,
) -> Result<(StatusCode, axum::Json<Connection>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_connection(&scope, new).await?)))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(connection): Id<ConnectionId>,
    Json(patch): Json<ConnectionPatch>,
) -> Result<axum::Json<Connection>> {
    Ok(axum::Json(app.hammock.update_connection(&scope, &connection, patch).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(connection): Id<ConnectionId>,
) -> Result<StatusCode> {
    app.hammock.delete_connection(&scope, &connection).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn list_models(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(connection): Id<ConnectionId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<Model>>> {
    whole::list(app.hammock.list_models(&scope, &connection).await?, &wanted, |row| row.id.clone())
}
