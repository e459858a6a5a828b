//! What of a passage a statement rests on. An answer names whole passages; a reader who checks it wants the sentence.
//!
//! A quotation is found word for word. Another statement is laid beside the pieces of the passage (sentences, list
//! items, rows, code): those count that share its telling words, each word weighed by how few of the pieces have it.
//! Where no piece stands out, none is named: a mark in the wrong place is worse than one that is too long.

pub(crate) mod pieces;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use unicode_normalization::char::is_combining_mark;

use self::pieces::pieces;
use crate::{
    analysis::{self, Analyser},
    citations::{Checked, Reference},
    sentences::trimmed,
};

/// From so many words on, a run of the passage's own words is a quotation and no chance.
const QUOTED_WORDS: usize = 4;
/// How many pieces one statement rests on at most.
const MOST_PIECES: usize = 3;
/// The share of what passage and statement have in common that the best piece must have.
const LEAST_SHARE: f32 = 0.4;
/// The share of it that a further piece must add.
const LEAST_MORE: f32 = 0.25;
/// A piece with this share of the best one's words is as good.
const AS_GOOD: f32 = 0.9;

/// What an answer says of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The number of the source.
    pub number: u32,
    /// The words that carry the number: a sentence or a part of one, or a whole quotation.
    pub text: String,
}

/// The statements of an answer, in the order of their numbers in the text.
pub fn statements(answer: &Checked) -> Vec<Statement> {
    let pieces = pieces(&answer.text);
    let carried = answer.references.iter().enumerate().map(|(at, reference)| {
        let text = match quotation_around(&answer.text, reference.start) {
            Some(quotation) => quoted(answer, quotation.start..reference.start, at),
            None => said(answer, &pieces, at),
        };
        Statement { number: reference.number, text }
    });
    carried.filter(|statement| has_words(&statement.text)).collect()
}

/// The parts of a passage that the statements rest on: in order, apart from each other, in bytes of the passage. Empty
/// when nothing in it stands out.
pub fn find(passage: &str, statements: &[&str]) -> Vec<Range<usize>> {
    let pieces = pieces(passage);
    let words = word_spans(passage);
    let mut analyser = Analyser::new(&analysis::language_of(None, passage));
    let terms: Vec<BTreeSet<String>> =
        pieces.iter().map(|piece| analyser.terms(&passage[piece.clone()]).into_iter().collect()).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for statement in statements {
        match quotation(&words, &word_spans(statement)) {
            Some(range) => found.push(to_whole_pieces(range, &pieces)),
            None => {
                let wanted: BTreeSet<String> = analyser.terms(statement).into_iter().collect();
                found.extend(by_words(&terms, &wanted).into_iter().map(|at| pieces[at].clone()));
            }
        }
    }
    joined(passage, found)
}

/// The lines around a place that are marked as a quotation, if it stands in one.
fn quotation_around(text: &str, at: usize) -> Option<Range<usize>> {
    let mut found: Option<Range<usize>> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        if line.trim_start().starts_with('>') {
            found = Some(found.map_or(start, |range| range.start)..end);
        } else if start > at {
            break;
        } else {
            found = None;
        }
        start = end;
    }
    found.filter(|range| range.contains(&at))
}

/// The words of a quotation up to its number, without what an earlier number in it has covered.
fn quoted(answer: &Checked, quotation: Range<usize>, at: usize) -> String {
    let start = after_earlier_number(answer, &quotation, at);
    let lines = answer.text[start..quotation.end].lines();
    lines.map(|line| line.trim_start().trim_start_matches('>')).collect::<Vec<_>>().join("\n")
}

/// The words that carry a number in running text: back to the number before it, else the whole sentence; where the
/// number opens a sentence, the one before.
fn said(answer: &Checked, pieces: &[Range<usize>], at: usize) -> String {
    let reference = &answer.references[at];
    let before = pieces.partition_point(|piece| piece.start <= reference.start);
    let Some((piece, earlier)) = pieces[..before].split_last() else { return String::new() };
    let is_inside = reference.start < piece.end;
    if !is_inside {
        // On a line of its own, below what it belongs to.
        return without_numbers(answer, piece);
    }
    let clause = after_earlier_number(answer, piece, at)..reference.start;
    let own = without_numbers(answer, &clause);
    if analysis::words(&own).len() >= QUOTED_WORDS {
        return own;
    }
    if has_words(&without_numbers(answer, &(piece.start..reference.start))) {
        return without_numbers(answer, piece);
    }
    earlier.last().map_or_else(|| without_numbers(answer, piece), |previous| without_numbers(answer, previous))
}

