//! The interface's server functions, as endpoints for everybody: JSON in, JSON out, a session or an API key, the right
//! status. One table says who may call which; a function that is not in it is not served, and a test fails.

mod description;
mod table;

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use hammock_contract::{ApiError, ErrorCode};
use http::{HeaderValue, StatusCode, header};

use crate::{endpoint::Access, failure::Failure, router::allowed};

pub use description::Description;
pub use table::FUNCTIONS;

/// A server function.
#[derive(Debug, Clone, Copy)]
pub struct ServerFunction {
    /// Its path under `/api/fn/`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it does, in one line.
    pub summary: &'static str,
    /// What it takes and gives.
    pub describe: fn() -> Description,
}

/// What every server function's path begins with.
pub const PREFIX: &str = "/api/fn/";

/// The paths of the functions that are compiled in.
pub fn registered() -> Vec<String> {
    let mut paths: Vec<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    paths.sort();
    paths
}

/// Calls the server function that the path names.
pub async fn call(request: Request) -> Response {
    let path = request.uri().path();
    let Some(function) = path.strip_prefix(PREFIX).and_then(|name| FUNCTIONS.iter().find(|one| one.path == name))
    else {
        return Failure::from(ApiError::not_found()).into_response();
    };
    if request.method() != http::Method::POST {
        return Failure::new(ErrorCode::InvalidRequest, "server functions are called with POST")
            .with_status(StatusCode::METHOD_NOT_ALLOWED)
            .into_response();
    }
    if let Err(failure) = allowed(function.access, &request) {
        return failure.into_response();
    }
    let mut request = request;
    // Without this, a plain HTML form would be answered with a redirect to wherever it came from.
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    leptos_axum::handle_server_fns_with_context(|| (), request).await.into_response()
}
