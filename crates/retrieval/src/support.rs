//! Whether a sentence of an answer says what its sources say, by comparing the texts.
//!
//! A sentence is supported when the sources have its numbers and its names, enough of its other words close together, and say
//! neither the contrary nor the same of fewer cases. Synonyms beyond the commonest ones cannot be known, so that a paraphrase is
//! taken for supported once about a quarter of its words is there; a number or a name must be there as it is, and a number that is
//! told of something else is not. What a sentence says in another language than its source is judged by its numbers alone.

mod digits;
mod judging;
mod lexicon;
mod lists;
mod names;
mod polarity;
mod quantities;
mod reader;
mod said;
mod tokens;
mod told;
mod units;

use std::ops::Range;

use hammock_contract::support::UnsupportedReason;

use self::{judging::Evidence, reader::Reader, said::Said, told::told};
use crate::{
    analysis::{self, stop_word_languages},
    citations::Checked,
    grounds::pieces,
    question,
};

/// A sentence of an answer that is not supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// Where it stands in the answer's text. Bytes.
    pub range: Range<usize>,
    /// Why.
    pub lack: UnsupportedReason,
}

/// What an answer may rest on.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its number.
    pub number: u32,
    /// What stands above the passage: the title of the document, headings, the header of a table, the page's address.
    pub context: &'a str,
    /// The passage.
    pub text: &'a str,
}

/// Sources, read once, that sentences are compared with.
pub struct Sources {
    /// Those in one language each.
    groups: Vec<Group>,
}

struct Group {
    reader: Reader,
    passages: Vec<Passage>,
}

struct Passage {
    number: u32,
    context: Said,
    pieces: Vec<Said>,
    /// For each clause of the pieces, in order: what was named before it, where it has a pronoun that takes it up.
    taken_up: Vec<Vec<usize>>,
}

impl Sources {
    /// Reads the sources. `language` is that of the sentences, where it is known: a source whose language is not certain is
    /// taken for the same.
    pub fn read(sources: &[Source<'_>], language: Option<&str>) -> Self {
        let known: Vec<&str> = stop_word_languages().collect();
        let mut groups: Vec<Group> = Vec::new();
        for source in sources {
            let told = question::certain(source.text, &known).or(language);
            let its = told.or_else(|| question::likely(source.text)).unwrap_or(analysis::UNKNOWN);
            let at = groups.iter().position(|group| group.reader.language() == its).unwrap_or_else(|| {
                groups.push(Group { reader: Reader::new(its), passages: Vec::new() });
                groups.len() - 1
            });
            let Group { reader, passages } = &mut groups[at];
            let context = Said::read(source.context, reader);
            let pieces = pieces::all(source.text).into_iter().map(|piece| Said::read(&source.text[piece], reader));
            let pieces: Vec<Said> = pieces.collect();
            let taken_up = judging::taken_up(&context, &pieces);
            passages.push(Passage { number: source.number, context, pieces, taken_up });
        }
        Self { groups }
    }

    /// Why a sentence is supported by none of the sources that `is_meant`; nothing when one of them supports it, or all of them
    /// together do. `language` is the sentence's, where it is known.
    pub fn lack(
        &mut self,
        sentence: &str,
        language: Option<&str>,
        is_meant: impl Fn(u32) -> bool,
    ) -> Option<UnsupportedReason> {
        let mut first = None;
        for Group { reader, passages } in &mut self.groups {
            if !passages.iter().any(|passage| is_meant(passage.number)) {
                continue;
            }
            let is_foreign = language.is_some_and(|its| !reader.language().is_empty() && reader.language() != its);
            let lack = if is_foreign {
                let mut own = Reader::new(language.unwrap_or_default());
                let said = Said::read(sentence, &mut own);
                evidence(passages, &is_meant, reader).lack_in_another_language(&said)
            } else {
                let said = Said::read(sentence, reader);
                evidence(passages, &is_meant, reader).lack(&said)
            };
            first = first.or(Some(lack?));
        }
        first
    }
}

fn evidence<'a>(passages: &'a [Passage], is_meant: &impl Fn(u32) -> bool, reader: &'a Reader) -> Evidence<'a> {
    let meant = || passages.iter().filter(move |passage| is_meant(passage.number));
    let contexts = meant().map(|passage| &passage.context).collect();
    let pieces = meant().flat_map(|passage| &passage.pieces).collect();
    let taken_up = meant().flat_map(|passage| &passage.taken_up).map(Vec::as_slice).collect();
    Evidence { contexts, pieces, taken_up, reader }
}

/// The sentences of an answer that none of its sources supports. A sentence is compared with the sources that it names, else
/// with all; where those do not support it, one of the others may.
pub fn unsupported(answer: &Checked, sources: &[Source<'_>]) -> Vec<Unsupported> {
    if sources.is_empty() {
        return Vec::new();
    }
    let languages: Vec<&str> = stop_word_languages().collect();
    // Of an answer too short to tell, the language is that of all it rests on.
    let language = question::certain(&answer.text, &languages).or_else(|| {
        let texts: Vec<&str> = sources.iter().map(|source| source.text).chain([answer.text.as_str()]).collect();
        let texts = texts.join("\n");
        question::certain(&texts, &languages)
    });
    let mut read = Sources::read(sources, language);
    let sentences = told(&answer.text);
    let mut found = Vec::new();
    for range in sentences {
        let sentence = &answer.text[range.clone()];
        let named = named(answer, &range);
        let lack = if named.is_empty() {
            read.lack(sentence, language, |_| true)
        } else {
            read.lack(sentence, language, |number| named.contains(&number)).filter(|_| {
                let mut others = sources.iter().map(|source| source.number).filter(|number| !named.contains(number));
                others.all(|other| read.lack(sentence, language, |number| number == other).is_some())
            })
        };
        found.extend(lack.map(|lack| Unsupported { range, lack }));
    }
    found
}

/// The numbers of the sources that a sentence names: in it, or behind its full stop with nothing between.
fn named(answer: &Checked, range: &Range<usize>) -> Vec<u32> {
    let mut end = range.end;
    let mut numbers = Vec::new();
    for reference in answer.references.iter().filter(|reference| reference.start >= range.start) {
        let is_behind = reference.start >= end
            && answer.text[end..reference.start].chars().all(|it| matches!(it, ' ' | '\u{a0}' | '.'));
        if reference.start < end || is_behind {
            numbers.push(reference.number);
            end = end.max(reference.end);
        }
    }
    numbers
}

#[cfg(test)]
mod tests;
