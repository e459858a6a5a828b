//! The binary itself.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::process::command;

fn hammock(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn bad_configuration_stops_the_start_and_says_what_it_should_be() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("hammock.toml"), "[server]\nlisten = \"here\"\n").unwrap();
    let (_, problem) = texts(&hammock(data.path(), &["serve"]));
    assert!(problem.contains("server.listen") && problem.contains("127.0.0.1:3000"), "{problem}");

    std::fs::remove_file(data.path().join("hammock.toml")).unwrap();
    let output = command(data.path(), &["serve"]).env("HAMMOCK_REGISTRATION__POLICY", "closed").output().unwrap();
    let (_, problem) = texts(&output);
    assert!(!output.status.success());
    assert!(problem.contains("registration.policy") && problem.contains("invited"), "{problem}");

    let output = command(data.path(), &["serve"]).env("HAMMOCK_SERVER__LISTN", "127.0.0.1:1").output().unwrap();
    assert!(texts(&output).1.contains("listn"), "{}", texts(&output).1);
}

#[test]
fn the_operator_adds_organisations_where_people_come_by_invitation() {
    let data = tempfile::tempdir().unwrap();
    for (email, name) in [("ada@example.org", "First"), ("bo@example.org", "Second")] {
        let arguments =
            ["user", "create", "--email", email, "--first-name", "A", "--last-name", "B", "--new-organisation", name];
        let output = command(data.path(), &arguments).env("HAMMOCK_REGISTRATION__POLICY", "invited").output().unwrap();
        let (out, problem) = texts(&output);
        assert!(output.status.success() && out.contains("owner of a new organisation"), "{out}{problem}");
    }
}

#[test]
fn a_value_of_digits_is_a_text_where_a_text_is_wanted() {
    let data = tempfile::tempdir().unwrap();
    let output = command(data.path(), &["migrate"]).env("HAMMOCK_METRICS__TOKEN", "123456").output().unwrap();
    assert!(output.status.success(), "{}", texts(&output).1);
}

#[test]
fn the_operator_sets_up_and_asks_without_a_browser() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let run = |arguments: &[&str]| {
        let output = hammock(data, arguments);
        let (out, problem) = texts(&output);
        assert!(output.status.success(), "{arguments:?}: {out}{problem}");
        out
    };
    assert!(run(&["migrate"]).contains("up to date"));
    let made = run(&["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"]);
    assert!(made.contains("owner") && made.contains("password: "), "{made}");
    assert!(run(&["key", "create", "--name", "program"]).starts_with("hk_"));
    let file = data.join("swallows.md");
    std::fs::write(&file, "# Swallows\n\nAn unladen swallow flies at eleven metres a second.\n").unwrap();
    let imported = run(&["import", file.to_str().unwrap(), "--collection", "Birds"]);
    assert!(imported.contains("1 documents answer"), "{imported}");
    let found = run(&["search", "unladen swallow", "--mode", "keyword", "--collection", "Birds"]);
    assert!(found.contains("eleven metres"), "{found}");
    run(&["reindex"]);
    let found = run(&["search", "unladen swallow", "--mode", "keyword", "--json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&found).unwrap()["hits"][0]["text"].is_string(), "{found}");
    let report = texts(&hammock(data, &["doctor", "--verify"])).0;
    assert!(report.contains("keyword index"), "{report}");
    let wrong = hammock(data, &["search", "x", "--organisation", "Nobody"]);
    assert!(texts(&wrong).1.contains("there is no organisation"), "{}", texts(&wrong).1);
}

#[test]
fn the_server_says_when_it_is_ready_and_stops_when_asked() {
    let data = tempfile::tempdir().unwrap();
    let mut child = command(data.path(), &["serve"])
        .env("HAMMOCK_SERVER__LISTEN", "127.0.0.1:0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.strip_prefix("Hammock is ready on http://").unwrap_or_else(|| panic!("{first}")).to_owned();
    let ask = |path: &str| {
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        std::io::Write::write_all(
            &mut stream,
            format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes(),
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("/readyz").starts_with("HTTP/1.1 200"));
    assert!(ask("/metrics").contains("hammock_http_requests_total"));
    let second = command(data.path(), &["serve"]).env("HAMMOCK_SERVER__LISTEN", &address).output().unwrap();
    assert!(texts(&second).1.contains("is Hammock running already?"), "{}", texts(&second).1);
    let asked = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success(), "stopping in order is a success");
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("stopped"), "{log}");
}
