//! Answers, whole and as they come.

use std::{error::Error, io, pin::Pin};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use crate::{NetError, guard::host_of};

/// An answer that was read whole.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// Where it came from, after redirects.
    pub url: Url,
    /// The body, decompressed.
    pub body: Bytes,
}

impl Response {
    /// A header's value, where there is one and it is text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The content type as it was sent.
    pub fn content_type(&self) -> Option<&str> {
        self.header(header::CONTENT_TYPE)
    }

    /// Where a redirect leads that was not followed.
    pub fn redirect_target(&self) -> Option<Url> {
        if !self.status.is_redirection() {
            return None;
        }
        let location = std::str::from_utf8(self.headers.get(header::LOCATION)?.as_bytes()).ok()?;
        self.url.join(location).ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is not JSON of this form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}

/// The body of an answer as it comes.
pub type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, NetError>> + Send>>;

/// An answer whose body is read by the caller.
pub struct StreamResponse {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// Where it came from, after redirects.
    pub url: Url,
    /// The body, decompressed, in pieces as they arrive.
    pub body: BodyStream,
}

impl StreamResponse {
    /// Reads the rest of the answer.
    ///
    /// # Errors
    /// When it is larger than the request allowed, breaks off, or has not come whole by `deadline`.
    pub async fn read(mut self, deadline: Instant) -> Result<Response, NetError> {
        let mut body = Vec::new();
        loop {
            match tokio::time::timeout_at(deadline, self.body.next()).await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk?),
                Ok(None) => break,
                Err(_elapsed) => return Err(NetError::Timeout { host: host_of(&self.url) }),
            }
        }
        Ok(Response { status: self.status, headers: self.headers, url: self.url, body: body.into() })
    }
}

/// Puts the size limit on an answer. What counts is what comes out of decompression, piece by piece.
pub(crate) fn limited((url, answer): (Url, reqwest::Response), max_bytes: u64) -> Result<StreamResponse, NetError> {
    if answer.content_length().is_some_and(|length| length > max_bytes) {
        return Err(NetError::TooLarge { limit: max_bytes });
    }
    let status = answer.status();
    let headers = answer.headers().clone();
    let from = url.clone();
    let body = answer.bytes_stream().scan(Some(0_u64), move |state, chunk| {
        let outcome = state.map(|seen| match chunk {
            Err(error) => Err(translate(&error, &from)),
            Ok(chunk) => {
                let seen = seen + chunk.len() as u64;
                if seen > max_bytes {
                    return Err(NetError::TooLarge { limit: max_bytes });
                }
                *state = Some(seen);
                Ok(chunk)
            }
        });
        // Nothing comes after a failure.
        if matches!(outcome, Some(Err(_))) {
            *state = None;
        }
        std::future::ready(outcome)
    });
    Ok(StreamResponse { status, headers, url, body: body.boxed() })
}

/// Our words for what went wrong below. Inner addresses that stand in the original stay in the debug log.
pub(crate) fn translate(error: &reqwest::Error, url: &Url) -> NetError {
    let host = host_of(url);
    let chain = || causes(error);
    if let Some(refused) = chain().find_map(|error| error.downcast_ref::<NetError>()) {
        return refused.clone();
    }
    tracing::debug!(host, error = chain().map(ToString::to_string).collect::<Vec<_>>().join(": "), "a request failed");
    let is_io = |kind| chain().any(|error| error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == kind));
    if error.is_timeout() || is_io(io::ErrorKind::TimedOut) {
        NetError::Timeout { host }
    } else if error.is_connect() && is_io(io::ErrorKind::InvalidData) {
        // This is how the TLS layer reports what it does not accept.
        NetError::Tls { host }
    } else if error.is_connect() {
        NetError::Unreachable { host }
    } else if error.is_builder() {
        NetError::InvalidRequest { reason: "the address or a header cannot be sent".to_owned() }
    } else {
        NetError::Interrupted { host }
    }
}

/// An error and what caused it, outermost first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let current = next?;
        // An input/output error passes over what it wraps and names that one's cause as its own.
        let wrapped = current.downcast_ref::<io::Error>().and_then(|error| error.get_ref());
        next = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| current.source());
        Some(current)
    })
}
