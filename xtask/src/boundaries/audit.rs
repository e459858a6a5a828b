//! What people change is written down: a function of the domain that commits a transaction records the change in it.

use regex::Regex;

use crate::boundaries::{Finding, sources::Source};

/// The calls by which a change is recorded.
const RECORDS: [&str; 2] = ["audit::record(", ".audited("];

/// Checks the functions of `crates/domain`.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let Ok(function) = Regex::new(r"\bfn\s+(\w+)") else { return Vec::new() };
    let of_the_domain =
        |source: &&Source| source.path.starts_with("crates/domain/src/") && source.is("rs") && !source.is_test();
    sources.iter().filter(of_the_domain).flat_map(|source| silent(source, &function)).collect()
}

/// The functions of a file that commit and record nothing. Each goes on until the next begins.
fn silent(source: &Source, function: &Regex) -> Vec<Finding> {
    let code: String = source.code().map(|(_, line)| format!("{line}\n")).collect();
    let begun: Vec<(usize, &str)> = function
        .captures_iter(&code)
        .filter_map(|found| Some((found.get(0)?.start(), found.get(1)?.as_str())))
        .collect();
    let ends = begun.iter().skip(1).map(|(begin, _)| *begin).chain([code.len()]);
    let commits = |body: &str| body.contains(".commit()") && !RECORDS.iter().any(|call| body.contains(call));
    begun
        .iter()
        .zip(ends)
        .filter(|((begin, _), end)| commits(&code[*begin..*end]))
        .map(|((_, name), _)| Finding::new(format!("{}::{name}", source.path), "commits a change and records none"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    fn places(path: &str, text: &str) -> Vec<String> {
        check(&[source(path, text)]).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn whoever_commits_records_the_change() {
        let path = "crates/domain/src/users.rs";
        let right = "async fn add() {\n    audit::record(scope, &tx).await?;\n    tx.commit().await\n}\n";
        let short = "async fn rate() {\n    self.audited(scope, tx).await\n}\n";
        let silent = "async fn quiet() {\n    // audit::record(scope, &tx)\n    tx.commit().await\n}\n";
        assert!(places(path, &format!("{right}{short}fn reads() {{}}\n")).is_empty());
        assert_eq!(places(path, &format!("{right}{silent}{right}")), [format!("{path}::quiet")]);
        assert_eq!(places(path, &format!("{right}{silent}")), [format!("{path}::quiet")]);
        assert!(places("crates/domain/src/tests/users.rs", silent).is_empty());
        assert!(places("crates/store/src/users.rs", silent).is_empty());
    }
}
