//! What commands print is read to its end, or not.

use std::{
    io::{Read as _, Write as _},
    process::{Command, Output, Stdio},
};

use crate::support::{eventually, process::Installation};

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

#[tokio::test]
async fn a_request_is_found_in_the_log_by_the_id_in_its_answer() {
    let installation = Installation::new([]);
    let mut server = installation.serve();
    let url = server.ready().await;
    let address = url.split("://").nth(1).expect("a scheme and an address");
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    let request = format!("GET /api/v1/instance HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).expect("an id").trim().to_owned();
    let line = eventually("the line of the request", async || {
        server.log().lines().find(|line| line.contains(&id)).map(str::to_owned)
    })
    .await;
    assert!(line.contains("path=\"/api/v1/instance\"") || line.contains("path=/api/v1/instance"), "{line}");
    assert!(line.contains("method=GET") && line.contains("status=200"), "{line}");
}
