//! A part of a document that the server rendered, with what is marked in it.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::RichText;

/// A part of a document.
#[component]
pub fn PassageText(
    /// The HTML, from the server's sanitiser.
    html: String,
    /// Whether what is marked first is brought into sight and takes the focus.
    #[prop(optional)]
    to_mark: bool,
) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            // When it is laid out: before that nothing has a width, and there is nowhere to scroll to.
            request_animation_frame(move || {
                let wide = wide_parts(&place);
                for part in wide {
                    // Otherwise the keyboard alone could not scroll it.
                    part.set_tab_index(0);
                }
                if to_mark {
                    show_first_mark(&place);
                }
            });
        }
    });
    view! { <div class="passage-text" node_ref=place><RichText html=Signal::stored(html) /></div> }
}

/// The tables and blocks of code that scroll sideways in a box of their own.
fn wide_parts(place: &Element) -> Vec<HtmlElement> {
    let Ok(found) = place.query_selector_all("table, pre") else { return Vec::new() };
    let parts = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok());
    parts.filter(|part| part.scroll_width() > part.client_width()).collect()
}

fn show_first_mark(place: &Element) {
    let found = place.query_selector("mark").ok().flatten();
    let Some(mark) = found.and_then(|mark| mark.dyn_into::<HtmlElement>().ok()) else { return };
    mark.set_tab_index(-1);
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Center);
    mark.scroll_into_view_with_scroll_into_view_options(&options);
    // Fails only for an element that cannot have the focus.
    let _ = mark.focus();
}
