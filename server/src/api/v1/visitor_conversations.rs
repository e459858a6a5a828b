//! What visitors said to an assistant, for administrators.

use axum::extract::State;
use hammock_contract::{
    AssistantId, ConversationId,
    page::{Page, PageRequest},
    visitor::{HeldConversation, HeldQuery, VisitorConversation},
};

use crate::{
    extract::{Id, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(assistant): Id<AssistantId>,
    Query(request): Query<PageRequest>,
) -> Result<axum::Json<Page<VisitorConversation>>> {
    Ok(axum::Json(app.hammock.list_visitor_conversations(&scope, &assistant, request).await?))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((assistant, conversation)): Id<(AssistantId, ConversationId)>,
    Query(wanted): Query<HeldQuery>,
) -> Result<axum::Json<HeldConversation>> {
    Ok(axum::Json(app.hammock.read_visitor_conversation(&scope, &assistant, &conversation, &wanted).await?))
}
