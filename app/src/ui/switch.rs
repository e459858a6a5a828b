//! Yes or no: a switch acts at once or belongs to a setting, a checkbox belongs to a form.

use leptos::prelude::*;

/// A switch.
#[component]
pub fn Switch(
    /// The label.
    #[prop(into)]
    label: String,
    /// Whether it is on.
    checked: RwSignal<bool>,
    /// A line under the label.
    #[prop(optional, into)]
    hint: Option<String>,
) -> impl IntoView {
    view! {
        <label class="switch">
            <input
                type="checkbox"
                role="switch"
                checked=checked.try_get_untracked().unwrap_or_default()
                prop:checked=move || checked.get()
                on:change=move |event| checked.set(event_target_checked(&event))
            />
            <span>{label} {hint.map(|hint| view! { <span class="hint">{hint}</span> })}</span>
        </label>
    }
}

/// A checkbox.
#[component]
pub fn Checkbox(
    /// The label.
    #[prop(into)]
    label: String,
    /// Whether it is ticked.
    #[prop(into)]
    checked: Signal<bool>,
    /// Called with the new state.
    #[prop(into)]
    on_change: Callback<bool>,
) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                checked=checked.try_get_untracked().unwrap_or_default()
                prop:checked=move || checked.get()
                on:change=move |event| on_change.run(event_target_checked(&event))
            />
            <span>{label}</span>
        </label>
    }
}
