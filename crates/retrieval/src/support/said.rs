//! A sentence or a piece of a passage, read: its words, its clauses, its numbers.

use std::ops::Range;

use super::{
    digits::scale,
    polarity::Clause,
    quantities::{Quantity, quantities},
    reader::Reader,
    tokens::{Kind, Token, tokens},
    units::unit,
};

/// What a word of every sentence weighs beside one that tells something.
const GENERAL: f32 = 0.4;
/// How far behind "and" what shows that a clause follows can be.
const PREDICATE_WITHIN: usize = 4;

/// A text, read.
pub(super) struct Said {
    pub tokens: Vec<Token>,
    /// The words that tell something.
    pub terms: Vec<Term>,
    pub quantities: Vec<Quantity>,
    /// The clauses, without breaks at their ends.
    pub clauses: Vec<Clause>,
}

/// A word that tells something.
pub(super) struct Term {
    pub stem: usize,
    pub weight: f32,
    /// Its token.
    pub at: usize,
}

impl Said {
    /// Reads a text.
    pub fn read(text: &str, reader: &mut Reader) -> Self {
        let tokens = tokens(text, reader);
        let quantities = quantities(&tokens, reader.lexicon);
        let terms = terms(&tokens, &quantities, reader);
        let clauses = clauses(&tokens, reader).into_iter().map(|range| Clause::new(&tokens, range, reader)).collect();
        Self { tokens, terms, quantities, clauses }
    }

    /// The terms of a clause.
    pub fn terms_in<'a>(&'a self, clause: &'a Clause) -> impl Iterator<Item = &'a Term> {
        self.terms.iter().filter(move |term| clause.range.contains(&term.at))
    }

    /// The quantities of a clause.
    pub fn quantities_in<'a>(&'a self, clause: &'a Clause) -> impl Iterator<Item = &'a Quantity> {
        self.quantities.iter().filter(move |quantity| clause.range.contains(&quantity.at))
    }
}

fn terms(tokens: &[Token], quantities: &[Quantity], reader: &Reader) -> Vec<Term> {
    let lexicon = reader.lexicon;
    let mut terms = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.is(Kind::Word)) {
        let low = token.low.as_str();
        let measured = unit(low);
        let is_number = lexicon.numbers.contains_key(low)
            || scale(lexicon.language, low).is_some()
            || quantities.iter().any(|quantity| quantity.at == at && (quantity.is_number() || !quantity.is_loose));
        let is_short_unit = measured.is_some() && low.len() < 3;
        if token.is_stop || is_number || is_short_unit || low.len() < 2 || lexicon.denying.contains(low) {
            continue;
        }
        let is_general = measured.is_some() || reader.is_general(token.stem);
        terms.push(Term { stem: token.stem, weight: if is_general { GENERAL } else { 1.0 }, at });
    }
    terms
}

/// Where the clauses are: divided by punctuation, by words that begin one, and by "and" where a verb follows soon.
fn clauses(tokens: &[Token], reader: &Reader) -> Vec<Range<usize>> {
    let lexicon = reader.lexicon;
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut open: Option<Range<usize>> = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Break => {
                // After an initial a full stop ends nothing.
                let is_initial = token.raw == "."
                    && at.checked_sub(1).is_some_and(|before| {
                        tokens[before].is(Kind::Word) && tokens[before].raw.chars().nth(1).is_none()
                    });
                if !is_initial {
                    found.extend(open.take());
                }
                continue;
            }
            Kind::Word if open.is_some() => {
                let mut follows = tokens[at + 1..].iter().take(PREDICATE_WITHIN).take_while(|next| next.is(Kind::Word));
                let joins_clauses = lexicon.joining.contains(token.low.as_str())
                    && follows.any(|next| lexicon.predicate.contains(&next.low));
                if joins_clauses || lexicon.clause.contains(token.full.as_str()) {
                    found.extend(open.take());
                }
            }
            // What a clause begins with is a word or a number.
            Kind::Sign | Kind::Address if open.is_none() => continue,
            _ => {}
        }
        open = Some(open.map_or(at, |range| range.start)..at + 1);
    }
    found.extend(open);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(language: &str, text: &str) -> Vec<String> {
        let said = Said::read(text, &mut Reader::new(language));
        let words = |clause: &Clause| {
            said.tokens[clause.range.clone()].iter().map(|token| token.raw.as_str()).collect::<Vec<_>>().join(" ")
        };
        said.clauses.iter().map(words).collect()
    }

    #[test]
    fn clauses_are_apart_and_lists_are_not() {
        assert_eq!(
            parts("en", "Bags and coats stay here, but they are not insured and must be small."),
            ["Bags and coats stay here", "but they are not insured", "and must be small"]
        );
        assert_eq!(
            parts("fr", "Les sacs ou les vestes restent ici car ils sont lourds."),
            ["Les sacs ou les vestes restent ici", "car ils sont lourds"]
        );
    }

    #[test]
    fn terms_are_what_tells_something() {
        let mut reader = Reader::new("en");
        let said = Said::read("The two dogs are never kept in 3 houses for a week.", &mut reader);
        let words: Vec<&str> = said.terms.iter().map(|term| said.tokens[term.at].low.as_str()).collect();
        assert_eq!(words, ["dogs", "kept", "houses", "week"]);
        assert!(said.terms[3].weight < said.terms[0].weight);
        assert_eq!(said.quantities.len(), 3);
    }
}
