//! What commands print is read to its end, or not.

use std::process::{Command, Output, Stdio};

use crate::support::process::Installation;

const PRINTING: [&[&str]; 4] = [&["config-reference"], &["migrate"], &["user", "list"], &["doctor"]];

/// Runs a command to its end; nobody reads what it prints.
fn unread(mut command: Command) -> Output {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    child.wait_with_output().expect("the program ends")
}

#[test]
fn a_reader_who_has_enough_is_no_failure() {
    let installation = Installation::new([]);
    installation.owner_key();
    for arguments in PRINTING {
        let whole = installation.command(arguments).output().expect("the program starts").status;
        let output = unread(installation.command(arguments));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), whole.code(), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_written_are_a_failure() {
    let installation = Installation::new([]);
    installation.owner_key();
    for arguments in PRINTING {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let output = installation.command(arguments).stdout(full).output().expect("the program starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("the results could not be written") && !said.contains("panicked"), "{said}");
    }
}
