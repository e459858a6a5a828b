//! What fusions would find that weigh both sides alike for every question. None of them can be chosen without knowing the
//! answers; the best of them tells how much a fusion leaves that decides by the question.

use std::collections::BTreeMap;

use hammock_contract::search::SearchMode;

use super::report::mean_of;
use crate::{
    fusion::Fused,
    search::{self, Candidates},
};

/// How many weights of the vector side are tried, from 0 to 1 in equal steps.
const WEIGHTS: u8 = 11;

/// The sums of what was measured so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FixedFusions {
    /// By weight, from 0 on.
    sums: [f64; WEIGHTS as usize],
    questions: usize,
}

impl FixedFusions {
    /// Fuses what was found for one question with each of the weights; `score` says how good a ranking is. A side that found
    /// nothing has no say here either.
    pub(super) fn add(&mut self, candidates: &Candidates, score: impl Fn(&[Fused]) -> f64) {
        for (step, sum) in (0..WEIGHTS).zip(&mut self.sums) {
            let words = Some(1.0 - weight(step));
            *sum += score(&candidates.rank_weighted(SearchMode::Hybrid, words, 2 * search::DEPTH).hits);
        }
        self.questions += 1;
    }

    /// The mean of each weight.
    pub(super) fn means(&self) -> BTreeMap<String, f64> {
        let means = (0..WEIGHTS).zip(self.sums);
        means.map(|(step, sum)| (format!("{:.1}", weight(step)), mean_of(sum, self.questions))).collect()
    }
}

fn weight(step: u8) -> f32 {
    f32::from(step) / f32::from(WEIGHTS - 1)
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ChunkId, DocumentId};

    use super::*;
    use crate::{KeywordHit, KeywordResult, VectorHit};

    #[test]
    fn each_weight_is_measured_on_what_was_found_once() {
        let (document, words_first, meaning_first) = (DocumentId::new(), ChunkId::new(), ChunkId::new());
        let word = |chunk: &ChunkId, score| KeywordHit {
            chunk: chunk.clone(),
            document: document.clone(),
            revision: 1,
            score,
            coverage: 0.5,
            strength: 0.5,
        };
        let near = |chunk: &ChunkId, similarity| VectorHit {
            chunk: chunk.clone(),
            document: document.clone(),
            revision: 1,
            similarity,
            vector: Vec::new(),
        };
        let hits = vec![word(&words_first, 2.0), word(&meaning_first, 1.0)];
        let candidates = Candidates {
            keyword: KeywordResult { hits, ..KeywordResult::default() },
            vector: vec![near(&meaning_first, 0.9), near(&words_first, 0.1)],
            ..Candidates::default()
        };
        let mut fixed = FixedFusions::default();
        fixed.add(&candidates, |hits| if hits[0].chunk == meaning_first { 1.0 } else { 0.0 });
        let means = fixed.means();
        assert_eq!((means["0.0"], means["0.4"], means["0.6"], means["1.0"]), (0.0, 0.0, 1.0, 1.0), "{means:?}");
        // The second question is found by words alone, whatever the weight.
        let by_words = Candidates { vector: Vec::new(), ..candidates };
        fixed.add(&by_words, |hits| if hits[0].chunk == words_first { 1.0 } else { 0.0 });
        let means = fixed.means();
        assert_eq!((means.len(), means["0.0"], means["1.0"]), (11, 0.5, 1.0), "{means:?}");
    }
}
