//! The organisation itself, and the embedding model that answers for it.

use axum::extract::State;
use hammock_contract::{
    organisation::{AllowedHosts, HostsCheck, Organisation, OrganisationPatch},
    system::EmbeddingStatus,
};

use crate::{extract::Json, failure::Result, middleware::identify::SignedIn, state::AppState};

pub async fn find(State(app): State<AppState>, SignedIn(scope): SignedIn) -> Result<axum::Json<Organisation>> {
    Ok(axum::Json(app.hammock.organisation(&scope).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(patch): Json<OrganisationPatch>,
) -> Result<axum::Json<Organisation>> {
    Ok(axum::Json(app.hammock.update_organisation(&scope, patch).await?))
}

pub async fn check_hosts(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(allowed): Json<AllowedHosts>,
) -> Result<axum::Json<HostsCheck>> {
    Ok(axum::Json(app.hammock.check_allowed_hosts(&scope, allowed).await?))
}

pub async fn embedding(State(app): State<AppState>, SignedIn(scope): SignedIn) -> Result<axum::Json<EmbeddingStatus>> {
    Ok(axum::Json(app.hammock.embedding_status(&scope).await?))
}
