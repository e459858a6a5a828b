//! The binary itself.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::{
    eventually,
    process::{Installation, command},
    program,
};

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
}

#[test]
fn the_file_in_the_data_directory_of_the_command_line_counts() {
    let (here, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(data.path().join("hammock.toml"), "[server]\nlisten = \"here\"\n").unwrap();
    let mut command = Command::new(program());
    command.env_clear().current_dir(here.path()).arg("--data-dir").arg(data.path()).arg("migrate");
    let output = command.output().unwrap();
    assert!(!output.status.success() && texts(&output).1.contains("server.listen"), "{}", texts(&output).1);
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
fn who_comes_first_into_an_organisation_owns_it() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let create = ["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"];
    let with = |more: &[&'static str]| [create.as_slice(), more].concat();
    let said = refused(data, &with(&["--role", "administrator"]));
    assert!(said.contains("--role administrator") && said.contains("leave --role out"), "{said}");
    assert!(run(data, &with(&["--role", "owner"])).contains("owner of a new organisation"));
    let said = refused(data, &with(&["--role", "user", "--new-organisation", "Second"]));
    assert!(said.contains("an organisation is made"), "{said}");
    let listed = run(data, &["user", "list"]);
    assert_eq!(listed.matches("ada@example.org").count(), 1, "{listed}");
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
    let run = |arguments: &[&str]| run(data, arguments);
    assert!(run(&["migrate"]).contains("up to date"));
    let made = run(&["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"]);
    assert!(made.contains("owner") && made.contains("password: "), "{made}");
    assert!(run(&["key", "create", "--name", "program"]).starts_with("hk_"));
    let file = data.join("swallows.md");
    std::fs::write(&file, "# Swallows\n\nAn unladen swallow flies at eleven metres a second.\n").unwrap();
    let imported = run(&["import", file.to_str().unwrap(), "--collection", "Birds"]);
    assert!(imported.contains("1 document answers, 0 failed"), "{imported}");
    let found = run(&["search", "unladen swallow", "--mode", "keyword", "--collection", "Birds"]);
    assert!(found.contains("eleven metres"), "{found}");
    let by_words = hammock(data, &["search", "unladen swallow"]);
    let (found, said) = texts(&by_words);
    assert!(found.contains("eleven metres") && found.contains("(words ") && !found.contains("0.000"), "{found}");
    assert!(said.contains("search is by words alone") && said.contains("cargo xtask run"), "{said}");
    let without = command(data, &["search", "unladen swallow"]).env("HAMMOCK_EMBEDDING__MODEL_DIR", "off").output();
    let (found, said) = texts(&without.unwrap());
    assert!(found.contains("eleven metres") && !said.contains("embedding model"), "{found}{said}");
    let by_meaning = refused(data, &["search", "unladen swallow", "--mode", "vector"]);
    assert!(by_meaning.contains("search by meaning is not possible"), "{by_meaning}");
    assert!(by_meaning.contains("cargo xtask run") && by_meaning.contains("embedding.model_dir"), "{by_meaning}");
    let made_anew = run(&["reindex"]);
    assert!(made_anew.contains("documents were indexed anew"), "{made_anew}");
    assert!(made_anew.contains("no vectors were made") && made_anew.contains("when there is a model"), "{made_anew}");
    let found = run(&["search", "unladen swallow", "--mode", "keyword", "--json"]);
    assert!(serde_json::from_str::<serde_json::Value>(&found).unwrap()["hits"][0]["text"].is_string(), "{found}");
    let report = texts(&hammock(data, &["doctor", "--verify"])).0;
    assert!(report.contains("keyword index"), "{report}");
    let wrong = hammock(data, &["search", "x", "--organisation", "Nobody"]);
    assert!(texts(&wrong).1.contains("there is no organisation"), "{}", texts(&wrong).1);
}

/// Runs a command that must work; what it printed.
fn run(data: &Path, arguments: &[&str]) -> String {
    let output = hammock(data, arguments);
    let (out, problem) = texts(&output);
    assert!(output.status.success(), "{arguments:?}: {out}{problem}");
    out
}

/// Runs a command that must be refused; what it said.
fn refused(data: &Path, arguments: &[&str]) -> String {
    let output = hammock(data, arguments);
    let (out, problem) = texts(&output);
    assert!(!output.status.success(), "{arguments:?}: {out}{problem}");
    problem
}

fn with_input(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = command(data, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads its input");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn the_operator_looks_after_people() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    for (email, name) in [("ada@example.org", "Ada"), ("bo@example.org", "Bo")] {
        run(data, &["user", "create", "--email", email, "--first-name", name, "--last-name", "L"]);
    }
    let listed = run(data, &["user", "list"]);
    let row = listed.lines().find(|line| line.starts_with("ada@example.org")).unwrap_or_else(|| panic!("{listed}"));
    assert!(row.contains("Ada L") && row.contains("owner") && row.contains("never"), "{listed}");
    let roles = || {
        let json: serde_json::Value = serde_json::from_str(&run(data, &["user", "list", "--json"])).unwrap();
        let people = json["items"].as_array().unwrap().clone();
        people.into_iter().map(|person| format!("{} {}", person["email"], person["role"])).collect::<Vec<_>>()
    };
    assert_eq!(roles(), ["\"ada@example.org\" \"owner\"", "\"bo@example.org\" \"user\""]);

    let last = refused(data, &["user", "role", "ada@example.org", "user"]);
    assert!(last.contains("keeps one owner"), "{last}");
    assert!(run(data, &["user", "role", "BO@example.org", "owner"]).contains("bo@example.org is now: owner"));
    run(data, &["user", "role", "ada@example.org", "administrator"]);
    assert_eq!(roles(), ["\"ada@example.org\" \"administrator\"", "\"bo@example.org\" \"owner\""]);
    let nobody = refused(data, &["user", "role", "eve@example.org", "user"]);
    assert!(nobody.contains("nobody with the address eve@example.org"), "{nobody}");
    assert!(refused(data, &["user", "role", "bo@example.org", "king"]).contains("not a role"));

    let link = run(data, &["user", "reset-password", "bo@example.org"]);
    assert!(link.starts_with("http://127.0.0.1:3000/new-password?token=") && link.lines().count() == 1, "{link}");
    let arguments = ["user", "reset-password", "ada@example.org", "--password-stdin"];
    let set = with_input(data, &arguments, "brand new 2\n");
    assert!(set.status.success() && texts(&set).0.contains("was set"), "{}", texts(&set).1);
    let weak = with_input(data, &arguments, "short\n");
    assert!(!weak.status.success() && texts(&weak).1.contains("8 to 256 characters"), "{}", texts(&weak).1);
    assert!(refused(data, &["user", "reset-password", "eve@example.org"]).contains("nobody with the address"));
}

#[test]
fn the_operator_lists_and_revokes_keys() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    run(data, &["user", "create", "--email", "ada@example.org", "--first-name", "Ada", "--last-name", "L"]);
    let secret = run(data, &["key", "create", "--name", "program", "--role", "administrator"]);
    let keys = || -> serde_json::Value { serde_json::from_str(&run(data, &["key", "list", "--json"])).unwrap() };
    let all = keys();
    assert_eq!(
        (all["items"][0]["name"].as_str(), all["items"][0]["role"].as_str()),
        (Some("program"), Some("administrator"))
    );
    assert!(!all.to_string().contains(secret.trim()), "a secret is shown again");
    let id = all["items"][0]["id"].as_str().unwrap();
    let listed = run(data, &["key", "list"]);
    assert!(listed.contains(id) && listed.contains(&secret[..8]) && !listed.contains(secret.trim()), "{listed}");
    assert!(run(data, &["key", "revoke", id]).contains("was revoked"));
    assert_eq!(keys()["items"], serde_json::json!([]));
    for unknown in [id, "program"] {
        assert!(refused(data, &["key", "revoke", unknown]).contains("there is no key"), "{unknown}");
    }
}

#[test]
fn of_several_organisations_a_person_and_a_key_say_which() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    for (email, name) in [("ada@example.org", "First"), ("bo@example.org", "Second")] {
        let arguments =
            ["user", "create", "--email", email, "--first-name", "A", "--last-name", "B", "--new-organisation", name];
        run(data, &arguments);
    }
    let everybody = run(data, &["user", "list"]);
    for (email, organisation) in [("ada@example.org", "First ("), ("bo@example.org", "Second (")] {
        let row = everybody.lines().find(|line| line.starts_with(email)).unwrap_or_else(|| panic!("{everybody}"));
        assert!(row.contains(organisation), "{row}");
    }
    let first = run(data, &["user", "list", "--organisation", "First"]);
    assert!(first.contains("ada@example.org") && !first.contains("bo@example.org"), "{first}");

    assert!(run(data, &["user", "role", "BO@example.org", "owner"]).contains("bo@example.org is now: owner"));
    assert!(run(data, &["user", "reset-password", "bo@example.org"]).contains("/new-password?token="));
    let checked = ["user", "role", "bo@example.org", "owner", "--organisation"];
    assert!(run(data, &[&checked[..], &["Second"]].concat()).contains("is now: owner"));
    let elsewhere = refused(data, &[&checked[..], &["First"]].concat());
    assert!(elsewhere.contains("nobody with the address bo@example.org"), "{elsewhere}");

    // Nothing says for whom.
    assert!(refused(data, &["key", "create", "--name", "program"]).contains("there are several organisations"));
    run(data, &["key", "create", "--name", "program", "--email", "bo@example.org"]);
    assert!(run(data, &["key", "list"]).contains("Second ("));
    let json: serde_json::Value = serde_json::from_str(&run(data, &["key", "list", "--json"])).unwrap();
    let key = &json["items"][0];
    assert_eq!((key["name"].as_str(), key["organisation"]["name"].as_str()), (Some("program"), Some("Second")));
    let id = key["id"].as_str().unwrap();
    assert!(refused(data, &["key", "revoke", id, "--organisation", "First"]).contains("there is no key"));
    assert!(run(data, &["key", "revoke", id]).contains("was revoked"));
}

