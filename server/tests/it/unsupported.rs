//! Sentences that no source supports, as a program learns of them.

use hammock_testkit::provider::Provider;
use serde_json::{Value, json};

use crate::support::{TestApp, knowledge::collection_with, process::command, share_path};

const MANUAL: &[u8] =
    b"# Returns\n\nA parcel can be sent back within thirty days. The refund is paid within five working days.\n";

#[tokio::test]
async fn an_answer_tells_which_of_its_sentences_no_source_supports() {
    let app = TestApp::with_worker("[egress]\nallow = ['127.0.0.1']").await;
    let owner = app.register("ada@example.org").await;
    let client = &owner.browser;
    let collection = collection_with(client, "manual.md", MANUAL).await;

    let said =
        ["A parcel can be sent back within thirty days [1]. ", "The refund is paid within nine working days [1]."];
    let provider = Provider::start(said.map(str::to_owned)).await.unwrap();
    provider.let_out(said.len());
    let new = json!({ "name": "Ours", "kind": "compatible", "base_url": provider.url() });
    let connection = client.post("/api/v1/connections", &new).await.json()["id"].clone();
    let settings = json!({ "name": "Shop", "connection": connection, "model": "model-a", "collections": [collection] });
    let assistant = client.post("/api/v1/assistants", &settings).await.json()["id"].clone();
    let question = json!({ "assistant": assistant, "text": "Within how many days can a parcel be sent back?" });
    let stream = client.post("/api/v1/chat", &question).await.text;
    let last = stream.lines().rev().find_map(|line| line.strip_prefix("data:")).unwrap();
    let message = serde_json::from_str::<Value>(last).unwrap()["message"].clone();
    assert_eq!((&message["state"], &message["text"]), (&json!("complete"), &json!(said.concat())), "{message}");
    let (start, end) = (said[0].len(), said.concat().len());
    assert_eq!(message["unsupported"], json!([{ "start": start, "end": end, "reason": "number" }]), "{message}");
    assert!(message["blocks"][0].as_str().unwrap().contains("<mark class=\"unsupported\""), "{message}");

    let started = stream.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
    let conversation = serde_json::from_str::<Value>(started).unwrap()["conversation"].clone();
    let kept = client.get(&format!("/api/v1/conversations/{}", conversation.as_str().unwrap())).await.json();
    assert_eq!(kept["messages"][1]["unsupported"], message["unsupported"]);
    assert!(kept["messages"][0].get("unsupported").is_none(), "a question rests on nothing: {kept}");

    // What is shown leaves Hammock with it: in the file, and on the page of a link with what the mark means.
    let path = format!("/api/v1/conversations/{}", conversation.as_str().unwrap());
    let file = client.get(&format!("{path}/export?format=json")).await.json();
    assert_eq!(file["messages"][1]["unsupported"], message["unsupported"], "{file}");
    assert!(file["messages"][0].get("unsupported").is_none(), "{file}");
    let link = client.post(&format!("{path}/shares"), &json!({ "audience": "anyone" })).await.json();
    let page = app.browser().get(share_path(&link)).await.text;
    assert!(page.contains("<mark class=\"unsupported\""), "{page}");
    assert_eq!(page.matches("Dotted sentences were not found in the sources.").count(), 1, "{page}");
}

#[test]
fn finding_them_is_measured_on_labelled_pairs() {
    let data = tempfile::tempdir().unwrap();
    let pairs = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/retrieval/tests/data/support.jsonl");
    let output = command(data.path(), &["eval", "support", "--pairs", pairs, "--json"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let scores: Value = serde_json::from_slice(&output.stdout).unwrap();
    let figure = |of: &str, name: &str| scores[of][name].as_f64().unwrap_or_else(|| panic!("{of} {name}: {scores}"));
    for of in ["all", "en", "fr"] {
        assert!(figure(of, "precision") >= 0.9 && figure(of, "recall") >= 0.8, "{of}: {scores}");
    }
    for of in ["en", "fr", "supported", "number", "name", "negated", "unrelated"] {
        assert!(figure(of, "pairs") >= 40.0, "{of}: {scores}");
    }
    let output = command(data.path(), &["eval", "support", "--pairs", "nowhere.jsonl"]).output().unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && problem.contains("nowhere.jsonl cannot be read"), "{problem}");
}
