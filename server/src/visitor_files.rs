//! The files that visitors have sent, by the addresses that their chat is told (`SentAttachment::link`): whoever follows a link sends
//! no token, and no cookie of ours counts here.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use hammock_contract::ErrorKind;
use hammock_domain::VISITOR_FILES;
use http::{HeaderValue, header::REFERRER_POLICY};

use crate::{api::v1::attachments::content, failure::Result, public_chat, state::AppState};

/// A file, by its link.
pub async fn file(State(app): State<AppState>, request: Request) -> Response {
    let link = request.uri().path().strip_prefix(VISITOR_FILES).unwrap_or_default().to_owned();
    match opened(&app, &link).await {
        Ok(response) => ([(REFERRER_POLICY, HeaderValue::from_static("no-referrer"))], response).into_response(),
        // A person reads it, and programs have a route of their own.
        Err(failure) if failure.error.kind == ErrorKind::NotFound => {
            public_chat::missing(&app, request, failure.error).await
        }
        Err(failure) => failure.into_response(),
    }
}

async fn opened(app: &AppState, link: &str) -> Result<Response> {
    let (attachment, path) = app.hammock.open_visitor_file(link).await?;
    content(&attachment, &path).await
}
