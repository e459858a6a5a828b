//! The people of the browser tests: files share a server, so two of them that register the same address get in each other's way, and
//! only when one happens to run after the other on the same one.

use std::collections::BTreeMap;

use regex::Regex;

use crate::boundaries::{Finding, sources::Source};

/// An address that begins so is made for one test; what is written out in full is also what a test types or expects to read.
const OWN: &str = r"`[A-Za-z][A-Za-z0-9.-]*\$\{process\.pid\}@";

/// Finds addresses that stand in more than one file.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let own = Regex::new(OWN).expect("the pattern is a constant");
    let mut first: BTreeMap<&str, &Source> = BTreeMap::new();
    let mut findings = Vec::new();
    for file in sources.iter().filter(|file| file.path.starts_with("end2end/tests/")) {
        for (number, line) in (1..).zip(file.text.lines()) {
            for found in own.find_iter(line) {
                let before = first.entry(found.as_str()).or_insert(file);
                if before.path != file.path {
                    findings.push(Finding::at(file, number, format!("somebody of {} has that address", before.path)));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    #[test]
    fn an_address_belongs_to_one_file() {
        let sources = [
            source("end2end/tests/a.spec.ts", "`nora-${process.pid}@example.org`\n`nora-${process.pid}@example.org`\n"),
            source(
                "end2end/tests/b.spec.ts",
                "`eva-${process.pid}@example.org`\n\n`nora-${process.pid}@example.org`\n",
            ),
        ];
        let places: Vec<String> = check(&sources).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["end2end/tests/b.spec.ts:3"]);
    }
}
