//! Extractors whose refusals speak the error envelope.

use std::{fmt, marker::PhantomData};

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE, request::Parts},
};
use hammock_contract::{ErrorCode, misread::Misread};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::failure::Failure;

/// A JSON body.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let media_type = media_type(request.headers());
        match axum::Json::<Object<T>>::from_request(request, state).await {
            Ok(axum::Json(Object(value))) => Ok(Self(value)),
            Err(rejection) => Err(refused_body(&rejection, media_type.as_deref())),
        }
    }
}

/// What is read from a JSON object alone: a list would fill the fields of a structure in their order, without their names.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

/// What the body says that it is.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.chars().take(100).collect())
}

fn refused_body(rejection: &JsonRejection, media_type: Option<&str>) -> Failure {
    let status = rejection.status();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Failure::new(ErrorCode::TooLarge, "the body is larger than allowed");
    }
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return unsupported_media_type("application/json", media_type);
    }
    let text = rejection.body_text();
    match rejection {
        JsonRejection::JsonDataError(_) => misread("the body", Misread::of(reason(&text))),
        // Where the text stops being JSON helps, so line and column stay.
        JsonRejection::JsonSyntaxError(_) => {
            let reason = reason(&text).replacen("EOF while parsing", "it ends within", 1);
            Failure::new(ErrorCode::InvalidRequest, format!("the body is not valid JSON: {reason}"))
        }
        _ => Failure::new(ErrorCode::InvalidRequest, format!("the body could not be read: {}", reason(&text))),
    }
}

/// The body is not of the type that the path takes.
pub fn unsupported_media_type(wanted: &str, media_type: Option<&str>) -> Failure {
    let said = media_type.map_or_else(|| "no Content-Type".to_owned(), |text| format!("Content-Type: {text}"));
    let message = format!("this path takes a body of the type {wanted}, and the request says {said}");
    Failure::new(ErrorCode::InvalidRequest, message).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)
}

/// Axum's text has two parts, "Failed to deserialize …: field: reason"; the second one helps.
fn reason(text: &str) -> &str {
    text.split_once(": ").map_or(text, |(_, reason)| reason)
}

fn misread(what: &str, misread: Misread) -> Failure {
    let mut failure = Failure::new(ErrorCode::InvalidRequest, format!("{what} could not be read: {misread}"));
    failure.error.field = misread.field;
    failure
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
                let problem = Misread::of(reason(&text));
                let given = problem.field.as_deref().and_then(|field| given(parts.uri.query(), field));
                let problem = match given {
                    Some(given) => problem.found(&given),
                    None => problem,
                };
                Err(misread("a parameter", problem))
            }
        }
    }
}

/// What stands in a query for a parameter.
fn given(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query?.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
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
