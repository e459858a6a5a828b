//! The connection to an answer: asks, reads events, and comes back after the last one it saw when the network drops.

mod connection;
mod question;

use hammock_contract::{ApiError, ErrorCode, RunId, chat::ChatRequest, error::ErrorBody, stream::StreamEvent};
use js_sys::{Promise, Reflect, Uint8Array};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, ReadableStreamDefaultReader, Request, RequestInit, Response};

use super::{
    sse::Decoder,
    thread::{Link, Thread},
};
use connection::Connection;
use question::Question;

/// The longest pause between two tries. Milliseconds.
const LONGEST_PAUSE: i32 = 8_000;

/// How often it is tried in a row, until the person is asked. About two minutes.
const MOST_TRIES: u32 = 16;

/// How a connection ended.
enum End {
    /// The answer is whole.
    Done,
    /// The network dropped.
    Broken,
    /// The server said no.
    Refused(ApiError),
    /// The question was taken back before the server had taken it.
    TakenBack,
}

/// What became of a question that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It was taken, and answered as far as that could be followed.
    Answered,
    /// The person took it back.
    TakenBack,
}

/// What a connection is for.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// That a question is taken, and its answer.
    Answer(&'a Question<'a>),
    /// What a run says.
    Run(&'a RunId),
}

/// Sends a question and shows its answer, as long as the thread shows what it showed in `turn`. `on_taken` hears that the server
/// has it. `Err` when it was not taken.
pub async fn ask(thread: Thread, turn: u32, request: &ChatRequest, on_taken: &dyn Fn()) -> Result<Asked, ApiError> {
    let body = serde_json::to_string(request).map_err(|error| broken(&error))?;
    let is_shown = thread.set_link(turn, Link::Open);
    let way_back = if is_shown { thread.sending.begin(request.idempotency_key.clone()) } else { None };
    let question = Question::new(request, body, way_back, on_taken);
    let mut last = None;
    let mut tries = 0;
    let outcome = loop {
        // With the same key the server does not ask twice, it resumes.
        match converse(thread, turn, Wanted::Answer(&question), &mut last).await {
            End::Broken if question.run().is_none() && tries < 3 => {
                tries += 1;
                thread.set_link(turn, Link::Reconnecting);
                question.wait(pause(tries)).await;
            }
            end => break end,
        }
        if question.is_taken_back() {
            break End::TakenBack;
        }
    };
    let outcome = match (outcome, question.run()) {
        (End::Done, _) => Ok(Asked::Answered),
        (End::TakenBack, _) => Ok(Asked::TakenBack),
        (End::Refused(error), _) => Err(error),
        // Out of sight it is answered all the same.
        (End::Broken, Some(_)) if !thread.shows(turn) => return Ok(Asked::Answered),
        (End::Broken, Some(run)) => {
            follow_after(thread, turn, run, last).await;
            return Ok(Asked::Answered);
        }
        (End::Broken, None) => Err(out_of_reach()),
    };
    if thread.set_link(turn, Link::Idle) {
        thread.sending.end();
    }
    outcome
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
        match converse(thread, turn, Wanted::Run(&run), &mut last).await {
            End::Done | End::TakenBack => break None,
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
                wait(pause(tries)).await;
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

async fn converse(thread: Thread, turn: u32, wanted: Wanted<'_>, last: &mut Option<String>) -> End {
    let Ok(connection) = Connection::new() else { return End::Broken };
    let request = match wanted {
        Wanted::Answer(question) => post(question.body(), &connection.signal()),
        Wanted::Run(run) => resume(run, last.as_deref(), &connection.signal()),
    };
    let Ok(request) = request else { return End::Broken };
    let fetched = window().fetch_with_request(&request);
    let head = match wanted {
        Wanted::Answer(question) => connection.hear(question.or_taken_back(&fetched)).await,
        Wanted::Run(_) => connection.hear(fetched.clone()).await,
    };
    if let Wanted::Answer(question) = wanted
        && question.is_taken_back()
    {
        spawn_local(question.end_unseen(thread, turn, connection, fetched));
        return End::TakenBack;
    }
    let Ok(response) = head.and_then(|head| head.dyn_into::<Response>()) else { return End::Broken };
    if !response.ok() {
        return refusal(&connection, &response).await;
    }
    if let Wanted::Answer(question) = wanted {
        question.was_taken(thread, turn, &response);
    }
    let Some(reader) =
        response.body().and_then(|body| body.get_reader().dyn_into::<ReadableStreamDefaultReader>().ok())
    else {
        return End::Broken;
    };
    let mut decoder = Decoder::default();
    loop {
        let Ok(part) = connection.hear(reader.read()).await else { return End::Broken };
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

async fn refusal(connection: &Connection, response: &Response) -> End {
    let text = match response.text() {
        Ok(text) => connection.hear(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default(),
        Err(_) => String::new(),
    };
    match serde_json::from_str::<ErrorBody>(&text) {
        Ok(body) => End::Refused(body.error),
        Err(_) if response.status() >= 500 => End::Broken,
        Err(error) => End::Refused(broken(&error)),
    }
}

fn post(body: &str, signal: &AbortSignal) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_signal(Some(signal));
    init.set_body(&JsValue::from_str(body));
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("accept", "text/event-stream")?;
    init.set_headers(&headers);
    Request::new_with_str_and_init("/api/v1/chat", &init)
}

fn resume(run: &RunId, last: Option<&str>, signal: &AbortSignal) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_signal(Some(signal));
    let headers = Headers::new()?;
    headers.set("accept", "text/event-stream")?;
    if let Some(last) = last {
        headers.set("last-event-id", last)?;
    }
    init.set_headers(&headers);
    Request::new_with_str_and_init(&format!("/api/v1/runs/{run}/events"), &init)
}

/// The pause before another try.
fn pause(tries: u32) -> Promise {
    let millis = (500i32 << tries.min(5)).min(LONGEST_PAUSE);
    Promise::new(&mut |resolve, _| {
        // Whoever has a connection again does not wait for the end of the pause.
        window().set_ononline(Some(&resolve));
        // A window without timers does not exist; then there is simply no pause.
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
    })
}

async fn wait(promise: Promise) {
    // A pause is never rejected.
    let _ = JsFuture::from(promise).await;
}

fn out_of_reach() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "the server cannot be reached")
}

fn broken(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::Internal, error.to_string())
}
