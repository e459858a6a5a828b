//! A request gets its answer's head in time or an error: a plain one for programs, a page for whoever waits in a browser. Bodies
//! that stream are not cut: only the head counts.

use std::time::Duration;

use app::request::locale_of;
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use futures::future::BoxFuture;
use hammock_contract::{ApiError, ErrorCode, locale::Locale};
use http::StatusCode;

use crate::{failure::Failure, state::AppState};

/// The page that says of a request, which is there without its body, what went wrong with it.
pub type ErrorPage = fn(AppState, Request, ApiError) -> BoxFuture<'static, Response>;

/// How long that page may take: what has kept the answer may keep the page, too.
const PAGE: Duration = Duration::from_secs(10);

/// Answers 503 when the head takes longer than the operator allows.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    let limit = app.config.server.request_timeout;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::from(given_up(limit)).into_response(),
    }
}

/// The same for what people read and send with a browser: they get a page that says so, whatever that takes.
pub async fn with_page(State((app, page)): State<(AppState, ErrorPage)>, request: Request, next: Next) -> Response {
    let limit = app.config.server.request_timeout;
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let locale = locale_of(None, &parts.headers);
    match tokio::time::timeout(limit, next.run(Request::from_parts(parts, body))).await {
        Ok(response) => response,
        Err(_) => {
            let error = given_up(limit);
            let page = page(app, Request::from_parts(asked, Body::empty()), error);
            let shown = tokio::time::timeout(PAGE, page).await;
            shown.unwrap_or_else(|_| plain_page(locale))
        }
    }
}

/// A page that says so and needs nothing that could keep it. For pages of which nothing is to be shown without what has kept them.
pub fn plain(_: AppState, request: Request, _: ApiError) -> BoxFuture<'static, Response> {
    let (parts, _) = request.into_parts();
    Box::pin(std::future::ready(plain_page(locale_of(None, &parts.headers))))
}

fn plain_page(locale: Locale) -> Response {
    let (title, text) = match locale {
        Locale::En => ("This took too long", "The server did not answer in time. Try again in a moment."),
        Locale::Fr => ("Cela a pris trop de temps", "Le serveur n’a pas répondu à temps. Réessayez dans un instant."),
        Locale::Cs => ("Trvalo to příliš dlouho", "Server neodpověděl včas. Zkuste to za chvíli znovu."),
    };
    let html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"robots\" content=\"noindex\">\
         <title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>",
        locale.tag()
    );
    (StatusCode::SERVICE_UNAVAILABLE, Html(html)).into_response()
}

fn given_up(limit: Duration) -> ApiError {
    tracing::warn!("a request took too long and was given up");
    ApiError::new(ErrorCode::Unavailable, "this took too long; try again in a moment").with("seconds", limit.as_secs())
}
