//! Visitors sign in with a provider, in a window of Hammock's own origin. Nothing of it is stored: see [`super::ticket`].

use hammock_contract::{ApiError, AssistantId, ErrorCode, interfaces::InterfaceSettings, locale::Locale};
use hammock_net::Client;
use hammock_store::{interfaces, visitors};
use subtle::ConstantTimeEq as _;

use super::{
    origins, sign_in_failed,
    ticket::{self, STATE, STATE_VALID, State, TICKET, TICKET_VALID, Ticket},
};
use crate::{
    Hammock, Origin, Result,
    accounts::random_token,
    error::{from_store, internal},
    interfaces::{OPENID_SECRET, sign_in_redirect},
    openid::{Answer, By, Challenge, OpenIdError, RelyingParty},
};

/// What stands between what a browser was given for one sign-in and for another.
const BETWEEN: char = '.';
/// So many sign-ins may go on in one browser, in as many windows.
const MOST_AT_ONCE: usize = 4;
/// The id of Google among the providers.
const GOOGLE: &str = "google";
/// The id of the other one.
const OPENID: &str = "openid";

/// The page that opens a sign-in window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskingPage {
    /// Its origin, as its browser calls it.
    pub origin: String,
    /// What it is called here: our own page has one name, by whatever address it was reached.
    pub known_as: String,
}

/// Where a sign-in window goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInWindow {
    /// The provider's address.
    pub address: String,
    /// What the browser has to bring along when it comes back, within ten minutes.
    pub browser: String,
}

/// What a browser brings from a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignInAnswer {
    /// What it was sent there with.
    pub state: String,
    /// A code.
    pub code: Option<String>,
    /// The ID token.
    pub id_token: Option<String>,
    /// Why there is neither.
    pub error: Option<String>,
    /// Who answers (RFC 9207), where the provider says so.
    pub issuer: Option<String>,
}

impl SignInWindow {
    /// What the browser has to bring along where it was given something `earlier`: sign-ins in other windows go on beside this one.
    pub fn beside(&self, earlier: Option<&str>) -> String {
        let is_ours = |one: &&str| {
            let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            one.len() == self.browser.len() && one.bytes().all(is_letter)
        };
        let earlier = earlier.unwrap_or_default().split(BETWEEN).filter(is_ours);
        let all: Vec<&str> = [self.browser.as_str()].into_iter().chain(earlier).take(MOST_AT_ONCE).collect();
        all.join(&BETWEEN.to_string())
    }
}

/// What came of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInOutcome {
    /// The origin of the page that waits for it, as its browser calls it. Absent where that is not known.
    pub page: Option<String>,
    /// The language in which it was begun. Absent where that is not known.
    pub locale: Option<Locale>,
    /// The ticket for it.
    pub ticket: Result<String>,
    /// What is left of what the browser brought along, for sign-ins in other windows; empty where there is none, or the sign-in was
    /// not begun in this browser.
    pub browser: String,
}

impl Hammock {
    /// Begins the sign-in of a visitor with a provider of an assistant, in the language of `origin`.
    ///
    /// # Errors
    /// `not_found`, `origin_not_allowed`; `sign_in_failed` where the provider cannot be asked; `too_many_attempts`.
    pub async fn begin_visitor_sign_in(
        &self,
        assistant: &AssistantId,
        provider: &str,
        page: &AskingPage,
        origin: &Origin,
    ) -> Result<SignInWindow> {
        let (_, settings) = self.visitors_interface(assistant).await?;
        if !origins::is_allowed(&settings, &page.known_as, &self.settings().public_url) {
            return Err(origins::refused());
        }
        let party = self.relying_party(&settings, provider).ok_or_else(ApiError::not_found)?;
        self.count_visitor_sign_in(origin).await?;
        let now = self.now();
        let state = State {
            assistant: assistant.clone(),
            provider: provider.to_owned(),
            issuer: party.issuer.clone(),
            from: page.known_as.clone(),
            page: page.origin.clone(),
            locale: origin.locale,
            challenge: Challenge::new(),
            browser: random_token(),
            once: random_token(),
            expires_at: now.plus_millis(STATE_VALID).as_millis(),
        };
        let sealed = ticket::write(&self.0.keyring, STATE, &state)?;
        let net = self.client_for_sign_in(assistant).await?;
        let address = self.0.openid.address(&net, &party, &state.challenge, &sealed, now).await;
        Ok(SignInWindow { address: address.map_err(|error| failed(&error))?, browser: state.browser })
    }

