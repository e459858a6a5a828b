//! What the server hands to pages and server functions. The one file of the interface that names axum.
//!
//! The server's middleware puts a [`RequestContext`] into the request's extensions. Pages also need a [`PageContext`]:
//! whoever answers a page adds it before calling [`render_app`] or [`render_public`].

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Request, Response, StatusCode, header, request::Parts},
};
use hammock_contract::{ApiError, attachment::LARGEST_FILE, auth::Invited, locale::Locale, system::Instance, user::Me};
use hammock_domain::{Hammock, Origin, Scope, SharedConversation, SignedIn};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;

use crate::{
    FnError,
    api_reference::{Reference, ReferencePage},
    interface::Interface,
    sharing::page::SharePage,
};

/// What is known of every request.
#[derive(Clone)]
pub struct RequestContext {
    /// The use cases.
    pub hammock: Hammock,
    /// Who asks; an error when nobody is signed in, or the API key is not valid.
    pub scope: Result<Scope, ApiError>,
    /// Where the request comes from. Its locale is that of [`locale_of`].
    pub origin: Origin,
    /// Who is signed in anew: all sessions of the person were ended, and the one of the request has to be made again.
    pub signed_in_again: Arc<OnceLock<SignedIn>>,
}

impl RequestContext {
    /// Says that all sessions of the person were ended: who asks stays signed in, with a session of another id.
    pub fn keep_signed_in(&self, signed_in: SignedIn) {
        // A request ends them once.
        let _ = self.signed_in_again.set(signed_in);
    }
}

/// What is known of a request for a page.
#[derive(Clone)]
pub struct PageContext {
    /// Who is signed in, if anybody.
    pub me: Option<Me>,
    /// This installation.
    pub instance: Instance,
    /// Changes with every build: addresses of scripts and styles carry it, so that they can be cached for ever.
    pub asset_version: Arc<str>,
    /// The files that make the page live.
    pub interface: Arc<Interface>,
    /// What came of the form that was posted to this page.
    pub form: FormState,
}

/// What came of a posted form. The sign-in pages work without scripts, so the server renders them again with this.
#[derive(Debug, Clone, Default)]
pub struct FormState {
    /// What went wrong: every faulty field's error, or the one of the form as a whole.
    pub errors: Vec<ApiError>,
    /// What was typed, by the name of the field. Never a password.
    pub values: BTreeMap<String, String>,
    /// Whether the form did its work and the page should say so (forgotten password: the mail is on its way).
    pub done: bool,
    /// Whom the link of the page invites, and where.
    pub invited: Option<Invited>,
}

/// The use cases and who asks: the first line of every server function.
///
/// # Errors
/// `sign_in_required` or `invalid_key` when nobody valid asks.
pub async fn context() -> Result<(Hammock, Scope), FnError> {
    let request = request_context()?;
    let scope = request.scope.map_err(FnError)?;
    Ok((request.hammock, scope))
}

/// Keeps who asks signed in, where all sessions of the person were ended.
pub fn keep_signed_in(signed_in: SignedIn) {
    if let Ok(request) = request_context() {
        request.keep_signed_in(signed_in);
    }
}

/// A language that this very request chooses: it counts before everything else.
#[derive(Debug, Clone, Copy)]
pub struct ChosenLocale(pub Locale);

/// The language of the person who asks, for pages and for texts that the server writes (mails, reasoning steps).
pub fn locale() -> Locale {
    let known = || request_context().map_or_else(|_| Locale::default(), |request| request.origin.locale);
    use_context::<ChosenLocale>().map_or_else(known, |chosen| chosen.0)
}

/// The largest file that the one who asks may put into a conversation, in bytes; the browser refuses larger ones unsent.
pub fn largest_attachment() -> Option<u64> {
    request_context().ok().map(|request| LARGEST_FILE.min(request.hammock.upload_limit()))
}

fn request_context() -> Result<RequestContext, FnError> {
    extension::<RequestContext>()
        .ok_or_else(|| FnError(ApiError::new(hammock_contract::ErrorCode::Internal, "the request has no context")))
}

/// What is known of the page, if a page is being made.
pub fn page() -> Option<PageContext> {
    extension::<PageContext>()
}

/// What the page about the API shows; empty on every other page.
pub fn api_reference() -> Arc<Reference> {
    extension::<ReferencePage>().map(|page| page.0).unwrap_or_default()
}

/// What the page of a share link shows; nothing on every other page.
pub fn share_page() -> Option<Arc<Result<SharedConversation, ApiError>>> {
    extension::<SharePage>().map(|page| page.0)
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>()?.extensions.get::<T>().cloned()
}

/// The path of the request, without its query.
pub fn path() -> String {
    use_context::<Parts>().map_or_else(String::new, |parts| parts.uri.path().to_owned())
}

/// The path of the request with its query.
pub fn path_and_query() -> String {
    use_context::<Parts>().map_or_else(String::new, |parts| {
        parts.uri.path_and_query().map_or_else(String::new, |whole| whole.as_str().to_owned())
    })
}

