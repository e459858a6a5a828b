//! Text that the server rendered from Markdown and sanitised. The only place where markup is inserted as it comes.

use leptos::prelude::*;

/// Sanitised HTML. Everything passed here must come from the server's sanitiser.
#[component]
pub fn RichText(
    /// The HTML.
    #[prop(into)]
    html: Signal<String>,
) -> impl IntoView {
    view! { <div class="rich-text" inner_html=move || html.get()></div> }
}
