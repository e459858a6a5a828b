//! The text of the sources, without comments and tests where a rule is about the product's code.

use anyhow::Result;

use crate::workspace::{Workspace, files_below};

/// A source file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Relative to the root, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl Source {
    /// Whether its name has this ending.
    pub fn is(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| ending == extension)
    }

    /// Whether it is Rust that only tests compile.
    pub fn is_test(&self) -> bool {
        self.path.starts_with("crates/testkit/")
            || self.path.contains("/tests/")
            || self.path.contains("/benches/")
            || self.path.ends_with("/tests.rs")
            || self.path.ends_with("_tests.rs")
    }

    /// The lines of a Rust file's own code with their numbers: no comments, nothing from the first test module on.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]\nmod ").unwrap_or(self.text.len());
        // A module of its own file, `#[cfg(test)] mod tests;`, is followed by more code and is left in.
        let end = if self.text[end..].lines().nth(1).is_some_and(|line| line.trim_end().ends_with(';')) {
            self.text.len()
        } else {
            end
        };
        self.text[..end].lines().enumerate().map(|(number, line)| (number + 1, without_comment(line)))
    }
}

/// A line of Rust up to its comment. An address in a string, `https://`, is no comment.
fn without_comment(line: &str) -> &str {
    let mut from = 0;
    while let Some(found) = line[from..].find("//") {
        let at = from + found;
        if at == 0 || !line[..at].ends_with(':') {
            return &line[..at];
        }
        from = at + 2;
    }
    line
}

/// Every source file of ours.
///
/// # Errors
/// When one cannot be read.
pub fn load(workspace: &Workspace) -> Result<Vec<Source>> {
    const KINDS: [&str; 5] = ["rs", "css", "ts", "js", "json"];
    let mut sources = Vec::new();
    for file in files_below(std::slice::from_ref(&workspace.root))? {
        let kind = file.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default();
        if KINDS.contains(&kind.as_str()) {
            let text = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
            sources.push(Source { path: workspace.relative(&file), text });
        }
    }
    Ok(sources)
}

#[cfg(test)]
pub fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_without_comments_and_tests() {
        let file =
            source("a.rs", "//! doc\nlet a = \"https://a\"; // why\n\n#[cfg(test)]\nmod tests {\n    let b = 1;\n}\n");
        let code: Vec<_> = file.code().map(|(_, line)| line.trim()).filter(|line| !line.is_empty()).collect();
        assert_eq!(code, ["let a = \"https://a\";"]);
    }

    #[test]
    fn a_test_module_in_its_own_file_hides_nothing() {
        let file = source("a.rs", "#[cfg(test)]\nmod tests;\nlet a = 1;\n");
        assert!(file.code().any(|(number, line)| number == 3 && line == "let a = 1;"));
    }
}
