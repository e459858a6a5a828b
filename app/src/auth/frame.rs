//! What the pages have in common: the document, the form beside the claim, the choice of language.

use hammock_contract::locale::Locale;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};

use crate::{
    document::{Head, theme},
    i18n,
    layout::language_name,
    request, t,
    ui::{Icon, page::escaped},
};

/// The document of a page. No script of the application: these pages are forms and texts.
#[component]
pub fn Document(
    /// The title of the browser's tab.
    title: &'static str,
    /// The script of the page, a file of `public/`.
    #[prop(default = "auth.js")]
    script: &'static str,
    /// The style that the page has beside that of all pages, a file of `pkg/`.
    #[prop(optional)]
    sheet: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    provide_meta_context();
    let version = request::page().map(|page| page.asset_version.to_string()).unwrap_or_default();
    view! {
        <!DOCTYPE html>
        <html lang=i18n::locale().tag() data-theme=theme()>
            <head>
                <Head version=version.clone() />
                {sheet.map(|sheet| view! { <link rel="stylesheet" href=format!("/pkg/{sheet}?v={version}") /> })}
                // A `<title>` written here would end with a mark of the framework, which browsers show as text.
                <Title text=escaped(&format!("{title} · {}", instance_name())) />
                <script type="module" src=format!("/{script}?v={version}")></script>
            </head>
            <body>{children()}</body>
        </html>
    }
}

/// A form on the left, what Hammock is for on the right.
#[component]
pub fn FormPage(
    /// The heading.
    title: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <Document title>
            <div class="auth">
                <main>
                    <div class="auth-form">
                        <a class="brand" href="/"><Icon name="hammock" />{instance_name()}</a>
                        <h1>{title}</h1>
                        {children()}
                        <Languages />
                    </div>
                </main>
                <aside class="auth-side" aria-hidden="true">
                    <Net />
                    <p>{t!("auth.claim")}</p>
                </aside>
            </div>
        </Document>
    }
}

/// The name that the operator gave this installation.
pub fn instance_name() -> String {
    request::page().map_or_else(|| "Hammock".to_owned(), |page| page.instance.name)
}

/// Links to this page in the other languages.
#[component]
pub fn Languages() -> impl IntoView {
    let keep = ["next", "token", "to"].into_iter().filter_map(|name| Some((name, request::query(name)?)));
    let kept: String = keep.map(|(name, value)| format!("&{name}={}", crate::document::encode(&value))).collect();
    let path = request::path();
    let link = move |locale: Locale| {
        let href = format!("{path}?lang={}{kept}", locale.tag());
        let current = (locale == i18n::locale()).then_some("true");
        view! { <li><a href=href lang=locale.tag() hreflang=locale.tag() aria-current=current>{language_name(locale)}</a></li> }
    };
    view! { <nav aria-label=t!("locale.title")><ul class="auth-languages">{Locale::ALL.map(link)}</ul></nav> }
}

/// The net of a hammock, seen from the foot end.
#[component]
fn Net() -> impl IntoView {
    let across = (0..26).map(|row| {
        let y = 60 + row * 20;
        let edge = f64::from(y) * 0.55;
        format!("M-20 {edge} C150 {low} 450 {low} 620 {edge}", low = y + 180)
    });
    let along = (0..22).map(|column| {
        let x = f64::from(-10 + column * 30);
        let sag = 20.0 + (f64::from(column) / 21.0 * std::f64::consts::PI).sin() * 150.0;
        format!("M{x} {sag:.1} C{} 300 {} 450 {} 640", x + 30.0, x - 30.0, x + (300.0 - x) * 0.2)
    });
    let lines = across.chain(along).map(|d| view! { <path d=d></path> }).collect_view();
    view! { <svg viewBox="0 0 600 600" preserveAspectRatio="xMidYMid slice" aria-hidden="true">{lines}</svg> }
}
