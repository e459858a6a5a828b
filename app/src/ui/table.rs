//! Tables. On a phone each row becomes a small card, so every cell but the first carries `data-label`.

use leptos::prelude::*;

/// A table with a caption for screen readers.
#[component]
pub fn Table(
    /// What the table holds.
    #[prop(into)]
    caption: String,
    /// `<thead>` and `<tbody>`.
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    view! {
        // Where the table is wider than the page, the keyboard can scroll it.
        <div class="table-wrap" role="region" aria-label=label tabindex="0">
            <table class="table stacks">
                <caption class="visually-hidden">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}
