//! How sure it is that the passages found answer the question: an absolute signal, unlike the scores of a ranking, whose
//! best hit always looks good.

use hammock_contract::assistant::Strictness;
use serde::Serialize;

use crate::{KeywordResult, bm25, fusion::Fused, fusion::VectorTrust};

/// How well the passages found speak to the question.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Evidence {
    /// 0 (not at all) to 1. Comparable between questions and collections.
    #[serde(rename = "evidence")]
    pub value: f32,
    /// The best cosine similarity among the first hits, if the vector side took part.
    pub similarity: Option<f32>,
    /// The best share of the question's informative terms in one of the first hits, 0 to 1.
    pub coverage: f32,
    /// How much one of the first hits speaks of the question's informative terms at best, 0 to 1.
    pub strength: f32,
}

impl Evidence {
    /// Whether an answer may be given.
    pub fn is_enough(&self, strictness: Strictness) -> bool {
        self.reaches(threshold(strictness))
    }

    /// Whether it is as much as `threshold` asks for.
    pub fn reaches(&self, threshold: f32) -> bool {
        self.value >= threshold
    }

    /// Whether an answer that is given all the same has to say that the evidence is weak.
    pub fn is_weak(&self) -> bool {
        !self.is_enough(Strictness::Balanced)
    }
}

/// The least evidence for an answer. [`Strictness::Broad`] answers whenever anything was found.
pub const fn threshold(strictness: Strictness) -> f32 {
    match strictness {
        Strictness::Broad => 0.0,
        Strictness::Balanced => 0.5,
        Strictness::Strict => 0.7,
    }
}

/// Weighs the evidence of a ranking. `hits` are the fused hits, best first; the first few count.
///
/// Where the model knows the language, a passage that is near in meaning is most of the evidence, and the words make up for
/// what it lacks: a similarity of .65 and no common word are as good as .27 and every word. Otherwise the words alone decide, as
/// they do for passages that wait for their vectors.
///
/// Measured at [`Strictness::Balanced`] (docs/MEASUREMENTS.md): with the default model, of questions asked of a collection on
/// something else (SciFact and Cranfield of each other) 98 to 100 % are refused, of questions whose answer is among the first
/// three hits 0.5 to 2 %. By words alone and before `BY_CHANCE`, 91 % and 99 %, and 8 % and 2 %; in collections of 1 to 100
/// documents at least 95 %, and 0 to 12 %. Questions that are nearer to the collection without being answered by it are refused
/// less often.
pub fn assess(keyword: &KeywordResult, hits: &[Fused], trust: VectorTrust) -> Evidence {
    let first = &hits[..hits.len().min(FIRST)];
    let coverage = first.iter().map(|hit| hit.coverage).fold(0.0, f32::max);
    let strength = first.iter().map(|hit| hit.strength).fold(0.0, f32::max);
    let similarity = first.iter().filter_map(|hit| hit.vector_score).reduce(f32::max);
    let by_words = |strength: f32| {
        if keyword.terms.is_empty() {
            0.0
        } else {
            (strength * threshold(Strictness::Balanced) / enough_words(keyword)).min(1.0)
        }
    };
    let value = match (similarity, trust) {
        (Some(similarity), VectorTrust::Knows) => {
            let nearness = ((similarity - UNRELATED) / (SAME_SUBJECT - UNRELATED)).clamp(0.0, 1.0);
            let waiting = first.iter().filter(|hit| hit.lacks_vector).map(|hit| hit.strength).fold(0.0, f32::max);
            (MEANING * nearness + (1.0 - MEANING) * coverage).max(by_words(waiting))
        }
        _ => by_words(strength),
    };
    Evidence { value, similarity, coverage, strength }
}

/// How many of the first hits can carry the evidence.
const FIRST: usize = 5;
/// What nearness in meaning weighs against common words.
const MEANING: f32 = 0.65;
/// The cosine similarity of a question and a passage that have nothing to do with each other.
const UNRELATED: f32 = 0.15;
/// The cosine similarity of a question and a passage about the very same thing.
const SAME_SUBJECT: f32 = 0.65;

/// How much a passage must speak of the question's informative terms where only words can tell: more than the best of all
/// passages does by chance.
///
/// How much of a question stands in a passage that has nothing to do with it is a mean over its terms. The fewer terms there are,
/// the further such a mean strays (its deviation falls with the root of their number), and the more passages there are, the further
/// the best of them does (with the root of the logarithm of theirs). So of a question of two words one is too little, where of one of
/// ten a few will do. A term counts by what it weighs: one rare term among frequent ones is as few as one.
///
/// However many terms a question has, some of them are those of the whole collection: at least so much is asked for. And a
/// passage that has every term is enough, if it is not much longer than others: nothing is missing there.
fn enough_words(keyword: &KeywordResult) -> f32 {
    let weights = keyword.terms.iter().map(|term| bm25::weight(term.document_frequency, keyword.chunks));
    let (sum, squares) = weights.fold((0.0, 0.0), |(sum, squares), weight| (sum + weight, squares + weight * weight));
    let terms = (sum * sum / squares.max(f32::MIN_POSITIVE)).max(1.0);
    let chunks = keyword.chunks.max(1);
    let by_chance = BY_CHANCE * (((chunks + 1) as f32).ln() / terms).sqrt();
    let everywhere = EVERYWHERE.0 + EVERYWHERE.1 * (chunks as f32).log10();
    by_chance.min(bm25::strength(1, EVERY_TERM_IN, 1.0)).max(everywhere)
}

