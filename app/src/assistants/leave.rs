//! Asks before unsaved changes are lost: when the tab is closed, and when a link leads elsewhere.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};

use crate::t;

/// Guards while `changed`.
#[component]
pub fn LeaveGuard(
    /// Whether there are changes to lose.
    changed: Memo<bool>,
) -> impl IntoView {
    Effect::new(move |_| {
        // Made here and not above: effects run in the browser alone, and the value belongs to its one thread.
        let listening = StoredValue::<Option<Closure<dyn Fn(web_sys::Event)>>, LocalStorage>::new_local(None);
        let closing = window_event_listener(ev::beforeunload, move |event| {
            if changed.get_untracked() {
                event.prevent_default();
            }
        });
        // The router hears clicks on the window, so it comes after this one and leaves a prevented click alone.
        let clicked = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            if changed.get_untracked() && leads_elsewhere(&event) && !may_leave() {
                event.prevent_default();
            }
        });
        // Fails only where there is no document.
        let _ = document().add_event_listener_with_callback("click", clicked.as_ref().unchecked_ref());
        listening.set_value(Some(clicked));
        on_cleanup(move || {
            closing.remove();
            let _ = listening.try_update_value(|listening| {
                if let Some(clicked) = listening.take() {
                    let _ = document().remove_event_listener_with_callback("click", clicked.as_ref().unchecked_ref());
                }
            });
        });
    });
}

/// Whether a click is on a link that replaces this page.
fn leads_elsewhere(event: &web_sys::Event) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    link.is_some_and(|link| {
        let href = link.get_attribute("href").unwrap_or_default();
        link.get_attribute("target").is_none() && !href.starts_with('#') && !event.default_prevented()
    })
}

fn may_leave() -> bool {
    window().confirm_with_message(t!("assistants.leave")).unwrap_or(true)
}
