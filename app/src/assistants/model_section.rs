//! Which model answers.

use hammock_contract::{
    ApiError, ConnectionId,
    connection::{Connection, Model},
    user::Role,
};
use leptos::{prelude::*, task::spawn_local};

use super::draft::Draft;
use crate::{
    FnError,
    connections::api::{list_connections, list_models},
    i18n,
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
    // Both are asked for by effects, which run in the browser alone: the page is there without waiting for a provider.
    let connections = RwSignal::new(Vec::<Connection>::new());
    let models = RwSignal::new(None::<Result<Vec<Model>, FnError>>);
    Effect::new(move |_| {
        if manages {
            spawn_local(async move {
                // The one that is set stays choosable when they cannot be had. The page may be gone meanwhile.
                if let Ok(found) = list_connections().await {
                    let _ = connections.try_set(found);
                }
            });
        }
    });
    Effect::new(move |_| {
        let chosen = draft.connection.get();
        models.set(None);
        let Some(connection) = chosen.parse::<ConnectionId>().ok().filter(|_| manages) else { return };
        spawn_local(async move {
            let found = list_models(connection).await;
            // The page may be gone meanwhile, and another connection may be chosen: that is asked by itself.
            if draft.connection.try_with_untracked(|now| *now == chosen).unwrap_or_default() {
                let _ = models.try_set(Some(found));
            }
        });
    });
    let options = move || {
        let mut options = vec![(String::new(), t!("assistants.built_in_answerer").to_owned())];
        // People who are no administrators do not see the connections; the one that is set stays choosable.
        let known = connections.try_get().unwrap_or_default();
        options.extend(known.into_iter().map(|connection| (connection.id.to_string(), connection.name)));
        let chosen = draft.connection.try_get().unwrap_or_default();
        if options.iter().all(|(value, _)| *value != chosen) {
            options.push((chosen, t!("assistants.connection_kept").to_owned()));
        }
        options
    };
    // What is said of the built-in answerer is true of no model.
    let hint = move || {
        let is_built_in = draft.connection.try_with(String::is_empty).unwrap_or_default();
        if is_built_in { t!("assistants.connection_hint").to_owned() } else { String::new() }
    };
    // On the server a page may be looked through once more while it is already being cleared away.
    let has_model = move || draft.connection.try_with(|chosen| !chosen.is_empty()).unwrap_or_default();
    let names = move || -> Vec<String> {
        let found = models.try_get().flatten().and_then(Result::ok).unwrap_or_default();
        found.into_iter().map(|model| model.id).collect()
    };
    let trouble = move || {
        models.try_get().flatten().and_then(Result::err).filter(|_| !readonly).map(|error| {
            view! { <p class="small muted">{i18n::error_text(&error.0)} " " {t!("assistants.model_by_hand")}</p> }
        })
    };
    view! {
        <SelectField label=t!("assistants.connection") name="connection" value=draft.connection
            options=Signal::derive(options) hint=Signal::derive(hint) error />
        <Show when=has_model>
            <TextField label=t!("assistants.model") name="model" value=draft.model suggestions=Signal::derive(names)
                hint=model_hint error readonly=readonly || !manages />
            {trouble}
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
