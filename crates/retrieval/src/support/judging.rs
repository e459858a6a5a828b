//! The judgement on one sentence.

use std::collections::BTreeSet;

use super::{
    UnsupportedReason,
    names::Known,
    polarity::{Clause, Contradiction},
    quantities::{Quantity, Value},
    reader::{ALIKE, Reader},
    said::Said,
    tokens::Kind,
};

/// How many pieces of the sources one sentence takes its words from at most.
const MOST_PIECES: usize = 3;
/// The share of its words that a sentence must find in one piece alone, and how much more with every tenfold of the pieces: the
/// more there are, the more words the best of them have by chance.
const ENOUGH_WORDS: (f32, f32) = (0.24, 0.05);
/// A number in words up to this may count what the sources list.
const COUNTED_BY_HAND: f64 = 10.0;
/// Of a sentence whose other words are there to this share, the first word is looked at too: it may be a name.
const NEARLY_THE_SAME: f32 = 0.75;
/// The share of a clause that a clause of a source must have to be about the same.
const SAME_SUBJECT: f32 = 0.5;
/// The share of a sentence that a piece must have to say the same with another number.
const SAME_STATEMENT: f32 = 0.4;
/// Pronouns that may stand for what a sentence names.
const STANDING_FOR_OTHERS: [&str; 19] = [
    "it", "they", "he", "she", "this", "these", "those", "its", "their", "il", "ils", "elle", "elles", "cela", "ceci",
    "celui", "celle", "ceux", "celles",
];
/// What the very same word is worth beside one that is about the same, when it is asked where a sentence comes from: enough to
/// decide between equals.
const THE_VERY_SAME: f32 = 1e-3;
/// A clause with this share of the best one's is as good.
const AS_GOOD: f32 = 0.88;
/// What an opposite word is worth beside the very same one, when it is asked what a clause is about.
const OPPOSITE: f32 = 0.7;

/// What a sentence is compared with.
pub(super) struct Evidence<'a> {
    /// What stands above the passages.
    pub contexts: Vec<&'a Said>,
    pub pieces: Vec<&'a Said>,
    /// For each clause of the pieces, in order, what [`taken_up`] says.
    pub taken_up: Vec<&'a [usize]>,
    pub reader: &'a Reader,
}

/// What of a sentence the sources have.
struct Coverage<'a> {
    /// Of the sentence's terms, then of its quantities: what each weighs.
    weights: Vec<f32>,
    /// Which of them the sources have close together.
    found: BTreeSet<usize>,
    /// The pieces that have them, the best first.
    pieces: Vec<&'a Said>,
}

impl Coverage<'_> {
    fn share(&self, of: impl Fn(usize) -> bool) -> (f32, f32) {
        let weigh = |is_counted: &dyn Fn(usize) -> bool| {
            self.weights.iter().enumerate().filter(|(at, _)| of(*at) && is_counted(*at)).map(|(_, it)| it).sum::<f32>()
        };
        (weigh(&|at| self.found.contains(&at)), weigh(&|_| true))
    }
}

impl<'a> Evidence<'a> {
    /// Why a sentence in the language of the sources is not supported; nothing when it is, or when it tells too little to judge.
    pub fn lack(&self, sentence: &Said) -> Option<UnsupportedReason> {
        let has_number = sentence.quantities.iter().any(|quantity| !quantity.is_loose);
        let has_address = sentence.tokens.iter().any(|token| token.is(Kind::Address));
        if sentence.terms.len() < 2 && !has_number && !has_address {
            return None;
        }
        let coverage = self.coverage(sentence);
        if self.lacks_number(sentence, &coverage.pieces) || self.has_number_of_another(sentence) {
            return Some(UnsupportedReason::Number);
        }
        let known = Known::of(self.contexts.iter().chain(&self.pieces).copied(), self.reader);
        if known.lack_one_of(sentence) || begins_with_unknown_name(sentence, &coverage, &known) {
            return Some(UnsupportedReason::Name);
        }
        let (found, total) = coverage.share(|_| true);
        let pieces = self.pieces.len() as f32;
        if total > 0.0 && found / total < ENOUGH_WORDS.0 + ENOUGH_WORDS.1 * (pieces + 1.0).log10() {
            return Some(UnsupportedReason::Words);
        }
        self.contradiction(sentence).map(|contradiction| match contradiction {
            Contradiction::Denied => UnsupportedReason::Denied,
            Contradiction::Opposite => UnsupportedReason::Opposite,
            Contradiction::Quantity => UnsupportedReason::Quantity,
        })
    }

