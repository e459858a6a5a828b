//! Sends the files of an import.

use hammock_contract::{ApiError, CollectionId, evaluation::ImportReport};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, XmlHttpRequest};

use crate::sent::{answer, unreachable};

/// Hands files over to the collection's evaluation.
///
/// # Errors
/// Why the server refused them, or that it cannot be reached.
pub async fn send(collection: &CollectionId, files: &[File]) -> Result<ImportReport, ApiError> {
    let request = post(collection, files).await.map_err(|_| unreachable())?;
    let status = request.status().unwrap_or(0);
    answer(status, &request.response_text().ok().flatten().unwrap_or_default())
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
