//! A thousand answers at once.

use std::{
    io::{BufRead, BufReader},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::bench::{
    context::Context,
    installation::Server,
    listener::STACK,
    machine,
    measure::make_assistant,
    provider::{self, Pace, Provider},
    row::{Budget, Row, percentile},
};

/// How many answers are open at once.
const STREAMS: usize = 1_000;
/// How many pieces an answer has, one a second.
const PIECES: usize = 20;
/// How many questions are asked at first, to fill caches.
const WARM_UP: usize = 20;

/// Asks a thousand questions; the provider begins to answer when it has them all. Compares every text with what it sent.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    // Readers and provider have a connection for every answer, and both are in this process.
    rlimit::increase_nofile_limit(4 * STREAMS as u64).context("a thousand connections need more open files")?;
    let filled = context.ten_thousand()?;
    let questions: Vec<&str> = context.corpus.questions(STREAMS).collect();
    let quick = Provider::start(Pace { pieces: PIECES, pause: Duration::ZERO, together: 1 })?;
    let slow = Provider::start(Pace { pieces: PIECES, pause: Duration::from_secs(1), together: STREAMS })?;
    let allow = format!("[\"{}\", \"{}\"]", quick.authority(), slow.authority());
    let server = filled.installation.start(&[("HAMMOCK_EGRESS__ALLOW", &allow)])?;
    server.wait_for_vectors(Duration::from_secs(300))?;
    let mut api = server.api()?;
    let warm = make_assistant(&mut api, &quick, &filled.report.collection)?;
    for (number, question) in questions.iter().take(WARM_UP).enumerate() {
        read(&server, &warm, question, number)?;
    }
    let assistant = make_assistant(&mut api, &slow, &filled.report.collection)?;
    let before = server.memory()?.resident;
    let begun = Instant::now();
    let (seen, outcomes) = at_once(&server, &assistant, &questions)?;
    let took = begun.elapsed();
    let broken: Vec<String> =
        outcomes.iter().filter_map(|outcome| outcome.as_ref().err().map(|it| format!("{it:#}"))).collect();
    let mut note = format!(
        "{STREAMS} questions of {} chunks, each answered in {PIECES} pieces over {PIECES} s and compared with what the \
         provider sent; {:.0} s in all; memory before {before:.0} MB",
        filled.report.chunks,
        took.as_secs_f64()
    );
    if let Some(first) = broken.first() {
        note.push_str(&format!("; the first broken: {first}"));
    }
    Ok(vec![
        Row::new("1,000 open answer streams, dropped or wrong", broken.len() as f64, "streams", Budget::AtMost(0.0))
            .note(note),
        Row::new(
            "1,000 open answer streams, extra memory",
            percentile(&seen, 1.0) - before,
            "MB",
            Budget::AtMost(150.0),
        )
        .note(format!("at most; {:.0} MB extra half of the time", percentile(&seen, 0.5) - before)),
    ])
}

/// Asks all questions at once; the memory that was seen meanwhile, and what became of each.
fn at_once(server: &Server, assistant: &str, questions: &[&str]) -> Result<(Vec<f64>, Vec<Result<()>>)> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut seen = Vec::new();
            while !over.load(Ordering::Relaxed) {
                seen.extend(machine::memory(server.process()).map(|memory| memory.resident));
                thread::sleep(Duration::from_millis(100));
            }
            seen
        });
        let mut readers = Vec::with_capacity(questions.len());
        for (number, question) in questions.iter().enumerate() {
            let reader = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, move || read(server, assistant, question, number));
            readers.push(reader.context("no thread for a reader"));
        }
        let outcomes = readers
            .into_iter()
            .map(|reader| reader?.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the reader panicked"))))
            .collect();
        over.store(true, Ordering::Relaxed);
        let seen = watch.join().map_err(|_| anyhow::anyhow!("the memory could not be watched"))?;
        Ok((seen, outcomes))
    })
}

/// Asks one question and reads its answer to the end.
fn read(server: &Server, assistant: &str, question: &str, number: usize) -> Result<()> {
    let mark = format!("{}{number:04}", provider::MARK);
    let request = json!({ "assistant": assistant, "text": format!("{question} {mark}") }).to_string();
    let mut connection = server.connect(&server.key_header())?;
    let answer = connection.send("POST", "/api/v1/chat", Some(("application/json", request.as_bytes())))?;
    ensure!(answer.status == 200, "/chat answers {}", answer.status);
    let (mut text, mut ending) = (String::new(), Value::Null);
    for line in BufReader::new(answer).lines() {
        if let Some(data) = line.context("the stream broke")?.strip_prefix("data: ") {
            let event: Value = serde_json::from_str(data)?;
            match event["type"].as_str() {
                Some("delta") => text.push_str(event["text"].as_str().unwrap_or_default()),
                Some("done") => ending = event["message"].clone(),
                _ => {}
            }
        }
    }
    let sent = provider::pieces(&mark, PIECES).concat();
    ensure!(ending["state"] == "complete", "it ends as {} with {}", ending["state"], ending["error"]);
    ensure!(text.trim_end() == sent.trim_end(), "the provider sent {sent:?} and the reader got {text:?}");
    Ok(())
}
