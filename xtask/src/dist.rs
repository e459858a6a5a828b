//! `cargo xtask dist`: what is installed somewhere.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    model,
    process::{cargo_in, say, succeed},
    setup, site,
    workspace::{Workspace, files_below},
};

/// The program, below the target directory.
pub const BINARY: &str = "dist/hammock";
/// The embedding model's directory beside it.
pub const MODELS: &str = "dist/models";

/// By this variable the server's build learns which interface becomes part of it.
const SITE: &str = "HAMMOCK_EMBEDDED_SITE";

/// The program where [`dist`] puts it.
pub fn binary(workspace: &Workspace) -> PathBuf {
    workspace.target.join(format!("{BINARY}{}", std::env::consts::EXE_SUFFIX))
}

/// Builds the program with the interface inside, and puts the embedding model beside it.
///
/// # Errors
/// When something does not compile.
pub fn dist(workspace: &Workspace) -> Result<()> {
    setup::setup(workspace, setup::For::Running)?;
    site::build(workspace)?;
    say("dist: the server, optimised (an hour on two cores the first time)");
    succeed(&mut server(workspace))?;
    let built = workspace.target.join(format!("release/hammock{}", std::env::consts::EXE_SUFFIX));
    let finished = binary(workspace);
    let (model, models) = (model::directory()?, workspace.target.join(MODELS));
    std::fs::create_dir_all(&models)?;
    std::fs::copy(&built, &finished).with_context(|| format!("cannot write {}", finished.display()))?;
    for file in files_below(std::slice::from_ref(&model))? {
        let copy = models.join(file.strip_prefix(model.parent().context("the model has no directory")?)?);
        std::fs::create_dir_all(copy.parent().context("the copy has no directory")?)?;
        std::fs::copy(&file, &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    }
    let size = std::fs::metadata(&finished)?.len();
    say(&format!(
        "dist: {} ({:.0} MB) and {}",
        workspace.relative(&finished),
        size as f64 / 1e6,
        workspace.relative(&models)
    ));
    Ok(())
}

/// What builds the server with the interface that [`site::build`] has left.
fn server(workspace: &Workspace) -> Command {
    let mut command = cargo_in(&workspace.root);
    command.args(["build", "--locked", "--release", "--package", "hammock-server", "--features", "embedded-site"]);
    command.env(SITE, workspace.site());
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment;

    #[test]
    fn the_interface_is_taken_from_where_it_was_built() {
        let workspace = Workspace { root: "/checkout".into(), target: "/elsewhere".into(), build: None };
        let command = server(&workspace);
        let site = command.get_envs().find(|(name, _)| *name == SITE).and_then(|(_, value)| value);
        assert_eq!(site, Some(workspace.site().as_os_str()));
        for (file, named) in [("build.rs", format!("\"{SITE}\"")), ("src/site/embedded.rs", format!("\"${SITE}\""))] {
            let file = environment::package_folder().join("../server").join(file);
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(text.contains(&named), "{}: {named}", file.display());
        }
    }
}
