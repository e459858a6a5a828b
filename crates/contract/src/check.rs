//! Rules for what people type, the same in the browser before it is sent and on the server after.

use crate::{ApiError, ErrorCode, connection::ProviderKind, password};

/// The most characters of a first or last name.
pub const MAX_NAME: usize = 80;
/// The most characters of a telephone number.
pub const MAX_TELEPHONE: usize = 40;
/// The most characters of the name of an organisation.
pub const MAX_ORGANISATION: usize = 120;
/// The most characters of an e-mail address.
pub const MAX_EMAIL: usize = 254;

/// A text without the white space around it, of `min` to `max` characters and without control characters.
///
/// # Errors
/// `invalid_field`, naming the field and the limits with their unit, or the character.
pub fn line(field: &str, text: &str, min: usize, max: usize) -> Result<String, ApiError> {
    let text = text.trim();
    if let Some(unusable) = text.chars().find(|c| c.is_control()) {
        return Err(unusable_character(field, unusable));
    }
    let length = text.chars().count();
    if length < min || length > max {
        let message = if min == 0 {
            format!("{field} may have at most {max} characters")
        } else {
            format!("{field} needs {min} to {max} characters")
        };
        return Err(measured(too_short_or_long(field, message, min, max), length, max));
    }
    Ok(text.to_owned())
}

/// A name: a [`line`] without characters that turn the direction of what stands around it, by which one name could pass for
/// another.
///
/// # Errors
/// `invalid_field`, naming the field and the limits with their unit, or the character.
pub fn name(field: &str, text: &str, min: usize, max: usize) -> Result<String, ApiError> {
    let name = line(field, text, min, max)?;
    match name.chars().find(|c| turns_direction(*c)) {
        Some(unusable) => Err(unusable_character(field, unusable)),
        None => Ok(name),
    }
}

/// Whether a character embeds, overrides or isolates a direction of writing (Unicode Standard Annex 9).
const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// That a text contains a character that cannot be used in it; its `character` is written as in `U+0000`, as it has no look.
pub fn unusable_character(field: &str, unusable: char) -> ApiError {
    let character = format!("U+{:04X}", u32::from(unusable));
    let message = format!("{field} contains a character that cannot be used: {character}");
    ApiError::new(ErrorCode::InvalidField, message).on(field).with("character", character)
}

/// Whether a text shows nothing: white space and control characters alone.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control())
}

/// That a text does not have `min` to `max` characters.
pub fn too_short_or_long(field: &str, message: impl Into<String>, min: usize, max: usize) -> ApiError {
    let error = ApiError::new(ErrorCode::InvalidField, message).on(field);
    error.with("min", min).with("max", max).with("unit", "characters")
}

/// The same error with the `length` of the text, where that is what is wrong: a text that is too long is told so.
#[must_use]
pub fn measured(error: ApiError, length: usize, max: usize) -> ApiError {
    if length > max { error.with("length", length) } else { error }
}

/// Whether a text has the form of an e-mail address, white space around it apart. The server also asks the library that
/// sends the mails, which knows the finer rules.
pub fn is_email(text: &str) -> bool {
    let text = text.trim();
    let is_plain = text.chars().count() <= MAX_EMAIL && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    is_plain
        && text
            .rsplit_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && domain.split('.').all(|label| !label.is_empty()))
}

/// An e-mail address, without the white space around it.
///
/// # Errors
/// `invalid_email`.
pub fn email(text: &str) -> Result<String, ApiError> {
    if is_email(text) {
        return Ok(text.trim().to_owned());
    }
    Err(ApiError::new(ErrorCode::InvalidEmail, "this is not an e-mail address").on("email"))
}

/// What is wrong with a new password that was typed twice: `weak_password`, `passwords_differ`, both or nothing.
pub fn new_password(password: &str, again: &str) -> Vec<ApiError> {
    let mut problems = Vec::new();
    problems.extend(weak_password(password));
    if password != again {
        problems.push(ApiError::new(ErrorCode::PasswordsDiffer, "the two passwords differ").on("password_again"));
    }
    problems
}

/// What is wrong with a new password by itself, if anything: `weak_password`, with `max` where it is too long.
pub fn weak_password(password: &str) -> Option<ApiError> {
    let most = password::MAX_PASSWORD_CHARS;
    if password.chars().count() > most {
        let message = format!("a password may have at most {most} characters; choose a shorter one");
        return Some(ApiError::new(ErrorCode::WeakPassword, message).on("password").with("max", most));
    }
    if password::is_acceptable(password) {
        return None;
    }
    let message = "a password needs 8 to 256 characters, a lower-case letter, and a digit, symbol or space";
    Some(ApiError::new(ErrorCode::WeakPassword, message).on("password"))
}

