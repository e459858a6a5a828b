//! What a form says when the server refuses it.

use hammock_contract::{ApiError, ErrorCode};
use leptos::{html, prelude::*};

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

/// What the server finds wrong with a field: told to it alone, or found by it in what was wrong with its form.
#[derive(Clone, Copy)]
pub enum FieldError {
    /// About this field.
    Own(Signal<Option<String>>),
    /// About the form: the field shows it when its name is in it.
    OfForm(Signal<Option<ApiError>>),
}

impl FieldError {
    /// What the field `name` shows.
    pub fn on(self, name: &'static str) -> Signal<Option<String>> {
        match self {
            Self::Own(told) => told,
            Self::OfForm(error) => on_field(error, name),
        }
    }
}

impl Default for FieldError {
    fn default() -> Self {
        Self::Own(Signal::default())
    }
}

impl From<Signal<Option<String>>> for FieldError {
    fn from(told: Signal<Option<String>>) -> Self {
        Self::Own(told)
    }
}

impl From<Signal<Option<ApiError>>> for FieldError {
    fn from(error: Signal<Option<ApiError>>) -> Self {
        Self::OfForm(error)
    }
}

/// `error` when it is about none of the fields named: what [`FormError`] shows.
pub fn general_error(error: Signal<Option<ApiError>>, fields: &'static [&'static str]) -> Signal<Option<ApiError>> {
    Signal::derive(move || {
        error.try_get().flatten().filter(|error| error.field.as_deref().is_none_or(|field| !fields.contains(&field)))
    })
}

/// What was wrong with a form, for those of its `fields` that are folded up in `details`. What is folded away can neither be
/// seen nor have the focus: it is unfolded before one of them is told of its fault.
pub fn unfolded_first(
    details: NodeRef<html::Details>,
    fields: &'static [&'static str],
    error: Signal<Option<ApiError>>,
) -> Signal<Option<ApiError>> {
    let told = RwSignal::new(None::<ApiError>);
    Effect::new(move |_| {
        let error = error.get();
        let field = error.as_ref().and_then(|error| error.field.as_deref());
        if let Some(details) = details.get_untracked().filter(|_| field.is_some_and(|field| fields.contains(&field))) {
            details.set_open(true);
        }
        told.set(error);
    });
    told.into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_finds_what_is_wrong_with_it_in_its_form() {
        let owner = Owner::new();
        owner.with(|| {
            let error = ApiError::new(ErrorCode::NameTaken, "the name is taken").on("name");
            let of_form = FieldError::from(Signal::stored(Some(error.clone())));
            assert_eq!(of_form.on("name").get_untracked(), Some(i18n::error_text(&error)));
            assert_eq!(of_form.on("email").get_untracked(), None);
            let own = FieldError::from(Signal::stored(Some("taken".to_owned())));
            assert_eq!(own.on("name").get_untracked().as_deref(), Some("taken"));
            assert_eq!(FieldError::default().on("name").get_untracked(), None);
        });
    }
}
