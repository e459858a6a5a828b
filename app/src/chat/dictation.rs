//! Speaking instead of typing, as far as the input knows of it. What listens is loaded with the first press of the button: see
//! `more/dictation.rs`.

use js_sys::{Function, Reflect};
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use super::{
    drafts::{keep, kept},
    files::Draft,
};

/// Where a tab notes that the browser's own recognition has turned out not to work.
const DEAF: &str = "hammock-deaf";

/// What the input and what listens tell each other. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Dictation {
    /// What is typed.
    pub text: RwSignal<String>,
    /// Where it is typed.
    pub input: NodeRef<html::Textarea>,
    /// The draft that it is typed into.
    pub draft: RwSignal<Draft>,
    /// Whether there is anything that could listen, and write down.
    pub can: RwSignal<bool>,
    /// Whether it is wanted that somebody listens.
    pub on: RwSignal<bool>,
    /// Whether it ever was.
    pub wanted: RwSignal<bool>,
    /// Whether what was said is still being written down.
    pub is_writing: RwSignal<bool>,
}

impl Dictation {
    /// Nobody listens yet.
    pub fn new(text: RwSignal<String>, input: NodeRef<html::Textarea>, draft: RwSignal<Draft>) -> Self {
        let off = || RwSignal::new(false);
        Self { text, input, draft, can: off(), on: off(), wanted: off(), is_writing: off() }
    }

    /// Begins to listen, or ends it.
    pub fn press(self) {
        if self.can.get_untracked() && !self.is_writing.get_untracked() {
            self.wanted.set(true);
            self.on.update(|on| *on = !*on);
        }
    }

    /// Ends it; whether there was something to end.
    pub fn stop(self) -> bool {
        let was_on = self.on.get_untracked();
        if was_on {
            self.on.set(false);
        }
        was_on
    }

    /// Finds out what this browser can, once it runs; `transcribes` tells whether recordings can be sent anywhere.
    pub fn look(self, transcribes: bool) {
        let is_possible = recogniser().is_some() || (transcribes && recorder().is_some());
        self.can.set(window().is_secure_context() && is_possible);
    }
}

/// The browser's own class that recognises speech, where that has not turned out to be of no use.
pub fn recogniser() -> Option<Function> {
    if !kept(DEAF).is_empty() {
        return None;
    }
    ["SpeechRecognition", "webkitSpeechRecognition"].into_iter().find_map(class)
}

/// Notes that the browser's own recognition is of no use, until the tab is closed.
pub fn give_up_recogniser() {
    keep(DEAF, "1");
}

/// The browser's class that records, where there may be something to record.
pub fn recorder() -> Option<Function> {
    property(&window().navigator(), "mediaDevices")?;
    class("MediaRecorder")
}

fn class(name: &str) -> Option<Function> {
    property(&window(), name)?.dyn_into().ok()
}

/// A property that is there.
pub fn property(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|found| !found.is_undefined() && !found.is_null())
}
