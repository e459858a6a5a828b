//! Compiling the tests and clippy's checks, in one pass.
//!
//! `cargo clippy` compiles every dependency once more (as metadata only), which for LanceDB's tree takes many minutes.
//! Clippy's driver is a whole compiler, however, so the tests are compiled by it: one pass gives the lints and the
//! binaries, and the dependencies are those of `cargo xtask run` (docs/decisions/0010).

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{
    process::{cargo_in, say, shown, succeed},
    setup,
    test::tally::Tally,
    workspace::Workspace,
};

/// The packages of the server side: all but the two that are compiled for other purposes with other features.
pub const SERVER_SIDE: [&str; 5] = ["--workspace", "--exclude", "hammock-frontend", "--exclude", "xtask"];

/// `cargo test` whose own packages are compiled by clippy's driver.
///
/// # Errors
/// When there is no toolchain.
pub fn cargo_test(workspace: &Workspace, packages: &[&str]) -> Result<Command> {
    let driver = setup::sysroot(workspace)?.join("bin").join(format!("clippy-driver{}", std::env::consts::EXE_SUFFIX));
    let mut command = cargo_in(&workspace.root);
    command.arg("test").args(packages).env("RUSTC_WORKSPACE_WRAPPER", driver);
    Ok(command)
}

/// The server for the parts that start one: that of the tests, so that nothing is compiled for it once more. By itself it would
/// be: a part of the search is compiled with the checks of its tests.
///
/// # Errors
/// When it does not compile.
pub fn server(workspace: &Workspace) -> Result<()> {
    say("build: the server");
    succeed(cargo_test(workspace, &SERVER_SIDE)?.args(["--no-run", "--quiet"]))
}

/// Compiles all tests of the server side; when clippy complains, that is one failure and the tests run all the same.
pub fn server_side(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut command = cargo_test(workspace, &SERVER_SIDE)?;
    tally.part("the server side passes clippy", lint(command.arg("--no-run"))?);
    Ok(())
}

/// Runs clippy over what is compiled to WASM. Its dependencies are few, so the ordinary way is quick enough.
pub fn interface(workspace: &Workspace) -> Result<()> {
    lint(cargo_in(&workspace.root).args([
        "clippy",
        "--package",
        "hammock-frontend",
        "--package",
        "hammock-app",
        "--package",
        "hammock-contract",
        "--package",
        "hammock-widget",
        "--features",
        "hammock-app/hydrate",
        "--target",
        "wasm32-unknown-unknown",
    ]))?
}

/// A line of cargo's `--message-format=json`.
#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    message: String,
    rendered: Option<String>,
}

/// Runs a compilation and shows what it says. The outer error: it does not compile; the inner one: it does, with
/// warnings.
pub fn lint(command: &mut Command) -> Result<Result<()>> {
    let name = shown(command);
    command.arg("--message-format=json-diagnostic-rendered-ansi").stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("`{name}` cannot be started"))?;
    let output = child.stdout.take().context("the compiler's output cannot be read")?;
    let mut warnings = 0;
    for line in BufReader::new(output).lines() {
        if let Some(shown) = complaint(&line?) {
            eprint!("{shown}");
            warnings += 1;
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(if warnings == 0 { Ok(()) } else { Err(anyhow::anyhow!("{warnings} warnings")) })
}

/// The text of a warning or error, if a line of cargo's output is one.
fn complaint(line: &str) -> Option<String> {
    let message = serde_json::from_str::<Line>(line).ok()?.message?;
    let counts = message.level == "warning" || message.level.starts_with("error");
    // The compiler ends with a message that only counts those before.
    let sum = message.message.ends_with("emitted") || message.message.starts_with("aborting due to");
    (counts && !sum).then(|| message.rendered.unwrap_or(message.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_count_and_their_sum_does_not() {
        let line = |level: &str, text: &str| {
            serde_json::json!({"reason": "compiler-message", "message": {"level": level, "message": text, "rendered": "shown\n"}})
                .to_string()
        };
        assert_eq!(complaint(&line("warning", "unused variable: `a`")).as_deref(), Some("shown\n"));
        assert_eq!(complaint(&line("error", "mismatched types")).as_deref(), Some("shown\n"));
        assert_eq!(complaint(&line("warning", "2 warnings emitted")), None);
        assert_eq!(complaint(&line("note", "for more information")), None);
        assert_eq!(complaint(r#"{"reason":"compiler-artifact","target":{}}"#), None);
        assert_eq!(complaint("running 3 tests"), None);
    }
}
