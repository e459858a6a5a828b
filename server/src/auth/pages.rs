//! Pages: what they need to know is put into the request, the interface renders them.

use std::collections::BTreeMap;

use app::request::{FormState, PageContext, RequestContext, locale_of, render_app, render_public};
use axum::{
    body::Body,
    extract::{Query, Request, State},
    response::{IntoResponse, Redirect, Response},
};
use hammock_contract::ErrorCode;
use http::{Method, StatusCode, Uri, header::RETRY_AFTER};

use crate::{
    failure::{Failure, retry_after},
    middleware::secure,
    state::AppState,
};

/// A page of the application.
pub async fn app_page(State(app): State<AppState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Failure::new(ErrorCode::InvalidRequest, "a page is read with GET")
            .with_status(StatusCode::METHOD_NOT_ALLOWED)
            .into_response();
    }
    match with_context(&app, request, FormState::default()).await {
        Ok(request) => {
            let mut response = render_app(request).await;
            secure::allow_microphone(&mut response);
            response
        }
        Err(failure) => failure.into_response(),
    }
}

/// A page that works without scripts.
pub async fn public_page(State(app): State<AppState>, request: Request) -> Response {
    let is_entrance = matches!(request.uri().path(), "/sign-in" | "/register");
    let signed_in = request.extensions().get::<RequestContext>().is_some_and(|context| context.scope.is_ok());
    if is_entrance && signed_in {
        return Redirect::to("/").into_response();
    }
    let mut form = FormState::default();
    if request.uri().path() == "/new-password"
        && let Some(token) = token_of(request.uri())
    {
        match app.hammock.check_link(&token).await {
            Ok(invited) => form.invited = invited,
            // A used link says so at once, not after a password was thought up.
            Err(error) => form.errors.push(error),
        }
    }
    render_form(&app, request, form).await
}

/// The token of a link that sets a password. Without one the page says so by itself.
pub fn token_of(uri: &Uri) -> Option<String> {
    let fields = Query::<BTreeMap<String, String>>::try_from_uri(uri).ok()?.0;
    fields.get("token").filter(|token| !token.is_empty()).cloned()
}

/// Renders a page again, with what came of its form.
pub async fn render_form(app: &AppState, request: Request, form: FormState) -> Response {
    let first = form.errors.first();
    let status = first.and_then(|error| StatusCode::from_u16(error.kind.status()).ok());
    let retry_after = first.and_then(retry_after);
    let mut response = match with_context(app, request, form).await {
        Ok(request) => render_public(request).await,
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

/// Adds to a request what a page needs to know.
///
/// # Errors
/// When the database does not answer.
pub async fn with_context(app: &AppState, request: Request, form: FormState) -> Result<Request<Body>, Failure> {
    let (mut parts, _) = request.into_parts();
    // A posted form is answered with its page, which is rendered as if it had been asked for.
    parts.method = Method::GET;
    let mut me = None;
    if let Some(context) = parts.extensions.get_mut::<RequestContext>() {
        match &context.scope {
            Ok(scope) => me = Some(app.hammock.me(scope).await?),
            // Who may be signed in is not asked to sign in again.
            Err(error) if error.code == ErrorCode::Unavailable => return Err(error.clone().into()),
            Err(_) => {}
        }
        let account = me.as_ref().and_then(|me| me.locale);
        context.origin.locale = locale_of(account, &parts.headers);
    }
    let instance = app.hammock.instance().await?;
    let (asset_version, interface) = (app.site.version(), app.site.interface());
    parts.extensions.insert(PageContext { me, instance, asset_version, interface, form });
    Ok(Request::from_parts(parts, Body::empty()))
}
