use hammock_testkit::openid::{self, SigningKey, hs256, unsigned};
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const SECONDS: i64 = 1_800_000_000;
const ISSUER: &str = "https://id.example.com";
const ALL: &[Algorithm] = &[Algorithm::RS256, Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA];

fn key(id: &str, algorithm: openid::Algorithm) -> SigningKey {
    SigningKey::generate(id, algorithm).unwrap()
}

fn jwk(key: &SigningKey) -> Jwk {
    serde_json::from_value(key.public()).unwrap()
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "1", "aud": "client", "exp": SECONDS + 300, "iat": SECONDS, "nonce": "n", "name": "Eva",
    })
}

/// The claims with others over them; `null` leaves one out.
fn with(over: Value) -> Value {
    let mut claims = claims();
    let all = claims.as_object_mut().unwrap();
    all.extend(over.as_object().unwrap().clone());
    all.retain(|_, value| !value.is_null());
    claims
}

fn check(token: &str, keys: &[Jwk], issuer: &str, algorithms: &[Algorithm]) -> Result<String, Refusal> {
    let expected = Expected { issuer, client_id: "client", nonce: "n", algorithms };
    checked(token, keys, &expected, NOW).map(|claims| claims.sub)
}

#[test]
fn tokens_of_every_kind_of_key_hold() {
    use openid::Algorithm::{EdDsa, Es256, Ps256, Rs256};
    for algorithm in [Es256, Rs256, Ps256, EdDsa] {
        let (key, other) = (key("one", algorithm), key("one", algorithm));
        let token = key.sign(&claims()).unwrap();
        assert_eq!(check(&token, &[jwk(&key)], ISSUER, ALL).as_deref(), Ok("1"), "{algorithm:?}");
        assert_eq!(check(&token, &[jwk(&other)], ISSUER, ALL), Err(Refusal::Signature), "{algorithm:?}");
        let own: Vec<Algorithm> = ALL.iter().copied().filter(|one| format!("{one:?}") != algorithm.name()).collect();
        assert_eq!(check(&token, &[jwk(&key)], ISSUER, &own), Err(Refusal::Algorithm), "{algorithm:?}");
    }
}

#[test]
fn a_claim_that_does_not_hold_is_told() {
    let key = key("one", openid::Algorithm::Es256);
    let keys = [jwk(&key)];
    let judged = |over: Value| check(&key.sign(&with(over)).unwrap(), &keys, ISSUER, ALL);
    for (over, refusal) in [
        (json!({ "iss": "https://evil.example" }), Refusal::Issuer),
        (json!({ "iss": "https://id.example.com/" }), Refusal::Issuer),
        (json!({ "aud": "other" }), Refusal::Audience),
        (json!({ "aud": [] }), Refusal::Audience),
        (json!({ "aud": ["client", "other"] }), Refusal::Audience),
        (json!({ "aud": ["client", "other"], "azp": "other" }), Refusal::Audience),
        (json!({ "azp": "other" }), Refusal::Audience),
        (json!({ "exp": SECONDS - 60 }), Refusal::Expired),
        (json!({ "nbf": SECONDS + 61 }), Refusal::TooEarly),
        (json!({ "iat": SECONDS + 61 }), Refusal::TooEarly),
        (json!({ "nonce": "other" }), Refusal::Nonce),
        (json!({ "nonce": null }), Refusal::Nonce),
        (json!({ "exp": null }), Refusal::Malformed),
        (json!({ "exp": "soon" }), Refusal::Malformed),
        (json!({ "iss": null }), Refusal::Malformed),
        (json!({ "sub": null }), Refusal::Malformed),
        (json!({ "sub": "" }), Refusal::Malformed),
        (json!({ "sub": "x".repeat(256) }), Refusal::Malformed),
        (json!({ "name": "x".repeat(20_000) }), Refusal::Malformed),
    ] {
        assert_eq!(judged(over.clone()), Err(refusal), "{over}");
    }
    for over in [
        json!({ "aud": ["client"] }),
        json!({ "aud": ["client", "other"], "azp": "client" }),
        json!({ "exp": SECONDS - 59 }),
        json!({ "exp": SECONDS as f64 + 0.5 }),
        json!({ "nbf": SECONDS + 60, "iat": SECONDS + 60 }),
        json!({ "iat": null }),
    ] {
        assert!(judged(over.clone()).is_ok(), "{over}");
    }
}

