//! Headers that tell a browser what this site never does, and cookies that leave the browser over https alone.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{
    HeaderName, HeaderValue,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, SET_COOKIE, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

use super::client::ClientInfo;

/// For whatever is not a page of ours: pages bring a policy of their own, with a nonce.
const NOTHING_RUNS: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// Lets a page listen, should the person want that: the pages of the application, any of which becomes the chat without being
/// loaded again.
pub fn allow_microphone(response: &mut Response) {
    let policy = HeaderValue::from_static("camera=(), geolocation=(), microphone=(self), payment=()");
    response.headers_mut().insert(HeaderName::from_static("permissions-policy"), policy);
}

/// Adds the headers that are not there yet.
pub async fn layer(request: Request, next: Next) -> Response {
    let https = request.extensions().get::<ClientInfo>().is_some_and(|client| client.https);
    let is_dynamic = !request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    add(CONTENT_SECURITY_POLICY, NOTHING_RUNS);
    add(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    add(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    add(REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    add(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=()"),
    );
    add(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    if is_dynamic {
        add(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if https {
        // Not for the subdomains: other services on them are not Hammock's to decide about.
        add(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        let secured: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().map(with_secure).collect();
        headers.remove(SET_COOKIE);
        for cookie in secured {
            headers.append(SET_COOKIE, cookie);
        }
    }
    response
}

fn with_secure(cookie: &HeaderValue) -> HeaderValue {
    let is_secure = cookie
        .to_str()
        .is_ok_and(|text| text.split(';').skip(1).any(|part| part.trim().eq_ignore_ascii_case("secure")));
    if is_secure {
        return cookie.clone();
    }
    let mut bytes = cookie.as_bytes().to_vec();
    bytes.extend_from_slice(b"; Secure");
    HeaderValue::from_bytes(&bytes).unwrap_or_else(|_| cookie.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secure_is_added_once() {
        let plain = HeaderValue::from_static("secure=1; Path=/");
        assert_eq!(with_secure(&plain), "secure=1; Path=/; Secure");
        assert_eq!(with_secure(&with_secure(&plain)), "secure=1; Path=/; Secure");
    }
}
