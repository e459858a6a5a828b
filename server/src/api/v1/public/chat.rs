//! The chat of visitors: the same stream as inside, without what is no affair of theirs.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use hammock_contract::{RunId, locale::Locale, visitor::VisitorChatRequest};
use hammock_domain::Origin;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::v1::chat::{After, stream},
    extract::{Id, Json, Query},
    failure::Result,
    metrics::answers::Asked,
    middleware::{identify::AskedFrom, visitor::AsVisitor},
    state::AppState,
};

/// In which language the visitor is spoken to.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// The tag of a language: `en`, `fr` or `cs`. Absent, or another one: the best of the header `Accept-Language`.
    pub lang: Option<String>,
}

pub async fn ask(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    AskedFrom(origin): AskedFrom,
    Query(language): Query<Language>,
    Json(request): Json<VisitorChatRequest>,
) -> Result<Response> {
    let asked = Asked::now();
    let chosen = language.lang.as_deref().and_then(Locale::from_tag);
    let origin = Origin { locale: chosen.unwrap_or(origin.locale), ..origin };
    Ok(stream(app.hammock.start_visitor_answer(&scope, request, &origin).await?, Some(asked)))
}

pub async fn resume(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    Id(run): Id<RunId>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Result<Response> {
    let after = query.place_in(&run, &headers);
    Ok(stream(app.hammock.resume_visitor_answer(&scope, &run, after).await?, None))
}

pub async fn stop(State(app): State<AppState>, AsVisitor(scope): AsVisitor, Id(run): Id<RunId>) -> Result<StatusCode> {
    app.hammock.stop_answer(&scope, &run).await?;
    Ok(StatusCode::NO_CONTENT)
}
