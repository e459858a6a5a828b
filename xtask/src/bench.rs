//! `cargo xtask bench`: the budgets of the design, measured from outside on the server that `cargo xtask run` builds, or on
//! the one of `cargo xtask dist`.
//!
//! Every measurement starts the real binary on a data directory of its own and talks to it over HTTP, as a browser or a
//! program would. Client, provider and website of a measurement run in this process and use the same processors: what is
//! measured is what a machine gives that does all of it.

mod context;
mod corpus;
mod http;
mod installation;
mod listener;
mod machine;
mod measure;
mod provider;
mod row;
mod scrapy;
mod script;
mod website;

use std::time::Instant;

use anyhow::{Result, bail, ensure};

use crate::{
    bench::{context::Context, row::Row},
    dist,
    process::{duration, say},
    run::{self, Program},
    setup,
    workspace::Workspace,
};

/// A measurement's name and what it does.
type Measurement = (&'static str, fn(&Context) -> Result<Vec<Row>>);

/// In this order: what is quick comes first.
const MEASUREMENTS: [Measurement; 13] = [
    ("first-load", measure::first_load::measure),
    ("widget", measure::widget::measure),
    ("start", measure::start::measure),
    ("upload", measure::upload::measure),
    ("table", measure::table::measure),
    ("thread", measure::thread::measure),
    ("crawl", measure::crawl::measure),
    ("embedding", measure::embedding::measure),
    ("conversations", measure::conversations::measure),
    ("first-token", measure::first_token::measure),
    ("streams", measure::streams::measure),
    ("search", measure::search::measure),
    ("ingest", measure::ingest::measure),
];

/// Measures, and prints a table for each measurement, or JSON at the end, on standard output. A budget that is missed is a result, not a failure.
///
/// # Errors
/// When something does not build, or a measurement could not be made; the others are printed all the same.
pub fn bench(
    workspace: &Workspace,
    only: &[String],
    json: bool,
    build: bool,
    program: Program,
    new_vectors: Option<usize>,
) -> Result<()> {
    for name in only {
        ensure!(
            MEASUREMENTS.iter().any(|(known, _)| known == name),
            "there is no measurement `{name}`; there are {}",
            MEASUREMENTS.map(|(known, _)| known).join(", ")
        );
    }
    if build {
        match program {
            Program::Development => {
                setup::setup(workspace, setup::For::Running)?;
                run::build(workspace)?;
            }
            Program::Distribution => dist::dist(workspace)?,
        }
    }
    let context = Context::new(workspace, program, new_vectors.unwrap_or(context::NEW_VECTORS))?;
    say(&format!("bench: {program}; {}; texts: {}", machine::describe(), context.corpus.origin));
    let mut rows = Vec::new();
    let mut failed = Vec::new();
    for (name, measure) in MEASUREMENTS {
        if !only.is_empty() && !only.iter().any(|wanted| wanted == name) {
            continue;
        }
        let start = Instant::now();
        let load = machine::load();
        match measure(&context) {
            Ok(found) => {
                let found: Vec<Row> = found.into_iter().map(|row| Row { measurement: name, load, ..row }).collect();
                // At once: the whole takes a while, and may be stopped.
                if !json {
                    println!("{}", row::table(&found));
                }
                rows.extend(found);
            }
            Err(error) => {
                say(&format!("bench: {name} could not be measured: {error:#}"));
                failed.push(name);
            }
        }
        say(&format!("bench: {name} took {}", duration(start.elapsed())));
    }
    if rows.iter().any(|row| !row.is_valid) {
        say(
            "bench: rows that are not valid were measured on made-up texts, or with vectors that are blended; `--new-vectors 100000` \
             makes all of them once, in most of an hour",
        );
    }
    if json {
        println!("{}", row::json(&rows, &context.corpus.origin)?);
    }
    if !failed.is_empty() {
        bail!("not measured: {}", failed.join(", "));
    }
    Ok(())
}
