//! The parts of a form that the server renders, with what was typed before and what was wrong with it.

use hammock_contract::{
    ApiError, ErrorCode,
    password::{MAX_PASSWORD_CHARS, PasswordRule},
};
use leptos::prelude::*;

use crate::{
    i18n,
    request::{self, FormState},
    t,
    ui::Icon,
};

/// What came of the form, if it was posted.
pub fn form_state() -> FormState {
    request::page().map(|page| page.form).unwrap_or_default()
}

/// The form. The script judges its fields before it is sent, and says what is wrong in the words that stand here;
/// without the script the browser judges them in its own way.
#[component]
pub fn PostedForm(
    /// Where it is posted to: the address of its page, with what that needs.
    #[prop(into)]
    action: String,
    /// Whether leaving the page with something typed asks first.
    #[prop(optional)]
    guarded: bool,
    children: Children,
) -> impl IntoView {
    let holds_typed = !form_state().errors.is_empty();
    view! {
        <form
            class="form"
            method="post"
            action=action
            data-guarded=guarded.then_some(if holds_typed { "typed" } else { "" })
            data-missing=t!("form.missing")
            data-email=t!("error.invalid_email")
            data-weak=t!("error.weak_password")
            data-long=t!("error.weak_password.detail", max = MAX_PASSWORD_CHARS)
            data-differs=t!("error.passwords_differ")
            data-terms=t!("error.terms_not_accepted")
            data-unavailable=t!("error.unavailable")
            data-failed=t!("error.internal")
        >
            {children()}
        </form>
    }
}

fn error_on(form: &FormState, name: &str) -> Option<String> {
    let error = form.errors.iter().find(|error| error.field.as_deref() == Some(name))?;
    // What was left empty is better told without the limits.
    let is_blank = form.values.get(name).is_some_and(|value| value.trim().is_empty());
    Some(match error.code {
        ErrorCode::InvalidField if is_blank => t!("form.missing").to_owned(),
        _ => i18n::error_text(error),
    })
}

/// Whether the focus begins in a field: in those that are faulty, of which the browser takes the first, or in the one
/// that is meant to be first.
fn begins_here(form: &FormState, name: &str, first: bool) -> bool {
    let is_faulty = |name: &str| form.errors.iter().any(|error| error.field.as_deref() == Some(name));
    is_faulty(name) || (first && form.errors.iter().all(|error| error.field.is_none()))
}

/// A field with its label, what was typed before, and what is wrong with it.
#[component]
pub fn Field(
    /// The label.
    label: &'static str,
    /// The name; also the id.
    name: &'static str,
    /// The kind of `<input>`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What the browser may fill in.
    autocomplete: &'static str,
    /// The most characters that it takes, where the script says so before it is sent.
    #[prop(optional)]
    most: Option<usize>,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Whether the focus is here first.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let form = form_state();
    let error = error_on(&form, name);
    view! {
        <div class="field">
            <label for=name>
                {label} {optional.then(|| view! { <span class="optional">" " {t!("form.optional")}</span> })}
            </label>
            <input
                class="input"
                type=kind
                id=name
                name=name
                value=form.values.get(name).cloned()
                required=!optional
                data-most=most
                data-long=most.map(|most| t!("error.invalid_field.long", max = most))
                autocomplete=autocomplete
                autofocus=begins_here(&form, name, autofocus)
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error.is_some().then(|| error_id(name))
            />
            <FieldError name error />
        </div>
    }
}

fn error_id(name: &str) -> String {
    format!("{name}-error")
}

/// What is wrong with a field. Hidden while nothing is: the script writes into it.
#[component]
fn FieldError(name: &'static str, error: Option<String>) -> impl IntoView {
    let nothing = error.is_none();
    view! {
        <p class="field-error" id=error_id(name) hidden=nothing><Icon name="alert-circle" /><span>{error}</span></p>
    }
}

/// A password that is chosen, and the same once more.
#[component]
pub fn ChosenPassword(
    /// What the first one is called.
    label: &'static str,
) -> impl IntoView {
    view! {
        <PasswordField label name="password" autocomplete="new-password" with_rules=true />
        <PasswordField label=t!("auth.password_again") name="password_again" autocomplete="new-password" repeats="password" />
    }
}

