//! Narrows or orders a list by a choice; the address holds it.

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use super::{Options, address::with_param};

/// One choice that narrows or orders the list on this page: sets a value of the address.
#[component]
pub fn Filter(
    /// Its name in the address.
    name: &'static str,
    /// What is chosen.
    label: &'static str,
    /// Values, and how they are called; the empty value stands for no choice.
    options: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    let query = use_query_map();
    let path = use_location().pathname;
    let navigate = use_navigate();
    let chosen = Memo::new(move |_| query.with(|query| query.get(name)).unwrap_or_default());
    view! {
        <select
            class="select filter"
            aria-label=label
            on:change=move |event| {
                let value = event_target_value(&event);
                let href = with_param(&path.get_untracked(), &query.get_untracked(), name, Some(&value));
                navigate(&href, NavigateOptions { scroll: false, ..NavigateOptions::default() });
            }
        >
            <Options value=chosen options />
        </select>
    }
}
