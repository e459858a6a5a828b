//! Searches a list while one types; the address holds what is searched for.

use std::time::Duration;

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use super::{Icon, address::with_param};

/// How long nothing must be typed before the list is asked.
const PAUSE: Duration = Duration::from_millis(250);

/// A search field for the list on this page: sets `q` of the address.
#[component]
pub fn SearchField(
    /// What is searched.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let query = use_query_map();
    let path = use_location().pathname;
    let navigate = use_navigate();
    let sent = StoredValue::new(String::new());
    let initial = query.get_untracked().get("q").unwrap_or_default();
    let shown = RwSignal::new(initial.clone());
    // Another search than the one typed here, from a link: the field follows.
    Effect::new(move |before: Option<String>| {
        let asked = query.with(|query| query.get("q")).unwrap_or_default();
        if before.is_some_and(|before| before != asked) && sent.with_value(|sent| *sent != asked) {
            shown.set(asked.clone());
        }
        sent.set_value(asked.clone());
        asked
    });
    let pending = StoredValue::<Option<TimeoutHandle>>::new(None);
    // What was typed last must not narrow the list of the next page.
    on_cleanup(move || {
        if let Some(search) = pending.try_get_value().flatten() {
            search.clear();
        }
    });
    let search = move |event| {
        let typed = event_target_value(&event);
        let navigate = navigate.clone();
        shown.set(typed.clone());
        if let Some(earlier) = pending.get_value() {
            earlier.clear();
        }
        let later = set_timeout_with_handle(
            move || {
                sent.set_value(typed.trim().to_owned());
                let href = with_param(&path.get_untracked(), &query.get_untracked(), "q", Some(typed.trim()));
                navigate(&href, NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
            },
            PAUSE,
        );
        pending.set_value(later.ok());
    };
    view! {
        <div class="search-field" role="search">
            <Icon name="search" />
            <input class="input" type="search" value=initial prop:value=move || shown.get() placeholder=label.clone() aria-label=label on:input=search />
        </div>
    }
}
