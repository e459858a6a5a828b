//! How soon a long conversation is there.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::bench::{
    context::Context,
    http::Connection,
    installation::{Api, WITHOUT_MODEL, id, wait},
    measure::{first_token::ask, table::sign_in},
    provider::{Pace, Provider},
    row::{Budget, Row, percentile},
    script,
};

/// How many questions the conversation has, each with its answer.
const QUESTIONS: usize = 500;
/// What is asked; the handbook answers it, with the passages that it quotes.
const QUESTION: &str = "How do I put the chat on my website?";
/// How often it is opened.
const TIMES: usize = 40;
/// A frame that is longer is seen as a stutter. Milliseconds.
const LONG_FRAME: f64 = 50.0;
/// How many messages the page asks for at first.
const PART: usize = 40;
/// What the assistant is called that writes while somebody types.
const WRITER: &str = "Steady writer";
/// How many tokens its answer may have, at most.
const LONGEST_ANSWER: u32 = 16_384;
/// How it writes: for longer than the typing takes.
const WRITING: Pace = Pace { pieces: 2_000, pause: Duration::from_millis(20), together: 1 };

/// Asks a thousand messages long, and opens the conversation again and again.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let installation = context.installation()?;
    let provider = Provider::start(WRITING)?;
    let (allow, destination) = provider.egress();
    let server = installation.start(&[WITHOUT_MODEL, (allow, &destination)])?;
    let mut api = server.api()?;
    let search = json!({ "query": QUESTION, "mode": "keyword" });
    wait("the handbook to be found", Duration::from_secs(60), Duration::from_millis(100), || {
        let found = api.post("/search", &search)?;
        Ok(found["hits"].as_array().is_some_and(|hits| !hits.is_empty()).then_some(()))
    })?;
    let cookie = sign_in(&server)?;
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let mut conversation = Value::Null;
    for _ in 0..QUESTIONS {
        conversation = ask(&server, &headers, &json!({ "conversation": conversation, "text": QUESTION }))?;
    }
    let conversation = conversation.as_str().context("the conversation has no id")?;

    let mut browser = server.connect(&headers)?;
    let page = timed(&mut browser, "GET", &format!("/chat/{conversation}"), None)?;
    let wanted = json!({ "conversation": conversation, "wanted": { "limit": PART } });
    let part = timed(&mut browser, "POST", "/api/fn/chat/read_conversation", Some(&wanted))?;
    let whole = timed(&mut browser, "GET", &format!("/api/v1/conversations/{conversation}"), None)?;
    let messages = 2 * QUESTIONS;
    let row = |what: &str, (times, bytes): &(Vec<f64>, usize), budget| {
        Row::new(format!("conversation of {messages} messages, {what}, p95"), percentile(times, 0.95), "ms", budget)
            .note(format!("median {:.1} ms of {TIMES}; {:.0} KB", percentile(times, 0.5), *bytes as f64 / 1024.0))
    };
    let mut rows = vec![
        row("its page", &page, Budget::AtMost(1_000.0)),
        row(&format!("its last {PART}"), &part, Budget::None),
        row("all of it", &whole, Budget::None),
    ];
    // Not before: the questions above are answered without a model.
    make_writer(&mut api, &provider)?;
    let task = json!({
        "url": server.url(), "cookie": cookie, "conversation": conversation, "questions": QUESTIONS, "writer": WRITER,
    });
    rows.extend(in_browser(context, &task)?);
    Ok(rows)
}

/// Makes an assistant of the provider.
fn make_writer(api: &mut Api, provider: &Provider) -> Result<()> {
    let connection = json!({ "name": provider.authority(), "kind": "compatible", "base_url": provider.url() });
    let connection = id(&api.post("/connections", &connection)?)?;
    let settings = json!({
        "name": WRITER,
        "connection": connection,
        "model": "bench",
        "collections": [],
        "max_tokens": LONGEST_ANSWER,
    });
    api.post("/assistants", &settings)?;
    Ok(())
}

/// What `measure/thread.js` prints. Milliseconds.
#[derive(Debug, Deserialize)]
struct Seen {
    /// Until its end was seen and the page was live, each time.
    opened: Vec<f64>,
    /// Every frame while it was scrolled through, up and down.
    frames: Vec<f64>,
    /// From each key to the frame that shows it, with all messages there.
    typed: Vec<f64>,
    /// The same while an answer is written.
    beside: Vec<f64>,
}

fn in_browser(context: &Context, task: &Value) -> Result<Vec<Row>> {
    let what = |what: &str| format!("conversation of {} messages in the browser, {what}", 2 * QUESTIONS);
    let (opened, frames) = (what("until it is there, p95"), what("a frame of scrolling, p95"));
    let (typed, beside) = (what("from a key to its frame, p95"), what("the same while an answer streams, p95"));
    let Some(seen) = script::run::<Seen>(context, "thread", task)? else {
        return Ok([opened, frames, typed, beside].map(|what| Row::missing(what, "ms", script::MISSING)).into());
    };
    let slow = seen.frames.iter().filter(|frame| **frame > LONG_FRAME).count();
    let (long, longest) = (percentile(&seen.frames, 0.95), percentile(&seen.frames, 1.0));
    Ok(vec![
        Row::new(opened, percentile(&seen.opened, 0.95), "ms", Budget::AtMost(1_000.0))
            .note(format!("median {:.0} ms of {}", percentile(&seen.opened, 0.5), seen.opened.len())),
        Row::new(frames, long, "ms", Budget::AtMost(LONG_FRAME)).note(format!(
            "up to the first message and down again; {slow} of {} frames over {LONG_FRAME} ms, the longest {longest:.0} ms",
            seen.frames.len()
        )),
        Row::new(typed, percentile(&seen.typed, 0.95), "ms", Budget::AtMost(LONG_FRAME))
            .note(format!("median {:.0} ms of {}", percentile(&seen.typed, 0.5), seen.typed.len())),
        Row::new(beside, percentile(&seen.beside, 0.95), "ms", Budget::AtMost(LONG_FRAME))
            .note(format!("median {:.0} ms of {}", percentile(&seen.beside, 0.5), seen.beside.len())),
    ])
}

/// How long a request takes, in milliseconds, and how many bytes its answer has.
fn timed(browser: &mut Connection, method: &str, path: &str, body: Option<&Value>) -> Result<(Vec<f64>, usize)> {
    let body = body.map(Value::to_string);
    let content = body.as_deref().map(|body| ("application/json", body.as_bytes()));
    let (mut times, mut size) = (Vec::with_capacity(TIMES), 0);
    for _ in 0..TIMES {
        let begun = Instant::now();
        let answer = browser.send(method, path, content)?;
        let status = answer.status;
        let bytes = answer.bytes()?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        ensure!(status == 200, "{path} answers {status}: {}", String::from_utf8_lossy(&bytes));
        size = bytes.len();
    }
    Ok((times, size))
}
