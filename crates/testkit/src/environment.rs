//! What whoever runs the tests can set by environment variables, and where data lies that is not part of the project.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
};

/// A number from a variable, or what it is without one.
///
/// # Panics
/// When the variable is set to something else: the run would not be what was asked for.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests chooses here")]
pub fn number<T: FromStr>(variable: &str, default: T) -> T {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {text}")),
        Err(_) => default,
    }
}

/// A file of the shared test data: below the folder that `HAMMOCK_SHARED_DATA` names, else in `shared/data` beside the
/// checkout. Where it is missing, a skip of `what` is printed.
pub fn shared_data(what: &str, path: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("HAMMOCK_SHARED_DATA").map_or(beside, PathBuf::from);
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    crate::skip(what, &format!("{path} is neither in HAMMOCK_SHARED_DATA nor in shared/data beside the checkout"));
    None
}