    /// Ends the sign-in of a visitor. `browser` is what the browser was given when it began ([`SignInWindow::beside`]).
    pub async fn finish_visitor_sign_in(
        &self,
        answer: SignInAnswer,
        browser: Option<&str>,
        origin: &Origin,
    ) -> SignInOutcome {
        // Whoever sent this browser here is told nothing.
        let refused = |why: &str| {
            let ticket = Err(sign_in_failed(why));
            SignInOutcome { page: None, locale: None, ticket, browser: String::new() }
        };
        let Some(state) = ticket::read::<State>(&self.0.keyring, STATE, &answer.state) else {
            return refused("it was not begun here");
        };
        let is_own = |given: &&str| -> bool { given.as_bytes().ct_eq(state.browser.as_bytes()).into() };
        let (own, others): (Vec<&str>, Vec<&str>) = browser.unwrap_or_default().split(BETWEEN).partition(is_own);
        if own.is_empty() {
            return refused("it was begun in another browser, or too long ago");
        }
        let (page, locale) = (Some(state.page.clone()), Some(state.locale));
        let browser = others.join(&BETWEEN.to_string());
        SignInOutcome { page, locale, ticket: self.ticket_for(state, answer, origin).await, browser }
    }

    async fn ticket_for(&self, state: State, answer: SignInAnswer, origin: &Origin) -> Result<String> {
        let now = self.now();
        if now.as_millis() >= state.expires_at {
            return Err(sign_in_failed("it took too long"));
        }
        self.use_once(&state.once, STATE_VALID).await?;
        let (_, settings) = self.visitors_interface(&state.assistant).await?;
        if !origins::is_allowed(&settings, &state.from, &self.settings().public_url) {
            return Err(origins::refused());
        }
        let party = self.relying_party(&settings, &state.provider).filter(|party| party.issuer == state.issuer);
        let mut party = party.ok_or_else(|| sign_in_failed("the assistant has another provider by now"))?;
        let same = |issuer: &String| issuer.trim_end_matches('/') == party.issuer.trim_end_matches('/');
        if !answer.issuer.as_ref().is_none_or(same) {
            return Err(sign_in_failed("another provider answers"));
        }
        let answer = match (answer.error, answer.code, answer.id_token) {
            (Some(error), _, _) => {
                let error: String = error.chars().filter(|c| !c.is_control()).take(100).collect();
                return Err(sign_in_failed(format!("the provider says {error}")));
            }
            (None, Some(code), _) => Answer::Code(code),
            (None, None, Some(token)) => Answer::IdToken(token),
            (None, None, None) => return Err(sign_in_failed("the provider gave nothing")),
        };
        if party.by == By::Code {
            party.secret = self.openid_secret(&state.assistant).await?;
        }
        let net = self.client_for_sign_in(&state.assistant).await?;
        let person = self.0.openid.finish(&net, &party, &state.challenge, &answer, now).await;
        let person = person.map_err(|error| failed(&error))?;
        self.take_back_visitor_sign_in(origin).await?;
        let ticket = Ticket {
            assistant: state.assistant,
            provider: state.provider,
            issuer: state.issuer,
            from: state.from,
            subject: person.subject,
            name: person.name,
            email: person.email.and_then(|email| crate::validate::email(&email).ok()),
            once: random_token(),
            expires_at: now.plus_millis(TICKET_VALID).as_millis(),
        };
        ticket::write(&self.0.keyring, TICKET, &ticket)
    }

    /// We, as a provider of an assistant knows us; `None` where the assistant has no such. Without the secret.
    pub(super) fn relying_party(&self, settings: &InterfaceSettings, provider: &str) -> Option<RelyingParty> {
        let (sign_in, redirect) = (&settings.sign_in, sign_in_redirect(&self.settings().public_url));
        match provider {
            GOOGLE if !sign_in.google_client_id.is_empty() => Some(RelyingParty {
                issuer: self.settings().google_issuer.clone(),
                client_id: sign_in.google_client_id.clone(),
                secret: None,
                redirect,
                // Google gives codes to those with a secret alone.
                by: By::Form,
            }),
            OPENID => sign_in.openid.as_ref().map(|it| RelyingParty {
                issuer: it.issuer.clone(),
                client_id: it.client_id.clone(),
                secret: None,
                redirect,
                by: By::Code,
            }),
            _ => None,
        }
    }

    /// What asks providers for the organisation of an assistant.
    async fn client_for_sign_in(&self, assistant: &AssistantId) -> Result<Client> {
        let scope = visitors::scope_for_sign_in(self.store().read(), assistant).await.map_err(from_store)?;
        Ok(self.client_for(&scope.ok_or_else(ApiError::not_found)?))
    }

    async fn openid_secret(&self, assistant: &AssistantId) -> Result<Option<String>> {
        let secrets = interfaces::secrets(self.store().read(), assistant).await.map_err(from_store)?;
        let Some((organisation, cipher)) = secrets.and_then(|it| it.openid.map(|cipher| (it.organisation, cipher)))
        else {
            return Ok(None);
        };
        self.0.keyring.decrypt(&organisation, OPENID_SECRET, &cipher).map(Some).map_err(internal)
    }
}

/// Why a sign-in failed: the words are for who looks into the log, or reads the answer of the API.
fn failed(error: &OpenIdError) -> ApiError {
    tracing::warn!(%error, "a visitor could not sign in");
    ApiError::new(ErrorCode::SignInFailed, format!("the sign-in failed: {error}"))
}
