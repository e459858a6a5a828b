//! Real documents, read whole by the product with its default embedding model: a manual of 127 pages in three languages, a
//! PDF and a DOCX of more than fifty pages. Asked in words that are not those of the pages' titles.

use std::{collections::BTreeSet, path::Path, time::Duration};

use hammock_retrieval::analysis::Analyser;
use hammock_testkit::{cache, site::Website};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, within};

/// How long reading and embedding may take; some minutes on two busy cores.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// A question and the page that answers it.
#[derive(Deserialize)]
struct Question {
    question: String,
    page: String,
}

/// The manual in one language, and what is asked of the search.
struct Manual {
    /// ISO 639-1 code.
    language: &'static str,
    folder: &'static str,
    questions: &'static str,
    /// How many of the first hits may hold the right page.
    depth: usize,
    /// Of how many questions, at least.
    wanted: usize,
}

const ENGLISH: Manual = Manual {
    language: "en",
    folder: "debian-handbook/en-US",
    questions: include_str!("manual/en.jsonl"),
    depth: 3,
    wanted: 8,
};
const FRENCH: Manual = Manual {
    language: "fr",
    folder: "debian-handbook/fr-FR",
    questions: include_str!("manual/fr.jsonl"),
    depth: 5,
    wanted: 6,
};
/// Half of this one was never translated; the questions are about pages that were.
const CZECH: Manual = Manual {
    language: "cs",
    folder: "debian-handbook/cs-CZ",
    questions: include_str!("manual/cs.jsonl"),
    depth: 5,
    wanted: 6,
};

