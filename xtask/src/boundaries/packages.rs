//! Who may depend on whom.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{
    boundaries::{Finding, Outcome},
    process::{capture, cargo_in},
    workspace::Workspace,
};

/// Packages that only some of ours may name, with those. A name ending in `*` stands for all that begin so.
/// What only tests use is not meant.
const NAMED_BY: [(&str, &[&str], &[&str]); 5] = [
    (
        "only index names LanceDB, Arrow, DataFusion and Tantivy",
        &["lance*", "arrow*", "datafusion*", "tantivy*"],
        &["hammock-index"],
    ),
    (
        "only store names sea-orm",
        &["sea-orm*", "sea-query*", "sqlx*"],
        &["hammock-store", "hammock-migrations", "hammock-testkit"],
    ),
    (
        "only server and app name axum",
        &["axum*", "leptos_axum", "tower-sessions*"],
        &["hammock-server", "hammock-app", "hammock-testkit"],
    ),
    ("only net and llm name reqwest", &["reqwest*"], &["hammock-net", "hammock-llm", "hammock-testkit"]),
    // The server tells it how long the head of a request may take.
    (
        "only net, llm and server name hyper",
        &["hyper*"],
        &["hammock-net", "hammock-llm", "hammock-server", "hammock-testkit"],
    ),
];

/// What must never reach the browser.
const NOT_IN_WASM: [&str; 10] =
    ["tokio", "sea-orm", "axum", "lancedb", "tantivy", "reqwest", "hammock-domain", "hammock-store", "hyper", "mio"];

/// What must not reach the widget either: every byte is loaded on other people's pages.
const NOT_IN_WIDGET: [&str; 1] = ["leptos*"];

/// Which of our crates a crate of ours may depend on.
const BELOW: [(&str, &[&str]); 12] = [
    ("hammock-contract", &[]),
    ("hammock-net", &["hammock-contract"]),
    ("hammock-migrations", &[]),
    ("hammock-store", &["hammock-contract", "hammock-migrations"]),
    ("hammock-retrieval", &["hammock-contract"]),
    ("hammock-llm", &["hammock-contract", "hammock-net", "hammock-retrieval"]),
    ("hammock-index", &["hammock-contract", "hammock-retrieval"]),
    ("hammock-ingest", &["hammock-contract", "hammock-net", "hammock-retrieval"]),
    (
        "hammock-domain",
        &["hammock-contract", "hammock-ingest", "hammock-llm", "hammock-net", "hammock-retrieval", "hammock-store"],
    ),
    ("hammock-app", &["hammock-contract", "hammock-domain"]),
    ("hammock-frontend", &["hammock-app"]),
    ("hammock-widget", &[]),
];

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
struct Package {
    id: String,
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// The dependencies of our packages that are not for tests only.
type Named = BTreeMap<String, BTreeSet<String>>;

/// Checks the crate graph.
///
/// # Errors
/// When cargo cannot read the manifests, or the lock file is not theirs.
pub fn check(workspace: &Workspace) -> Result<Vec<Outcome>> {
    let json = capture(cargo_in(&workspace.root).args(["metadata", "--locked", "--format-version", "1"]))
        .context("is Cargo.lock up to date?")?;
    let metadata: Metadata = serde_json::from_str(&json).context("cargo metadata is not understood")?;
    let named = named(metadata);
    let mut outcomes: Vec<Outcome> =
        NAMED_BY.iter().map(|(rule, packages, by)| (*rule, named_by_others(&named, packages, by))).collect();
    outcomes.push(("our crates depend downwards only", upwards(&named)));
    let frontend = in_wasm("hammock-frontend", &wasm_tree(workspace, "hammock-frontend")?, &[]);
    outcomes.push(("the interface reaches nothing of the server", frontend));
    let widget = in_wasm("hammock-widget", &wasm_tree(workspace, "hammock-widget")?, &NOT_IN_WIDGET);
    outcomes.push(("the widget reaches nothing of the server or of the interface", widget));
    Ok(outcomes)
}

/// What one of our packages is compiled with for the browser, one package a line.
fn wasm_tree(workspace: &Workspace, package: &str) -> Result<String> {
    capture(cargo_in(&workspace.root).args([
        "tree",
        "--package",
        package,
        "--target",
        "wasm32-unknown-unknown",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))
}

fn named(metadata: Metadata) -> Named {
    metadata
        .packages
        .into_iter()
        .filter(|package| metadata.workspace_members.contains(&package.id))
        .map(|package| {
            let used = package.dependencies.into_iter().filter(|dependency| dependency.kind.as_deref() != Some("dev"));
            (package.name, used.map(|dependency| dependency.name).collect())
        })
        .collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

fn named_by_others(named: &Named, packages: &[&str], by: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, dependencies) in named.iter().filter(|(package, _)| !by.contains(&package.as_str())) {
        for dependency in dependencies {
            if packages.iter().any(|pattern| matches(pattern, dependency)) {
                findings.push(Finding::new(package, format!("names {dependency}")));
            }
        }
    }
    findings
}

fn upwards(named: &Named) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, dependencies) in named {
        let Some((_, below)) = BELOW.iter().find(|(name, _)| name == package) else { continue };
        for dependency in dependencies.iter().filter(|name| named.contains_key(*name)) {
            if !below.contains(&dependency.as_str()) {
                findings.push(Finding::new(package, format!("depends on {dependency}, which is not below it")));
            }
        }
    }
    findings
}

