//! A thousand answers at once, alone and beside one that is hardly read.

use std::{
    io::{BufRead, BufReader, Read as _},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::bench::{
    context::Context,
    installation::{Api, Server, id},
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
/// What our part of an answer may take, at the median; a thousand at once may not take longer than one after the other. Seconds.
const OUR_PART: f64 = 0.05;
/// How much longer all of them may take beside the one that is hardly read: no longer, but for what two runs differ by. Per cent.
const LONGER: f64 = 10.0;
/// How many pieces the answer has that is read a byte at a time: more than the system keeps for who does not read.
const PIECES_UNREAD: usize = 2_000;
/// Its reader waits for so long after each byte.
const PAUSE_OF_A_BYTE: Duration = Duration::from_millis(1);
/// How many tokens an assistant's answer may have, at most.
const LONGEST_ANSWER: u32 = 16_384;
/// How many questions are asked at first, to fill caches.
const WARM_UP: usize = 20;

/// What a reader gets that reads a byte at a time while there are others.
struct Unread {
    /// How many bytes it had read when the others had all of theirs.
    bytes: usize,
    /// Whether it has everything in the end.
    outcome: Result<()>,
}

/// What was seen of all of them.
struct Seen {
    /// The memory in use, again and again. MB.
    memory: Vec<f64>,
    /// What became of each of the thousand.
    outcomes: Vec<Result<()>>,
    /// How long they took.
    took: Duration,
    /// The one that is hardly read, if there was one.
    unread: Option<Unread>,
}

/// Asks a thousand questions, and once more beside one whose answer is hardly read; the provider begins to answer when it has them
/// all. Compares every text with what it sent.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    // Readers and provider have a connection for every answer, and both are in this process.
    rlimit::increase_nofile_limit(4 * STREAMS as u64).context("a thousand connections need more open files")?;
    let filled = context.ten_thousand()?;
    let questions: Vec<&str> = context.corpus.questions(STREAMS).collect();
    let quick = Provider::start(Pace { pieces: PIECES, pause: Duration::ZERO, together: 1 })?;
    let pace = Pace { pieces: PIECES, pause: Duration::from_secs(1), together: STREAMS };
    // One for each time: it lets all through once it has so many.
    let (slow, again) = (Provider::start(pace)?, Provider::start(pace)?);
    let long = Provider::start(Pace { pieces: PIECES_UNREAD, pause: Duration::from_millis(10), together: 1 })?;
    let authorities = [&quick, &slow, &again, &long].map(|provider| format!("\"{}\"", provider.authority()));
    let allow = format!("[{}]", authorities.join(", "));
    let server = filled.installation.start(&[("HAMMOCK_EGRESS__ALLOW", &allow)])?;
    server.wait_for_vectors(Duration::from_secs(300))?;
    let mut api = server.api()?;
    let warm = make_assistant(&mut api, &quick, &filled.report.collection)?;
    for (number, question) in questions.iter().take(WARM_UP).enumerate() {
        read(&server, &warm, question, number)?;
    }
    let assistant = make_assistant(&mut api, &slow, &filled.report.collection)?;
    let assistant_again = make_assistant(&mut api, &again, &filled.report.collection)?;
    let unread = make_long_assistant(&mut api, &long)?;
    let before = server.memory()?.resident;
    let alone = at_once(&server, &assistant, None, &questions)?;
    let Seen { memory, outcomes, took, unread } = at_once(&server, &assistant_again, Some(&unread), &questions)?;
    let unread = unread.context("nobody read slowly")?;
    let memory: Vec<f64> = alone.memory.into_iter().chain(memory).collect();
    let outcomes = alone.outcomes.iter().chain(&outcomes);
    let broken: Vec<String> = outcomes.filter_map(|it| it.as_ref().err().map(|it| format!("{it:#}"))).collect();
    let (alone, beside) = (alone.took.as_secs_f64(), took.as_secs_f64());
    let mut note = format!(
        "twice {STREAMS} questions of {} chunks, each answered in {PIECES} pieces over {PIECES} s and compared with what \
         the provider sent; {alone:.0} s and {beside:.0} s in all; memory before {before:.0} MB",
        filled.report.chunks
    );
    if let Some(first) = broken.first() {
        note.push_str(&format!("; the first broken: {first}"));
    }
    let slow_note = match &unread.outcome {
        Ok(()) => format!("{} bytes of it were read when the others were whole; the rest was right", unread.bytes),
        Err(error) => format!("{error:#}").chars().take(300).collect(),
    };
    let slow_wrong = if unread.outcome.is_ok() { 0.0 } else { 1.0 };
    Ok(vec![
        Row::new("1,000 open answer streams, dropped or wrong", broken.len() as f64, "streams", Budget::AtMost(0.0))
            .note(note),
        Row::new(
            "1,000 open answer streams, extra memory",
            percentile(&memory, 1.0) - before,
            "MB",
            Budget::AtMost(150.0),
        )
        .note(format!("at most; {:.0} MB extra half of the time", percentile(&memory, 0.5) - before)),
        // Each is written for as long as it has pieces; what is beyond is ours.
        Row::new(
            "1,000 open answer streams, time beyond the provider's",
            alone.max(beside) - PIECES as f64,
            "s",
            Budget::AtMost(OUR_PART * STREAMS as f64),
        )
        .note("from the first question to the last answer's end, asking included; the longer one"),
        Row::new(
            "1,000 open answer streams, longer beside one that is read a byte at a time",
            (beside / alone - 1.0) * 100.0,
            "%",
            Budget::AtMost(LONGER),
        )
        .note(format!("{beside:.1} s instead of {alone:.1} s; below zero: no longer")),
        Row::new(
            "an answer read a byte at a time beside them, dropped or wrong",
            slow_wrong,
            "streams",
            Budget::AtMost(0.0),
        )
        .note(slow_note),
    ])
}

/// An assistant without collections whose answers may be long, of a provider; its id.
///
/// # Errors
/// When the server refuses.
pub fn make_long_assistant(api: &mut Api, provider: &Provider) -> Result<String> {
    let connection = json!({ "name": provider.authority(), "kind": "compatible", "base_url": provider.url() });
    let connection = id(&api.post("/connections", &connection)?)?;
    let settings = json!({
        "name": provider.authority(),
        "connection": connection,
        "model": "bench",
        "collections": [],
        "max_tokens": LONGEST_ANSWER,
    });
    id(&api.post("/assistants", &settings)?)
}

/// Asks all questions at once, and before them that of the assistant `unread`, whose answer is hardly read; the memory that was seen
/// meanwhile, and what became of each.
fn at_once(server: &Server, assistant: &str, unread: Option<&str>, questions: &[&str]) -> Result<Seen> {
    let over = &AtomicBool::new(false);
    let begun = Instant::now();
    thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut seen = Vec::new();
            while !over.load(Ordering::Relaxed) {
                seen.extend(machine::memory(server.process()).map(|memory| memory.resident));
                thread::sleep(Duration::from_millis(100));
            }
            seen
        });
        let unread = unread.map(|assistant| scope.spawn(move || read_slowly(server, assistant, over)));
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
        let took = begun.elapsed();
        over.store(true, Ordering::Relaxed);
        let memory = watch.join().map_err(|_| anyhow::anyhow!("the memory could not be watched"))?;
        let unread = unread.map(|it| it.join().map_err(|_| anyhow::anyhow!("the slow reader panicked"))).transpose()?;
        Ok(Seen { memory, outcomes, took, unread })
    })
}

