//! A part of a document that the server rendered, with what is marked in it.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    RichText,
    code_bar::{MountedBar, add_code_bars},
    rich_text::let_keyboard_scroll,
};

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
    Effect::new(move |_: Option<Vec<MountedBar>>| {
        let Some(place) = place.get() else { return Vec::new() };
        let bars = add_code_bars(&place);
        // When it is laid out: before that nothing has a width, and there is nowhere to scroll to.
        request_animation_frame(move || {
            let_keyboard_scroll(&place);
            if to_mark {
                show_first_mark(&place);
            }
        });
        bars
    });
    view! { <div class="passage-text" node_ref=place><RichText html=Signal::stored(html) /></div> }
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
