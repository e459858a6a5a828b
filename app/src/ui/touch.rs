//! What differs where a finger points.

use leptos::prelude::window;

/// Whether the screen is touched, as that of a phone: a field that gets the focus brings a keyboard there, which covers half of
/// what is to be read. Asked in the browser alone.
pub fn is_touched() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}
