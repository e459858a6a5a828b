//! How an assistant searches, and when it says that it does not know.

use hammock_contract::ApiError;
use leptos::prelude::*;

use super::draft::Draft;
use crate::{
    knowledge::retrieval_fields::RetrievalFields,
    metadata::FilterRows,
    t,
    ui::choice::{Choice, ChoiceCards},
};

/// The fields of the search.
#[component]
pub fn RetrievalSection(
    /// The settings.
    draft: Draft,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    view! {
        <ChoiceCards
            legend=t!("assistants.strictness")
            name="strictness"
            value=draft.strictness
            choices=strictness()
            disabled=readonly
        />
        <RetrievalFields
            draft=draft.retrieval
            threshold_hint=t!("assistants.threshold_hint")
            error
            readonly=readonly
        />
        <FilterRows draft=draft.filters collections=draft.collections error readonly />
    }
}

fn strictness() -> Vec<Choice> {
    let card =
        |value, label: &str, hint: &str| Choice { value, icon: None, label: label.to_owned(), hint: hint.to_owned() };
    vec![
        card("broad", t!("assistants.broad"), t!("assistants.broad_hint")),
        card("balanced", t!("assistants.balanced"), t!("assistants.balanced_hint")),
        card("strict", t!("assistants.strict"), t!("assistants.strict_hint")),
    ]
}
