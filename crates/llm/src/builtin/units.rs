//! A passage in pieces that can be quoted: sentences, and lists, tables and code blocks as a whole.

use std::ops::Range;

/// What a unit is; decides how it is joined to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One sentence of running text.
    Sentence,
    /// A numbered list: steps.
    Steps,
    /// A list with bullets.
    List,
    /// A fenced code block.
    Code,
    /// A table.
    Table,
    /// A heading; never quoted, but a border between units and a hint what follows is about.
    Heading,
}

/// A piece that is quoted whole or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) kind: Kind,
    pub(super) text: String,
    /// The paragraph it belongs to; sentences of one are joined by a space, all else stands apart.
    pub(super) paragraph: usize,
    /// The lines of the passage that it stands in.
    pub(super) lines: Range<usize>,
}

/// Cuts a passage into units, in order.
pub(super) fn split(text: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut paragraph = 0;
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let rest = lines.get(at..).unwrap_or_default();
        let (kind, count) = match block_of(line) {
            None => {
                at += 1;
                continue;
            }
            Some(Kind::Code) => (Kind::Code, code_lines(rest)),
            Some(Kind::Heading) => (Kind::Heading, 1),
            Some(Kind::Table) => {
                (Kind::Table, rest.iter().take_while(|line| line.trim_start().starts_with('|')).count())
            }
            Some(kind @ (Kind::Steps | Kind::List)) => (kind, list_lines(rest)),
            Some(Kind::Sentence) => {
                (Kind::Sentence, rest.iter().take_while(|line| block_of(line) == Some(Kind::Sentence)).count())
            }
        };
        let block = rest.get(..count).unwrap_or_default();
        if kind == Kind::Sentence {
            units.extend(sentences(block).into_iter().map(|(text, lines)| {
                let lines = at + lines.start..at + lines.end;
                Unit { kind, text, paragraph, lines }
            }));
        } else {
            let block: Vec<&str> = block.iter().map(|line| line.trim_end()).collect();
            let text = block.join("\n").trim_end().to_owned();
            units.push(Unit { kind, text, paragraph, lines: at..at + count });
        }
        paragraph += 1;
        at += count.max(1);
    }
    units
}

fn block_of(line: &str) -> Option<Kind> {
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    Some(if line.starts_with("```") || line.starts_with("~~~") {
        Kind::Code
    } else if line.starts_with('#') && line.trim_start_matches('#').starts_with(' ') {
        Kind::Heading
    } else if line.starts_with('|') {
        Kind::Table
    } else if ["- ", "* ", "+ ", "• "].iter().any(|mark| line.starts_with(mark)) {
        Kind::List
    } else if numbered(line) {
        Kind::Steps
    } else {
        Kind::Sentence
    })
}

/// Whether a line begins with `1.` or `1)` and a space.
fn numbered(line: &str) -> bool {
    let rest = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = line.len() - rest.len();
    (1..=3).contains(&digits) && (rest.starts_with(". ") || rest.starts_with(") "))
}

/// The lines of a code block, its closing fence included.
fn code_lines(lines: &[&str]) -> usize {
    let fence = if lines.first().is_some_and(|line| line.trim_start().starts_with("~~~")) { "~~~" } else { "```" };
    lines.iter().skip(1).position(|line| line.trim_start().starts_with(fence)).map_or(lines.len(), |end| end + 2)
}

/// The lines of a list: its items, what is indented below them, and single empty lines between.
fn list_lines(lines: &[&str]) -> usize {
    let belongs = |line: &str| {
        matches!(block_of(line), Some(Kind::List | Kind::Steps))
            || (line.starts_with([' ', '\t']) && !line.trim().is_empty())
    };
    let mut count = 1;
    while let Some(line) = lines.get(count) {
        let next = lines.get(count + 1).copied().unwrap_or_default();
        if belongs(line) || (line.trim().is_empty() && belongs(next)) {
            count += 1;
        } else {
            break;
        }
    }
    count
}

/// The sentences of a paragraph, and which of its lines each stands in.
fn sentences(block: &[&str]) -> Vec<(String, Range<usize>)> {
    let mut text = String::new();
    let mut starts = Vec::with_capacity(block.len());
    for line in block {
        if !text.is_empty() {
            text.push(' ');
        }
        starts.push(text.len());
        text.push_str(line.trim());
    }
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let found = hammock_retrieval::sentences::sentences(&text).into_iter();
    found.map(|range| (text[range.clone()].to_owned(), line_of(range.start)..line_of(range.end - 1) + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        split(text).into_iter().map(|unit| unit.kind).collect()
    }

    #[test]
    fn lists_tables_and_code_stay_whole() {
        let text = "# Upload\n\nOpen it. Then choose:\n\n1. *Files*\n2. *Website*\n   with a sitemap\n\n3. Both\n\n```\n# no heading\n- no list\n```\n| a | b |\n|---|---|\n| 1 | 2 |\nThe end.";
        assert_eq!(
            kinds(text),
            [Kind::Heading, Kind::Sentence, Kind::Sentence, Kind::Steps, Kind::Code, Kind::Table, Kind::Sentence]
        );
        let units = split(text);
        assert_eq!(units[3].text, "1. *Files*\n2. *Website*\n   with a sitemap\n\n3. Both");
        assert_eq!(units[4].text, "```\n# no heading\n- no list\n```");
    }

    #[test]
    fn abbreviations_do_not_end_sentences() {
        let text = "Ask the shop, e.g. by mail. It opens at 9 a.m. on working days. Mr. Novák answers.";
        let found: Vec<String> = split(text).into_iter().map(|unit| unit.text).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[2], "Mr. Novák answers.");
    }

    #[test]
    fn what_is_emphasised_is_not_cut() {
        let text = "Ask it, for example *How do I add a website? Or files?* in the chat. Then read.";
        let found: Vec<String> = split(text).into_iter().map(|unit| unit.text).collect();
        assert_eq!(found, ["Ask it, for example *How do I add a website? Or files?* in the chat.", "Then read."]);
    }

    #[test]
    fn every_piece_knows_its_lines() {
        let text = "One. Two\ngoes on. Three\nends.\n\n- a\n- b\n\n```\nx\n```\nLast.";
        let found: Vec<_> = split(text).into_iter().map(|unit| (unit.text, unit.lines)).collect();
        let expected = [
            ("One.", 0..1),
            ("Two goes on.", 0..2),
            ("Three ends.", 1..3),
            ("- a\n- b", 4..6),
            ("```\nx\n```", 7..10),
            ("Last.", 10..11),
        ];
        assert_eq!(found, expected.map(|(text, lines)| (text.to_owned(), lines)));
    }

    #[test]
    fn an_unclosed_code_block_runs_to_the_end() {
        assert_eq!(split("```sh\nhammock serve\n").len(), 1);
    }
}
