//! Fuses what the keyword side and the vector side found into one ranking.

mod kinship;
mod weighting;

use std::collections::{HashMap, HashSet};

use hammock_contract::{ChunkId, DocumentId};

use crate::{KeywordHit, KeywordResult, VectorHit};

pub use weighting::{VectorTrust, weight};

/// A chunk of the fused ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused {
    /// The chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// Its revision.
    pub revision: u32,
    /// Higher is better; comparable within one answer only.
    pub score: f32,
    /// The BM25 score, if the keyword side found it.
    pub keyword_score: Option<f32>,
    /// The cosine similarity, if the vector side found it.
    pub vector_score: Option<f32>,
    /// Whether it has no vector yet, so that words alone can tell what it is about.
    pub lacks_vector: bool,
    /// The share of the question's informative terms that stand in the chunk, 0 to 1; 0 if the keyword side did not find it.
    pub coverage: f32,
    /// How much the chunk speaks of them, 0 to 1; 0 if the keyword side did not find it.
    pub strength: f32,
}

/// The best `limit` chunks of both sides together, best first. With one side empty, the other side's ranking.
///
/// Scores are compared by how far they stand out among what the side found (in standard deviations), and added up. Ranks would
/// lose how far; a scale from worst to best would let one outlier decide. `depth` is how many hits each side was asked for: fewer
/// by words are all that there are, so that the rest is known to score 0, while by meaning everything has some similarity and
/// the rest is at most as good as the worst that was found.
///
/// What it is worth, on the collections that its constants were chosen on and on others: docs/MEASUREMENTS.md.
pub fn fuse(
    keyword: &KeywordResult,
    vector: &[VectorHit],
    trust: VectorTrust,
    depth: usize,
    limit: usize,
) -> Vec<Fused> {
    let (weight, by_kinship) = (weight(keyword, vector, trust, None), trust == VectorTrust::Knows);
    fuse_weighted(keyword, vector, &HashSet::new(), weight, by_kinship, depth, limit)
}

/// As [`fuse`], with a `weight` of the vector side that was decided before: see [`weight`]. `by_kinship` is whether those come
/// first that are like the best of what was found.
///
/// The chunks that are `waiting` for their vectors are placed by their words alone. That meaning did not find them says nothing:
/// scored like those that it passed over, whatever has just come in would stand behind all that has been there for long.
pub fn fuse_weighted(
    keyword: &KeywordResult,
    vector: &[VectorHit],
    waiting: &HashSet<ChunkId>,
    weight: f32,
    by_kinship: bool,
    depth: usize,
    limit: usize,
) -> Vec<Fused> {
    let mut found: HashMap<&ChunkId, Fused> = HashMap::with_capacity(keyword.hits.len() + vector.len());
    for hit in &keyword.hits {
        found.insert(&hit.chunk, by_words(hit));
    }
    for hit in vector {
        found.entry(&hit.chunk).or_insert_with(|| unscored(hit)).vector_score = Some(hit.similarity);
    }
    let mut fused: Vec<Fused> = found.into_values().collect();
    // In one order, so that sums come out the same to the last digit each time.
    fused.sort_unstable_by(|a, b| a.chunk.cmp(&b.chunk));
    // Fewer by words than were asked for are all that there are.
    let all_by_words = keyword.hits.len() < depth;
    let least_words =
        if all_by_words { 0.0 } else { keyword.hits.iter().map(|hit| hit.score).fold(f32::MAX, f32::min) };
    let least_meaning = vector.iter().map(|hit| hit.similarity).fold(1.0, f32::min);
    let words = Scale::of(fused.iter().map(|hit| hit.keyword_score), all_by_words.then_some(least_words));
    let all_by_meaning = vector.len() < depth;
    let meaning = Scale::of(fused.iter().map(|hit| hit.vector_score), all_by_meaning.then_some(least_meaning));
    for hit in &mut fused {
        hit.lacks_vector = hit.vector_score.is_none() && waiting.contains(&hit.chunk);
        let words = words.place(hit.keyword_score.unwrap_or(least_words));
        let meaning = if hit.lacks_vector { words } else { meaning.place(hit.vector_score.unwrap_or(least_meaning)) };
        hit.score = (1.0 - weight) * words + weight * meaning;
    }
    sort(&mut fused);
    if by_kinship {
        kinship::add(&mut fused, vector);
        sort(&mut fused);
    }
    fused.truncate(limit);
    fused
}