/// A password, with a button that shows it. The button appears with the script.
#[component]
pub fn PasswordField(
    /// The label.
    label: &'static str,
    /// The name; also the id.
    name: &'static str,
    /// What the browser may fill in: `current-password` or `new-password`.
    autocomplete: &'static str,
    /// Whether the rules of a new password are shown under it.
    #[prop(optional)]
    with_rules: bool,
    /// The name of the field that this one repeats.
    #[prop(optional)]
    repeats: Option<&'static str>,
) -> impl IntoView {
    let form = form_state();
    let error = error_on(&form, name);
    let described_by = [with_rules.then(|| "password-rules".to_owned()), error.is_some().then(|| error_id(name))];
    let described_by: Vec<String> = described_by.into_iter().flatten().collect();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <div class="with-addon">
                <input
                    class="input"
                    type="password"
                    id=name
                    name=name
                    required
                    autocomplete=autocomplete
                    autofocus=begins_here(&form, name, false)
                    data-repeats=repeats
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=(!described_by.is_empty()).then(|| described_by.join(" "))
                />
                <button
                    type="button"
                    class="button ghost icon-only addon"
                    data-shows=name
                    aria-pressed="false"
                    aria-label=t!("auth.show_password")
                    title=t!("auth.show_password")
                    hidden
                >
                    <span class="hidden-state"><Icon name="eye" /></span>
                    <span class="shown-state"><Icon name="eye-off" /></span>
                </button>
            </div>
            <FieldError name error />
            {with_rules.then(|| view! { <PasswordRules of=name /> })}
        </div>
    }
}

/// The rules of a password; the script marks those that are met while it is typed.
#[component]
fn PasswordRules(of: &'static str) -> impl IntoView {
    let rule = |rule: PasswordRule| {
        let (name, text) = match rule {
            PasswordRule::Length => ("length", t!("password.length")),
            PasswordRule::Lowercase => ("lowercase", t!("password.lowercase")),
            PasswordRule::DigitSymbolOrSpace => ("other", t!("password.digit_symbol_or_space")),
        };
        view! { <li data-rule=name data-met="false"><Icon name="check" /><span>{text}</span></li> }
    };
    view! { <ul class="password-rules" id="password-rules" data-rules-of=of>{PasswordRule::ALL.map(rule)}</ul> }
}

/// Without which nobody gets an account.
#[component]
pub fn AcceptTerms() -> impl IntoView {
    let instance = request::page().map(|page| page.instance);
    let (terms, privacy) = instance.map(|instance| (instance.terms_url, instance.privacy_url)).unwrap_or_default();
    view! {
        <Tick name="accept_terms" required=true>
            {t!("auth.accept")} " " <a href=terms target="_blank">{t!("auth.terms")}</a> " "
            {t!("auth.and_privacy")} " " <a href=privacy target="_blank">{t!("auth.privacy")}</a>
        </Tick>
    }
}

/// A checkbox that keeps its state when the form comes back.
#[component]
pub fn Tick(
    /// The name; also the id.
    name: &'static str,
    /// Whether it must be ticked.
    #[prop(optional)]
    required: bool,
    /// The label.
    children: Children,
) -> impl IntoView {
    let form = form_state();
    let error = error_on(&form, name);
    view! {
        <div class="field">
            <label class="check">
                <input
                    type="checkbox"
                    id=name
                    name=name
                    value="on"
                    required=required
                    checked=form.values.contains_key(name)
                    autofocus=begins_here(&form, name, false)
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=error.is_some().then(|| error_id(name))
                />
                <span>{children()}</span>
            </label>
            <FieldError name error />
        </div>
    }
}

/// What is wrong with the form as a whole. An error that a field shows already is not repeated. Hidden while nothing is:
/// the script writes into it.
#[component]
pub fn Problem(
    /// The fields that show their errors themselves.
    fields: &'static [&'static str],
) -> impl IntoView {
    let is_general = |error: &&ApiError| error.field.as_deref().is_none_or(|field| !fields.contains(&field));
    let text = form_state().errors.iter().find(is_general).map(i18n::error_text);
    let nothing = text.is_none();
    view! {
        <p class="form-error" role="alert" data-problem="form" hidden=nothing>
            <Icon name="alert-circle" /><span>{text}</span>
        </p>
    }
}

/// The page that comes after, handed on from page to page.
#[component]
pub fn Next() -> impl IntoView {
    let next = request::query("next").or_else(|| form_state().values.get("next").cloned());
    next.map(|next| view! { <input type="hidden" name="next" value=next /> })
}

/// The button that sends the form.
#[component]
pub fn Submit(children: Children) -> impl IntoView {
    view! { <button type="submit" class="button primary wide">{children()}</button> }
}
