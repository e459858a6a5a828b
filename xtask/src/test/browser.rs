//! The browser tests: Playwright on the system's Chromium against the server that was just built.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{
    environment,
    process::{capture, say, succeed},
    run,
    test::{compile, tally::Tally},
    workspace::Workspace,
};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Installs what is missing where that is allowed. Other parts use the browser too: the crawler's tests show pages with it.
pub fn install_if_missing(tally: &Tally) {
    let missing = missing();
    if missing.is_empty() {
        return;
    }
    let asked = tally.may_install.then_some("as asked");
    let Some(why) = asked.or_else(environment::why_to_install) else {
        say(&format!("browser: {}", advice(&missing)));
        return;
    };
    say(&format!("browser: installing {}, {why}", missing.join(", ")));
    if let Err(error) = install(&missing) {
        say(&format!("browser: {error:#}"));
    }
}

/// What is missing, and what to do about it.
fn advice(missing: &[&str]) -> String {
    format!(
        "{} is not installed; on Debian `apt-get install {}`, or `cargo xtask test --install` as root",
        missing.join(" and "),
        missing.join(" ")
    )
}

/// Runs `end2end/`.
pub fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let directory = workspace.root.join("end2end");
    let missing = missing();
    let Some(browser) = environment::find_program(&BROWSERS).filter(|_| missing.is_empty()) else {
        let said = format!("the browser tests: {}", advice(&missing));
        say(&said);
        tally.skip(&said, 1);
        return Ok(());
    };
    if let Err(error) = packages(&directory) {
        tally.fail(&format!("the packages of the browser tests cannot be installed: {error:#}"));
        return Ok(());
    }
    tally.part("the browser tests are TypeScript without errors", check_types(&directory));
    compile::server(workspace)?;
    let settings = run::settings(workspace)?;
    let report = workspace.target.join("browser-tests.json");
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let mut command = Command::new("node");
    command
        .current_dir(&directory)
        .args(["node_modules/@playwright/test/cli.js", "test", "--reporter=list,json"])
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .env("HAMMOCK_BINARY", workspace.server_binary())
        .env("HAMMOCK_BROWSER", &browser);
    for (name, value) in &settings {
        // Each run of the browser tests has data directories of its own (playwright.config.ts).
        if *name != "HAMMOCK_DATA__DIR" {
            command.env(name, value);
        }
    }
    let outcome = format!("{:?}", succeed(&mut command));
    match std::fs::read(&report).ok().and_then(|bytes| serde_json::from_slice::<Report>(&bytes).ok()) {
        Some(report) => report.count(tally),
        None => tally.fail(&format!("the browser tests gave no result: {outcome}")),
    }
    Ok(())
}

/// The browser for whatever drives one by the packages of `end2end/`, which are there then; nothing where one of the programs
/// that it takes is missing.
///
/// # Errors
/// When the packages cannot be installed.
pub fn driven(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if !missing().is_empty() {
        return Ok(None);
    }
    packages(&workspace.root.join("end2end"))?;
    Ok(environment::find_program(&BROWSERS))
}

/// Debian's names of what is not here.
fn missing() -> Vec<&'static str> {
    let mut missing = Vec::new();
    for (programs, package) in [(&["node"][..], "nodejs"), (&["npm"], "npm"), (&BROWSERS, "chromium")] {
        if environment::find_program(programs).is_none() {
            missing.push(package);
        }
    }
    missing
}

