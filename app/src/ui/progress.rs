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
    let percent = move || {
        let total = total.get().filter(|total| *total > 0)?;
        Some(done.get().min(total).saturating_mul(100) / total)
    };
    view! {
        <span
            class=move || if percent().is_some() { "progress" } else { "progress unknown" }
            role="progressbar"
            aria-label=move || label.get()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || percent().map(|percent| percent.to_string())
        >
            <span style:width=move || percent().map(|percent| format!("{percent}%"))></span>
        </span>
    }
}
