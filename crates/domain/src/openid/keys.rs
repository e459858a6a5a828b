//! The keys that providers sign with. They change them: a token with an unknown key is a reason to look again, but not for
//! everybody who makes one up.

use std::{collections::HashMap, sync::Arc};

use hammock_contract::Timestamp;
use hammock_net::Client;
use jsonwebtoken::jwk::Jwk;
use parking_lot::Mutex;
use serde::Deserialize;
use url::Url;

use super::{
    OpenIdError, Providers,
    discovery::{LIMITS, json},
};

/// How long keys count. Milliseconds.
const VALID: i64 = 60 * 60 * 1000;
/// Over how long looks for an unknown key are counted. Milliseconds.
const WINDOW: i64 = 60 * 1000;
/// So many of them there are in that time. Whoever sends made-up tokens has to begin a sign-in for each, of which an address may
/// begin a hundred in a quarter of an hour (`crate::attempts`): nobody alone keeps a new key from being found for long.
const MOST_LOOKS: u32 = 30;
/// How many providers' keys are kept.
const MOST: usize = 1_000;

/// The keys of before, by where they are.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<HashMap<Url, Kept>>);

#[derive(Debug, Default)]
struct Kept {
    keys: Arc<[Jwk]>,
    fetched_at: Option<Timestamp>,
    /// Since when looks for an unknown key are counted.
    counted_since: Option<Timestamp>,
    /// How many there were since.
    looks: u32,
}

/// What is sent (RFC 7517). Keys of kinds that are not known here are passed over one by one.
#[derive(Debug, Deserialize)]
struct Set {
    keys: Vec<serde_json::Value>,
}

impl Providers {
    /// The keys at an address, as they were within the last hour.
    pub(super) async fn keys(&self, net: &Client, at: &Url, now: Timestamp) -> Result<Arc<[Jwk]>, OpenIdError> {
        let known =
            self.keys.0.lock().get(at).and_then(|kept| kept.fetched_at.map(|then| (Arc::clone(&kept.keys), then)));
        match known {
            Some((keys, then)) if (0..VALID).contains(&now.since(then)) => {
                net.check_listed(at).await?;
                Ok(keys)
            }
            _ => self.fetch_keys(net, at, now).await,
        }
    }

    /// The keys at an address as they are now, for a token that none of those `before` fits; `None` where such keys were looked for
    /// too often within the last minute.
    pub(super) async fn keys_anew(
        &self,
        net: &Client,
        at: &Url,
        before: &Arc<[Jwk]>,
        now: Timestamp,
    ) -> Result<Option<Arc<[Jwk]>>, OpenIdError> {
        {
            let mut all = self.keys.0.lock();
            let kept = all.entry(at.clone()).or_default();
            if kept.fetched_at.is_some() && !Arc::ptr_eq(&kept.keys, before) {
                // Somebody else has looked meanwhile.
                return Ok(Some(Arc::clone(&kept.keys)));
            }
            if !kept.counted_since.is_some_and(|then| (0..WINDOW).contains(&now.since(then))) {
                kept.counted_since = Some(now);
                kept.looks = 0;
            }
            if kept.looks >= MOST_LOOKS {
                return Ok(None);
            }
            kept.looks += 1;
        }
        self.fetch_keys(net, at, now).await.map(Some)
    }

    async fn fetch_keys(&self, net: &Client, at: &Url, now: Timestamp) -> Result<Arc<[Jwk]>, OpenIdError> {
        let answer = net.get(at.as_str()).limits(LIMITS).send().await?;
        let set: Set = json(&answer, "keys")?;
        let keys: Arc<[Jwk]> = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let mut all = self.keys.0.lock();
        if all.len() >= MOST && !all.contains_key(at) {
            all.clear();
        }
        let kept = all.entry(at.clone()).or_default();
        kept.keys = Arc::clone(&keys);
        kept.fetched_at = Some(now);
        Ok(keys)
    }
}
