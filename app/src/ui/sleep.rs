//! Waits in the browser.

use std::time::Duration;

use leptos::prelude::set_timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Waits for `time`.
pub async fn sleep(time: Duration) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(
            move || {
                // Resolving a promise cannot fail.
                let _ = resolve.call0(&JsValue::NULL);
            },
            time,
        );
    });
    // The promise is never rejected.
    let _ = JsFuture::from(promise).await;
}