    /// The same of a sentence in another language: by its numbers in digits alone.
    pub fn lack_in_another_language(&self, sentence: &Said) -> Option<UnsupportedReason> {
        let mut telling = sentence.quantities.iter().filter(|quantity| !quantity.in_words && quantity.is_number());
        telling.any(|quantity| !self.has_quantity(quantity)).then_some(UnsupportedReason::Number)
    }

    fn has_quantity(&self, quantity: &Quantity) -> bool {
        self.contexts.iter().chain(&self.pieces).any(|said| said.quantities.iter().any(|it| quantity.agrees(it)))
    }

    /// Finds the pieces that have most of the sentence, each adding to those before it.
    fn coverage(&self, sentence: &Said) -> Coverage<'a> {
        let terms = sentence.terms.iter().map(|term| term.weight);
        let weights: Vec<f32> =
            terms.chain(sentence.quantities.iter().map(|it| if it.is_loose { 0.0 } else { 1.0 })).collect();
        let covered = |said: &Said, by_the_like: bool| -> BTreeSet<usize> {
            let terms = sentence.terms.iter().map(|term| {
                said.tokens.iter().any(|token| !token.is(Kind::Break) && token.stem == term.stem)
                    || (by_the_like && said.terms.iter().any(|other| self.is_about_the_same(term.stem, other.stem)))
            });
            let quantities =
                sentence.quantities.iter().map(|quantity| said.quantities.iter().any(|it| quantity.agrees(it)));
            terms.chain(quantities).enumerate().filter(|(_, is_there)| *is_there).map(|(at, _)| at).collect()
        };
        // Under the heading "Opening hours", the sentence that says when it closes is still the one to look at.
        let mut found: BTreeSet<usize> = self.contexts.iter().flat_map(|context| covered(context, false)).collect();
        let by_piece: Vec<BTreeSet<usize>> = self.pieces.iter().map(|piece| covered(piece, true)).collect();
        let as_it_is: Vec<BTreeSet<usize>> = self.pieces.iter().map(|piece| covered(piece, false)).collect();
        let mut pieces = Vec::new();
        while pieces.len() < MOST_PIECES {
            let new = |of: &BTreeSet<usize>| of.difference(&found).map(|it| weights[*it]).sum::<f32>();
            // Of those that have as much, the one that has it in the very same words.
            let gain = |at: usize| new(&by_piece[at]) + THE_VERY_SAME * new(&as_it_is[at]);
            // The first of the best.
            let best = (0..by_piece.len()).map(|at| (at, gain(at))).reduce(|a, b| if b.1 > a.1 { b } else { a });
            let Some((best, _)) = best.filter(|(_, gain)| *gain > 0.0) else { break };
            found.extend(&by_piece[best]);
            pieces.push(self.pieces[best]);
        }
        Coverage { weights, found, pieces }
    }

    fn is_about_the_same(&self, one: usize, other: usize) -> bool {
        self.reader.likeness(one, other) > 0.0
            || self.reader.is_denied(one, other)
            || self.reader.is_opposite(one, other)
    }

    /// Whether the sources do not have a number of the sentence. `nearest` are the pieces that say most of it.
    fn lacks_number(&self, sentence: &Said, nearest: &[&Said]) -> bool {
        let near: Vec<&Quantity> = nearest
            .iter()
            .flat_map(|piece| &piece.quantities)
            .filter(|quantity| (quantity.is_number() || quantity.in_words) && !quantity.is_loose)
            .collect();
        sentence.quantities.iter().any(|quantity| {
            if self.has_quantity(quantity) || (quantity.is_loose && quantity.unit.is_none()) {
                return false;
            }
            if quantity.is_loose {
                // "A week": only where they have another time.
                return near.iter().any(|other| other.is_of_same_measure(quantity));
            }
            let is_small = matches!(quantity.value, Value::Number(it) if it <= COUNTED_BY_HAND);
            if quantity.in_words && is_small {
                // "Three ways" may count what they list: only where they have such a number that the sentence does not have.
                let is_said = |other: &Quantity| sentence.quantities.iter().any(|own| own.agrees(other));
                return near.iter().any(|other| other.is_of_same_measure(quantity) && !is_said(other));
            }
            true
        })
    }

    /// Whether the sources tell a number of the sentence of something else: a piece says the same as the sentence with another such
    /// number, and what has the sentence's number says nothing of it beyond.
    fn has_number_of_another(&self, sentence: &Said) -> bool {
        let is_firm = |quantity: &&Quantity| quantity.is_number() && !quantity.is_loose;
        sentence.quantities.iter().filter(is_firm).any(|quantity| {
            let has = |said: &Said| said.quantities.iter().any(|it| quantity.agrees(it));
            let (having, others): (Vec<&Said>, Vec<&Said>) = self.pieces.iter().copied().partition(|piece| has(piece));
            // A pronoun may stand for all that the sentence names.
            if having.is_empty() || having.iter().any(|piece| self.has_pronoun(piece)) {
                return false;
            }
            if self.contexts.iter().copied().any(has) {
                return false;
            }
            let is_said = |other: &Quantity| sentence.quantities.iter().any(|own| own.agrees(other));
            let has_another = |piece: &Said| {
                piece.quantities.iter().filter(is_firm).any(|it| it.is_of_same_measure(quantity) && !is_said(it))
            };
            others.into_iter().filter(|piece| has_another(piece)).any(|piece| {
                let told = self.shared(sentence, piece, |one, other| self.reader.likeness(one, other) > 0.0);
                let is_beyond = |with_it: &&Said| {
                    let also = self.shared(sentence, with_it, |one, other| self.is_about_the_same(one, other));
                    also.len() >= told.len() || !also.is_subset(&told)
                };
                says_enough(sentence, &told) && !having.iter().any(is_beyond)
            })
        })
    }

    /// Which terms of the sentence a piece has, by the stems that count for the same.
    fn shared(&self, sentence: &Said, piece: &Said, is_same: impl Fn(usize, usize) -> bool) -> BTreeSet<usize> {
        let has = |stem: usize| piece.terms.iter().any(|other| is_same(stem, other.stem));
        sentence.terms.iter().enumerate().filter(|(_, term)| has(term.stem)).map(|(at, _)| at).collect()
    }

    /// Whether a piece has a pronoun for what was named before, in a language that is known.
    fn has_pronoun(&self, piece: &Said) -> bool {
        let is_known = !self.reader.lexicon.language.is_empty();
        !is_known || piece.tokens.iter().any(|token| STANDING_FOR_OTHERS.contains(&token.low.as_str()))
    }

    /// How a clause of the sentence contradicts the sources. A clause does when each clause of theirs that is most about the
    /// same is contradicted.
    fn contradiction(&self, sentence: &Said) -> Option<Contradiction> {
        let mut facts = sentence.clauses.iter().filter(|clause| !clause.is_conditional);
        facts.find_map(|own| {
            let mut near: Vec<(f32, Option<Contradiction>)> = Vec::new();
            let theirs = self.pieces.iter().flat_map(|piece| piece.clauses.iter().map(move |clause| (*piece, clause)));
            let theirs = theirs.zip(&self.taken_up).filter(|((_, their), _)| !their.is_conditional);
            for ((piece, their), taken_up) in theirs {
                let shared = self.subject_shared((sentence, own), (piece, their), taken_up);
                let Some((share, denied)) = shared.filter(|(share, _)| *share >= SAME_SUBJECT) else { continue };
                near.push((share, own.contradicts(their, denied, self.reader)));
            }
            let best = near.iter().map(|(share, _)| *share).fold(0.0, f32::max);
            let mut as_good = near.into_iter().filter(|(share, _)| *share >= best * AS_GOOD);
            let first = as_good.next()?.1?;
            as_good.all(|(_, contradiction)| contradiction.is_some()).then_some(first)
        })
    }

    /// To which share a clause of the sources is about what a clause of the sentence is about, and how many words one of them
    /// has with a prefix that denies it. Nothing where they have too little in common.
    fn subject_shared(
        &self,
        (sentence, own): (&Said, &Clause),
        (piece, their): (&Said, &Clause),
        taken_up: &[usize],
    ) -> Option<(f32, usize)> {
        let theirs: Vec<usize> = piece.terms_in(their).map(|term| term.stem).collect();
        let (mut total, mut shared, mut count, mut direct, mut denied) = (0.0, 0.0, 0, 0, 0);
        for term in sentence.terms_in(own) {
            total += term.weight;
            let alike = |others: &[usize]| {
                others.iter().map(|other| self.reader.likeness(term.stem, *other)).fold(0.0, f32::max)
            };
            let mut value = alike(&their.stems);
            if value == 0.0 && theirs.iter().any(|other| self.reader.is_denied(term.stem, *other)) {
                denied += 1;
                value = ALIKE;
            } else if value == 0.0 && their.stems.iter().any(|other| self.reader.is_opposite(term.stem, *other)) {
                value = OPPOSITE;
            }
            if value > 0.0 {
                direct += 1;
            } else {
                value = ALIKE * alike(taken_up);
            }
            if value > 0.0 {
                shared += term.weight * value;
                count += 1;
            }
        }
        for quantity in sentence.quantities_in(own).filter(|quantity| !quantity.is_loose) {
            total += 1.0;
            if piece.quantities_in(their).any(|other| quantity.agrees(other)) {
                shared += 1.0;
                count += 1;
            }
        }
        (direct > 0 && count >= 2).then(|| (shared / total, denied))
    }
}

