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
    view! {
        <div class="table-wrap">
            <table class="table stacks">
                <caption class="visually-hidden">{caption}</caption>
                {children()}
            </table>
        </div>
    }
}
