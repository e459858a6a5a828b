//! OpenID Connect, as the side that relies on a provider: its discovery document and keys, the way to it and back, and the ID
//! token that comes of it. It knows nothing of who signs in, nor what for.

mod discovery;
mod flow;
mod id_token;
mod keys;

use hammock_net::NetError;

pub(crate) use flow::{Answer, By, Challenge, RelyingParty};
pub(crate) use id_token::{Audience, Refusal, in_time, verify};

/// What was learned of providers, by this replica alone.
#[derive(Debug, Default)]
pub(crate) struct Providers {
    documents: discovery::Documents,
    keys: keys::Keys,
}

/// Why somebody could not sign in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenIdError {
    /// The provider cannot be asked.
    #[error("the provider cannot be asked: {0}")]
    Net(#[from] NetError),
    /// What the provider answers cannot be understood.
    #[error("the provider's {what} cannot be understood: {reason}")]
    Unreadable {
        /// What of it.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The discovery document is another issuer's.
    #[error("the provider calls itself {found}, not {expected}")]
    OtherIssuer {
        /// What its document says.
        found: String,
        /// What was asked.
        expected: String,
    },
    /// The provider does not do what is needed of it.
    #[error("the provider {0}")]
    Unsuitable(&'static str),
    /// The provider did not take the code.
    #[error("the provider refused the code: {0}")]
    Refused(String),
    /// The ID token does not hold.
    #[error("the ID token does not hold: {0}")]
    IdToken(#[from] Refusal),
}
