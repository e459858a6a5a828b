//! Running Rust tests and reading what their harness prints.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::{
    process::shown,
    test::{
        compile::{self, SERVER_SIDE, cargo_test},
        tally::Tally,
    },
    workspace::Workspace,
};

/// What a test prints when the machine lacks something that it needs: `HAMMOCK-SKIP: what: why`.
const MARK: &str = "HAMMOCK-SKIP: ";

/// How many integration tests run at once: most of them wait, for processes, for leases, and for replicas that are gone. With as many
/// as there are processors, nothing would happen for minutes.
const WAITING: u32 = 4;

/// Unit and integration tests of the server side.
pub fn server_side(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    // Not those in documentation: there are none, which the boundaries see to, and looking for them takes a minute.
    run(cargo_test(workspace, &SERVER_SIDE)?.args(["--no-fail-fast", "--lib", "--bins"]), None, tally)?;
    run(cargo_test(workspace, &SERVER_SIDE)?.args(["--no-fail-fast", "--test", "*"]), Some(WAITING), tally)
}

/// The tests of these tools themselves.
pub fn tools(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let outcome = compile::lint(cargo_test(workspace, &["--package", "xtask"])?.arg("--no-run"))?;
    tally.part("the tools pass clippy", outcome);
    run(cargo_test(workspace, &["--package", "xtask"])?.arg("--no-fail-fast"), None, tally)
}

/// Runs tests, so many at once; without a number, as many as there are processors.
fn run(command: &mut Command, at_once: Option<u32>, tally: &mut Tally) -> Result<()> {
    // What passing tests print is needed for the marks of skipped ones.
    command.args(["--", "--show-output"]).stdout(Stdio::piped());
    if let Some(threads) = at_once {
        command.arg(format!("--test-threads={threads}"));
    }
    let name = shown(command);
    let mut child = command.spawn().with_context(|| format!("`{name}` cannot be started"))?;
    let output = child.stdout.take().context("the tests' output cannot be read")?;
    let mut reader = Reader::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        if reader.read(&line) {
            println!("{line}");
        }
    }
    let success = child.wait()?.success();
    let failed_before = tally.failed();
    reader.finish(tally);
    if !success && tally.failed() == failed_before {
        tally.fail(&format!("`{name}` failed without naming a test: one of its binaries crashed or does not compile"));
    }
    Ok(())
}

/// Follows the lines of the test harness.
#[derive(Debug, Default)]
struct Reader {
    passed: usize,
    failed: BTreeSet<String>,
    ignored: Vec<String>,
    /// The test and what it said, once each.
    marked: BTreeSet<(String, String)>,
    /// The number of the binary that is running, so that equal names in two binaries stay two.
    binary: usize,
    current: String,
    inside_successes: bool,
    finished: bool,
}

impl Reader {
    /// Takes one line and says whether it is worth showing: what passing tests print is not.
    fn read(&mut self, line: &str) -> bool {
        if let Some((_, said)) = line.split_once(MARK) {
            self.marked.insert((format!("{} {}", self.binary, self.current), said.trim().to_owned()));
            return true;
        }
        if line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test")) {
            self.binary += 1;
            self.inside_successes = false;
            self.finished = false;
        } else if line == "successes:" {
            self.inside_successes = true;
        } else if line == "failures:" {
            self.inside_successes = false;
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            name.clone_into(&mut self.current);
        } else if let Some(sum) = line.strip_prefix("test result: ") {
            self.inside_successes = false;
            self.finished = true;
            self.passed += count(sum, " passed");
        } else if let Some((name, outcome)) = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... ")) {
            if outcome.starts_with("FAILED") {
                self.failed.insert(format!("{name} (binary {})", self.binary));
            } else if let Some(why) = outcome.strip_prefix("ignored") {
                self.ignored.push(format!("{name}{}", why.replacen(", ", ": ", 1)));
            }
        }
        !self.inside_successes
    }

    /// A test that says that it was skipped is counted as that, not as passed.
    fn finish(self, tally: &mut Tally) {
        let skipping: BTreeSet<&String> = self.marked.iter().map(|(test, _)| test).collect();
        tally.pass(self.passed.saturating_sub(skipping.len()));
        let mut counted = BTreeSet::new();
        for (test, said) in &self.marked {
            if counted.insert(test) {
                tally.skip(said, 1);
            }
        }
        for ignored in self.ignored {
            tally.skip(&ignored, 1);
        }
        for failed in self.failed {
            tally.fail(&failed);
        }
        if self.binary > 0 && !self.finished {
            tally.fail("a test binary ended before it gave its result");
        }
    }
}

/// The number before a word in `ok. 3 passed; 0 failed; …`.
fn count(sum: &str, word: &str) -> usize {
    let before = sum.split(word).next().unwrap_or_default();
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 4 tests
test a::works ... ok
test a::needs_postgres ... ok
test a::slow ... ignored, takes an hour
test a::broken ... FAILED

successes:

---- a::needs_postgres stdout ----
HAMMOCK-SKIP: PostgreSQL: nothing answers at 127.0.0.1:5432
chatter

successes:
    a::needs_postgres
    a::works

failures:

---- a::broken stdout ----
panicked

failures:
    a::broken

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    fn read(output: &str) -> (String, String) {
        let mut reader = Reader::default();
        let shown: Vec<&str> = output.lines().filter(|line| reader.read(line)).collect();
        let mut tally = Tally::default();
        reader.finish(&mut tally);
        (tally.to_string(), shown.join("\n"))
    }

    #[test]
    fn counts_passed_failed_ignored_and_marked() {
        let (tally, shown) = read(OUTPUT);
        assert_eq!(
            tally,
            "skipped (1): PostgreSQL: nothing answers at 127.0.0.1:5432\nskipped (1): a::slow: takes an hour\n\
             failed: a::broken (binary 1)\n1 passed, 1 failed, 2 skipped\n"
        );
        assert!(shown.contains("HAMMOCK-SKIP") && shown.contains("panicked"), "{shown}");
        assert!(!shown.contains("chatter"), "{shown}");
    }

    #[test]
    fn equal_names_in_two_binaries_are_two() {
        let (tally, _) = read(&format!("{OUTPUT}\n{OUTPUT}"));
        assert!(tally.ends_with("2 passed, 2 failed, 4 skipped\n"), "{tally}");
    }

    #[test]
    fn a_binary_that_dies_is_a_failure() {
        let (tally, _) = read("running 2 tests\ntest a ... ok\n");
        assert!(tally.contains("1 failed"), "{tally}");
    }
}
