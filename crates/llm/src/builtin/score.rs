//! Which pieces of which sources answer the question best.
//!
//! A source is looked through with a window of neighbouring units; what counts is which of the question's words a window
//! has, each weighed by how rare it is among the units. Headings lend their words to what stands below them.

use std::collections::{HashMap, HashSet};

use hammock_retrieval::analysis::{Analyser, UNKNOWN};

use super::units::{self, Kind, Unit};
use crate::ChatRequest;

/// The longest quotation of running text. Characters.
const LONGEST_QUOTE: usize = 480;
/// The longest list, table or code block that is quoted whole. Characters.
const LONGEST_BLOCK: usize = 1200;
/// Below this many characters a quotation is given the sentences that follow it: a single one seldom says enough.
const SHORT_QUOTE: usize = 200;
/// How many sentences a quotation has at most.
const MOST_SENTENCES: usize = 3;
/// What of the best quotation's score a further one must reach.
const WORTH_QUOTING: f32 = 0.65;
/// The share of a word's weight that counts when only the title or a heading has it.
const HEADING_SHARE: f32 = 0.4;

/// What a quotation in another language than the question's is worth: who asks may not read it.
const FOREIGN: f32 = 0.4;

/// A piece of a source, word for word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quote {
    pub(super) number: u32,
    pub(super) text: String,
    score: f32,
}

struct Scored {
    unit: Unit,
    terms: HashSet<String>,
    /// The words of the headings above it and of the title.
    heading: HashSet<String>,
}

/// The best quotations, best first, one per source.
pub(super) fn best_quotes(request: &ChatRequest, most: usize) -> Vec<Quote> {
    let mut analyser = Analyser::new(request.language.as_deref().unwrap_or(UNKNOWN));
    let question: HashSet<String> = analyser.terms(&request.question).into_iter().collect();
    let asked_in = request.language.as_deref();
    let passages: Vec<(u32, bool, Vec<Scored>)> = request
        .sources
        .iter()
        .map(|source| {
            let is_foreign = matches!((asked_in, source.language.as_deref()), (Some(one), Some(other)) if one != other);
            (source.number, is_foreign, scored_units(&mut analyser, &source.title, &source.text))
        })
        .collect();
    let weights = weights(&question, passages.iter().flat_map(|(_, _, units)| units));
    let mut quotes: Vec<Quote> = passages
        .iter()
        .enumerate()
        .filter_map(|(rank, (number, is_foreign, units))| {
            let (score, range) = best_window(units, &weights)?;
            // The order of the sources is what retrieval made of far more than shared words.
            let trust = 1.0 / (1.0 + 0.15 * rank as f32) * if *is_foreign { FOREIGN } else { 1.0 };
            Some(Quote { number: *number, text: join(units.get(lengthened(units, range))?), score: score * trust })
        })
        .collect();
    quotes.sort_by(|one, other| other.score.total_cmp(&one.score));
    let best = quotes.first().map_or(0.0, |quote| quote.score);
    if best <= 0.0 {
        // Found by meaning alone: what retrieval put first is the best guess.
        return passages.iter().find_map(|(number, _, units)| opening(*number, units)).into_iter().collect();
    }
    quotes.retain(|quote| quote.score >= best * WORTH_QUOTING);
    drop_repeated(&mut quotes);
    quotes.truncate(most);
    quotes
}

fn scored_units(analyser: &mut Analyser, title: &str, text: &str) -> Vec<Scored> {
    let title: HashSet<String> = analyser.terms(title).into_iter().collect();
    let mut heading = title.clone();
    let mut scored = Vec::new();
    for unit in units::split(text) {
        let terms: HashSet<String> = analyser.terms(&unit.text).into_iter().collect();
        if unit.kind == Kind::Heading {
            heading = title.union(&terms).cloned().collect();
        }
        scored.push(Scored { unit, terms, heading: heading.clone() });
    }
    scored
}

/// How much each word of the question tells, by how few of the units have it.
fn weights<'a>(question: &HashSet<String>, units: impl Iterator<Item = &'a Scored>) -> HashMap<String, f32> {
    let mut found: HashMap<String, f32> = question.iter().map(|term| (term.clone(), 0.0)).collect();
    let mut count = 0.0_f32;
    for unit in units.filter(|unit| unit.unit.kind != Kind::Heading) {
        count += 1.0;
        for (term, frequency) in &mut found {
            if unit.terms.contains(term) {
                *frequency += 1.0;
            }
        }
    }
    for frequency in found.values_mut() {
        *frequency = ((count + 1.0) / (*frequency + 0.5)).ln().max(0.1);
    }
    found
}

