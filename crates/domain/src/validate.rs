//! Checks of what people type.

pub use hammock_contract::check::{line, name, too_short_or_long};
use hammock_contract::{
    ApiError, ErrorCode, check,
    retrieval::{LANGUAGES, MOST_PASSAGES, RetrievalSettings},
};

use crate::Result;

/// A text of several lines, at most `max` characters.
///
/// # Errors
/// `invalid_field`, naming the field and the limits with their unit, or the character.
pub fn block(field: &str, text: &str, max: usize) -> Result<String> {
    let text = text.trim();
    if let Some(unusable) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(check::unusable_character(field, unusable));
    }
    let length = text.chars().count();
    if length > max {
        let error = too_short_or_long(field, format!("{field} may have at most {max} characters"), 0, max);
        return Err(check::measured(error, length, max));
    }
    Ok(text.to_owned())
}

/// An e-mail address that mail can be sent to.
///
/// # Errors
/// `invalid_email`.
pub fn email(text: &str) -> Result<String> {
    let text = check::email(text)?;
    match text.parse::<lettre::Address>() {
        Ok(_) => Ok(text),
        Err(_) => Err(ApiError::new(ErrorCode::InvalidEmail, "this is not an e-mail address").on("email")),
    }
}

/// How knowledge is searched: every number in its limits, the language one that is known.
///
/// # Errors
/// `invalid_field`, naming the field and the limits.
pub fn retrieval(settings: RetrievalSettings) -> Result<RetrievalSettings> {
    let RetrievalSettings { threshold, passages, keyword_weight, language } = settings;
    share("threshold", threshold)?;
    share("keyword_weight", keyword_weight)?;
    if passages.is_some_and(|passages| !(1..=MOST_PASSAGES).contains(&passages)) {
        let error = invalid("passages", format!("the number of passages lies between 1 and {MOST_PASSAGES}"));
        return Err(error.with("min", 1).with("max", MOST_PASSAGES));
    }
    let language = language.map(|code| code.trim().to_lowercase()).filter(|code| !code.is_empty());
    if language.as_deref().is_some_and(|code| !LANGUAGES.contains(&code)) {
        return Err(invalid("language", format!("the language is one of {}", LANGUAGES.join(", "))));
    }
    Ok(RetrievalSettings { threshold, passages, keyword_weight, language })
}

/// A part of a whole, where one is set.
///
/// # Errors
/// `invalid_field`, naming the field and the limits.
pub fn share(field: &str, share: Option<f32>) -> Result<Option<f32>> {
    if share.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
        return Err(invalid(field, format!("{field} lies between 0 and 1")).with("min", 0).with("max", 1));
    }
    Ok(share)
}

/// The error of a field.
pub fn invalid(field: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::InvalidField, message).on(field)
}

/// The form by which names and addresses are compared: lower case, one space between words.
pub fn key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A list in which everything stands once, in the same order: whoever writes it may name something as often as they like.
pub fn each_once<T: Clone + Eq + std::hash::Hash>(list: Vec<T>) -> Vec<T> {
    let mut known = std::collections::HashSet::with_capacity(list.len());
    list.into_iter().filter(|one| known.insert(one.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_twice_stands_once() {
        assert_eq!(each_once(vec!["b", "a", "b", "c", "a"]), ["b", "a", "c"]);
        assert!(each_once(Vec::<u8>::new()).is_empty());
    }

    #[test]
    fn retrieval_settings_stay_in_their_limits() {
        let nothing = RetrievalSettings::default();
        assert_eq!(retrieval(nothing.clone()).unwrap(), nothing);
        let wrong = [
            ("threshold", RetrievalSettings { threshold: Some(1.1), ..nothing.clone() }),
            ("threshold", RetrievalSettings { threshold: Some(f32::NAN), ..nothing.clone() }),
            ("keyword_weight", RetrievalSettings { keyword_weight: Some(-0.1), ..nothing.clone() }),
            ("passages", RetrievalSettings { passages: Some(0), ..nothing.clone() }),
            ("passages", RetrievalSettings { passages: Some(21), ..nothing.clone() }),
            ("language", RetrievalSettings { language: Some("xx".to_owned()), ..nothing.clone() }),
        ];
        for (field, settings) in wrong {
            assert_eq!(retrieval(settings).unwrap_err().field.as_deref(), Some(field));
        }
        let typed = RetrievalSettings { language: Some(" CS ".to_owned()), passages: Some(20), ..nothing.clone() };
        assert_eq!(retrieval(typed).unwrap().language.as_deref(), Some("cs"));
        let none = RetrievalSettings { language: Some(" ".to_owned()), ..nothing.clone() };
        assert_eq!(retrieval(none).unwrap(), nothing);
    }

    #[test]
    fn of_a_character_that_cannot_be_used_it_is_said_which() {
        assert_eq!(block("text", " a\tb\r\nc ", 9).as_deref(), Ok("a\tb\r\nc"));
        assert_eq!(block("text", "a\u{0}b", 9).unwrap_err().params["character"], "U+0000");
        let long = block("text", "abc", 2).unwrap_err();
        assert_eq!((long.params["max"].as_str(), long.params["length"].as_str()), ("2", "3"));
    }

    #[test]
    fn addresses() {
        assert!(email(" eva@example.org ").is_ok());
        for bad in ["", "eva", "eva@", "@example.org", "eva@exa mple.org", "eva@example.org\nbcc: x@y.z"] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }
}
