//! Tables: where one begins, and what of its header its later parts repeat.

/// A header longer than this would drown the rows. Bytes.
const LONGEST: usize = 600;

/// Where in a block a table begins: at the line of cells above the rule. It may follow the sentence that announces it without
/// a blank line, and its rows need no bars at their ends.
pub(super) fn find(block: &str) -> Option<usize> {
    let mut at = 0;
    let mut lines = block.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        // What looks like a table in code is none.
        if line.trim_start().starts_with("```") {
            return None;
        }
        if line.contains('|') && lines.peek().is_some_and(|next| is_rule(next)) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// `| --- | :---: |`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.contains('|') && line.contains('-') && line.bytes().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t'))
}

/// What is repeated of a header row: all of it, or as many cells as fit into `most` tokens; nothing when it says nothing.
pub(super) fn repeated_header(row: &str, most: usize, sizer: &dyn Fn(&str) -> usize) -> Option<String> {
    let row = row.trim();
    if !row.contains(char::is_alphanumeric) {
        return None;
    }
    if row.len() <= LONGEST && sizer(row) <= most {
        return Some(row.to_owned());
    }
    let ends: Vec<usize> =
        row.match_indices('|').map(|(at, _)| at + 1).take_while(|end| *end <= LONGEST).filter(|end| *end > 1).collect();
    let cut_at = |end: usize| format!("{} … |", row.get(..end).unwrap_or_default());
    // More cells are never fewer tokens, so that the most that fit are found without counting them all.
    let fitting = ends.partition_point(|end| sizer(&cut_at(*end)) <= most);
    let cut = fitting.checked_sub(1).and_then(|last| ends.get(last)).map(|end| cut_at(*end));
    // A first cell that is too long itself: a token holds at least one character, and the ellipsis and the bar take two.
    cut.or_else(|| Some(format!("{} … |", row.chars().take(most.saturating_sub(2)).collect::<String>().trim_end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    #[test]
    fn a_table_is_known_by_its_rule() {
        assert_eq!(find("| a | b |\n| --- | --- |\n| 1 | 2 |"), Some(0));
        assert_eq!(find("Prices:\na | b\n--|:-:\n1 | 2"), Some(8));
        assert_eq!(find("a | b, says the text.\nAnd goes on."), None);
        assert_eq!(find("```\na | b\n--|--\n```"), None);
        assert_eq!(find("Heading\n---\ntext"), None);
    }

    #[test]
    fn a_header_that_is_too_wide_is_cut_between_cells() {
        let header = |row: &str, most| repeated_header(row, most, &words);
        assert_eq!(header("| Name | Price |\n", 5).as_deref(), Some("| Name | Price |"));
        assert_eq!(header("| one | two | three |", 6).as_deref(), Some("| one | … |"));
        assert_eq!(header("| | |", 9), None);
        assert_eq!(header("| one two three four |", 4).as_deref(), Some("| … |"));
        let wide = "| cell ".repeat(200);
        assert!(header(&wide, 1_000).is_some_and(|cut| cut.len() <= 610 && cut.ends_with("| … |")));
    }
}
