//! Fields with their label, hint and error.

use leptos::{html, prelude::*};

use super::{
    FieldError, Icon, Options,
    fault::{Fault, fault_in, fault_in_range, fault_of_kind},
    number::millionths,
};
use crate::{i18n, t};

/// The hint and the error under a field, and the ids by which the field refers to them.
#[component]
fn FieldNotes(id: String, hint: Option<Signal<String>>, error: Signal<Option<String>>) -> impl IntoView {
    let error_id = format!("{id}-error");
    view! {
        {hint.map(|hint| {
            let nothing = move || hint.try_with(String::is_empty).unwrap_or_default();
            view! { <p class="hint" id=format!("{id}-hint") hidden=nothing>{move || hint.try_get().unwrap_or_default()}</p> }
        })}
        {move || {
            // On the server a page may be looked through once more while it is already being cleared away.
            error.try_get().flatten().map(|text| {
                view! {
                    <p class="field-error" id=error_id.clone()><Icon name="alert-circle" /><span>{text}</span></p>
                }
            })
        }}
    }
}

fn is_some(error: Signal<Option<String>>) -> bool {
    error.try_with(Option::is_some).unwrap_or_default()
}

fn described_by(
    id: &str,
    has_hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Clone + use<> {
    let id = id.to_owned();
    move || match (is_some(error), has_hint) {
        (true, _) => Some(format!("{id}-error")),
        (false, true) => Some(format!("{id}-hint")),
        (false, false) => None,
    }
}

/// A one-line field.
#[component]
pub fn TextField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name; with `field-` before it the id, so it must be unique on the page.
    name: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// The kind of `<input>`: `text`, `email`, `password`, `tel`, `url`, `number`.
    #[prop(default = "text")]
    kind: &'static str,
    /// A line under the field.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What the server finds wrong with it, or with its form.
    #[prop(optional, into)]
    error: FieldError,
    /// What is wrong with what is typed, beyond what the kind of the field says; shown when the form is sent.
    #[prop(optional, into)]
    rule: Signal<Option<String>>,
    /// Whether it must be filled in; the others are marked as optional.
    #[prop(default = true)]
    required: bool,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// The step of a number; what lies between two steps may be typed all the same.
    #[prop(optional)]
    step: Option<&'static str>,
    /// The smallest number.
    #[prop(optional)]
    min: Option<&'static str>,
    /// The greatest number.
    #[prop(optional)]
    max: Option<&'static str>,
    /// Names to offer while typing.
    #[prop(optional, into)]
    suggestions: Option<Signal<Vec<String>>>,
    /// Whether the focus goes here when the dialog around it opens.
    #[prop(optional)]
    autofocus: bool,
    /// Whether it cannot be changed.
    #[prop(optional)]
    readonly: bool,
) -> impl IntoView {
    let (id, error) = (format!("field-{name}"), error.on(name));
    let input = NodeRef::<html::Input>::new();
    let fault = Fault::new(value, error, move || {
        if let Some(input) = input.get_untracked() {
            // Fails only for what is no longer on the page.
            let _ = input.focus();
        }
    });
    let out_of_range = move |typed: &str| fault_in_range(min.zip(max)?, typed);
    let wrong = move || {
        let found =
            value.with(|typed| fault_in(kind, required, typed).map(str::to_owned).or_else(|| out_of_range(typed)));
        found.or_else(|| rule.get())
    };
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            input.set_custom_validity(&wrong().unwrap_or_default());
        }
    });
    let error = fault.shown();
    let list_id = suggestions.is_some().then(|| format!("{id}-list"));
    view! {
        <div class="field">
            <label for=id.clone()>
                {label} {(!required).then(|| view! { <span class="optional">" " {t!("form.optional")}</span> })}
            </label>
            <input
                class="input"
                node_ref=input
                type=kind
                id=id.clone()
                name=name
                value=value.try_get_untracked().unwrap_or_default()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:invalid=move |event| {
                    let by_kind = || match min.zip(max) {
                        Some((least, most)) => i18n::range_text(least, most),
                        None => fault_of_kind(kind).to_owned(),
                    };
                    fault.find(&event, untrack(wrong).unwrap_or_else(by_kind));
                }
                required=required
                autocomplete=autocomplete
                placeholder=placeholder
                step=move || step.map(|step| value.try_with(|typed| step_at(typed, step, min)).unwrap_or(step))
                min=min
                max=max
                list=list_id.clone()
                autofocus=autofocus
                readonly=readonly
                aria-invalid=move || is_some(error).then_some("true")
                aria-describedby=described_by(&id, hint.is_some(), error)
            />
            {suggestions.map(|suggestions| {
                view! {
                    <datalist id=list_id>
                        {move || {
                            suggestions.try_get().unwrap_or_default().into_iter().map(|value| view! { <option value=value></option> }).collect_view()
                        }}
                    </datalist>
                }
            })}
            <FieldNotes id hint=hint.map(Signal::stored) error />
        </div>
    }
}

