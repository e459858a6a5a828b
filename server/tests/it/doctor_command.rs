//! `hammock doctor` says what is missing, and `hammock reindex` makes it.

use std::path::Path;

use serde_json::Value;

use crate::support::process::Installation;

/// A report: the exit code and the findings.
fn doctor(installation: &Installation, cache: Option<&Path>) -> (Option<i32>, Vec<Value>) {
    let mut command = installation.command(&["doctor", "--verify", "--json"]);
    command.envs(cache.map(|folder| ("HAMMOCK_CACHE_DIR", folder)));
    let output = command.output().expect("the program starts");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report["findings"].as_array().expect("a list of findings").clone())
}

/// How bad a finding is, and what was found.
fn found(findings: &[Value], subject: &str) -> (String, String) {
    let finding = findings.iter().find(|finding| finding["subject"] == subject);
    let finding = finding.unwrap_or_else(|| panic!("nothing about {subject}: {findings:?}"));
    let text = |field: &str| finding[field].as_str().expect("a text").to_owned();
    (text("severity"), text("found"))
}

#[test]
fn where_there_is_nothing_nothing_is_made() {
    let installation = Installation::new([]);
    let data = installation.folder().join("data");
    let (code, findings) = doctor(&installation, None);
    assert_eq!((code, findings.len()), (Some(1), 1), "{findings:?}");
    let said = format!("there is nothing at {}", data.display());
    assert_eq!(found(&findings, "data directory"), ("problem".to_owned(), said));
    let output = installation.command(&["doctor"]).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("PROBLEM") && said.contains("`hammock serve`") && said.contains("data.dir"), "{said}");
    assert!(!data.exists());
}

#[test]
fn a_mail_server_that_does_not_answer_is_a_problem() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback can be bound");
        listener.local_addr().expect("a listener has an address")
    };
    let installation = Installation::new([("HAMMOCK_SMTP__URL", format!("smtp://ada:geheim@{closed}"))]);
    installation.operator(&["migrate"]);
    let (code, findings) = doctor(&installation, None);
    let (severity, said) = found(&findings, "mail");
    assert_eq!((code, severity.as_str()), (Some(1), "problem"), "{said}");
    assert!(said.contains(&format!("the mail server {closed} cannot be used")) && !said.contains("geheim"), "{said}");
}

#[test]
fn vectors_that_are_missing_are_noticed_and_reindex_makes_them() {
    let Some(model) = hammock_testkit::cache::model("the vectors of `hammock reindex`") else { return };
    let cache = model.parent().and_then(Path::parent).expect("the model lies in the cache");
    let installation = Installation::new([]);
    installation.operator(&["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"]);
    let file = installation.folder().join("swallows.md");
    std::fs::write(&file, "# Swallows\n\nAn unladen swallow flies at eleven metres a second.\n")
        .expect("a file is written");
    installation.operator(&["import", file.to_str().expect("a path of letters"), "--collection", "Birds"]);

    let (severity, said) = found(&doctor(&installation, Some(cache)).1, "vector index");
    assert_eq!(severity, "notice", "{said}");
    assert!(said.contains("have no vector yet"), "{said}");

    let with_model = |arguments: &[&str]| {
        let output = installation.command(arguments).env("HAMMOCK_CACHE_DIR", cache).output().expect("it starts");
        let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?}: {out}{said}");
        (out.into_owned(), said.into_owned())
    };
    let (out, progress) = with_model(&["reindex"]);
    assert!(out.contains("documents were indexed anew") && out.contains("vectors were made"), "{out}");
    assert!(!out.contains("\n0 vectors") && progress.contains(" vectors"), "{out}{progress}");
    let (hits, _) = with_model(&["search", "how fast are birds?", "--mode", "vector", "--collection", "Birds"]);
    assert!(hits.contains("eleven metres"), "{hits}");
    let (severity, said) = found(&doctor(&installation, Some(cache)).1, "vector index");
    assert_eq!(severity, "fine", "{said}");
    assert!(said.contains("equal to the database") && !said.contains(" 0 chunks"), "{said}");
}
