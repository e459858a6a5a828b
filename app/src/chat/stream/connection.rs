//! A connection that does not stay longer than somebody is at its other end.

use std::time::Duration;

use gloo::events::EventListener;
use js_sys::Promise;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

/// The longest silence of a connection that is still there: the server says something every 15 seconds, and be it only that.
const LONGEST_SILENCE: Duration = Duration::from_secs(45);

/// One request with its answer. It ends when nothing is heard for too long, and when the browser says that it is offline: not every
/// one ends it by itself then, and some only after minutes.
pub struct Connection {
    end: AbortController,
    _cut: EventListener,
}

impl Connection {
    /// One that has not begun. Fails in no browser that is supported.
    pub fn new() -> Result<Self, JsValue> {
        let end = AbortController::new()?;
        let cut = end.clone();
        let cut = EventListener::new(&window(), "offline", move |_| cut.abort());
        Ok(Self { end, _cut: cut })
    }

    /// What its request is made with, so that it ends with it.
    pub fn signal(&self) -> AbortSignal {
        self.end.signal()
    }

    /// Waits for the next thing that the server says: the head of its answer, or a part of it. `Err` when the connection ended.
    pub async fn hear(&self, said: Promise) -> Result<JsValue, JsValue> {
        let end = self.end.clone();
        let silent = set_timeout_with_handle(move || end.abort(), LONGEST_SILENCE);
        let said = JsFuture::from(said).await;
        if let Ok(silent) = silent {
            silent.clear();
        }
        said
    }

    /// Ends it.
    pub fn end(&self) {
        self.end.abort();
    }
}