#[test]
fn what_nobody_signed_and_what_everybody_could_have_signed_is_refused() {
    let (es, rs) = (key("one", openid::Algorithm::Es256), key("two", openid::Algorithm::Rs256));
    let keys = [jwk(&es), jwk(&rs)];
    assert_eq!(check(&unsigned(&claims()), &keys, ISSUER, ALL), Err(Refusal::Algorithm));
    // The public key taken for a shared secret, in the forms in which it is at hand.
    for public in [es.public(), rs.public()] {
        let head = json!({ "alg": "HS256", "kid": public["kid"] });
        for secret in ["x", "n"].iter().filter_map(|part| public[*part].as_str()).chain([public.to_string().as_str()]) {
            let token = hs256(secret.as_bytes(), &head, &claims());
            assert_eq!(check(&token, &keys, ISSUER, ALL), Err(Refusal::Algorithm));
        }
    }
    // A key of the set that is a shared secret is no key.
    let shared = json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "three", "alg": "HS256" });
    let keys = [serde_json::from_value(shared).unwrap()];
    let token = hs256(b"secret", &json!({ "alg": "HS256", "kid": "three" }), &claims());
    assert_eq!(check(&token, &keys, ISSUER, ALL), Err(Refusal::Algorithm));
    assert_eq!(check(&token, &keys, ISSUER, &[Algorithm::HS256]), Err(Refusal::UnknownKey));
    for token in ["", "a", "a.b", "a.b.c.d"] {
        assert_eq!(check(token, &keys, ISSUER, ALL), Err(Refusal::Malformed), "{token:?}");
    }
}

#[test]
fn a_key_is_found_by_its_name() {
    let (old, new) = (key("old", openid::Algorithm::Es256), key("new", openid::Algorithm::Es256));
    let token = new.sign(&claims()).unwrap();
    assert_eq!(check(&token, &[jwk(&old)], ISSUER, ALL), Err(Refusal::UnknownKey), "before the rotation is seen");
    assert!(check(&token, &[jwk(&old), jwk(&new)], ISSUER, ALL).is_ok());
    let named = new.sign_as(&json!({ "alg": "ES256", "kid": "old" }), &claims()).unwrap();
    assert_eq!(check(&named, &[jwk(&old), jwk(&new)], ISSUER, ALL), Err(Refusal::Signature));
    let nameless = new.sign_as(&json!({ "alg": "ES256" }), &claims()).unwrap();
    assert!(check(&nameless, &[jwk(&old), jwk(&new)], ISSUER, ALL).is_ok());
    assert_eq!(check(&nameless, &[jwk(&old)], ISSUER, ALL), Err(Refusal::UnknownKey));
    // A key for something else than signing, or for another way of it.
    for (part, value) in [("use", "enc"), ("alg", "RS256"), ("crv", "P-384")] {
        let mut other = new.public();
        other[part] = json!(value);
        let other = serde_json::from_value(other).unwrap();
        assert_eq!(check(&token, &[other], ISSUER, ALL), Err(Refusal::UnknownKey), "{part}");
    }
    let critical = new.sign_as(&json!({ "alg": "ES256", "kid": "new", "crit": ["exp"] }), &claims()).unwrap();
    assert!(check(&critical, &[jwk(&new)], ISSUER, ALL).is_err());
}

#[test]
fn google_is_called_by_both_of_its_names() {
    let key = key("one", openid::Algorithm::Es256);
    let judged =
        |iss: &str, issuer: &str| check(&key.sign(&with(json!({ "iss": iss }))).unwrap(), &[jwk(&key)], issuer, ALL);
    assert!(judged("https://accounts.google.com", "https://accounts.google.com").is_ok());
    assert!(judged("accounts.google.com", "https://accounts.google.com").is_ok());
    assert_eq!(judged("id.example.com", ISSUER), Err(Refusal::Issuer));
    assert_eq!(judged("accounts.google.com", ISSUER), Err(Refusal::Issuer));
}
