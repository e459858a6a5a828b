//! Chat: one route begins an answer, one resumes it, one stops it. The same routes serve the app, the widget and the API.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::StreamExt;
use hammock_contract::{
    RunId,
    chat::ChatRequest,
    stream::{EventId, StreamEvent},
};
use hammock_domain::Answer;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    metrics::answers::{Asked, Watched},
    middleware::identify::{AskedFrom, SignedIn},
    state::AppState,
};

/// From where an answer is resumed.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The sequence of the last event that was seen; the header `Last-Event-ID` goes before it. 0 when both are absent.
    pub after: Option<u64>,
}

impl After {
    /// The sequence of the last event of a run that was seen.
    pub(super) fn place_in(&self, run: &RunId, headers: &HeaderMap) -> u64 {
        let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse::<EventId>().ok());
        last.filter(|id| id.run == *run).map(|id| id.sequence).or(self.after).unwrap_or(0)
    }
}

pub async fn ask(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    AskedFrom(origin): AskedFrom,
    Json(request): Json<ChatRequest>,
) -> Result<Response> {
    let asked = Asked::now();
    Ok(stream(app.hammock.start_answer(&scope, request, origin.locale).await?, Some(asked)))
}

pub async fn resume(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(run): Id<RunId>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Result<Response> {
    let after = query.place_in(&run, &headers);
    Ok(stream(app.hammock.resume_answer(&scope, &run, after).await?, None))
}

pub async fn stop(State(app): State<AppState>, SignedIn(scope): SignedIn, Id(run): Id<RunId>) -> Result<StatusCode> {
    app.hammock.stop_answer(&scope, &run).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `asked` when the answer was begun by this request.
pub(super) fn stream(answer: Answer, asked: Option<Asked>) -> Response {
    let events = Watched::new(answer.events, asked).map(|(id, event)| Ok::<_, Infallible>(write(&id, &event)));
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // Proxies that collect an answer before they pass it on would undo the streaming.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    let run = HeaderValue::from_str(answer.run.as_str()).map(|run| (HeaderName::from_static("x-run-id"), run));
    let mut response = ([unbuffered], sse).into_response();
    if let Ok((name, value)) = run {
        response.headers_mut().insert(name, value);
    }
    response
}

fn write(id: &EventId, event: &StreamEvent) -> Event {
    let name = match event {
        StreamEvent::Started { .. } => "started",
        StreamEvent::Step { .. } => "step",
        StreamEvent::Sources { .. } => "sources",
        StreamEvent::Delta { .. } => "delta",
        StreamEvent::Done { .. } => "done",
    };
    let event_line = Event::default().id(id.to_string()).event(name);
    event_line.json_data(event).unwrap_or_else(|error| {
        tracing::error!(%error, "an event could not be written");
        Event::default().id(id.to_string()).comment("unwritable")
    })
}
