//! A passage in pieces that can be quoted: sentences, and lists, tables and code blocks as a whole.

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
            let joined = block.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
            units.extend(sentences(&joined).into_iter().map(|text| Unit { kind, text, paragraph }));
        } else {
            let block: Vec<&str> = block.iter().map(|line| line.trim_end()).collect();
            units.push(Unit { kind, text: block.join("\n").trim_end().to_owned(), paragraph });
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

/// The sentences of a paragraph.
fn sentences(text: &str) -> Vec<String> {
    hammock_retrieval::sentences::sentences(text).into_iter().map(|range| text[range].to_owned()).collect()
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
    fn an_unclosed_code_block_runs_to_the_end() {
        assert_eq!(split("```sh\nhammock serve\n").len(), 1);
    }
}
