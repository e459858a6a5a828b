//! What a form says when the server refuses it.

use hammock_contract::{ApiError, ErrorCode};
use leptos::prelude::*;

use super::Icon;
use crate::{FnError, i18n, t};

/// The error of an action that ran, if it failed.
pub fn action_error<I, T>(action: Action<I, Result<T, FnError>>) -> Signal<Option<ApiError>>
where
    I: Send + Sync + 'static,
    T: Clone + Send + Sync + 'static,
{
    Signal::derive(move || action.value().get().and_then(Result::err).map(|error| error.0))
}

/// The text of `error` when it is about the field `name`.
pub fn on_field(error: Signal<Option<ApiError>>, name: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || {
        error
            .try_get()
            .flatten()
            .filter(|error| error.field.as_deref() == Some(name))
            .map(|error| i18n::error_text(&error))
    })
}

/// `error` when it is about none of the fields named: what [`FormError`] shows.
pub fn general_error(error: Signal<Option<ApiError>>, fields: &'static [&'static str]) -> Signal<Option<ApiError>> {
    Signal::derive(move || {
        error.try_get().flatten().filter(|error| error.field.as_deref().is_none_or(|field| !fields.contains(&field)))
    })
}

/// A form that is sent by `on_submit`; the browser itself would leave the page with it.
#[component]
pub fn Form(
    /// Its class.
    #[prop(default = "form")]
    class: &'static str,
    /// Whether the server alone judges what is typed.
    #[prop(optional)]
    novalidate: bool,
    /// Sends it.
    #[prop(into)]
    on_submit: Callback<()>,
    /// The fields, and the button that sends them.
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class=class
            method="post"
            novalidate=novalidate
            on:submit=move |event| {
                event.prevent_default();
                on_submit.run(());
            }
        >
            {children()}
        </form>
    }
}

/// Why a form was refused, where that is about no single field. Read out when it appears.
#[component]
pub fn FormError(
    /// The error.
    #[prop(into)]
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    view! {
        <div role="alert">
            {move || {
                error.try_get().flatten().map(|error| {
                    view! {
                        <p class="form-error"><Icon name="alert-circle" /><ErrorText error /></p>
                    }
                })
            }}
        </div>
    }
}

/// What an error means, and what to do next. Whoever is no longer signed in gets a way to sign in beside the page, which
/// keeps what was typed on it.
#[component]
pub fn ErrorText(
    /// The error.
    error: ApiError,
) -> impl IntoView {
    let is_signed_out = error.code == ErrorCode::SignInRequired;
    let text = if is_signed_out { t!("form.signed_out").to_owned() } else { i18n::error_text(&error) };
    let way_in = is_signed_out.then(|| {
        view! { " " <a href="/sign-in" target="_blank" rel="noopener">{t!("auth.sign_in")}</a> }
    });
    view! { <span class="error-text">{text}{way_in}</span> }
}
