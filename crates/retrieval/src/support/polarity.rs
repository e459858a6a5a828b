//! Whether two clauses about the same say the same of it, or one denies what the other says.

use std::{collections::HashSet, ops::Range};

use super::{
    lexicon::Lexicon,
    reader::Reader,
    tokens::{Kind, Token},
};

/// How two clauses contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contradiction {
    /// One denies what the other says.
    Denied,
    /// One has the opposite word.
    Opposite,
    /// One says of all cases what the other says of some.
    Quantity,
}

/// A clause, laid out for being compared.
#[derive(Debug)]
pub(super) struct Clause {
    /// Its tokens in its text.
    pub range: Range<usize>,
    /// The stems of all its words.
    pub stems: Vec<usize>,
    /// Whether it takes up what was named before: by a pronoun, or because it goes on without naming it.
    pub takes_up: bool,
    /// Whether it says when something is so, rather than that it is.
    pub is_conditional: bool,
    denials: usize,
    is_at_most: bool,
    is_at_least: bool,
    is_bound: bool,
    is_universal: bool,
    is_partial: bool,
}

impl Clause {
    /// Of a range of a text's tokens.
    pub fn new(tokens: &[Token], range: Range<usize>, reader: &Reader) -> Self {
        let words: Vec<&Token> = tokens[range.clone()].iter().filter(|token| !token.is(Kind::Break)).collect();
        let lexicon = reader.lexicon;
        let has = |listed: &HashSet<String>| words.iter().any(|word| listed.contains(&word.low));
        // "Without being …" at the beginning denies what follows and bounds nothing.
        let has_bound = words
            .iter()
            .enumerate()
            .any(|(at, word)| lexicon.bound.contains(&word.low) && (at > 0 || !WITHOUT.contains(&word.low.as_str())));
        Self {
            range,
            stems: words.iter().map(|word| word.stem).collect(),
            takes_up: has(&lexicon.pronouns) || words.first().is_some_and(|word| goes_on(word, lexicon)),
            is_conditional: words.first().is_some_and(|word| lexicon.conditional.contains(word.full.as_str())),
            denials: denials(&words, lexicon),
            is_at_most: !runs(&words, &lexicon.at_most).is_empty(),
            is_at_least: !runs(&words, &lexicon.at_least).is_empty(),
            is_bound: has_bound,
            is_universal: has(&lexicon.universal),
            is_partial: has(&lexicon.partial),
        }
    }

    /// Whether the clause contradicts one of a source. `denied` words have a prefix in one of them that denies the other.
    ///
    /// Each "not", each opposite and each such prefix turns the sense around; an odd number of them in both clauses together is
    /// a contradiction.
    pub fn contradicts(&self, source: &Self, denied: usize, reader: &Reader) -> Option<Contradiction> {
        let opposite = usize::from(self.has_opposite_in(source, reader));
        let limits = |clause: &Self| (clause.is_at_most, clause.is_at_least);
        let is_limited_otherwise =
            matches!((limits(self), limits(source)), ((true, false), (false, true)) | ((false, true), (true, false)));
        if is_limited_otherwise {
            return Some(Contradiction::Opposite);
        }
        if !(self.denials + source.denials + opposite + denied).is_multiple_of(2) {
            // "Not before noon" and "from noon on" say the same.
            if self.is_bound != source.is_bound {
                return None;
            }
            if opposite + denied > 0 {
                return Some(Contradiction::Opposite);
            }
            // "Refused" and "not accepted", "damages" and "do not use": by words alone it cannot be told.
            return (!self.differs_in_half_denial(source, reader)).then_some(Contradiction::Denied);
        }
        let is_wider = self.is_universal && !self.is_partial && source.is_partial && !source.is_universal;
        (is_wider && self.denials.is_multiple_of(2)).then_some(Contradiction::Quantity)
    }

    fn has_opposite_in(&self, source: &Self, reader: &Reader) -> bool {
        let own = |stem: &&usize| !source.stems.contains(stem);
        self.stems.iter().filter(own).any(|one| {
            let others = source.stems.iter().filter(|other| !self.stems.contains(other));
            others.filter(|other| reader.is_opposite(*one, **other)).any(|other| {
                // Not where one of them says both, or has another word for it.
                let is_said = source.stems.iter().any(|stem| reader.likeness(*one, *stem) > 0.0);
                let is_said_here = self.stems.iter().any(|stem| reader.likeness(*other, *stem) > 0.0);
                !is_said && !is_said_here
            })
        })
    }

    fn differs_in_half_denial(&self, source: &Self, reader: &Reader) -> bool {
        let only_in = |one: &Self, other: &Self| {
            one.stems.iter().any(|stem| reader.is_half_denying(*stem) && !other.stems.contains(stem))
        };
        only_in(self, source) || only_in(source, self)
    }
}

const WITHOUT: [&str; 2] = ["without", "sans"];

/// Whether a clause that begins with a word may leave out what it is about.
fn goes_on(word: &Token, lexicon: &Lexicon) -> bool {
    let (low, full) = (word.low.as_str(), word.full.as_str());
    lexicon.clause.contains(full) || lexicon.joining.contains(low) || WITHOUT.contains(&low)
}

/// Where one of the phrases stands: ranges of words.
fn runs(words: &[&Token], phrases: &[Vec<String>]) -> Vec<Range<usize>> {
    let stands_at = |at: usize, phrase: &[String]| {
        words.get(at..at + phrase.len()).is_some_and(|run| run.iter().zip(phrase).all(|(word, it)| word.low == *it))
    };
    let found = phrases.iter().flat_map(|phrase| {
        (0..words.len()).filter(move |at| stands_at(*at, phrase)).map(move |at| at..at + phrase.len())
    });
    found.collect()
}

