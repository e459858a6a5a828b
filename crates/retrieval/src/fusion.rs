//! Fuses what the keyword side and the vector side found into one ranking.

use std::collections::HashMap;

use hammock_contract::{ChunkId, DocumentId};

use crate::{KeywordResult, LanguageShare, VectorHit};

/// How much the vector side can be trusted for one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VectorTrust {
    #[default]
    /// The embedding model knows the language of the question and of the passages, or its languages are unknown.
    Knows,
    /// It was not made for the language of the question or of the passages.
    Foreign,
}

impl VectorTrust {
    /// From the languages of the question, of the passages and of the model.
    pub fn of(keyword: &KeywordResult, model: &[String]) -> Self {
        let knows =
            |language: &str| model.is_empty() || language.is_empty() || model.iter().any(|known| known == language);
        let chunks =
            |shares: &mut dyn Iterator<Item = &LanguageShare>| -> u64 { shares.map(|share| share.chunks).sum() };
        let foreign = chunks(&mut keyword.languages.iter().filter(|share| !knows(&share.language)));
        let all = chunks(&mut keyword.languages.iter());
        if keyword.language.as_deref().is_none_or(knows) && 2 * foreign <= all { Self::Knows } else { Self::Foreign }
    }
}

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
    /// The share of the question's informative terms that stand in the chunk, 0 to 1; 0 if the keyword side did not find it.
    pub coverage: f32,
}

/// The best `limit` chunks of both sides together, best first. With one side empty, the other side's ranking.
pub fn fuse(keyword: &KeywordResult, vector: &[VectorHit], trust: VectorTrust, limit: usize) -> Vec<Fused> {
    let mut found: HashMap<&ChunkId, Fused> = HashMap::with_capacity(keyword.hits.len() + vector.len());
    for hit in &keyword.hits {
        found.insert(
            &hit.chunk,
            Fused {
                chunk: hit.chunk.clone(),
                document: hit.document.clone(),
                revision: hit.revision,
                score: 0.0,
                keyword_score: Some(hit.score),
                vector_score: None,
                coverage: hit.coverage,
            },
        );
    }
    for hit in vector {
        found
            .entry(&hit.chunk)
            .or_insert_with(|| Fused {
                chunk: hit.chunk.clone(),
                document: hit.document.clone(),
                revision: hit.revision,
                score: 0.0,
                keyword_score: None,
                vector_score: None,
                coverage: 0.0,
            })
            .vector_score = Some(hit.similarity);
    }
    let words = Scale::of(keyword.hits.iter().map(|hit| hit.score));
    let meaning = Scale::of(vector.iter().map(|hit| hit.similarity));
    let weight = match (keyword.hits.is_empty(), vector.is_empty(), trust) {
        (true, _, _) => 1.0,
        (_, true, _) => 0.0,
        (_, _, VectorTrust::Knows) => 0.5,
        (_, _, VectorTrust::Foreign) => 0.1,
    };
    let mut fused: Vec<Fused> = found.into_values().collect();
    for hit in &mut fused {
        hit.score = (1.0 - weight) * words.place(hit.keyword_score) + weight * meaning.place(hit.vector_score);
    }
    fused.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.chunk.cmp(&b.chunk)));
    fused.truncate(limit);
    fused
}

/// The best `limit` chunks of the vector side alone, best first.
pub fn by_meaning(keyword: &KeywordResult, vector: &[VectorHit], limit: usize) -> Vec<Fused> {
    let words: HashMap<&ChunkId, _> = keyword.hits.iter().map(|hit| (&hit.chunk, hit)).collect();
    let hits = vector.iter().take(limit).map(|hit| {
        let word = words.get(&hit.chunk);
        Fused {
            chunk: hit.chunk.clone(),
            document: hit.document.clone(),
            revision: hit.revision,
            score: hit.similarity,
            keyword_score: word.map(|word| word.score),
            vector_score: Some(hit.similarity),
            coverage: word.map_or(0.0, |word| word.coverage),
        }
    });
    hits.collect()
}

/// Where the scores of one side lie.
struct Scale {
    low: f32,
    span: f32,
}

impl Scale {
    fn of(scores: impl Iterator<Item = f32>) -> Self {
        let (low, high) = scores.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), s| (low.min(s), high.max(s)));
        Self { low, span: (high - low).max(1e-6) }
    }

    /// 0 (the worst found, or not found) to 1 (the best found).
    fn place(&self, score: Option<f32>) -> f32 {
        score.map_or(0.0, |score| (score - self.low) / self.span)
    }
}
