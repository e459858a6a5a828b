//! From one page of a list to the next. Lists go forward by token, so there is a next page and the first one.

use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_location, use_query_map},
};

use super::{Icon, address::with_param, page::leave_for_page};
use crate::t;

/// Links to the first and the next page, where there are such.
#[component]
pub fn Pager(
    /// The token of the next page, from the list.
    next: Option<String>,
) -> impl IntoView {
    let query = use_query_map().get_untracked();
    let path = use_location().pathname.get_untracked();
    let first = query.get_str("page").is_some().then(|| with_param(&path, &query, "page", None));
    let next = next.map(|token| with_param(&path, &query, "page", Some(&token)));
    (first.is_some() || next.is_some()).then(|| {
        view! {
            // The link may not be there on the page that comes: the focus would be lost with it.
            <nav class="pager" aria-label=t!("pager.label") on:click=|_| leave_for_page()>
                {first.map(|href| view! { <A href attr:class="button">{t!("pager.first")}</A> })}
                {next.map(|href| view! { <A href attr:class="button">{t!("pager.next")} <Icon name="chevron-right" /></A> })}
            </nav>
        }
    })
}
