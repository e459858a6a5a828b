//! A request gets its answer's head in time or a plain error. Bodies that stream are not cut: only the head counts.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hammock_contract::ErrorCode;

use crate::{failure::Failure, state::AppState};

/// Answers 503 when the head takes longer than the operator allows.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(app.config.server.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            tracing::warn!("a request took too long and was given up");
            Failure::new(ErrorCode::Unavailable, "this took too long; try again in a moment").into_response()
        }
    }
}
