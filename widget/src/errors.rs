//! Errors, as visitors read them.

use crate::{
    command::{digits, number},
    json::Json,
    texts::{Texts, filled},
};

/// There is no connection; a code of this bundle alone.
pub const OFFLINE: &str = "offline";
/// An answer is being made in the conversation.
pub const RUNNING: &str = "answer_running";

/// The code of an answer that is an error.
pub fn code_of(status: u32, body: &str) -> String {
    if status == 0 {
        return OFFLINE.to_owned();
    }
    let json = Json::parse(body).unwrap_or_default();
    let code = json.get("error").text_of("code");
    // What answers without our envelope is something between here and the server.
    if code.is_empty() { "unavailable".to_owned() } else { code.to_owned() }
}

/// What is said of a code.
pub fn said(code: &str, texts: &Texts) -> &'static str {
    match code {
        OFFLINE => texts.offline(),
        "too_many_attempts" => texts.too_often(),
        "origin_not_allowed" => texts.not_allowed(),
        "not_found" => texts.not_there(),
        "too_large" => texts.too_long(),
        "invalid_email" => texts.bad_email(),
        "sign_in_failed" => texts.sign_in_failed(),
        RUNNING => texts.answer_running(),
        _ => texts.failed(),
    }
}

/// After how many seconds it can be tried again, as an answer that is an error says; 0 where it does not.
pub fn seconds(body: &str) -> u64 {
    let json = Json::parse(body).unwrap_or_default();
    number(json.get("error").get("params").text_of("retry_after")).unwrap_or_default()
}

/// What is said of an answer that is an error.
pub fn told(status: u32, body: &str, texts: &Texts) -> String {
    match seconds(body) {
        0 => said(&code_of(status, body), texts).to_owned(),
        seconds => filled(texts.again_in(), &digits(seconds)),
    }
}

/// Whether it is worth to be told to who looks after the assistant.
pub fn is_reported(code: &str) -> bool {
    !matches!(code, OFFLINE | RUNNING | "too_many_attempts" | "invalid_email" | "unavailable" | "sign_in_required")
}

/// Whether the same request may succeed in a moment.
pub fn passes(status: u32) -> bool {
    matches!(status, 0 | 502..=504)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::texts;

    #[test]
    fn a_code_is_taken_out_of_the_envelope() {
        let body = r#"{"error":{"code":"too_many_attempts","kind":"rate_limited","message":"wait"}}"#;
        assert_eq!(code_of(429, body), "too_many_attempts");
        assert_eq!(code_of(502, "<html>"), "unavailable");
        assert_eq!(code_of(0, ""), OFFLINE);
        assert_eq!(said("too_many_attempts", texts("en")), texts("en").too_often());
        assert_eq!(said("anything", texts("cs")), texts("cs").failed());
    }

    #[test]
    fn it_is_said_when_to_try_again() {
        let body = r#"{"error":{"code":"too_many_attempts","params":{"retry_after":"37"}}}"#;
        assert_eq!(seconds(body), 37);
        assert!(told(429, body, texts("en")).ends_with("Try again in 37 s."));
        assert!(told(429, &body.replace("37", "1"), texts("en")).ends_with("Try again in 1 s."));
        assert_eq!((seconds("<html>"), told(502, "<html>", texts("en")).as_str()), (0, texts("en").failed()));
    }

    #[test]
    fn what_is_the_visitors_own_is_not_reported() {
        assert!(is_reported("origin_not_allowed") && is_reported("internal"));
        assert!(!is_reported(OFFLINE) && !is_reported("too_many_attempts") && !is_reported(RUNNING));
        assert!(passes(0) && passes(503) && !passes(500) && !passes(429));
    }
}
