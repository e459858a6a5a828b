//! Who visitors say that they are: by the ticket of a sign-in window, or by an identity that the host site signed. Either makes
//! them the visitor that this person is, on whatever device.

use hammock_contract::{
    ApiError, AssistantId, ErrorCode, Timestamp, interfaces::InterfaceSettings, visitor::VisitorRequest,
};
use hammock_store::{interfaces, visitor_identities::Identity};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use super::{
    sign_in_failed,
    ticket::{self, Ticket},
};
use crate::{
    Hammock, Origin, Result,
    error::{from_store, internal},
    interfaces::IDENTITY_SECRET,
    openid::{Audience, in_time, verify},
    validate,
};

/// What identities of the host site are kept under.
const SITE: &str = "site";
/// The longest identity that is looked at. Bytes.
const LONGEST: usize = 4_096;
/// How far ahead an identity may end. Seconds; what the clocks may differ comes on top.
const FARTHEST: f64 = 3_600.0 + 60.0;
/// The most characters of what a site knows its visitors by, and of their names.
const LONGEST_TEXT: usize = 200;

/// Somebody who has said who they are, and proved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    pub identity: Identity,
    pub name: Option<String>,
    pub email: Option<String>,
}

/// What the host site signs.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    name: Option<String>,
    email: Option<String>,
    aud: Audience,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
}

impl Hammock {
    /// Who a request says that its visitor is; `None` where it says nothing.
    ///
    /// # Errors
    /// `sign_in_failed` for a ticket that does not count, `invalid_identity` for an identity that does not hold;
    /// `too_many_attempts` where too many of them came from an address.
    pub(super) async fn who(
        &self,
        assistant: &AssistantId,
        settings: &InterfaceSettings,
        request: &VisitorRequest,
        from: &str,
        origin: &Origin,
    ) -> Result<Option<Who>> {
        let said = match (&request.ticket, &request.identity) {
            (Some(ticket), _) => self.who_by_ticket(assistant, settings, ticket, from).await,
            (None, Some(identity)) => self.who_by_site(assistant, settings, identity).await,
            (None, None) => return Ok(None),
        };
        match said {
            Err(error) if matches!(error.code, ErrorCode::SignInFailed | ErrorCode::InvalidIdentity) => {
                self.count_visitor_sign_in(origin).await?;
                Err(error)
            }
            said => said.map(Some),
        }
    }

    async fn who_by_ticket(
        &self,
        assistant: &AssistantId,
        settings: &InterfaceSettings,
        ticket: &str,
        from: &str,
    ) -> Result<Who> {
        let refused = || sign_in_failed("the ticket does not count, or not any more");
        let read = ticket::read::<Ticket>(&self.0.keyring, ticket::TICKET, ticket);
        let ticket = read
            .filter(|it| it.assistant == *assistant && it.from == from && self.now().as_millis() < it.expires_at)
            .ok_or_else(refused)?;
        // It may have been given by a provider that the assistant has no more.
        self.relying_party(settings, &ticket.provider)
            .filter(|party| party.issuer == ticket.issuer)
            .ok_or_else(refused)?;
        let identity = Identity { provider: kept_as(&ticket.provider, &ticket.issuer), subject: ticket.subject };
        self.use_once(&ticket.once, ticket::TICKET_VALID).await?;
        Ok(Who { identity, name: shown(ticket.name), email: ticket.email })
    }

    /// That something which counts once was not used, by any replica.
    pub(super) async fn use_once(&self, once: &str, valid: i64) -> Result<()> {
        match self.count_within(&format!("once:{once}"), 1, valid).await {
            Err(error) if error.code == ErrorCode::TooManyAttempts => Err(sign_in_failed("it was used already")),
            other => other,
        }
    }

    async fn who_by_site(&self, assistant: &AssistantId, settings: &InterfaceSettings, token: &str) -> Result<Who> {
        if !settings.sign_in.signed_identity {
            return Err(invalid_identity("the assistant takes no signed identities"));
        }
        let secrets = interfaces::secrets(self.store().read(), assistant).await.map_err(from_store)?;
        let Some((organisation, cipher)) = secrets.and_then(|it| it.identity.map(|cipher| (it.organisation, cipher)))
        else {
            return Err(invalid_identity("there is no secret that it could be signed with"));
        };
        let secret = self.0.keyring.decrypt(&organisation, IDENTITY_SECRET, &cipher).map_err(internal)?;
        who_says(token, &secret, assistant, self.now())
    }
}

/// What identities of a provider are kept under: another issuer may know another person by the same name.
fn kept_as(provider: &str, issuer: &str) -> String {
    format!("{provider} {}", issuer.trim_end_matches('/'))
}

