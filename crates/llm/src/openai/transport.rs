//! Between the library and the wire: refusals become [`ModelError`]s before the library reads or logs them, nothing is tried
//! again behind the caller's back, and no answer grows without end.

use std::io;
use std::time::{Duration, SystemTime};

use async_openai::error::{OpenAIError, StreamError};
use async_openai::middleware::HttpRequestFactory;
use bytes::Bytes;
use futures::{StreamExt, future};
use hammock_net::retry::retry_after;
use http::{StatusCode, header};
use serde_json::Value;

use super::account::Account;
use super::lines::Lines;
use super::watch::Watch;
use crate::ModelError;

/// The largest answer that is read. Bytes.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;
/// How much of a refusal is read. Bytes.
const LARGEST_REFUSAL: usize = 64 * 1024;
/// How long a refusal's text is waited for.
const REFUSAL_LIMIT: Duration = Duration::from_secs(5);
/// After how long to ask again where the provider does not say.
const USUAL_WAIT: Duration = Duration::from_secs(1);

/// What executes the library's requests.
pub(super) fn service(
    http: reqwest::Client,
    account: Account,
    watch: Option<Watch>,
) -> impl tower::Service<HttpRequestFactory, Response = reqwest::Response, Error = OpenAIError, Future: Send + 'static>
+ Clone
+ Send
+ Sync
+ 'static {
    tower::service_fn(move |factory: HttpRequestFactory| {
        let (http, account, watch) = (http.clone(), account.clone(), watch.clone());
        async move {
            let request = factory.build().await?;
            executed(request, &http, &account, watch).await.map_err(boxed)
        }
    })
}

/// The whole answer to a request that the library does not know.
pub(super) async fn answer_to(
    request: reqwest::Request,
    http: &reqwest::Client,
    account: &Account,
) -> Result<Bytes, ModelError> {
    executed(request, http, account, None).await?.bytes().await.map_err(|error| network(&error))
}

async fn executed(
    request: reqwest::Request,
    http: &reqwest::Client,
    account: &Account,
    watch: Option<Watch>,
) -> Result<reqwest::Response, ModelError> {
    let response = http.execute(request).await.map_err(|error| network(&error))?;
    if !response.status().is_success() {
        return Err(refusal(response, account).await);
    }
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    if is_page {
        return Err(ModelError::Malformed("it is a web page; is the address right?".to_owned()));
    }
    Ok(limited(response, watch))
}

/// What a failure of the library means.
pub(super) fn model_error(error: OpenAIError, account: &Account) -> ModelError {
    match error {
        OpenAIError::Boxed(inner) => match inner.downcast::<ModelError>() {
            Ok(error) => *error,
            Err(other) => ModelError::Unreachable(account.harmless(&other.to_string())),
        },
        OpenAIError::Reqwest(error) => network(&error),
        OpenAIError::StreamError(error) => match *error {
            // Whatever breaks while the answer is read comes as text only.
            StreamError::EventStream(text) if text.contains("UTF8") || text.contains("Parse") => {
                ModelError::Malformed("it is no stream of events".to_owned())
            }
            StreamError::EventStream(_) => ModelError::Broken("it closed in the middle of the answer".to_owned()),
            StreamError::UnknownEvent(_) => {
                ModelError::Malformed("an event that the protocol does not know".to_owned())
            }
        },
        OpenAIError::JSONDeserialize(error, _) => {
            tracing::debug!(error = %account.harmless(&error.to_string()), "a provider's answer could not be read");
            ModelError::Malformed(
                if error.is_data() {
                    "a field is missing in it, or holds something else than expected"
                } else {
                    "a part of it is not JSON"
                }
                .to_owned(),
            )
        }
        OpenAIError::ApiError(error) => {
            refused(error.status_code, &serde_json::to_value(&error.api_error).unwrap_or_default(), account)
        }
        other => ModelError::Rejected(account.harmless(&other.to_string())),
    }
}

/// Nothing came for so long.
pub(super) fn silent(limit: Duration) -> ModelError {
    ModelError::Silent(format!("no answer for {} seconds", limit.as_secs()))
}

fn boxed(error: ModelError) -> OpenAIError {
    OpenAIError::Boxed(Box::new(error))
}

/// Never the library's own text: it holds the whole address, which may hold a key.
fn network(error: &reqwest::Error) -> ModelError {
    // First: a connection that takes too long to be made has run out of time too.
    if error.is_connect() {
        ModelError::Unreachable("no connection could be made".to_owned())
    } else if error.is_timeout() {
        ModelError::Silent("it did not begin to answer".to_owned())
    } else if error.is_body() || error.is_decode() {
        ModelError::Broken("it closed in the middle of the answer".to_owned())
    } else if error.is_request() {
        ModelError::Broken("it closed before the answer began".to_owned())
    } else {
        ModelError::Unreachable("the request failed".to_owned())
    }
}

