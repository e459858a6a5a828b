//! Pages of other sites that show an assistant to their visitors: which answers their browsers let them read (CORS).
//!
//! Only the paths of visitors are meant. They know no cookies, so that nothing can be asked in the name of who happens to be
//! signed in. Which pages may use an assistant stands in its settings; the handler knows, and marks its answer with
//! [`ForThisPage`]. Errors can be read by every page: they hold nothing of a tenant, and a widget has to tell what is wrong.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, COOKIE, ORIGIN, VARY,
    },
    request::Parts,
};

use super::{client::ClientInfo, cross_site};
use crate::{router::API, state::AppState, widget_look};

/// What pages may send.
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, last-event-id");
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, DELETE");
/// What they may read of an answer beside its body: when to try again, and which run makes it.
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after, x-run-id");
/// For how long a browser remembers that it may ask. Seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");
const BY_ORIGIN: HeaderValue = HeaderValue::from_static("Origin");

/// Whether a path is for visitors, who come from pages of other sites and are known by no cookie.
pub fn is_for_visitors(path: &str) -> bool {
    path.starts_with(widget_look::BEGINNING) || path.strip_prefix(API).is_some_and(|rest| rest.starts_with("/public/"))
}

/// In the extensions of an answer: the page that asks may read it.
#[derive(Debug, Clone, Copy)]
pub struct ForThisPage;

/// Answers browsers that ask first, takes cookies off, and says of each answer which page may read it.
pub async fn layer(mut request: Request, next: Next) -> Response {
    if !is_for_visitors(request.uri().path()) {
        return next.run(request).await;
    }
    let origin = web_origin(request.headers());
    if request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return preflight(origin);
    }
    request.headers_mut().remove(COOKIE);
    let mut response = next.run(request).await;
    let status = response.status();
    let may_read =
        response.extensions().get::<ForThisPage>().is_some() || status.is_client_error() || status.is_server_error();
    let headers = response.headers_mut();
    headers.append(VARY, BY_ORIGIN);
    if let Some(origin) = origin.filter(|_| may_read) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

/// The answer to a browser that asks whether a page may ask. It does not say of which assistant; the request itself is checked.
fn preflight(origin: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(VARY, BY_ORIGIN);
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    response
}

/// The origin of a page that asks, where it is one of the web.
fn web_origin(headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    let text = origin.to_str().ok()?;
    (text.starts_with("https://") || text.starts_with("http://")).then(|| origin.clone())
}

/// The origin of the page that asks, where it is not one of ours; absent for programs, too, which name none.
#[derive(Debug, Clone)]
pub struct PageOrigin(pub Option<String>);

impl FromRequestParts<AppState> for PageOrigin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Infallible> {
        let Some(origin) = parts.headers.get(ORIGIN) else { return Ok(Self(None)) };
        // What cannot be read is a page without an origin, which is allowed nowhere.
        let origin = origin.to_str().unwrap_or("null");
        let client = parts.extensions.get::<ClientInfo>();
        let is_own = cross_site::is_own(origin, client, &app.config.public_url());
        Ok(Self((!is_own).then(|| origin.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_have_paths_of_their_own() {
        assert!(is_for_visitors("/api/v1/public/assistants/asst_1") && is_for_visitors("/embed/look/asst_1"));
        for other in [
            "/api/v1/assistants",
            "/api/v1/public",
            "/api/v1/publicity/",
            "/public/asst_1",
            "/x/api/v1/public/a",
            "/embed/look",
            "/embed/ab12/look/",
        ] {
            assert!(!is_for_visitors(other), "{other}");
        }
    }

    #[tokio::test]
    async fn cookies_come_through_elsewhere_alone() {
        use tower::ServiceExt as _;

        let router = axum::Router::new().fallback(has_cookie).layer(axum::middleware::from_fn(layer));
        for (path, expected) in [("/api/v1/public/assistants/asst_1", "false"), ("/api/v1/me", "true")] {
            let request =
                http::Request::builder().uri(path).header(COOKIE, "a=b").body(axum::body::Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let body = axum::body::to_bytes(response.into_body(), 100).await.unwrap();
            assert_eq!(&body[..], expected.as_bytes(), "{path}");
        }
    }

    #[tokio::test]
    async fn an_answer_is_read_by_the_page_that_it_is_for() {
        use tower::ServiceExt as _;

        let router = axum::Router::new()
            .route("/api/v1/public/marked", axum::routing::get(marked))
            .route("/api/v1/public/plain", axum::routing::get(plain))
            .layer(axum::middleware::from_fn(layer));
        for (path, expected) in [("marked", true), ("plain", false), ("missing", true)] {
            let request = http::Request::builder()
                .uri(format!("/api/v1/public/{path}"))
                .header(ORIGIN, "https://shop.example")
                .body(axum::body::Body::empty())
                .unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let named = response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(named.is_some_and(|origin| origin == "https://shop.example"), expected, "{path}");
            assert!(response.headers().get(VARY).is_some_and(|by| by == "Origin"), "{path}");
        }
    }

    async fn has_cookie(headers: HeaderMap) -> String {
        headers.contains_key(COOKIE).to_string()
    }

    async fn marked() -> axum::Extension<ForThisPage> {
        axum::Extension(ForThisPage)
    }

    async fn plain() -> &'static str {
        "for pages of our own"
    }

    #[test]
    fn only_pages_of_the_web_are_named() {
        let named = |origin: &'static str| {
            let headers = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]);
            web_origin(&headers).is_some()
        };
        assert!(named("https://a.example") && named("http://localhost:8080"));
        assert!(!named("null") && !named("file://") && !named("") && !named("chrome-extension://abc"));
        assert_eq!(web_origin(&HeaderMap::new()), None);
    }
}
