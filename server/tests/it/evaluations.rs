//! The evaluation of a collection through the public API: questions, import and export, runs.

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, eventually};

const HOURS: &[u8] = b"# Hours\n\nThe museum opens at nine.";

struct Museum {
    _app: TestApp,
    client: Client,
    /// The path of the evaluation.
    evaluation: String,
    /// The path of the source that the file is in.
    source: String,
}

impl Museum {
    /// A collection with one file that answers.
    async fn new() -> Self {
        let app = TestApp::with_worker("").await;
        let client = app.register("eva@example.org").await.browser;
        let collection = client.post("/api/v1/collections", &json!({ "name": "Museum" })).await.json();
        let collection = format!("/api/v1/collections/{}", collection["id"].as_str().expect("an id"));
        let source = client.post(&format!("{collection}/sources"), &json!({ "kind": "upload" })).await.json();
        let source = format!("/api/v1/sources/{}", source["id"].as_str().expect("an id"));
        let uploaded = client.upload(&format!("{source}/documents"), &[("hours.md", HOURS)]).await;
        assert_eq!(uploaded.status, 201, "{}", uploaded.text);
        eventually("the document being read", async || {
            let found = client.get(&collection).await.json();
            (found["chunks"] == 1).then_some(())
        })
        .await;
        Self { _app: app, client, evaluation: format!("{collection}/evaluation"), source }
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.client.post(&format!("{}/{path}", self.evaluation), body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.client.get(&format!("{}/{path}", self.evaluation)).await
    }

    /// Asks all questions; the report when that has ended.
    async fn run(&self) -> Value {
        let begun = self.post("runs", &json!({})).await;
        assert_eq!((begun.status, begun.json()["state"].as_str()), (201, Some("running")), "{}", begun.text);
        let run = format!("runs/{}", begun.json()["id"].as_str().expect("an id"));
        eventually("the run ends", async || {
            let report = self.get(&run).await.json();
            (report["run"]["state"] != "running").then_some(report)
        })
        .await
    }
}

#[tokio::test]
async fn a_question_is_written_asked_changed_and_deleted() {
    let museum = Museum::new().await;
    let nothing = museum.post("runs", &json!({})).await;
    assert_eq!((nothing.status, nothing.code().as_str()), (409, "no_questions"), "{}", nothing.text);
    let elsewhere = json!({ "question": "When does it open?", "expected": [{ "location": "elsewhere.md" }] });
    let refused = museum.post("questions", &elsewhere).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "document_missing"), "{}", refused.text);
    let new = json!({ "question": "When does the museum open?", "expected": [{ "location": "hours.md" }] });
    let made = museum.post("questions", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.json();
    assert_eq!((&made["expected"][0]["title"], &made["last"]), (&json!("Hours"), &Value::Null));

    let report = museum.run().await;
    assert_eq!(report["run"]["state"], "complete", "{report}");
    assert_eq!((&report["run"]["questions"], &report["run"]["asked"]), (&json!(1), &json!(1)));
    assert_eq!((&report["before"], &report["worse"]), (&Value::Null, &json!([])));
    // Measured in every way, if there is a model.
    let figures = report["run"]["figures"].as_array().expect("figures");
    for figures in figures {
        assert_eq!((&figures["ndcg10"], &figures["recall100"]), (&json!(1.0), &json!(1.0)), "{report}");
    }
    let modes: Vec<&Value> = figures.iter().map(|one| &one["mode"]).collect();
    assert!(modes == ["hybrid", "keyword", "vector"] || modes == ["keyword"], "{modes:?}");
    let listed = museum.get("questions").await.json();
    assert_eq!(listed["items"][0]["last"]["rank"], 1, "{listed}");

    let question = format!("{}/questions/{}", museum.evaluation, made["id"].as_str().expect("an id"));
    let changed = museum.client.json(Method::PATCH, &question, &json!({ "question": "Opens when?" })).await;
    assert_eq!((changed.status, &changed.json()["last"]), (200, &Value::Null), "{}", changed.text);
    assert_eq!(museum.client.delete(&question).await.status, 204);
    assert_eq!(museum.client.delete(&question).await.status, 404);
    let runs = museum.get("runs").await.json();
    assert_eq!((runs["items"].as_array().map(Vec::len), &runs["next_page_token"]), (Some(1), &Value::Null));
}

#[tokio::test]
async fn a_source_has_the_questions_that_expect_its_documents() {
    let museum = Museum::new().await;
    let of_source = async |path: &str| {
        let answer = museum.client.get(&format!("{}/{path}", museum.source)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    };
    let none = of_source("figures").await;
    assert_eq!((&none["questions"], &none["asked"], &none["in_first_three"]), (&json!(0), &json!(0), &json!(0)));
    assert!(none["languages"].is_array(), "{none}");
    for question in ["When does the museum open?", "Is it open at nine?"] {
        let new = json!({ "question": question, "expected": [{ "location": "hours.md" }] });
        assert_eq!(museum.post("questions", &new).await.status, 201);
    }
    let first = of_source("evaluation/questions?limit=1").await;
    assert_eq!(first["items"][0]["question"], "Is it open at nine?", "{first}");
    let next = first["next_page_token"].as_str().expect("a second page");
    let second = of_source(&format!("evaluation/questions?limit=1&page_token={next}")).await;
    assert_eq!(second["items"][0]["question"], "When does the museum open?", "{second}");
    assert_eq!(second["next_page_token"], Value::Null);

    museum.run().await;
    let figures = of_source("figures").await;
    assert_eq!((&figures["questions"], &figures["asked"]), (&json!(2), &json!(2)), "{figures}");
    assert_eq!(figures["in_first_three"], 2, "{figures}");
}

#[tokio::test]
async fn questions_come_from_a_file_and_go_to_one() {
    let museum = Museum::new().await;
    let import = format!("{}/import", museum.evaluation);
    let csv: &[u8] = b"question,expected\nWhen does it open?,hours\nWho?,nobody.md\n";
    let imported = museum.client.upload(&import, &[("questions.csv", csv)]).await;
    assert_eq!(imported.status, 200, "{}", imported.text);
    let report = imported.json();
    assert_eq!((&report["added"], &report["left_out"]), (&json!(1), &json!(1)));
    let problem = json!({ "file": "questions.csv", "line": 3, "fault": "unknown_document", "given": "nobody.md" });
    assert_eq!(report["problems"], json!([problem]));

    let exported = museum.get("export").await;
    assert_eq!(exported.status, 200);
    assert!(exported.header("content-disposition").starts_with("attachment"));
    assert_eq!(exported.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(exported.text, "question,expected,grade\r\nWhen does it open?,hours.md,1\r\n");

    let other = museum.client.upload(&import, &[("questions.txt", b"a,b\n1,2\n")]).await;
    assert_eq!((other.status, other.code().as_str()), (422, "import_unreadable"), "{}", other.text);
    let many = [("a.csv", csv), ("b.csv", csv), ("c.csv", csv)];
    let many = museum.client.upload(&import, &many).await;
    assert_eq!((many.status, many.code().as_str()), (422, "import_unreadable"), "{}", many.text);
    let large = vec![b'x'; 20_000_001];
    let large = museum.client.upload(&import, &[("large.csv", large.as_slice())]).await;
    assert_eq!((large.status, large.code().as_str()), (413, "too_large"), "{}", large.text);
}

hammock_testkit::on_postgres!(
    "evaluations on PostgreSQL",
    a_question_is_written_asked_changed_and_deleted,
    a_source_has_the_questions_that_expect_its_documents,
    questions_come_from_a_file_and_go_to_one,
);
