//! How sure it is that the passages found answer the question: an absolute signal, unlike the scores of a ranking, whose
//! best hit always looks good.

use hammock_contract::assistant::Strictness;

use crate::{KeywordResult, fusion::Fused, fusion::VectorTrust};

/// How well the passages found speak to the question.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    /// 0 (not at all) to 1. Comparable between questions and collections.
    pub value: f32,
    /// The best cosine similarity among the first hits, if the vector side took part.
    pub similarity: Option<f32>,
    /// The best share of the question's informative terms in one of the first hits, 0 to 1.
    pub coverage: f32,
}

impl Evidence {
    /// Whether an answer may be given.
    pub fn is_enough(&self, strictness: Strictness) -> bool {
        self.value >= threshold(strictness)
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
pub fn assess(keyword: &KeywordResult, hits: &[Fused], trust: VectorTrust) -> Evidence {
    let first = &hits[..hits.len().min(5)];
    let coverage = first.iter().map(|hit| hit.coverage).fold(0.0, f32::max);
    let similarity = first.iter().filter_map(|hit| hit.vector_score).reduce(f32::max);
    let value = match (similarity, trust) {
        _ if first.is_empty() => 0.0,
        (Some(similarity), VectorTrust::Knows) => 0.5 * coverage + 0.5 * ((similarity - 0.1) / 0.8).clamp(0.0, 1.0),
        _ if keyword.hits.is_empty() => 0.0,
        _ => coverage,
    };
    Evidence { value, similarity, coverage }
}