/// The best run of neighbouring units and its score; `None` when the passage has nothing that can be quoted.
fn best_window(units: &[Scored], weights: &HashMap<String, f32>) -> Option<(f32, std::ops::Range<usize>)> {
    let mut best: Option<(f32, std::ops::Range<usize>)> = None;
    for start in 0..units.len() {
        let mut end = start;
        let (mut sentences, mut length) = (0, 0);
        while let Some(next) = units.get(end) {
            let is_sentence = next.unit.kind == Kind::Sentence;
            let size = next.unit.text.chars().count();
            let fits = if is_sentence {
                sentences < MOST_SENTENCES && (length + size <= LONGEST_QUOTE || end == start)
            } else {
                size <= LONGEST_BLOCK && length <= LONGEST_QUOTE
            };
            if next.unit.kind == Kind::Heading || !fits {
                break;
            }
            sentences += usize::from(is_sentence);
            length += size;
            end += 1;
            let Some(window) = units.get(start..end) else { break };
            // "Choose one of these:" without what follows says nothing.
            let announces = |text: &str| text.trim_end_matches(['*', '_']).ends_with(':');
            if announces(&next.unit.text)
                && is_sentence
                && units.get(end).is_some_and(|unit| unit.unit.kind != Kind::Heading)
            {
                continue;
            }
            let score = score(window, weights) + if start == 0 { 0.05 } else { 0.0 };
            if best.as_ref().is_none_or(|(top, _)| score > *top) {
                best = Some((score, start..end));
            }
        }
    }
    best.filter(|(_, range)| !range.is_empty())
}

/// A short quotation with what its paragraph says next, and with the list or code that its last sentence announces.
fn lengthened(units: &[Scored], range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let std::ops::Range { start, mut end } = range;
    let size = |end: usize| {
        units.get(start..end).unwrap_or_default().iter().map(|unit| unit.unit.text.chars().count()).sum::<usize>()
    };
    while let (Some(last), Some(next)) = (end.checked_sub(1).and_then(|last| units.get(last)), units.get(end)) {
        let announced = last.unit.text.ends_with(':') && !matches!(next.unit.kind, Kind::Heading | Kind::Sentence);
        let continues = next.unit.paragraph == last.unit.paragraph && next.unit.kind == Kind::Sentence;
        let room = size(end + 1) <= if announced { LONGEST_BLOCK } else { LONGEST_QUOTE };
        let wanted = announced || (continues && size(end) < SHORT_QUOTE && end - start < MOST_SENTENCES);
        if !(wanted && room) {
            break;
        }
        end += 1;
    }
    start..end
}

fn score(window: &[Scored], weights: &HashMap<String, f32>) -> f32 {
    let mut words = 0.0;
    for (term, weight) in weights {
        if window.iter().any(|unit| unit.terms.contains(term)) {
            words += weight;
        } else if window.iter().any(|unit| unit.heading.contains(term)) {
            words += weight * HEADING_SHARE;
        }
    }
    if words == 0.0 {
        return 0.0;
    }
    // Said once more is a little more; said at greater length is a little less.
    let dense: f32 = window
        .iter()
        .map(|unit| {
            weights.iter().filter(|(term, _)| unit.terms.contains(*term)).map(|(_, weight)| weight).sum::<f32>()
        })
        .sum();
    let length: usize = window.iter().map(|unit| unit.unit.text.chars().count()).sum();
    let steps = window.iter().any(|unit| unit.unit.kind == Kind::Steps);
    (words + 0.15 * dense) * if steps { 1.15 } else { 1.0 } - 0.0004 * length as f32
}

/// The first sentences of a passage.
fn opening(number: u32, units: &[Scored]) -> Option<Quote> {
    let start = units.iter().position(|unit| unit.unit.kind != Kind::Heading)?;
    let paragraph = units.get(start)?.unit.paragraph;
    let count = units.iter().skip(start).take(2).take_while(|unit| unit.unit.paragraph == paragraph).count();
    Some(Quote { number, text: join(units.get(start..start + count)?), score: 0.0 })
}

/// The units as they stood: sentences of a paragraph in a line, all else apart.
fn join(units: &[Scored]) -> String {
    let mut text = String::new();
    let mut before: Option<&Unit> = None;
    for Scored { unit, .. } in units {
        if let Some(before) = before {
            text.push_str(if before.paragraph == unit.paragraph { " " } else { "\n\n" });
        }
        text.push_str(&unit.text);
        before = Some(unit);
    }
    text
}

/// Chunks overlap, and pages repeat each other: what a better quotation says is not said again.
fn drop_repeated(quotes: &mut Vec<Quote>) {
    let mut kept: Vec<Quote> = Vec::new();
    for quote in quotes.drain(..) {
        let repeated = kept.iter().any(|other| other.text.contains(&quote.text) || quote.text.contains(&other.text));
        if !repeated {
            kept.push(quote);
        }
    }
    *quotes = kept;
}
