//! The one place of `xtask` that reads the environment.

use std::{ffi::OsString, path::PathBuf};

#[expect(clippy::disallowed_methods, reason = "a build tool is told by its environment where caches and tools are")]
fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of this package in the checkout that `cargo xtask` was called in. Asked while it runs: checkouts share one build
/// directory, so that this program may have been compiled in another one.
pub fn package_folder() -> PathBuf {
    read("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").to_owned()).into()
}

/// Whether the user has set a variable, so that a default of ours must not replace it.
pub fn is_set(name: &str) -> bool {
    read(name).is_some()
}

/// Why missing programs may be installed without asking: the machine belongs to nobody, or an administrator of a Debian calls.
/// Nothing where they may not, be it because `CI=false` says so.
pub fn why_to_install() -> Option<&'static str> {
    why(read("CI").as_deref(), is_administrator() && find_program(&["apt-get"]).is_some())
}

fn why(continuous_integration: Option<&str>, is_administrator_of_debian: bool) -> Option<&'static str> {
    match continuous_integration {
        Some("false" | "0") => None,
        Some(_) => Some("because `CI` is set"),
        None => is_administrator_of_debian.then_some("as root; with `CI=false` it would not"),
    }
}

/// Whether this process may do everything. Where there is no `/proc`, there is no `apt-get` either.
#[cfg(unix)]
fn is_administrator() -> bool {
    use std::os::unix::fs::MetadataExt as _;

    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
fn is_administrator() -> bool {
    false
}

/// Where downloads are kept between builds: `$HAMMOCK_CACHE_DIR`, else `$XDG_CACHE_HOME/hammock`, else
/// `~/.cache/hammock`.
pub fn cache_dir() -> Option<PathBuf> {
    read("HAMMOCK_CACHE_DIR")
        .map(PathBuf::from)
        .or_else(|| read("XDG_CACHE_HOME").map(|dir| PathBuf::from(dir).join("hammock")))
        .or_else(|| read("HOME").or_else(|| read("USERPROFILE")).map(|home| PathBuf::from(home).join(".cache/hammock")))
}

/// Where collections with known answers are, in the layout of BEIR, if not beside the checkout:
/// `$HAMMOCK_RETRIEVAL_DATA`.
pub fn retrieval_data() -> Option<PathBuf> {
    read("HAMMOCK_RETRIEVAL_DATA").map(PathBuf::from)
}

/// The first of some programs that is on the `PATH`.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = read("PATH")?;
    names.iter().find_map(|name| std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| file.is_file()))
}

/// Variables that `cargo run` has set for this process alone. A cargo started from here must not see them: build
/// scripts that watch `CARGO_PKG_…` would run again each time, and with them half of the tree.
pub fn variables_of_cargo_run() -> Vec<OsString> {
    let ours = ["CARGO", "CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "OUT_DIR"];
    std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| {
            let name = name.to_string_lossy();
            ours.contains(&name.as_ref()) || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_BIN_EXE_")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_programs_are_installed_where_nobody_needs_to_be_asked() {
        assert!(why(Some("true"), false).is_some() && why(Some("1"), true).is_some());
        assert!(why(None, true).is_some_and(|why| why.contains("root")));
        for (continuous_integration, is_administrator) in [(None, false), (Some("false"), true), (Some("0"), true)] {
            assert_eq!(why(continuous_integration, is_administrator), None);
        }
    }
}
