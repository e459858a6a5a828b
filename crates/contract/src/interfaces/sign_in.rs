//! How visitors say who they are.

use serde::{Deserialize, Serialize};

/// How visitors say who they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct VisitorSignIn {
    /// Whether nobody is asked who they are, and nobody can say it, whatever else is set: that is kept for when it is switched on.
    pub off: bool,
    /// Whether only those may chat who have said who they are.
    pub required: bool,
    /// The client id that Google gave; empty: no sign-in with Google. At most 200 characters.
    pub google_client_id: String,
    /// Another OpenID provider; absent: none.
    pub openid: Option<OpenIdProvider>,
    /// Whether the page that holds the widget may say who its visitor is, by a signed identity.
    pub signed_identity: bool,
}

impl VisitorSignIn {
    /// What counts of it for visitors: nothing while it is switched off.
    #[must_use]
    pub fn in_force(self) -> Self {
        if self.off { Self::default() } else { self }
    }

    /// Whether there is something to sign in with, switched on or not.
    pub fn has_a_way(&self) -> bool {
        !self.google_client_id.is_empty() || self.openid.is_some() || self.signed_identity
    }
}

/// An OpenID provider that visitors sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenIdProvider {
    /// What the button calls it. 1 to 40 characters.
    pub name: String,
    /// The address that its identities name as their issuer, and below which `.well-known/openid-configuration` is found. https;
    /// http where the operator allows the address.
    pub issuer: String,
    /// The client id that it gave. 1 to 200 characters.
    pub client_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_switched_off_is_kept_and_does_not_count() {
        let on = VisitorSignIn { required: true, signed_identity: true, ..VisitorSignIn::default() };
        assert_eq!(on.clone().in_force(), on);
        let off = VisitorSignIn { off: true, ..on };
        assert!(off.has_a_way());
        assert_eq!(off.in_force(), VisitorSignIn::default());
        assert!(!VisitorSignIn::default().has_a_way());
        // Settings of before there was a switch are on.
        let old: VisitorSignIn = serde_json::from_str(r#"{"google_client_id":"1"}"#).unwrap();
        assert!(!old.off && old.has_a_way());
    }
}