fn install(packages: &[&str]) -> Result<()> {
    let apt = environment::find_program(&["apt-get"]).context("there is no apt-get to install them with")?;
    succeed(Command::new(&apt).args(["update", "-qq"]))?;
    succeed(
        Command::new(apt)
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

/// `npm ci`, unless what the lock file says is installed already.
fn packages(directory: &Path) -> Result<()> {
    let lock = std::fs::read(directory.join("package-lock.json")).context("end2end/package-lock.json is missing")?;
    let seen = directory.join("node_modules/.installed-from");
    if std::fs::read(&seen).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say("browser: installing the packages of package-lock.json");
    succeed(
        Command::new("npm")
            .current_dir(directory)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )?;
    std::fs::write(&seen, lock).with_context(|| format!("cannot write {}", seen.display()))
}

/// What TypeScript's compiler says of `end2end/`: Playwright only takes the types off, and runs what does not fit all the same.
fn check_types(directory: &Path) -> Result<()> {
    say("browser: checking the types");
    capture(Command::new("node").current_dir(directory).args(["node_modules/typescript/bin/tsc", "--noEmit"])).map(drop)
}

/// Playwright's JSON report, as far as it is needed.
#[derive(Debug, Deserialize)]
struct Report {
    stats: Stats,
    #[serde(default)]
    suites: Vec<Suite>,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

#[derive(Debug, Deserialize)]
struct Stats {
    expected: usize,
}

#[derive(Debug, Deserialize)]
struct Suite {
    title: String,
    #[serde(default)]
    suites: Vec<Suite>,
    #[serde(default)]
    specs: Vec<Spec>,
}

#[derive(Debug, Deserialize)]
struct Spec {
    title: String,
    tests: Vec<Test>,
}

#[derive(Debug, Deserialize)]
struct Test {
    status: String,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Debug, Deserialize)]
struct Annotation {
    #[serde(default)]
    description: String,
}

impl Report {
    fn count(&self, tally: &mut Tally) {
        tally.pass(self.stats.expected);
        for suite in &self.suites {
            suite.count(&suite.title, tally);
        }
        for error in &self.errors {
            let message = error.get("message").and_then(serde_json::Value::as_str).unwrap_or("unknown");
            tally.fail(&format!("browser: {message}"));
        }
        if self.stats.expected == 0 && tally.failed() == 0 {
            tally.fail("browser: there was no test to run");
        }
    }
}

impl Suite {
    fn count(&self, path: &str, tally: &mut Tally) {
        for spec in &self.specs {
            for test in &spec.tests {
                let name = format!("browser: {path}: {}", spec.title);
                match test.status.as_str() {
                    "expected" => {}
                    "skipped" => {
                        let why: Vec<_> = test.annotations.iter().map(|note| note.description.as_str()).collect();
                        tally.skip(&format!("{name}: {}", why.join(", ")), 1);
                    }
                    // A test that passes only sometimes has not passed.
                    other => tally.fail(&format!("{name} ({other})")),
                }
            }
        }
        for suite in &self.suites {
            suite.count(&format!("{path}: {}", suite.title), tally);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_report() {
        let report: Report = serde_json::from_value(serde_json::json!({
            "stats": {"expected": 2, "unexpected": 1, "flaky": 1, "skipped": 1, "duration": 1.5},
            "errors": [],
            "suites": [{"title": "sign-in.spec.ts", "specs": [
                {"title": "opens", "tests": [{"status": "expected"}]},
                {"title": "fails", "tests": [{"status": "unexpected"}]},
                {"title": "sometimes", "tests": [{"status": "flaky"}]}
            ], "suites": [{"title": "keyboard", "specs": [
                {"title": "waits", "tests": [{"status": "skipped", "annotations": [{"type": "skip", "description": "no mouse"}]}]},
                {"title": "works", "tests": [{"status": "expected"}]}
            ]}]}]
        }))
        .unwrap();
        let mut tally = Tally::default();
        report.count(&mut tally);
        assert_eq!(
            tally.to_string(),
            "skipped (1): browser: sign-in.spec.ts: keyboard: waits: no mouse\n\
             failed: browser: sign-in.spec.ts: fails (unexpected)\n\
             failed: browser: sign-in.spec.ts: sometimes (flaky)\n2 passed, 2 failed, 1 skipped\n"
        );
    }

    #[test]
    fn no_test_at_all_is_a_failure() {
        let report: Report = serde_json::from_value(serde_json::json!({"stats": {"expected": 0}})).unwrap();
        let mut tally = Tally::default();
        report.count(&mut tally);
        assert_eq!(tally.failed(), 1);
    }
}
