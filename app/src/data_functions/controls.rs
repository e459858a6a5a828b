//! Small fields for rows of a form of which there may be any number: their labels are read out and not shown.

use leptos::prelude::*;

use crate::ui::Options;

/// A choice in a row.
#[component]
pub fn Pick(
    /// What is chosen, in words.
    #[prop(into)]
    label: String,
    /// The value that is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Values and their labels.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// Called with the value that was chosen.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    let with_chosen = move || {
        let (mut options, chosen) = (options.get(), value.get());
        // What is no longer offered stays in sight until another is chosen.
        if options.iter().all(|(option, _)| *option != chosen) {
            options.insert(0, (chosen.clone(), chosen));
        }
        options
    };
    view! {
        <select class="select" aria-label=label on:change=move |event| on_change.run(event_target_value(&event))>
            <Options value options=Signal::derive(with_chosen) />
        </select>
    }
}

/// A field in a row.
#[component]
pub fn Entry(
    /// What is typed, in words.
    #[prop(into)]
    label: String,
    /// What is typed.
    #[prop(into)]
    value: Signal<String>,
    /// The kind of `<input>`.
    #[prop(optional, into)]
    kind: Option<Signal<&'static str>>,
    /// What stands there while nothing is typed.
    #[prop(optional, into)]
    placeholder: Option<String>,
    /// Called with what is typed.
    #[prop(into)]
    on_input: Callback<String>,
) -> impl IntoView {
    view! {
        <input
            class="input"
            type=move || kind.map_or("text", |kind| kind.get())
            step="any"
            aria-label=label
            autocomplete="off"
            placeholder=placeholder
            prop:value=move || value.get()
            on:input=move |event| on_input.run(event_target_value(&event))
        />
    }
}