/// Whether these terms of a sentence are two words that tell something, and enough of it.
fn says_enough(sentence: &Said, terms: &BTreeSet<usize>) -> bool {
    let weights: Vec<f32> = sentence.terms.iter().map(|term| term.weight).collect();
    let told = || terms.iter().filter_map(|at| weights.get(*at).copied());
    told().filter(|weight| *weight >= 1.0).count() >= 2
        && told().sum::<f32>() >= SAME_STATEMENT * weights.iter().sum::<f32>()
}

/// For each clause of a passage's pieces what it may take up by a pronoun: what stands above the passage, and what the piece
/// has named before or the piece before it; nothing for a clause without a pronoun.
pub(super) fn taken_up(context: &Said, pieces: &[Said]) -> Vec<Vec<usize>> {
    let above: BTreeSet<usize> = context.terms.iter().map(|term| term.stem).collect();
    let mut found = Vec::new();
    let mut before = above.clone();
    for piece in pieces {
        let mut named = above.clone();
        for clause in &piece.clauses {
            found.push(if clause.takes_up { before.union(&named).copied().collect() } else { Vec::new() });
            named.extend(piece.terms_in(clause).map(|term| term.stem));
        }
        before = named;
    }
    found
}

/// Whether a sentence that says nearly what a piece says begins with a name that the sources do not have, where the piece has
/// one that the sentence does not have.
fn begins_with_unknown_name(sentence: &Said, coverage: &Coverage<'_>, known: &Known<'_>) -> bool {
    let words = || sentence.tokens.iter().enumerate().filter(|(_, token)| token.is(Kind::Word));
    let (Some((at, first)), Some(nearest)) = (words().next(), coverage.pieces.first()) else { return false };
    if !first.is_capital || first.is_stop || first.raw.chars().nth(2).is_none() || known.has(first) {
        return false;
    }
    if !sentence.terms.iter().any(|term| term.at == at) {
        return false;
    }
    let is_other = |index: usize| sentence.terms.get(index).is_none_or(|term| term.at != at);
    let (found, total) = coverage.share(is_other);
    let has_other_name = nearest.tokens.iter().any(|token| {
        let may_be_a_plural = token.opens && token.low.ends_with('s');
        let is_said = words().any(|(_, word)| word.low == token.low);
        token.is_capital && !token.is_stop && !may_be_a_plural && !is_said
    });
    total >= 2.0 && found >= NEARLY_THE_SAME * total && has_other_name
}
