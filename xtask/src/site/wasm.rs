//! The interface: `hammock-frontend` compiled to WASM, and the JavaScript that starts it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    process::{cargo_in, say, succeed},
    site::compress,
    workspace::{Workspace, files_below},
};

/// The name under which a page asks for the files.
const NAME: &str = "hammock";

pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    [
        "app",
        "frontend",
        "crates/contract",
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "rust-toolchain.toml",
        "xtask/src/site/wasm.rs",
    ]
    .iter()
    .map(|path| workspace.root.join(path))
    .collect()
}

pub fn outputs(workspace: &Workspace) -> Vec<PathBuf> {
    ["hammock.js", "hammock_bg.wasm", "hammock_bg.wasm.br"]
        .iter()
        .map(|name| workspace.site().join("pkg").join(name))
        .collect()
}

/// Compiles, binds and compresses.
pub fn build(workspace: &Workspace) -> Result<()> {
    succeed(cargo_in(&workspace.root).args([
        "build",
        "--package",
        "hammock-frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        "wasm",
    ]))?;
    let compiled = workspace.target.join("wasm32-unknown-unknown/wasm/hammock_frontend.wasm");
    let work = tempfile::tempdir().context("no temporary directory")?;
    bind(&compiled, work.path())?;
    say("build: compressing the interface");
    let pkg = workspace.site().join("pkg");
    // The glue imports its snippets by relative names; old ones would never be asked for again.
    let snippets = pkg.join("snippets");
    if snippets.is_dir() {
        std::fs::remove_dir_all(&snippets)?;
    }
    for file in files_below(&[work.path().to_owned()])? {
        compress::write(&pkg.join(file.strip_prefix(work.path())?), &std::fs::read(&file)?)?;
    }
    Ok(())
}

fn bind(compiled: &Path, into: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(compiled)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(into)
        .with_context(|| format!("{} cannot be bound to JavaScript", compiled.display()))
}
