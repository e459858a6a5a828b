//! A defect in one request is an error for one request.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use hammock_contract::ErrorCode;

use crate::failure::Failure;

/// The answer to a request whose handler panicked.
pub fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!(panic = text, "a request's handler panicked");
    Failure::new(ErrorCode::Internal, "something went wrong on our side; the request id finds it in the log")
        .into_response()
}
