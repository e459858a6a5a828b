//! When people and keys were last at work: written down at most once a minute each, so that a request costs no write.

use std::collections::HashMap;

use hammock_contract::Timestamp;
use hammock_store::{Actor, Scope, accounts, api_keys};
use parking_lot::Mutex;

use crate::Hammock;

/// How exact it is. Milliseconds.
const INTERVAL: i64 = 60_000;
/// Beyond so many, those whose time has passed are forgotten.
const REMEMBERED: usize = 10_000;

/// Who was written down in this process, and when.
#[derive(Debug, Default)]
pub(crate) struct NotedUses(Mutex<HashMap<String, Timestamp>>);

impl NotedUses {
    /// Whether it is time to write somebody down; whoever asks does it.
    fn is_due(&self, who: &str, now: Timestamp) -> bool {
        let mut noted = self.0.lock();
        if noted.get(who).is_some_and(|before| now.since(*before) < INTERVAL) {
            return false;
        }
        if noted.len() >= REMEMBERED {
            noted.retain(|_, before| now.since(*before) < INTERVAL);
        }
        noted.insert(who.to_owned(), now);
        true
    }
}

impl Hammock {
    /// Notes that a person or a key is at work; a failure of that must not fail the request.
    pub(crate) async fn note_use(&self, scope: &Scope) {
        let now = self.now();
        let who = match scope.actor() {
            Actor::User(user) => user.as_str(),
            Actor::ApiKey { key, .. } => key.as_str(),
            Actor::ShareLink { .. } | Actor::Visitor { .. } | Actor::Job(_) | Actor::Operator => return,
        };
        if !self.0.uses.is_due(who, now) {
            return;
        }
        let noted = async {
            let tx = self.store().begin().await?;
            match scope.actor() {
                Actor::User(user) => accounts::touch_last_seen(&tx, user, now).await?,
                _ => api_keys::touch(scope, &tx, now).await?,
            }
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "the use of an account could not be noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_a_minute_each() {
        let (uses, at) = (NotedUses::default(), Timestamp::from_millis);
        assert!(uses.is_due("a", at(0)) && uses.is_due("b", at(1)));
        assert!(!uses.is_due("a", at(59_999)));
        assert!(uses.is_due("a", at(60_000)));
        assert!(!uses.is_due("a", at(60_001)));
    }
}
