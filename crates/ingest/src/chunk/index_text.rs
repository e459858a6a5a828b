//! What the index gets to see of a chunk.

/// A chunk as both sides of the index take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexText {
    /// The document's title and the headings above the chunk, one a line, each once.
    pub heading: String,
    /// The chunk's text; of a table's continuation with the table's header before it.
    pub text: String,
}

/// What to index for the chunk from `start` to `end` of `text`, whose headings are `headings`. It depends on nothing but what
/// the store keeps, so that an index can be rebuilt.
///
/// Offsets that lie outside the text or inside a character give an empty text.
pub fn index_text(title: &str, headings: &[String], text: &str, start: usize, end: usize) -> IndexText {
    let mut lines: Vec<&str> = Vec::with_capacity(headings.len() + 1);
    for line in std::iter::once(title).chain(headings.iter().map(String::as_str)) {
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    let chunk = text.get(start..end).unwrap_or_default();
    let text = match table_header(text, start, chunk) {
        Some(header) => format!("{header}\n{chunk}"),
        None => chunk.to_owned(),
    };
    IndexText { heading: lines.join("\n"), text }
}

/// The header row of the table that goes on at `start`; `None` when none does.
fn table_header<'a>(text: &'a str, start: usize, chunk: &str) -> Option<&'a str> {
    /// A header longer than this would drown the rows. Bytes.
    const LONGEST: usize = 600;
    if !chunk.starts_with('|') {
        return None;
    }
    let before = text.get(..start)?.strip_suffix('\n')?;
    let table = before.rfind("\n\n").map_or(before, |blank| before.get(blank + 2..).unwrap_or_default());
    let mut rows = table.lines();
    let header = rows.next()?;
    let rule = rows.next()?;
    let is_rule = rule.starts_with('|') && rule.bytes().all(|b| matches!(b, b'|' | b'-' | b' ' | b':'));
    (header.starts_with('|') && is_rule && header.len() <= LONGEST).then_some(header)
}