#[tokio::test]
async fn the_log_says_what_is_missing_and_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let site = ("HAMMOCK_SERVER__SITE_DIR", empty.path().to_str().unwrap().to_owned());
    let off = ("HAMMOCK_EMBEDDING__MODEL_DIR", "off".to_owned());
    for (settings, model) in [
        (vec![site.clone()], "there is no embedding model: set embedding.model_dir to the folder of a"),
        (vec![site, off], "embedding.model_dir is \"off\""),
    ] {
        let is_off = settings.len() > 1;
        let installation = Installation::new(settings);
        let mut server = installation.serve();
        server.ready().await;
        let log = eventually("the warning about the interface", async || {
            Some(server.log()).filter(|log| log.contains("the interface is not built: build it with"))
        })
        .await;
        // It comes before the other one.
        assert!(log.contains(model), "{log}");
        assert!(!is_off || !log.contains("there is no embedding model"), "{log}");
    }
}

#[test]
fn the_model_that_was_fetched_into_the_cache_is_found() {
    let data = tempfile::tempdir().unwrap();
    run(data.path(), &["migrate"]);
    let without = texts(&hammock(data.path(), &["doctor"])).0;
    assert!(without.contains("search is by words alone") && without.contains("cargo xtask run"), "{without}");
    let folder = data.path().join(".cache/hammock/models/all-MiniLM-L6-v2");
    std::fs::create_dir_all(&folder).unwrap();
    let output = command(data.path(), &["doctor"]).env("HOME", data.path()).output().unwrap();
    let (report, said) = texts(&output);
    assert!(report.contains(&format!("{} holds no config.json", folder.display())), "{report}{said}");

    let Some(model) = hammock_testkit::cache::model("the model in the cache") else { return };
    let cache = model.parent().and_then(Path::parent).unwrap();
    let output = command(data.path(), &["doctor"]).env("HAMMOCK_CACHE_DIR", cache).output().unwrap();
    let (report, said) = texts(&output);
    assert!(report.contains("fine  embedding model"), "{report}{said}");
}

