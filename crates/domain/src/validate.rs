//! Checks of what people type.

pub use hammock_contract::check::{line, too_short_or_long};
use hammock_contract::{ApiError, ErrorCode, check};

use crate::Result;

/// A text of several lines, at most `max` characters.
///
/// # Errors
/// `invalid_field`, naming the field, the limits and their unit.
pub fn block(field: &str, text: &str, max: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > max || text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(too_short_or_long(field, format!("{field} may have at most {max} characters"), 0, max));
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
}
