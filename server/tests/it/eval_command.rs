//! `hammock eval collection`: the questions of a collection are asked, by the server where one works and by the command else.

use std::{net::TcpListener, process::Output};

use hammock_testkit::provider::Provider;
use http::Method;
use serde_json::{Value, json};

use crate::support::{
    process::{Installation, Process},
    remote::Remote,
};

const HOURS: (&str, &str) =
    ("hours.md", "# Opening hours\n\nThe museum opens at nine and closes at five. Dogs stay outside.\n");
const PRICES: (&str, &str) = ("prices.md", "# Prices\n\nA ticket costs ten crowns. Children enter for free.\n");
const DOGS: &str = "Where do dogs stay?";

/// Reads files into the collection *Museum*.
fn import(installation: &Installation, files: &[(&str, &str)], more: &[&str]) {
    let mut command = installation.command(&[&["import", "--collection", "Museum"][..], more].concat());
    for (name, text) in files {
        let path = installation.folder().join(name);
        std::fs::write(&path, text).expect("a file is written");
        command.arg(path);
    }
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn evaluate(installation: &Installation, arguments: &[&str]) -> Output {
    installation.command(&[&["eval", "collection"][..], arguments].concat()).output().expect("the program starts")
}

/// A run that must work; what it printed.
fn measured(installation: &Installation, arguments: &[&str]) -> Value {
    let output = evaluate(installation, &[arguments, &["--json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// A run that must be refused; why.
fn refused(installation: &Installation, arguments: &[&str]) -> String {
    let output = evaluate(installation, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    assert!(output.stdout.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    said
}

async fn items(remote: &Remote, path: &str) -> Vec<Value> {
    let listed = remote.get(path).await.expect("the server went down").body;
    listed["items"].as_array().unwrap_or_else(|| panic!("{path}: {listed}")).clone()
}

/// The id of the one that has this value in a field.
fn id_of(listed: &[Value], field: &str, value: &str) -> String {
    let found = listed.iter().find(|one| one[field] == value).unwrap_or_else(|| panic!("no {value}: {listed:?}"));
    found["id"].as_str().expect("an id").to_owned()
}

/// The collection *Museum*, which gets these questions with the file that each expects; its id.
async fn museum(remote: &Remote, questions: &[(&str, &str)]) -> String {
    let collection = id_of(&items(remote, "/api/v1/collections").await, "name", "Museum");
    for (question, location) in questions {
        let new = json!({ "question": question, "expected": [{ "location": location }] });
        remote.make(&format!("/api/v1/collections/{collection}/evaluation/questions"), &new).await;
    }
    collection
}

/// Deletes a document of a collection.
async fn delete(remote: &Remote, collection: &str, location: &str) {
    let documents = items(remote, &format!("/api/v1/documents?collection={collection}")).await;
    let path = format!("/api/v1/documents/{}", id_of(&documents, "location", location));
    let deleted = remote.send(Method::DELETE, &path, None).await.expect("the server went down");
    assert_eq!(deleted.status, 204, "{deleted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_runs_of_the_command_and_of_the_page_are_the_same() {
    let installation = Installation::new([]);
    let key = installation.owner_key();
    import(&installation, &[HOURS, PRICES], &[]);
    let said = refused(&installation, &["Museum"]);
    assert!(said.contains("has no questions") && said.contains("(no_questions)"), "{said}");

    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let collection = museum(&remote, &[(DOGS, HOURS.0), ("What does a ticket cost?", PRICES.0)]).await;
    // The server works, and does it.
    let first = measured(&installation, &["museum", "--fail-below-ndcg", "1", "--fail-on-worse"]);
    assert_eq!((&first["run"]["state"], &first["run"]["questions"]), (&json!("complete"), &json!(2)), "{first}");
    assert_eq!((&first["before"], &first["worse"]), (&Value::Null, &json!([])));
    let figures = &first["run"]["figures"][0];
    assert_eq!((&figures["ndcg10"], &figures["recall100"]), (&json!(1.0), &json!(1.0)), "{first}");
    let runs = format!("/api/v1/collections/{collection}/evaluation/runs");
    assert_eq!(items(&remote, &runs).await, std::slice::from_ref(&first["run"]));
    delete(&remote, &collection, HOURS.0).await;
    server.signal("TERM");
    server.ended().await;

    // Nobody works, so what a person begins waits for the command, which does that first and then its own.
    let mut web = Process::start(installation.command(&["serve", "--role", "web"]));
    let remote = Remote::new(&web.ready().await, &key);
    let begun = remote.make(&runs, &json!({})).await;
    let output = evaluate(&installation, &[collection.as_str(), "--fail-below-ndcg", "0.5", "--fail-on-worse"]);
    let (told, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}{said}");
    assert!(said.contains("comes to its end first"), "{told}{said}");
    assert!(told.starts_with("Museum, 2 questions, run evr_") && !told.contains(&begun), "{told}{said}");
    assert!(told.contains("nDCG@10 0.5000 after 0.5000 (+0.0000)"), "{told}{said}");
    assert!(told.contains("0 questions got worse"), "{told}{said}");
    let listed = items(&remote, &runs).await;
    let states: Vec<&Value> = listed.iter().map(|run| &run["state"]).collect();
    assert_eq!(states, ["complete", "complete", "complete"]);
    let report = remote.get(&format!("{runs}/{begun}")).await.expect("the server went down").body;
    assert_eq!((&report["before"]["id"], &report["worse"][0]["question"]), (&first["run"]["id"], &json!(DOGS)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pipeline_fails_where_search_got_worse() {
    let installation = Installation::new([]);
    let key = installation.owner_key();
    import(&installation, &[HOURS, PRICES], &[]);
    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    let collection = museum(&remote, &[(DOGS, HOURS.0)]).await;
    measured(&installation, &["Museum"]);
    delete(&remote, &collection, HOURS.0).await;
    let output = evaluate(&installation, &["Museum", "--fail-below-ndcg", "0.5", "--fail-on-worse"]);
    let (told, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{told}{said}");
    assert!(told.contains("nDCG@10 0.0000 after 1.0000 (-1.0000)"), "{told}");
    assert!(told.contains("1 question got worse") && told.contains(DOGS), "{told}");
    assert!(said.contains("hammock: nDCG@10 is 0.0000 and must not be lower than 0.5"), "{said}");
    assert!(said.contains("hammock: 1 question got worse"), "{said}");

    delete(&remote, &collection, PRICES.0).await;
    let said = refused(&installation, &["Museum"]);
    assert!(said.contains("nothing to search yet") && said.contains("(not_indexed)"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passages_get_their_vectors_before_they_are_measured() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be bound");
        listener.local_addr().expect("a listener has an address").port()
    };
    let mut installation = Installation::new([
        ("HAMMOCK_EMBEDDING__ENDPOINT__URL", format!("http://127.0.0.1:{closed}/v1")),
        ("HAMMOCK_EMBEDDING__ENDPOINT__MODEL", "embed-a".to_owned()),
    ]);
    let key = installation.owner_key();
    import(&installation, &[HOURS], &[]);
    let mut server = installation.serve();
    let remote = Remote::new(&server.ready().await, &key);
    museum(&remote, &[(DOGS, HOURS.0)]).await;
    server.signal("TERM");
    server.ended().await;

    let said = refused(&installation, &["Museum"]);
    assert!(said.contains("cannot be searched by meaning yet") && said.contains("(not_indexed)"), "{said}");
    let provider = Provider::start(Vec::new()).await.expect("a provider starts");
    installation.set([("HAMMOCK_EMBEDDING__ENDPOINT__URL", provider.url())]);
    let report = measured(&installation, &["Museum"]);
    let figures = report["run"]["figures"].as_array().unwrap_or_else(|| panic!("{report}"));
    let modes: Vec<&Value> = figures.iter().map(|one| &one["mode"]).collect();
    assert_eq!(modes, ["hybrid", "keyword", "vector"], "{report}");
    assert_eq!(report["before"], Value::Null, "what was refused began no run: {report}");
}

#[test]
fn a_collection_that_is_unknown_or_not_the_only_one_is_refused() {
    let installation = Installation::new([]);
    for (email, name) in [("ada@example.org", "First"), ("bo@example.org", "Second")] {
        let new =
            ["user", "create", "--email", email, "--first-name", "A", "--last-name", "B", "--new-organisation", name];
        installation.operator(&new);
        import(&installation, &[HOURS], &["--organisation", name]);
    }
    for unknown in ["Zoo", "coll_0"] {
        let said = refused(&installation, &[unknown]);
        assert!(said.contains(&format!("there is no collection {unknown:?} (not_found)")), "{said}");
    }
    let said = refused(&installation, &["Museum"]);
    assert!(said.contains("(ambiguous)") && said.contains("--organisation"), "{said}");
    let mut ids = said.split_whitespace().filter(|word| word.starts_with("coll_"));
    let (first, second) = (ids.next().expect("an id"), ids.next().expect("another id"));
    assert_ne!(first, second);
    // Both say which one is meant, and that one has no questions.
    for which in [&[first][..], &["Museum", "--organisation", "Second"][..]] {
        let said = refused(&installation, which);
        assert!(said.contains("(no_questions)"), "{said}");
    }
    let said = refused(&installation, &["Hammock handbook"]);
    assert!(said.contains("cannot be changed") && said.contains("(read_only)"), "{said}");
}
