//! Keys that sign tokens, and tokens that nobody should take.

use std::io;

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256.
    Es256,
    /// RSA, PKCS#1.
    Rs256,
    /// RSA, PSS.
    Ps256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Its name in the head of a token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }
}

/// A key that signs tokens.
#[derive(Debug)]
pub struct SigningKey {
    id: String,
    algorithm: Algorithm,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Ec(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
    Ed(Ed25519KeyPair),
}

impl SigningKey {
    /// A new key that is known by `id`.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn generate(id: &str, algorithm: Algorithm) -> io::Result<Self> {
        let pair = match algorithm {
            Algorithm::Es256 => {
                Pair::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(io::Error::other)?)
            }
            Algorithm::Rs256 | Algorithm::Ps256 => {
                Pair::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).map_err(io::Error::other)?))
            }
            Algorithm::EdDsa => Pair::Ed(Ed25519KeyPair::generate().map_err(io::Error::other)?),
        };
        Ok(Self { id: id.to_owned(), algorithm, pair })
    }

    /// What it is known by.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What others verify with (RFC 7517).
    pub fn public(&self) -> Value {
        let mut public = match &self.pair {
            Pair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y) })
            }
            Pair::Rsa(pair) => {
                let components = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": encoded(&components.n), "e": encoded(&components.e) })
            }
            Pair::Ed(pair) => json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key().as_ref()) }),
        };
        public["kid"] = json!(self.id);
        public["alg"] = json!(self.algorithm.name());
        public["use"] = json!("sig");
        public
    }

    /// A token that it signs, with its id in the head.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn sign(&self, claims: &Value) -> io::Result<String> {
        self.sign_as(&json!({ "alg": self.algorithm.name(), "kid": self.id, "typ": "JWT" }), claims)
    }

    /// A token with another head.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn sign_as(&self, head: &Value, claims: &Value) -> io::Result<String> {
        let message = message(head, claims);
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Ec(pair) => pair.sign(&random, message.as_bytes()).map_err(io::Error::other)?.as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let padding = if self.algorithm == Algorithm::Ps256 { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                pair.sign(padding, &random, message.as_bytes(), &mut signature).map_err(io::Error::other)?;
                signature
            }
        };
        Ok(format!("{message}.{}", encoded(&signature)))
    }
}

/// A token that is signed with a shared secret.
pub fn hs256(secret: &[u8], head: &Value, claims: &Value) -> String {
    let message = message(head, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    format!("{message}.{}", encoded(tag.as_ref()))
}

/// A token that nobody signed.
pub fn unsigned(claims: &Value) -> String {
    format!("{}.", message(&json!({ "alg": "none" }), claims))
}

fn message(head: &Value, claims: &Value) -> String {
    format!("{}.{}", encoded(head.to_string().as_bytes()), encoded(claims.to_string().as_bytes()))
}

/// Bytes as they stand in tokens.
pub(super) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
