//! A request gets its answer's head in time or an error: a plain one for programs, a page for whoever sent a form. Bodies that
//! stream are not cut: only the head counts.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use hammock_contract::{ApiError, ErrorCode};

use crate::{failure::Failure, state::AppState};

/// The page that says of a request, which is there without its body, what went wrong with it.
pub type ErrorPage = fn(AppState, Request, ApiError) -> BoxFuture<'static, Response>;

/// How long that page may take: what has kept the answer may keep the page, too.
const PAGE: Duration = Duration::from_secs(10);

/// Answers 503 when the head takes longer than the operator allows.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let limit = app.config.server.request_timeout;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::from(given_up(limit)).into_response(),
    }
}

/// The same for what people send with a browser: they get a page that says so.
pub async fn with_page(State((app, page)): State<(AppState, ErrorPage)>, request: Request, next: Next) -> Response {
    let limit = app.config.server.request_timeout;
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    match tokio::time::timeout(limit, next.run(Request::from_parts(parts, body))).await {
        Ok(response) => response,
        Err(_) => {
            let error = given_up(limit);
            let page = page(app, Request::from_parts(asked, Body::empty()), error.clone());
            let shown = tokio::time::timeout(PAGE, page).await;
            shown.unwrap_or_else(|_| Failure::from(error).into_response())
        }
    }
}

fn given_up(limit: Duration) -> ApiError {
    tracing::warn!("a request took too long and was given up");
    ApiError::new(ErrorCode::Unavailable, "this took too long; try again in a moment").with("seconds", limit.as_secs())
}
