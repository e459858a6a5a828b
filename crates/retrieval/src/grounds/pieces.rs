//! The pieces of a Markdown text of which each says something: sentences, list items, rows of tables, blocks of code.

use std::ops::Range;

use crate::sentences::{sentences, trimmed};

/// The pieces in order; bytes. Headings are none of them, nor are the header and the rule of a table.
pub(super) fn pieces(text: &str) -> Vec<Range<usize>> {
    cut(text, Wanted { code: true, headings: false })
}

/// The same without code: what is said in words.
pub(crate) fn said(text: &str) -> Vec<Range<usize>> {
    cut(text, Wanted { code: false, headings: false })
}

/// The same with everything: headings, code, headers of tables.
pub(crate) fn all(text: &str) -> Vec<Range<usize>> {
    cut(text, Wanted { code: true, headings: true })
}

/// What is a piece beside sentences, list items and rows.
#[derive(Clone, Copy)]
struct Wanted {
    code: bool,
    /// Those of tables too.
    headings: bool,
}

fn cut(text: &str, wanted: Wanted) -> Vec<Range<usize>> {
    let mut found = Pieces { text, paragraph: None, pieces: Vec::new() };
    let mut fence: Option<(char, usize, usize)> = None;
    let mut rows = 0;
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = trimmed(text, start..start + whole.len());
        start += whole.len();
        let words = &text[line.clone()];
        if let Some((character, length, inside)) = fence {
            if fence_of(words).is_some_and(|(other, run)| other == character && run >= length && words.len() == run) {
                if wanted.code {
                    found.push(inside..line.start);
                }
                fence = None;
            }
            continue;
        }
        let rows_before = std::mem::take(&mut rows);
        if words.is_empty() {
            found.end_paragraph();
        } else if let Some((character, length)) = fence_of(words) {
            found.end_paragraph();
            fence = Some((character, length, start));
        } else if words.starts_with('#') && words.trim_start_matches('#').starts_with(' ') {
            found.end_paragraph();
            if wanted.headings {
                found.push(line);
            }
        } else if words.starts_with('|') {
            found.end_paragraph();
            if is_rule(words) {
                // What stands above the rule is the header.
                if rows_before == 1 && !wanted.headings {
                    found.pieces.pop();
                }
                rows = 2;
            } else {
                found.push(line);
                rows = rows_before + 1;
            }
        } else if let Some(marker) = marker(words) {
            found.end_paragraph();
            found.paragraph = Some(line.start + marker..line.end);
        } else {
            found.add_line(line);
        }
    }
    if let Some((_, _, inside)) = fence.filter(|_| wanted.code) {
        found.push(inside..text.len());
    }
    found.end_paragraph();
    found.pieces
}

struct Pieces<'a> {
    text: &'a str,
    paragraph: Option<Range<usize>>,
    pieces: Vec<Range<usize>>,
}

impl Pieces<'_> {
    fn push(&mut self, range: Range<usize>) {
        let range = trimmed(self.text, range.start..range.end.max(range.start));
        if !range.is_empty() {
            self.pieces.push(range);
        }
    }

    fn add_line(&mut self, line: Range<usize>) {
        let start = self.paragraph.take().map_or(line.start, |paragraph| paragraph.start);
        self.paragraph = Some(start..line.end);
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraph.take() else { return };
        let found = sentences(&self.text[paragraph.clone()]);
        self.pieces.extend(found.into_iter().map(|it| paragraph.start + it.start..paragraph.start + it.end));
    }
}

/// The character and the length of the fence that a line is or begins with.
fn fence_of(line: &str) -> Option<(char, usize)> {
    let character = line.chars().next().filter(|character| matches!(character, '`' | '~'))?;
    let length = line.chars().take_while(|other| *other == character).count();
    let is_span = character == '`' && line[length..].contains('`');
    (length >= 3 && !is_span).then_some((character, length))
}

/// Whether a line is the rule between the header and the rows of a table.
fn is_rule(line: &str) -> bool {
    line.contains('-') && line.chars().all(|character| matches!(character, '|' | '-' | ':' | ' '))
}

/// How long the marker of a list item is that a line begins with, the space behind it included.
fn marker(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &line[digits..];
    let is_number = (1..=3).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "));
    let bullet = ["- ", "* ", "+ ", "• "].iter().find(|bullet| digits == 0 && rest.starts_with(**bullet));
    if is_number { Some(digits + 2) } else { bullet.map(|bullet| bullet.len()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        pieces(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn each_piece_says_one_thing() {
        let text = "# Hours\n\nWe open at nine. We close\nat five.\n\n\
                    - *Dogs* stay outside. Cats too.\n  Always.\n1. Ring the bell\n\n\
                    | Day | Hour |\n|---|:-:|\n| Monday | 9 |\n| Tuesday | 10 |\n\n\
                    ```sh\n# no heading\n- no item\n```\nThe end.";
        assert_eq!(
            cut(text),
            [
                "We open at nine.",
                "We close\nat five.",
                "*Dogs* stay outside.",
                "Cats too.",
                "Always.",
                "Ring the bell",
                "| Monday | 9 |",
                "| Tuesday | 10 |",
                "# no heading\n- no item",
                "The end."
            ]
        );
    }

    #[test]
    fn rows_without_a_header_and_open_code_are_pieces() {
        assert_eq!(cut("| a | 1 |\n| b | 2 |"), ["| a | 1 |", "| b | 2 |"]);
        assert_eq!(cut("Run:\n\n~~~\nhammock serve\n```"), ["Run:", "hammock serve\n```"]);
    }

    proptest! {
        #[test]
        fn pieces_are_in_order_and_can_be_cut_out(text in "[a-cé .!|:#*`~0-9)\\-\n]{0,120}") {
            let found = pieces(&text);
            prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
            prop_assert!(found.iter().all(|range| !text[range.clone()].trim().is_empty()));
        }
    }
}
