//! Static files: `public/` as it is, and the texts of the interface, of which a browser loads one language.

use std::path::PathBuf;

use anyhow::Result;

use crate::{
    site::{compress, widget},
    workspace::{Workspace, files_below},
};

/// Folders of the project, and where they go in the site.
const SOURCES: [(&str, &str); 2] = [("public", ""), ("app/locales", "locales")];

pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    SOURCES.iter().map(|(from, _)| workspace.root.join(from)).collect()
}

pub fn outputs(workspace: &Workspace) -> Vec<PathBuf> {
    vec![workspace.site()]
}

/// Copies them into the site, in place of what was copied before.
pub fn copy(workspace: &Workspace) -> Result<()> {
    let site = workspace.site();
    // What was deleted there must not be served for ever; `pkg` and the widget belong to the other steps.
    if site.is_dir() {
        for entry in std::fs::read_dir(&site)? {
            let entry = entry?;
            let name = entry.file_name();
            if name == "pkg" || name.to_string_lossy().starts_with(widget::NAME) {
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
    for (from, to) in SOURCES {
        let (from, to) = (workspace.root.join(from), site.join(to));
        for file in files_below(std::slice::from_ref(&from))? {
            compress::write(&to.join(file.strip_prefix(&from)?), &std::fs::read(&file)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_left_public_leaves_the_site_and_the_package_stays() {
        let dir = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: dir.path().to_owned(), target: dir.path().join("target"), build: None };
        let public = dir.path().join("public");
        std::fs::create_dir_all(public.join("fonts")).unwrap();
        std::fs::write(public.join("fonts/a.woff2"), "font").unwrap();
        std::fs::create_dir_all(dir.path().join("app/locales")).unwrap();
        std::fs::write(dir.path().join("app/locales/en.json"), "{}").unwrap();
        std::fs::write(public.join("old.txt"), "old").unwrap();
        copy(&workspace).unwrap();
        std::fs::create_dir_all(workspace.site().join("pkg")).unwrap();
        std::fs::write(workspace.site().join("pkg/hammock.js"), "js").unwrap();
        std::fs::create_dir_all(workspace.site().join("embed")).unwrap();
        std::fs::write(workspace.site().join("embed.js"), "js").unwrap();
        std::fs::remove_file(public.join("old.txt")).unwrap();
        copy(&workspace).unwrap();
        assert!(workspace.site().join("fonts/a.woff2").is_file());
        assert!(workspace.site().join("locales/en.json").is_file());
        assert!(workspace.site().join("pkg/hammock.js").is_file());
        assert!(workspace.site().join("embed").is_dir() && workspace.site().join("embed.js").is_file());
        assert!(!workspace.site().join("old.txt").exists());
    }
}
