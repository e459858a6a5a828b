//! Registration, sign-in and forgotten passwords.

use serde::{Deserialize, Serialize};

/// A new account, with an organisation of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Registration {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// The same password once more.
    pub password_again: String,
    /// The name of the organisation; derived from the person's when empty.
    #[serde(default)]
    pub organisation: String,
    /// Whether the terms and the privacy policy were accepted.
    pub accept_terms: bool,
    /// Whether the person does *not* want news by e-mail.
    #[serde(default)]
    pub no_marketing: bool,
}

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
    /// Whether the session outlives the browser's.
    #[serde(default)]
    pub remember: bool,
}

/// A request for a link that sets a new password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ForgottenPassword {
    /// E-mail address.
    pub email: String,
}

/// A new password, by the link of an e-mail (forgotten password or invitation).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct NewPassword {
    /// The token of the link.
    pub token: String,
    /// Password.
    pub password: String,
    /// The same password once more.
    pub password_again: String,
}

/// A change of one's own password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The present password.
    pub current: String,
    /// The new password.
    pub password: String,
    /// The same password once more.
    pub password_again: String,
}
