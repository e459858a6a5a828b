//! Sends the files of an import.

use hammock_contract::{ApiError, CollectionId, ErrorCode, error::ErrorBody, evaluation::ImportReport};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, XmlHttpRequest};

/// Hands files over to the collection's evaluation.
///
/// # Errors
/// Why the server refused them, or that it cannot be reached.
pub async fn send(collection: &CollectionId, files: &[File]) -> Result<ImportReport, ApiError> {
    let request = post(collection, files).await.map_err(|_| unreachable())?;
    let status = request.status().unwrap_or(0);
    outcome(status, &request.response_text().ok().flatten().unwrap_or_default())
}

async fn post(collection: &CollectionId, files: &[File]) -> Result<XmlHttpRequest, JsValue> {
    let form = FormData::new()?;
    for file in files {
        form.append_with_blob_and_filename("files", file, &file.name())?;
    }
    let request = XmlHttpRequest::new()?;
    request.open("POST", &format!("/api/v1/collections/{collection}/evaluation/import"))?;
    // Loaded, failed or aborted: what came of it is in the request.
    let ended = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_form_data(Some(&form))?;
    JsFuture::from(ended).await?;
    Ok(request)
}

/// What the server's answer says.
fn outcome<T: DeserializeOwned>(status: u16, body: &str) -> Result<T, ApiError> {
    if (200..300).contains(&status) {
        return serde_json::from_str(body)
            .map_err(|error| ApiError::new(ErrorCode::Internal, format!("an answer of another form: {error}")));
    }
    match serde_json::from_str::<ErrorBody>(body) {
        Ok(body) => Err(body.error),
        // A proxy in front of the server has its own limit, and its own page about it.
        Err(_) if status == 413 => Err(ApiError::new(ErrorCode::TooLarge, "larger than allowed")),
        Err(_) => Err(unreachable()),
    }
}

fn unreachable() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "the server cannot be reached")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_report_or_says_why_not() {
        let report = ImportReport { added: 2, ..ImportReport::default() };
        let body = serde_json::to_string(&report).unwrap();
        assert_eq!(outcome(200, &body), Ok(report));
        let refused = ApiError::new(ErrorCode::ImportUnreadable, "no CSV file");
        let body = serde_json::to_string(&ErrorBody { error: refused.clone() }).unwrap();
        assert_eq!(outcome::<ImportReport>(422, &body), Err(refused));
        assert_eq!(outcome::<ImportReport>(413, "<html>").unwrap_err().code, ErrorCode::TooLarge);
        assert_eq!(outcome::<ImportReport>(0, "").unwrap_err().code, ErrorCode::Unavailable);
    }
}
