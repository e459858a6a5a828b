//! The organisation: its name, by what programs know it, where its speech is written down, where its requests may go, and how
//! its knowledge is searched by meaning.

use hammock_contract::{
    organisation::{Organisation, OrganisationPatch},
    user::Me,
};
use leptos::prelude::*;

use super::{
    allowed_hosts::AllowedHostsForm,
    api::{read_embedding, read_organisation, update_organisation},
    search_by_meaning::SearchByMeaning,
    transcription::TranscriptionForm,
};
use crate::{
    FnError,
    account::{FormSection, Section},
    session::use_session,
    t,
    ui::{
        ButtonKind, CopyButton, Load, Moment, Page, PageBody, PageHeader, TextField, Typed, form::action_error,
        general_error, guard_leaving, use_toaster,
    },
};

/// The organisation.
#[component]
pub fn OrganisationPage() -> impl IntoView {
    let organisation = Resource::new(|| (), |()| read_organisation());
    let status = Resource::new(|| (), |()| read_embedding());
    view! {
        <Page>
            <PageHeader title=t!("organisation.title") />
            <PageBody narrow=true>
                <Load resource=organisation let:organisation>
                    <div class="account">
                        <NameForm name=organisation.name.clone() />
                        <TranscriptionForm settings=organisation.transcription.clone() />
                        <AllowedHostsForm allowed=organisation.allowed_hosts.clone() />
                        <Details organisation />
                        <SearchByMeaning status />
                    </div>
                </Load>
            </PageBody>
        </Page>
    }
}

#[component]
fn NameForm(name: String) -> impl IntoView {
    let session = use_session();
    let toaster = use_toaster();
    let name = RwSignal::new(name);
    let typed = Typed::in_fields(move || vec![name.get()]);
    guard_leaving(typed.changed());
    let save = Action::new(move |(): &()| {
        let patch = OrganisationPatch { name: Some(name.get_untracked()), ..OrganisationPatch::default() };
        async move {
            let saved = update_organisation(patch).await?;
            name.set(saved.name.clone());
            typed.begin();
            session.set(Me { organisation_name: saved.name, ..untrack(move || session.me()) });
            toaster.say(t!("form.saved"));
            Ok::<(), FnError>(())
        }
    });
    let error = action_error(save);
    view! {
        <FormSection
            title=t!("organisation.name")
            text=t!("organisation.name_text")
            kind=ButtonKind::Primary
            busy=save.pending()
            error=general_error(error, &["name"])
            on_submit=move |()| { save.dispatch(()); }
        >
            <TextField label=t!("organisation.name") name="name" value=name error autocomplete="organization" />
        </FormSection>
    }
}

/// What is shown and not changed.
#[component]
fn Details(organisation: Organisation) -> impl IntoView {
    let id = organisation.id.to_string();
    view! {
        <Section title=t!("organisation.details") text=t!("organisation.details_text")>
            <dl class="stack">
                <div class="fact">
                    <dt class="muted small">{t!("organisation.id")}</dt>
                    <dd>
                        <span class="secret"><code>{id.clone()}</code><CopyButton text=id /></span>
                    </dd>
                </div>
                <div class="fact">
                    <dt class="muted small">{t!("organisation.created")}</dt>
                    <dd><Moment at=organisation.created_at /></dd>
                </div>
            </dl>
        </Section>
    }
}
