//! From an [`ApiError`] to an HTTP answer: the one place where a status and the error envelope are made.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use hammock_contract::{
    ApiError, ErrorCode,
    error::{ErrorBody, ErrorKind},
};

/// What handlers fail with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The error.
    pub error: ApiError,
    status: StatusCode,
}

/// What handlers return.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// An error with its kind's status.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        ApiError::new(code, message).into()
    }

    /// The same failure with a status that the contract's kinds do not know, such as 405.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Nobody is signed in.
    pub fn sign_in_required() -> Self {
        Self::new(ErrorCode::SignInRequired, "sign in, or send an API key as X-Api-Key or Authorization: Bearer")
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let status = StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { error, status }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let retry_after = retry_after(&self.error);
        let mut response = (self.status, Json(ErrorBody { error: self.error })).into_response();
        if let Some(value) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    }
}

/// After how many seconds who asked too often may ask again.
pub fn retry_after(error: &ApiError) -> Option<HeaderValue> {
    let seconds = error.params.get("retry_after").filter(|_| error.kind == ErrorKind::RateLimited)?;
    HeaderValue::from_str(seconds).ok()
}

/// For API paths that do not exist.
pub async fn unknown_path() -> Failure {
    Failure::new(ErrorCode::NotFound, "there is no such path; /api/docs describes those that there are")
}

/// For methods that an API path does not have.
pub async fn unknown_method() -> Failure {
    Failure::new(ErrorCode::InvalidRequest, "this path does not have that method; see /api/docs")
        .with_status(StatusCode::METHOD_NOT_ALLOWED)
}
