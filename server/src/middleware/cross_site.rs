//! No other site makes a signed-in browser change anything here.
//!
//! Every browser tells where an unsafe request comes from, by `Sec-Fetch-Site` or `Origin`. Requests with an API key are
//! exempt: a browser never adds one by itself.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hammock_contract::ErrorCode;
use http::{
    HeaderMap, Method,
    header::{COOKIE, ORIGIN},
};

use super::{client::ClientInfo, cors, identify::api_key};
use crate::{failure::Failure, state::AppState, visitor_sign_in};

/// Refuses unsafe requests from other sites.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let client = request.extensions().get::<ClientInfo>();
    // Visitors come from other sites, and bring nothing that a browser adds by itself: their cookies were taken off.
    // So do providers' forms that end a visitor's sign-in, which says by itself where it was begun.
    let path = request.uri().path();
    let is_for_visitors = cors::is_for_visitors(path) || path == visitor_sign_in::DONE;
    if is_for_visitors || is_allowed(request.method(), request.headers(), client, &app.config.public_url()) {
        next.run(request).await
    } else {
        Failure::new(ErrorCode::CrossSite, "this request came from another site and was refused").into_response()
    }
}

fn is_allowed(method: &Method, headers: &HeaderMap, client: Option<&ClientInfo>, public_url: &str) -> bool {
    if method.is_safe() || api_key(headers).is_some() {
        return true;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match headers.get(ORIGIN).map(|value| value.to_str().unwrap_or("null")) {
        Some(origin) => is_own(origin, client, public_url),
        // Not a browser. Without a cookie there is nothing that it could be made to misuse.
        None => !headers.contains_key(COOKIE),
    }
}

/// Whether an origin is ours: by the address that the operator names, or the one by which the client reached us.
pub fn is_own(origin: &str, client: Option<&ClientInfo>, public_url: &str) -> bool {
    let host = client.and_then(|client| client.host.as_deref());
    origin == public_url || host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, o)| o == host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(method: &Method, pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let client = ClientInfo { address: None, https: false, host: Some("h.example:3000".into()) };
        is_allowed(method, &headers, Some(&client), "https://public.example")
    }

    #[test]
    fn only_our_own_pages_change_things() {
        let post = &Method::POST;
        assert!(allowed(&Method::GET, &[("cookie", "a=b"), ("sec-fetch-site", "cross-site")]));
        assert!(allowed(post, &[("cookie", "a=b"), ("sec-fetch-site", "same-origin")]));
        assert!(!allowed(post, &[("cookie", "a=b"), ("sec-fetch-site", "same-site")]));
        assert!(!allowed(post, &[("sec-fetch-site", "cross-site")]));
        assert!(allowed(post, &[("cookie", "a=b"), ("origin", "http://h.example:3000")]));
        assert!(allowed(post, &[("cookie", "a=b"), ("origin", "https://public.example")]));
        assert!(!allowed(post, &[("cookie", "a=b"), ("origin", "https://evil.example")]));
        assert!(!allowed(post, &[("cookie", "a=b"), ("origin", "null")]));
        assert!(!allowed(post, &[("cookie", "a=b")]));
        assert!(allowed(post, &[]));
        assert!(allowed(post, &[("x-api-key", "hk_x"), ("origin", "https://evil.example")]));
        assert!(allowed(post, &[("authorization", "Bearer hk_x"), ("sec-fetch-site", "cross-site")]));
        assert!(!allowed(post, &[("authorization", "Basic eDp5"), ("cookie", "a=b")]));
    }
}
