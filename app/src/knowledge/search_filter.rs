//! The part of the search's form that holds it to documents with a certain value.

use hammock_contract::metadata::MetadataFilter;
use leptos::prelude::*;

use super::live::parse_collection;
use crate::{
    metadata::{
        api::list_fields,
        words::{operator_of, operator_value, operators, typed_values},
    },
    t,
    ui::{SelectField, TextField},
};

/// A field of the collection, a comparison and a value. Nothing where the collection has no fields.
#[component]
pub fn SearchFilterFields(
    /// The collection of the page.
    collection: String,
    /// What the address asks for.
    filter: Option<MetadataFilter>,
) -> impl IntoView {
    let known = RwSignal::new(Vec::<(String, String)>::new());
    Effect::new(move |_| {
        let collection = parse_collection(&collection);
        leptos::task::spawn_local(async move {
            let Ok(collection) = collection else { return };
            // Without them the search goes through all documents, and the page may be gone by then.
            if let Ok(found) = list_fields(collection).await {
                known.try_set(found.fields.into_iter().map(|field| (field.key, field.name)).collect());
            }
        });
    });
    let filter = filter.unwrap_or_default();
    let field = RwSignal::new(filter.field.clone());
    let operator = RwSignal::new(operator_value(filter.operator).to_owned());
    let value = RwSignal::new(typed_values(&filter));
    let fields = move || {
        let mut fields = vec![(String::new(), t!("metadata.filter_all").to_owned())];
        fields.extend(known.try_get().unwrap_or_default());
        let chosen = field.try_get_untracked().unwrap_or_default();
        if fields.iter().all(|(key, _)| *key != chosen) {
            fields.push((chosen.clone(), chosen));
        }
        fields
    };
    let has_fields = move || {
        let chosen = field.try_with(|field| !field.is_empty()).unwrap_or_default();
        chosen || known.try_with(|known| !known.is_empty()).unwrap_or_default()
    };
    let compares = move || field.try_with(|field| !field.is_empty()).unwrap_or_default();
    let takes_values =
        move || compares() && operator.try_with(|operator| operator_of(operator).takes().1 > 0).unwrap_or_default();
    view! {
        <Show when=has_fields>
            <SelectField label=t!("metadata.filter") name="field" value=field options=Signal::derive(fields) />
        </Show>
        <Show when=compares>
            <SelectField label=t!("metadata.filter_operator") name="compare" value=operator
                options=Signal::derive(operators) />
        </Show>
        <Show when=takes_values>
            <TextField label=t!("metadata.filter_value") name="value" value required=false />
        </Show>
    }
}
