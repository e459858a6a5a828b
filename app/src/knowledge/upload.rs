//! Sends one file into a source.

use hammock_contract::{ApiError, DocumentId, SourceId, document::UploadResult};
use web_sys::File;

use crate::sent::{answer, send_file};

/// What became of a file that was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Its document.
    pub document: Option<DocumentId>,
    /// Whether it took the place of an earlier file of the same name.
    pub replaced: bool,
}

/// Sends `file` into `source` under `name`; `on_sent` hears how many percent of it have been sent.
///
/// # Errors
/// Why the server refused it, or that it cannot be reached.
pub async fn send(
    source: &SourceId,
    file: &File,
    name: &str,
    on_sent: impl Fn(u64) + 'static,
) -> Result<Arrived, ApiError> {
    let address = format!("/api/v1/sources/{source}/documents");
    let (status, body) = send_file(&address, file, name, on_sent).await?;
    outcome(status, &body)
}

/// What the server's answer says of a single file.
fn outcome(status: u16, body: &str) -> Result<Arrived, ApiError> {
    let results: Vec<UploadResult> = answer(status, body)?;
    let Some(result) = results.into_iter().next() else { return Ok(Arrived::default()) };
    let arrived = Arrived { document: result.document.map(|document| document.id), replaced: result.replaced };
    result.error.map_or(Ok(arrived), Err)
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ErrorCode, error::ErrorBody};

    use super::*;

    #[test]
    fn a_refused_file_says_why_in_either_form() {
        let refused = ApiError::new(ErrorCode::EmptyFile, "the file is empty");
        let listed = serde_json::to_string(&[UploadResult {
            file_name: "a.txt".to_owned(),
            document: None,
            replaced: false,
            error: Some(refused.clone()),
        }])
        .unwrap();
        assert_eq!(outcome(201, &listed), Err(refused.clone()));
        let body = serde_json::to_string(&ErrorBody { error: refused.clone() }).unwrap();
        assert_eq!(outcome(422, &body), Err(refused));
        assert_eq!(outcome(413, "<html>").unwrap_err().code, ErrorCode::TooLarge);
        assert_eq!(outcome(0, "").unwrap_err().code, ErrorCode::Unavailable);
        assert_eq!(outcome(201, "[]"), Ok(Arrived::default()));
    }

    #[test]
    fn a_file_that_arrived_is_known_by_its_document() {
        let document = serde_json::json!({
            "id": DocumentId::fixed("knots"), "source": SourceId::fixed("files"), "collection": "coll_workshop",
            "title": "Knots", "location": "knots.md", "media_type": "text/markdown", "bytes": 12, "state": "processing",
            "revision": 0, "chunks": 0, "embedded_chunks": 0, "rendered": false, "created_at": "2026-01-02T03:04:05Z",
        });
        let body = serde_json::json!([{ "file_name": "knots.md", "document": document, "replaced": true }]).to_string();
        let arrived = Arrived { document: Some(DocumentId::fixed("knots")), replaced: true };
        assert_eq!(outcome(201, &body), Ok(arrived));
    }
}
