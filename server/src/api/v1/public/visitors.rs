//! How visitors come in, and how they can be reached afterwards.

use axum::{Extension, extract::State, http::StatusCode};
use hammock_contract::{
    AssistantId,
    visitor::{VisitorContact, VisitorEntry, VisitorRequest},
};

use crate::{
    extract::{Id, Json},
    failure::Result,
    middleware::{
        cors::ForThisPage,
        identify::AskedFrom,
        visitor::{AsVisitor, ChatPage},
    },
    state::AppState,
};

pub async fn admit(
    State(app): State<AppState>,
    AskedFrom(origin): AskedFrom,
    ChatPage { origin: from, framed_by }: ChatPage,
    Id(assistant): Id<AssistantId>,
    Json(request): Json<VisitorRequest>,
) -> Result<(Extension<ForThisPage>, axum::Json<VisitorEntry>)> {
    let entry = app.hammock.admit_visitor(&assistant, request, &from, framed_by.as_deref(), &origin).await?;
    Ok((Extension(ForThisPage), axum::Json(entry)))
}

pub async fn leave_contact(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    AskedFrom(origin): AskedFrom,
    Json(contact): Json<VisitorContact>,
) -> Result<StatusCode> {
    app.hammock.leave_contact(&scope, contact, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
