//! Sends files, and reads what the server answers. By `XMLHttpRequest`, because `fetch` tells nothing about how much has been
//! sent.

use hammock_contract::{ApiError, ErrorCode, error::ErrorBody};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FormData, ProgressEvent, XmlHttpRequest};

/// Sends `file` to `address` under `name`; `on_sent` hears how many percent of it have been sent. The status of the answer, and
/// its text.
///
/// # Errors
/// `unavailable` when the server cannot be reached.
pub async fn send_file(
    address: &str,
    file: &Blob,
    name: &str,
    on_sent: impl Fn(u64) + 'static,
) -> Result<(u16, String), ApiError> {
    let request = post(address, file, name, on_sent).await.map_err(|_| unreachable())?;
    let status = request.status().unwrap_or(0);
    Ok((status, request.response_text().ok().flatten().unwrap_or_default()))
}

async fn post(
    address: &str,
    file: &Blob,
    name: &str,
    on_sent: impl Fn(u64) + 'static,
) -> Result<XmlHttpRequest, JsValue> {
    let form = FormData::new()?;
    form.append_with_blob_and_filename("file", file, name)?;
    let request = XmlHttpRequest::new()?;
    request.open("POST", address)?;
    let heard = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| on_sent(percent(&event)));
    request.upload()?.set_onprogress(Some(heard.as_ref().unchecked_ref()));
    // Loaded, failed or aborted: what came of it is in the request.
    let ended = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_form_data(Some(&form))?;
    JsFuture::from(ended).await?;
    request.upload()?.set_onprogress(None);
    Ok(request)
}

/// Sends JSON to `address`. The status of the answer, and its text.
///
/// # Errors
/// `unavailable` when the server cannot be reached.
pub async fn send_json(method: &str, address: &str, body: &impl Serialize) -> Result<(u16, String), ApiError> {
    let body = serde_json::to_string(body)
        .map_err(|error| ApiError::new(ErrorCode::Internal, format!("cannot be written as JSON: {error}")))?;
    let request = ask(method, address, &body).await.map_err(|_| unreachable())?;
    let status = request.status().unwrap_or(0);
    Ok((status, request.response_text().ok().flatten().unwrap_or_default()))
}

async fn ask(method: &str, address: &str, body: &str) -> Result<XmlHttpRequest, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open(method, address)?;
    request.set_request_header("content-type", "application/json")?;
    // Loaded, failed or aborted: what came of it is in the request.
    let ended = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    request.send_with_opt_str(Some(body))?;
    JsFuture::from(ended).await?;
    Ok(request)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
fn percent(event: &ProgressEvent) -> u64 {
    if event.total() > 0.0 { (100.0 * event.loaded() / event.total()).clamp(0.0, 100.0) as u64 } else { 0 }
}

/// The answer, or why there is none.
///
/// # Errors
/// What the server says, `too_large` where a proxy in front of it does, `unavailable` where nobody answers.
pub fn answer<T: DeserializeOwned>(status: u16, body: &str) -> Result<T, ApiError> {
    if (200..300).contains(&status) {
        return serde_json::from_str(body)
            .map_err(|error| ApiError::new(ErrorCode::Internal, format!("an answer of another form: {error}")));
    }
    match serde_json::from_str::<ErrorBody>(body) {
        Ok(body) => Err(body.error),
        // A proxy has its own limit, and its own page about it.
        Err(_) if status == 413 => Err(ApiError::new(ErrorCode::TooLarge, "larger than allowed")),
        Err(_) => Err(unreachable()),
    }
}

/// Nobody answers.
pub fn unreachable() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "the server cannot be reached")
}

#[cfg(test)]
mod tests {
    use hammock_contract::evaluation::ImportReport;

    use super::*;

    #[test]
    fn an_answer_is_what_was_asked_for_or_says_why_not() {
        let report = ImportReport { added: 2, ..ImportReport::default() };
        let body = serde_json::to_string(&report).unwrap();
        assert_eq!(answer(200, &body), Ok(report));
        let refused = ApiError::new(ErrorCode::ImportUnreadable, "no CSV file");
        let body = serde_json::to_string(&ErrorBody { error: refused.clone() }).unwrap();
        assert_eq!(answer::<ImportReport>(422, &body), Err(refused));
        assert_eq!(answer::<ImportReport>(413, "<html>").unwrap_err().code, ErrorCode::TooLarge);
        assert_eq!(answer::<ImportReport>(0, "").unwrap_err().code, ErrorCode::Unavailable);
    }
}