/// That a number does not lie between `min` and `max`, or a list does not have so many entries.
pub fn out_of_range(field: &str, message: impl Into<String>, min: u32, max: u32) -> ApiError {
    ApiError::new(ErrorCode::InvalidField, message).on(field).with("min", min).with("max", max)
}

/// That the terms were not accepted.
pub fn terms_not_accepted() -> ApiError {
    ApiError::new(ErrorCode::TermsNotAccepted, "please accept the terms to go on").on("accept_terms")
}

/// Whether an account with a provider of this kind is of no use without a key.
pub const fn needs_key(kind: ProviderKind) -> bool {
    match kind {
        ProviderKind::OpenAi | ProviderKind::Azure => true,
        ProviderKind::Ollama | ProviderKind::Compatible => false,
    }
}

/// That a provider's key is missing.
pub fn key_missing() -> ApiError {
    ApiError::new(ErrorCode::InvalidField, "this kind of provider needs a key").on("key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_trimmed_and_measured_in_characters() {
        assert_eq!(line("name", "  žluť ", 1, 4).as_deref(), Ok("žluť"));
        assert!(line("name", "   ", 1, 4).is_err());
        assert_eq!(line("name", "a\u{0}b", 1, 4).unwrap_err().params["character"], "U+0000");
        let long = line("name", "12345", 0, 4).unwrap_err();
        assert_eq!((long.field.as_deref(), long.params["max"].as_str()), (Some("name"), "4"));
        assert_eq!((long.params["unit"].as_str(), long.params["length"].as_str()), ("characters", "5"));
        assert!(!line("name", "", 1, 4).unwrap_err().params.contains_key("length"));
    }

    #[test]
    fn names_do_not_turn_the_direction() {
        assert_eq!(name("name", " שלום ", 1, 4).as_deref(), Ok("שלום"));
        for turns in ["a\u{202e}b", "a\u{2066}b"] {
            let refused = name("name", turns, 1, 4).unwrap_err();
            assert_eq!(refused.field.as_deref(), Some("name"));
            assert!(refused.params["character"].starts_with("U+20"), "{refused:?}");
            assert!(line("text", turns, 1, 4).is_ok());
        }
    }

    #[test]
    fn addresses() {
        for good in ["eva@example.org", " eva@localhost ", "žofie+x@exämple.org"] {
            assert_eq!(email(good).as_deref(), Ok(good.trim()));
        }
        let long = format!("{}@example.org", "e".repeat(MAX_EMAIL));
        for bad in
            ["", "eva", "eva@", "@example.org", "eva@exa mple.org", "eva@example..org", "eva@.org", long.as_str()]
        {
            assert_eq!(email(bad).map_err(|error| error.code), Err(ErrorCode::InvalidEmail), "{bad}");
        }
    }

    #[test]
    fn hosted_providers_need_a_key_and_local_ones_none() {
        assert!(needs_key(ProviderKind::OpenAi) && needs_key(ProviderKind::Azure));
        assert!(!needs_key(ProviderKind::Ollama) && !needs_key(ProviderKind::Compatible));
        assert_eq!(key_missing().field.as_deref(), Some("key"));
    }

    #[test]
    fn each_password_has_its_own_fault() {
        let codes = |password, again| new_password(password, again).iter().map(|it| it.code).collect::<Vec<_>>();
        assert!(codes("a hammock 1", "a hammock 1").is_empty());
        assert_eq!(codes("short", "short"), [ErrorCode::WeakPassword]);
        assert!(weak_password("short").is_some_and(|error| error.params.is_empty()));
        let long = "a hammock 1".repeat(24);
        assert_eq!(codes(&long, &long), [ErrorCode::WeakPassword]);
        assert_eq!(weak_password(&long).unwrap().params["max"], "256");
        assert_eq!(weak_password(&long[..256]), None);
        assert_eq!(codes("a hammock 1", "a hammock 2"), [ErrorCode::PasswordsDiffer]);
        assert_eq!(codes("short", "other"), [ErrorCode::WeakPassword, ErrorCode::PasswordsDiffer]);
    }
}
