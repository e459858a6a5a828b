//! How the names of files end that can be read. The parsers decide by this list where the content leaves the type open, and
//! the chooser of files offers what is on it.

/// Web pages.
pub const HTML: &[&str] = &["html", "htm", "xhtml"];
/// Markdown.
pub const MARKDOWN: &[&str] = &["md", "markdown", "mdown", "mkd"];
/// Comma-separated values, or with any other separator.
pub const TABLE: &[&str] = &["csv", "tsv", "tab"];
/// Rows as JSON: a list of objects, an object that holds one, or an object on each line.
pub const JSON: &[&str] = &["json", "jsonl", "ndjson"];
/// Plain text.
pub const TEXT: &[&str] = &["txt", "text", "log", "rst", "adoc", "asciidoc", "org"];
/// PDF, Word, PowerPoint, spreadsheets: their content alone tells what they are.
pub const BINARY: &[&str] =
    &["pdf", "docx", "docm", "dotx", "pptx", "pptm", "ppsx", "xlsx", "xlsm", "xltx", "xlsb", "xls", "ods"];

/// Every ending, as a chooser of files takes them: `.pdf,.docx`.
pub fn accept() -> String {
    let endings = [BINARY, HTML, MARKDOWN, TABLE, JSON, TEXT].concat();
    endings.iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chooser_gets_every_ending_once() {
        let accepted = accept();
        let endings: Vec<&str> = accepted.split(',').collect();
        let unique: std::collections::BTreeSet<_> = endings.iter().collect();
        assert_eq!(unique.len(), endings.len());
        assert!(endings.iter().all(|ending| ending.starts_with('.')));
        for ending in [".pdf", ".docx", ".htm", ".md", ".csv", ".json", ".txt"] {
            assert!(endings.contains(&ending), "{ending}");
        }
    }
}
