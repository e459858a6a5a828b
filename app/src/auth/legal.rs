//! Terms and privacy policy for operators who do not publish their own.

use leptos::prelude::*;

use super::frame::{Document, Languages, instance_name};
use crate::{t, ui::Icon};

/// The terms of use.
pub fn terms_page() -> impl IntoView {
    let sections = vec![
        (t!("legal.terms_use_title"), t!("legal.terms_use")),
        (t!("legal.terms_answers_title"), t!("legal.terms_answers")),
        (t!("legal.terms_account_title"), t!("legal.terms_account")),
    ];
    view! { <Text title=t!("legal.terms_title") sections /> }
}

/// The privacy policy.
pub fn privacy_page() -> impl IntoView {
    let sections = vec![
        (t!("legal.privacy_what_title"), t!("legal.privacy_what")),
        (t!("legal.privacy_where_title"), t!("legal.privacy_where")),
        (t!("legal.privacy_cookies_title"), t!("legal.privacy_cookies")),
        (t!("legal.privacy_rights_title"), t!("legal.privacy_rights")),
    ];
    view! { <Text title=t!("legal.privacy_title") sections /> }
}

#[component]
fn Text(title: &'static str, sections: Vec<(&'static str, &'static str)>) -> impl IntoView {
    let name = instance_name();
    view! {
        <Document title>
            <main class="legal">
                <a class="brand" href="/"><Icon name="hammock" />{name.clone()}</a>
                <h1>{title}</h1>
                <p class="muted">{t!("legal.operator", name = name)}</p>
                {sections
                    .into_iter()
                    .map(|(heading, text)| view! { <section><h2>{heading}</h2><p>{text}</p></section> })
                    .collect_view()}
                <Languages />
            </main>
        </Document>
    }
}
