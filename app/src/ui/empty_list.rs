//! A list without rows: either nothing was made yet, or nothing fits what is searched for. The two need different words.

use std::borrow::Cow;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};
use wasm_bindgen::JsCast;

use super::{ButtonLink, EmptyState};
use crate::t;

/// The values of an address that narrow a list.
const FILTERS: [&str; 8] = ["q", "state", "source", "language", "field", "assistant", "rating", "reason"];

/// Whether the address narrows the list of this page.
pub fn is_filtered() -> bool {
    use_query_map().with_untracked(|query| {
        FILTERS.iter().any(|name| query.get_str(name).is_some_and(|value| !value.trim().is_empty()))
    })
}

/// What stands in place of a list without rows.
#[component]
pub fn EmptyList(
    /// The icon of what the list holds.
    #[prop(into)]
    icon: Cow<'static, str>,
    /// That there is none yet.
    #[prop(into)]
    title: String,
    /// What it would be good for.
    #[prop(optional, into)]
    text: Option<String>,
    /// Buttons, where none was made yet.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let text = text.unwrap_or_default();
    match children {
        _ if is_filtered() => view! {
            <EmptyState icon="search" title=t!("list.nothing_found") text=t!("list.nothing_found_text")>
                <ShowAll />
            </EmptyState>
        }
        .into_any(),
        Some(children) => view! { <EmptyState icon title text>{children()}</EmptyState> }.into_any(),
        None => view! { <EmptyState icon title text /> }.into_any(),
    }
}

/// Leads to the same list without any filter, and to the field in which one searches.
#[component]
pub fn ShowAll() -> impl IntoView {
    let path = use_location().pathname.get_untracked();
    let to_field = move |_| {
        let field = document().query_selector(".search-field input").ok().flatten();
        if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
            // This link goes away with the click: the focus would be lost with it.
            let _ = field.focus();
        }
    };
    view! { <span on:click=to_field><ButtonLink href=path icon="x">{t!("list.show_all")}</ButtonLink></span> }
}
