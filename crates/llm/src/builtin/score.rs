//! Which pieces of which sources answer the question best.
//!
//! A source is looked through with a window of neighbouring units; what counts is which of the question's words a window
//! has, each weighed by how rare it is among the units. Headings lend their words to what stands below them.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use hammock_retrieval::analysis::{Analyser, UNKNOWN};

use super::{
    passages::{self, Passage},
    quote::text_of,
    units::{Kind, Unit},
};
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

/// What stands for every word that means "kind", where a question asks for kinds. No word of a text has a blank.
const KIND: &str = "any kind";
/// What a list is worth more where a question asks for kinds.
const LIST_OF_KINDS: f32 = 1.15;

/// What a quotation in another language than the question's is worth: who asks may not read it.
const FOREIGN: f32 = 0.4;

/// A piece of a source, or of several that stand side by side, word for word. Where one of them ends inside, its number stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quote {
    /// The numbers that stand at its end.
    pub(super) numbers: Vec<u32>,
    pub(super) text: String,
    score: f32,
    /// Which passage it is of.
    passage: usize,
    /// Which of the passage's units it has.
    units: Range<usize>,
}

struct Scored {
    unit: Unit,
    terms: HashSet<String>,
    /// The words of the headings above it and of the title.
    heading: HashSet<String>,
    /// The part of the passage that it begins in.
    part: usize,
}

/// A passage, cut and scored.
struct Looked<'a> {
    passage: Passage<'a>,
    units: Vec<Scored>,
}

/// The best quotations, best first, one per source. Those that stand side by side in a document keep its order.
pub(super) fn best_quotes(request: &ChatRequest, most: usize) -> Vec<Quote> {
    let mut analyser = Analyser::new(request.language.as_deref().unwrap_or(UNKNOWN));
    let question: HashSet<String> = analyser.terms(&request.question).into_iter().collect();
    let mut kinds: HashSet<String> = analyser.terms(words_for_kinds(request.language.as_deref())).into_iter().collect();
    if question.is_disjoint(&kinds) {
        kinds.clear();
    }
    let question = with_one_kind(question, &kinds);
    let looked: Vec<Looked<'_>> = passages::join(&request.sources)
        .into_iter()
        .map(|passage| {
            let units = scored_units(&mut analyser, &passage, &kinds);
            Looked { passage, units }
        })
        .collect();
    let weights = weights(&question, looked.iter().flat_map(|looked| &looked.units));
    let mut quotes: Vec<Quote> = Vec::new();
    for (index, Looked { passage, units }) in looked.iter().enumerate() {
        let asked_in = request.language.as_deref();
        quotes.extend((0..passage.parts.len()).filter_map(|part| {
            let (score, range) = best_window(units, part, &weights)?;
            let range = with_introduction(units, lengthened(units, range));
            let mut quote = quotation(passage, units, index, range)?;
            quote.score = score * trust(passage, units.get(quote.units.clone())?, asked_in);
            Some(quote)
        }));
    }
    quotes.sort_by(|one, other| other.score.total_cmp(&one.score));
    let best = quotes.first().map_or(0.0, |quote| quote.score);
    if best <= 0.0 {
        // Found by meaning alone: what retrieval put first is the best guess.
        let mut ranks: Vec<usize> =
            looked.iter().flat_map(|looked| &looked.passage.parts).map(|part| part.rank).collect();
        ranks.sort_unstable();
        return ranks.into_iter().find_map(|rank| opening(rank, &looked)).into_iter().collect();
    }
    quotes.retain(|quote| quote.score >= best * WORTH_QUOTING);
    drop_repeated(&mut quotes);
    quotes.truncate(most);
    let order: Vec<usize> = quotes.iter().map(|quote| quote.passage).collect();
    quotes.sort_by_key(|quote| (order.iter().position(|passage| *passage == quote.passage), quote.units.start));
    quotes
}

/// What a quotation is worth by where it is from.
fn trust(passage: &Passage<'_>, quoted: &[Scored], asked_in: Option<&str>) -> f32 {
    let parts: Vec<_> = quoted.iter().flat_map(|unit| passage.parts_of(&unit.unit.lines)).collect();
    // The order of the sources is what retrieval made of far more than shared words.
    let rank = parts.iter().map(|part| part.rank).min().unwrap_or_default();
    let language = parts.first().and_then(|part| part.source.language.as_deref());
    let is_foreign = matches!((asked_in, language), (Some(one), Some(other)) if one != other);
    1.0 / (1.0 + 0.15 * rank as f32) * if is_foreign { FOREIGN } else { 1.0 }
}

/// The words by which people ask for the kinds of something. A text that lists them may use another one of these.
fn words_for_kinds(language: Option<&str>) -> &'static str {
    match language {
        Some("cs") => "druh druhy druhů typ typy typů formát formáty formátů",
        Some("de") => "Art Arten Typ Typen Format Formate",
        Some("fr") => "type types genre genres sorte sortes format formats",
        _ => "kind kinds type types format formats",
    }
}

/// Words of which any that means "kind" is the same word.
fn with_one_kind(terms: HashSet<String>, kinds: &HashSet<String>) -> HashSet<String> {
    terms.into_iter().map(|term| if kinds.contains(&term) { KIND.to_owned() } else { term }).collect()
}

