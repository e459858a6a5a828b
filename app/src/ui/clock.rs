//! Asking again and again while something goes on.

use gloo::timers::callback::Interval;
use leptos::prelude::*;

/// Calls `ask` every `pause` milliseconds while something `goes_on` and the page is seen, as long as the owner lives.
pub fn ask_while(goes_on: impl Fn() -> bool + Send + Sync + 'static, pause: u32, ask: impl Fn() + Copy + 'static) {
    let goes_on = Memo::new(move |_| goes_on());
    // Effects only run in the browser; this one starts the clock when work begins and drops it when that ends.
    Effect::new(move |_| {
        if goes_on.get() {
            let look = move || {
                if !document().hidden() {
                    ask();
                }
            };
            StoredValue::new_local(Interval::new(pause, look));
        }
    });
}
