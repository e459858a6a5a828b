//! Whoever reads the end of a conversation stays there.

use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::ResizeObserver;

/// What is told of another size, as long as this lives.
struct Watched {
    observer: ResizeObserver,
    /// Held, because the browser calls it.
    _told: Closure<dyn FnMut()>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Also what leaves the page has another size then, and nobody is there to be told.
        self.observer.disconnect();
    }
}

/// Keeps the end in sight when the area of the messages gets smaller: the keyboard of a phone comes, or the input grows with what
/// is typed.
pub fn stay_at_end(area: NodeRef<html::Div>, at_end: RwSignal<bool>, to_end: impl Fn() + Copy + 'static) {
    Effect::new(move |_: Option<Option<Watched>>| {
        let area = area.get()?;
        let told = Closure::<dyn FnMut()>::new(move || {
            if at_end.try_get_untracked() == Some(true) {
                to_end();
            }
        });
        // Fails only in a browser that cannot watch: there the reader scrolls.
        let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok()?;
        observer.observe(&area);
        Some(Watched { observer, _told: told })
    });
}
