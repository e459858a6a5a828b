//! The `hammock` binary: everything is in the library, so that tests can put the same server together in their process.

use clap::Parser;
use hammock_server::cli::{self, Cli};

fn main() -> std::process::ExitCode {
    cli::run(Cli::parse())
}
