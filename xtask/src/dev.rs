//! `cargo xtask dev`: build and start again whenever a file changes.

use std::{path::PathBuf, process::Child, thread::sleep, time::Duration};

use anyhow::{Context, Result};

use crate::{
    process::say,
    run, setup, site,
    workspace::{Workspace, files_below},
};

/// How often the files are looked at.
const INTERVAL: Duration = Duration::from_millis(700);

/// Runs until interrupted. A change that does not compile is said and leaves the old server running.
///
/// # Errors
/// When the set-up fails or the sources cannot be read.
pub fn dev(workspace: &Workspace) -> Result<()> {
    setup::setup(workspace, setup::For::Running)?;
    let mut running: Option<Child> = None;
    let mut built = None;
    loop {
        let now = state(workspace)?;
        if built.as_ref() != Some(&now) {
            built = Some(now);
            match site::build(workspace).and_then(|()| run::build_server(workspace)) {
                Ok(()) => {
                    stop(running.take());
                    running = Some(
                        run::server(workspace, run::Program::Development)?
                            .arg("serve")
                            .spawn()
                            .context("the server cannot be started")?,
                    );
                }
                Err(error) => say(&format!("dev: {error:#}; waiting for the next change")),
            }
        }
        sleep(INTERVAL);
    }
}

fn stop(server: Option<Child>) {
    if let Some(mut server) = server {
        // It is being replaced: no answer is worth waiting for, and nothing that was acknowledged can be lost.
        if let Err(error) = server.kill().and_then(|()| server.wait().map(|_| ())) {
            say(&format!("dev: the old server cannot be stopped: {error}"));
        }
    }
}

/// Names and times of all sources.
fn state(workspace: &Workspace) -> Result<Vec<(PathBuf, Option<std::time::SystemTime>)>> {
    let watched: Vec<PathBuf> = [
        "app",
        "crates",
        "frontend",
        "migrations",
        "public",
        "server",
        "style",
        "widget",
        "docs/handbook",
        "Cargo.toml",
    ]
    .iter()
    .map(|path| workspace.root.join(path))
    .collect();
    Ok(files_below(&watched)?
        .into_iter()
        .map(|path| {
            let modified = std::fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
            (path, modified)
        })
        .collect())
}
