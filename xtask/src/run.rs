//! `cargo xtask run`: from a fresh clone to a running Hammock.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    environment, model,
    process::{cargo_in, say, succeed},
    setup, site,
    workspace::Workspace,
};

/// Fetches, builds, and becomes the server.
///
/// # Errors
/// When something cannot be fetched, does not compile, or the server cannot be started.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    setup::setup(workspace, setup::For::Running)?;
    build(workspace)?;
    let mut server = server(workspace)?;
    if arguments.is_empty() {
        say("run: starting Hammock");
        server.arg("serve");
    } else {
        server.args(arguments);
    }
    become_process(server)
}

/// Builds the interface and the server side by side: a cold build of the server has long stretches in which one compiler
/// has one core to itself. The two share no directory that cargo locks.
///
/// # Errors
/// When either does not compile.
pub fn build(workspace: &Workspace) -> Result<()> {
    std::thread::scope(|scope| {
        let site = scope.spawn(|| site::build(workspace));
        let server = build_server(workspace);
        let site = site.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        site.and(server)
    })
}

/// Builds the server as `run` and the browser tests start it.
///
/// # Errors
/// When it does not compile.
pub fn build_server(workspace: &Workspace) -> Result<()> {
    say("build: the server (the first time takes long: LanceDB and its engine are compiled)");
    // The packages and features are those of the tests, so that nothing is compiled twice (docs/decisions/0003).
    succeed(cargo_in(&workspace.root).args(["build", "--package", "hammock-server"]))
}

/// The server's command with where to find what was built; what the user has set in the environment stays.
///
/// # Errors
/// When no cache directory is known.
pub fn server(workspace: &Workspace) -> Result<Command> {
    let mut command = Command::new(workspace.server_binary());
    command.current_dir(&workspace.root);
    for (name, value) in settings(workspace)? {
        if !environment::is_set(name) {
            command.env(name, value);
        }
    }
    Ok(command)
}

/// The server's settings in a checkout.
///
/// # Errors
/// When no cache directory is known.
pub fn settings(workspace: &Workspace) -> Result<[(&'static str, PathBuf); 3]> {
    Ok([
        ("HAMMOCK_SERVER__SITE_DIR", workspace.site()),
        ("HAMMOCK_EMBEDDING__MODEL_DIR", model::directory()?),
        ("HAMMOCK_DATA__DIR", workspace.root.join("data")),
    ])
}

/// On Unix this process becomes the server, so that Ctrl-C and the exit code are the server's own.
#[cfg(unix)]
fn become_process(mut command: Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("{} cannot be started", command.get_program().to_string_lossy()))
}

#[cfg(not(unix))]
fn become_process(mut command: Command) -> Result<()> {
    succeed(&mut command).context("the server has stopped")
}
