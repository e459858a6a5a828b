//! The way to a provider and back: with a code that is exchanged (RFC 6749, 4.1, with RFC 7636), or with the ID token at once,
//! which needs no secret.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hammock_contract::Timestamp;
use hammock_net::{Client, Limits};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{
    OpenIdError, Providers, Refusal,
    discovery::{LIMITS, Provider, json},
    id_token::{Claims, Expected, checked},
};
use crate::accounts::random_token;

/// The most characters of a name, and of an e-mail address.
const LONGEST_TEXT: usize = 200;

/// How the ID token comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// For a code, from the provider itself.
    Code,
    /// With the browser, in a form that it posts.
    Form,
}

/// We, as a provider knows us.
#[derive(Clone)]
pub(crate) struct RelyingParty {
    /// The provider.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we prove that with, where it gave something.
    pub secret: Option<String>,
    /// Where it sends browsers back to.
    pub redirect: String,
    /// How the ID token comes.
    pub by: By,
}

/// What binds an answer to its question.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Challenge {
    /// Comes back in the ID token.
    pub nonce: String,
    /// Comes along with the code; the question held its hash alone.
    pub verifier: String,
}

impl Challenge {
    /// Another one each time.
    pub(crate) fn new() -> Self {
        Self { nonce: random_token(), verifier: random_token() }
    }

    fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }
}

/// What a browser brought back.
#[derive(Clone)]
pub(crate) enum Answer {
    /// A code.
    Code(String),
    /// The ID token.
    IdToken(String),
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// What the provider knows them by. Never that of another person, there.
    pub subject: String,
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address, unless the provider says that it is not known to be theirs.
    pub email: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

/// Why a provider takes no code (RFC 6749, 5.2).
#[derive(Deserialize)]
struct Refused {
    error: String,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    name: Option<String>,
    email: Option<String>,
    email_verified: Option<serde_json::Value>,
}

impl Providers {
    /// The address that a browser is sent to. `state` comes back with it.
    ///
    /// # Errors
    /// When the provider cannot be asked, or is none.
    pub(crate) async fn address(
        &self,
        net: &Client,
        party: &RelyingParty,
        challenge: &Challenge,
        state: &str,
        now: Timestamp,
    ) -> Result<String, OpenIdError> {
        let provider = self.find(net, &party.issuer, now).await?;
        let mut address = provider.authorization.clone();
        {
            let mut query = address.query_pairs_mut();
            query
                .append_pair("client_id", &party.client_id)
                .append_pair("redirect_uri", &party.redirect)
                .append_pair("scope", "openid email profile")
                .append_pair("state", state)
                .append_pair("nonce", &challenge.nonce);
            match party.by {
                By::Code => query
                    .append_pair("response_type", "code")
                    .append_pair("code_challenge", &challenge.hash())
                    .append_pair("code_challenge_method", "S256"),
                By::Form => query.append_pair("response_type", "id_token").append_pair("response_mode", "form_post"),
            };
        }
        Ok(address.into())
    }

    /// Who signed in, by what the browser brought back.
    ///
    /// # Errors
    /// When the provider cannot be asked, does not take the code, or its ID token does not hold.
    pub(crate) async fn finish(
        &self,
        net: &Client,
        party: &RelyingParty,
        challenge: &Challenge,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<Person, OpenIdError> {
        let provider = self.find(net, &party.issuer, now).await?;
        let tokens = match (party.by, answer) {
            (By::Code, Answer::Code(code)) => exchange(net, &provider, party, challenge, code).await?,
            (By::Form, Answer::IdToken(token)) => Tokens { id_token: token.clone(), access_token: None },
            _ => return Err(Refusal::Malformed.into()),
        };
        let claims = self.claims(net, &provider, party, challenge, &tokens.id_token, now).await?;
        let Claims { sub, mut name, mut email, mut email_verified, .. } = claims;
        // Many providers leave name and address out of the token where they can be asked for.
        if let (None, None, Some(access), Some(userinfo)) = (&name, &email, &tokens.access_token, &provider.userinfo) {
            match about_the_person(net, userinfo, access).await {
                Ok(found) if found.sub == sub => {
                    UserInfo { name, email, email_verified, .. } = found;
                }
                Ok(_) => {}
                // Who they are is proved without it.
                Err(error) => tracing::warn!(%error, "a provider does not tell the name of who signed in"),
            }
        }
        let email = email.filter(|_| !is_unverified(email_verified.as_ref()));
        Ok(Person { subject: sub, name: text(name), email: text(email) })
    }

    /// What an ID token says. Where it has an unknown key, or another one under a known name, the provider's are fetched once more.
    async fn claims(
        &self,
        net: &Client,
        provider: &Provider,
        party: &RelyingParty,
        challenge: &Challenge,
        token: &str,
        now: Timestamp,
    ) -> Result<Claims, OpenIdError> {
        let expected = Expected {
            issuer: &provider.issuer,
            client_id: &party.client_id,
            nonce: &challenge.nonce,
            algorithms: &provider.algorithms,
        };
        let keys = self.keys(net, &provider.keys, now).await?;
        let first = checked(token, &keys, &expected, now);
        if !matches!(first, Err(Refusal::UnknownKey | Refusal::Signature)) {
            return Ok(first?);
        }
        let Some(keys) = self.keys_anew(net, &provider.keys, &keys, now).await? else { return Ok(first?) };
        Ok(checked(token, &keys, &expected, now)?)
    }
}

async fn about_the_person(net: &Client, userinfo: &Url, access: &str) -> Result<UserInfo, OpenIdError> {
    let answer = net.get(userinfo.as_str()).bearer(access).limits(LIMITS).send().await?;
    json(&answer, "answer about the person")
}

async fn exchange(
    net: &Client,
    provider: &Provider,
    party: &RelyingParty,
    challenge: &Challenge,
    code: &str,
) -> Result<Tokens, OpenIdError> {
    let Some(endpoint) = &provider.token else { return Err(OpenIdError::Unsuitable("exchanges no codes")) };
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", party.redirect.as_str()),
        ("code_verifier", challenge.verifier.as_str()),
    ];
    let mut request = net.post(endpoint.as_str()).limits(Limits { max_redirects: 0, ..LIMITS });
    match &party.secret {
        Some(secret) if !provider.secret_in_form => request = request.client_secret(&party.client_id, secret),
        secret => {
            form.push(("client_id", party.client_id.as_str()));
            form.extend(secret.as_deref().map(|secret| ("client_secret", secret)));
        }
    }
    let answer = request.form(&form).send().await?;
    if answer.status.is_client_error() {
        let refused = answer.json::<Refused>().map(|refused| refused.error).unwrap_or_default();
        let refused: String = refused.chars().filter(|c| !c.is_control()).take(100).collect();
        return Err(OpenIdError::Refused(refused));
    }
    json(&answer, "answer to the code")
}

fn is_unverified(verified: Option<&serde_json::Value>) -> bool {
    verified.is_some_and(|it| it == &serde_json::Value::Bool(false) || it == "false")
}

/// A text of one line as it is shown: nothing that cannot be seen, and not without end.
fn text(text: Option<String>) -> Option<String> {
    let text: String = text?.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_TEXT).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
