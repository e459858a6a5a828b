//! Work that a browser does before it is let in where very many come at once: it costs a person a moment, and whoever makes
//! visitors by the thousand all of their time. Checking it costs next to nothing.

use std::collections::HashMap;

use hammock_contract::{
    AssistantId, Timestamp,
    visitor::{Proof, ProofChallenge},
};
use hammock_store::{scope::builtin_organisation, secrets::Keyring};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Result, error::internal};

/// What a challenge is encrypted for.
const PURPOSE: &str = "visitors.challenge";
/// How long a challenge counts. Milliseconds.
const VALID: i64 = 2 * 60 * 1000;
/// The longest challenge that is looked at. Characters.
const LONGEST: usize = 1_000;
/// The most digits of an answer.
const DIGITS: usize = 20;
/// How many challenges that were used are remembered until they end; beyond, no work is taken for a while.
const REMEMBERED: usize = 100_000;
/// The least and the most zero bits that are asked for.
const BITS: (u8, u8) = (16, 20);

/// What a challenge says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    assistant: AssistantId,
    network: String,
    bits: u8,
    /// Milliseconds since 1970.
    expires_at: i64,
    /// Makes every challenge another one.
    once: String,
}

/// The challenges that were used and have not ended.
#[derive(Debug, Default)]
pub(super) struct Used(Mutex<HashMap<String, i64>>);

impl Used {
    /// Whether this is the first time; it is not, from then on. Never where there is no more room.
    fn is_first(&self, once: String, expires_at: i64, now: Timestamp) -> bool {
        let mut used = self.0.lock();
        if used.len() >= REMEMBERED {
            used.retain(|_, end| *end > now.as_millis());
        }
        used.len() < REMEMBERED && used.insert(once, expires_at).is_none()
    }
}

/// How many zero bits are asked for where so many came of so many that are let in without: one more each time that it doubles.
pub(super) fn bits_for(came: u32, limit: u32) -> u8 {
    let doubled = (came / limit.max(1)).max(1).ilog2();
    let (least, most) = BITS;
    u8::try_from(doubled).map_or(most, |doubled| least.saturating_add(doubled).min(most))
}

/// A challenge for whoever comes from a network to an assistant.
///
/// # Errors
/// When the system gives no random numbers.
pub(super) fn challenge(
    keyring: &Keyring,
    assistant: &AssistantId,
    network: &str,
    bits: u8,
    now: Timestamp,
) -> Result<ProofChallenge> {
    let claims = Claims {
        assistant: assistant.clone(),
        network: network.to_owned(),
        bits,
        expires_at: now.plus_millis(VALID).as_millis(),
        once: crate::accounts::random_token(),
    };
    let text = serde_json::to_string(&claims).map_err(internal)?;
    let challenge = keyring.encrypt(&builtin_organisation(), PURPOSE, &text).map_err(internal)?;
    Ok(ProofChallenge { challenge, bits })
}

/// Whether the work was done for a challenge of ours that is for this assistant and network, has not ended and was never used.
pub(super) fn is_done(
    keyring: &Keyring,
    used: &Used,
    assistant: &AssistantId,
    network: &str,
    proof: &Proof,
    now: Timestamp,
) -> bool {
    let Proof { challenge, answer } = proof;
    if challenge.len() > LONGEST {
        return false;
    }
    let Ok(text) = keyring.decrypt(&builtin_organisation(), PURPOSE, challenge) else { return false };
    let Ok(claims) = serde_json::from_str::<Claims>(&text) else { return false };
    claims.assistant == *assistant
        && claims.network == network
        && now.as_millis() < claims.expires_at
        && is_solved(challenge, answer, claims.bits)
        && used.is_first(claims.once, claims.expires_at, now)
}

/// Whether SHA-256 of `<challenge>:<answer>` begins with so many zero bits.
fn is_solved(challenge: &str, answer: &str, bits: u8) -> bool {
    if !(1..=DIGITS).contains(&answer.len()) || !answer.bytes().all(|digit| digit.is_ascii_digit()) {
        return false;
    }
    let hash = Sha256::digest(format!("{challenge}:{answer}").as_bytes());
    let mut zeros = 0;
    for byte in hash {
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    zeros >= u32::from(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn solve(challenge: &ProofChallenge) -> Proof {
        let is_right = |answer: &String| is_solved(&challenge.challenge, answer, challenge.bits);
        let answer = (0_u64..).map(|answer| answer.to_string()).find(is_right).unwrap();
        Proof { challenge: challenge.challenge.clone(), answer }
    }

    #[test]
    fn done_work_counts_once_and_in_its_place() {
        let (keys, used, assistant) = (Keyring::ephemeral().unwrap(), Used::default(), AssistantId::new());
        let asked = challenge(&keys, &assistant, "198.51.100.0/24", 8, NOW).unwrap();
        assert!(asked.challenge.len() < LONGEST, "{}", asked.challenge);
        let proof = solve(&asked);
        let is_done = |keys: &Keyring, assistant: &AssistantId, network: &str, proof: &Proof, now: Timestamp| {
            super::is_done(keys, &used, assistant, network, proof, now)
        };
        let (network, end) = ("198.51.100.0/24", NOW.plus_millis(VALID));
        assert!(!is_done(&keys, &AssistantId::new(), network, &proof, NOW), "another assistant");
        assert!(!is_done(&keys, &assistant, "203.0.113.0/24", &proof, NOW), "another network");
        assert!(!is_done(&Keyring::ephemeral().unwrap(), &assistant, network, &proof, NOW), "not ours");
        assert!(!is_done(&keys, &assistant, network, &proof, end), "it has ended");
        assert!(is_done(&keys, &assistant, network, &proof, NOW));
        assert!(!is_done(&keys, &assistant, network, &proof, NOW), "it was used");
    }

    #[test]
    fn undone_work_does_not_count() {
        let (keys, used, assistant) = (Keyring::ephemeral().unwrap(), Used::default(), AssistantId::new());
        let asked = challenge(&keys, &assistant, "unknown", 8, NOW).unwrap();
        let is_wrong = |answer: &String| !is_solved(&asked.challenge, answer, 8);
        let wrong = (0_u64..).map(|answer| answer.to_string()).find(is_wrong).unwrap();
        for answer in [wrong.as_str(), "", "x", "-1", "123456789012345678901"] {
            let proof = Proof { challenge: asked.challenge.clone(), answer: answer.to_owned() };
            assert!(!is_done(&keys, &used, &assistant, "unknown", &proof, NOW), "{answer:?}");
        }
        let made_up = Proof { challenge: "v1.a.b".to_owned(), answer: "1".to_owned() };
        assert!(!is_done(&keys, &used, &assistant, "unknown", &made_up, NOW));
    }

    #[test]
    fn more_visitors_cost_more_work() {
        assert_eq!(
            [0, 60, 119, 120, 240, 480, 960, 1_920, u32::MAX].map(|came| bits_for(came, 60)),
            [16, 16, 16, 17, 18, 19, 20, 20, 20]
        );
        assert_eq!(bits_for(5, 0), 18);
    }

    #[test]
    fn used_challenges_are_remembered_until_they_end() {
        let used = Used::default();
        for number in 0..REMEMBERED {
            assert!(used.is_first(number.to_string(), NOW.as_millis() + 1, NOW));
        }
        assert!(!used.is_first("one more".to_owned(), NOW.as_millis() + 1, NOW), "there is no room");
        assert!(used.is_first("one more".to_owned(), NOW.as_millis() + 9, NOW.plus_millis(1)), "they have ended");
    }
}
