//! The parts of a form that the server renders, with what was typed before and what was wrong with it.

use hammock_contract::{ApiError, password::PasswordRule};
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

fn error_on(form: &FormState, name: &str) -> Option<String> {
    let error = form.error.as_ref()?;
    (error.field.as_deref() == Some(name)).then(|| i18n::error_text(error))
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
    /// The most characters.
    #[prop(default = 80)]
    maxlength: u32,
    /// Whether it may stay empty.
    #[prop(optional)]
    optional: bool,
    /// Whether the focus is here first.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let form = form_state();
    let error = error_on(&form, name);
    let error_id = error.is_some().then(|| format!("{name}-error"));
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
                autocomplete=autocomplete
                maxlength=maxlength.to_string()
                autofocus=autofocus
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=error_id.clone()
            />
            <FieldError id=error_id error />
        </div>
    }
}

#[component]
fn FieldError(id: Option<String>, error: Option<String>) -> impl IntoView {
    error.map(|text| view! { <p class="field-error" id=id><Icon name="alert-circle" /><span>{text}</span></p> })
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
) -> impl IntoView {
    let error = error_on(&form_state(), name);
    let error_id = error.is_some().then(|| format!("{name}-error"));
    let described_by = [error_id.clone(), with_rules.then(|| "password-rules".to_owned())];
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
                    maxlength="256"
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
            <FieldError id=error_id error />
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

/// A checkbox that keeps its state when the form comes back.
#[component]
pub fn Tick(
    /// The name.
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
                <input type="checkbox" name=name value="on" required=required checked=form.values.contains_key(name) />
                <span>{children()}</span>
            </label>
            <FieldError id=None error />
        </div>
    }
}

/// What is wrong with the form as a whole. An error that a field shows already is not repeated.
#[component]
pub fn Problem(
    /// The fields that show their errors themselves.
    fields: &'static [&'static str],
) -> impl IntoView {
    let is_general = |error: &ApiError| error.field.as_deref().is_none_or(|field| !fields.contains(&field));
    form_state().error.filter(is_general).map(|error| {
        view! {
            <p class="form-error" role="alert"><Icon name="alert-circle" /><span>{i18n::error_text(&error)}</span></p>
        }
    })
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
