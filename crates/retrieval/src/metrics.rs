//! How good a ranking is, computed as `trec_eval` and BEIR do.

use std::collections::{HashMap, HashSet};

/// Which documents answer a query, and how well: 1 and more. Documents that are not named do not.
pub type Judgements = HashMap<String, u32>;

/// How far down a ranking nDCG looks. Documents.
pub const NDCG_DEPTH: usize = 10;
/// How far down a ranking recall looks. Documents.
pub const RECALL_DEPTH: usize = 100;

/// How good one ranking is, as `hammock eval` and the evaluation of a collection tell it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Score {
    /// nDCG@10.
    pub ndcg: f64,
    /// Recall@100.
    pub recall: f64,
    /// The place of the first right document, from 0; absent when it was not found.
    pub place: Option<usize>,
}

/// Scores the ranking of one question: its documents, each once, best first.
pub fn score(ranking: &[String], judgements: &Judgements) -> Score {
    let is_right = |document: &String| judgements.get(document).is_some_and(|gain| *gain > 0);
    Score {
        ndcg: ndcg(ranking, judgements, NDCG_DEPTH),
        recall: recall(ranking, judgements, RECALL_DEPTH),
        place: ranking.iter().position(is_right),
    }
}

/// nDCG@`depth` with linear gains: 1 when the ranking is the best possible. 0 when nothing is judged relevant.
pub fn ndcg(ranking: &[String], judgements: &Judgements, depth: usize) -> f64 {
    let discounted = |gains: &mut dyn Iterator<Item = u32>| -> f64 {
        gains.take(depth).enumerate().map(|(place, gain)| f64::from(gain) / (place as f64 + 2.0).log2()).sum()
    };
    let mut best: Vec<u32> = judgements.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    let ideal = discounted(&mut best.into_iter());
    if ideal == 0.0 {
        return 0.0;
    }
    discounted(&mut ranking.iter().map(|document| judgements.get(document).copied().unwrap_or(0))) / ideal
}

/// The share of the relevant documents among the first `depth`. 0 when nothing is judged relevant.
pub fn recall(ranking: &[String], judgements: &Judgements, depth: usize) -> f64 {
    let relevant: HashSet<&String> =
        judgements.iter().filter(|(_, gain)| **gain > 0).map(|(document, _)| document).collect();
    if relevant.is_empty() {
        return 0.0;
    }
    let found = ranking.iter().take(depth).filter(|document| relevant.contains(document)).count();
    found as f64 / relevant.len() as f64
}

/// The value below which `share` (0 to 1) of the values lie; nearest rank. 0 for no values.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(&str, u32)]) -> Judgements {
        pairs.iter().map(|(document, gain)| ((*document).to_owned(), *gain)).collect()
    }

    fn ranking(documents: &[&str]) -> Vec<String> {
        documents.iter().map(|document| (*document).to_owned()).collect()
    }

    #[test]
    fn ndcg_by_hand() {
        let judgements = judged(&[("a", 3), ("b", 1)]);
        assert!((ndcg(&ranking(&["a", "b"]), &judgements, 10) - 1.0).abs() < 1e-12);
        // (1 / log2 2 + 3 / log2 3) / (3 / log2 2 + 1 / log2 3)
        let swapped = (1.0 + 3.0 / 3f64.log2()) / (3.0 + 1.0 / 3f64.log2());
        assert!((ndcg(&ranking(&["b", "a"]), &judgements, 10) - swapped).abs() < 1e-12);
        assert_eq!(ndcg(&ranking(&["x", "a"]), &judgements, 1), 0.0);
        assert_eq!(ndcg(&ranking(&["x"]), &judged(&[("a", 0)]), 10), 0.0);
    }

    #[test]
    fn recall_by_hand() {
        let judgements = judged(&[("a", 1), ("b", 1), ("c", 0)]);
        assert_eq!(recall(&ranking(&["c", "a", "x", "b"]), &judgements, 3), 0.5);
        assert_eq!(recall(&ranking(&["c", "a", "x", "b"]), &judgements, 100), 1.0);
    }

    #[test]
    fn a_score_has_the_first_right_place() {
        let judgements = judged(&[("a", 2), ("b", 1), ("c", 0)]);
        let scored = score(&ranking(&["c", "a"]), &judgements);
        assert_eq!((scored.place, scored.recall), (Some(1), 0.5));
        assert_eq!(scored.ndcg, ndcg(&ranking(&["c", "a"]), &judgements, 10));
        assert_eq!(score(&ranking(&["x"]), &judgements), Score::default());
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values = [5.0, 1.0, 4.0, 2.0, 3.0];
        assert_eq!(percentile(&values, 0.5), 3.0);
        assert_eq!(percentile(&values, 0.95), 5.0);
        assert_eq!(percentile(&[], 0.5), 0.0);
    }
}
