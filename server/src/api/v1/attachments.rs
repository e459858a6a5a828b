//! Files and pictures in conversations. They are their person's alone.

use std::path::Path;

use axum::{
    body::Body,
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hammock_contract::{
    AttachmentId, ErrorCode,
    attachment::{Attachment, AttachmentKind, LARGEST_FILE},
};
use hammock_domain::{Scope, UploadedFile, internal, make_private_folder};
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

use super::{
    documents,
    upload::{FIELDS, Spooled, base_name, broken},
};
use crate::{
    extract::{Id, media_type, unsupported_media_type},
    failure::{Failure, Result},
    middleware::identify::SignedIn,
    state::AppState,
};

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the multipart body")]
pub struct AttachmentForm {
    /// The file or the picture.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Takes one file or picture.
pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    headers: HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, axum::Json<Attachment>)> {
    let largest = LARGEST_FILE.min(app.hammock.upload_limit());
    received(&app, &scope, &headers, multipart, largest).await
}

/// Takes the one file or picture of an upload, of at most `largest` bytes.
pub(super) async fn received(
    app: &AppState,
    scope: &Scope,
    headers: &HeaderMap,
    multipart: Result<Multipart, MultipartRejection>,
    largest: u64,
) -> Result<(StatusCode, axum::Json<Attachment>)> {
    let mut multipart = multipart
        .map_err(|_| unsupported_media_type("multipart/form-data with a boundary", media_type(headers).as_deref()))?;
    let spool = app.hammock.upload_dir();
    make_private_folder(&spool).await.map_err(internal)?;
    let mut whole: Option<(UploadedFile, Spooled)> = None;
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        if whole.is_some() || !field.name().is_some_and(|name| FIELDS.contains(&name)) {
            return Err(Failure::new(ErrorCode::InvalidRequest, "one file is sent, as file"));
        }
        let Some(file_name) = field.file_name().map(base_name) else { continue };
        let media_type = field.content_type().map(str::to_owned);
        let spooled = Spooled::new(&spool);
        let bytes = spooled.fill(field, largest).await??;
        let file = UploadedFile { file_name, media_type, spooled: spooled.path.clone(), bytes };
        whole = Some((file, spooled));
    }
    // Kept when the form has ended: nothing stays of one that is refused.
    let Some((file, _spooled)) = whole else {
        return Err(Failure::new(ErrorCode::InvalidRequest, "the upload holds no file"));
    };
    Ok((StatusCode::CREATED, axum::Json(app.hammock.attach_file(scope, file).await?)))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(attachment): Id<AttachmentId>,
) -> Result<axum::Json<Attachment>> {
    Ok(axum::Json(app.hammock.find_attachment(&scope, &attachment).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(attachment): Id<AttachmentId>,
) -> Result<StatusCode> {
    app.hammock.remove_attachment(&scope, &attachment).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn file(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(attachment): Id<AttachmentId>,
) -> Result<Response> {
    let (attachment, path) = app.hammock.open_attachment(&scope, &attachment).await?;
    content(&attachment, &path).await
}

/// The file as it was uploaded: a download, which never runs as a page of this site. A picture is shown, as what its first bytes
/// say that it is.
pub async fn content(attachment: &Attachment, path: &Path) -> Result<Response> {
    let file = documents::opened(path).await?;
    let length = file.metadata().await.map_err(internal)?.len();
    let mut headers = HeaderMap::new();
    let media_type = match attachment.kind {
        AttachmentKind::Picture => attachment.media_type.as_str(),
        AttachmentKind::File => "application/octet-stream",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(media_type).map_err(internal)?);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if attachment.kind == AttachmentKind::File {
        headers.insert(header::CONTENT_DISPOSITION, documents::attachment(&attachment.name));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}