/// How far what a passage says of one term strays by chance. The most with which no more of the answered questions of Cranfield and
/// SciFact are refused by words alone than without it, and of PIAF's not one in ten.
const BY_CHANCE: f32 = 0.18;
/// How many times as long as the average a passage may be that has every term once, and is enough.
const EVERY_TERM_IN: u32 = 2;
/// What is the least in a collection of one passage, and how much more is with every tenfold. Chosen for the fewest mistakes of
/// both kinds on three collections, whole and in small parts; left out one by one, the other two give nearly the same.
const EVERYWHERE: (f32, f32) = (0.1, 0.04);

#[cfg(test)]
mod tests {
    use hammock_contract::{ChunkId, DocumentId};

    use super::*;
    use crate::TermStat;

    fn evidence(coverage: f32, similarity: Option<f32>, trust: VectorTrust) -> f32 {
        let hit = Fused {
            chunk: ChunkId::new(),
            document: DocumentId::new(),
            revision: 1,
            score: 1.0,
            keyword_score: Some(1.0),
            vector_score: similarity,
            lacks_vector: false,
            coverage,
            strength: coverage / 2.0,
        };
        let terms = vec![TermStat { term: "a".to_owned(), document_frequency: 1 }];
        assess(&KeywordResult { terms, ..KeywordResult::default() }, &[hit], trust).value
    }

    #[test]
    fn evidence_grows_with_both_signals_and_stays_in_bounds() {
        for trust in [VectorTrust::Knows, VectorTrust::Foreign] {
            for similarity in [None, Some(-1.0), Some(0.3), Some(1.0)] {
                let values: Vec<f32> =
                    [0.0, 0.3, 0.6, 1.0].iter().map(|coverage| evidence(*coverage, similarity, trust)).collect();
                assert!(values.is_sorted() && values[0] >= 0.0 && values[3] <= 1.0, "{values:?}");
            }
        }
        let knows = |similarity| evidence(0.3, Some(similarity), VectorTrust::Knows);
        assert!(knows(0.1) < knows(0.4) && knows(0.4) < knows(0.6));
        assert_eq!(evidence(0.3, Some(0.1), VectorTrust::Foreign), evidence(0.3, Some(0.9), VectorTrust::Foreign));
    }

    /// What must be there of a question whose terms are in so many of the passages.
    fn enough(chunks: u64, frequencies: &[u64]) -> f32 {
        let term = |document_frequency: &u64| TermStat { term: String::new(), document_frequency: *document_frequency };
        let terms = frequencies.iter().map(term).collect();
        enough_words(&KeywordResult { terms, chunks, ..KeywordResult::default() })
    }

    #[test]
    fn the_fewer_words_a_question_has_the_more_of_them_must_be_there() {
        let needed = [1, 2, 3, 4, 6].map(|terms| enough(1_000, &vec![7; terms]));
        assert!(needed.is_sorted_by(|more, less| more > less), "{needed:?}");
        assert_eq!(enough(1_000, &[7; 16]), enough(1_000, &[7; 32]), "there is a least");
        // Said once in a passage of average length: one of two words is too little, three of six are enough.
        let once = bm25::strength(1, 1, 1.0);
        assert!(once / 2.0 < enough(1_000, &[7, 7]) && once / 2.0 > enough(1_000, &[7; 6]));
        // Words that are everywhere make no question longer.
        assert!(enough(1_000, &[7, 1_000, 1_000]) > enough(1_000, &[7, 7, 7]));
    }

    #[test]
    fn the_more_passages_there_are_the_more_must_be_there() {
        let needed = [0, 1, 10, 1_000, 100_000].map(|chunks| enough(chunks, &[0, 0, 0, 0]));
        assert!(needed.is_sorted() && needed[0] > 0.0, "{needed:?}");
        // A passage that has every word is enough, however many passages and however few words there are.
        let whole = bm25::strength(1, 2, 1.0);
        assert_eq!([enough(1_000_000, &[3]), enough(1_000_000, &[9, 3])], [whole; 2]);
    }

    #[test]
    fn strictness_is_ordered() {
        let weak = Evidence { value: 0.2, ..Evidence::default() };
        assert!(weak.is_enough(Strictness::Broad) && !weak.is_enough(Strictness::Balanced));
        let fair = Evidence { value: 0.6, ..Evidence::default() };
        assert!(fair.is_enough(Strictness::Balanced) && !fair.is_enough(Strictness::Strict));
        let nothing = assess(&KeywordResult::default(), &[], VectorTrust::Knows);
        assert_eq!(nothing.value, 0.0);
    }
}
