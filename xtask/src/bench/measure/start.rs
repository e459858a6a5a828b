//! How quickly the server is up, and what it holds in memory when nobody asks for anything.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use serde_json::json;

use crate::bench::{
    context::Context,
    installation::{Server, WITHOUT_MODEL, wait},
    machine::Memory,
    row::{Budget, Row, percentile},
};

/// How often it is started.
const STARTS: usize = 7;
/// How long memory has to stay as it is.
const SETTLED: Duration = Duration::from_secs(3);

/// Starts a fresh installation, then the same again and again; then looks at its memory without and with the model.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let installation = context.installation()?;
    let first = installation.start(&[])?.took.as_secs_f64();
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        times.push(installation.start(&[])?.took.as_secs_f64());
    }
    let (least, most) = (percentile(&times, 0.0), percentile(&times, 1.0));
    let start = Row::new("start to ready", percentile(&times, 0.5), "s", Budget::AtMost(1.0)).note(format!(
        "from the start of the process until /readyz answers; median of {STARTS}, {least:.2} to {most:.2}; the first start took {first:.2}"
    ));

    let server = installation.start(&[WITHOUT_MODEL])?;
    let idle = settled(&server)?;
    drop(server);
    let server = installation.start(&[])?;
    server.wait_for_vectors(Duration::from_secs(300))?;
    server.api()?.post("/search", &json!({ "query": "How do I put the chat on my website?" }))?;
    let loaded = settled(&server)?;
    let row = |what, memory: Memory, most: f64| {
        Row::new(what, memory.resident, "MB", Budget::AtMost(most))
            .note(format!("resident, with the handbook indexed; at most {:.0} since the start", memory.peak))
    };
    Ok(vec![
        start,
        row("idle memory, no embedding model", idle, 150.0),
        row("memory with the embedding model", loaded, 350.0),
    ])
}

/// The memory once it has not changed by a megabyte for a while.
fn settled(server: &Server) -> Result<Memory> {
    let (mut last, mut since) = (server.memory()?, Instant::now());
    thread::sleep(SETTLED);
    wait("the memory to settle", Duration::from_secs(60), Duration::from_millis(200), || {
        let now = server.memory()?;
        if (now.resident - last.resident).abs() > 1.0 {
            (last, since) = (now, Instant::now());
        }
        Ok((since.elapsed() >= SETTLED).then_some(now))
    })
}
