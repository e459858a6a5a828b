//! Text that the server rendered from Markdown and sanitised. The only place where markup is inserted as it comes.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Sanitised HTML. Everything passed here must come from the server's sanitiser.
#[component]
pub fn RichText(
    /// The HTML.
    #[prop(into)]
    html: Signal<String>,
) -> impl IntoView {
    // Its first letters say which way it is written: an answer in Arabic stands on the right, with its lists.
    view! { <div class="rich-text" dir="auto" inner_html=move || html.get()></div> }
}

/// Lets the keyboard reach the blocks of code in `place`, and the tables that scroll sideways in a box of their own; it could not
/// scroll them otherwise. To be called when they are laid out: before that nothing has a width.
pub fn let_keyboard_scroll(place: &Element) {
    let Ok(found) = place.query_selector_all("table, pre") else { return };
    let parts = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok());
    // A block of code may be cut off later, when a panel opens beside it.
    for part in parts.filter(|part| part.tag_name() == "PRE" || part.scroll_width() > part.client_width()) {
        part.set_tab_index(0);
    }
}
