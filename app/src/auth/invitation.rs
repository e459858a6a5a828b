//! The page of an invitation: who is invited where, the terms, and the first password.

use hammock_contract::auth::Invited;
use leptos::prelude::*;

use super::{
    form_parts::{AcceptTerms, ChosenPassword, PostedForm, Problem, Submit},
    frame::FormPage,
    passwords::action_with,
};
use crate::t;

const FIELDS: &[&str] = &["password", "password_again", "accept_terms"];

/// The page, with the token of its link.
pub fn invitation_page(invited: Invited, token: String) -> impl IntoView {
    view! {
        <FormPage title=t!("auth.set_password_title")>
            <p class="muted">{t!("auth.invited_text", organisation = invited.organisation)}</p>
            <PostedForm action=action_with(&token)>
                <Problem fields=FIELDS />
                // Password managers want to know whose password it is.
                <div class="field">
                    <label for="username">{t!("person.email")}</label>
                    <input
                        class="input"
                        type="email"
                        id="username"
                        name="username"
                        value=invited.email
                        autocomplete="username"
                        readonly
                    />
                </div>
                <ChosenPassword label=t!("auth.new_password") />
                <AcceptTerms />
                <Submit>{t!("auth.set_password")}</Submit>
            </PostedForm>
        </FormPage>
    }
}