/// Best first.
fn sort(hits: &mut [Fused]) {
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.chunk.cmp(&b.chunk)));
}

fn by_words(hit: &KeywordHit) -> Fused {
    Fused {
        chunk: hit.chunk.clone(),
        document: hit.document.clone(),
        revision: hit.revision,
        score: hit.score,
        keyword_score: Some(hit.score),
        vector_score: None,
        lacks_vector: false,
        coverage: hit.coverage,
        strength: hit.strength,
    }
}

fn unscored(hit: &VectorHit) -> Fused {
    Fused {
        chunk: hit.chunk.clone(),
        document: hit.document.clone(),
        revision: hit.revision,
        score: 0.0,
        keyword_score: None,
        vector_score: None,
        lacks_vector: false,
        coverage: 0.0,
        strength: 0.0,
    }
}

/// The best `limit` chunks of the vector side alone, best first.
pub fn by_meaning(keyword: &KeywordResult, vector: &[VectorHit], limit: usize) -> Vec<Fused> {
    let words: HashMap<&ChunkId, _> = keyword.hits.iter().map(|hit| (&hit.chunk, hit)).collect();
    let hits = vector.iter().take(limit).map(|hit| {
        let word = words.get(&hit.chunk);
        Fused {
            score: hit.similarity,
            keyword_score: word.map(|word| word.score),
            vector_score: Some(hit.similarity),
            coverage: word.map_or(0.0, |word| word.coverage),
            strength: word.map_or(0.0, |word| word.strength),
            ..unscored(hit)
        }
    });
    hits.collect()
}

/// The best `limit` chunks of the keyword side alone, best first.
pub fn by_words_alone(keyword: &KeywordResult, limit: usize) -> Vec<Fused> {
    keyword.hits.iter().take(limit).map(by_words).collect()
}

/// Where the scores of one side lie.
struct Scale {
    mean: f32,
    deviation: f32,
}

impl Scale {
    /// Of what the side found. `least` is what it says of the rest, where it found all that there is: then that counts, too.
    fn of(scores: impl Iterator<Item = Option<f32>>, least: Option<f32>) -> Self {
        let known: Vec<f32> = scores.filter_map(|score| score.or(least)).collect();
        let count = known.len().max(1) as f32;
        let mean = known.iter().sum::<f32>() / count;
        let variance = known.iter().map(|score| (score - mean).powi(2)).sum::<f32>() / count;
        Self { mean, deviation: variance.sqrt().max(1e-6) }
    }

