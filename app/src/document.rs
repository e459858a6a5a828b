//! The HTML document around the application. Only the server makes it.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::{
    App,
    chat::LARGEST_FILE_NAME,
    i18n::{self, PageLocale},
    interface::Start,
    request,
    session::META_NAME,
};

/// The document of every page of the application.
pub fn shell() -> impl IntoView {
    provide_locale();
    request::set_content_security_policy();
    let page = request::page();
    let version = page.as_ref().map(|page| page.asset_version.to_string()).unwrap_or_default();
    let interface = page.as_ref().map(|page| page.interface.as_ref().clone()).unwrap_or_default();
    let me = page.and_then(|page| page.me).and_then(|me| serde_json::to_string(&me).ok());
    view! {
        <!DOCTYPE html>
        <html lang=i18n::locale().tag() data-theme=theme()>
            <head>
                <Head version=version.clone() />
                <meta name=META_NAME content=me />
                <meta name=LARGEST_FILE_NAME content=request::largest_attachment().map(|bytes| bytes.to_string()) />
                <Start interface path=request::path() version />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// What the head of every page has in common.
#[component]
pub fn Head(
    /// The version of scripts and styles.
    version: String,
) -> impl IntoView {
    view! {
        <meta charset="utf-8" />
        // What is typed stays above the keyboard of a phone, and the style keeps clear of its corners and its home indicator.
        <meta
            name="viewport"
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link
            rel="preload"
            href="/fonts/inter-latin-wght-normal.woff2"
            r#as="font"
            r#type="font/woff2"
            crossorigin="anonymous"
        />
        <link rel="stylesheet" href=format!("/pkg/hammock.css?v={version}") />
    }
}

/// Provides the language of the page to everything below.
pub fn provide_locale() {
    provide_context(PageLocale(request::locale()));
}

/// The colour scheme that was chosen, if one was.
pub fn theme() -> Option<&'static str> {
    match request::cookie(request::THEME_COOKIE).as_deref() {
        Some("light") => Some("light"),
        Some("dark") => Some("dark"),
        _ => None,
    }
}

/// Sends the browser to the sign-in page, which leads back to here.
pub fn redirect_to_sign_in() {
    let here = request::path_and_query();
    let next = if here.is_empty() || here == "/" { String::new() } else { format!("?next={}", encode(&here)) };
    request::redirect(&format!("/sign-in{next}"));
}

/// Percent-encodes a value of a query.
pub fn encode(value: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_with_its_query_becomes_one_value() {
        assert_eq!(encode("/data?q=a b&page=é"), "/data%3Fq%3Da%20b%26page%3D%C3%A9");
    }
}
