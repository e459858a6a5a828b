//! How visitors say who they are, while it is being typed.

use hammock_contract::{
    ApiError, ErrorCode,
    interfaces::{OpenIdProvider, VisitorSignIn},
};
use leptos::prelude::*;

use super::draft::trimmed;

/// Nobody is asked who they are.
pub const OFF: &str = "off";
/// Visitors may say it.
pub const OFFERED: &str = "offered";
/// Only those may chat who have said it.
pub const REQUIRED: &str = "required";

/// The field that chooses among them.
pub const FIELD: &str = "sign_in";

/// One field each.
#[derive(Clone, Copy)]
pub struct SignInDraft {
    /// [`OFF`], [`OFFERED`] or [`REQUIRED`].
    pub mode: RwSignal<String>,
    /// The client id of Google; empty: no sign-in with Google.
    pub google_client_id: RwSignal<String>,
    /// What the button of the other provider says.
    pub name: RwSignal<String>,
    /// Its address.
    pub issuer: RwSignal<String>,
    /// The client id that it gave.
    pub client_id: RwSignal<String>,
    /// Whether the page may say who its visitor is.
    pub signed_identity: RwSignal<bool>,
}

impl SignInDraft {
    /// Off.
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            mode: RwSignal::new(OFF.to_owned()),
            google_client_id: text(),
            name: text(),
            issuer: text(),
            client_id: text(),
            signed_identity: RwSignal::new(false),
        }
    }

    /// Takes every value of these settings.
    pub fn fill(self, settings: &VisitorSignIn) {
        let mode = if settings.off || !settings.has_a_way() {
            OFF
        } else if settings.required {
            REQUIRED
        } else {
            OFFERED
        };
        self.mode.set(mode.to_owned());
        self.google_client_id.set(settings.google_client_id.clone());
        let provider = settings.openid.clone();
        let (name, issuer, client_id) =
            provider.map(|provider| (provider.name, provider.issuer, provider.client_id)).unwrap_or_default();
        self.name.set(name);
        self.issuer.set(issuer);
        self.client_id.set(client_id);
        self.signed_identity.set(settings.signed_identity);
    }

    /// Whether a secret that was given to the stored client is not for the one that is typed.
    pub fn is_another_client(self, stored: Option<&OpenIdProvider>) -> bool {
        let (issuer, client_id) = stored.map(|it| (it.issuer.as_str(), it.client_id.as_str())).unwrap_or_default();
        let differs =
            |typed: RwSignal<String>, stored: &str| typed.try_with(|typed| typed.trim() != stored).unwrap_or_default();
        differs(self.issuer, issuer) || differs(self.client_id, client_id)
    }

    /// The settings to store. What is switched off is stored too, for when it is switched on again.
    ///
    /// # Errors
    /// `invalid_field` on [`FIELD`] where there is nothing to sign in with.
    pub fn settings(self) -> Result<VisitorSignIn, ApiError> {
        let mode = self.mode.get();
        let provider = OpenIdProvider {
            name: trimmed(self.name),
            issuer: trimmed(self.issuer),
            client_id: trimmed(self.client_id),
        };
        let is_empty = provider.name.is_empty() && provider.issuer.is_empty() && provider.client_id.is_empty();
        let typed = VisitorSignIn {
            off: false,
            required: mode == REQUIRED,
            google_client_id: trimmed(self.google_client_id),
            openid: (!is_empty).then_some(provider),
            signed_identity: self.signed_identity.get(),
        };
        if mode == OFF {
            return Ok(VisitorSignIn { off: typed.has_a_way(), ..typed });
        }
        if !typed.has_a_way() {
            return Err(ApiError::new(ErrorCode::InvalidField, "there is nothing to sign in with").on(FIELD));
        }
        Ok(typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> VisitorSignIn {
        VisitorSignIn { google_client_id: "1.apps.googleusercontent.com".to_owned(), ..VisitorSignIn::default() }
    }

    #[test]
    fn what_is_stored_says_whether_it_is_offered_or_required() {
        let owner = Owner::new();
        owner.set();
        let draft = SignInDraft::new();
        for (settings, mode) in [
            (VisitorSignIn::default(), OFF),
            (offered(), OFFERED),
            (VisitorSignIn { required: true, ..offered() }, REQUIRED),
            (VisitorSignIn { signed_identity: true, ..VisitorSignIn::default() }, OFFERED),
            (VisitorSignIn { off: true, ..offered() }, OFF),
        ] {
            draft.fill(&settings);
            assert_eq!(draft.mode.get_untracked(), mode);
            assert_eq!(draft.settings(), Ok(settings));
        }
    }

    #[test]
    fn whoever_asks_visitors_to_sign_in_says_with_what() {
        let owner = Owner::new();
        owner.set();
        let draft = SignInDraft::new();
        for mode in [OFFERED, REQUIRED] {
            draft.mode.set(mode.to_owned());
            assert_eq!(draft.settings().unwrap_err().field.as_deref(), Some(FIELD));
        }
        draft.issuer.set(" https://id.example.com ".to_owned());
        let openid = draft.settings().unwrap().openid.unwrap();
        assert_eq!((openid.name.as_str(), openid.issuer.as_str()), ("", "https://id.example.com"));
        draft.issuer.set(" ".to_owned());
        draft.mode.set(OFF.to_owned());
        assert_eq!(draft.settings(), Ok(VisitorSignIn::default()), "there is nothing to switch off");
    }

    #[test]
    fn another_issuer_or_client_id_is_another_client() {
        let owner = Owner::new();
        owner.set();
        let provider = OpenIdProvider {
            name: "Shop".to_owned(),
            issuer: "https://id.example.com".to_owned(),
            client_id: "hammock".to_owned(),
        };
        let draft = SignInDraft::new();
        assert!(!draft.is_another_client(None) && draft.is_another_client(Some(&provider)));
        draft.fill(&VisitorSignIn { openid: Some(provider.clone()), ..VisitorSignIn::default() });
        draft.name.set("Another name".to_owned());
        draft.client_id.set(" hammock ".to_owned());
        assert!(!draft.is_another_client(Some(&provider)));
        draft.client_id.set("another".to_owned());
        assert!(draft.is_another_client(Some(&provider)));
        draft.client_id.set("hammock".to_owned());
        draft.issuer.set("https://other.example.com".to_owned());
        assert!(draft.is_another_client(Some(&provider)));
    }

    #[test]
    fn what_is_switched_off_comes_back() {
        let owner = Owner::new();
        owner.set();
        let draft = SignInDraft::new();
        draft.fill(&VisitorSignIn { required: true, ..offered() });
        draft.mode.set(OFF.to_owned());
        let off = draft.settings().unwrap();
        assert_eq!(off, VisitorSignIn { off: true, ..offered() });
        let again = SignInDraft::new();
        again.fill(&off);
        for (mode, required) in [(OFFERED, false), (REQUIRED, true)] {
            again.mode.set(mode.to_owned());
            assert_eq!(again.settings(), Ok(VisitorSignIn { required, ..offered() }));
        }
    }
}
