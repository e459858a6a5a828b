//! Registration, sign-in and forgotten passwords.

use serde::{Deserialize, Serialize};

use crate::{ApiError, check};

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

impl Registration {
    /// Everything that is wrong with it, field by field in the order of the form.
    pub fn problems(&self) -> Vec<ApiError> {
        let lines = [
            check::name("first_name", &self.first_name, 1, check::MAX_NAME).err(),
            check::name("last_name", &self.last_name, 1, check::MAX_NAME).err(),
            check::email(&self.email).err(),
            check::name("organisation", &self.organisation, 0, check::MAX_ORGANISATION).err(),
        ];
        let passwords = check::new_password(&self.password, &self.password_again);
        let terms = (!self.accept_terms).then(check::terms_not_accepted);
        lines.into_iter().flatten().chain(passwords).chain(terms).collect()
    }
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
    /// Whether the terms and the privacy policy were accepted; asked of those who are invited.
    #[serde(default)]
    pub accept_terms: bool,
}

/// Who is invited by a link, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The name of the organisation.
    pub organisation: String,
    /// The person's e-mail address.
    pub email: String,
}

impl NewPassword {
    /// Everything that is wrong with the passwords.
    pub fn problems(&self) -> Vec<ApiError> {
        check::new_password(&self.password, &self.password_again)
    }
}

/// A change of one's own password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present password.
    pub current: String,
    /// The new password.
    pub password: String,
    /// The same password once more.
    pub password_again: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_names_every_faulty_field_in_the_order_of_the_form() {
        let good = Registration {
            first_name: "Eva".to_owned(),
            last_name: "Nová".to_owned(),
            email: "eva@example.org".to_owned(),
            password: "correct horse 1".to_owned(),
            password_again: "correct horse 1".to_owned(),
            organisation: String::new(),
            accept_terms: true,
            no_marketing: false,
        };
        assert!(good.problems().is_empty(), "{:?}", good.problems());
        let bad = Registration {
            first_name: " ".to_owned(),
            last_name: "n".repeat(check::MAX_NAME + 1),
            email: "eva".to_owned(),
            password: "short".to_owned(),
            organisation: "o".repeat(check::MAX_ORGANISATION + 1),
            accept_terms: false,
            ..good
        };
        let fields: Vec<_> = bad.problems().into_iter().filter_map(|problem| problem.field).collect();
        let all = ["first_name", "last_name", "email", "organisation", "password", "password_again", "accept_terms"];
        assert_eq!(fields, all);
    }
}
