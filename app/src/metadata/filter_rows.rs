//! "Only documents where …": the conditions of an assistant, one a row.

use std::collections::{BTreeMap, BTreeSet};

use hammock_contract::{ApiError, CollectionId, ErrorKind, metadata::MetadataFilter};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

use super::{
    api::list_fields,
    filter_draft::{FilterDraft, FilterRow},
    words::{operator_of, operators},
};
use crate::{
    t,
    ui::{Button, Icon, IconButton, NotKnown, Options, on_field, refocus::to_adding},
};

/// The conditions, and a button that adds one. Nothing is shown while no collection has a field.
#[component]
pub fn FilterRows(
    /// What is typed.
    draft: FilterDraft,
    /// The collections whose fields there are to choose from.
    collections: RwSignal<BTreeSet<CollectionId>>,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    let known = RwSignal::new(BTreeMap::<String, String>::new());
    let failure = RwSignal::new(None::<ApiError>);
    let ask = move |asked: BTreeSet<CollectionId>| {
        spawn_local(async move {
            let (mut fields, mut failed) = (BTreeMap::new(), None);
            for collection in asked.clone() {
                match list_fields(collection).await {
                    Ok(found) => fields.extend(found.fields.into_iter().map(|field| (field.key, field.name))),
                    // Of a collection that is gone meanwhile there is nothing to choose.
                    Err(error) if matches!(error.0.kind, ErrorKind::NotFound | ErrorKind::Forbidden) => {}
                    Err(error) => failed = Some(error.0),
                }
            }
            // The page may be gone by then, and other collections may be chosen: those are asked for by themselves.
            if collections.try_get_untracked().is_some_and(|now| now == asked) {
                let _ = known.try_set(fields);
                let _ = failure.try_set(failed);
            }
        });
    };
    Effect::new(move |_| ask(collections.get()));
    let on_retry = Callback::new(move |()| ask(collections.get_untracked()));
    // On the server a page may be looked through once more while it is already being cleared away.
    let is_shown = move || {
        known.try_with(|known| !known.is_empty()).unwrap_or_default()
            || draft.rows.try_with(|rows| !rows.is_empty()).unwrap_or_default()
            || failure.try_with(Option::is_some).unwrap_or_default()
    };
    let wrong = on_field(error, "filters");
    view! {
        <Show when=is_shown>
            <fieldset class="field">
                <legend>{t!("metadata.filter")}</legend>
                <ul class="filter-rows">
                    <For each=move || draft.rows.try_get().unwrap_or_default() key=|row| row.number let:row>
                        <Row draft row known readonly />
                    </For>
                </ul>
                <p class="hint">{t!("metadata.filter_hint")}</p>
                <NotKnown error=failure chosen_in=".filter-rows ~ button" on_retry />
                <div role="alert">
                    {move || wrong.try_get().flatten().map(|text| {
                        view! { <p class="field-error"><Icon name="alert-circle" /><span>{text}</span></p> }
                    })}
                </div>
                {(!readonly).then(|| view! {
                    <Button icon="plus" on_click=move |_| draft.add(&MetadataFilter::default())>
                        {t!("metadata.filter_add")}
                    </Button>
                })}
            </fieldset>
        </Show>
    }
}

#[component]
fn Row(draft: FilterDraft, row: FilterRow, known: RwSignal<BTreeMap<String, String>>, readonly: bool) -> impl IntoView {
    let FilterRow { number, field, operator, values } = row;
    let (field, operator, values) = (RwSignal::from(field), RwSignal::from(operator), RwSignal::from(values));
    let fields = move || {
        let mut fields = vec![(String::new(), t!("metadata.filter_none").to_owned())];
        fields.extend(known.try_get().unwrap_or_default());
        // A field that was deleted since stays until another is chosen.
        let chosen = field.try_get().unwrap_or_default();
        if fields.iter().all(|(key, _)| *key != chosen) {
            fields.push((chosen.clone(), chosen));
        }
        fields
    };
    let takes_values = move || operator.try_with(|operator| operator_of(operator).takes().1 > 0).unwrap_or_default();
    view! {
        <li>
            <Choice label=t!("metadata.filter_field") value=field options=Signal::derive(fields) readonly />
            <Choice
                label=t!("metadata.filter_operator")
                value=operator
                options=Signal::derive(operators)
                readonly
            />
            <Show when=takes_values>
                <input
                    class="input"
                    aria-label=t!("metadata.filter_value")
                    readonly=readonly
                    prop:value=move || values.get()
                    on:input=move |event| values.set(event_target_value(&event))
                />
            </Show>
            {(!readonly).then(|| view! {
                <IconButton
                    icon="x"
                    label=t!("metadata.filter_remove")
                    on_click=move |event: MouseEvent| {
                        to_adding(&event);
                        draft.remove(number);
                    }
                />
            })}
        </li>
    }
}

#[component]
fn Choice(
    label: &'static str,
    value: RwSignal<String>,
    options: Signal<Vec<(String, String)>>,
    readonly: bool,
) -> impl IntoView {
    view! {
        <select
            class="select"
            aria-label=label
            disabled=readonly
            on:change=move |event| value.set(event_target_value(&event))
        >
            <Options value options />
        </select>
    }
}
