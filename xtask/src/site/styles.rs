//! The style sheets: `style/main.css` with all that it imports, as one small file, and what single pages have of their own.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use lightningcss::{
    bundler::{Bundler, FileProvider},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions},
};

use crate::{site::compress, workspace::Workspace};

/// The name of the sheet of all pages in `pkg`.
pub const FILE: &str = "hammock.css";
/// Every sheet: its source in `style`, its name in `pkg`.
pub const SHEETS: [(&str, &str); 2] = [("main.css", FILE), ("reference.css", "hammock.reference.css")];

pub fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    vec![workspace.root.join("style"), workspace.root.join("xtask/src/site/styles.rs")]
}

pub fn outputs(workspace: &Workspace) -> Vec<PathBuf> {
    let pkg = workspace.site().join("pkg");
    SHEETS.iter().flat_map(|(_, file)| [pkg.join(file), pkg.join(format!("{file}.br"))]).collect()
}

/// Writes the files.
pub fn bundle(workspace: &Workspace) -> Result<()> {
    for (source, file) in SHEETS {
        let css = bundled(&workspace.root.join("style").join(source))?;
        compress::write(&workspace.site().join("pkg").join(file), css.as_bytes())?;
    }
    Ok(())
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
