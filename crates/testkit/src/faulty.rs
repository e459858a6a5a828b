//! A model provider on loopback that speaks the OpenAI API and misbehaves, each of its models in a way of its own. Asked for the
//! title of a conversation, it says nothing.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Multipart, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::provider::asks_for_title;

/// What every model says before it misbehaves, where it says anything.
pub const BEGINNING: &str = "It opens at";

/// What no reader is to see: a provider's own words.
pub const OWN_WORDS: &str = "kaboom at /srv/worker.py line 3";

/// A way to misbehave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 401 at once.
    Refused,
    /// 429 at first, to be asked again after a second; then a whole answer.
    Limited,
    /// 429 always, to be asked again after an hour.
    LimitedForLong,
    /// 500 at once, with [`OWN_WORDS`].
    Failed,
    /// The connection breaks after [`BEGINNING`].
    Reset,
    /// After [`BEGINNING`] half an event, then the end.
    HalfChunk,
    /// After [`BEGINNING`] an event that is no JSON.
    Unreadable,
    /// None: a whole answer whose every byte comes for itself, *Überraschung* among its words.
    ByteByByte,
    /// Nothing more after [`BEGINNING`], and the connection stays open.
    Silent,
    /// The same words without end.
    Endless,
}

impl Fault {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Refused,
        Self::Limited,
        Self::LimitedForLong,
        Self::Failed,
        Self::Reset,
        Self::HalfChunk,
        Self::Unreadable,
        Self::ByteByByte,
        Self::Silent,
        Self::Endless,
    ];

    /// The model that misbehaves so.
    pub fn model(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Starts one; the address of its API. It ends with the runtime.
///
/// # Errors
/// When loopback cannot be bound.
pub async fn start() -> std::io::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/v1/models", get(models))
        .route("/v1/chat/completions", post(answer))
        .route("/v1/audio/transcriptions", post(write_down))
        .with_state(Arc::new(AtomicUsize::new(0)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}/v1"))
}

async fn models() -> Json<Value> {
    let listed = Fault::ALL.map(|fault| json!({ "id": fault.model(), "object": "model" }));
    Json(json!({ "object": "list", "data": listed }))
}

async fn answer(State(limited): State<Arc<AtomicUsize>>, Json(request): Json<Value>) -> Response {
    let Some(fault) = Fault::ALL.into_iter().find(|fault| request["model"] == fault.model()) else {
        return refusal(StatusCode::NOT_FOUND);
    };
    // Titles are nothing that it misbehaves with.
    if asks_for_title(&request) {
        return events(vec![end()]);
    }
    let beginning = event(BEGINNING);
    match fault {
        Fault::Refused => refusal(StatusCode::UNAUTHORIZED),
        Fault::Limited if limited.fetch_add(1, Ordering::Relaxed) == 0 => {
            ([("retry-after", "1")], refusal(StatusCode::TOO_MANY_REQUESTS)).into_response()
        }
        Fault::Limited => events(vec![beginning, event(" nine."), end()]),
        Fault::LimitedForLong => limited_for_long(),
        Fault::Failed => refusal(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::Reset => {
            // Whoever has nothing to say for a moment is given the time to send what was said.
            let broken = stream::once(async {
                tokio::task::yield_now().await;
                Err(std::io::Error::other("reset"))
            });
            streaming(stream::iter([Ok(Bytes::from(beginning))]).chain(broken).boxed())
        }
        Fault::HalfChunk => events(vec![beginning, "data: {\"choices\":[{\"del".to_owned()]),
        Fault::Unreadable => events(vec![beginning, format!("data: {OWN_WORDS}\n\n")]),
        Fault::ByteByByte => {
            let whole = beginning + &event(" nine. Überraschung!") + &end();
            let bytes: Vec<_> = whole.into_bytes().into_iter().map(|byte| Ok(Bytes::from(vec![byte]))).collect();
            streaming(stream::iter(bytes).boxed())
        }
        Fault::Silent => streaming(stream::iter([Ok(Bytes::from(beginning))]).chain(stream::pending()).boxed()),
        Fault::Endless => {
            let words = std::iter::repeat_with(|| Ok(Bytes::from(event(" and nine"))));
            streaming(stream::iter([Ok(Bytes::from(beginning))].into_iter().chain(words)).boxed())
        }
    }
}

/// Writes down what was said, each model in its way.
async fn write_down(State(limited): State<Arc<AtomicUsize>>, mut form: Multipart) -> Response {
    let mut model = String::new();
    while let Ok(Some(field)) = form.next_field().await {
        let is_model = field.name() == Some("model");
        let value = field.bytes().await.unwrap_or_default();
        if is_model {
            model = String::from_utf8_lossy(&value).into_owned();
        }
    }
    let Some(fault) = Fault::ALL.into_iter().find(|fault| model == fault.model()) else {
        return refusal(StatusCode::NOT_FOUND);
    };
    let whole = json!({ "text": format!("{BEGINNING} nine. Überraschung!") }).to_string();
    let half = Bytes::from(whole.as_bytes()[..whole.len() / 2].to_vec());
    match fault {
        Fault::Refused => refusal(StatusCode::UNAUTHORIZED),
        Fault::Limited if limited.fetch_add(1, Ordering::Relaxed) == 0 => {
            ([("retry-after", "7")], refusal(StatusCode::TOO_MANY_REQUESTS)).into_response()
        }
        Fault::Limited => json_of(stream::iter([Ok(Bytes::from(whole))]).boxed()),
        Fault::LimitedForLong => limited_for_long(),
        Fault::Failed => refusal(StatusCode::INTERNAL_SERVER_ERROR),
        Fault::Reset => json_of(stream::iter([Ok(half), Err(std::io::Error::other("reset"))]).boxed()),
        Fault::HalfChunk => json_of(stream::iter([Ok(half)]).boxed()),
        Fault::Unreadable => json_of(stream::iter([Ok(Bytes::from(OWN_WORDS))]).boxed()),
        Fault::ByteByByte => {
            let bytes: Vec<_> = whole.into_bytes().into_iter().map(|byte| Ok(Bytes::from(vec![byte]))).collect();
            json_of(stream::iter(bytes).boxed())
        }
        Fault::Silent => json_of(stream::iter([Ok(half)]).chain(stream::pending()).boxed()),
        Fault::Endless => json_of(stream::iter(std::iter::repeat_with(|| Ok(Bytes::from("nine ")))).boxed()),
    }
}

fn json_of(body: stream::BoxStream<'static, std::io::Result<Bytes>>) -> Response {
    ([("content-type", "application/json")], Body::from_stream(body)).into_response()
}

fn refusal(status: StatusCode) -> Response {
    (status, Json(json!({ "error": { "message": OWN_WORDS } }))).into_response()
}

fn limited_for_long() -> Response {
    ([("retry-after", "3600")], refusal(StatusCode::TOO_MANY_REQUESTS)).into_response()
}

fn events(all: Vec<String>) -> Response {
    streaming(stream::iter(all.into_iter().map(|event| Ok(Bytes::from(event)))).boxed())
}

fn streaming(body: stream::BoxStream<'static, std::io::Result<Bytes>>) -> Response {
    ([("content-type", "text/event-stream")], Body::from_stream(body)).into_response()
}

fn event(text: &str) -> String {
    format!("data: {}\n\n", json!({ "choices": [{ "index": 0, "delta": { "content": text } }] }))
}

fn end() -> String {
    format!("data: {}\n\ndata: [DONE]\n\n", json!({ "choices": [{ "delta": {}, "finish_reason": "stop" }] }))
}
