//! Sign-in, registration, passwords, terms and privacy: pages that work without scripts.
//!
//! Their forms are posted to the address of their page. The server does what the form asks for and either leads on or
//! renders the page again with a [`crate::request::FormState`]. A small script (`public/auth.js`) shows the rules of a
//! password while it is typed, and the password itself on demand; it judges the fields before they are sent and keeps what
//! was typed when the server refuses it. Without it the forms work all the same.

mod form_parts;
mod frame;
mod gallery;
mod invitation;
mod legal;
mod passwords;
mod register;
mod sign_in;

pub(crate) use frame::{Document, Languages, instance_name};
use leptos::prelude::*;

use crate::{document, request};

/// The paths of these pages. [`document`] renders each of them. The gallery of the design system is for development.
pub const PAGES: &[&str] = if cfg!(debug_assertions) {
    &["/sign-in", "/register", "/forgotten-password", "/new-password", "/terms", "/privacy", "/dev/ui"]
} else {
    &["/sign-in", "/register", "/forgotten-password", "/new-password", "/terms", "/privacy"]
};

/// The whole document of the page that the request asks for.
pub fn document() -> impl IntoView {
    choose_locale();
    document::provide_locale();
    request::set_content_security_policy();
    match request::path().as_str() {
        "/sign-in" => sign_in::sign_in_page().into_any(),
        "/register" => register::register_page().into_any(),
        "/forgotten-password" => passwords::forgotten_password_page().into_any(),
        "/new-password" => passwords::new_password_page().into_any(),
        "/dev/ui" => gallery::gallery_page().into_any(),
        "/privacy" => legal::privacy_page().into_any(),
        _ => legal::terms_page().into_any(),
    }
}

/// Keeps the language that a link of the page chose. The link leads to the page anew, so this comes before all else.
pub(crate) fn choose_locale() {
    let chosen = request::query("lang").and_then(|tag| hammock_contract::locale::Locale::from_tag(&tag));
    if let Some(locale) = chosen {
        request::set_cookie(request::LOCALE_COOKIE, locale.tag());
        provide_context(request::ChosenLocale(locale));
    }
}
