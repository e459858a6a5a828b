//! Our part of the time before an answer's first word: from the question to its arrival at the model's provider.

use std::{
    io::{BufRead, BufReader},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::bench::{
    context::Context,
    installation::Server,
    measure::make_assistant,
    provider::{Pace, Provider},
    row::{Budget, Row, percentile},
};

/// How many conversations there are, each of [`TURNS`] questions.
const CONVERSATIONS: usize = 100;
/// How many questions a conversation has; the later ones bring their history.
const TURNS: usize = 3;
/// The first ones fill caches and do not count.
const WARM_UP: usize = 20;

/// Asks questions one after the other. Provider and client share a clock, since they share a process.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let filled = context.ten_thousand()?;
    let provider = Provider::start(Pace { pieces: 3, pause: Duration::ZERO, together: 1 })?;
    let (allow, destination) = provider.egress();
    let server = filled.installation.start(&[(allow, &destination)])?;
    server.wait_for_vectors(Duration::from_secs(300))?;
    let assistant = make_assistant(&mut server.api()?, &provider, &filled.report.collection)?;
    let mut times = Vec::with_capacity(CONVERSATIONS * TURNS);
    let questions: Vec<&str> = context.corpus.questions(CONVERSATIONS * TURNS).collect();
    for questions in questions.chunks(TURNS) {
        let mut conversation = Value::Null;
        for question in questions {
            let request = json!({ "assistant": assistant, "conversation": conversation, "text": question });
            let begun = Instant::now();
            conversation = ask(&server, &server.key_header(), &request)?;
            let arrived = provider.arrivals.try_recv().context("the question did not reach the provider")?;
            times.push((arrived - begun).as_secs_f64() * 1_000.0);
        }
    }
    times.drain(..WARM_UP);
    let note = format!("{} questions one at a time, two of three with history; {}", times.len(), filled.report.note());
    let row = |share, most| {
        let what = format!("our part before the first token, p{:.0}", share * 100.0);
        Row::new(what, percentile(&times, share), "ms", Budget::AtMost(most))
    };
    Ok(vec![row(0.5, 50.0).note(note), row(0.95, 120.0)])
}

/// Asks as whom the headers say, and reads the answer to its end; the conversation's id.
///
/// # Errors
/// When the question is refused.
pub fn ask(server: &Server, headers: &[(&str, &str)], request: &Value) -> Result<Value> {
    let mut connection = server.connect(headers)?;
    let body = request.to_string();
    let answer = connection.send("POST", "/api/v1/chat", Some(("application/json", body.as_bytes())))?;
    ensure!(answer.status == 200, "/chat answers {}", answer.status);
    let mut conversation = Value::Null;
    for line in BufReader::new(answer).lines() {
        if let Some(data) = line?.strip_prefix("data: ") {
            let event: Value = serde_json::from_str(data)?;
            if event["type"] == "started" {
                conversation = event["conversation"].clone();
            }
        }
    }
    Ok(conversation)
}
