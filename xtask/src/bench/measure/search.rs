//! How fast a hundred thousand chunks are searched.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::bench::{
    context::Context,
    row::{Budget, Row, percentile},
};

/// How many questions are asked.
const QUESTIONS: usize = 400;
/// The first ones fill caches and do not count.
const WARM_UP: usize = 40;

/// Searches by words and meaning at once through the API, one question at a time, each with its embedding.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let filled = context.hundred_thousand()?;
    let server = filled.installation.start(&[])?;
    server.wait_for_vectors(Duration::from_secs(600))?;
    let mut api = server.api()?;
    let mut times = [const { Vec::new() }; 3];
    let modes = ["hybrid", "keyword", "vector"];
    for (mode, times) in modes.iter().zip(&mut times) {
        for (number, question) in context.corpus.questions(QUESTIONS).enumerate() {
            let search = json!({ "query": question, "mode": mode, "collections": [filled.report.collection] });
            let begun = Instant::now();
            let found = api.post("/search", &search)?;
            let took = begun.elapsed().as_secs_f64() * 1_000.0;
            ensure!(*mode == "keyword" || found["vectors_used"] == true, "no vectors: {}", found["vector_missing"]);
            if number >= WARM_UP {
                times.push(took);
            }
        }
    }
    let [hybrid, keyword, vector] = times.map(|times| (percentile(&times, 0.5), percentile(&times, 0.95)));
    let recall = filled.report.recall_at_10.map_or(String::new(), |recall| {
        format!("; of the ten nearest vectors the index finds {:.1} %", recall * 100.0)
    });
    let row = Row::new("hybrid search of 100,000 chunks, p95", hybrid.1, "ms", Budget::AtMost(60.0));
    let row = row.valid_if(context.is_real(filled));
    Ok(vec![row.note(format!(
        "with the question's embedding, one at a time; p50 {:.0}; by words p50 {:.0}, p95 {:.0}; by meaning p50 {:.0}, \
         p95 {:.0}; {}{recall}; memory {:.0} MB",
        hybrid.0,
        keyword.0,
        keyword.1,
        vector.0,
        vector.1,
        filled.report.note(),
        server.memory()?.resident
    ))])
}
