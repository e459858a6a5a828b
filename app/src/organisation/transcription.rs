//! Where recorded speech is written down: by a model of one of the organisation's connections.

use hammock_contract::{
    ConnectionId,
    connection::{Connection, Model},
    organisation::{OrganisationPatch, TranscriptionSettings},
    user::Me,
};
use leptos::{prelude::*, task::spawn_local};

use super::api::update_organisation;
use crate::{
    FnError,
    account::FormSection,
    connections::api::{list_connections, list_models},
    i18n,
    session::use_session,
    t,
    ui::{SelectField, TextField, Typed, form::action_error, general_error, guard_leaving, use_toaster},
};

/// The choice of the connection and of its model.
#[component]
pub fn TranscriptionForm(settings: TranscriptionSettings) -> impl IntoView {
    let session = use_session();
    let toaster = use_toaster();
    let connection = RwSignal::new(settings.connection.map_or_else(String::new, |id| id.to_string()));
    let model = RwSignal::new(settings.model);
    let typed = Typed::in_fields(move || vec![connection.get(), model.get()]);
    guard_leaving(typed.changed());
    // Both are asked for by effects, which run in the browser alone: the page is there without waiting for a provider.
    let connections = RwSignal::new(Vec::<Connection>::new());
    let models = RwSignal::new(None::<Result<Vec<Model>, FnError>>);
    Effect::new(move |_| {
        spawn_local(async move {
            // The one that is set stays choosable when they cannot be had. The page may be gone meanwhile.
            if let Ok(found) = list_connections().await {
                let _ = connections.try_set(found);
            }
        });
    });
    Effect::new(move |_| {
        let chosen = connection.get();
        models.set(None);
        let Ok(id) = chosen.parse::<ConnectionId>() else { return };
        spawn_local(async move {
            let found = list_models(id).await;
            // The page may be gone meanwhile, and another connection may be chosen: that is asked by itself.
            if connection.try_with_untracked(|now| *now == chosen).unwrap_or_default() {
                let _ = models.try_set(Some(found));
            }
        });
    });
    let save = Action::new(move |(): &()| {
        let transcription = TranscriptionSettings {
            connection: connection.get_untracked().parse::<ConnectionId>().ok(),
            model: model.get_untracked(),
        };
        let patch = OrganisationPatch { transcription: Some(transcription), ..OrganisationPatch::default() };
        async move {
            let saved = update_organisation(patch).await?.transcription;
            model.set(saved.model);
            typed.begin();
            session.set(Me { transcribes: saved.connection.is_some(), ..untrack(move || session.me()) });
            toaster.say(t!("form.saved"));
            Ok::<(), FnError>(())
        }
    });
    let error = action_error(save);
    let options = move || {
        let mut options = vec![(String::new(), t!("transcription.off").to_owned())];
        let known = connections.try_get().unwrap_or_default();
        options.extend(known.into_iter().map(|connection| (connection.id.to_string(), connection.name)));
        let chosen = connection.try_get().unwrap_or_default();
        if options.iter().all(|(value, _)| *value != chosen) {
            options.push((chosen, t!("assistants.connection_kept").to_owned()));
        }
        options
    };
    // On the server a page may be looked through once more while it is already being cleared away.
    let has_model = move || connection.try_with(|chosen| !chosen.is_empty()).unwrap_or_default();
    let names = move || -> Vec<String> {
        let found = models.try_get().flatten().and_then(Result::ok).unwrap_or_default();
        found.into_iter().map(|model| model.id).collect()
    };
    let trouble = move || {
        models.try_get().flatten().and_then(Result::err).map(|error| {
            view! { <p class="small muted">{i18n::error_text(&error.0)} " " {t!("assistants.model_by_hand")}</p> }
        })
    };
    view! {
        <FormSection
            title=t!("transcription.title")
            text=t!("transcription.text")
            busy=save.pending()
            error=general_error(error, &["connection", "model"])
            on_submit=move |()| { save.dispatch(()); }
        >
            <SelectField label=t!("assistants.connection") name="connection" value=connection
                options=Signal::derive(options) error />
            <Show when=has_model>
                <TextField label=t!("assistants.model") name="model" value=model suggestions=Signal::derive(names)
                    hint=t!("transcription.model_hint") error />
                {trouble}
            </Show>
        </FormSection>
    }
}
