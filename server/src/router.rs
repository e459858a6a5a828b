//! Every path that this server answers, and what a request passes through on its way there. The public API's own list
//! stands in `routes.rs`, the server functions' in `server_functions.rs`, the pages' in the interface.

use app::request::RequestContext;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    auth,
    endpoint::Access,
    failure::{Failure, unknown_method, unknown_path},
    health, metrics,
    middleware::{arrival, body_limit, client, cors, cross_site, deadline, identify, observe, panics, secure, visitor},
    openapi, routes, server_functions,
    session_store::DatabaseSessions,
    share, site,
    state::AppState,
};

/// Where the public API is.
pub const API: &str = "/api/v1";

/// The whole server.
pub fn router(app: AppState) -> Router {
    let sessions = SessionManagerLayer::new(DatabaseSessions::new(app.hammock.store().clone()))
        .with_name(auth::session::COOKIE)
        .with_same_site(SameSite::Lax)
        // `secure::layer` adds `Secure` where the outside is https, which a trusted proxy may say request by request.
        .with_secure(false);

    let api = api(&app).fallback(unknown_path).method_not_allowed_fallback(unknown_method);
    let known = Router::new()
        .nest(API, api)
        .route(
            "/api/fn/{*function}",
            any(server_functions::call)
                .layer(from_fn_with_state(app.clone(), body_limit::layer))
                .layer(from_fn_with_state(app.clone(), deadline::layer)),
        )
        .route("/api/{*rest}", any(unknown_path))
        .merge(auth::pages::routes())
        .merge(openapi::viewer::routes())
        .merge(share::routes())
        .merge(crate::public_chat::routes())
        .merge(crate::visitor_files::routes())
        .merge(crate::visitor_sign_in::routes())
        .fallback(auth::pages::app_page)
        // The nearest to the handlers stands first.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(app.clone(), identify::layer))
        .layer(sessions)
        .layer(from_fn_with_state(app.clone(), cross_site::layer))
        .layer(from_fn(cors::layer));

    Router::new()
        .route("/robots.txt", get(robots))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::text))
        .route("/api/v1/openapi.json", get(openapi::json))
        .merge(known)
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), site::layer))
        .layer(CatchPanicLayer::custom(panics::answer))
        .layer(from_fn(secure::layer))
        .layer(from_fn_with_state(app.clone(), client::layer))
        .layer(from_fn(observe::layer))
        .with_state(app)
}

/// Asks search engines to read nothing here: what is inside needs a person, and the public pages are for those who got their
/// address.
async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /\n"
}

/// Health and metrics alone, for a process that only works in the background.
pub fn health_only(app: AppState) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::text))
        .with_state(app)
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
