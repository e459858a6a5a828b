//! Where recorded speech is written down: by a model of one of the organisation's connections.

use hammock_contract::{
    ConnectionId,
    organisation::{OrganisationPatch, TranscriptionSettings},
    user::Me,
};
use leptos::prelude::*;

use super::api::update_organisation;
use crate::{
    FnError,
    account::FormSection,
    connections::KnownModels,
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
    let known = KnownModels::ask(connection, true);
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
    view! {
        <FormSection
            title=t!("transcription.title")
            text=t!("transcription.text")
            busy=save.pending()
            error=general_error(error, &["connection", "model"])
            on_submit=move |()| { save.dispatch(()); }
        >
            <SelectField label=t!("assistants.connection") name="connection" value=connection
                options=known.connections(t!("transcription.off")) error />
            {known.failed()}
            <Show when=move || known.has_connection()>
                <TextField label=t!("assistants.model") name="model" value=model suggestions=known.names()
                    hint=t!("transcription.model_hint") error />
                {known.trouble()}
            </Show>
        </FormSection>
    }
}
