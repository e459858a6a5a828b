//! No request body is larger than the operator allows. Uploads have a limit of their own.

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hammock_contract::{ApiError, interfaces::MAX_UPLOAD};
use http::header::CONTENT_LENGTH;

use crate::{failure::Failure, state::AppState};

/// Refuses larger bodies: at once where the length is announced, else where the limit is passed.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let limit = app.config.limits.body_bytes;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return too_large(limit as u64).into_response();
    }
    let (parts, body) = request.into_parts();
    let body = Body::new(http_body_util::Limited::new(body, limit));
    next.run(Request::from_parts(parts, body)).await
}

/// What an upload of a visitor has at most: the largest file that any assistant takes from them, and the form around it. Bytes.
const OF_VISITORS: usize = MAX_UPLOAD as usize * 1_000_000 + 64 * 1024;

/// Cuts the uploads of visitors off there, whatever they announce: a form may hold more than the file that is counted.
pub async fn of_visitors(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = Body::new(http_body_util::Limited::new(body, OF_VISITORS));
    next.run(Request::from_parts(parts, body)).await
}

/// The answer to what is larger than `limit` bytes.
pub fn too_large(limit: u64) -> Failure {
    ApiError::too_large(limit).into()
}
