//! Who asks: a session's cookie or an API key becomes a `Scope`, once per request, for pages, server functions and REST
//! alike.

use std::sync::{Arc, OnceLock};

use app::request::{RequestContext, locale_of};
use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use hammock_contract::{ApiError, ErrorCode, UserId};
use hammock_domain::{Origin, Scope, VISITOR_TOKEN};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{AUTHORIZATION, WWW_AUTHENTICATE},
    request::Parts,
};
use tower_sessions::Session;

use super::client::ClientInfo;
use crate::{auth::session, failure::Failure, state::AppState};

/// How programs say who asks (RFC 6750). A browser asks nobody for anything on seeing it.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"Hammock\"");
/// The same, for who has sent a key already.
const BAD_KEY: HeaderValue = HeaderValue::from_static("Bearer realm=\"Hammock\", error=\"invalid_token\"");

/// Puts a [`RequestContext`] into the request, and into an answer of the API that nobody valid asked for how to ask.
pub async fn layer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    // Of the request only what is needed: a body cannot be shared over an await.
    let session = request.extensions().get::<Session>().cloned();
    let key = api_key(request.headers()).map(str::to_owned);
    let is_api = request.uri().path().starts_with("/api/");
    let scope = identify(&app, key.as_deref(), session.as_ref()).await;
    let address = request.extensions().get::<ClientInfo>().and_then(|client| client.address);
    // What the account says about the language needs another query; a cookie carries the same choice.
    let origin = Origin { address, locale: locale_of(None, request.headers()) };
    let again = Arc::new(OnceLock::new());
    let signed_in_again = again.clone();
    request.extensions_mut().insert(RequestContext { hammock: app.hammock.clone(), scope, origin, signed_in_again });
    let mut response = next.run(request).await;
    if is_api && response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, if key.is_some() { BAD_KEY } else { CHALLENGE });
    }
    if let Some((session, signed_in)) = session.zip(again.get()) {
        session::make_anew(&session, signed_in).await;
    }
    response
}

async fn identify(app: &AppState, key: Option<&str>, session: Option<&Session>) -> Result<Scope, ApiError> {
    // A key wins over a cookie, so that a request with a key never depends on who happens to be signed in.
    if let Some(secret) = key {
        // A visitor's token is no key: it counts on the few routes that `visitor::let_in` stands before. Who holds one is known,
        // so asking for another credential would help nobody; for them nothing else is there, whatever its id, and nothing is
        // looked up to say so.
        if secret.starts_with(VISITOR_TOKEN) {
            return Err(ApiError::new(ErrorCode::NotFound, "for visitors there is nothing here"));
        }
        return app.hammock.scope_for_key(secret).await;
    }
    let user = match session {
        Some(session) => {
            let user = session::user(session).await?;
            if user.is_some() {
                session::renew(session).await;
            }
            user
        }
        None => None,
    };
    match user {
        Some(user) => app.hammock.scope_for_user(&user).await?.ok_or_else(signed_out),
        None => Err(signed_out()),
    }
}

fn signed_out() -> ApiError {
    Failure::sign_in_required().error
}

/// The API key of a request: `X-Api-Key` or `Authorization: Bearer`. An empty one is none, and hides no other.
pub fn api_key(headers: &HeaderMap) -> Option<&str> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let bearer = text(AUTHORIZATION.as_str())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    text("x-api-key").filter(|key| !key.is_empty()).or(bearer.filter(|key| !key.is_empty()))
}

/// Who asks; refuses with 401 when nobody does.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Scope);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match parts.extensions.get::<RequestContext>() {
            Some(context) => Ok(Self(context.scope.clone()?)),
            None => Err(Failure::sign_in_required()),
        }
    }
}

/// Who asks, as a person: API keys are refused, since what is done belongs to one person's own account.
#[derive(Debug, Clone)]
pub struct Person {
    /// What the person may do.
    pub scope: Scope,
    /// Who it is.
    pub user: UserId,
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let SignedIn(scope) = SignedIn::from_request_parts(parts, state).await?;
        let by_key = api_key(&parts.headers).is_some();
        match scope.user().cloned() {
            Some(user) if !by_key => Ok(Self { scope, user }),
            _ => {
                Err(Failure::new(ErrorCode::RoleRequired, "only a person who is signed in can do this, not an API key"))
            }
        }
    }
}

/// Where the request comes from.
#[derive(Debug, Clone)]
pub struct AskedFrom(pub Origin);

impl<S: Send + Sync> FromRequestParts<S> for AskedFrom {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let origin = parts.extensions.get::<RequestContext>().map(|context| context.origin.clone());
        Ok(Self(origin.unwrap_or(Origin { address: None, locale: Default::default() })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_key_hides_no_other() {
        let of = |given: [(&'static str, &'static str); 2]| {
            let headers: HeaderMap = given
                .into_iter()
                .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
                .collect();
            api_key(&headers).map(str::to_owned)
        };
        assert_eq!(of([("x-api-key", ""), ("authorization", "Bearer hk_one")]).as_deref(), Some("hk_one"));
        assert_eq!(of([("x-api-key", "  "), ("authorization", "bearer hk_one")]).as_deref(), Some("hk_one"));
        assert_eq!(of([("x-api-key", "hk_two"), ("authorization", "Bearer hk_one")]).as_deref(), Some("hk_two"));
        assert_eq!(of([("x-api-key", ""), ("authorization", "Bearer ")]), None);
        assert_eq!(of([("x-api-key", ""), ("authorization", "Basic YTpi")]), None);
    }
}
