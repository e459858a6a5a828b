//! What a visitor proves with who they are. It is encrypted and authenticated under the installation's keys (AES-256-GCM, as
//! secrets at rest are), so nothing of it has to be looked up to know that it is ours, and nobody reads or changes what it holds.

use hammock_contract::{AssistantId, Timestamp, VisitorId};
use hammock_store::{scope::builtin_organisation, secrets::Keyring};
use serde::{Deserialize, Serialize};

use crate::{Result, error::internal};

/// What every token of a visitor begins with.
pub const VISITOR_TOKEN: &str = "hmv_";
/// What it is encrypted for: nothing else that is under the same keys passes for a token.
const PURPOSE: &str = "visitors.token";
/// The longest that is looked at. Ours are shorter.
const LONGEST: usize = 1_000;
/// How long one counts. Milliseconds.
pub(super) const VALID: i64 = 60 * 60 * 1000;
/// For how long afterwards it can be renewed. Milliseconds.
pub(super) const RENEWABLE: i64 = 30 * 24 * 60 * 60 * 1000;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    /// Who it is.
    pub visitor: VisitorId,
    /// The assistant that they came to.
    pub assistant: AssistantId,
    /// The origin of the page that they came from.
    pub origin: String,
    /// When it was made. Milliseconds since 1970.
    pub issued_at: i64,
    /// When it ends. Milliseconds since 1970.
    pub expires_at: i64,
}

impl Claims {
    /// Of a token that is made now.
    pub(super) fn new(visitor: VisitorId, assistant: AssistantId, origin: String, now: Timestamp) -> Self {
        let (issued_at, expires_at) = (now.as_millis(), now.plus_millis(VALID).as_millis());
        Self { visitor, assistant, origin, issued_at, expires_at }
    }

    /// Whether it counts.
    pub(super) const fn is_valid(&self, now: Timestamp) -> bool {
        now.as_millis() < self.expires_at
    }

    /// Whether a new one is given for it.
    pub(super) const fn is_renewable(&self, now: Timestamp) -> bool {
        now.as_millis() < self.expires_at.saturating_add(RENEWABLE)
    }
}

/// The token that says so.
///
/// # Errors
/// When the system gives no random numbers.
pub(super) fn write(keyring: &Keyring, claims: &Claims) -> Result<String> {
    let text = serde_json::to_string(claims).map_err(internal)?;
    let sealed = keyring.encrypt(&builtin_organisation(), PURPOSE, &text).map_err(internal)?;
    Ok(format!("{VISITOR_TOKEN}{sealed}"))
}

/// What a token says, if it is one of ours; it may have ended.
pub(super) fn read(keyring: &Keyring, token: &str) -> Option<Claims> {
    let sealed = token.strip_prefix(VISITOR_TOKEN).filter(|sealed| sealed.len() <= LONGEST)?;
    let text = keyring.decrypt(&builtin_organisation(), PURPOSE, sealed).ok()?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn claims() -> Claims {
        Claims::new(VisitorId::new(), AssistantId::new(), "https://shop.example.com".to_owned(), NOW)
    }

    #[test]
    fn a_token_counts_an_hour_and_is_renewed_for_thirty_days() {
        let claims = claims();
        let end = NOW.plus_millis(VALID);
        assert!(claims.is_valid(NOW) && claims.is_valid(end.plus_millis(-1)) && !claims.is_valid(end));
        let last = end.plus_millis(RENEWABLE);
        assert!(claims.is_renewable(last.plus_millis(-1)) && !claims.is_renewable(last));
    }

    #[test]
    fn only_our_own_tokens_are_read() {
        let (keys, claims) = (Keyring::ephemeral().unwrap(), claims());
        let token = write(&keys, &claims).unwrap();
        assert!(token.starts_with("hmv_") && token.len() < LONGEST, "{token}");
        assert_eq!(read(&keys, &token).as_ref(), Some(&claims));
        assert_eq!(read(&Keyring::ephemeral().unwrap(), &token), None, "another installation's");
        let other = keys.encrypt(&builtin_organisation(), "visitors.challenge", &serde_json::json!(claims).to_string());
        assert_eq!(read(&keys, &format!("hmv_{}", other.unwrap())), None, "made for something else");
        let long = format!("hmv_{}", "x".repeat(2_000));
        for token in ["", "hmv_", "hk_x", &token[4..], long.as_str()] {
            assert_eq!(read(&keys, token), None, "{token}");
        }
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_noticed(position in 0usize..200, letter in "[A-Za-z0-9+/.]") {
            let keys = Keyring::ephemeral().unwrap();
            let token = write(&keys, &claims()).unwrap();
            let position = position % token.len();
            let mut changed = token.clone();
            changed.replace_range(position..=position, &letter);
            prop_assume!(changed != token);
            prop_assert!(read(&keys, &changed).is_none());
        }
    }
}
