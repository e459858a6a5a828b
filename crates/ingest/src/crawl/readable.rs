//! Which answers are worth reading, by what their headers say of them.

use http::{HeaderMap, StatusCode, header};
use url::Url;

use super::address::is_document;

/// Types of content with text to read, beside everything below `text/`.
const DOCUMENTS: &[&str] = &[
    "application/pdf",
    "application/xhtml+xml",
    "application/xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.ms-excel",
];
/// What is text but says nothing to people.
const NOT_FOR_PEOPLE: &[&str] =
    &["text/css", "text/javascript", "text/ecmascript", "text/calendar", "text/vcard", "text/vtt"];
/// What servers say of files whose type they do not know. Where the address ends like a document, it may be one: its content tells.
const UNKNOWN: &[&str] = &["application/octet-stream", "binary/octet-stream", "application/force-download"];

/// The media type without its parameters, in lower case.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (!media_type.is_empty()).then_some(media_type)
}

/// Whether the body is worth reading: a page that is there, of a type with text.
pub(super) fn is_readable(url: &Url, status: StatusCode, headers: &HeaderMap) -> bool {
    let readable = match media_type(headers).as_deref() {
        None => true,
        Some(found) if UNKNOWN.contains(&found) => is_document(url),
        Some(found) => (found.starts_with("text/") && !NOT_FOR_PEOPLE.contains(&found)) || DOCUMENTS.contains(&found),
    };
    status.is_success() && readable
}
