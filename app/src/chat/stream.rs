//! The connection to an answer: asks, reads events, and comes back after the last one it saw when the network drops.

use std::time::Duration;

use gloo::events::EventListener;
use hammock_contract::{ApiError, ErrorCode, RunId, chat::ChatRequest, error::ErrorBody, stream::StreamEvent};
use js_sys::{Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, ReadableStreamDefaultReader, Request, RequestInit, Response};

use super::{
    sse::Decoder,
    thread::{Link, Thread},
};

/// The longest pause between two tries. Milliseconds.
const LONGEST_PAUSE: i32 = 8_000;

/// How often it is tried in a row, until the person is asked. About two minutes.
const MOST_TRIES: u32 = 16;

/// The longest silence of a connection that is still there: the server says something every 15 seconds, and be it only that.
const LONGEST_SILENCE: Duration = Duration::from_secs(45);

/// How a connection ended.
enum End {
    /// The answer is whole.
    Done,
    /// The network dropped.
    Broken,
    /// The server said no.
    Refused(ApiError),
}

/// Sends a question and shows its answer, as long as the thread shows what it showed in `turn`. `Err` when the question
/// was not taken.
pub async fn ask(thread: Thread, turn: u32, request: ChatRequest) -> Result<(), ApiError> {
    thread.set_link(turn, Link::Open);
    let body = serde_json::to_string(&request).map_err(|error| broken(&error))?;
    let mut last = None;
    let mut tries = 0;
    let outcome = loop {
        // With the same key the server does not ask twice, it resumes.
        match converse(thread, turn, post(&body), &mut last).await {
            End::Broken if last.is_none() && tries < 3 => {
                tries += 1;
                thread.set_link(turn, Link::Reconnecting);
                pause(tries).await;
            }
            end => break end,
        }
    };
    match outcome {
        End::Done => {
            thread.set_link(turn, Link::Idle);
            Ok(())
        }
        End::Refused(error) => {
            thread.set_link(turn, Link::Idle);
            Err(error)
        }
        // It was taken, and is answered out of sight.
        End::Broken if last.is_some() && !thread.shows(turn) => Ok(()),
        End::Broken => match (thread.run.try_get_untracked().flatten(), last) {
            (Some(run), Some(last)) => {
                follow_after(thread, turn, run, Some(last)).await;
                Ok(())
            }
            _ => {
                thread.set_link(turn, Link::Idle);
                Err(out_of_reach())
            }
        },
    }
}

/// Follows a run from its beginning: after a reload, or in a second tab.
pub async fn follow(thread: Thread, turn: u32, run: RunId) {
    if thread.set_link(turn, Link::Open) {
        // Also that nobody could be reached before.
        thread.refused.set(None);
        thread.run.set(Some(run.clone()));
        follow_after(thread, turn, run, None).await;
    }
}

async fn follow_after(thread: Thread, turn: u32, run: RunId, mut last: Option<String>) {
    let mut tries = 0;
    let refused = loop {
        let before = last.clone();
        match converse(thread, turn, resume(&run, last.as_deref()), &mut last).await {
            End::Done => break None,
            End::Refused(error) => break Some(error),
            End::Broken => {
                tries = if last == before { tries + 1 } else { 1 };
                if tries > MOST_TRIES {
                    break Some(out_of_reach());
                }
                if !thread.set_link(turn, Link::Reconnecting) {
                    // Another conversation is shown, or the page is gone.
                    break None;
                }
                pause(tries).await;
            }
        }
    };
    if thread.set_link(turn, Link::Idle) && refused.is_some() {
        thread.refused.set(refused);
    }
}

/// Asks the server to end the answer that runs.
pub async fn stop(run: RunId) {
    let init = RequestInit::new();
    init.set_method("POST");
    if let Ok(request) = Request::new_with_str_and_init(&format!("/api/v1/runs/{run}/stop"), &init) {
        // If it does not arrive, the button is still there.
        let _ = JsFuture::from(window().fetch_with_request(&request)).await;
    }
}

