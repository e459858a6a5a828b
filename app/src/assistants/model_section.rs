//! Which model answers.

use hammock_contract::{ApiError, user::Role};
use leptos::prelude::*;

use super::draft::Draft;
use crate::{
    connections::KnownModels,
    session::use_session,
    t,
    ui::{SelectField, TextField},
};

/// Whether the model can see pictures, to choose from.
fn sights() -> Vec<(String, String)> {
    [
        ("automatic", t!("assistants.vision_automatic")),
        ("yes", t!("assistants.vision_yes")),
        ("no", t!("assistants.vision_no")),
    ]
    .map(|(value, label)| (value.to_owned(), label.to_owned()))
    .to_vec()
}

/// The fields of the model.
#[component]
pub fn ModelSection(
    /// The settings.
    draft: Draft,
    /// Why they were refused.
    error: Signal<Option<ApiError>>,
    /// Whether they cannot be changed.
    readonly: bool,
) -> impl IntoView {
    // Which connection answers is for those to say who see the connections.
    let session = use_session();
    let manages = untrack(move || session.is_at_least(Role::Administrator));
    let model_hint = if manages { t!("assistants.model_hint") } else { t!("assistants.model_fixed") };
    let known = KnownModels::ask(draft.connection, manages);
    // What is said of the built-in answerer is true of no model.
    let hint = move || {
        let is_built_in = draft.connection.try_with(String::is_empty).unwrap_or_default();
        if is_built_in { t!("assistants.connection_hint").to_owned() } else { String::new() }
    };
    view! {
        <SelectField label=t!("assistants.connection") name="connection" value=draft.connection
            options=known.connections(t!("assistants.built_in_answerer")) hint=Signal::derive(hint) error />
        {known.failed()}
        <Show when=move || known.has_connection()>
            <TextField label=t!("assistants.model") name="model" value=draft.model suggestions=known.names()
                hint=model_hint error readonly=readonly || !manages />
            {(!readonly).then(|| known.trouble())}
            <SelectField label=t!("assistants.vision") name="vision" value=draft.vision options=Signal::derive(sights)
                hint=Signal::derive(|| t!("assistants.vision_hint").to_owned()) error />
            <div class="form-row">
                <TextField label=t!("assistants.temperature") name="temperature" kind="number" min="0" max="2"
                    step="0.1" value=draft.temperature hint=t!("assistants.temperature_hint") error readonly />
                <TextField label=t!("assistants.max_tokens") name="max_tokens" kind="number" min="64" max="16384"
                    value=draft.max_tokens hint=t!("assistants.max_tokens_hint") error readonly />
            </div>
        </Show>
    }
}
