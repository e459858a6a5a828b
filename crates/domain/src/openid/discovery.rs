//! What a provider says of itself (OpenID Connect Discovery 1.0).

use std::{collections::HashMap, sync::Arc, time::Duration};

use hammock_contract::Timestamp;
use hammock_net::{Client, Limits, Response};
use jsonwebtoken::Algorithm;
use parking_lot::Mutex;
use serde::Deserialize;
use url::Url;

use super::{OpenIdError, Providers};

/// Where a document lies, below the issuer.
const WELL_KNOWN: &str = "/.well-known/openid-configuration";
/// How long a document counts. Milliseconds.
const VALID: i64 = 60 * 60 * 1000;
/// How many documents are kept. Whoever runs more providers than that waits for some of them anew.
const MOST: usize = 1_000;
/// How providers may sign. A shared secret is none of them: what verifies could be what signs.
const ALGORITHMS: [(&str, Algorithm); 4] = [
    ("RS256", Algorithm::RS256),
    ("ES256", Algorithm::ES256),
    ("PS256", Algorithm::PS256),
    ("EdDSA", Algorithm::EdDSA),
];
/// How far a question to a provider may go.
pub(super) const LIMITS: Limits =
    Limits { max_bytes: 256 * 1024, total_time: Duration::from_secs(10), max_redirects: 3 };

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Provider {
    /// What it calls itself, to the letter.
    pub issuer: String,
    /// Where browsers are sent.
    pub authorization: Url,
    /// Where codes are exchanged.
    pub token: Option<Url>,
    /// Where more is told of a person.
    pub userinfo: Option<Url>,
    /// Where its keys are.
    pub keys: Url,
    /// How it signs, of what is taken.
    pub algorithms: Vec<Algorithm>,
    /// Whether it takes the secret in the form alone, and not in the head.
    pub secret_in_form: bool,
}

/// The documents of before.
#[derive(Debug, Default)]
pub(super) struct Documents(Mutex<HashMap<String, (Arc<Provider>, Timestamp)>>);

/// The document as it is sent. What is not used here stays unread.
#[derive(Debug, Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Option<Url>,
    userinfo_endpoint: Option<Url>,
    jwks_uri: Url,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Providers {
    /// The provider that calls itself `issuer`; a slash at the end makes no other one.
    pub(super) async fn find(&self, net: &Client, issuer: &str, now: Timestamp) -> Result<Arc<Provider>, OpenIdError> {
        let address = format!("{}{WELL_KNOWN}", issuer.trim_end_matches('/'));
        let known = self.documents.0.lock().get(issuer).cloned();
        if let Some((provider, at)) = known
            && (0..VALID).contains(&now.since(at))
        {
            // What one organisation has learned is none of another's that may not ask for it, nor its own any more when it may not.
            if let Ok(url) = Url::parse(&address) {
                net.check_listed(&url).await?;
            }
            return Ok(provider);
        }
        let answer = net.get(&address).limits(LIMITS).send().await?;
        let provider = Arc::new(read(&answer, issuer)?);
        let mut documents = self.documents.0.lock();
        if documents.len() >= MOST {
            documents.clear();
        }
        documents.insert(issuer.to_owned(), (Arc::clone(&provider), now));
        Ok(provider)
    }
}

fn read(answer: &Response, issuer: &str) -> Result<Provider, OpenIdError> {
    let document: Document = json(answer, "discovery document")?;
    let expected = issuer.trim_end_matches('/');
    if document.issuer.trim_end_matches('/') != expected {
        let found = document.issuer.chars().take(200).collect();
        return Err(OpenIdError::OtherIssuer { found, expected: expected.to_owned() });
    }
    let Document { issuer, authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri, .. } = document;
    // Who is secure does not send anybody to what is not.
    let is_fine = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && issuer.starts_with("http://"));
    let endpoints =
        [Some(&authorization_endpoint), token_endpoint.as_ref(), userinfo_endpoint.as_ref(), Some(&jwks_uri)];
    if !endpoints.into_iter().flatten().all(is_fine) {
        return Err(OpenIdError::Unsuitable("has an address without encryption"));
    }
    let signs = document.id_token_signing_alg_values_supported.unwrap_or_else(|| vec!["RS256".to_owned()]);
    let algorithms: Vec<Algorithm> =
        ALGORITHMS.iter().filter(|(name, _)| signs.iter().any(|one| one == name)).map(|(_, one)| *one).collect();
    if algorithms.is_empty() {
        return Err(OpenIdError::Unsuitable("signs with none of RS256, ES256, PS256 and EdDSA"));
    }
    let takes = document.token_endpoint_auth_methods_supported;
    let secret_in_form = takes.is_some_and(|takes| !takes.iter().any(|one| one == "client_secret_basic"));
    Ok(Provider {
        issuer,
        authorization: authorization_endpoint,
        token: token_endpoint,
        userinfo: userinfo_endpoint,
        keys: jwks_uri,
        algorithms,
        secret_in_form,
    })
}

/// What an answer of a provider says.
pub(super) fn json<T: serde::de::DeserializeOwned>(answer: &Response, what: &'static str) -> Result<T, OpenIdError> {
    if !answer.status.is_success() {
        return Err(OpenIdError::Unreadable { what, reason: format!("the status is {}", answer.status.as_u16()) });
    }
    answer.json().map_err(|error| OpenIdError::Unreadable { what, reason: error.to_string() })
}