async fn converse(thread: Thread, turn: u32, request: Result<Request, JsValue>, last: &mut Option<String>) -> End {
    let Ok(request) = request else { return End::Broken };
    let Ok(response) = JsFuture::from(window().fetch_with_request(&request)).await else { return End::Broken };
    let Ok(response) = response.dyn_into::<Response>() else { return End::Broken };
    if !response.ok() {
        return refusal(&response).await;
    }
    let Some(reader) =
        response.body().and_then(|body| body.get_reader().dyn_into::<ReadableStreamDefaultReader>().ok())
    else {
        return End::Broken;
    };
    let _cut = cut_when_offline(&reader);
    let mut decoder = Decoder::default();
    loop {
        let silent = set_timeout_with_handle(cancelling(&reader), LONGEST_SILENCE);
        let part = JsFuture::from(reader.read()).await;
        if let Ok(silent) = silent {
            silent.clear();
        }
        let Ok(part) = part else { return End::Broken };
        let done = Reflect::get(&part, &"done".into()).is_ok_and(|done| done.is_truthy());
        if done {
            return End::Broken;
        }
        let Ok(bytes) = Reflect::get(&part, &"value".into()) else { return End::Broken };
        if !thread.set_link(turn, Link::Open) {
            // Whoever left finds the answer in its conversation; here nobody is there to be told of a failure.
            let _ = reader.cancel();
            // The conversation may have begun with this question.
            thread.list_version.update(|version| *version += 1);
            return End::Done;
        }
        for event in decoder.push(&Uint8Array::new(&bytes).to_vec()) {
            let Ok(read) = serde_json::from_str::<StreamEvent>(&event.data) else { continue };
            if event.id.is_some() {
                *last = event.id;
            }
            let is_last = matches!(read, StreamEvent::Done { .. });
            thread.apply(read);
            if is_last {
                return End::Done;
            }
        }
    }
}

/// What ends a connection: its next part is then that there is none.
fn cancelling(reader: &ReadableStreamDefaultReader) -> impl Fn() + use<> {
    let reader = reader.clone();
    move || {
        let cancelled = reader.cancel();
        leptos::task::spawn_local(async move {
            // Fails only where the connection has ended already.
            let _ = JsFuture::from(cancelled).await;
        });
    }
}

/// Ends a connection when the browser says that it is offline: not every one ends it by itself, and some only after minutes.
/// Heard until what is given back is dropped.
fn cut_when_offline(reader: &ReadableStreamDefaultReader) -> EventListener {
    let cancel = cancelling(reader);
    EventListener::new(&window(), "offline", move |_| cancel())
}

async fn refusal(response: &Response) -> End {
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default(),
        Err(_) => String::new(),
    };
    match serde_json::from_str::<ErrorBody>(&text) {
        Ok(body) => End::Refused(body.error),
        Err(_) if response.status() >= 500 => End::Broken,
        Err(error) => End::Refused(broken(&error)),
    }
}

fn post(body: &str) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("accept", "text/event-stream")?;
    init.set_headers(&headers);
    Request::new_with_str_and_init("/api/v1/chat", &init)
}

fn resume(run: &RunId, last: Option<&str>) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    let headers = Headers::new()?;
    headers.set("accept", "text/event-stream")?;
    if let Some(last) = last {
        headers.set("last-event-id", last)?;
    }
    init.set_headers(&headers);
    Request::new_with_str_and_init(&format!("/api/v1/runs/{run}/events"), &init)
}

async fn pause(tries: u32) {
    let millis = (500i32 << tries.min(5)).min(LONGEST_PAUSE);
    let timeout = js_sys::Promise::new(&mut |resolve, _| {
        // Whoever has a connection again does not wait for the end of the pause.
        window().set_ononline(Some(&resolve));
        // A window without timers does not exist; then there is simply no pause.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    });
    let _ = JsFuture::from(timeout).await;
}

fn out_of_reach() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "the server cannot be reached")
}

fn broken(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::Internal, error.to_string())
}
