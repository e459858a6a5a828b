//! Tabs that are links: the address says which one is open.

use leptos::prelude::*;
use leptos_router::components::A;

/// A row of [`TabLink`]s.
#[component]
pub fn Tabs(
    /// What the tabs choose between, for screen readers.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    view! { <nav class="tabs" aria-label=label>{children()}</nav> }
}

/// One tab.
#[component]
pub fn TabLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Whether only this very address counts as open, not the ones below it.
    #[prop(optional)]
    exact: bool,
    /// The label.
    children: Children,
) -> impl IntoView {
    view! { <A href exact scroll=false>{children()}</A> }
}
