//! Extractors whose refusals speak the error envelope.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
};
use hammock_contract::ErrorCode;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// A JSON body.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(refused_body(&rejection)),
        }
    }
}

fn refused_body(rejection: &JsonRejection) -> Failure {
    let status = rejection.status();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::new(ErrorCode::TooLarge, "the body is larger than allowed");
    }
    // Axum's text has two parts, "Failed to deserialize …: field: reason"; the second one helps.
    let text = rejection.body_text();
    let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason);
    let failure = Failure::new(ErrorCode::InvalidRequest, format!("the body could not be read: {reason}"));
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE { failure.with_status(status) } else { failure }
}

/// The query of the address.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason);
                Err(Failure::new(ErrorCode::InvalidRequest, format!("a parameter could not be read: {reason}")))
            }
        }
    }
}

/// The id in the path. What does not have the form of an id names nothing: 404, like any other id that is not there.
#[derive(Debug, Clone)]
pub struct Id<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(hammock_contract::ApiError::not_found().into()),
        }
    }
}
