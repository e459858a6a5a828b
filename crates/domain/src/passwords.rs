//! Passwords: argon2id, off the async threads, a few at a time.

use std::sync::{Arc, OnceLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use hammock_contract::check;
use tokio::sync::Semaphore;

use crate::Result;

/// 19 MiB, two passes, one lane: OWASP's password storage cheat sheet for argon2id.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap_or_default())
}

/// Each hash takes 19 MiB for some tens of milliseconds: more than this many at once wait.
const AT_ONCE: u32 = 4;

fn permits() -> &'static Arc<Semaphore> {
    static PERMITS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    PERMITS.get_or_init(|| Arc::new(Semaphore::new(AT_ONCE as usize)))
}

/// Checks a password, typed twice, against the rules.
///
/// # Errors
/// `passwords_differ` or `weak_password`.
pub fn check_new(password: &str, again: &str) -> Result<()> {
    check::new_password(password, again).into_iter().next().map_or(Ok(()), Err)
}

/// The hash of a password in PHC form.
///
/// # Errors
/// `internal`, when hashing fails.
pub async fn hash(password: String) -> Result<String> {
    run(move || hasher().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string()))
        .await?
        .ok_or_else(|| crate::internal("a password could not be hashed"))
}

/// Whether a password matches a hash. Without a hash it takes as long and is `false`, so that an answer's time does not tell
/// whether an account exists.
///
/// # Errors
/// `internal`, when the work could not be done.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    run(move || match stored {
        Some(stored) => PasswordHash::new(&stored)
            .is_ok_and(|stored| hasher().verify_password(password.as_bytes(), &stored).is_ok()),
        None => {
            let _ = hasher().hash_password(password.as_bytes());
            false
        }
    })
    .await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let permit = permits().clone().acquire_owned().await.map_err(|_| crate::internal("shutting down"))?;
    tokio::task::spawn_blocking(move || {
        let _permit = permit;
        work()
    })
    .await
    .map_err(crate::internal)
}

/// Lets nobody hash or verify a password until what it gives is dropped.
#[cfg(test)]
pub(crate) async fn hold_all() -> tokio::sync::OwnedSemaphorePermit {
    permits().clone().acquire_many_owned(AT_ONCE).await.expect("nobody closes it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_verifies_its_password_alone() {
        let stored = hash("correct horse 1".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse 1".into(), Some(stored.clone())).await.unwrap());
        assert!(!verify("correct horse 2".into(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse 1".into(), None).await.unwrap());
    }
}
