//! Sources that stand side by side in a document, as one text: what was cut for the search is quoted as it was written.

use std::ops::Range;

use super::units::{self, Kind, Unit};
use crate::PromptSource;

/// A source's share of a passage; of one that was made of several, each of these.
pub(super) struct Part<'a> {
    pub(super) source: &'a PromptSource,
    /// Its place among what was found, best first.
    pub(super) rank: usize,
    /// Its lines in the passage's text.
    pub(super) lines: Range<usize>,
}

/// Sources of which each goes on where the one before ends; mostly a single one.
#[derive(Default)]
pub(super) struct Passage<'a> {
    pub(super) parts: Vec<Part<'a>>,
    text: String,
}

/// The sources as passages. Every source is in one of them.
pub(super) fn join(sources: &[PromptSource]) -> Vec<Passage<'_>> {
    let before = |source: &PromptSource| source.follows.as_ref().map(|follows| follows.number);
    let is_first =
        |source: &PromptSource| before(source).is_none_or(|number| sources.iter().all(|other| other.number != number));
    // What is no first one and is reached from none begins a passage all the same: no source is lost.
    let (first, others): (Vec<usize>, Vec<usize>) = (0..sources.len()).partition(|rank| is_first(&sources[*rank]));
    let mut taken = vec![false; sources.len()];
    let mut passages = Vec::new();
    for start in first.into_iter().chain(others) {
        let mut passage = Passage::default();
        let mut next = Some(start);
        while let Some(rank) = next {
            if taken[rank] {
                break;
            }
            taken[rank] = true;
            let source = &sources[rank];
            passage.add(source, rank);
            next = sources.iter().position(|other| before(other) == Some(source.number));
        }
        if !passage.parts.is_empty() {
            passages.push(passage);
        }
    }
    passages
}

impl<'a> Passage<'a> {
    fn add(&mut self, source: &'a PromptSource, rank: usize) {
        if let Some(follows) = source.follows.as_ref().filter(|_| !self.parts.is_empty()) {
            self.text.push_str(match follows.gap {
                0 => "",
                1 => "\n",
                _ => "\n\n",
            });
        }
        let begins = self.text.len();
        self.text.push_str(&source.text);
        if source.parts.is_empty() {
            let lines = self.lines(begins, self.text.len());
            self.parts.push(Part { source, rank, lines });
        }
        for (at, part) in source.parts.iter().enumerate() {
            // What stands before the first one, as the header of a table does, is of it.
            let start = if at == 0 { begins } else { begins + part.start };
            let end = source.parts.get(at + 1).map_or(self.text.len(), |next| begins + next.start);
            let lines = self.lines(start, end);
            self.parts.push(Part { source, rank: part.rank, lines });
        }
    }

    /// The lines that a part of the text stands in, without empty ones at its end.
    fn lines(&self, start: usize, end: usize) -> Range<usize> {
        let up_to = |end: usize| self.text.get(..end).unwrap_or(&self.text);
        let first = line_at_end(up_to(start));
        first..line_at_end(up_to(end).trim_end()).max(first) + 1
    }

    /// The passage in pieces. A list that is too long to be quoted whole falls into the parts that its sources have of it.
    pub(super) fn units(&self, longest: usize) -> Vec<Unit> {
        units::split(&self.text).into_iter().flat_map(|unit| self.cut(unit, longest)).collect()
    }

    /// The parts that some lines are of.
    pub(super) fn parts_of(&self, lines: &Range<usize>) -> impl Iterator<Item = &Part<'a>> {
        let (start, end) = (lines.start, lines.end);
        self.parts.iter().filter(move |part| part.lines.start < end && start < part.lines.end)
    }

    /// The part that a line is of; the later one where two share it.
    pub(super) fn part_at(&self, line: usize) -> usize {
        self.parts.iter().rposition(|part| part.lines.start <= line).unwrap_or_default()
    }

    fn cut(&self, unit: Unit, longest: usize) -> Vec<Unit> {
        let is_whole = matches!(unit.kind, Kind::Sentence | Kind::Heading) || unit.text.chars().count() <= longest;
        if is_whole || self.parts_of(&unit.lines).nth(1).is_none() {
            return vec![unit];
        }
        let lines: Vec<&str> = unit.text.lines().collect();
        let header = header_of(&unit, &lines);
        let pieces = self.parts_of(&unit.lines).filter_map(|part| {
            let own = part.lines.start.max(unit.lines.start)..part.lines.end.min(unit.lines.end);
            let (start, end) = (own.start - unit.lines.start, own.end - unit.lines.start);
            let text = lines.get(start..end.min(lines.len()))?.join("\n");
            let text = text.trim_end();
            let repeated = header.as_deref().filter(|_| start > 0).unwrap_or_default();
            (!text.is_empty()).then(|| Unit { text: format!("{repeated}{text}"), lines: own, ..unit.clone() })
        });
        pieces.collect()
    }
}

