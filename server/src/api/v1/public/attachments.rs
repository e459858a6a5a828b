//! Files and pictures of visitors. They are that visitor's alone.

use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode, header::CONTENT_LENGTH},
    response::Response,
};
use hammock_contract::{AttachmentId, attachment::Attachment, interfaces::MAX_UPLOAD};

use crate::{
    api::v1::attachments::{content, received},
    extract::Id,
    failure::Result,
    middleware::{body_limit::too_large, identify::AskedFrom, visitor::AsVisitor},
    state::AppState,
};

/// What a form adds to the file in it, at most. Bytes.
const AROUND_THE_FILE: u64 = 16 * 1024;

/// Takes one file or picture. How many and how large they may be stands in the assistant's interfaces.
pub async fn create(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    AskedFrom(origin): AskedFrom,
    headers: HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, axum::Json<Attachment>)> {
    let largest = match app.hammock.begin_visitor_upload(&scope, &origin).await {
        Ok(largest) => largest,
        Err(error) => {
            drop_unread(multipart).await;
            return Err(error.into());
        }
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > largest.saturating_add(AROUND_THE_FILE)) {
        drop_unread(multipart).await;
        return Err(too_large(largest));
    }
    received(&app, &scope, &headers, multipart, largest).await
}

/// Reads an upload that is refused, and keeps nothing of it: a browser reads the answer only when it has sent everything.
async fn drop_unread(multipart: Result<Multipart, MultipartRejection>) {
    let Ok(mut multipart) = multipart else { return };
    let mut left = u64::from(MAX_UPLOAD) * 1_000_000;
    while let Ok(Some(mut field)) = multipart.next_field().await {
        while let Ok(Some(part)) = field.chunk().await {
            left = left.saturating_sub(part.len() as u64);
            if left == 0 {
                return;
            }
        }
    }
}

pub async fn find(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    Id(attachment): Id<AttachmentId>,
) -> Result<axum::Json<Attachment>> {
    Ok(axum::Json(app.hammock.find_attachment(&scope, &attachment).await?))
}

pub async fn file(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    Id(attachment): Id<AttachmentId>,
) -> Result<Response> {
    let (attachment, path) = app.hammock.open_attachment(&scope, &attachment).await?;
    content(&attachment, &path).await
}

pub async fn delete(
    State(app): State<AppState>,
    AsVisitor(scope): AsVisitor,
    Id(attachment): Id<AttachmentId>,
) -> Result<StatusCode> {
    app.hammock.remove_attachment(&scope, &attachment).await?;
    Ok(StatusCode::NO_CONTENT)
}
