//! A hundred thousand chunks while documents come in: how fast they are searched, what the server has in memory, whether small
//! files are merged by themselves, and what a sudden end leaves.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, anyhow, ensure};
use serde_json::json;

use crate::{
    bench::{
        context::{Context, Filled},
        installation::{Api, Server, id, wait},
        machine,
        row::{Budget, Row, percentile},
    },
    process::say,
};

/// How many questions are asked before documents come in. While they do, at least as many.
const QUESTIONS: usize = 400;
/// The first ones fill caches and do not count.
const WARM_UP: usize = 40;
/// So many chunks wait for their vectors at least, so that there is always something to do.
const WAITING: u64 = 600;
/// How many documents' text a file has.
const TEXTS: usize = 40;
/// How long documents come in at most. Small files are merged every ten minutes at the latest.
const LONGEST: Duration = Duration::from_secs(12 * 60);
/// How long is waited for what should be done soon.
const PATIENCE: Duration = Duration::from_secs(600);
/// So that the log says when small files are merged, in these words.
const LOG: (&str, &str) = ("HAMMOCK_LOG__LEVEL", "warn,hammock_index=debug");
const MERGED: &str = "vector table optimised";

/// What was seen while documents came in.
struct Seen {
    /// What searches took. Milliseconds.
    times: Vec<f64>,
    /// Chunks that got their vectors, a second.
    rate: f64,
    /// How often small files were merged.
    merged: usize,
    /// The most memory, with that of the programs that the server starts. Megabytes.
    memory: f64,
}

/// What is not there, though it was acknowledged, some time after the new start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    /// Documents that do not answer.
    documents: u64,
    /// Chunks without vectors.
    vectors: u64,
}

impl Left {
    fn is_nothing(self) -> bool {
        self.documents == 0 && self.vectors == 0
    }

    /// What became of all that had been acknowledged, so many seconds `after` the new start.
    fn told(self, after: f64) -> String {
        let Self { documents, vectors } = self;
        if self.is_nothing() {
            return format!("{after:.0} s from the new start until all of them answered with their vectors");
        }
        format!(
            "{after:.0} s after the new start {documents} of them did not answer, and {vectors} chunks had no vectors"
        )
    }
}

/// Searches without and with documents that come in, ends the server from one moment to the next and starts it again.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let filled = context.hundred_thousand()?;
    let server = filled.installation.start(&[LOG])?;
    server.wait_for_vectors(PATIENCE)?;
    // At every start they are merged once, which is not what is looked for.
    wait("the start to be over", PATIENCE, Duration::from_millis(200), || {
        Ok((server.logged(MERGED) > 0).then_some(()))
    })?;
    let mut api = server.api()?;
    let mut idle = Vec::with_capacity(QUESTIONS);
    for (number, question) in context.corpus.questions(QUESTIONS).enumerate() {
        let took = search(&mut api, filled, question)?;
        if number >= WARM_UP {
            idle.push(took);
        }
    }

    let collection = api.make_collection("Coming in")?;
    let source = id(&api.post(&format!("/collections/{collection}/sources"), &json!({ "kind": "upload" }))?)?;
    let (seen, acknowledged) = while_documents_come(context, filled, &server, (&collection, &source))?;
    let waited = waiting_chunks(&mut api)?;
    // The process is killed, which nothing can prepare for.
    drop((api, server));
    let begun = Instant::now();
    let server = filled.installation.start(&[LOG])?;
    let mut api = server.api()?;
    let left = wait("what came in to be read to its end", PATIENCE, Duration::from_millis(500), || {
        let collection = api.get(&format!("/collections/{collection}"))?;
        let number = |field: &str| collection[field].as_u64().unwrap_or_default();
        let left = Left {
            documents: acknowledged.saturating_sub(number("documents")),
            vectors: number("chunks").saturating_sub(number("embedded_chunks")),
        };
        Ok((left.is_nothing() || begun.elapsed() > PATIENCE / 2).then_some(left))
    })?;
    let after = begun.elapsed().as_secs_f64();

    let p95 = percentile(&seen.times, 0.95);
    let rows = [
        Row::new("hybrid search of 100,000 chunks while documents come in, p95", p95, "ms", Budget::AtMost(150.0)).note(format!(
            "{} questions one at a time, p50 {:.0}; before they came in p50 {:.0}, p95 {:.0}; {}",
            seen.times.len(),
            percentile(&seen.times, 0.5),
            percentile(&idle, 0.5),
            percentile(&idle, 0.95),
            filled.report.note()
        )),
        Row::new("vectors made and stored meanwhile", seen.rate, "chunks/s", Budget::AtLeast(15.0)),
        Row::new("memory meanwhile, at most", seen.memory, "MB", Budget::AtMost(1_500.0))
            .note("of the server and of the programs that it starts"),
        Row::new("small files merged by themselves meanwhile", seen.merged as f64, "times", Budget::AtLeast(1.0)),
        Row::new("documents lost by a sudden end", left.documents as f64, "documents", Budget::AtMost(0.0)).note(format!(
            "killed with {waited} chunks waiting for their vectors; {acknowledged} documents had been acknowledged; {}",
            left.told(after)
        )),
        Row::new("chunks that a sudden end left without vectors", left.vectors as f64, "chunks", Budget::AtMost(0.0)),
    ];
    let is_real = context.is_real(filled);
    Ok(rows.into_iter().map(|row| row.valid_if(is_real)).collect())
}

