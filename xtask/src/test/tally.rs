//! What passed, failed and was skipped.

use std::{collections::BTreeMap, fmt};

use anyhow::Result;

use crate::process::say;

/// The sum of all parts.
#[derive(Debug, Default)]
pub struct Tally {
    /// Whether missing tools may be installed on this machine.
    pub may_install: bool,
    passed: usize,
    failures: Vec<String>,
    /// How many tests were skipped, by what and why.
    skips: BTreeMap<String, usize>,
}

impl Tally {
    /// An empty one.
    pub fn new(may_install: bool) -> Self {
        Self { may_install, ..Self::default() }
    }

    /// Counts what passed.
    pub fn pass(&mut self, count: usize) {
        self.passed += count;
    }

    /// Counts one failure.
    pub fn fail(&mut self, what: &str) {
        self.failures.push(what.to_owned());
    }

    /// Counts what was skipped, and why.
    pub fn skip(&mut self, what_and_why: &str, count: usize) {
        *self.skips.entry(what_and_why.to_owned()).or_default() += count;
    }

    /// Counts a check that is one test by itself.
    pub fn part(&mut self, what: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.pass(1),
            Err(error) => {
                say(&format!("not so: {what}: {error:#}"));
                self.fail(&format!("{what}: {error:#}"));
            }
        }
    }

    /// How many failed.
    pub fn failed(&self) -> usize {
        self.failures.len()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, count) in &self.skips {
            writeln!(to, "skipped ({count}): {what}")?;
        }
        for failure in &self.failures {
            writeln!(to, "failed: {failure}")?;
        }
        let skipped: usize = self.skips.values().sum();
        writeln!(to, "{} passed, {} failed, {skipped} skipped", self.passed, self.failures.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_with_the_sum_after_naming_every_skip_and_failure() {
        let mut tally = Tally::default();
        tally.pass(3);
        tally.skip("PostgreSQL: nothing answers", 2);
        tally.skip("PostgreSQL: nothing answers", 1);
        tally.part("the code is formatted", Err(anyhow::anyhow!("it is not")));
        assert_eq!(
            tally.to_string(),
            "skipped (3): PostgreSQL: nothing answers\nfailed: the code is formatted: it is not\n3 passed, 1 failed, 3 skipped\n"
        );
    }
}
