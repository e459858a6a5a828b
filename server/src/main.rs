//! The `hammock` binary: everything is in the library, so that tests can put the same server together in their process.

use clap::Parser;
use hammock_server::cli::{self, Cli};

/// Returns memory to the system sooner and fragments less than the default under many small answers.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run(Cli::parse())
}
