//! Sources of a collection.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{SourceId, source::Source};

use crate::{extract::Id, failure::Result, middleware::identify::SignedIn, state::AppState};

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.find_source(&scope, &source).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<StatusCode> {
    app.hammock.delete_source(&scope, &source).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn refresh(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.refresh_source(&scope, &source).await?))
}

pub async fn stop(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.stop_source(&scope, &source).await?))
}
