//! `xtask/exceptions.txt`: where a rule does not apply, with the reason.

use anyhow::{Context, Result, ensure};

use crate::{boundaries::Finding, workspace::Workspace};

/// The file, relative to the root.
pub const FILE: &str = "xtask/exceptions.txt";

/// The exceptions, and whether each was needed.
#[derive(Debug)]
pub struct Exceptions {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    line: usize,
    rule: String,
    place: String,
    used: bool,
}

impl Exceptions {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or an entry has no reason.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let path = workspace.root.join(FILE);
        Self::parse(&std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?)
    }

    fn parse(text: &str) -> Result<Self> {
        let mut entries = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let parts: Vec<&str> = line.split('|').map(str::trim).collect();
            let [rule, place, reason] = parts[..] else {
                anyhow::bail!("{FILE}:{}: an entry reads `rule | place | reason`", number + 1);
            };
            ensure!(!reason.is_empty(), "{FILE}:{}: an exception needs a reason", number + 1);
            entries.push(Entry { line: number + 1, rule: rule.to_owned(), place: place.to_owned(), used: false });
        }
        Ok(Self { entries })
    }

    /// Whether a finding is excepted. A place that is a file covers all of it.
    pub fn covers(&mut self, rule: &str, finding: &Finding) -> bool {
        let mut covered = false;
        for entry in self.entries.iter_mut().filter(|entry| entry.rule == rule) {
            let rest = finding.place.strip_prefix(&entry.place);
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::") || is_line_number(rest)) {
                entry.used = true;
                covered = true;
            }
        }
        covered
    }

    /// Entries that excepted nothing, or name no rule.
    pub fn stale(&self, rules: &[&str]) -> Vec<Finding> {
        self.entries
            .iter()
            .filter(|entry| !entry.used)
            .map(|entry| {
                let what = if rules.contains(&entry.rule.as_str()) { "excepts nothing" } else { "names no rule" };
                Finding::new(format!("{FILE}:{}", entry.line), format!("`{} | {}` {what}", entry.rule, entry.place))
            })
            .collect()
    }
}

fn is_line_number(rest: &str) -> bool {
    rest.strip_prefix(':').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exception_covers_its_file_and_a_stale_one_is_found() {
        let text =
            "# words\n\nrule a | app/a.rs | it is generated\nrule a | app/b.rs | old\nrule z | x | no such rule\n";
        let mut exceptions = Exceptions::parse(text).unwrap();
        assert!(exceptions.covers("rule a", &Finding::new("app/a.rs:3", "")));
        assert!(!exceptions.covers("rule b", &Finding::new("app/a.rs:3", "")));
        assert!(!exceptions.covers("rule a", &Finding::new("app/a.rs.old:3", "")));
        let stale: Vec<_> = exceptions.stale(&["rule a"]).into_iter().map(|finding| finding.text).collect();
        assert_eq!(stale, ["`rule a | app/b.rs` excepts nothing", "`rule z | x` names no rule"]);
    }

    #[test]
    fn a_function_or_all_of_its_file_can_be_excepted() {
        let mut exceptions = Exceptions::parse("r | a.rs | x\nr | b.rs::one | x\n").unwrap();
        let covered = |exceptions: &mut Exceptions, place: &str| exceptions.covers("r", &Finding::new(place, ""));
        assert!(covered(&mut exceptions, "a.rs::any"));
        assert!(covered(&mut exceptions, "b.rs::one"));
        assert!(!covered(&mut exceptions, "b.rs::one_more"));
    }

    #[test]
    fn an_exception_needs_a_reason() {
        assert!(Exceptions::parse("rule | place | ").is_err());
        assert!(Exceptions::parse("rule | place").is_err());
    }
}
