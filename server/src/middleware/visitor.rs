//! Visitors of customers' pages and of the public chat. On the routes for them a token decides who asks, and nothing else does:
//! no session's cookie and no API key. Everywhere else nothing is there for such a token (see `identify`).

use app::request::RequestContext;
use axum::{
    extract::{FromRequestParts, Request},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hammock_domain::Scope;
use http::{HeaderMap, header::ORIGIN, request::Parts};

use super::{client::ClientInfo, cors::ForThisPage, cross_site, identify};
use crate::failure::Failure;

/// The longest origin that is looked at. A name has 253 characters at most.
const LONGEST_ORIGIN: usize = 300;
/// In which the chat on our own page says that it is in a frame, and of which page: its origin, or `null` where it does not know.
/// Pages of other sites do not send it (see `cors`): they are known by their own origin.
const FRAMED_BY: &str = "x-framed-by";

/// A visitor, on the routes for them.
#[derive(Debug, Clone)]
pub struct AsVisitor(pub Scope);

impl<S: Send + Sync> FromRequestParts<S> for AsVisitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Failure::sign_in_required)
    }
}

/// The page that asks.
#[derive(Debug, Clone)]
pub struct ChatPage {
    /// Its origin. Empty where it is longer than any can be.
    pub origin: String,
    /// What it says of the page around it, where it is in a frame. Anybody can say anything there.
    pub framed_by: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for ChatPage {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let context = parts.extensions.get::<RequestContext>().ok_or_else(Failure::sign_in_required)?;
        let own = &context.hammock.settings().public_url;
        Ok(Self::of(&parts.headers, parts.extensions.get::<ClientInfo>(), own))
    }
}

impl ChatPage {
    /// What the headers of a request say of it.
    fn of(headers: &HeaderMap, client: Option<&ClientInfo>, own: &str) -> Self {
        let framed_by = headers.get(FRAMED_BY).map(|said| said.to_str().unwrap_or_default().to_owned());
        Self { origin: page_origin(headers, client, own), framed_by }
    }
}

/// Lets a visitor in whose token counts on the page that asks, and lets that page read the answer.
///
/// What an answer holds is the token's holder's alone: no browser adds it by itself, so there is nothing here that a page could
/// make it give away.
pub async fn let_in(mut request: Request, next: Next) -> Response {
    let identifying = identified(&request);
    match identifying.await {
        Ok(visitor) => {
            request.extensions_mut().insert(visitor);
            let mut response = next.run(request).await;
            response.extensions_mut().insert(ForThisPage);
            response
        }
        Err(failure) => failure.into_response(),
    }
}

/// Who asks. What is needed of the request is taken out of it at once: its body cannot be shared over an await.
fn identified(request: &Request) -> impl Future<Output = Result<AsVisitor, Failure>> + Send + use<> {
    let context = request.extensions().get::<RequestContext>().cloned();
    let token = identify::api_key(request.headers()).map(str::to_owned);
    let own = context.as_ref().map(|context| context.hammock.settings().public_url.clone()).unwrap_or_default();
    let page = ChatPage::of(request.headers(), request.extensions().get::<ClientInfo>(), &own);
    async move {
        let (Some(context), Some(token)) = (context, token) else { return Err(Failure::sign_in_required()) };
        let ChatPage { origin, framed_by } = page;
        Ok(AsVisitor(context.hammock.scope_for_visitor(&token, &origin, framed_by.as_deref()).await?))
    }
}

/// The origin of the page that asks. A browser names it wherever another one asks; where it does not, the page is ours, or
/// what asks is no browser. Ours has one name here, by whatever address it was reached.
fn page_origin(headers: &HeaderMap, client: Option<&ClientInfo>, own: &str) -> String {
    let Some(origin) = headers.get(ORIGIN) else { return own.to_owned() };
    let origin = origin.to_str().unwrap_or_default();
    if cross_site::is_own(origin, client, own) {
        return own.to_owned();
    }
    if origin.len() > LONGEST_ORIGIN { String::new() } else { origin.to_owned() }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn pages_are_told_apart() {
        let client = ClientInfo { address: None, https: false, host: Some("10.0.0.1:3000".into()) };
        let own = "https://hammock.example";
        let from = |origin: Option<&str>| {
            let headers: HeaderMap =
                origin.map(|origin| (ORIGIN, HeaderValue::from_str(origin).unwrap())).into_iter().collect();
            page_origin(&headers, Some(&client), own)
        };
        assert_eq!(from(None), own);
        assert_eq!(from(Some(own)), own);
        assert_eq!(from(Some("http://10.0.0.1:3000")), own);
        assert_eq!(from(Some("https://shop.example")), "https://shop.example");
        assert_eq!(from(Some("null")), "null");
        let long = format!("https://{}", "x".repeat(400));
        assert_eq!(from(Some(long.as_str())), "");
    }

    #[test]
    fn a_frame_is_one_where_the_chat_says_so() {
        let said = |value: Option<&[u8]>| {
            let named = |value| (HeaderName::from_static(FRAMED_BY), HeaderValue::from_bytes(value).unwrap());
            let headers: HeaderMap = value.map(named).into_iter().collect();
            ChatPage::of(&headers, None, "https://hammock.example").framed_by
        };
        assert_eq!(said(None), None);
        assert_eq!(said(Some(b"https://shop.example")).as_deref(), Some("https://shop.example"));
        assert_eq!(said(Some(b"null")).as_deref(), Some("null"));
        assert_eq!(said(Some(b"https://b\xc3\xbccher.example")).as_deref(), Some(""), "no browser writes it so");
    }
}
