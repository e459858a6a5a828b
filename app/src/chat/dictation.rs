//! Speaking instead of typing, as far as the input knows of it. What listens is loaded with the first press of the button: see
//! `more/dictation.rs`.

mod place;

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
    /// What is being said and may still be understood otherwise.
    pub heard: RwSignal<String>,
    /// Grows with each beginning and each end: what comes from an earlier one is ignored.
    pub round: StoredValue<u32>,
    /// Whether what is said is being recorded: it is understood only when that has ended.
    pub records: StoredValue<bool>,
    /// Grows when a question has taken along what was understood, and nothing more of it is waited for.
    pub finished: RwSignal<u32>,
}

impl Dictation {
    /// Nobody listens yet.
    pub fn new(text: RwSignal<String>, input: NodeRef<html::Textarea>, draft: RwSignal<Draft>) -> Self {
        let off = || RwSignal::new(false);
        Self {
            text,
            input,
            draft,
            can: off(),
            on: off(),
            wanted: off(),
            is_writing: off(),
            heard: RwSignal::new(String::new()),
            round: StoredValue::new(0),
            records: StoredValue::new(false),
            finished: RwSignal::new(0),
        }
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

    /// Ends it for a question that is sent: what was understood goes along, and what would still come is dropped, since it would
    /// come into the input of the next one. `false` while it is recorded: the question has to wait for its words.
    pub fn finish(self) -> bool {
        if self.records.get_value() {
            self.stop();
            return false;
        }
        if self.is_writing.get_untracked() {
            // It was recorded before, and whoever sends does not want to wait for it: it is there for the next question.
            return true;
        }
        self.round.update_value(|round| *round = round.wrapping_add(1));
        let heard = self.heard.get_untracked();
        if !heard.trim().is_empty() {
            self.heard.set(String::new());
            self.put(&heard);
        }
        self.stop();
        self.finished.update(|times| *times = times.wrapping_add(1));
        true
    }

    /// Puts what was said where the cursor is. Nothing that was typed is replaced.
    pub fn put(self, said: &str) {
        let Some(input) = self.input.get_untracked() else { return };
        let typed = self.text.get_untracked();
        let at = input.selection_end().ok().flatten().map_or(usize::MAX, |at| at as usize);
        let (text, cursor) = place::put(&typed, at, said);
        input.set_value(&text);
        // Fails only for what is no longer on the page.
        let _ = input.set_selection_range(cursor, cursor);
        self.text.set(text);
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
