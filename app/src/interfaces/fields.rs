//! Fields that the sections of the form share.

use hammock_contract::ApiError;
use leptos::prelude::*;

use crate::ui::{SelectField, TextField};

/// A whole number.
#[component]
pub fn NumberField(
    /// The label.
    label: &'static str,
    /// The name, by which it is told of its fault.
    name: &'static str,
    /// The least.
    min: &'static str,
    /// The most.
    max: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// Why the settings were refused.
    error: Signal<Option<ApiError>>,
    /// Whether it cannot be changed.
    readonly: bool,
) -> impl IntoView {
    view! { <TextField label name kind="number" min max value error readonly /> }
}

/// One of a few.
#[component]
pub fn ChoiceField(
    /// The label.
    label: &'static str,
    /// The name, by which it is told of its fault.
    name: &'static str,
    /// The value that is chosen.
    value: RwSignal<String>,
    /// Values and their labels, in the language of the page.
    options: fn() -> Vec<(String, String)>,
    /// Why the settings were refused.
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    view! { <SelectField label name value options=Signal::derive(options) error /> }
}

/// A line of text that may be left empty.
#[component]
pub fn LineField(
    /// The label.
    label: &'static str,
    /// The name, by which it is told of its fault.
    name: &'static str,
    /// The kind of `<input>`.
    #[prop(default = "text")]
    kind: &'static str,
    /// What is typed.
    value: RwSignal<String>,
    /// A line under the field.
    hint: &'static str,
    /// Why the settings were refused.
    error: Signal<Option<ApiError>>,
    /// Whether it cannot be changed.
    readonly: bool,
) -> impl IntoView {
    view! { <TextField label name kind value hint error required=false readonly /> }
}
