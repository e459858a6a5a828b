//! How soon a long conversation is there.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::bench::{
    context::Context,
    http::Connection,
    installation::{WITHOUT_MODEL, wait},
    measure::{first_token::ask, table::sign_in},
    row::{Budget, Row, percentile},
};

/// How many questions the conversation has, each with its answer.
const QUESTIONS: usize = 500;
/// What is asked; the handbook answers it, with the passages that it quotes.
const QUESTION: &str = "How do I put the chat on my website?";
/// How often it is opened.
const TIMES: usize = 40;
/// How many messages the page asks for at first.
const PART: usize = 40;

/// Asks a thousand messages long, and opens the conversation again and again.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let installation = context.installation()?;
    let server = installation.start(&[WITHOUT_MODEL])?;
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
    let id = conversation.as_str().context("the conversation has no id")?;

    let mut browser = server.connect(&headers)?;
    let page = timed(&mut browser, "GET", &format!("/chat/{id}"), None)?;
    let wanted = json!({ "conversation": id, "wanted": { "limit": PART } });
    let part = timed(&mut browser, "POST", "/api/fn/chat/read_conversation", Some(&wanted))?;
    let whole = timed(&mut browser, "GET", &format!("/api/v1/conversations/{id}"), None)?;
    let messages = 2 * QUESTIONS;
    let row = |what: &str, (times, bytes): &(Vec<f64>, usize), budget| {
        Row::new(format!("conversation of {messages} messages, {what}, p95"), percentile(times, 0.95), "ms", budget)
            .note(format!("median {:.1} ms of {TIMES}; {:.0} KB", percentile(times, 0.5), *bytes as f64 / 1024.0))
    };
    Ok(vec![
        row("its page", &page, Budget::AtMost(1_000.0)),
        row(&format!("its last {PART}"), &part, Budget::None),
        row("all of it", &whole, Budget::None),
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