/// What a package reaches by its tree of what nothing in the browser may reach, nor, of `besides`, this package.
fn in_wasm(package: &str, tree: &str, besides: &[&str]) -> Vec<Finding> {
    let reached: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    reached
        .into_iter()
        .filter(|name| NOT_IN_WASM.iter().chain(besides).any(|pattern| matches(pattern, name)))
        .map(|name| Finding::new(package, format!("reaches {name}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Named {
        edges
            .iter()
            .map(|(name, to)| ((*name).to_owned(), to.iter().map(|name| (*name).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn a_crate_may_be_named_by_its_owner_only() {
        let named = graph(&[("hammock-index", &["lancedb", "arrow-array"]), ("hammock-domain", &["tantivy", "serde"])]);
        let (_, packages, by) = NAMED_BY[0];
        assert_eq!(named_by_others(&named, packages, by), [Finding::new("hammock-domain", "names tantivy")]);
    }

    #[test]
    fn the_graph_points_downwards() {
        let good = graph(&[("hammock-contract", &["serde"]), ("hammock-net", &["hammock-contract", "url"])]);
        assert_eq!(upwards(&good), []);
        let bad = graph(&[("hammock-net", &["hammock-store"]), ("hammock-store", &[])]);
        assert_eq!(upwards(&bad).len(), 1);
    }

    #[test]
    fn the_server_does_not_reach_the_browser() {
        let page = "hammock-frontend";
        assert_eq!(in_wasm(page, "leptos v0.8.23\ntokio-stub v1.0.0\n", &[]), []);
        assert_eq!(in_wasm(page, "leptos v0.8.23\ntokio v1.54.0 (*)\n", &[]), [Finding::new(page, "reaches tokio")]);
    }

    #[test]
    fn the_interface_does_not_reach_the_widget() {
        let widget = "hammock-widget";
        assert_eq!(in_wasm(widget, "wasm-bindgen v0.2.130\n", &NOT_IN_WIDGET), []);
        assert_eq!(
            in_wasm(widget, "leptos_dom v0.8.8\nmio v1.2.0\n", &NOT_IN_WIDGET),
            [Finding::new(widget, "reaches leptos_dom"), Finding::new(widget, "reaches mio")]
        );
    }

    #[test]
    fn what_only_tests_use_is_free() {
        let metadata: Metadata = serde_json::from_value(serde_json::json!({
            "workspace_members": ["a"],
            "packages": [
                {"id": "a", "name": "hammock-net", "dependencies": [
                    {"name": "axum", "kind": "dev"}, {"name": "url", "kind": null}, {"name": "cc", "kind": "build"}]},
                {"id": "b", "name": "url", "dependencies": [{"name": "tokio", "kind": null}]}
            ]
        }))
        .unwrap();
        assert_eq!(named(metadata), graph(&[("hammock-net", &["url", "cc"])]));
    }
}