    /// How far a score stands out. Standard deviations.
    fn place(&self, score: f32) -> f32 {
        (score - self.mean) / self.deviation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn word(chunk: &ChunkId, score: f32, coverage: f32) -> KeywordHit {
        KeywordHit {
            chunk: chunk.clone(),
            document: DocumentId::new(),
            revision: 1,
            score,
            coverage,
            strength: coverage / 2.0,
        }
    }

    pub(super) fn meaning(chunk: &ChunkId, similarity: f32) -> VectorHit {
        VectorHit { chunk: chunk.clone(), document: DocumentId::new(), revision: 1, similarity, vector: Vec::new() }
    }

    fn order(fused: &[Fused]) -> Vec<&ChunkId> {
        fused.iter().map(|hit| &hit.chunk).collect()
    }

    #[test]
    fn a_single_exact_hit_counts() {
        let ids: Vec<ChunkId> = (0..40).map(|_| ChunkId::new()).collect();
        // "error E1234" stands in one passage alone, which no model could know.
        let keyword = KeywordResult { hits: vec![word(&ids[39], 9.0, 1.0)], ..KeywordResult::default() };
        let vector: Vec<VectorHit> =
            ids.iter().enumerate().map(|(place, id)| meaning(id, 0.6 - 0.01 * place as f32)).collect();
        let fused = fuse(&keyword, &vector, VectorTrust::Knows, 200, 10);
        assert_eq!(fused[0].chunk, ids[39]);
        assert_eq!((fused[0].keyword_score, fused[0].coverage), (Some(9.0), 1.0));
        assert_eq!(fused.len(), 10);
    }

    #[test]
    fn one_side_alone_keeps_its_order() {
        let ids: Vec<ChunkId> = (0..3).map(|_| ChunkId::new()).collect();
        let keyword = KeywordResult {
            hits: vec![word(&ids[2], 3.0, 0.9), word(&ids[0], 2.0, 0.5), word(&ids[1], 1.0, 0.1)],
            ..KeywordResult::default()
        };
        let alone = fuse(&keyword, &[], VectorTrust::Knows, 200, 10);
        assert_eq!(order(&alone), [&ids[2], &ids[0], &ids[1]]);
        let vector = [meaning(&ids[1], 0.9), meaning(&ids[0], 0.1)];
        let alone = fuse(&KeywordResult::default(), &vector, VectorTrust::Foreign, 200, 10);
        assert_eq!(order(&alone), [&ids[1], &ids[0]]);
        assert!(fuse(&KeywordResult::default(), &[], VectorTrust::Knows, 200, 10).is_empty());
    }

    #[test]
    fn a_weight_that_was_decided_orders_by_words_or_by_meaning() {
        let ids: Vec<ChunkId> = (0..3).map(|_| ChunkId::new()).collect();
        let keyword = KeywordResult {
            hits: vec![word(&ids[0], 5.0, 0.9), word(&ids[1], 3.0, 0.4), word(&ids[2], 1.0, 0.2)],
            ..KeywordResult::default()
        };
        let vector = [meaning(&ids[2], 0.9), meaning(&ids[1], 0.5), meaning(&ids[0], 0.1)];
        let by = |words: Option<f32>| {
            let weight = weight(&keyword, &vector, VectorTrust::Knows, words);
            fuse_weighted(&keyword, &vector, &HashSet::new(), weight, false, 200, 10)
        };
        assert_eq!(order(&by(Some(1.0))), [&ids[0], &ids[1], &ids[2]]);
        assert_eq!(order(&by(Some(0.0))), [&ids[2], &ids[1], &ids[0]]);
        assert_eq!(order(&by(None)), order(&fuse(&keyword, &vector, VectorTrust::Knows, 200, 10)));
        // A side that is not there cannot be asked for.
        assert_eq!(weight(&keyword, &[], VectorTrust::Knows, Some(0.0)), 0.0);
        assert_eq!(weight(&KeywordResult::default(), &vector, VectorTrust::Knows, Some(1.0)), 1.0);
    }

    #[test]
    fn what_waits_for_its_vector_is_placed_by_its_words() {
        let ids: Vec<ChunkId> = (0..40).map(|_| ChunkId::new()).collect();
        // The newest passage has the words of the question; those that have been there for long have one of them, by chance.
        let mut hits = vec![word(&ids[39], 9.0, 1.0)];
        hits.extend((0..20).map(|place| word(&ids[place], 2.0 - 0.05 * place as f32, 0.2)));
        let keyword = KeywordResult { hits, ..KeywordResult::default() };
        let vector: Vec<VectorHit> = (0..30).map(|place| meaning(&ids[place], 0.6 - 0.01 * place as f32)).collect();
        let by = |waiting: &HashSet<ChunkId>| fuse_weighted(&keyword, &vector, waiting, 0.85, false, 200, 40);
        let of_newest = |fused: &[Fused]| fused.iter().position(|hit| hit.chunk == ids[39]);
        assert!(of_newest(&by(&HashSet::new())) > Some(0), "meaning would have found it");
        let fused = by(&HashSet::from([ids[39].clone()]));
        assert_eq!(of_newest(&fused), Some(0));
        assert!(fused[0].lacks_vector && fused[1..].iter().all(|hit| !hit.lacks_vector));
        // One that meaning did find counts by its vector, whatever is said of it.
        assert_eq!(order(&by(&HashSet::from([ids[0].clone()]))), order(&by(&HashSet::new())));
    }

    #[test]
    fn a_foreign_model_weighs_less() {
        let ids: Vec<ChunkId> = (0..3).map(|_| ChunkId::new()).collect();
        let keyword = KeywordResult {
            hits: vec![word(&ids[0], 5.0, 0.5), word(&ids[1], 3.0, 0.4), word(&ids[2], 1.0, 0.2)],
            ..KeywordResult::default()
        };
        let vector = [meaning(&ids[2], 0.9), meaning(&ids[1], 0.5), meaning(&ids[0], 0.1)];
        assert_eq!(fuse(&keyword, &vector, VectorTrust::Foreign, 200, 1)[0].chunk, ids[0]);
        assert_eq!(fuse(&keyword, &vector, VectorTrust::Knows, 200, 1)[0].chunk, ids[2]);
    }
}
