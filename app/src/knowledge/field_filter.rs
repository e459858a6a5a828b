//! The part of the toolbar over the documents that goes by their metadata; the address holds it.

use hammock_contract::metadata::{MetadataField, MetadataKind, MetadataOperator};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use super::live::Live;
use crate::{
    metadata::{api::list_fields, words::operator_value},
    t,
    ui::{Options, address::with_param},
};

/// A field, and what its value is; of a text, what it contains. Nothing where the collection has no fields.
#[component]
pub fn FieldFilter(
    /// The page.
    live: Live,
) -> impl IntoView {
    let query = use_query_map();
    let path = use_location().pathname;
    let navigate = StoredValue::new(use_navigate());
    let known = RwSignal::new(Vec::<MetadataField>::new());
    let collection = Memo::new(move |_| live.collection.with(|it| it.as_ref().map(|it| it.id.clone())));
    Effect::new(move |_| {
        let Some(collection) = collection.get() else { return };
        spawn_local(async move {
            // Without them all documents are listed, and the page may be gone by then.
            if let Ok(found) = list_fields(collection).await {
                let _ = known.try_set(found.fields);
            }
        });
    });
    let field = Memo::new(move |_| query.with(|query| query.get("field")).unwrap_or_default());
    let value = Memo::new(move |_| query.with(|query| query.get("value")).unwrap_or_default());
    let go = move |href: &str| {
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        // The page may be gone meanwhile.
        let _ = navigate.try_with_value(|go| go(href, options));
    };
    let choose = move |event: ev::Event| {
        let chosen = event_target_value(&event);
        let mut query = query.get_untracked();
        query.remove("value");
        query.remove("operator");
        if known.with_untracked(|known| known.iter().any(|it| it.key == chosen && it.kind == MetadataKind::Text)) {
            query.insert("operator", operator_value(MetadataOperator::Contains).to_owned());
        }
        go(&with_param(&path.get_untracked(), &query, "field", Some(&chosen)));
    };
    let type_value = move |event: ev::Event| {
        let typed = event_target_value(&event);
        go(&with_param(&path.get_untracked(), &query.get_untracked(), "value", Some(&typed)));
    };
    let options = move || {
        let mut options = vec![(String::new(), t!("metadata.filter_any").to_owned())];
        options.extend(known.get().into_iter().map(|it| (it.key, it.name)));
        let chosen = field.get();
        if options.iter().all(|(key, _)| *key != chosen) {
            options.push((chosen.clone(), chosen));
        }
        options
    };
    let has_fields = move || !field.with(String::is_empty) || known.with(|known| !known.is_empty());
    let has_field = move || !field.with(String::is_empty);
    view! {
        <Show when=has_fields>
            <select class="select filter" aria-label=t!("metadata.title") on:change=choose>
                <Options value=field options=Signal::derive(options) />
            </select>
        </Show>
        <Show when=has_field>
            <input
                class="input filter"
                type="search"
                aria-label=t!("metadata.filter_value")
                placeholder=t!("metadata.filter_value")
                prop:value=move || value.get()
                on:change=type_value
            />
        </Show>
    }
}
