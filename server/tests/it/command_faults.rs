//! What is wrong with a command line is said by the name of what is wrong, and leaves nothing behind.

use std::process::Command;

use crate::support::{process::Installation, program};

/// Runs a command that must be refused; its exit code and what it said.
fn refused(installation: &Installation, arguments: &[&str]) -> (Option<i32>, String) {
    let output = installation.command(arguments).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?}: {}{said}", String::from_utf8_lossy(&output.stdout));
    (output.status.code(), said)
}

#[test]
fn a_directory_that_was_mistyped_does_not_become_an_installation() {
    let installation = Installation::new([]);
    let data = installation.folder().join("data");
    let commands: [&[&str]; 9] = [
        &["user", "list"],
        &["user", "role", "ada@example.org", "owner"],
        &["key", "list"],
        &["key", "create", "--name", "program"],
        &["search", "swallows"],
        &["import", "swallows.md"],
        &["crawl", "https://example.org/"],
        &["eval", "collection", "Birds"],
        &["reindex"],
    ];
    for arguments in commands {
        let (_, said) = refused(&installation, arguments);
        assert!(said.contains("there is no installation"), "{arguments:?}: {said}");
        assert!(said.contains(&data.display().to_string()) && said.contains("--data-dir"), "{arguments:?}: {said}");
        assert!(!data.exists(), "{arguments:?} made it");
    }
    // A folder of something else is no installation either, and stays as it is.
    std::fs::create_dir(&data).expect("a folder is made");
    let (_, said) = refused(&installation, &["user", "list"]);
    assert!(said.contains(&format!("there is no database in {}", data.display())), "{said}");
    assert_eq!(std::fs::read_dir(&data).expect("it is there").count(), 0);

    installation.operator(&["migrate"]);
    let (_, said) = refused(&installation, &["user", "list"]);
    assert!(said.contains(&format!("there is no organisation yet in {}", data.display())), "{said}");
}

#[test]
fn a_data_directory_may_be_relative_and_have_any_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["my data", "a: b", "100% #1?", "dáta"] {
        let run = |arguments: &[&str]| {
            let mut command = Command::new(program());
            command.env_clear().current_dir(folder.path()).args(["--data-dir", name]).args(arguments);
            let output = command.output().expect("the program starts");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}: {said}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        run(&["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"]);
        assert!(folder.path().join(name).join("hammock.db").is_file(), "{name}");
        assert!(run(&["user", "list"]).contains("ada@example.org"), "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 4, "nothing lies beside them");
}

#[test]
fn a_collection_that_is_read_only_is_said_to_be_so_before_a_file_is_read() {
    let installation = Installation::new([]);
    installation.owner_key();
    let file = installation.folder().join("lamp.html");
    std::fs::write(&file, "<p>A lamp gives light.</p>").expect("a file is written");
    let file = file.to_str().expect("a path of letters");
    for arguments in [["import", file], ["crawl", "http://127.0.0.1:9/"]] {
        let (_, said) = refused(&installation, &[&arguments[..], &["--collection", "Hammock handbook"]].concat());
        assert!(said.contains("\"Hammock handbook\"") && said.contains("read_only"), "{said}");
        assert!(said.contains("--collection") && !said.contains("lamp.html"), "{said}");
    }
}

#[test]
fn a_name_that_is_missing_or_too_long_is_told_with_its_option() {
    let installation = Installation::new([]);
    let long = "x".repeat(81);
    let person = |first: &'static str, last: &'static str| {
        ["user", "create", "--email", "ada@example.org", "--first-name", first, "--last-name", last]
    };
    let commands: [(&[&str], &str, &str); 7] = [
        (&person("", "L"), "--first-name", "must not be empty"),
        (&person("Ada", " "), "--last-name", "must not be empty"),
        (&["key", "create", "--name", ""], "--name", "must not be empty"),
        (&["search", "x", "--collection", ""], "--collection", "must not be empty"),
        (&["import", "x.md", "--collection", ""], "--collection", "must not be empty"),
        (&["crawl", "https://example.org/", "--collection", &long], "--collection", "1 to 80 characters"),
        (&["eval", "collection", "Birds", "--fail-below-ndcg", "1.5"], "--fail-below-ndcg", "from 0 to 1"),
    ];
    for (arguments, option, fault) in commands {
        let (code, said) = refused(&installation, arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(option) && said.contains(fault), "{arguments:?}: {said}");
    }
    assert!(!installation.folder().join("data").exists());
}

#[test]
fn without_a_command_the_help_is_shown_and_nothing_hidden() {
    let installation = Installation::new([]);
    let (code, said) = refused(&installation, &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("Usage: hammock") && said.contains("doctor"), "{said}");
    assert!(!said.contains("parse-child") && !said.contains("fill"), "{said}");
    // Of a group of commands, its own are listed.
    let (_, said) = refused(&installation, &["user"]);
    assert!(said.contains("reset-password"), "{said}");
}

#[test]
fn a_dataset_has_the_name_of_its_folder_by_whatever_path_it_is_named() {
    let installation = Installation::new([]);
    let folder = installation.folder().join("birds");
    std::fs::create_dir_all(folder.join("qrels")).expect("a folder is made");
    for (name, text) in [
        ("corpus.jsonl", "{\"_id\": \"d1\", \"title\": \"\", \"text\": \"Swallows fly far.\"}\n"),
        ("queries.jsonl", "{\"_id\": \"q1\", \"text\": \"swallows\"}\n"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\n"),
    ] {
        std::fs::write(folder.join(name), text).expect("a file is written");
    }
    for dataset in [".", "../birds", "../birds/"] {
        let mut command =
            installation.command(&["eval", "retrieval", "--dataset", dataset, "--keyword-only", "--json"]);
        let output = command.current_dir(&folder).output().expect("the program starts");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!((&report["dataset"], &report["queries"]), (&"birds".into(), &1.into()), "{dataset}: {report}");
        assert_eq!(report["modes"]["keyword"]["ndcg@10"], 1.0, "{report}");
    }
}

#[test]
fn a_folder_of_another_layout_is_told_what_it_must_hold() {
    let installation = Installation::new([]);
    let folder = installation.folder().join("dataset");
    std::fs::create_dir(&folder).expect("a folder is made");
    std::fs::write(folder.join("corpus.jsonl"), "").expect("a file is written");
    let folder = folder.to_str().expect("a path of letters");
    let (_, said) = refused(&installation, &["eval", "retrieval", "--dataset", folder]);
    assert!(said.contains("it holds no queries.jsonl, qrels/test.tsv;"), "{said}");
    assert!(said.contains("it must hold corpus.jsonl") && said.contains(folder), "{said}");
}
