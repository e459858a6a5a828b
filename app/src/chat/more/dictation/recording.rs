//! Recordings, which the organisation's provider writes down.

use hammock_contract::{ErrorCode, transcription::Transcription};
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

use super::{
    Listening, Phase,
    browser::{call, on, set},
    language,
};
use crate::{
    chat::dictation::{property, recorder},
    i18n,
    sent::{answer, send_file},
    t,
};

/// Enough for speech. Bits a second.
const BITS: u32 = 32_000;

impl Listening {
    pub(super) fn record(self) {
        let round = self.next_round();
        self.phase.set(Phase::Asking);
        spawn_local(async move {
            let stream = match microphone().await {
                Ok(stream) => stream,
                Err(error) if self.is_round(round) => return self.fail(trouble_of(&error)),
                Err(_) => return,
            };
            let recorded = if self.is_round(round) { self.recorded(&stream).await } else { Err(JsValue::NULL) };
            // So that the browser shows that nobody listens any more.
            close(&stream);
            if !self.is_round(round) {
                return;
            }
            self.dictation.records.set_value(false);
            // It may have ended by itself: a microphone can be unplugged.
            self.ear.set_value(None);
            self.dictation.on.set(false);
            match recorded {
                Ok(recording) if recording.size() > 0.0 => self.write_down(round, recording).await,
                Ok(_) => self.fail(t!("chat.dictation_nothing")),
                Err(error) => self.fail(trouble_of(&error)),
            }
        });
    }

    /// Records until it is ended.
    async fn recorded(self, stream: &JsValue) -> Result<Blob, JsValue> {
        let class = recorder().ok_or(JsValue::NULL)?;
        let options = Object::new();
        set(&options, "audioBitsPerSecond", &BITS.into())?;
        let recorder: Object = Reflect::construct(&class, &Array::of2(stream, &options))?.unchecked_into();
        let pieces = Array::new();
        let taken = pieces.clone();
        on(&recorder, "ondataavailable", move |event| {
            if let Some(piece) = property(&event, "data") {
                taken.push(&piece);
            }
        })?;
        let ended = Promise::new(&mut |resolve, _| {
            // A recorder takes whatever it is to call.
            let _ = set(&recorder, "onstop", &resolve);
        });
        call(&recorder, "start")?;
        self.ear.set_value(Some(recorder.clone()));
        self.dictation.records.set_value(true);
        self.phase.set(Phase::Listening);
        JsFuture::from(ended).await?;
        let kind = property(&recorder, "mimeType").and_then(|kind| kind.as_string()).unwrap_or_default();
        let bag = BlobPropertyBag::new();
        bag.set_type(&kind);
        Blob::new_with_blob_sequence_and_options(&pieces, &bag)
    }

    /// Sends a recording, and puts what comes back into the input. One that could not be written down is kept, to be sent again.
    async fn write_down(self, round: u32, recording: Blob) {
        self.phase.set(Phase::Writing);
        let address = format!("/api/v1/transcriptions?language={}", language());
        let written = match send_file(&address, &recording, "speech", |_| {}).await {
            Ok((status, body)) => answer::<Transcription>(status, &body),
            Err(error) => Err(error),
        };
        if !self.is_round(round) {
            return;
        }
        match written {
            Ok(Transcription { text }) if text.is_empty() => self.fail(t!("chat.dictation_nothing")),
            Ok(Transcription { text }) => {
                self.dictation.put(&text);
                self.over();
                self.focus();
            }
            Err(error) => {
                self.kept.set_value(Some(recording));
                match error.code {
                    ErrorCode::AnswerBrokenOff => self.fail(t!("chat.dictation_service")),
                    _ => self.fail(&i18n::error_text(&error)),
                }
            }
        }
    }

    /// Sends the recording again that could not be written down.
    pub(super) fn write_down_again(self) {
        if let Some(Some(recording)) = self.kept.try_update_value(Option::take) {
            self.trouble.set(None);
            self.focus();
            spawn_local(self.write_down(self.next_round(), recording));
        }
    }
}

/// The sound of the microphone; the browser asks the person first.
async fn microphone() -> Result<JsValue, JsValue> {
    let devices = property(&window().navigator(), "mediaDevices").ok_or(JsValue::NULL)?;
    let wanted = Object::new();
    set(&wanted, "audio", &true.into())?;
    let open: Function = Reflect::get(&devices, &"getUserMedia".into())?.dyn_into()?;
    let opened: Promise = open.apply(&devices, &Array::of1(&wanted))?.dyn_into()?;
    JsFuture::from(opened).await
}

/// Lets the microphone go.
fn close(stream: &JsValue) {
    let Ok(tracks) = call(stream.unchecked_ref(), "getTracks") else { return };
    for track in Array::from(&tracks).iter() {
        // One that has ended need not be ended.
        let _ = call(track.unchecked_ref(), "stop");
    }
}

/// What a refusal of the microphone means for the person.
fn trouble_of(error: &JsValue) -> &'static str {
    let name = property(error, "name").and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" | "SecurityError" => t!("chat.dictation_refused"),
        "NotFoundError" | "NotReadableError" | "OverconstrainedError" => t!("chat.dictation_no_microphone"),
        _ => t!("chat.dictation_failed"),
    }
}
