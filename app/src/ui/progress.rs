//! How far something is.

use leptos::prelude::*;

/// A progress bar.
#[component]
pub fn Progress(
    /// What is going on, for screen readers.
    #[prop(into)]
    label: Signal<String>,
    /// How much is done.
    #[prop(into)]
    done: Signal<u64>,
    /// How much there is; unknown: the bar only shows that something moves.
    #[prop(into)]
    total: Signal<Option<u64>>,
) -> impl IntoView {
    let total = move || total.get().filter(|total| *total > 0);
    view! {
        <progress
            class="progress"
            aria-label=move || label.get()
            max=move || total().map(|total| total.to_string())
            value=move || total().map(|total| done.get().min(total).to_string())
        ></progress>
    }
}
