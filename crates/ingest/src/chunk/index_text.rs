//! What the index gets to see of a chunk.

use hammock_contract::passage::TablePart;

/// A chunk as both sides of the index take it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IndexText {
    /// The document's title and the headings above the chunk, one a line, each once.
    pub heading: String,
    /// The chunk's text; of a table's continuation with the table's header before it.
    pub text: String,
}

/// What to index for a chunk with this text, these headings and this part of a table. It depends on nothing but what the
/// store keeps of the chunk, so that an index can be rebuilt.
pub fn index_text(title: &str, headings: &[String], table: Option<&TablePart>, text: &str) -> IndexText {
    let mut lines: Vec<&str> = Vec::with_capacity(headings.len() + 1);
    for line in std::iter::once(title).chain(headings.iter().map(String::as_str)) {
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    let text = table.map_or_else(|| text.to_owned(), |part| part.complete(text));
    IndexText { heading: lines.join("\n"), text }
}
