//! Documents.

use std::path::Path;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hammock_contract::{
    ApiError, ChunkEditId, ChunkId, DocumentId, SourceId,
    document::{Chunk, ChunkPatch, Document, DocumentQuery, DocumentText},
    page::Page,
    source::Source,
};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;

use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

/// Which revision of a document's text is wanted.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// The number of the revision; absent: the one that answers now.
    pub revision: Option<u32>,
}

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Query(query): Query<DocumentQuery>,
) -> Result<axum::Json<Page<Document>>> {
    Ok(axum::Json(app.hammock.list_documents(&scope, query).await?))
}

pub async fn list_of_source(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    Query(query): Query<DocumentQuery>,
) -> Result<axum::Json<Page<Document>>> {
    let source = app.hammock.find_source(&scope, &source).await?;
    let query = DocumentQuery { source: Some(source.id), ..query };
    Ok(axum::Json(app.hammock.list_documents(&scope, query).await?))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(document): Id<DocumentId>,
) -> Result<axum::Json<Document>> {
    Ok(axum::Json(app.hammock.find_document(&scope, &document).await?))
}

pub async fn text(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(document): Id<DocumentId>,
    Query(wanted): Query<Revision>,
) -> Result<axum::Json<DocumentText>> {
    Ok(axum::Json(app.hammock.document_text(&scope, &document, wanted.revision).await?))
}

pub async fn update_chunk(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((document, chunk)): Id<(DocumentId, ChunkId)>,
    Json(patch): Json<ChunkPatch>,
) -> Result<axum::Json<Chunk>> {
    Ok(axum::Json(app.hammock.update_chunk(&scope, &document, &chunk, patch).await?))
}

pub async fn discard_edit(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((document, edit)): Id<(DocumentId, ChunkEditId)>,
) -> Result<StatusCode> {
    app.hammock.discard_edit(&scope, &document, &edit).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn reindex(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(document): Id<DocumentId>,
) -> Result<axum::Json<Document>> {
    Ok(axum::Json(app.hammock.reindex_document(&scope, &document).await?))
}

/// Deletes a page of a website and leaves it out of the next crawls.
pub async fn leave_out(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(document): Id<DocumentId>,
) -> Result<axum::Json<Source>> {
    Ok(axum::Json(app.hammock.leave_out_page(&scope, &document).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(document): Id<DocumentId>,
) -> Result<StatusCode> {
    app.hammock.delete_document(&scope, &document).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file as it was uploaded, or the page as it was fetched. Always a download: what strangers wrote never runs as a
/// page of this site.
pub async fn original(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(document): Id<DocumentId>,
) -> Result<Response> {
    let (document, path) = app.hammock.open_original(&scope, &document).await?;
    let file = opened(&path).await?;
    let length = file.metadata().await.map_err(hammock_domain::internal)?.len();
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&document.location));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}

/// A stored file. One that the disk does not have any more is not found, like what the database does not have; the log says so.
pub(super) async fn opened(path: &Path) -> Result<tokio::fs::File> {
    match tokio::fs::File::open(path).await {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), "a stored file is not on the disk");
            Err(ApiError::not_found().into())
        }
        opened => Ok(opened.map_err(hammock_domain::internal)?),
    }
}

/// `Content-Disposition` with a plain name for old browsers and the real one for the others (RFC 6266).
pub(super) fn attachment(location: &str) -> HeaderValue {
    let name = location.rsplit('/').find(|part| !part.is_empty()).unwrap_or("document");
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let encoded: String = name
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b".-_".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let value = attachment("výroční \"zpráva\"\r\nX: y.pdf");
        let text = value.to_str().unwrap();
        assert!(text.starts_with("attachment; filename=\"v_ro_n_ _zpr_va___X_ y.pdf\""), "{text}");
        assert!(
            text.ends_with("filename*=UTF-8''v%C3%BDro%C4%8Dn%C3%AD%20%22zpr%C3%A1va%22%0D%0AX%3A%20y.pdf"),
            "{text}"
        );
    }
}
