//! Who one is: the name and the telephone number, which one changes oneself, and what others decide.

use hammock_contract::user::{Me, ProfilePatch};
use leptos::prelude::*;

use super::{account_page::FormSection, api::update_profile};
use crate::{
    FnError,
    layout::role_name,
    session::use_session,
    t,
    ui::{ButtonKind, TextField, Typed, form::action_error, general_error, guard_leaving, use_toaster},
};

const FIELDS: &[&str] = &["first_name", "last_name", "telephone"];

/// Name and telephone number.
#[component]
pub fn PersonForm() -> impl IntoView {
    let session = use_session();
    let toaster = use_toaster();
    let me = untrack(move || session.me());
    let first_name = RwSignal::new(me.user.first_name.clone());
    let last_name = RwSignal::new(me.user.last_name.clone());
    let telephone = RwSignal::new(me.user.telephone.clone());
    let typed = Typed::in_fields(move || [first_name, last_name, telephone].map(|field| field.get()).to_vec());
    guard_leaving(typed.changed());
    let save = Action::new(move |(): &()| {
        let profile = ProfilePatch {
            first_name: Some(first_name.get_untracked()),
            last_name: Some(last_name.get_untracked()),
            telephone: Some(telephone.get_untracked()),
        };
        async move {
            let user = update_profile(profile).await?;
            first_name.set(user.first_name.clone());
            last_name.set(user.last_name.clone());
            telephone.set(user.telephone.clone());
            typed.begin();
            session.set(Me { user, ..untrack(move || session.me()) });
            toaster.say(t!("form.saved"));
            Ok::<(), FnError>(())
        }
    });
    let error = action_error(save);
    view! {
        <FormSection
            title=t!("account.person")
            text=t!("account.person_text")
            kind=ButtonKind::Primary
            busy=save.pending()
            error=general_error(error, FIELDS)
            on_submit=move |()| { save.dispatch(()); }
        >
            <div class="form-row">
                <TextField label=t!("person.first_name") name="first_name" value=first_name error
                    autocomplete="given-name" />
                <TextField label=t!("person.last_name") name="last_name" value=last_name error
                    autocomplete="family-name" />
            </div>
            <TextField label=t!("users.telephone") name="telephone" kind="tel" value=telephone error autocomplete="tel"
                required=false />
            <dl class="stack">
                <Fact label=t!("person.email") value=me.user.email note=t!("account.email_hint") />
                <Fact label=t!("account.organisation") value=me.organisation_name />
                <Fact label=t!("users.role") value=role_name(me.user.role) />
            </dl>
        </FormSection>
    }
}

/// Something that is shown and not changed here.
#[component]
fn Fact(
    label: &'static str,
    #[prop(into)] value: String,
    #[prop(optional)] note: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="fact">
            <dt class="muted small">{label}</dt>
            <dd>{value} {note.map(|note| view! { <span class="hint">{note}</span> })}</dd>
        </div>
    }
}
