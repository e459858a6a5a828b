//! `hammock doctor` says what is missing, and `hammock reindex` makes it.

use std::path::Path;

use serde_json::Value;

use crate::{support::process::Installation, tls::certificate};

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
fn a_certificate_that_cannot_be_served_is_a_problem_and_one_that_ends_soon_is_noticed() {
    let (folder, elsewhere) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (Some(pair), Some(other)) = (certificate(folder.path(), 1), certificate(elsewhere.path(), 2)) else { return };
    let path = |name: &str| folder.path().join(name).to_str().expect("a path of letters").to_owned();
    let installation = |certificate: &Path, key: &Path| {
        let text = |path: &Path| path.to_str().expect("a path of letters").to_owned();
        Installation::new([
            ("HAMMOCK_SERVER__TLS_CERTIFICATE", text(certificate)),
            ("HAMMOCK_SERVER__TLS_KEY", text(key)),
        ])
    };
    let good = installation(&pair.certificate, &pair.key);
    good.operator(&["migrate"]);
    let (severity, said) = found(&doctor(&good, None).1, "certificate");
    assert!(severity == "notice" && said.starts_with("ends on 20"), "{severity}: {said}");

    // One that nothing needs, behind it.
    let both = [&pair.certificate, &other.certificate].map(|path| std::fs::read(path).expect("a certificate is read"));
    std::fs::write(path("both.pem"), both.concat()).expect("a file is written");
    let long = installation(Path::new(&path("both.pem")), &pair.key);
    long.operator(&["migrate"]);
    let (_, findings) = doctor(&long, None);
    let all: Vec<_> = findings.iter().filter(|finding| finding["subject"] == "certificate").collect();
    let said = all.last().and_then(|finding| finding["found"].as_str()).expect("a text");
    assert!(all.len() == 2 && said.starts_with("1 certificate in ") && said.contains("both.pem"), "{all:?}");

    let protected = path("protected.pem");
    let made = std::process::Command::new("openssl")
        .args(["pkey", "-in", &path("key.pem"), "-aes256", "-passout", "pass:secret", "-out", &protected])
        .status();
    assert!(made.is_ok_and(|status| status.success()), "openssl protects a key");
    std::fs::write(path("letter.txt"), "Dear Ada,").expect("a file is written");
    let (letter, missing) = (path("letter.txt"), path("missing.pem"));
    for (certificate, key, told) in [
        (&*pair.certificate, &*other.key, "is not the key of the first certificate"),
        (&*pair.certificate, Path::new(&protected), "is protected by a password"),
        (&*pair.certificate, Path::new(&missing), "server.tls_key: there is no file"),
        (&*pair.certificate, &*pair.certificate, "holds no private key"),
        (Path::new(&letter), &*pair.key, "letter.txt is not PEM"),
        (&*pair.key, &*pair.key, "holds no certificate"),
    ] {
        let bad = installation(certificate, key);
        bad.operator(&["migrate"]);
        let (code, findings) = doctor(&bad, None);
        let (severity, said) = found(&findings, "certificate");
        assert_eq!((code, severity.as_str()), (Some(1), "problem"), "{said}");
        assert!(said.contains(told), "{said}");
        // The server says the same, and does not start.
        let output = bad.command(&["serve"]).env("HAMMOCK_SERVER__LISTEN", "127.0.0.1:0").output();
        let output = output.expect("the program starts");
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && log.contains(told), "{log}");
    }
}

#[test]
fn an_index_that_is_damaged_is_a_problem_and_reindex_makes_it_anew() {
    let installation = Installation::new([]);
    installation.owner_key();
    let file = installation.folder().join("swallows.md");
    std::fs::write(&file, "# Swallows\n\nAn unladen swallow flies at eleven metres a second.\n")
        .expect("a file is written");
    installation.operator(&["import", file.to_str().expect("a path of letters"), "--collection", "Birds"]);
    std::fs::write(installation.folder().join("data/index/text-v1/meta.json"), "{").expect("a file is written");

    let (code, findings) = doctor(&installation, None);
    let (severity, said) = found(&findings, "search indexes");
    assert_eq!((code, severity.as_str()), (Some(1), "problem"), "{said}");
    assert!(said.contains("cannot be opened") && said.contains("hammock reindex"), "{said}");
    let output = installation.command(&["search", "swallow"]).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("hammock reindex"), "{said}");

    let made = installation.operator(&["reindex"]);
    assert!(made.contains("indexed anew from the database"), "{made}");
    let (severity, said) = found(&doctor(&installation, None).1, "keyword index");
    assert_eq!(severity, "fine", "{said}");
    let hits = installation.operator(&["search", "unladen swallow", "--mode", "keyword", "--collection", "Birds"]);
    assert!(hits.contains("eleven metres"), "{hits}");
}

#[test]
fn what_keeps_an_installation_from_being_opened_is_a_finding() {
    let installation = Installation::new([]);
    installation.operator(&["migrate"]);
    let missing = installation.folder().join("nowhere").display().to_string();
    let mut command = installation.command(&["doctor", "--json"]);
    let output = command.env("HAMMOCK_EMBEDDING__MODEL_DIR", &missing).output().expect("the program starts");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let findings = report["findings"].as_array().expect("a list of findings");
    let (severity, said) = found(findings, "installation");
    assert_eq!((output.status.code(), severity.as_str()), (Some(1), "problem"), "{said}");
    assert!(said.contains("embedding.model_dir") && said.contains(&missing), "{said}");
}

#[test]
fn the_free_space_is_told() {
    let installation = Installation::new([]);
    installation.operator(&["migrate"]);
    let (severity, said) = found(&doctor(&installation, None).1, "free space");
    assert!(severity != "problem" && said.contains("are free for"), "{severity}: {said}");
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
