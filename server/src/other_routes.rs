//! Every route that is not of the public API's list (`routes.rs`): what watches the process, the pages that stand alone, and
//! their forms. The router folds over these lists, and the authorisation test calls each row of them, so that neither knows a
//! route that the other does not.

use axum::{
    handler::Handler,
    routing::{MethodRouter, any, get, post},
};
use http::Method;

use crate::{
    auth::{forms, pages},
    failure::unknown_path,
    health, metrics,
    middleware::deadline::{self, ErrorPage},
    openapi::{self, viewer},
    public_chat, server_functions, share,
    state::AppState,
    visitor_files, visitor_sign_in, widget_look,
};

/// Whom a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// Everybody alike, signed in or not: what is read, or sent, is what decides. Of some the address is told to few.
    Everybody,
    /// Those whom the share link is for, which its person chose.
    ShareLink,
    /// This machine, and who has the operator's token.
    Operator,
    /// Those whom the function's row in the table of server functions names.
    Functions,
    /// Nobody: nothing is there.
    Nobody,
}

/// A route that is not of the public API's list.
#[derive(Clone)]
pub struct OtherRoute {
    /// The method; where it takes every one, the one that it is meant for.
    pub method: Method,
    /// The whole path.
    pub path: &'static str,
    /// Whom it is for.
    pub opens: Opens,
    /// What serves it.
    pub handler: MethodRouter<AppState>,
    /// What is shown where that takes too long; nothing where it is no browser's person that waits for it.
    pub late: Option<ErrorPage>,
}

impl OtherRoute {
    fn get<H: Handler<T, AppState>, T: 'static>(path: &'static str, opens: Opens, handler: H) -> Self {
        Self { method: Method::GET, path, opens, handler: get(handler), late: None }
    }

    fn post<H: Handler<T, AppState>, T: 'static>(path: &'static str, opens: Opens, handler: H) -> Self {
        Self { method: Method::POST, path, opens, handler: post(handler), late: None }
    }

    fn any<H: Handler<T, AppState>, T: 'static>(path: &'static str, opens: Opens, handler: H) -> Self {
        Self { method: Method::POST, path, opens, handler: any(handler), late: None }
    }

    /// The same with a page that is shown where it takes too long.
    fn or_late(self, page: ErrorPage) -> Self {
        Self { late: Some(page), ..self }
    }
}

/// What watches the process: it is there also where that only works in the background.
pub fn watching() -> Vec<OtherRoute> {
    vec![
        OtherRoute::get("/healthz", Opens::Everybody, health::alive),
        OtherRoute::get("/readyz", Opens::Everybody, health::ready),
        OtherRoute::get("/metrics", Opens::Operator, metrics::text),
    ]
}

/// What is the same for everybody, so that nobody is looked up for it.
pub fn plain() -> Vec<OtherRoute> {
    vec![
        OtherRoute::get("/robots.txt", Opens::Everybody, robots),
        OtherRoute::get(openapi::PATH, Opens::Everybody, openapi::json),
    ]
}

/// The others: it is known who asks.
#[rustfmt::skip] // one route a line, so that the page reads as a table
pub fn known() -> Vec<OtherRoute> {
    let mut routes: Vec<OtherRoute> =
        app::auth::PAGES.iter().map(|path| OtherRoute::get(path, Opens::Everybody, pages::public_page).or_late(forms::failed)).collect();
    routes.extend([
        OtherRoute::post("/sign-in", Opens::Everybody, forms::sign_in).or_late(forms::failed),
        OtherRoute::post("/register", Opens::Everybody, forms::register).or_late(forms::failed),
        OtherRoute::post("/forgotten-password", Opens::Everybody, forms::forgotten_password).or_late(forms::failed),
        OtherRoute::post("/new-password", Opens::Everybody, forms::new_password).or_late(forms::failed),
        OtherRoute::post("/sign-out", Opens::Everybody, forms::sign_out).or_late(forms::not_signed_out),

        OtherRoute::get("/share/{token}", Opens::ShareLink, share::page).or_late(share::failed),
        OtherRoute::post("/share/{token}/copy", Opens::ShareLink, share::copy).or_late(share::failed),

        OtherRoute::get(widget_look::PATH, Opens::Everybody, widget_look::script),
        OtherRoute::get("/public/{assistant}", Opens::Everybody, public_chat::page).or_late(public_chat::late),
        OtherRoute::get("/public/files/{link}", Opens::Everybody, visitor_files::file).or_late(public_chat::late),
        OtherRoute::get("/public/sign-in/{assistant}/{provider}", Opens::Everybody, visitor_sign_in::begin).or_late(visitor_sign_in::failed),
        OtherRoute::get(visitor_sign_in::DONE, Opens::Everybody, visitor_sign_in::done).or_late(visitor_sign_in::failed),
        OtherRoute::post(visitor_sign_in::DONE, Opens::Everybody, visitor_sign_in::done_by_form).or_late(visitor_sign_in::failed),

        OtherRoute::get(viewer::PATH, Opens::Everybody, viewer::page).or_late(deadline::plain),
        OtherRoute::get("/api/docs/", Opens::Everybody, viewer::to_page).or_late(deadline::plain),
        OtherRoute::get("/api", Opens::Everybody, viewer::to_page).or_late(deadline::plain),
        OtherRoute::any("/api/fn/{*function}", Opens::Functions, server_functions::call),
        OtherRoute::any("/api/{*rest}", Opens::Nobody, unknown_path),
    ]);
    routes
}

/// Asks search engines to read nothing here but the pages that can be opened without an account. These say themselves that they
/// are not to be listed, and how they look where their address is sent to somebody: both work only where they may be read. The
/// longer paths come first, for readers that take the first rule that fits.
async fn robots() -> &'static str {
    "User-agent: *\nDisallow: /public/files/\nDisallow: /public/sign-in/\nAllow: /share/\nAllow: /public/\nDisallow: /\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_in_a_browser_gets_a_page() {
        for route in known() {
            let is_script = route.path == widget_look::PATH;
            let is_for_programs = is_script || matches!(route.opens, Opens::Functions | Opens::Nobody);
            assert_eq!(route.late.is_none(), is_for_programs, "{} {}", route.method, route.path);
        }
    }
}
