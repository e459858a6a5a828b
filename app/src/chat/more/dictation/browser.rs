//! The browser's own recognition of speech. In some browsers it sends the sound to their maker, see the handbook.

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::{Listening, Phase, language};
use crate::{
    chat::dictation::{give_up_recogniser, property, recorder},
    t,
};

impl Listening {
    pub(super) fn recognise(self, class: &Function) {
        if self.start(class).is_err() {
            self.fail(t!("chat.dictation_failed"));
        }
    }

    fn start(self, class: &Function) -> Result<(), JsValue> {
        let round = self.next_round();
        let recognition: Object = Reflect::construct(class, &Array::new())?.unchecked_into();
        set(&recognition, "lang", &spoken().into())?;
        set(&recognition, "continuous", &true.into())?;
        set(&recognition, "interimResults", &true.into())?;
        let when = |name: &str, then: fn(Self, &JsValue)| {
            let heard = move |event: JsValue| {
                if self.is_round(round) {
                    then(self, &event);
                }
            };
            on(&recognition, name, heard)
        };
        when("onstart", |this, _| this.phase.set(Phase::Listening))?;
        when("onresult", Self::understand)?;
        when("onerror", Self::misunderstand)?;
        when("onend", |this, _| this.over())?;
        self.ear.set_value(Some(recognition.clone()));
        call(&recognition, "start").map(drop)
    }

    /// Takes what is final, and shows what is not.
    fn understand(self, event: &JsValue) {
        let number = |of: &JsValue, name: &str| property(of, name).and_then(|found| found.as_f64()).unwrap_or_default();
        let Some(results) = property(event, "results") else { return };
        let mut heard = String::new();
        for at in whole(number(event, "resultIndex"))..whole(number(&results, "length")) {
            let result = Reflect::get_u32(&results, at).unwrap_or_default();
            let best = Reflect::get_u32(&result, 0).unwrap_or_default();
            let words = Reflect::get(&best, &"transcript".into()).ok().and_then(|words| words.as_string());
            let words = words.unwrap_or_default();
            if property(&result, "isFinal").is_some_and(|is_final| is_final.is_truthy()) {
                if !words.trim().is_empty() {
                    self.dictation.put(&words);
                }
            } else {
                heard.push_str(&words);
            }
        }
        self.dictation.heard.set(heard);
    }

    fn misunderstand(self, event: &JsValue) {
        let word = property(event, "error").and_then(|word| word.as_string()).unwrap_or_default();
        let is_service = matches!(word.as_str(), "network" | "service-not-allowed" | "language-not-supported");
        let can_record = self.transcribes && recorder().is_some();
        // One that cannot be reached while nothing can be may work later; in another language it may, too.
        let is_useless = is_service && word != "language-not-supported" && window().navigator().on_line();
        if is_useless || (is_service && can_record) {
            give_up_recogniser();
        }
        if is_service && can_record {
            // There is another way, from now on.
            self.ear.set_value(None);
            self.dictation.heard.set(String::new());
            self.seconds.set(0);
            self.record();
            return;
        }
        if is_useless {
            self.fail(t!("chat.dictation_browser"));
            // The button goes away: the focus would be lost with it.
            self.focus();
            self.dictation.look(self.transcribes);
            return;
        }
        match trouble_of(&word) {
            Some(text) => self.fail(text),
            None => self.over(),
        }
    }

    /// Has what listens end; what it has heard it still tells.
    pub(super) fn hang_up(self) {
        if let Some(Some(ear)) = self.ear.try_update_value(Option::take) {
            // One that has ended by itself cannot be ended again, and need not be.
            let _ = call(&ear, "stop");
        }
    }
}

/// What an error of the recognition means for the person; nothing where they ended it.
fn trouble_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "aborted" => return None,
        "not-allowed" => t!("chat.dictation_refused"),
        "audio-capture" => t!("chat.dictation_no_microphone"),
        "no-speech" => t!("chat.dictation_nothing"),
        "network" | "service-not-allowed" => t!("chat.dictation_service"),
        "language-not-supported" => t!("chat.dictation_language"),
        _ => t!("chat.dictation_failed"),
    })
}

/// The language of the interface, as the browser's person speaks it where it is theirs.
fn spoken() -> String {
    let own = window().navigator().language().unwrap_or_default();
    if own.split('-').next() == Some(language()) { own } else { language().to_owned() }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "indices of short lists")]
fn whole(number: f64) -> u32 {
    number as u32
}

pub(super) fn set(of: &Object, name: &str, value: &JsValue) -> Result<(), JsValue> {
    Reflect::set(of, &name.into(), value).map(drop)
}

/// Has `then` hear what happens.
pub(super) fn on(of: &Object, name: &str, then: impl Fn(JsValue) + 'static) -> Result<(), JsValue> {
    // The browser drops it with what it hangs on.
    set(of, name, &Closure::<dyn Fn(JsValue)>::new(then).into_js_value())
}

pub(super) fn call(of: &Object, name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(of, &name.into())?.unchecked_into::<Function>().call0(of)
}
