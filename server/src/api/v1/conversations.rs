//! Conversations and the ratings of their messages.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures::{StreamExt as _, TryStreamExt as _};
use hammock_contract::{
    ConversationId, MessageId,
    chat::{Conversation, ConversationSummary},
    conversation::{ConversationChange, ConversationPatch, ConversationQuery, MessagesQuery},
    page::Page,
};
use hammock_domain::{ExportFormat, ExportedFile};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::documents::attachment;
use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::{AskedFrom, SignedIn},
    state::AppState,
};

/// In which form a conversation is wanted.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// `markdown`, with the sources as numbered footnotes, or `json`. Absent: `markdown`.
    pub format: Option<String>,
}

/// A thumb for an answer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// `true` is up, `false` is down, `null` takes it back.
    pub rating: Option<bool>,
}

/// Which branch of a conversation is wanted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Branch {
    /// A message of it. Where several branches go on from that, the one with the newest message is meant.
    pub message: MessageId,
}

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(query): Query<ConversationQuery>,
) -> Result<axum::Json<Page<ConversationSummary>>> {
    Ok(axum::Json(app.hammock.list_conversations(&scope, query).await?))
}

/// Streams what happens in the caller's conversations. The events have no ids: whoever comes back learns how things stand.
pub async fn follow(State(app): State<AppState>, SignedIn(scope): SignedIn) -> Result<Response> {
    let changes = app.hammock.follow_conversations(&scope).await?;
    let events = changes.map(|change| Ok::<_, Infallible>(written(&change)));
    let sse = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)));
    // Proxies that collect an answer before they pass it on would undo the streaming.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(([unbuffered], sse).into_response())
}

fn written(change: &ConversationChange) -> Event {
    Event::default().json_data(change).unwrap_or_else(|error| {
        tracing::error!(%error, "an event could not be written");
        Event::default().comment("unwritable")
    })
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
    Query(wanted): Query<MessagesQuery>,
) -> Result<axum::Json<Conversation>> {
    Ok(axum::Json(app.hammock.read_conversation(&scope, &conversation, &wanted).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
    Json(patch): Json<ConversationPatch>,
) -> Result<axum::Json<ConversationSummary>> {
    Ok(axum::Json(app.hammock.update_conversation(&scope, &conversation, patch).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<StatusCode> {
    app.hammock.delete_conversation(&scope, &conversation).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn restore(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
) -> Result<axum::Json<ConversationSummary>> {
    Ok(axum::Json(app.hammock.restore_conversation(&scope, &conversation).await?))
}

pub async fn show_branch(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(conversation): Id<ConversationId>,
    Json(wanted): Json<Branch>,
) -> Result<axum::Json<Conversation>> {
    Ok(axum::Json(app.hammock.show_branch(&scope, &conversation, &wanted.message).await?))
}

/// The conversation as a file. Always a download: what it quotes never runs as a page of this site.
pub async fn export(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    AskedFrom(origin): AskedFrom,
    Id(conversation): Id<ConversationId>,
    Query(wanted): Query<Export>,
) -> Result<Response> {
    let format = ExportFormat::named(wanted.format.as_deref())?;
    let file = app.hammock.export_conversation(&scope, &conversation, format, origin.locale).await?;
    let ExportedFile { name, media_type, content } = file;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, attachment(&name)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    // Whoever reads it learns of it by an end that comes too early.
    let content = content.inspect_err(|error| tracing::debug!(%error, "an export broke off"));
    Ok((headers, Body::from_stream(content)).into_response())
}

pub async fn rate(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(message): Id<MessageId>,
    Json(new): Json<Rating>,
) -> Result<StatusCode> {
    app.hammock.rate_message(&scope, &message, new.rating).await?;
    Ok(StatusCode::NO_CONTENT)
}
