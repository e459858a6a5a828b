//! What the server answers to files that were sent to it.

use hammock_contract::{ApiError, ErrorCode, error::ErrorBody};
use serde::de::DeserializeOwned;

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
