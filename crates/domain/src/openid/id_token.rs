//! Whether an ID token holds (OpenID Connect Core 1.0, 3.1.3.7): who signed it, who gave it out, for whom, until when, and in
//! answer to which question.

use hammock_contract::Timestamp;
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, Validation, decode, decode_header,
    errors::ErrorKind,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse},
};
use serde::{Deserialize, de::DeserializeOwned};

/// The longest token that is looked at. Bytes.
const LONGEST: usize = 16 * 1024;
/// How far the clocks may differ. Seconds.
const LEEWAY: f64 = 60.0;
/// Google, which has left the scheme away in the past and says that both have to be taken.
const GOOGLE: (&str, &str) = ("https://accounts.google.com", "accounts.google.com");

/// Why a token does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Not a token, or without what every one has.
    #[error("it cannot be read")]
    Malformed,
    /// Signed in a way that is not taken of this issuer.
    #[error("it is signed in a way that is not taken")]
    Algorithm,
    /// Signed with a key that is not known.
    #[error("it is signed with an unknown key")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Somebody else gave it out.
    #[error("it is of another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("it is for another client")]
    Audience,
    /// It has ended.
    #[error("it has expired")]
    Expired,
    /// It does not count yet.
    #[error("it does not count yet")]
    TooEarly,
    /// It answers another question.
    #[error("it is not the answer to this sign-in")]
    Nonce,
}

/// What a token has to say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The provider, as its document calls it.
    pub issuer: &'a str,
    /// What the provider calls us.
    pub client_id: &'a str,
    /// What was sent along.
    pub nonce: &'a str,
    /// How the provider may sign.
    pub algorithms: &'a [Algorithm],
}

/// Whom a token is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Audience {
    /// Whether somebody is among them.
    pub(crate) fn contains(&self, client: &str) -> bool {
        match self {
            Self::One(one) => one == client,
            Self::Several(all) => all.iter().any(|one| one == client),
        }
    }

    fn is_one(&self) -> bool {
        matches!(self, Self::One(_)) || matches!(self, Self::Several(all) if all.len() == 1)
    }
}

/// What a token says.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Claims {
    iss: String,
    pub sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub email_verified: Option<serde_json::Value>,
}

/// What a token says that holds.
///
/// # Errors
/// Why it does not. [`Refusal::UnknownKey`] may be another with newer keys.
pub(super) fn checked(token: &str, keys: &[Jwk], expected: &Expected<'_>, now: Timestamp) -> Result<Claims, Refusal> {
    if token.len() > LONGEST {
        return Err(Refusal::Malformed);
    }
    let claims: Claims = signed(token, keys, expected.algorithms)?;
    let is_of_google = expected.issuer == GOOGLE.0 && claims.iss == GOOGLE.1;
    if claims.iss != expected.issuer && !is_of_google {
        return Err(Refusal::Issuer);
    }
    let is_party = claims.azp.as_ref().map_or(claims.aud.is_one(), |party| party == expected.client_id);
    if !claims.aud.contains(expected.client_id) || !is_party {
        return Err(Refusal::Audience);
    }
    in_time(claims.exp, claims.nbf, claims.iat, now)?;
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(Refusal::Nonce);
    }
    if claims.sub.is_empty() || claims.sub.chars().count() > 255 {
        return Err(Refusal::Malformed);
    }
    Ok(claims)
}

/// That a token with these times, in seconds since 1970, counts now.
///
/// # Errors
/// [`Refusal::Expired`], [`Refusal::TooEarly`].
pub(crate) fn in_time(exp: f64, nbf: Option<f64>, iat: Option<f64>, now: Timestamp) -> Result<(), Refusal> {
    let now = now.as_millis() as f64 / 1000.0;
    if exp <= now - LEEWAY {
        return Err(Refusal::Expired);
    }
    if [nbf, iat].into_iter().flatten().all(|from| from <= now + LEEWAY) { Ok(()) } else { Err(Refusal::TooEarly) }
}

/// What a token says whose signature is right.
fn signed(token: &str, keys: &[Jwk], algorithms: &[Algorithm]) -> Result<Claims, Refusal> {
    let Ok(head) = decode_header(token) else { return Err(unreadable(token)) };
    // An extension that has to be understood, and is not.
    if !algorithms.contains(&head.alg) || head.crit.is_some() {
        return Err(Refusal::Algorithm);
    }
    let mut candidates = keys.iter().filter(|key| fits(key, head.alg));
    let Some(id) = head.kid else {
        // Without a name, it may be any of them, also one that came since.
        let found = candidates.find_map(|key| verified(token, key, head.alg).ok());
        return found.ok_or(Refusal::UnknownKey);
    };
    let key = candidates.find(|key| key.common.key_id.as_deref() == Some(id.as_str())).ok_or(Refusal::UnknownKey)?;
    verified(token, key, head.alg)
}

/// Why the head of a token cannot be read: what it is signed with is often all that is strange.
fn unreadable(token: &str) -> Refusal {
    if token.split('.').count() == 3 { Refusal::Algorithm } else { Refusal::Malformed }
}

fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_for_signing = !matches!(key.common.public_key_use, Some(PublicKeyUse::Encryption | PublicKeyUse::Other(_)));
    let named = match algorithm {
        Algorithm::RS256 => KeyAlgorithm::RS256,
        Algorithm::PS256 => KeyAlgorithm::PS256,
        Algorithm::ES256 => KeyAlgorithm::ES256,
        Algorithm::EdDSA => KeyAlgorithm::EdDSA,
        _ => return false,
    };
    let is_of_kind = match &key.algorithm {
        AlgorithmParameters::RSA(_) => algorithm.family() == AlgorithmFamily::Rsa,
        AlgorithmParameters::EllipticCurve(key) => algorithm == Algorithm::ES256 && key.curve == EllipticCurve::P256,
        AlgorithmParameters::OctetKeyPair(key) => algorithm == Algorithm::EdDSA && key.curve == EllipticCurve::Ed25519,
        AlgorithmParameters::OctetKey(_) => false,
    };
    is_for_signing && is_of_kind && key.common.key_algorithm.is_none_or(|own| own == named)
}

fn verified(token: &str, key: &Jwk, algorithm: Algorithm) -> Result<Claims, Refusal> {
    let key = DecodingKey::from_jwk(key).map_err(|_| Refusal::UnknownKey)?;
    verify(token, &key, algorithm)
}

/// What a token says that was signed with this key in this way, and in no other. Who looks at the time is the caller: there is
/// one clock here, and the library has another.
///
/// # Errors
/// [`Refusal::Signature`], [`Refusal::Algorithm`], [`Refusal::Malformed`].
pub(crate) fn verify<T: DeserializeOwned>(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<T, Refusal> {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    decode(token, key, &validation).map(|data| data.claims).map_err(|error| match error.kind() {
        ErrorKind::InvalidSignature => Refusal::Signature,
        ErrorKind::InvalidAlgorithm => Refusal::Algorithm,
        _ => Refusal::Malformed,
    })
}

#[cfg(test)]
mod tests;
