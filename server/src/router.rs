//! What a request passes through on its way to what answers it. No path is written here: the public API's list stands in
//! `routes.rs`, that of all other routes in `other_routes.rs`, the server functions' in `server_functions.rs`, the pages' in
//! the interface. The authorisation test reads the same lists.

use app::request::RequestContext;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    auth,
    endpoint::Access,
    failure::{Failure, unknown_method, unknown_path},
    middleware::{arrival, body_limit, client, cors, cross_site, deadline, identify, observe, panics, secure, visitor},
    other_routes::{self, Opens, OtherRoute},
    routes,
    session_store::DatabaseSessions,
    site,
    state::AppState,
};

/// Where the public API is.
pub const API: &str = "/api/v1";

/// No form has more. Bytes.
const LARGEST_FORM: usize = 64 * 1024;

/// The whole server.
pub fn router(app: AppState) -> Router {
    let sessions = SessionManagerLayer::new(DatabaseSessions::new(app.hammock.store().clone()))
        .with_name(auth::session::COOKIE)
        .with_same_site(SameSite::Lax)
        // `secure::layer` adds `Secure` where the outside is https, which a trusted proxy may say request by request.
        .with_secure(false);

    let api = api(&app).fallback(unknown_path).method_not_allowed_fallback(unknown_method);
    let late: deadline::ErrorPage = deadline::plain;
    let pages: MethodRouter<AppState> =
        any(auth::pages::app_page).layer(from_fn_with_state((app.clone(), late), deadline::with_page));
    let known = with_others(Router::new().nest(API, api), other_routes::known(), &app)
        .fallback(pages)
        // The nearest to the handlers stands first.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), identify::layer))
        .layer(sessions)
        .layer(from_fn_with_state(app.clone(), cross_site::layer))
        .layer(from_fn(cors::layer));

    health(&app)
        .merge(with_others(Router::new(), other_routes::plain(), &app))
        .merge(known)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), site::layer))
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(from_fn(secure::layer))
        .layer(from_fn_with_state(app.clone(), client::layer))
        .layer(from_fn(observe::layer))
        .with_state(app)
}

/// Health and metrics alone, for a process that only works in the background.
pub fn health_only(app: AppState) -> Router {
    health(&app).with_state(app)
}

fn health(app: &AppState) -> Router<AppState> {
    with_others(Router::new(), other_routes::watching(), app)
}

fn with_others(router: Router<AppState>, others: Vec<OtherRoute>, app: &AppState) -> Router<AppState> {
    let router = others.into_iter().fold(router, |router, other| {
        let handler: MethodRouter<AppState> = if other.opens == Opens::Functions {
            other.handler.layer(from_fn_with_state(app.clone(), body_limit::layer))
        } else {
            other.handler.layer(DefaultBodyLimit::max(LARGEST_FORM))
        };
        let handler: MethodRouter<AppState> = match other.late {
            Some(page) => handler.layer(from_fn_with_state((app.clone(), page), deadline::with_page)),
            None => handler.layer(from_fn_with_state(app.clone(), deadline::layer)),
        };
        router.route(other.path, handler)
    });
    router.method_not_allowed_fallback(unknown_method)
}

fn api(app: &AppState) -> Router<AppState> {
    routes::endpoints().into_iter().fold(Router::new(), |router, endpoint| {
        let (access, is_upload) = (endpoint.access, endpoint.is_upload());
        let mut handler = endpoint.handler;
        if is_upload {
            // Behind what lets a visitor in, so that their page may read why an upload was given up.
            handler = handler.layer(from_fn_with_state(app.clone(), arrival::layer));
        }
        handler = handler.layer(from_fn(move |request: Request, next: Next| require(access, request, next)));
        if !is_upload {
            handler = handler
                .layer(from_fn_with_state(app.clone(), body_limit::layer))
                .layer(from_fn_with_state(app.clone(), deadline::layer));
        } else if access == Access::Visitor {
            handler = handler.layer(from_fn(body_limit::of_visitors));
        }
        router.route(endpoint.path, handler)
    })
}

/// Refuses callers without the role that the route's row names, before their body is read. The use cases check again: they
/// are also reached by server functions, the worker and the command line.
async fn require(access: Access, request: Request, next: Next) -> Response {
    if access == Access::Visitor {
        return visitor::let_in(request, next).await;
    }
    match allowed(access, &request) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

/// Whether the caller of `request` has what `access` asks for.
///
/// # Errors
/// 401 when nobody valid asks, 403 when the role does not suffice.
pub fn allowed(access: Access, request: &Request) -> Result<(), Failure> {
    let Some(role) = access.least_role() else { return Ok(()) };
    // Visitors are let in by `visitor::let_in` alone, which knows no sessions and no keys.
    if access == Access::Visitor {
        return Err(Failure::sign_in_required());
    }
    let context = request.extensions().get::<RequestContext>().ok_or_else(Failure::sign_in_required)?;
    let scope = context.scope.as_ref().map_err(|error| Failure::from(error.clone()))?;
    if scope.role() < role {
        return Err(Failure::new(
            hammock_contract::ErrorCode::RoleRequired,
            "your role does not allow this; ask an administrator of your organisation",
        ));
    }
    if access == Access::Person && identify::api_key(request.headers()).is_some() {
        return Err(Failure::new(
            hammock_contract::ErrorCode::RoleRequired,
            "only a person who is signed in can do this, not an API key",
        ));
    }
    Ok(())
}
