//! Search.

use axum::extract::State;
use hammock_contract::search::{SearchRequest, SearchResponse};

use crate::{extract::Json, failure::Result, middleware::identify::SignedIn, state::AppState};

pub async fn search(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Json(request): Json<SearchRequest>,
) -> Result<axum::Json<SearchResponse>> {
    Ok(axum::Json(app.hammock.search(&scope, request).await?))
}
