//! Static files: `public/` as it is.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    site::compress,
    workspace::{Workspace, files_below},
};

pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    vec![workspace.root.join("public")]
}

pub fn outputs(workspace: &Workspace) -> Vec<PathBuf> {
    vec![workspace.site()]
}

/// Copies `public/` into the site, in place of what was copied before.
pub fn copy(workspace: &Workspace) -> Result<()> {
    let (from, site) = (workspace.root.join("public"), workspace.site());
    // What was deleted from public/ must not be served for ever; `pkg` belongs to the other steps.
    if site.is_dir() {
        for entry in std::fs::read_dir(&site)? {
            let entry = entry?;
            if entry.file_name() == "pkg" {
                continue;
            }
            if entry.path().is_dir() {
                std::fs::remove_dir_all(entry.path())?;
            } else {
                std::fs::remove_file(entry.path())?;
            }
        }
    }
    std::fs::create_dir_all(&site)?;
    for file in files_below(std::slice::from_ref(&from))? {
        compress::write(&site.join(file.strip_prefix(&from)?), &std::fs::read(&file)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_left_public_leaves_the_site_and_the_package_stays() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: dir.path().to_owned(), target: dir.path().join("target") };
        let public = dir.path().join("public");
        std::fs::create_dir_all(public.join("fonts")).unwrap();
        std::fs::write(public.join("fonts/a.woff2"), "font").unwrap();
        std::fs::write(public.join("old.txt"), "old").unwrap();
        copy(&workspace).unwrap();
        std::fs::create_dir_all(workspace.site().join("pkg")).unwrap();
        std::fs::write(workspace.site().join("pkg/hammock.js"), "js").unwrap();
        std::fs::remove_file(public.join("old.txt")).unwrap();
        copy(&workspace).unwrap();
        assert!(workspace.site().join("fonts/a.woff2").is_file());
        assert!(workspace.site().join("pkg/hammock.js").is_file());
        assert!(!workspace.site().join("old.txt").exists());
    }
}
