//! Builds what a browser loads into `target/site`: the interface as WASM with its glue, one style sheet, static files,
//! and the widget for other sites; each with a compressed sibling. Steps whose inputs have not changed are left out.

mod compress;
mod encoding;
mod finished;
mod locals;
mod names;
mod panics;
mod public;
mod scripts;
mod sections;
mod stamps;
mod styles;
mod wasm;
mod widget;

use std::{collections::BTreeSet, path::Path, time::Instant};

use anyhow::{Context, Result};

use crate::{
    process::{duration, say},
    workspace::Workspace,
};

/// What the first load of the application may weigh, brotli, in bytes (DESIGN budget). The tests fail beyond it.
pub const BUDGET: u64 = 400 * 1024;

/// What the widget's loader may weigh, brotli, in bytes: it is on every page of a customer.
pub const LOADER_BUDGET: u64 = 3 * 1024;
/// What may be loaded until a visitor can write, brotli, in bytes: the loader included, and what the server tells of the assistant.
pub const WIDGET_BUDGET: u64 = 35 * 1024;

/// Builds the site.
///
/// # Errors
/// When something does not compile or cannot be written.
pub fn build(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    let mut stamps = stamps::Stamps::read(workspace);
    let mut changed = false;
    changed |= stamps
        .step("static files", &public::inputs(workspace), &public::outputs(workspace), || public::copy(workspace))?;
    changed |=
        stamps.step("styles", &styles::inputs(workspace), &styles::outputs(workspace), || styles::bundle(workspace))?;
    changed |=
        stamps.step("interface", &wasm::inputs(workspace), &wasm::outputs(workspace), || wasm::build(workspace))?;
    changed |=
        stamps.step("widget", &widget::inputs(workspace), &widget::outputs(workspace), || widget::build(workspace))?;
    if changed {
        say(&format!("build: the site is ready after {}", duration(start.elapsed())));
        print_sizes(workspace)?;
    } else {
        say("build: the site is up to date");
    }
    Ok(())
}

/// What a browser loads before the chat is live, brotli: WASM, glue and styles, in bytes.
///
/// # Errors
/// When the site has not been built.
pub fn first_load(workspace: &Workspace) -> Result<Vec<(&'static str, u64)>> {
    let folder = workspace.site().join(wasm::Interface::read(workspace)?.folder);
    let code = wasm::FIRST.into_iter().map(|name| (folder.as_path(), name));
    let pkg = workspace.site().join("pkg");
    code.chain([(pkg.as_path(), styles::FILE)]).map(|(folder, name)| Ok((name, weight(folder, name)?))).collect()
}

/// What a customer's page loads until a visitor can write, brotli, in bytes; the loader first.
///
/// # Errors
/// When the widget has not been built.
pub fn widget_load(workspace: &Workspace) -> Result<Vec<(&'static str, u64)>> {
    let folder = widget::folder(workspace)?;
    let loader = (widget::LOADER, weight(&workspace.site(), widget::LOADER)?);
    let rest = widget::FILES.into_iter().map(|name| -> Result<_> { Ok((name, weight(&folder, name)?)) });
    let mut texts: Option<(&'static str, u64)> = None;
    // One language is loaded; who has the largest waits the longest.
    for name in widget::TEXTS {
        let weight = weight(&folder, name)?;
        if texts.is_none_or(|(_, most)| most < weight) {
            texts = Some((name, weight));
        }
    }
    let interface = (widget::INTERFACE, widget::interface_weight(workspace)?);
    std::iter::once(Ok(loader)).chain(rest).chain(texts.map(Ok)).chain([Ok(interface)]).collect()
}

/// What a file weighs on the wire, in bytes.
fn weight(folder: &Path, name: &str) -> Result<u64> {
    // What would not shrink has no compressed sibling.
    let compressed = folder.join(format!("{name}.br"));
    let path = if compressed.exists() { compressed } else { folder.join(name) };
    Ok(std::fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?.len())
}

/// Prints what each of some files weighs, and whether they are within a budget together.
fn print_load(what: &str, sizes: &[(&str, u64)], budget: u64) {
    let total: u64 = sizes.iter().map(|(_, size)| size).sum();
    for (name, size) in sizes {
        say(&format!("build: {name:<23} {:>7.1} KB brotli", kilobytes(*size)));
    }
    let verdict = if total <= budget { "within" } else { "OVER" };
    say(&format!(
        "build: {what:<23} {:>7.1} KB brotli, {verdict} the budget of {:.0} KB",
        kilobytes(total),
        kilobytes(budget)
    ));
}

fn print_sizes(workspace: &Workspace) -> Result<()> {
    print_load("first load", &first_load(workspace)?, BUDGET);
    let widget = widget_load(workspace)?;
    print_load("the widget's loader", &widget[..1], LOADER_BUDGET);
    print_load("the widget in all", &widget, WIDGET_BUDGET);
    let interface = wasm::Interface::read(workspace)?;
    let folder = workspace.site().join(&interface.folder);
    let later: BTreeSet<&String> = interface.parts.values().flatten().collect();
    for name in later {
        say(&format!("build: later, {name:<32} {:>7.1} KB brotli", kilobytes(weight(&folder, name)?)));
    }
    Ok(())
}

fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}
