//! How soon an uploaded file is found.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;

use crate::bench::{
    context::Context,
    installation::{id, wait},
    row::{Budget, Row, percentile},
};

/// How many files are uploaded, one after the other.
const FILES: usize = 12;
/// How many documents' text a file has: some twenty pages.
const TEXTS: usize = 40;

/// Uploads files, each with a word of its own, and searches for it by keyword until it is found. The embedding model works
/// meanwhile on the files before.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let installation = context.installation()?;
    let server = installation.start(&[])?;
    let mut api = server.api()?;
    server.wait_for_vectors(Duration::from_secs(300))?;
    let collection = api.make_collection("Uploads")?;
    let source = id(&api.post(&format!("/collections/{collection}/sources"), &json!({ "kind": "upload" }))?)?;
    let (mut times, mut bytes) = (Vec::with_capacity(FILES), 0);
    for file in 0..FILES {
        let word = format!("zyqword{file}");
        let mut text = format!("This file has the word {word}.\n\n");
        for number in 0..TEXTS {
            let document = context.corpus.document(file * TEXTS + number);
            text.push_str(&format!("{}\n\n{}\n\n", document.title, document.text));
        }
        bytes += text.len();
        let begun = Instant::now();
        api.upload(&source, &format!("file-{file}.txt"), &text)?;
        let search = json!({ "query": word, "mode": "keyword", "collections": [collection] });
        wait("an uploaded file to be found", Duration::from_secs(60), Duration::from_millis(10), || {
            let found = api.post("/search", &search)?;
            Ok(found["hits"].as_array().is_some_and(|hits| !hits.is_empty()).then_some(()))
        })?;
        times.push(begun.elapsed().as_secs_f64());
    }
    let row = Row::new("upload to searchable by keyword", percentile(&times, 1.0), "s", Budget::AtMost(3.0));
    Ok(vec![row.note(format!(
        "the slowest of {FILES} text files of {} KB, median {:.2}; the embedding model works meanwhile",
        bytes / FILES / 1024,
        percentile(&times, 0.5)
    ))])
}
