//! A forgotten password, and the link of an e-mail that sets a new one (also the link of an invitation).

use hammock_contract::ErrorCode;
use leptos::prelude::*;

use super::{
    form_parts::{ChosenPassword, Field, PostedForm, Problem, Submit, form_state},
    frame::FormPage,
    invitation::invitation_page,
};
use crate::{document::encode, request, t, ui::Icon};

/// Asks for the link.
pub fn forgotten_password_page() -> impl IntoView {
    let body = if form_state().done {
        view! {
            <p class="form-notice" role="status"><Icon name="mail" /><span>{t!("auth.link_sent")}</span></p>
            <a class="button wide" href="/sign-in">{t!("auth.back_to_sign_in")}</a>
        }
        .into_any()
    } else {
        view! {
            <p class="muted">{t!("auth.forgotten_text")}</p>
            <PostedForm action="/forgotten-password">
                <Problem fields=&["email"] />
                <Field
                    label=t!("person.email")
                    name="email"
                    kind="email"
                    autocomplete="username"
                    autofocus=true
                />
                <Submit>{t!("auth.send_link")}</Submit>
            </PostedForm>
            <p class="auth-foot"><a href="/sign-in">{t!("auth.back_to_sign_in")}</a></p>
        }
        .into_any()
    };
    view! { <FormPage title=t!("auth.forgotten_title")>{body}</FormPage> }
}

/// Sets the password, by the token in the link.
pub fn new_password_page() -> impl IntoView {
    let form = form_state();
    if form.errors.iter().any(|error| error.code == ErrorCode::InvalidToken) {
        return view! { <LinkEnded /> }.into_any();
    }
    let token = request::query("token").or_else(|| form.values.get("token").cloned());
    if let (Some(invited), Some(token)) = (&form.invited, &token) {
        return invitation_page(invited.clone(), token.clone()).into_any();
    }
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return view! {
            <FormPage title=t!("auth.link_missing")>
                <p class="muted">{t!("auth.link_missing_text")}</p>
                <a class="button wide" href="/forgotten-password">{t!("auth.send_link")}</a>
            </FormPage>
        }
        .into_any();
    };
    view! {
        <FormPage title=t!("auth.set_password_title")>
            <PostedForm action=action_with(&token)>
                <Problem fields=&["password", "password_again"] />
                <ChosenPassword label=t!("auth.new_password") />
                <Submit>{t!("auth.set_password")}</Submit>
            </PostedForm>
            <p class="auth-foot"><a href="/forgotten-password">{t!("auth.forgotten")}</a></p>
        </FormPage>
    }
    .into_any()
}

/// Where a new password is sent. The token stands in the address, so that the page can be shown again also where nothing of the
/// form was read.
pub fn action_with(token: &str) -> String {
    format!("/new-password?token={}", encode(token))
}

/// What to do with a link that was used or is too old: sign in where it was used, else get another.
#[component]
fn LinkEnded() -> impl IntoView {
    view! {
        <FormPage title=t!("auth.link_ended")>
            <p class="muted">{t!("auth.link_ended_used")}</p>
            <a class="button primary wide" href="/sign-in">{t!("auth.sign_in")}</a>
            <p class="muted">{t!("auth.link_ended_new")}</p>
            <a class="button wide" href="/forgotten-password">{t!("auth.send_link")}</a>
        </FormPage>
    }
}
