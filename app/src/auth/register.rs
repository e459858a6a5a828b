//! Registering: a new person with an organisation of their own.

use hammock_contract::check;
use leptos::prelude::*;

use super::{
    form_parts::{AcceptTerms, ChosenPassword, Field, PostedForm, Problem, Submit, Tick},
    frame::FormPage,
};
use crate::{request, t};

const FIELDS: &[&str] =
    &["first_name", "last_name", "email", "organisation", "password", "password_again", "accept_terms"];

/// The page; where only invited people come in, it says so.
pub fn register_page() -> impl IntoView {
    let instance = request::page().map(|page| page.instance);
    if !instance.as_ref().is_some_and(|instance| instance.registration_open) {
        return view! {
            <FormPage title=t!("auth.closed")>
                <p class="muted">{t!("auth.closed_text")}</p>
                <a class="button wide" href="/sign-in">{t!("auth.back_to_sign_in")}</a>
            </FormPage>
        }
        .into_any();
    }
    view! {
        <FormPage title=t!("auth.create_account")>
            <p class="muted">{t!("auth.register_text")}</p>
            <PostedForm action="/register" guarded=true>
                <Problem fields=FIELDS />
                <div class="form-row">
                    <Field
                        label=t!("person.first_name")
                        name="first_name"
                        autocomplete="given-name"
                        most=check::MAX_NAME
                        autofocus=true
                    />
                    <Field label=t!("person.last_name") name="last_name" autocomplete="family-name" most=check::MAX_NAME />
                </div>
                <Field
                    label=t!("person.email")
                    name="email"
                    kind="email"
                    autocomplete="username"
                />
                <Field
                    label=t!("auth.organisation")
                    name="organisation"
                    autocomplete="organization"
                    most=check::MAX_ORGANISATION
                    optional=true
                />
                <ChosenPassword label=t!("auth.password") />
                <AcceptTerms />
                <Tick name="no_marketing">{t!("auth.no_marketing")}</Tick>
                <Submit>{t!("auth.create_account")}</Submit>
            </PostedForm>
            <p class="auth-foot">{t!("auth.have_account")} " " <a href="/sign-in">{t!("auth.sign_in")}</a></p>
        </FormPage>
    }
    .into_any()
}
