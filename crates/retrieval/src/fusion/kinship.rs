//! What is alike answers the same questions: passages that are near to the best of a ranking come before those that are near to
//! the question alone (F. Diaz, *Regularizing ad hoc retrieval scores*, 2005, in its simplest form).

use std::collections::HashMap;

use hammock_contract::ChunkId;

use super::{Fused, Scale};
use crate::VectorHit;

/// How many of the best the others are compared with.
const BEST: usize = 3;
/// What a standard deviation of nearness to them counts, beside one of what was found.
const SHARE: f32 = 0.2;

/// Adds to the scores of a ranking, best first, how near each hit is to its best; the order is not kept. Nothing happens where no
/// vectors are known.
///
/// A hit that meaning did not find is at most as near as the farthest of those that it found; one that has no vector yet counts as
/// one of the middle.
pub(super) fn add(ranking: &mut [Fused], vectors: &[VectorHit]) {
    let vectors: HashMap<&ChunkId, &[f32]> =
        vectors.iter().filter(|hit| !hit.vector.is_empty()).map(|hit| (&hit.chunk, hit.vector.as_slice())).collect();
    let Some(middle) = middle(ranking, &vectors) else { return };
    let near: Vec<Option<f32>> =
        ranking.iter().map(|hit| vectors.get(&hit.chunk).map(|vector| dot(vector, &middle))).collect();
    let scale = Scale::of(near.iter().copied(), None);
    let least = scale.place(near.iter().flatten().copied().fold(f32::MAX, f32::min));
    for (hit, near) in ranking.iter_mut().zip(near) {
        let kinship = match near {
            Some(near) => scale.place(near),
            None if hit.lacks_vector => 0.0,
            None => least,
        };
        hit.score += SHARE * kinship;
    }
}

/// The mean of the best that have vectors, of unit length; the better count more.
fn middle(ranking: &[Fused], vectors: &HashMap<&ChunkId, &[f32]>) -> Option<Vec<f32>> {
    let mut best = ranking.iter().filter_map(|hit| Some((hit.score, *vectors.get(&hit.chunk)?))).take(BEST).peekable();
    let &(first, vector) = best.peek()?;
    let mut sum = vec![0.0; vector.len()];
    for (score, vector) in best {
        let weight = (score - first).exp();
        for (sum, value) in sum.iter_mut().zip(vector) {
            *sum += weight * value;
        }
    }
    let length = dot(&sum, &sum).sqrt();
    (length > 0.0).then(|| sum.into_iter().map(|value| value / length).collect())
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use hammock_contract::DocumentId;

    use super::*;
    use crate::{KeywordHit, KeywordResult, fusion::fuse_weighted};

    fn near(chunk: &ChunkId, similarity: f32, angle: f32) -> VectorHit {
        let vector = vec![angle.cos(), angle.sin()];
        VectorHit { chunk: chunk.clone(), document: DocumentId::new(), revision: 1, similarity, vector }
    }

    #[test]
    fn what_is_like_the_best_comes_before_what_is_not() {
        let ids: Vec<ChunkId> = (0..6).map(|_| ChunkId::new()).collect();
        // The fourth lies as the first three do, the fifth, which is a little nearer to the question, on the other side of it.
        let hits = [
            near(&ids[0], 0.90, 0.45),
            near(&ids[1], 0.88, 0.50),
            near(&ids[2], 0.86, 0.52),
            near(&ids[4], 0.611, -0.91),
            near(&ids[3], 0.61, 0.91),
            near(&ids[5], 0.20, 1.37),
        ];
        let keyword = KeywordResult::default();
        let order = |kin: bool| -> Vec<ChunkId> {
            let fused = fuse_weighted(&keyword, &hits, &HashSet::new(), 1.0, kin, 200, 10);
            fused.into_iter().map(|hit| hit.chunk).collect()
        };
        assert_eq!(order(false)[3..5], [ids[4].clone(), ids[3].clone()]);
        assert_eq!(order(true)[3..5], [ids[3].clone(), ids[4].clone()]);
        assert_eq!(order(true)[..3], order(false)[..3]);
    }

    #[test]
    fn without_vectors_nothing_changes_and_what_waits_for_one_keeps_its_place() {
        let ids: Vec<ChunkId> = (0..4).map(|_| ChunkId::new()).collect();
        let word = |chunk: &ChunkId, score| KeywordHit {
            chunk: chunk.clone(),
            document: DocumentId::new(),
            revision: 1,
            score,
            coverage: 0.5,
            strength: 0.5,
        };
        let hits = vec![word(&ids[3], 9.0), word(&ids[0], 3.0), word(&ids[1], 2.0)];
        let keyword = KeywordResult { hits, ..KeywordResult::default() };
        let with = [near(&ids[0], 0.9, 0.45), near(&ids[1], 0.8, 0.64), near(&ids[2], 0.3, -1.2)];
        let without: Vec<VectorHit> = with.iter().map(|hit| VectorHit { vector: Vec::new(), ..hit.clone() }).collect();
        let waiting = HashSet::from([ids[3].clone()]);
        let fuse = |vector: &[VectorHit], kin: bool| fuse_weighted(&keyword, vector, &waiting, 0.5, kin, 200, 10);
        assert_eq!(fuse(&without, true), fuse(&without, false));
        assert_eq!(
            (fuse(&with, true)[0].chunk.clone(), fuse(&with, false)[0].chunk.clone()),
            (ids[3].clone(), ids[3].clone())
        );
    }
}
