//! How fast passages get their vectors.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::bench::{
    context::{Context, Filling},
    installation::wait,
    row::{Budget, Row},
};

/// How many passages wait for their vectors.
const CHUNKS: usize = 1_792;
/// The longest document, so that a passage has about 150 tokens. Words.
const WORDS: usize = 95;

/// Starts the server on passages without vectors, and looks how the number of those that wait goes down.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let filled = context.fill(Filling { chunks: CHUNKS, words: Some(WORDS), vectors: false, questions: 0 })?;
    let server = filled.installation.start(&[])?;
    let mut api = server.api()?;
    let mut waiting = || -> Result<u64> {
        api.get("/index")?["waiting_chunks"].as_u64().context("the index does not say how many chunks wait")
    };
    let (limit, pause) = (Duration::from_secs(900), Duration::from_millis(250));
    // None wait as long as the model is being loaded.
    let all = wait("the model", limit, Duration::from_millis(5), || Ok(Some(waiting()?).filter(|all| *all > 0)))?;
    // Vectors come in batches: the clock runs from the end of one to the end of the last.
    let (begun, first) = wait("the first vectors", limit, pause, || {
        let now = waiting()?;
        Ok((now < all).then(|| (Instant::now(), now)))
    })?;
    let before = server.processor_time()?;
    wait("the last vectors", limit, pause, || Ok((waiting()? == 0).then_some(())))?;
    let each = (server.processor_time()? - before) / first as f64 * 1_000.0;
    let rate = first as f64 / begun.elapsed().as_secs_f64();
    let row = Row::new("embedding", rate, "chunks/s", Budget::AtLeast(30.0));
    Ok(vec![row.note(format!(
        "{first} chunks of {:.0} tokens on average, stored and indexed as well; {each:.1} ms of the server's \
         processor time for each",
        filled.report.tokens_per_chunk
    ))])
}