#[test]
fn a_database_that_does_not_answer_is_named_without_its_password() {
    let data = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = command(data.path(), &["serve"])
        .env("HAMMOCK_SERVER__LISTEN", "127.0.0.1:0")
        .env("HAMMOCK_DATABASE__URL", format!("postgres://ada:geheim@127.0.0.1:{port}/atlas"))
        .env("HAMMOCK_DATABASE__CONNECT_TIMEOUT", "1")
        .output()
        .unwrap();
    let (_, said) = texts(&output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains(&format!("Waiting for the database at 127.0.0.1:{port}")), "{said}");
    assert!(said.contains(&format!("no PostgreSQL answers at 127.0.0.1:{port}")), "{said}");
    assert!(said.contains("database.url") && !said.contains("geheim"), "{said}");
}

/// What the server at an address answers.
fn ask(address: &str, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The same database as a later version would leave it: with a migration that this one does not know.
fn of_a_newer_version(mut database: Vec<u8>) -> Vec<u8> {
    let (known, unknown) = (b"m20261127_000003", b"m20991127_000003");
    let places: Vec<usize> = (0..database.len()).filter(|at| database[*at..].starts_with(known)).collect();
    assert!(!places.is_empty(), "the migration is noted in the file");
    for at in places {
        database[at..at + unknown.len()].copy_from_slice(unknown);
    }
    database
}

#[test]
fn a_database_that_is_newer_or_damaged_is_told_with_what_to_do() {
    let letter = |_: Vec<u8>| b"This is a letter and no database.\n".repeat(200);
    type Change = fn(Vec<u8>) -> Vec<u8>;
    let changes: [(Change, &str, &str); 2] = [
        (of_a_newer_version, "made by a newer Hammock: it has the migration m20991127", "install the newer version"),
        (letter, "is not an SQLite database or is damaged", "backup"),
    ];
    for (change, found, advice) in changes {
        let data = tempfile::tempdir().unwrap();
        run(data.path(), &["migrate"]);
        let file = data.path().join("data/hammock.db");
        std::fs::write(&file, change(std::fs::read(&file).unwrap())).unwrap();
        for name in ["serve", "migrate"] {
            let output = command(data.path(), &[name]).env("HAMMOCK_SERVER__LISTEN", "127.0.0.1:0").output().unwrap();
            let (_, said) = texts(&output);
            assert!(!output.status.success() && said.contains("data.dir"), "{name}: {said}");
            assert!(said.contains(found) && said.contains(advice), "{name}: {said}");
        }
        let output = hammock(data.path(), &["doctor"]);
        let (report, said) = texts(&output);
        assert!(!output.status.success() && !said.contains("hammock: "), "{report}{said}");
        assert!(report.contains("PROBLEM  database: ") && report.contains(found), "{report}");
        assert!(report.lines().any(|line| line.contains("→") && line.contains(advice)), "{report}");
    }
}

#[test]
fn where_the_log_is_for_machines_that_it_is_ready_is_an_event_of_the_log() {
    let data = tempfile::tempdir().unwrap();
    let mut child = command(data.path(), &["serve"])
        .env("HAMMOCK_SERVER__LISTEN", "127.0.0.1:0")
        .env("HAMMOCK_LOG__FORMAT", "json")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut events = BufReader::new(child.stderr.take().unwrap()).lines().map(|line| {
        let line = line.unwrap();
        serde_json::from_str::<serde_json::Value>(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    });
    let ready = events.find(|event| event["message"] == "ready").expect("it says that it is ready");
    let address = ready["address"].as_str().and_then(|address| address.strip_prefix("http://"));
    assert!(ask(address.unwrap_or_else(|| panic!("{ready}")), "/readyz").starts_with("HTTP/1.1 200"));
    let asked = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success() && events.any(|event| event["message"] == "stopped"));
    assert_eq!(texts(&child.wait_with_output().unwrap()).0, "", "nothing else is printed");
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
    assert!(ask(&address, "/readyz").starts_with("HTTP/1.1 200"));
    assert!(ask(&address, "/metrics").contains("hammock_http_requests_total"));
    let second = command(data.path(), &["serve"]).env("HAMMOCK_SERVER__LISTEN", &address).output().unwrap();
    assert!(texts(&second).1.contains("is Hammock running already?"), "{}", texts(&second).1);
    let asked = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success(), "stopping in order is a success");
    let mut log = String::new();
    child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("stopped"), "{log}");
}