fn scored_units(analyser: &mut Analyser, passage: &Passage<'_>, kinds: &HashSet<String>) -> Vec<Scored> {
    let mut titles: Vec<HashSet<String>> = Vec::with_capacity(passage.parts.len());
    for part in &passage.parts {
        titles.push(with_one_kind(analyser.terms(&part.source.title).into_iter().collect(), kinds));
    }
    let title_of = |part: usize| titles.get(part).cloned().unwrap_or_default();
    let number_of = |part: usize| passage.parts.get(part).map(|part| part.source.number);
    let mut part = 0;
    let mut heading = title_of(part);
    let mut scored = Vec::new();
    for unit in passage.units(LONGEST_BLOCK) {
        let begins_in = passage.part_at(unit.lines.start);
        if begins_in != part {
            // The headings of a source that was made of neighbours stand in its text.
            let is_another = number_of(begins_in) != number_of(part);
            part = begins_in;
            if is_another {
                heading = title_of(part);
            }
        }
        let terms = with_one_kind(analyser.terms(&unit.text).into_iter().collect(), kinds);
        if unit.kind == Kind::Heading {
            heading = title_of(part).union(&terms).cloned().collect();
        }
        scored.push(Scored { unit, terms, heading: heading.clone(), part });
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

/// The best run of neighbouring units that begins in a part of the passage, and its score; `None` when there is nothing that
/// can be quoted.
fn best_window(units: &[Scored], part: usize, weights: &HashMap<String, f32>) -> Option<(f32, Range<usize>)> {
    let mut best: Option<(f32, Range<usize>)> = None;
    for start in (0..units.len()).filter(|start| units.get(*start).is_some_and(|unit| unit.part == part)) {
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
            // What the next source says, that is asked itself; but for what this one announces.
            let before = end.checked_sub(1).and_then(|before| units.get(before));
            let is_of_next = next.part != part && before.is_none_or(|before| !announces(&before.unit));
            if next.unit.kind == Kind::Heading || !fits || is_of_next {
                break;
            }
            sentences += usize::from(is_sentence);
            length += size;
            end += 1;
            let Some(window) = units.get(start..end) else { break };
            // "Choose one of these:" without what follows says nothing.
            if is_sentence
                && announces(&next.unit)
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
fn lengthened(units: &[Scored], range: Range<usize>) -> Range<usize> {
    let Range { start, mut end } = range;
    let size = |end: usize| {
        units.get(start..end).unwrap_or_default().iter().map(|unit| unit.unit.text.chars().count()).sum::<usize>()
    };
    while let (Some(last), Some(next)) = (end.checked_sub(1).and_then(|last| units.get(last)), units.get(end)) {
        let announced = announces(&last.unit) && !matches!(next.unit.kind, Kind::Heading | Kind::Sentence);
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

/// A list, a table or code with the sentence before it that announces it.
fn with_introduction(units: &[Scored], range: Range<usize>) -> Range<usize> {
    let begins_with_block =
        units.get(range.start).is_some_and(|unit| !matches!(unit.unit.kind, Kind::Heading | Kind::Sentence));
    let before = range.start.checked_sub(1).filter(|_| begins_with_block);
    match before.and_then(|before| units.get(before)) {
        Some(introduction) if introduction.unit.kind == Kind::Sentence && announces(&introduction.unit) => {
            range.start - 1..range.end
        }
        _ => range,
    }
}

/// Whether a unit ends with what says that something follows.
fn announces(unit: &Unit) -> bool {
    unit.text.trim_end_matches(['*', '_']).ends_with(':')
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
    let has = |kind: Kind| window.iter().any(|unit| unit.unit.kind == kind);
    let form = match (has(Kind::Steps), weights.contains_key(KIND) && has(Kind::List)) {
        (true, _) => 1.15,
        (false, true) => LIST_OF_KINDS,
        (false, false) => 1.0,
    };
    (words + 0.15 * dense) * form - 0.0004 * length as f32
}

/// The first sentences of a source.
fn opening(rank: usize, looked: &[Looked<'_>]) -> Option<Quote> {
    let of_source = |looked: &Looked<'_>| looked.passage.parts.iter().position(|part| part.rank == rank);
    let (index, part) = looked.iter().enumerate().find_map(|(index, looked)| Some((index, of_source(looked)?)))?;
    let Looked { passage, units } = looked.get(index)?;
    let start = units.iter().position(|unit| unit.part == part && unit.unit.kind != Kind::Heading)?;
    let paragraph = units.get(start)?.unit.paragraph;
    let count = units.iter().skip(start).take(2).take_while(|unit| unit.unit.paragraph == paragraph).count();
    quotation(passage, units, index, lengthened(units, start..start + count))
}

/// Units as a quotation, not scored yet.
fn quotation(passage: &Passage<'_>, units: &[Scored], index: usize, range: Range<usize>) -> Option<Quote> {
    let (text, numbers) = text_of(passage, units.get(range.clone())?.iter().map(|scored| &scored.unit));
    Some(Quote { numbers, text, score: 0.0, passage: index, units: range })
}

/// Chunks overlap, and pages repeat each other: what a better quotation says is not said again.
fn drop_repeated(quotes: &mut Vec<Quote>) {
    let mut kept: Vec<Quote> = Vec::new();
    for quote in quotes.drain(..) {
        let repeated = kept.iter().any(|other| {
            let overlap = other.units.start < quote.units.end && quote.units.start < other.units.end;
            (other.passage == quote.passage && overlap)
                || other.text.contains(&quote.text)
                || quote.text.contains(&other.text)
        });
        if !repeated {
            kept.push(quote);
        }
    }
    *quotes = kept;
}
