//! Keys of the public API.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    KeyId,
    key::{ApiKey, ApiKeyWithSecret, NewApiKey},
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
) -> Result<axum::Json<Page<ApiKey>>> {
    whole::list(app.hammock.list_keys(&scope).await?, &wanted, |row| row.id.to_string())
}

pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(new): Json<NewApiKey>,
) -> Result<(StatusCode, axum::Json<ApiKeyWithSecret>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_key(&scope, new).await?)))
}

pub async fn revoke(State(app): State<AppState>, SignedIn(scope): SignedIn, Id(key): Id<KeyId>) -> Result<StatusCode> {
    app.hammock.revoke_key(&scope, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
