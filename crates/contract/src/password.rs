//! The rules of a password, shown live while it is typed and checked again by the server.

/// One rule of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordRule {
    /// At least eight characters.
    Length,
    /// A lower-case letter.
    Lowercase,
    /// A digit, a symbol or a space.
    DigitSymbolOrSpace,
}

impl PasswordRule {
    /// Every rule, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Length, Self::Lowercase, Self::DigitSymbolOrSpace];

    /// Whether `password` meets the rule.
    pub fn is_met(self, password: &str) -> bool {
        match self {
            Self::Length => password.chars().count() >= 8,
            Self::Lowercase => password.chars().any(char::is_lowercase),
            Self::DigitSymbolOrSpace => password.chars().any(|c| !c.is_alphabetic() && !c.is_control()),
        }
    }
}

/// Longer passwords are refused so that hashing cannot be used to exhaust the server. Characters.
pub const MAX_PASSWORD_CHARS: usize = 256;

/// Whether `password` meets every rule.
pub fn is_acceptable(password: &str) -> bool {
    password.chars().count() <= MAX_PASSWORD_CHARS && PasswordRule::ALL.iter().all(|rule| rule.is_met(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        assert!(is_acceptable("příliš žluťoučký"));
        assert!(is_acceptable("abcdefg1"));
        assert!(!is_acceptable("abcdefgh"));
        assert!(!is_acceptable("ABCDEFG1"));
        assert!(!is_acceptable("abc 1"));
        assert!(!is_acceptable(&"a1".repeat(200)));
    }
}
