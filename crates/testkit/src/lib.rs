//! What tests of several crates need: databases of their own, a mail server that keeps what it gets, a website, a model
//! provider (and one that misbehaves) and an OpenID provider on loopback, a program in the place of a browser, what the set-up
//! for testing has fetched. A dev-dependency only.

#[cfg(unix)]
pub mod browser;
pub mod cache;
pub mod environment;
pub mod faulty;
pub mod hostile;
pub mod mail;
pub mod openid;
pub mod postgres;
pub mod provider;
pub mod refusing;
pub mod site;
pub mod sqlite;
pub mod traps;

/// Says that a test was skipped, in the form that the test command counts.
pub fn skip(what: &str, why: &str) {
    println!("HAMMOCK-SKIP: {what}: {why}");
}