/// The header of a table and the rule below it, without which no later part of it is a table.
fn header_of(unit: &Unit, lines: &[&str]) -> Option<String> {
    let [header, rule, ..] = lines else { return None };
    let is_rule = rule.contains('-') && rule.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
    (unit.kind == Kind::Table && is_rule).then(|| format!("{header}\n{rule}\n"))
}

/// The line that a text ends in, from 0.
fn line_at_end(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Follows, SourcePart};

    fn source(number: u32, text: &str, follows: Option<(u32, u32)>) -> PromptSource {
        PromptSource {
            number,
            title: String::new(),
            text: text.to_owned(),
            language: None,
            follows: follows.map(|(number, gap)| Follows { number, gap }),
            parts: Vec::new(),
        }
    }

    /// A source that was made of passages with these ranks.
    fn merged(number: u32, passages: &[(usize, &str)]) -> PromptSource {
        let mut merged = source(number, "", None);
        for (rank, text) in passages {
            merged.parts.push(SourcePart { start: merged.text.len(), rank: *rank });
            merged.text.push_str(text);
        }
        merged
    }

    #[test]
    fn neighbours_become_one_text_in_the_documents_order() {
        let sources = [
            source(1, "2. two\n3. three", Some((3, 1))),
            source(2, "Something else.", None),
            source(3, "In steps:\n\n1. one", None),
            source(4, "The end.", Some((1, 2))),
        ];
        let passages = join(&sources);
        assert_eq!(passages.len(), 2);
        assert_eq!(passages[0].text, "Something else.");
        assert_eq!(passages[1].text, "In steps:\n\n1. one\n2. two\n3. three\n\nThe end.");
        let lines: Vec<_> = passages[1].parts.iter().map(|part| (part.rank, part.lines.clone())).collect();
        assert_eq!(lines, [(2, 0..3), (0, 3..5), (3, 6..7)]);
        let kinds: Vec<Kind> = passages[1].units(1000).into_iter().map(|unit| unit.kind).collect();
        assert_eq!(kinds, [Kind::Sentence, Kind::Steps, Kind::Sentence]);
    }

    #[test]
    fn a_list_that_is_too_long_falls_into_the_parts_of_its_sources() {
        let sources = [source(1, "- one\n- two", None), source(2, "- three\n- four", Some((1, 1)))];
        let passages = join(&sources);
        let texts = |longest| passages[0].units(longest).into_iter().map(|unit| unit.text).collect::<Vec<_>>();
        assert_eq!(texts(100), ["- one\n- two\n- three\n- four"]);
        assert_eq!(texts(10), ["- one\n- two", "- three\n- four"]);
    }

    #[test]
    fn a_source_that_was_made_of_neighbours_has_each_of_them_as_a_part() {
        let sources =
            [merged(1, &[(2, "In steps:\n\n- one\n"), (0, "- two\n\n"), (3, "The end.")]), source(2, "x", None)];
        let passages = join(&sources);
        assert_eq!(passages.len(), 2);
        let parts: Vec<_> =
            passages[0].parts.iter().map(|part| (part.source.number, part.rank, part.lines.clone())).collect();
        assert_eq!(parts, [(1, 2, 0..3), (1, 0, 3..4), (1, 3, 5..6)]);
        let texts = |longest| passages[0].units(longest).into_iter().map(|unit| unit.text).collect::<Vec<_>>();
        assert_eq!(texts(100), ["In steps:", "- one\n- two", "The end."]);
        assert_eq!(texts(8), ["In steps:", "- one", "- two", "The end."]);
    }

    #[test]
    fn every_part_of_a_table_that_is_too_long_begins_with_its_header() {
        let header = "| Name | Price |\n| --- | --- |\n";
        let first = format!("{header}| Tea | 2 |\n");
        let sources = [merged(1, &[(0, first.as_str()), (1, "| Milk | 1 |")])];
        let passages = join(&sources);
        let texts: Vec<String> = passages[0].units(20).into_iter().map(|unit| unit.text).collect();
        assert_eq!(texts, [format!("{header}| Tea | 2 |"), format!("{header}| Milk | 1 |")]);
        assert_eq!(passages[0].units(100).len(), 1);
    }

    #[test]
    fn no_source_is_lost() {
        let sources = [
            source(1, "a", Some((2, 1))),
            source(2, "b", Some((1, 1))),
            source(3, "c", Some((9, 1))),
            source(4, "d", Some((3, 1))),
            source(5, "e", Some((3, 1))),
        ];
        let mut ranks: Vec<usize> =
            join(&sources).iter().flat_map(|passage| &passage.parts).map(|part| part.rank).collect();
        ranks.sort_unstable();
        assert_eq!(ranks, [0, 1, 2, 3, 4]);
    }
}