/// The step of a number field for what is typed there. The browser refuses what lies between two steps, the server does not.
fn step_at(typed: &str, step: &'static str, min: Option<&str>) -> &'static str {
    let (Some(typed), Some(width)) = (millionths(typed), millionths(step).filter(|width| *width > 0)) else {
        return step;
    };
    let beyond = typed - min.and_then(millionths).unwrap_or_default();
    if beyond % width == 0 { step } else { "any" }
}

/// A field of several lines; grows with its text.
#[component]
pub fn TextArea(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name; with `field-` before it the id, so it must be unique on the page.
    name: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// A line under the field.
    #[prop(optional, into)]
    hint: Option<String>,
    /// What the server finds wrong with it, or with its form.
    #[prop(optional, into)]
    error: FieldError,
    /// Whether it must be filled in; the others are marked as optional.
    #[prop(optional)]
    required: bool,
    /// An example.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// How many lines it has when empty.
    #[prop(default = 3)]
    rows: u32,
) -> impl IntoView {
    let (id, error) = (format!("field-{name}"), error.on(name));
    let area = NodeRef::<html::Textarea>::new();
    let fault = Fault::new(value, error, move || {
        if let Some(area) = area.get_untracked() {
            // Fails only for what is no longer on the page.
            let _ = area.focus();
        }
    });
    let error = fault.shown();
    view! {
        <div class="field">
            <label for=id.clone()>
                {label} {(!required).then(|| view! { <span class="optional">" " {t!("form.optional")}</span> })}
            </label>
            <textarea
                class="textarea"
                node_ref=area
                id=id.clone()
                name=name
                rows=rows.to_string()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
                on:invalid=move |event| {
                    let found = value.with_untracked(|typed| fault_in("text", required, typed));
                    fault.find(&event, found.unwrap_or_else(|| fault_of_kind("text")).to_owned());
                }
                required=required
                placeholder=placeholder
                aria-invalid=move || is_some(error).then_some("true")
                aria-describedby=described_by(&id, hint.is_some(), error)
            >
                {value.try_get_untracked().unwrap_or_default()}
            </textarea>
            <FieldNotes id hint=hint.map(Signal::stored) error />
        </div>
    }
}

/// A choice among a few.
#[component]
pub fn SelectField(
    /// The label.
    #[prop(into)]
    label: String,
    /// The name; with `field-` before it the id, so it must be unique on the page.
    name: &'static str,
    /// The value that is chosen.
    value: RwSignal<String>,
    /// Values and their labels.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// A line under the field; none while it is empty.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What the server finds wrong with it, or with its form.
    #[prop(optional, into)]
    error: FieldError,
) -> impl IntoView {
    let (id, error) = (format!("field-{name}"), error.on(name));
    let select = NodeRef::<html::Select>::new();
    let fault = Fault::new(value, error, move || {
        if let Some(select) = select.get_untracked() {
            // Fails only for what is no longer on the page.
            let _ = select.focus();
        }
    });
    let error = fault.shown();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select
                class="select"
                node_ref=select
                id=id.clone()
                name=name
                on:change=move |event| value.set(event_target_value(&event))
                aria-invalid=move || is_some(error).then_some("true")
                aria-describedby=described_by(&id, hint.is_some(), error)
            >
                <Options value options />
            </select>
            <FieldNotes id hint error />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_two_steps_may_be_typed() {
        for typed in ["", "0", "0.7", "1.1", "2", "-"] {
            assert_eq!(step_at(typed, "0.1", Some("0")), "0.1", "{typed}");
        }
        assert_eq!(step_at("0.25", "0.1", Some("0")), "any");
        assert_eq!(step_at("0.35", "0.1", Some("0.05")), "0.1");
    }
}
