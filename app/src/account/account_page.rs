//! One's own profile: who one is, the language, the password.

use hammock_contract::{ApiError, ErrorCode, auth::PasswordChange, locale::Locale};
use leptos::prelude::*;

use super::{
    api::{change_password, set_locale},
    person_form::PersonForm,
    send_key::SendKeyForm,
};
use crate::{
    FnError, i18n,
    layout::{language_name, speak},
    session::use_session,
    t,
    ui::{
        Button, ButtonKind, Form, FormError, Page, PageBody, PageHeader, SelectField, TextField, Typed,
        fault::weak_password, form::action_error, general_error, guard_leaving, use_toaster,
    },
};

/// One's own profile.
#[component]
pub fn AccountPage() -> impl IntoView {
    view! {
        <Page>
            <PageHeader title=t!("account.title") />
            <PageBody narrow=true>
                <div class="account">
                    <PersonForm />
                    <Language />
                    <SendKeyForm />
                    <Password />
                </div>
            </PageBody>
        </Page>
    }
}

/// A part of the page: what it is about on the left, its fields on the right.
#[component]
pub fn Section(
    /// What it is about.
    title: &'static str,
    /// What changing it means.
    text: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section split">
            <header>
                <h2>{title}</h2>
                <p class="muted small">{text}</p>
            </header>
            <div>{children()}</div>
        </section>
    }
}

/// A part of the page that is saved by itself.
#[component]
pub fn FormSection(
    /// What it is about.
    title: &'static str,
    /// What changing it means.
    text: &'static str,
    /// How much its button asks for attention.
    #[prop(optional)]
    kind: ButtonKind,
    /// What its button says, where that is more than “save”.
    #[prop(optional)]
    submit: Option<&'static str>,
    /// Whether it is being saved.
    #[prop(into)]
    busy: Signal<bool>,
    /// Why it was refused, where that is about no single field.
    error: Signal<Option<ApiError>>,
    /// Saves it.
    #[prop(into)]
    on_submit: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! {
        <Section title text>
            <Form on_submit>
                {children()}
                <FormError error />
                <div class="form-actions">
                    <Button kind of_type="submit" busy>{submit.unwrap_or_else(|| t!("form.save"))}</Button>
                </div>
            </Form>
        </Section>
    }
}

#[component]
fn Language() -> impl IntoView {
    let chosen = use_session().me().locale.map_or_else(String::new, |locale| locale.tag().to_owned());
    let value = RwSignal::new(chosen);
    let typed = Typed::in_fields(move || vec![value.get()]);
    guard_leaving(typed.changed());
    let save = Action::new(move |locale: &Option<Locale>| {
        let locale = *locale;
        async move {
            set_locale(locale).await?;
            typed.begin();
            speak(locale);
            Ok::<(), FnError>(())
        }
    });
    let options = Signal::derive(|| {
        let languages =
            Locale::ALL.into_iter().map(|locale| (locale.tag().to_owned(), language_name(locale).to_owned()));
        std::iter::once((String::new(), t!("locale.browser").to_owned())).chain(languages).collect::<Vec<_>>()
    });
    view! {
        <FormSection
            title=t!("locale.title")
            text=t!("locale.text")
            busy=save.pending()
            error=action_error(save)
            on_submit=move |()| { save.dispatch(Locale::from_tag(&value.get_untracked())); }
        >
            <SelectField label=t!("locale.title") name="locale" value options />
        </FormSection>
    }
}

#[component]
fn Password() -> impl IntoView {
    let toaster = use_toaster();
    let current = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let again = RwSignal::new(String::new());
    guard_leaving(Signal::derive(move || [current, password, again].iter().any(|field| !field.with(String::is_empty))));
    let save = Action::new(move |change: &PasswordChange| {
        let change = change.clone();
        async move {
            change_password(change).await?;
            for field in [current, password, again] {
                field.set(String::new());
            }
            toaster.say(t!("account.password_changed"));
            Ok::<(), FnError>(())
        }
    });
    let error = action_error(save);
    // The general text is about an e-mail address and a password; here it is only the password.
    let wrong_password = Signal::derive(move || {
        let current = error.get().filter(|error| error.field.as_deref() == Some("current"));
        current.map(|error| match error.code {
            ErrorCode::WrongCredentials => t!("account.wrong_password").to_owned(),
            _ => i18n::error_text(&error),
        })
    });
    let submit = move || {
        save.dispatch(PasswordChange {
            current: current.get_untracked(),
            password: password.get_untracked(),
            password_again: again.get_untracked(),
        });
    };
    view! {
        <FormSection
            title=t!("auth.password")
            text=t!("account.password_text")
            submit=t!("account.change_password")
            busy=save.pending()
            error=general_error(error, &["current", "password", "password_again"])
            on_submit=move |()| submit()
        >
            // Password managers want to know whose password it is.
            <input
                type="text"
                name="username"
                autocomplete="username"
                value=use_session().me().user.email
                readonly
                hidden
            />
            <TextField label=t!("account.current_password") name="current" kind="password" value=current
                error=wrong_password autocomplete="current-password" />
            <TextField label=t!("auth.new_password") name="password" kind="password" value=password error
                rule=weak_password(password) hint=t!("password.rules") autocomplete="new-password" />
            <TextField
                label=t!("auth.password_again")
                name="password_again"
                kind="password"
                value=again
                error
                rule=Signal::derive(move || {
                    (again.get() != password.get()).then(|| t!("error.passwords_differ").to_owned())
                })
                autocomplete="new-password"
            />
        </FormSection>
    }
}