impl Manual {
    fn questions(&self) -> Vec<Question> {
        self.questions.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn the_english_manual_is_found_in_other_words() {
    ask_the_manual(&ENGLISH).await;
}

#[tokio::test]
async fn the_french_manual_is_found_in_other_words() {
    ask_the_manual(&FRENCH).await;
}

#[tokio::test]
async fn the_czech_manual_is_found_in_other_words() {
    ask_the_manual(&CZECH).await;
}

#[test]
fn the_questions_avoid_the_words_of_the_titles() {
    for manual in [ENGLISH, FRENCH, CZECH] {
        let Some(folder) = cache::documents("the questions about a manual avoid its titles", manual.folder) else {
            return;
        };
        let questions = manual.questions();
        assert_eq!(questions.len(), 10);
        for Question { question, page } in questions {
            let title = title(&folder.join(&page));
            let mut analyser = Analyser::new(manual.language);
            let mut terms = |text: &str| analyser.terms(text).into_iter().collect::<BTreeSet<_>>();
            let both: Vec<String> = terms(&question).intersection(&terms(&title)).cloned().collect();
            assert!(both.is_empty(), "{question} has {both:?} of the title {title}");
        }
    }
}

/// The title of a page without the number of its chapter.
fn title(page: &Path) -> String {
    let html = std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
    let title = html.split("</title>").next().unwrap().rsplit('>').next().unwrap();
    title.split_once(". ").map_or(title, |(_, rest)| rest).to_owned()
}

async fn ask_the_manual(manual: &Manual) {
    let what = format!("questions to a manual in {}", manual.language);
    let (Some(model), Some(folder)) = (cache::model(&what), cache::documents(&what, manual.folder)) else { return };
    let site = Website::of_folder(&folder).await.unwrap();
    let settings = format!("[egress]\nallow = ['{}']\n[crawl]\ndelay_ms = 0", site.authority());
    let (_app, client) = with_model(&model, &settings).await;
    let collection = make(&client, "/api/v1/collections", json!({ "name": "Manual" })).await;
    let website = json!({ "kind": "website", "start_url": site.url("/index.html") });
    let source = make(&client, &format!("/api/v1/collections/{collection}/sources"), website).await;
    let read = within(PATIENCE, "the manual being read", async || {
        let found = client.get(&format!("/api/v1/sources/{source}")).await.json();
        matches!(found["state"].as_str(), Some("ready" | "failed")).then_some(found)
    })
    .await;
    assert_eq!(
        (&read["state"], &read["failed_documents"], &read["documents"]),
        (&json!("ready"), &json!(0), &json!(site.len())),
        "{read}"
    );
    wait_for_vectors(&client, &collection).await;

    let mut right = 0;
    let mut missed = Vec::new();
    let questions = manual.questions();
    for Question { question, page } in &questions {
        let hits = search(&client, &collection, question, manual.depth).await;
        let pages: Vec<&str> =
            hits.iter().map(|hit| hit["url"].as_str().unwrap().rsplit('/').next().unwrap()).collect();
        if pages.contains(&page.as_str()) {
            right += 1;
        } else {
            missed.push(format!("{question}: {page} is not among {pages:?}"));
        }
    }
    println!("{}: {right} of {}\n{}", manual.language, questions.len(), missed.join("\n"));
    assert!(right >= manual.wanted, "{right} of {}, not {}:\n{}", questions.len(), manual.wanted, missed.join("\n"));
}

/// Files of more than fifty pages and something that each says near its end.
const FILES: [(&str, &str, &str); 2] = [
    // Some 70,000 words.
    (
        "debian-policy.pdf",
        "Which release said that there be no hard links in source packages?",
        "no hard links in source packages",
    ),
    // Some 43,000 words.
    (
        "debian-handbook.docx",
        "Will the default permission of home directories be more restrictive?",
        "default permission of home directories will be more restrictive",
    ),
];

#[tokio::test]
async fn a_long_pdf_and_a_long_docx_are_read_to_their_end() {
    let what = "a long PDF and a long DOCX";
    let Some(model) = cache::model(what) else { return };
    let mut files = Vec::new();
    for (name, question, text) in FILES {
        let Some(path) = cache::documents(what, name) else { return };
        files.push((name, std::fs::read(path).unwrap(), question, text));
    }
    let (_app, client) = with_model(&model, "").await;
    let collection = make(&client, "/api/v1/collections", json!({ "name": "Files" })).await;
    let source = make(&client, &format!("/api/v1/collections/{collection}/sources"), json!({ "kind": "upload" })).await;
    let uploads: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes, ..)| (*name, bytes.as_slice())).collect();
    let uploaded = client.upload(&format!("/api/v1/sources/{source}/documents"), &uploads).await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.text);
    for (place, (name, _, question, text)) in files.iter().enumerate() {
        let document = uploaded.json()[place]["document"]["id"].as_str().unwrap().to_owned();
        let ready = within(PATIENCE, "the document being read and embedded", async || {
            let found = client.get(&format!("/api/v1/documents/{document}")).await.json();
            matches!(found["state"].as_str(), Some("ready" | "failed")).then_some(found)
        })
        .await;
        assert_eq!(ready["state"], "ready", "{name}: {ready}");
        let whole = client.get(&format!("/api/v1/documents/{document}/text")).await.json();
        let whole = whole["text"].as_str().unwrap();
        let words = whole.split_whitespace().count();
        assert!(words > 35_000, "{name}: {words} words are no fifty pages");
        let hits = search(&client, &collection, question, 3).await;
        let found = hits.iter().find(|hit| plain(&hit["text"]).contains(text));
        let start = found.unwrap_or_else(|| panic!("{name}: {hits:#?}"))["start"].as_u64().unwrap();
        assert!(start as usize > whole.len() / 10 * 9, "{name}: this is not its end");
    }
}

/// Lower-case words with one space between them.
fn plain(text: &Value) -> String {
    text.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

async fn with_model(model: &Path, settings: &str) -> (TestApp, Client) {
    let app = TestApp::with_worker(&format!("[embedding]\nmodel_dir = '{}'\n{settings}", model.display())).await;
    let owner = app.register("ada@example.org").await;
    (app, owner.browser)
}

/// Makes something and gives its id.
async fn make(client: &Client, path: &str, body: Value) -> String {
    let made = client.post(path, &body).await;
    assert_eq!(made.status, 201, "{path}: {}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn wait_for_vectors(client: &Client, collection: &str) {
    within(PATIENCE, "the chunks being embedded", async || {
        let found = client.get(&format!("/api/v1/collections/{collection}")).await.json();
        (found["chunks"] == found["embedded_chunks"]).then_some(())
    })
    .await;
}

async fn search(client: &Client, collection: &str, query: &str, limit: usize) -> Vec<Value> {
    let body = json!({ "query": query, "mode": "hybrid", "collections": [collection], "limit": limit });
    let found = client.post("/api/v1/search", &body).await;
    assert_eq!(found.status, 200, "{}", found.text);
    let mut found = found.json();
    assert_eq!(found["vectors_used"], true, "{found}");
    serde_json::from_value(found["hits"].take()).unwrap()
}
