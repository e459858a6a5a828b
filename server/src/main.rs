//! The `hammock` binary: everything is in the library, so that tests can put the same server together in their process.

use hammock_server::cli::{self, Cli};

fn main() -> std::process::ExitCode {
    match Cli::read() {
        Ok(cli) => cli::run(cli),
        Err(code) => code,
    }
}