/// Where the words begin that belong to a number: after the nearest earlier one in the range that is not beside it.
fn after_earlier_number(answer: &Checked, range: &Range<usize>, at: usize) -> usize {
    let reference = &answer.references[at];
    let earlier = answer.references[..at].iter().rev().take_while(|earlier| earlier.start >= range.start);
    let mut next: &Reference = reference;
    for earlier in earlier {
        if has_words(&answer.text[earlier.end..next.start]) {
            return earlier.end;
        }
        next = earlier;
    }
    range.start
}

/// The text of a range without the numbers in it.
fn without_numbers(answer: &Checked, range: &Range<usize>) -> String {
    let mut text = String::with_capacity(range.len());
    let mut at = range.start;
    for reference in answer.references.iter().filter(|it| it.start >= range.start && it.end <= range.end) {
        text.push_str(&answer.text[at..reference.start]);
        at = reference.end;
    }
    text.push_str(&answer.text[at..range.end]);
    text
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// The words of a text as searches see them, with their places.
fn word_spans(text: &str) -> Vec<(String, Range<usize>)> {
    let mut spans = Vec::with_capacity(text.len() / 6);
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        let is_in_word = character.is_alphanumeric() || is_combining_mark(character);
        match (is_in_word, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                spans.push((analysis::words(&text[from..at]).concat(), from..at));
                start = None;
            }
            _ => {}
        }
    }
    spans
}

/// Where in a passage the very words stand.
fn quotation(passage: &[(String, Range<usize>)], words: &[(String, Range<usize>)]) -> Option<Range<usize>> {
    if words.len() < QUOTED_WORDS {
        return None;
    }
    let same = |window: &[(String, Range<usize>)]| window.iter().zip(words).all(|((one, _), (other, _))| one == other);
    let at = passage.windows(words.len()).position(same)?;
    Some(passage[at].1.start..passage[at + words.len() - 1].1.end)
}

/// A range made longer to the ends of the pieces that it begins and ends in: with their punctuation.
fn to_whole_pieces(range: Range<usize>, pieces: &[Range<usize>]) -> Range<usize> {
    let holding = |at: usize| pieces.iter().find(|piece| piece.contains(&at));
    let start = holding(range.start).map_or(range.start, |piece| piece.start);
    let end = holding(range.end - 1).map_or(range.end, |piece| piece.end);
    start..end
}

/// Which pieces have what the statement says; none when no piece stands out.
fn by_words(pieces: &[BTreeSet<String>], wanted: &BTreeSet<String>) -> Vec<usize> {
    let mut frequency: BTreeMap<&str, f32> = BTreeMap::new();
    for term in pieces.iter().flat_map(|piece| piece.intersection(wanted)) {
        *frequency.entry(term.as_str()).or_default() += 1.0;
    }
    // One word in common may be chance, as may be few of many: the statement is the model's own then, or translated.
    if pieces.len() < 2 || frequency.len() < wanted.len().min(2) || frequency.len() * 4 < wanted.len() {
        return Vec::new();
    }
    let count = pieces.len() as f32;
    let weight = |term: &str| frequency.get(term).map_or(0.0, |with| ((count + 1.0) / (with + 0.5)).ln().max(0.1));
    let total: f32 = frequency.keys().map(|term| weight(term)).sum();

    let mut chosen: Vec<usize> = Vec::new();
    let mut left: BTreeSet<&str> = frequency.keys().copied().collect();
    while chosen.len() < MOST_PIECES {
        let gains: Vec<f32> = pieces
            .iter()
            .map(|piece| left.iter().filter(|term| piece.contains(**term)).map(|term| weight(term)).sum::<f32>())
            .collect();
        // The first of the best: what is said again later is said of the same.
        let Some((best, gain)) = gains.iter().copied().enumerate().reduce(|a, b| if b.1 > a.1 { b } else { a }) else {
            break;
        };
        let as_good = gains.iter().filter(|other| **other >= gain * AS_GOOD).count();
        let stands_out = as_good * 2 <= pieces.len() && gain >= total * LEAST_SHARE;
        // One word more may be chance.
        let words = pieces[best].iter().filter(|term| left.contains(term.as_str())).count();
        let is_much = if chosen.is_empty() { stands_out } else { gain >= total * LEAST_MORE };
        if !is_much || words < wanted.len().min(2) {
            break;
        }
        chosen.push(best);
        left.retain(|term| !pieces[best].contains(*term));
    }
    if chosen.len() == pieces.len() { Vec::new() } else { chosen }
}

/// In order; ranges that overlap or have only white space between them become one.
fn joined(text: &str, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges.into_iter().map(|range| trimmed(text, range)).filter(|range| !range.is_empty()) {
        match joined.last_mut() {
            Some(last) if range.start <= last.end || text[last.end..range.start].trim().is_empty() => {
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests;
