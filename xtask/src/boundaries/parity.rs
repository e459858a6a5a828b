//! Features are unified over the packages that are built together. When the tests turn on one that the server alone
//! does not, everything above it is compiled a second time, LanceDB included: half an hour on two cores.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::{
    boundaries::Finding,
    process::{capture, cargo_in},
    workspace::Workspace,
};

/// Each package with the feature sets it is built with.
type Features = BTreeMap<String, BTreeSet<String>>;

/// Compares the server's features with those of all tests.
///
/// # Errors
/// When cargo cannot resolve the workspace.
pub fn check(workspace: &Workspace) -> Result<Vec<Finding>> {
    let server = tree(workspace, &["--package", "hammock-server", "--edges", "normal,build"])?;
    let tests = tree(
        workspace,
        &["--workspace", "--exclude", "hammock-frontend", "--exclude", "xtask", "--edges", "normal,build,dev"],
    )?;
    Ok(differences(&server, &tests))
}

fn tree(workspace: &Workspace, packages: &[&str]) -> Result<Features> {
    let printed = capture(
        cargo_in(&workspace.root).arg("tree").args(packages).args(["--prefix", "none", "--format", "{p}|{f}"]),
    )?;
    Ok(parse(&printed))
}

fn parse(printed: &str) -> Features {
    let mut features = Features::new();
    for line in printed.lines() {
        if let Some((package, set)) = line.trim_end_matches(" (*)").split_once('|') {
            features.entry(package.to_owned()).or_default().insert(set.to_owned());
        }
    }
    features
}

fn differences(server: &Features, tests: &Features) -> Vec<Finding> {
    server
        .iter()
        // Ours have `(path)` behind their version; they are compiled with clippy for the tests anyway.
        .filter(|(package, _)| !package.ends_with(')') || package.ends_with("(proc-macro)"))
        .filter_map(|(package, features)| {
            let others = tests.get(package)?;
            (features != others).then(|| {
                Finding::new(package, format!("the server builds it with {features:?}, the tests with {others:?}"))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_of_the_tests_alone_is_found() {
        let server = parse("tokio v1.54.0|fs,net\nurl v2.5.0|\nurl v2.5.0| (*)\n");
        assert_eq!(differences(&server, &parse("tokio v1.54.0|fs,net (*)\nurl v2.5.0|\nproptest v1.0.0|std\n")), []);
        let findings = differences(&server, &parse("tokio v1.54.0|fs,net,test-util\nurl v2.5.0|\n"));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].place, "tokio v1.54.0");
        let ours = |features: &str| parse(&format!("hammock-llm v0.1.0 (/home/me/hammock/crates/llm)|{features}\n"));
        assert_eq!(differences(&ours(""), &ours("testing")), []);
    }
}
