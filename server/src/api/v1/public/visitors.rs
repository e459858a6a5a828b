//! How visitors come in, and how they can be reached afterwards.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::ORIGIN},
    response::{IntoResponse, Response},
};
use hammock_contract::{
    AssistantId,
    visitor::{VisitorContact, VisitorRequest},
};

use crate::{
    extract::{Id, Json},
    failure::Result,
    middleware::{
        identify::AskedFrom,
        visitor::{AsVisitor, PageOrigin, let_page_read},
    },
    state::AppState,
};

pub async fn admit(
    State(app): State<AppState>,
    AskedFrom(origin): AskedFrom,
    PageOrigin(from): PageOrigin,
    Id(assistant): Id<AssistantId>,
    headers: HeaderMap,
    Json(request): Json<VisitorRequest>,
) -> Result<Response> {
    let entry = app.hammock.admit_visitor(&assistant, request, &from, &origin).await?;
    let mut response = axum::Json(entry).into_response();
    let_page_read(headers.get(ORIGIN).cloned(), &mut response);
    Ok(response)
}

pub async fn leave_contact(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    Json(contact): Json<VisitorContact>,
) -> Result<StatusCode> {
    app.hammock.leave_contact(&scope, contact).await?;
    Ok(StatusCode::NO_CONTENT)
}