/// Asks a question and reads a byte of its answer at a time until the others are `over`; then the rest.
fn read_slowly(server: &Server, assistant: &str, over: &AtomicBool) -> Unread {
    let mut bytes = 0;
    let outcome = read_bytewise(server, assistant, over, &mut bytes);
    Unread { bytes, outcome }
}

/// The same; `bytes` tells how many were read by then.
fn read_bytewise(server: &Server, assistant: &str, over: &AtomicBool, bytes: &mut usize) -> Result<()> {
    let mark = format!("{}9999", provider::MARK);
    let request = json!({ "assistant": assistant, "text": format!("Tell everything. {mark}") }).to_string();
    let mut connection = server.connect(&server.key_header())?;
    let mut answer = connection.send("POST", "/api/v1/chat", Some(("application/json", request.as_bytes())))?;
    ensure!(answer.status == 200, "/chat answers {}", answer.status);
    let mut whole = Vec::new();
    let mut byte = [0];
    while !over.load(Ordering::Relaxed) && answer.read(&mut byte)? == 1 {
        whole.extend(byte);
        thread::sleep(PAUSE_OF_A_BYTE);
    }
    *bytes = whole.len();
    answer.read_to_end(&mut whole)?;
    judge(whole.as_slice(), &mark, PIECES_UNREAD)
}

/// Asks one question and reads its answer to the end.
fn read(server: &Server, assistant: &str, question: &str, number: usize) -> Result<()> {
    let mark = format!("{}{number:04}", provider::MARK);
    let request = json!({ "assistant": assistant, "text": format!("{question} {mark}") }).to_string();
    let mut connection = server.connect(&server.key_header())?;
    let answer = connection.send("POST", "/api/v1/chat", Some(("application/json", request.as_bytes())))?;
    ensure!(answer.status == 200, "/chat answers {}", answer.status);
    judge(BufReader::new(answer), &mark, PIECES)
}

/// Whether a stream ends well, and has every piece that was sent once.
fn judge(stream: impl BufRead, mark: &str, pieces: usize) -> Result<()> {
    let (mut text, mut ending) = (String::new(), Value::Null);
    for line in stream.lines() {
        if let Some(data) = line.context("the stream broke")?.strip_prefix("data: ") {
            let event: Value = serde_json::from_str(data)?;
            match event["type"].as_str() {
                Some("delta") => text.push_str(event["text"].as_str().unwrap_or_default()),
                Some("done") => ending = event["message"].clone(),
                _ => {}
            }
        }
    }
    let sent = provider::pieces(mark, pieces).concat();
    ensure!(ending["state"] == "complete", "it ends as {} with {}", ending["state"], ending["error"]);
    ensure!(text.trim_end() == sent.trim_end(), "the provider sent {sent:?} and the reader got {text:?}");
    Ok(())
}