/// Who a token says that the visitor is, which the host site signed with its secret for this assistant.
///
/// # Errors
/// `invalid_identity`.
fn who_says(token: &str, secret: &str, assistant: &AssistantId, now: Timestamp) -> Result<Who> {
    if token.len() > LONGEST {
        return Err(invalid_identity("it is too long"));
    }
    let key = DecodingKey::from_secret(secret.as_bytes());
    let claims: Claims =
        verify(token, &key, Algorithm::HS256).map_err(|refusal| invalid_identity(refusal.to_string()))?;
    let Claims { sub, name, email, aud, exp, iat, nbf } = claims;
    if !aud.contains(assistant.as_str()) {
        return Err(invalid_identity("it is for another assistant"));
    }
    in_time(exp, nbf, iat, now).map_err(|refusal| invalid_identity(refusal.to_string()))?;
    if exp > now.as_millis() as f64 / 1000.0 + FARTHEST {
        return Err(invalid_identity("it counts longer than an hour"));
    }
    if !(1..=LONGEST_TEXT).contains(&sub.chars().count()) || sub.chars().any(char::is_control) {
        return Err(invalid_identity("its sub has to have 1 to 200 characters"));
    }
    let email = email.and_then(|email| validate::email(&email).ok());
    Ok(Who { identity: Identity { provider: SITE.to_owned(), subject: sub }, name: shown(name), email })
}

/// A name as it can be shown. Who somebody is does not rest on it, so nobody is kept out for one that cannot: they are called by
/// their e-mail address, or stay without a name.
fn shown(name: Option<String>) -> Option<String> {
    name.and_then(|name| validate::name("name", &name, 1, LONGEST_TEXT).ok())
}

fn invalid_identity(reason: impl std::fmt::Display) -> ApiError {
    let message = format!("the identity that the page gives for its visitor does not hold: {reason}");
    ApiError::new(ErrorCode::InvalidIdentity, message)
}

#[cfg(test)]
mod tests {
    use hammock_testkit::openid::{Algorithm, SigningKey, hs256, unsigned};
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
    const SECONDS: i64 = 1_800_000_000;

    fn judged(secret: &str, assistant: &AssistantId, over: &Value) -> Result<Who> {
        let mut claims = json!({
            "sub": "42", "name": "Eva Example", "email": "eva@example.org", "aud": assistant, "exp": SECONDS + 3_000,
            "iat": SECONDS,
        });
        let all = claims.as_object_mut().unwrap();
        all.extend(over.as_object().unwrap().clone());
        all.retain(|_, value| !value.is_null());
        who_says(&hs256(secret.as_bytes(), &json!({ "alg": "HS256" }), &claims), "right", assistant, NOW)
    }

    #[test]
    fn what_the_site_signed_holds() {
        let assistant = AssistantId::new();
        let who = judged("right", &assistant, &json!({})).unwrap();
        assert_eq!((who.identity.provider.as_str(), who.identity.subject.as_str()), ("site", "42"));
        assert_eq!((who.name.as_deref(), who.email.as_deref()), (Some("Eva Example"), Some("eva@example.org")));
        for over in [
            json!({ "iat": null, "name": null, "email": null }),
            json!({ "exp": SECONDS + 3_660 }),
            json!({ "exp": SECONDS - 59 }),
            json!({ "aud": ["other", assistant] }),
        ] {
            assert!(judged("right", &assistant, &over).is_ok(), "{over}");
        }
        // Somebody whose address is none is who they are all the same.
        let who = judged("right", &assistant, &json!({ "email": "nonsense", "name": " " })).unwrap();
        assert_eq!((who.name, who.email), (None, None));
        // So is somebody whose name cannot be shown, by which they could pass for somebody else, or break what it stands in.
        for name in ["Eva \u{202e}nimdA", "\u{2066}Eva\u{2069}", "Eva\nExample", "Eva\u{0}", &"x".repeat(201)] {
            let who = judged("right", &assistant, &json!({ "name": name })).unwrap();
            assert_eq!((who.name, who.email.as_deref()), (None, Some("eva@example.org")), "{name:?}");
        }
        let who = judged("right", &assistant, &json!({ "name": " חוה דוגמה " })).unwrap();
        assert_eq!(who.name.as_deref(), Some("חוה דוגמה"), "a name may be written from right to left");
    }

    #[test]
    fn what_does_not_hold_is_refused() {
        let assistant = AssistantId::new();
        assert!(judged("wrong", &assistant, &json!({})).is_err());
        for over in [
            json!({ "aud": AssistantId::new() }),
            json!({ "aud": null }),
            json!({ "exp": SECONDS - 60 }),
            json!({ "exp": SECONDS + 3_661 }),
            json!({ "exp": null }),
            json!({ "iat": SECONDS + 61 }),
            json!({ "nbf": SECONDS + 61 }),
            json!({ "sub": null }),
            json!({ "sub": "" }),
            json!({ "sub": "a\nb" }),
            json!({ "sub": "x".repeat(201) }),
            json!({ "name": "x".repeat(5_000) }),
        ] {
            let refused = judged("right", &assistant, &over).unwrap_err();
            assert_eq!(refused.code, ErrorCode::InvalidIdentity, "{over}");
        }
    }

    #[test]
    fn only_the_shared_secret_signs() {
        let assistant = AssistantId::new();
        let claims = json!({ "sub": "42", "aud": assistant, "exp": SECONDS + 300 });
        let key = SigningKey::generate("one", Algorithm::Es256).unwrap();
        for token in [unsigned(&claims), key.sign(&claims).unwrap(), "a.b.c".to_owned(), String::new()] {
            assert!(who_says(&token, "right", &assistant, NOW).is_err(), "{token}");
        }
    }
}
