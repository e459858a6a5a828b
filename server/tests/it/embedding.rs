//! The choice of an embedding model, and the change from one to another, with real processes on one data directory.

use hammock_contract::user::Role;
use hammock_server::{config::Config, wire};
use hammock_testkit::provider::Provider;
use serde_json::{Value, json};

use crate::support::{TestApp, eventually, process::Installation, program, remote::Remote};

/// An installation whose embedding model is at an endpoint, under a name.
fn with_model(provider: &Provider, model: &str) -> String {
    format!(
        "[egress]\nallow = ['{}']\n[embedding]\nlanguages = ['fr', 'cs']\n\
         [embedding.endpoint]\nurl = '{}'\nkey = 'sk-embedding'\nmodel = '{model}'\nmax_tokens = 400",
        provider.authority(),
        provider.url()
    )
}

#[tokio::test]
async fn an_endpoint_embeds_what_is_read_and_what_is_asked() {
    let provider = Provider::start(Vec::new()).await.unwrap();
    let app = TestApp::with_worker(&with_model(&provider, "embed-a")).await;
    let owner = app.register("ada@example.org").await;
    let standing = eventually("the endpoint embeds", async || {
        let standing = owner.browser.get("/api/v1/embedding").await.json();
        (standing["serving"].is_object() && standing["waiting"] == 0).then_some(standing)
    })
    .await;
    let serving = &standing["serving"];
    assert_eq!((&serving["name"], &serving["kind"]), (&json!("embed-a"), &json!("endpoint")), "{standing}");
    assert_eq!((&serving["dimension"], &serving["max_tokens"]), (&json!(64), &json!(400)));
    assert_eq!(serving["languages"], json!(["fr", "cs"]));
    assert!(!standing.to_string().contains("sk-embedding") && !standing.to_string().contains(&provider.url()));
    let request = json!({ "query": "How do I add a website to a collection?", "mode": "vector" });
    let found = eventually("the handbook is found by meaning", async || {
        let found = owner.browser.post("/api/v1/search", &request).await.json();
        found["hits"].as_array().is_some_and(|hits| !hits.is_empty()).then_some(found)
    })
    .await;
    assert_eq!(found["vectors_used"], true, "{found}");

    let user = app.colleague(&owner, "bo@example.org", Role::User).await.browser;
    assert_eq!(user.get("/api/v1/embedding").await.status, 403);
    let by_function = owner.browser.post("/api/fn/organisation/read_embedding", &json!({})).await.json();
    assert_eq!(by_function["serving"]["name"], "embed-a");
}

#[tokio::test]
async fn another_model_is_brought_in_after_a_restart_and_a_kill() {
    let provider = Provider::start(Vec::new()).await.unwrap();
    let settings = |model: &str| {
        vec![
            ("HAMMOCK_EMBEDDING__ENDPOINT__URL", provider.url()),
            ("HAMMOCK_EMBEDDING__ENDPOINT__MODEL", model.to_owned()),
        ]
    };
    let mut installation = Installation::new(settings("embed-a"));
    let key = installation.owner_key();
    for model in ["embed-a", "embed-b"] {
        installation.set(settings(model));
        // Killed at any moment of the change, and started again.
        for lives in [false, true] {
            let mut server = installation.serve();
            let remote = Remote::new(&server.ready().await, &key);
            if lives {
                eventually("the chosen model answers", async || {
                    let standing = remote.get("/api/v1/embedding").await.unwrap().body;
                    let is_done = standing["serving"]["name"] == model && standing["next"].is_null();
                    (is_done && standing["waiting"] == 0).then_some(())
                })
                .await;
            }
            server.kill();
            server.ended().await;
        }
    }
    let output = installation.command(&["doctor", "--verify", "--json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for subject in ["embedding model", "database", "keyword index", "vector index"] {
        let finding = report["findings"].as_array().unwrap().iter().find(|finding| finding["subject"] == subject);
        assert!(finding.is_some_and(|finding| finding["severity"] == "fine"), "{subject}: {report}");
    }
    assert!(report.to_string().contains("embed-b"), "{report}");
}

#[tokio::test]
async fn what_cannot_be_loaded_is_refused_at_the_start_with_what_was_found() {
    let data = tempfile::tempdir().unwrap();
    let model = data.path().join("model");
    std::fs::create_dir(&model).unwrap();
    std::fs::write(model.join("config.json"), r#"{ "model_type": "mpnet" }"#).unwrap();
    let mut config = Config::from_toml(&format!("[embedding]\nmodel_dir = '{}'", model.display())).unwrap();
    config.data.dir = data.path().join("data");
    let refusal = wire::parts(&config, program()).await.err().map(|error| format!("{error:#}")).unwrap_or_default();
    assert!(refusal.starts_with("embedding.model_dir: ") && refusal.contains("\"mpnet\""), "{refusal}");
}
