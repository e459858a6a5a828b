//! Checks of what people type.

use hammock_contract::{ApiError, ErrorCode};

use crate::Result;

/// A text without the white space around it, of `min` to `max` characters and without control characters.
///
/// # Errors
/// `invalid_field`, naming the field and the limits.
pub fn line(field: &str, text: &str, min: usize, max: usize) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length < min || length > max || text.chars().any(char::is_control) {
        let message = if min == 0 {
            format!("{field} may have at most {max} characters")
        } else {
            format!("{field} needs {min} to {max} characters")
        };
        return Err(invalid(field, message).with("min", min).with("max", max));
    }
    Ok(text.to_owned())
}

/// A text of several lines, at most `max` characters.
///
/// # Errors
/// `invalid_field`, naming the field and the limit.
pub fn block(field: &str, text: &str, max: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > max || text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(invalid(field, format!("{field} may have at most {max} characters"))
            .with("min", 0)
            .with("max", max));
    }
    Ok(text.to_owned())
}

/// An e-mail address that mail can be sent to.
///
/// # Errors
/// `invalid_email`.
pub fn email(text: &str) -> Result<String> {
    let text = text.trim();
    let bad = || ApiError::new(ErrorCode::InvalidEmail, "this is not an e-mail address").on("email");
    if text.chars().count() > 254 {
        return Err(bad());
    }
    text.parse::<lettre::Address>().map_err(|_| bad())?;
    Ok(text.to_owned())
}

/// The error of a field.
pub fn invalid(field: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::InvalidField, message).on(field)
}

/// The form by which names and addresses are compared: lower case, one space between words.
pub fn key(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert!(email(" eva@example.org ").is_ok());
        for bad in ["", "eva", "eva@", "@example.org", "eva@exa mple.org", "eva@example.org\nbcc: x@y.z"] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lines_are_trimmed_and_measured_in_characters() {
        assert_eq!(line("name", "  žluť ", 1, 4).as_deref(), Ok("žluť"));
        assert!(line("name", "   ", 1, 4).is_err());
        assert!(line("name", "a\u{0}b", 1, 4).is_err());
    }
}
