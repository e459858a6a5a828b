//! What the browser carries for us while a visitor signs in: the question that a provider answers, and the ticket with which the
//! page comes back. Both are encrypted and authenticated under the installation's keys, so that nothing of them is stored.

use hammock_contract::{AssistantId, locale::Locale};
use hammock_store::{scope::builtin_organisation, secrets::Keyring};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Result, error::internal, openid::Challenge};

/// What a state is encrypted for.
pub(super) const STATE: &str = "visitors.sign_in";
/// What a ticket is encrypted for.
pub(super) const TICKET: &str = "visitors.ticket";
/// How long a sign-in may take. Milliseconds.
pub(super) const STATE_VALID: i64 = 10 * 60 * 1000;
/// How long a ticket counts. Milliseconds.
pub(super) const TICKET_VALID: i64 = 2 * 60 * 1000;
/// The longest that is looked at. Characters.
const LONGEST: usize = 6_000;

/// What a provider is asked, and for whom.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// The assistant.
    pub assistant: AssistantId,
    /// `google` or `openid`.
    pub provider: String,
    /// Who that was when it was asked.
    pub issuer: String,
    /// What the origin of the page is called here.
    pub from: String,
    /// The origin of the page as its browser calls it.
    pub page: String,
    /// The language of the window. It is not written where another version began the sign-in.
    #[serde(default)]
    pub locale: Locale,
    /// What binds the answer to the question.
    pub challenge: Challenge,
    /// What the browser's cookie holds.
    pub browser: String,
    /// It counts once.
    pub once: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// Who signed in, for the page that asked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ticket {
    /// The assistant.
    pub assistant: AssistantId,
    /// `google` or `openid`.
    pub provider: String,
    /// Who that was.
    pub issuer: String,
    /// What the origin of the page is called here.
    pub from: String,
    /// What the provider knows them by.
    pub subject: String,
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// It counts once.
    pub once: String,
    /// Milliseconds since 1970.
    pub expires_at: i64,
}

/// Something that the browser carries.
///
/// # Errors
/// When the system gives no random numbers.
pub(super) fn write(keyring: &Keyring, purpose: &str, it: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(it).map_err(internal)?;
    keyring.encrypt(&builtin_organisation(), purpose, &text).map_err(internal)
}

/// What the browser brought back, if it is ours and for this purpose; it may have ended.
pub(super) fn read<T: DeserializeOwned>(keyring: &Keyring, purpose: &str, text: &str) -> Option<T> {
    let text = (text.len() <= LONGEST).then_some(text)?;
    let text = keyring.decrypt(&builtin_organisation(), purpose, text).ok()?;
    serde_json::from_str(&text).ok()
}