/// What a search took. Milliseconds.
fn search(api: &mut Api, filled: &Filled, question: &str) -> Result<f64> {
    let search = json!({ "query": question, "mode": "hybrid", "collections": [filled.report.collection] });
    let begun = Instant::now();
    let found = api.post("/search", &search)?;
    let took = begun.elapsed().as_secs_f64() * 1_000.0;
    ensure!(found["vectors_used"] == true, "no vectors: {}", found["vector_missing"]);
    Ok(took)
}

fn waiting_chunks(api: &mut Api) -> Result<u64> {
    api.get("/index")?["waiting_chunks"].as_u64().context("the index does not say how many chunks wait")
}

/// Searches while another thread uploads into a collection's source and a third looks at the memory, until small files were
/// merged or it has taken long. Also how many documents were acknowledged; some of them wait still.
fn while_documents_come(
    context: &Context,
    filled: &Filled,
    server: &Server,
    (collection, source): (&str, &str),
) -> Result<(Seen, u64)> {
    say("bench: searching while documents come in, for ten minutes or so");
    let over = AtomicBool::new(false);
    // Put together before: the context is for one thread.
    let texts = texts(context);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0.0_f64;
            while !over.load(Ordering::Relaxed) {
                most = machine::memory_of_all(server.process()).map_or(most, |memory| most.max(memory));
                thread::sleep(Duration::from_millis(100));
            }
            most
        });
        let feed = scope.spawn(|| feed(server, source, &texts, &over));
        let searched = searched(context, filled, server, collection);
        over.store(true, Ordering::Relaxed);
        let acknowledged = feed.join().map_err(|_| anyhow!("the thread that uploads panicked"))??;
        let memory = watch.join().map_err(|_| anyhow!("the memory could not be watched"))?;
        Ok((Seen { memory, ..searched? }, acknowledged))
    })
}

/// Asks one question after the other, from the first vectors of what comes in on.
fn searched(context: &Context, filled: &Filled, server: &Server, collection: &str) -> Result<Seen> {
    let mut api = server.api()?;
    let embedded = |api: &mut Api| -> Result<u64> {
        let collection = api.get(&format!("/collections/{collection}"))?;
        collection["embedded_chunks"].as_u64().context("the collection does not say how many chunks have vectors")
    };
    let first = wait("the first vectors", PATIENCE, Duration::from_millis(100), || {
        Ok(Some(embedded(&mut api)?).filter(|count| *count > 0))
    })?;
    let (begun, merged_before) = (Instant::now(), server.logged(MERGED));
    let mut times = Vec::new();
    let mut merged = 0;
    for question in context.corpus.questions(usize::MAX) {
        times.push(search(&mut api, filled, question)?);
        // Reading the log takes time, too.
        if times.len().is_multiple_of(50) {
            merged = server.logged(MERGED) - merged_before;
        }
        if (times.len() >= QUESTIONS && merged > 0) || begun.elapsed() > LONGEST {
            break;
        }
    }
    let rate = (embedded(&mut api)? - first) as f64 / begun.elapsed().as_secs_f64();
    Ok(Seen { times, rate, merged, memory: 0.0 })
}

/// Uploads one file after the other whenever few chunks wait, until it is over; how many were acknowledged.
fn feed(server: &Server, source: &str, texts: &[String], over: &AtomicBool) -> Result<u64> {
    let mut api = server.api()?;
    let mut acknowledged = 0_u64;
    for text in texts.iter().cycle() {
        while waiting_chunks(&mut api)? >= WAITING && !over.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(100));
        }
        if over.load(Ordering::Relaxed) {
            break;
        }
        // The same text again is another document, by its name and its first line.
        let name = format!("coming-in-{acknowledged}.txt");
        api.upload(source, &name, &format!("{name}\n\n{text}"))?;
        acknowledged += 1;
    }
    Ok(acknowledged)
}

/// What the files say.
fn texts(context: &Context) -> Vec<String> {
    const FILES: usize = 300;
    let file = |file: usize| {
        let documents = (file * TEXTS..(file + 1) * TEXTS).map(|number| context.corpus.document(number));
        documents.map(|document| format!("{}\n\n{}\n\n", document.title, document.text)).collect()
    };
    (0..FILES).map(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_claimed_of_what_is_not_there() {
        let left = |documents, vectors| Left { documents, vectors };
        assert!(left(0, 0).is_nothing() && !left(1, 0).is_nothing() && !left(0, 1).is_nothing());
        assert_eq!(left(0, 0).told(41.2), "41 s from the new start until all of them answered with their vectors");
        assert_eq!(
            left(0, 25).told(300.4),
            "300 s after the new start 0 of them did not answer, and 25 chunks had no vectors"
        );
    }
}