/// A value of the request's query, decoded.
pub fn query(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok()?.0;
    pairs.into_iter().find_map(|(key, value)| (key == name).then_some(value))
}

/// A cookie of the request.
pub fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    cookie_of(&parts.headers, name)
}

/// A cookie among `headers`.
pub fn cookie_of(headers: &axum::http::HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|all| all.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        })
}

/// The cookie of the language that was chosen without an account.
pub const LOCALE_COOKIE: &str = "hammock_locale";

/// The cookie of the colour scheme: `light` or `dark`; absent, it follows the system.
pub const THEME_COOKIE: &str = "hammock_theme";

/// The language of a request: what the account says, else the cookie, else what the browser prefers.
pub fn locale_of(account: Option<Locale>, headers: &axum::http::HeaderMap) -> Locale {
    account.or_else(|| cookie_of(headers, LOCALE_COOKIE).and_then(|tag| Locale::from_tag(&tag))).unwrap_or_else(|| {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Locale::from_accept_language(accepted.unwrap_or_default())
    })
}

/// The status of the page that is being made.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// The status of the error with which a server function answers, and that its body is JSON.
pub fn answer_with_json_status(status: u16) {
    set_status(status);
    set_header(header::CONTENT_TYPE, "application/json");
}

fn set_header(name: HeaderName, value: &str) {
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(value)) {
        response.insert_header(name, value);
    }
}

/// Keeps a choice of the browser for a year.
pub fn set_cookie(name: &str, value: &str) {
    let text = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&text)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

/// Sends the browser to another page.
pub fn redirect(to: &str) {
    leptos_axum::redirect(to);
    // By itself it leads on only who asks for HTML by name; a monitor takes anything.
    set_status(StatusCode::FOUND.as_u16());
}

/// Forbids every script and style but our own; the framework's own inline scripts carry this page's nonce.
pub fn set_content_security_policy() {
    let scripts = use_nonce().map_or_else(String::new, |nonce| format!(" 'nonce-{nonce}'"));
    set_header(
        header::CONTENT_SECURITY_POLICY,
        &format!(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        ),
    );
}

/// For a page that shows what is somebody's own: no search engine lists it, no other site learns its address, and nothing on it
/// runs or is fetched from elsewhere. [`render_shared`] leaves out what the framework would run.
pub fn keep_to_itself() {
    set_header(HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive");
    // Forms of the page still say that they come from here.
    set_header(header::REFERRER_POLICY, "same-origin");
    set_header(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
    );
}

/// Gives the framework the runtime on which it spawns what a page waits for. Done once, before the first page.
fn prepare_runtime() {
    static PREPARED: std::sync::Once = std::sync::Once::new();
    // Fails only when somebody did it before: all the better.
    PREPARED.call_once(|| drop(any_spawner::Executor::init_tokio()));
}

/// The answer to a request for a page.
pub type PageFuture = Pin<Box<dyn Future<Output = Response<Body>> + Send + 'static>>;

/// Answers any page of the application. The page is complete, data included, before its first byte is sent: what it
/// shows comes from this process's own database, and the status is known by then.
pub fn render_app(request: Request<Body>) -> PageFuture {
    prepare_runtime();
    leptos_axum::render_app_async_stream_with_context(|| (), crate::document::shell)(request)
}

/// Answers a page that works without scripts; see [`crate::auth::PAGES`].
pub fn render_public(request: Request<Body>) -> PageFuture {
    prepare_runtime();
    leptos_axum::render_app_async_stream_with_context(|| (), crate::auth::document)(request)
}

/// Answers the page about the API. The request carries a [`ReferencePage`].
pub fn render_api_reference(request: Request<Body>) -> PageFuture {
    prepare_runtime();
    leptos_axum::render_app_async_stream_with_context(|| (), crate::api_reference::document)(request)
}

/// Answers the page of a share link. The request carries a [`SharePage`].
pub fn render_shared(request: Request<Body>) -> PageFuture {
    prepare_runtime();
    let rendered = leptos_axum::render_app_async_stream_with_context(|| (), crate::sharing::page::document)(request);
    Box::pin(async move { document_alone(rendered.await).await })
}

/// A page without what the framework writes behind it for scripts that would make it live. Nothing in a document is written like
/// its end: in texts `<` is written in another way.
async fn document_alone(response: Response<Body>) -> Response<Body> {
    const END: &[u8] = b"</html>";
    let (mut parts, body) = response.into_parts();
    match axum::body::to_bytes(body, usize::MAX).await {
        Ok(bytes) => {
            let end = bytes.windows(END.len()).position(|part| part == END).map_or(bytes.len(), |at| at + END.len());
            Response::from_parts(parts, Body::from(bytes.slice(..end)))
        }
        // The page is made in this process: there is no connection that could break.
        Err(_) => {
            parts.status = StatusCode::INTERNAL_SERVER_ERROR;
            Response::from_parts(parts, Body::empty())
        }
    }
}
