//! A view for each key of a list.

use std::sync::Arc;

use leptos::prelude::*;

/// A view for each key of a list that changes; one that stays in it keeps its view.
///
/// All lists of the chat are shown by this one: the code of each further `For` would be as large again, and be loaded at first.
#[component]
pub fn Keyed(
    /// The keys in their order, each once.
    #[prop(into)]
    each: Signal<Vec<String>>,
    /// What is shown for one.
    view: Arc<dyn Fn(&str) -> AnyView + Send + Sync>,
) -> impl IntoView {
    view! { <For each=move || each.get() key=String::clone children=move |key| view(&key) /> }
}
