//! What a choice offers.

use leptos::prelude::*;

/// The options inside a `<select>`. The one that is chosen stays so when the list is made anew.
#[component]
pub fn Options(
    /// The value that is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Values and their labels.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
) -> impl IntoView {
    move || {
        // The server may still write a list whose form it has built anew in the meantime.
        options
            .try_get()
            .unwrap_or_default()
            .into_iter()
            .map(|(option, label)| {
                let this = option.clone();
                let selected = move || value.try_with(|value| *value == this).unwrap_or(false);
                // What a person has chosen is changed by the property alone, not by the attribute.
                let at_first = untrack(&selected);
                view! { <option value=option selected=at_first prop:selected=selected>{label}</option> }
            })
            .collect_view()
    }
}
