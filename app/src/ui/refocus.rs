//! Where the focus goes when the button that was pressed goes away with its row.

use leptos::{ev::MouseEvent, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Leads the focus to the last `wanted` in the nearest `around` what was pressed, as it is with the next frame. Both are selectors.
pub fn refocus(event: &MouseEvent, around: &str, wanted: &'static str) {
    // What was clicked may be the icon.
    let clicked = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(around) = clicked.and_then(|clicked| clicked.closest(around).ok().flatten()) else { return };
    request_animation_frame(move || {
        let Ok(found) = around.query_selector_all(wanted) else { return };
        let last = found.length().checked_sub(1).and_then(|at| found.get(at));
        if let Some(last) = last.and_then(|last| last.dyn_into::<HtmlElement>().ok()) {
            // Fails only for what is no longer on the page.
            let _ = last.focus();
        }
    });
}

/// Leads the focus to the button that adds a row to the group around what was pressed: the last one there.
pub fn to_adding(event: &MouseEvent) {
    refocus(event, "fieldset", "button");
}
