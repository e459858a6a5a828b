//! What must be on the machine before anything is built: fetched once, then only looked at.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    documents_for_tests, kept_apart, model,
    process::{capture, say, succeed},
    workspace::Workspace,
};

/// What the set-up is for; each needs all that those before it need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum For {
    /// Compiling.
    Building,
    /// Starting the server.
    Running,
    /// Checking as well.
    Testing,
}

/// Fetches what is missing. Needs no network when nothing is.
///
/// # Errors
/// When something is missing and cannot be fetched; the message says what to do by hand.
pub fn setup(workspace: &Workspace, purpose: For) -> Result<()> {
    let sysroot = sysroot(workspace)?;
    if !sysroot.join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir() {
        say("setup: adding the WASM target to the toolchain");
        rustup(workspace, &["target", "add", "wasm32-unknown-unknown"])?;
    }
    if purpose >= For::Testing {
        for (program, component) in [("cargo-fmt", "rustfmt"), ("cargo-clippy", "clippy")] {
            if !sysroot.join("bin").join(format!("{program}{}", std::env::consts::EXE_SUFFIX)).is_file() {
                say(&format!("setup: adding {component} to the toolchain"));
                rustup(workspace, &["component", "add", component])?;
            }
        }
    }
    if purpose >= For::Running {
        model::fetch_if_missing()?;
    }
    if purpose >= For::Testing {
        documents_for_tests::fetch_if_missing();
        kept_apart::make_if_missing();
    }
    Ok(())
}

/// The directory of the pinned toolchain.
///
/// # Errors
/// When there is no Rust compiler.
pub fn sysroot(workspace: &Workspace) -> Result<PathBuf> {
    let printed = capture(Command::new("rustc").args(["--print", "sysroot"]).current_dir(&workspace.root))?;
    Ok(PathBuf::from(printed.trim()))
}

fn rustup(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    succeed(Command::new("rustup").args(arguments).current_dir(&workspace.root)).with_context(|| {
        format!("this needs rustup; without it, install by hand what `rustup {}` would", arguments.join(" "))
    })
}
