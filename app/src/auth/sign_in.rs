//! Signing in.

use leptos::prelude::*;

use super::{
    form_parts::{Field, Next, PasswordField, PostedForm, Problem, Submit, Tick},
    frame::FormPage,
};
use crate::{request, t};

/// The page.
pub fn sign_in_page() -> impl IntoView {
    let registration_open = request::page().is_some_and(|page| page.instance.registration_open);
    view! {
        <FormPage title=t!("auth.welcome_back")>
            <PostedForm action="/sign-in">
                <Problem fields=&["email", "password"] />
                <Next />
                <Field
                    label=t!("person.email")
                    name="email"
                    kind="email"
                    autocomplete="username"
                    autofocus=true
                />
                <PasswordField label=t!("auth.password") name="password" autocomplete="current-password" />
                <div class="auth-between">
                    <Tick name="remember">{t!("auth.remember")}</Tick>
                    <a href="/forgotten-password">{t!("auth.forgotten")}</a>
                </div>
                <Submit>{t!("auth.sign_in")}</Submit>
            </PostedForm>
            {registration_open
                .then(|| {
                    view! {
                        <p class="auth-foot">
                            {t!("auth.new_here")} " " <a href="/register">{t!("auth.create_account")}</a>
                        </p>
                    }
                })}
        </FormPage>
    }
}
