//! Every request has an id, a span, a line in the log and a place in the metrics.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, Method};
use tracing::Instrument;

/// The header with a request's id; whoever reports a problem can name it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, logs and counts it.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().simple().to_string();
    let method = request.method().clone();
    let path = loggable(request.uri().path()).to_owned();
    let tells_nothing = tells_nothing(request.uri().path());
    // The pattern, not the address: a metric must not have a series per document.
    let route = request.extensions().get::<MatchedPath>().map_or("other", |matched| matched.as_str()).to_owned();
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = &value {
        request.headers_mut().insert(REQUEST_ID, value.clone());
    }
    let span = tracing::info_span!("request", request_id = id, %method, path);
    async move {
        let begun = Instant::now();
        let mut response = next.run(request).await;
        let status = response.status().as_u16();
        let took = begun.elapsed();
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if response.status().is_server_error() {
            tracing::warn!(status, took_ms, "answered");
        } else if tells_nothing {
            tracing::debug!(status, took_ms, "answered");
        } else {
            tracing::info!(status, took_ms, "answered");
        }
        let labels = [("method", countable(&method).to_owned()), ("route", route), ("status", status.to_string())];
        metrics::counter!("hammock_http_requests_total", &labels).increment(1);
        metrics::histogram!("hammock_http_request_seconds", &labels[..2]).record(took.as_secs_f64());
        if let Some(value) = value {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
    .instrument(span)
    .await
}

/// A path as the log may have it: who reads the log must not be able to open a shared conversation, or a visitor's file.
fn loggable(path: &str) -> &str {
    let opens = [crate::share::BEGINNING, hammock_domain::VISITOR_FILES];
    opens.into_iter().find(|beginning| path.starts_with(beginning)).unwrap_or(path)
}

/// Whether it tells an operator nothing that such a path was asked for: a file of the interface, as by the dozen with every page,
/// or what watches the process, every few seconds.
fn tells_nothing(path: &str) -> bool {
    let is_file = !path.starts_with("/api/") && path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    is_file || matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// A method as it is counted: anybody may invent others, and each would have a series of its own for good.
fn countable(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS
        | Method::TRACE
        | Method::CONNECT => method.as_str(),
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::{countable, loggable, tells_nothing};

    #[test]
    fn invented_methods_are_counted_together() {
        for known in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"] {
            assert_eq!(countable(&known.parse::<Method>().unwrap()), known);
        }
        for invented in ["PROPFIND", "get", "A1", "A2"] {
            assert_eq!(countable(&invented.parse::<Method>().unwrap()), "OTHER", "{invented}");
        }
    }

    #[test]
    fn files_and_health_checks_fill_no_log() {
        for path in ["/pkg/hammock.wasm", "/favicon.ico", "/healthz", "/readyz", "/metrics"] {
            assert!(tells_nothing(path), "{path}");
        }
        for path in ["/", "/chat/conv_1", "/sign-in", "/api/v1/openapi.json", "/api/fn/users/list_users"] {
            assert!(!tells_nothing(path), "{path}");
        }
    }

    #[test]
    fn what_opens_a_conversation_or_a_file_is_not_logged() {
        assert_eq!(loggable("/share/a-token"), "/share/");
        assert_eq!(loggable("/share/a-token/copy"), "/share/");
        assert_eq!(loggable("/public/files/v1.a.b"), "/public/files/");
        assert_eq!(loggable("/chat/conv_1"), "/chat/conv_1");
    }
}
