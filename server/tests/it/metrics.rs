//! What `/metrics` tells an operator.

use hammock_testkit::{
    faulty::{self, Fault},
    provider::Provider,
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, eventually};

/// The metrics, as Prometheus on the same machine reads them.
async fn scrape(app: &TestApp) -> String {
    let mut prometheus = app.browser();
    prometheus.peer = "127.0.0.1:9".parse().unwrap();
    prometheus.headers.push(("host", "127.0.0.1:3000".into()));
    prometheus.get("/metrics").await.text
}

/// The value of a series.
fn value(metrics: &str, series: &str) -> f64 {
    let found = metrics.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok());
    found.unwrap_or_else(|| panic!("there is no {series}: {metrics}"))
}

/// Asks a model of a provider; the answer at its end.
async fn ask(client: &Client, base_url: &str, model: &str) -> Value {
    let new = json!({ "name": model, "kind": "compatible", "base_url": base_url });
    let connection = client.post("/api/v1/connections", &new).await.json();
    let settings = json!({ "name": model, "connection": connection["id"], "model": model });
    let assistant = client.post("/api/v1/assistants", &settings).await.json();
    let question = json!({ "assistant": assistant["id"], "text": "When does it open?" });
    let stream = client.post("/api/v1/chat", &question).await.text;
    let mut data = stream.lines().rev().filter_map(|line| line.strip_prefix("data:"));
    let done: Value = serde_json::from_str(data.next().unwrap_or_else(|| panic!("{stream}"))).unwrap();
    done["message"].clone()
}

#[tokio::test]
async fn answers_jobs_and_failures_are_counted() {
    let app = TestApp::with_worker("[egress]\nallow = ['127.0.0.1']").await;
    let owner = app.register("ada@example.org").await;
    let begun = scrape(&app).await;
    assert!(value(&begun, "hammock_start_time_seconds") > 1e9, "{begun}");
    let build = format!("hammock_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    for (series, least) in [(build.as_str(), 1.0), ("hammock_mails_failed_total", 0.0)] {
        assert!(value(&begun, series) >= least, "{series}: {begun}");
    }

    let provider = Provider::start(["At ", "nine."].map(str::to_owned)).await.unwrap();
    provider.let_out(2);
    let whole = ask(&owner.browser, &provider.url(), "model-a").await;
    assert_eq!((whole["text"].as_str(), whole["state"].as_str()), (Some("At nine."), Some("complete")), "{whole}");
    let failed = ask(&owner.browser, &faulty::start().await.unwrap(), &Fault::Failed.model()).await;
    assert_eq!(failed["error"]["code"], "provider_failed", "{failed}");

    let collection = owner.browser.post("/api/v1/collections", &json!({ "name": "Shop" })).await.json();
    let sources = format!("/api/v1/collections/{}/sources", collection["id"].as_str().unwrap());
    let source = owner.browser.post(&sources, &json!({ "kind": "upload" })).await.json();
    let documents = format!("/api/v1/sources/{}/documents", source["id"].as_str().unwrap());
    let empty: &[u8] = b"<html><body><img src=a></body></html>";
    let uploaded = owner.browser.upload(&documents, &[("a.html", empty)]).await.json();
    let document = format!("/api/v1/documents/{}", uploaded[0]["document"]["id"].as_str().unwrap());
    eventually("the document being given up", async || {
        (owner.browser.get(&document).await.json()["state"] == "failed").then_some(())
    })
    .await;

    let metrics = scrape(&app).await;
    for message in [&whole, &failed] {
        let (kind, outcome) = (message["answer_kind"].as_str().unwrap(), message["state"].as_str().unwrap());
        let series = format!("hammock_answers_finished_total{{kind=\"{kind}\",outcome=\"{outcome}\"}}");
        assert!(value(&metrics, &series) >= 1.0, "{metrics}");
    }
    for series in [
        "hammock_answer_first_text_seconds_count",
        "hammock_provider_calls_failed_total{code=\"provider_failed\"}",
        "hammock_jobs{state=\"given_up\"}",
    ] {
        assert!(value(&metrics, series) >= 1.0, "{series}: {metrics}");
    }
    let open = "hammock_answer_streams_open";
    for series in [open, "hammock_jobs{state=\"waiting\"}", "hammock_jobs{state=\"running\"}"] {
        assert!(value(&metrics, series) >= 0.0, "{series}: {metrics}");
    }
}
