//! `cargo xtask run`: from a fresh clone to a running Hammock.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    dist, environment, model,
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
    let mut server = server(workspace, Program::Development)?;
    if arguments.is_empty() {
        say("run: starting Hammock");
        server.arg("serve");
    } else {
        server.args(arguments);
    }
    become_process(server)
}

/// Builds the interface and the server side by side: a cold build of the server has long stretches in which one compiler
/// has one core to itself, and the interface, which comes second where both want the processor, fills them. The two share no
/// directory that cargo locks.
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

/// A built server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// That of `run` and of the tests, built fast.
    Development,
    /// That of `dist`, built to be fast; the interface is in it, the model beside it.
    Distribution,
}

impl From<bool> for Program {
    /// The distribution, if so.
    fn from(distribution: bool) -> Self {
        if distribution { Self::Distribution } else { Self::Development }
    }
}

impl std::fmt::Display for Program {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Development => "the program of `cargo xtask run`",
            Self::Distribution => "the program of `cargo xtask dist`",
        })
    }
}

/// The server's command with where to find what was built; what the user has set in the environment stays.
///
/// # Errors
/// When no cache directory is known.
pub fn server(workspace: &Workspace, program: Program) -> Result<Command> {
    let mut command = Command::new(match program {
        Program::Development => workspace.server_binary(),
        Program::Distribution => dist::binary(workspace),
    });
    command.current_dir(&workspace.root);
    for (name, value) in settings(workspace)? {
        // The distribution is measured as it is installed: with the interface that is in it.
        if program == Program::Distribution && name == SITE_DIR {
            continue;
        }
        if !environment::is_set(name) {
            command.env(name, value);
        }
    }
    Ok(command)
}

/// Where the interface is read from.
const SITE_DIR: &str = "HAMMOCK_SERVER__SITE_DIR";

/// The server's settings in a checkout.
///
/// # Errors
/// When no cache directory is known.
pub fn settings(workspace: &Workspace) -> Result<[(&'static str, PathBuf); 3]> {
    Ok([
        (SITE_DIR, workspace.site()),
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
