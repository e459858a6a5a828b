//! The style sheet: `style/main.css` with all that it imports, as one small file.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
};

use crate::{site::compress, workspace::Workspace};

/// Its name in `pkg`.
pub const FILE: &str = "hammock.css";

pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    vec![workspace.root.join("style"), workspace.root.join("xtask/src/site/styles.rs")]
}

pub fn outputs(workspace: &Workspace) -> Vec<PathBuf> {
    let pkg = workspace.site().join("pkg");
    vec![pkg.join(FILE), pkg.join(format!("{FILE}.br"))]
}

/// Writes the file.
pub fn bundle(workspace: &Workspace) -> Result<()> {
    let css = bundled(&workspace.root.join("style/main.css"))?;
    compress::write(&workspace.site().join("pkg").join(FILE), css.as_bytes())
}

/// A sheet with all that it imports, as small as it gets.
///
/// # Errors
/// When one of them is missing or is not CSS.
pub fn bundled(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    // The errors borrow the sources, so they are turned into text here.
    let mut sheet = bundler.bundle(entry).map_err(|error| anyhow!("{error}"))?;
    // No browser targets: the styles use `light-dark()`, nesting and layers as they are (docs/CONTRIBUTING.md).
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{error}"))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("{error}"))?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle_of(files: &[(&str, &str)]) -> Result<String> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        bundled(&dir.path().join("main.css"))
    }

    #[test]
    fn imports_are_joined_in_their_layers() {
        let css = bundle_of(&[
            (
                "main.css",
                "@layer ui, tokens;\n@import url(\"tokens.css\") layer(tokens);\n@import \"ui/button.css\" layer(ui);",
            ),
            ("tokens.css", ":root { --ink: light-dark(#111111, #eeeeee); }"),
            ("ui/button.css", ".button { color: var(--ink); &:hover { opacity: 0.5; } }"),
        ])
        .unwrap();
        // The order of the layers is the declared one, not that of the imports.
        assert_eq!(
            css,
            "@layer ui{.button{color:var(--ink);&:hover{opacity:.5}}}@layer tokens{:root{--ink:light-dark(#111,#eee)}}"
        );
    }

    #[test]
    fn a_broken_sheet_and_a_missing_one_fail() {
        assert!(bundle_of(&[("main.css", "@import \"missing.css\";")]).is_err());
        assert!(bundle_of(&[("main.css", ".a { color: red; } }")]).is_err());
    }
}
