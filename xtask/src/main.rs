//! `cargo xtask`: everything that a contributor or a machine does with this repository, with nothing but a Rust
//! toolchain, a C compiler and Python's pip installed beforehand.

mod bench;
mod boundaries;
mod checkout;
mod dev;
mod dist;
#[cfg(test)]
mod documents;
mod documents_for_tests;
mod environment;
mod kept_apart;
mod model;
mod process;
mod run;
mod setup;
mod site;
mod test;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{process::say, workspace::Workspace};

/// Builds, runs and tests Hammock.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetches what is missing, builds everything and starts Hammock on http://127.0.0.1:3000.
    Run {
        /// Arguments for `hammock`, after `--`; `serve` when there are none.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Like `run`, and builds and starts again whenever a file changes.
    Dev,
    /// Builds the interface (WASM, styles, static files) into `target/site`.
    Build,
    /// Formatting, boundaries, clippy, unit, integration and browser tests.
    Test {
        /// Installs Node.js and Chromium with apt-get when they are missing (done without asking when `CI=true`, and by root
        /// unless `CI=false`).
        #[arg(long)]
        install: bool,
        /// Runs only the parts with these names.
        #[arg(long = "only", value_name = "PART")]
        only: Vec<String>,
    },
    /// Measures the budgets of the design on the built server: start, memory, search, answers, crawling and the rest.
    Bench {
        /// Prints JSON instead of a table.
        #[arg(long)]
        json: bool,
        /// Makes only the measurements with these names.
        #[arg(long = "only", value_name = "NAME")]
        only: Vec<String>,
        /// Measures what was built before.
        #[arg(long)]
        no_build: bool,
        /// Measures the program of `cargo xtask dist`, which is what is installed somewhere.
        #[arg(long)]
        dist: bool,
        /// Makes so many vectors of the model's for the large collections beside those that the cache keeps.
        #[arg(long, value_name = "NUMBER")]
        new_vectors: Option<usize>,
    },
    /// Checks the rules of docs/ARCHITECTURE.md; seconds, nothing is compiled.
    Boundaries,
    /// Builds the binary for a release, with the interface inside, into `target/dist/hammock`.
    Dist,
}

impl Command {
    /// Whether cargo compiles anything for it.
    const fn builds(&self) -> bool {
        !matches!(self, Self::Boundaries | Self::Bench { no_build: true, .. })
    }
}

fn main() -> ExitCode {
    process::start_clock();
    let arguments = Arguments::parse();
    let outcome = Workspace::find().and_then(|workspace| carry_out(&workspace, arguments.command));
    outcome.unwrap_or_else(|error| {
        say(&format!("failed: {error:#}"));
        ExitCode::FAILURE
    })
}

fn carry_out(workspace: &Workspace, command: Command) -> Result<ExitCode> {
    if command.builds() {
        checkout::take_over(workspace)?;
    }
    match command {
        Command::Run { arguments } => run::run(workspace, &arguments)?,
        Command::Dev => dev::dev(workspace)?,
        Command::Build => {
            setup::setup(workspace, setup::For::Building)?;
            site::build(workspace)?;
        }
        // It ends with its sum, also where something failed: nothing is said after that.
        Command::Test { install, only } => return test::test(workspace, install, &only),
        Command::Bench { json, only, no_build, dist, new_vectors } => {
            bench::bench(workspace, &only, json, !no_build, dist.into(), new_vectors)?;
        }
        Command::Boundaries => boundaries::check_and_print(workspace)?,
        Command::Dist => dist::dist(workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
