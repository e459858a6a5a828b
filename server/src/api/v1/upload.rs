//! Uploads: a multipart body with one or more files, streamed to disk and never held in memory.

use std::path::{Path, PathBuf};

use axum::{
    extract::{Multipart, State, multipart::Field},
    http::{HeaderMap, StatusCode},
};
use hammock_contract::{ApiError, ErrorCode, SourceId, document::UploadResult};
use hammock_domain::{UploadedFile, internal, make_private_folder};
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;

use crate::{
    extract::{Id, media_type, unsupported_media_type},
    failure::{Failure, Result},
    middleware::{body_limit::too_large, identify::SignedIn},
    state::AppState,
};

/// At most this many files in one request.
const MAX_FILES: usize = 200;
/// The names under which files are taken; programs send one of them, forms with one or several.
pub(super) const FIELDS: [&str; 2] = ["files", "file"];

/// The form of an upload.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the multipart body")]
pub struct UploadForm {
    /// The files.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<Vec<u8>>,
}

/// Takes files into a source. Each file has its own result: one that is refused does not stop the others. The answer has
/// the status of the failure when there was only one file and it was refused.
pub async fn upload(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    headers: HeaderMap,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<(StatusCode, axum::Json<Vec<UploadResult>>)> {
    // A source that is not there, or not writable, is said before a gigabyte has been sent.
    app.hammock.check_upload(&scope, &source).await?;
    let mut multipart = multipart
        .map_err(|_| unsupported_media_type("multipart/form-data with a boundary", media_type(&headers).as_deref()))?;
    let spool = app.hammock.upload_dir();
    make_private_folder(&spool).await.map_err(internal)?;
    let mut results = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(broken)? {
        if let Some(other) = field.name().filter(|name| !FIELDS.contains(name)) {
            let message = format!("there is no such field: {}; files are sent as files", shortened(other));
            return Err(Failure::new(ErrorCode::InvalidRequest, message));
        }
        let Some(file_name) = field.file_name().map(base_name) else { continue };
        if results.len() == MAX_FILES {
            return Err(Failure::new(ErrorCode::TooLarge, "at most 200 files fit in one upload"));
        }
        let media_type = field.content_type().map(str::to_owned);
        let spooled = Spooled::new(&spool);
        let outcome = match spooled.fill(field, app.hammock.upload_limit()).await? {
            Ok(bytes) => {
                let path = spooled.path.clone();
                let file = UploadedFile { file_name: file_name.clone(), media_type, spooled: path, bytes };
                app.hammock.upload_or_replace(&scope, &source, file).await
            }
            Err(error) => Err(error),
        };
        results.push(match outcome {
            Ok((document, replaced)) => UploadResult { file_name, document: Some(document), replaced, error: None },
            Err(error) => UploadResult { file_name, document: None, replaced: false, error: Some(error) },
        });
    }
    match results.as_slice() {
        [] => Err(Failure::new(ErrorCode::InvalidRequest, "the upload holds no file")),
        [UploadResult { error: Some(error), .. }] => Err(error.clone().into()),
        _ => Ok((StatusCode::CREATED, axum::Json(results))),
    }
}

/// A file of the upload on its way; removed when it was not taken over.
pub(super) struct Spooled {
    pub(super) path: PathBuf,
}

impl Spooled {
    pub(super) fn new(folder: &Path) -> Self {
        Self { path: folder.join(format!("{}.part", uuid::Uuid::now_v7().simple())) }
    }

    /// Writes a field to disk. The outer error ends the request, the inner one refuses this file alone; the rest of a file
    /// that is too large is read and dropped, so that the client gets to read the answer.
    pub(super) async fn fill(&self, mut field: Field<'_>, limit: u64) -> Result<Result<u64, ApiError>> {
        let mut file = tokio::fs::File::create_new(&self.path).await.map_err(write_failed)?;
        let mut bytes = 0_u64;
        while let Some(part) = field.chunk().await.map_err(broken)? {
            bytes += part.len() as u64;
            if bytes <= limit {
                file.write_all(&part).await.map_err(write_failed)?;
            } else if bytes > limit.saturating_mul(4) {
                return Err(too_large(limit));
            }
        }
        file.flush().await.map_err(write_failed)?;
        Ok(if bytes > limit { Err(too_large(limit).error) } else { Ok(bytes) })
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        // When the use case took the file over, it has been moved and there is nothing here.
        let _ = std::fs::remove_file(&self.path);
    }
}

fn write_failed(error: std::io::Error) -> ApiError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return ApiError::new(ErrorCode::StorageFull, "the server's disk is full; nothing was saved");
    }
    internal(error)
}

pub(super) fn broken(error: axum::extract::multipart::MultipartError) -> Failure {
    Failure::new(ErrorCode::InvalidRequest, format!("the upload broke off: {}", error.body_text()))
}

/// As much of a name that somebody made up as a message repeats.
fn shortened(name: &str) -> String {
    base_name(name).chars().take(200).collect()
}

/// The last part of a name: some browsers send whole paths. It is never cut: what is too long is refused, for two that begin
/// alike would become one, and without its ending a file is not recognised.
pub(super) fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    if clean.trim().is_empty() { "file".to_owned() } else { clean.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_no_path() {
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("C:\\Users\\a\\zpráva.pdf"), "zpráva.pdf");
        assert_eq!(base_name(""), "file");
        assert_eq!(base_name("a\0b\n.txt"), "ab.txt");
        let long = format!("{}.txt", "a".repeat(246));
        assert_eq!(base_name(&long), long);
        assert_eq!(shortened(&long), "a".repeat(200));
    }
}
