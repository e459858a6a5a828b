//! The page that a share link opens, and the copy in which people of the organisation go on. Whoever has the address may be
//! anybody: the page is rendered by itself, and brings nothing of the application.

use std::sync::Arc;

use app::{
    document::encode,
    request::{FormState, RequestContext, render_shared},
    sharing::page::SharePage,
};
use axum::{
    extract::{Query, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use futures::future::BoxFuture;
use hammock_contract::{ApiError, ErrorCode};
use hammock_domain::{Origin, Scope, SharedConversation};
use http::{StatusCode, Uri, header::RETRY_AFTER};
use serde::Deserialize;

use crate::{auth::pages::with_context, failure::retry_after, state::AppState};

/// What the path of every link begins with; its token comes next.
pub const BEGINNING: &str = "/share/";

/// Which part of a conversation is read.
#[derive(Debug, Deserialize)]
struct Part {
    to: Option<u32>,
}

/// The page.
pub async fn page(State(app): State<AppState>, request: Request) -> Response {
    let (token, reader, origin) = (token_of(&request), reader_of(&request), origin_of(&request));
    let last = last_of(&request);
    let opened = app.hammock.open_share(reader.as_ref(), &token, last, &origin).await;
    if opened.as_ref().is_err_and(|error| error.code == ErrorCode::SignInRequired) {
        return to_sign_in(&token);
    }
    show(&app, request, opened).await
}

/// Its form: a conversation of the reader's own that goes on from the shared one.
pub async fn copy(State(app): State<AppState>, request: Request) -> Response {
    let (token, origin) = (token_of(&request), origin_of(&request));
    let Some(reader) = reader_of(&request) else { return to_sign_in(&token) };
    let copied = app.hammock.copy_share(&reader, &token, &origin).await;
    match copied {
        Ok(conversation) => Redirect::to(&format!("/chat/{conversation}")).into_response(),
        Err(error) => failed(app, request, error).await,
    }
}

/// The page with why there is nothing to read, or no copy.
pub fn failed(app: AppState, mut request: Request, error: ApiError) -> BoxFuture<'static, Response> {
    // What the page links to, such as its other languages, is the page and not its form.
    if let Ok(page) = format!("{BEGINNING}{}", token_of(&request)).parse::<Uri>() {
        *request.uri_mut() = page;
    }
    Box::pin(async move { show(&app, request, Err(error)).await })
}

/// The page with what came of opening the link.
async fn show(app: &AppState, request: Request, opened: Result<SharedConversation, ApiError>) -> Response {
    let error = opened.as_ref().err();
    let status = error.and_then(|error| StatusCode::from_u16(error.kind.status()).ok());
    let retry_after = error.and_then(retry_after);
    let mut response = match with_context(app, request, FormState::default()).await {
        Ok(mut request) => {
            request.extensions_mut().insert(SharePage(Arc::new(opened)));
            render_shared(request).await
        }
        Err(failure) => return failure.into_response(),
    };
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    response
}

/// To the sign-in page, which leads back to the link.
fn to_sign_in(token: &str) -> Response {
    Redirect::to(&format!("/sign-in?next={}", encode(&format!("{BEGINNING}{token}")))).into_response()
}

/// The token as it stands in the path: ours have no character that would be written in another way there.
fn token_of(request: &Request) -> String {
    let path = request.uri().path();
    let rest = path.strip_prefix(BEGINNING).unwrap_or_default();
    rest.strip_suffix("/copy").unwrap_or(rest).to_owned()
}

/// Up to which message is read, where that is not the last one. What is no number counts as if it were not there.
fn last_of(request: &Request) -> Option<u32> {
    let Query(Part { to }) = Query::try_from_uri(request.uri()).ok()?;
    to.filter(|to| *to > 0)
}

/// Who is signed in, if anybody is.
fn reader_of(request: &Request) -> Option<Scope> {
    request.extensions().get::<RequestContext>().and_then(|context| context.scope.clone().ok())
}

fn origin_of(request: &Request) -> Origin {
    request.extensions().get::<RequestContext>().map(|context| context.origin.clone()).unwrap_or_default()
}
