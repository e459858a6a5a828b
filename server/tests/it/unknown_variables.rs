//! Environment variables that look like Hammock's.

use crate::support::process::command;

#[test]
fn one_that_is_none_stops_the_start_and_says_what_was_meant() {
    let data = tempfile::tempdir().unwrap();
    for (unknown, meant) in [
        ("HAMMOCK_SERVER__LISTN", "did you mean HAMMOCK_SERVER__LISTEN?"),
        ("HAMMOCK_REGISTRATION_POLICY", "two underscores go before a field: HAMMOCK_REGISTRATION__POLICY"),
        ("HAMMOCK_FOO", "`hammock config-reference` prints all fields"),
    ] {
        for name in ["serve", "migrate"] {
            let output = command(data.path(), &[name]).env(unknown, "127.0.0.1:1").output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!output.status.success(), "{name}: {said}");
            assert!(
                said.contains(&format!("there is no variable {unknown}")) && said.contains(meant),
                "{name}: {said}"
            );
        }
    }
}

#[test]
fn those_of_the_tools_around_it_are_let_be() {
    let data = tempfile::tempdir().unwrap();
    let set = ["HAMMOCK_BINARY", "HAMMOCK_BROWSER", "HAMMOCK_KEY", "HAMMOCK_SHARED_DATA", "HAMMOCK_TEST_PORT"];
    let output = command(data.path(), &["migrate"]).envs(set.map(|name| (name, "1"))).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(unix)]
#[test]
fn one_whose_value_is_no_text_stops_the_start_and_is_named() {
    use std::os::unix::ffi::OsStrExt as _;

    let data = tempfile::tempdir().unwrap();
    let value = std::ffi::OsStr::from_bytes(b"caf\xe9");
    for name in ["serve", "migrate"] {
        let output = command(data.path(), &[name]).env("HAMMOCK_SERVER__NAME", value).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("server.name must be text in UTF-8"), "{name}: {said}");
    }
}