async fn refusal(response: reqwest::Response, account: &Account) -> ModelError {
    let status = response.status();
    let wait = retry_after(response.headers(), SystemTime::now());
    let mut body = Vec::new();
    let read = async {
        let mut pieces = response.bytes_stream();
        while let Some(Ok(piece)) = pieces.next().await {
            body.extend_from_slice(&piece);
            if body.len() >= LARGEST_REFUSAL {
                break;
            }
        }
    };
    // Without its text, the status still says what matters.
    let _ = tokio::time::timeout(REFUSAL_LIMIT, read).await;
    let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
    match (refused(status, answer.get("error").unwrap_or(&answer), account), wait) {
        // Who says when to ask again is asked again then, whatever else stands in the text.
        (ModelError::Limited { reason, .. }, Some(wait)) if status == StatusCode::TOO_MANY_REQUESTS => {
            ModelError::Limited { reason, again_in: Some(wait) }
        }
        (error, _) => error,
    }
}

/// What a refusal says for itself: a text, or the `message` or `detail` of an object.
pub(super) fn said(error: &Value) -> Option<&str> {
    error.as_str().or_else(|| ["message", "detail"].iter().find_map(|name| error.get(name)?.as_str()))
}

/// What a refusal means. `error` is the text or the object that the provider gives as its reason.
pub(super) fn refused(status: StatusCode, error: &Value, account: &Account) -> ModelError {
    let message = account.harmless(said(error).unwrap_or_default());
    let text = if message.is_empty() { format!("it answered {}", status.as_u16()) } else { message };
    match status.as_u16() {
        401 | 403 => ModelError::Refused(text),
        // 402: the account has no more credit.
        402 => ModelError::Limited { reason: text, again_in: None },
        429 => ModelError::Limited { again_in: (!is_out_of_credit(error)).then_some(USUAL_WAIT), reason: text },
        408 | 500.. => ModelError::Failed(text),
        300..=399 => ModelError::Rejected(format!("the address leads elsewhere ({})", status.as_u16())),
        _ => ModelError::Rejected(text),
    }
}

/// What OpenAI and those who follow it call an account that has used up what it paid for.
const OUT_OF_CREDIT: &str = "insufficient_quota";

/// Whether a provider that wants fewer requests means that the account has no more credit. The word "quota" alone says nothing:
/// Azure ends every refusal for too many requests with the address where a larger one is asked for.
fn is_out_of_credit(error: &Value) -> bool {
    has_code(error, &[OUT_OF_CREDIT])
        || said(error).is_some_and(|text| text.to_ascii_lowercase().contains("exceeded your current quota"))
}

/// Whether an error without a status is about too many requests.
pub(super) fn is_limit(error: &Value) -> bool {
    has_code(error, &[OUT_OF_CREDIT, "rate_limit_exceeded"])
}

/// Whether the error calls itself one of these.
fn has_code(error: &Value, codes: &[&str]) -> bool {
    ["code", "type"]
        .iter()
        .any(|name| error.get(name).and_then(Value::as_str).is_some_and(|code| codes.contains(&code)))
}

/// The same answer, which breaks when it grows beyond all measure. One that streams is watched, and goes on in whole lines.
fn limited(response: reqwest::Response, watch: Option<Watch>) -> reqwest::Response {
    let parts: http::Response<reqwest::Body> = response.into();
    let (parts, body) = parts.into_parts();
    let mut streaming = watch.map(|watch| (watch, Lines::default()));
    let pieces = http_body_util::BodyExt::into_data_stream(body).scan(0_usize, move |total, piece| {
        *total += piece.as_ref().map_or(0, Bytes::len);
        future::ready(Some(match (piece, &mut streaming) {
            _ if *total > LARGEST_ANSWER => Err(io::Error::other("the answer is too large")),
            (Ok(bytes), Some((watch, lines))) => {
                watch.see(&bytes);
                lines.take(bytes).ok_or_else(|| {
                    watch.give_up_line();
                    io::Error::other("a line does not end")
                })
            }
            (Err(error), Some((watch, _))) if error.is_timeout() => {
                watch.time_out();
                Err(io::Error::other(error))
            }
            (piece, _) => piece.map_err(io::Error::other),
        }))
    });
    // A piece in which no line ends brings nothing.
    let pieces = pieces.filter(|piece| future::ready(!piece.as_ref().is_ok_and(Bytes::is_empty)));
    http::Response::from_parts(parts, reqwest::Body::wrap_stream(pieces)).into()
}