/// How often a clause denies what it says.
fn denials(words: &[&Token], lexicon: &Lexicon) -> usize {
    let phrases = [&lexicon.harmless, &lexicon.at_most, &lexicon.at_least];
    let mut is_counted = vec![false; words.len()];
    for run in phrases.into_iter().flat_map(|phrases| runs(words, phrases)) {
        is_counted[run].fill(true);
    }
    match lexicon.language {
        "en" => english_denials(words, &is_counted, lexicon),
        "fr" => french_denials(words, is_counted, lexicon),
        _ => 0,
    }
}

fn english_denials(words: &[&Token], is_counted: &[bool], lexicon: &Lexicon) -> usize {
    let mut count = 0;
    let mut has_neither = false;
    for (at, word) in words.iter().enumerate().filter(|(at, word)| !is_counted[*at] && word.is(Kind::Word)) {
        let low = word.low.as_str();
        match low {
            // "don't" is two words.
            "t" if at > 0 && words[at - 1].low.ends_with('n') => count += 1,
            "nor" if !has_neither => count += 1,
            _ if lexicon.denying.contains(low) => {
                count += 1;
                has_neither |= low == "neither";
            }
            _ => {}
        }
    }
    count
}

/// What completes a French *ne*.
const COMPLETING: [&str; 12] =
    ["pas", "plus", "jamais", "aucun", "aucune", "rien", "personne", "guere", "point", "nul", "nulle", "ni"];
/// How far behind *ne* that can be.
const COMPLETED_WITHIN: usize = 8;
/// How far away from *ne* its clause is looked at: a text may have no punctuation at all.
const SAME_CLAUSE: usize = 40;

fn french_denials(words: &[&Token], mut is_counted: Vec<bool>, lexicon: &Lexicon) -> usize {
    let is_one_of = |word: &&Token, list: &[&str]| list.contains(&word.low.as_str());
    let has_ne = words.iter().any(|word| is_one_of(word, &["ne", "n"]));
    let mut has_ni = false;
    let mut count = 0;
    for (at, word) in words.iter().enumerate() {
        if is_counted[at] {
            continue;
        }
        let low = word.low.as_str();
        if matches!(low, "ne" | "n") {
            let within = at + 1..(at + 1 + COMPLETED_WITHIN).min(words.len());
            let completing: Vec<usize> = within.filter(|it| is_one_of(&words[*it], &COMPLETING)).collect();
            let is_harmless = !completing.is_empty() && completing.iter().all(|it| is_counted[*it]);
            // "Ne … que" is "only".
            let mut behind = words[at..].iter().take(SAME_CLAUSE);
            let is_only = completing.is_empty() && behind.any(|word| is_one_of(word, &["que", "qu"]));
            // "Nul ne perd": it is counted already.
            let mut before = words[..at].iter().rev().take(SAME_CLAUSE);
            let is_begun = completing.is_empty() && before.any(|word| lexicon.denying.contains(&word.low));
            count += usize::from(!is_harmless && !is_only && !is_begun);
            for it in completing {
                is_counted[it] = true;
            }
        } else if low == "ni" {
            count += usize::from(!has_ni && !has_ne);
            has_ni = true;
        } else if lexicon.denying.contains(low) {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::said::Said;

    fn counted(language: &str, text: &str) -> usize {
        let mut reader = Reader::new(language);
        let said = Said::read(text, &mut reader);
        Clause::new(&said.tokens, 0..said.tokens.len(), &reader).denials
    }

    #[test]
    fn denials_are_counted_where_they_deny() {
        for (text, count) in [
            ("Dogs are not allowed", 1),
            ("Dogs aren't allowed", 1),
            ("Neither dogs nor cats come in", 1),
            ("It is not only cheap", 0),
            ("It takes no more than a day", 0),
            ("Nobody came without a ticket", 2),
            ("Dogs are allowed", 0),
        ] {
            assert_eq!(counted("en", text), count, "{text}");
        }
        for (text, count) in [
            ("Les chiens ne sont pas admis", 1),
            ("On n'accepte ni chiens ni chats", 1),
            ("Nul ne perd son allocation", 1),
            ("Ce n'est valable qu'un jour", 0),
            ("Il n'en faut pas plus de deux", 0),
            ("Personne ne vient", 1),
            ("Non seulement les chiens", 0),
            ("Aucun chien", 1),
        ] {
            assert_eq!(counted("fr", text), count, "{text}");
        }
    }

    #[test]
    fn what_turns_the_sense_around_contradicts() {
        let contradiction = |language: &str, texts: [&str; 2]| {
            let mut reader = Reader::new(language);
            let [one, two] = texts.map(|text| Said::read(text, &mut reader));
            let whole = |said: &Said| Clause::new(&said.tokens, 0..said.tokens.len(), &reader);
            whole(&one).contradicts(&whole(&two), 0, &reader)
        };
        for (texts, expected) in [
            (["Dogs may come in", "Dogs may not come in"], Some(Contradiction::Denied)),
            (["Dogs are allowed", "Dogs are forbidden"], Some(Contradiction::Opposite)),
            (["Dogs are not allowed", "Dogs are forbidden"], None),
            (["All rooms have a bath", "Some rooms have a bath"], Some(Contradiction::Quantity)),
            (["Some rooms have a bath", "All rooms have a bath"], None),
            (["at most 20 kg", "at least 20 kg"], Some(Contradiction::Opposite)),
            (["Cheques are not taken", "Cheques are refused"], None),
        ] {
            assert_eq!(contradiction("en", texts), expected, "{texts:?}");
        }
        assert_eq!(
            contradiction("fr", ["Les chiens sont autorisés", "Les chiens sont interdits"]),
            Some(Contradiction::Opposite)
        );
    }
}
