//! One search over both sides of an index, as the product and the evaluation do it.

use std::collections::HashSet;

use hammock_contract::{ChunkId, DocumentId, search::SearchMode};

use crate::{
    IndexError, KeywordQuery, KeywordResult, SearchFilter, SearchIndex, VectorHit, VectorSpace,
    evidence::{self, Evidence},
    fusion::{self, Fused, VectorTrust},
};

/// How many hits of each side take part in the fusion.
pub const DEPTH: usize = 200;

/// The question as the vector side takes it.
#[derive(Debug, Clone, Copy)]
pub struct QueryVector<'a> {
    /// The embedding model's space.
    pub space: &'a VectorSpace,
    /// Of unit length.
    pub vector: &'a [f32],
    /// The languages that the model serves, by their ISO 639-1 codes; empty when unknown.
    pub languages: &'a [String],
}

/// What both sides found, before it is fused. The caller drops the hits of revisions that do not answer, then ranks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidates {
    /// By words.
    pub keyword: KeywordResult,
    /// By meaning.
    pub vector: Vec<VectorHit>,
    /// ISO 639-1 code of the question's language, where it was recognised.
    pub language: Option<String>,
    /// Whether the embedding model knows the languages at hand.
    pub trust: VectorTrust,
    /// Those of the hits by words that wait for their vectors, which only the database knows: the caller adds them.
    pub waiting: HashSet<ChunkId>,
}

/// A fused ranking and what it is worth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ranking {
    /// The hits, best first.
    pub hits: Vec<Fused>,
    /// How sure it is that they answer the question.
    pub evidence: Evidence,
}

/// Asks the sides that `mode` names at once. `language` is the question's where the caller knows it; else it is recognised. Without a `vector` the vector side takes no part.
///
/// # Errors
/// When either side fails.
pub async fn search(
    index: &dyn SearchIndex,
    question: &str,
    language: Option<&str>,
    filter: &SearchFilter,
    mode: SearchMode,
    vector: Option<QueryVector<'_>>,
) -> Result<Candidates, IndexError> {
    let query = KeywordQuery { text: question.to_owned(), language: language.map(str::to_owned) };
    let by_words = async {
        // The keyword side is asked in every mode: the evidence rests on the terms that it finds.
        index.keyword(&query, filter, DEPTH).await
    };
    let by_meaning = async {
        match vector.filter(|_| mode != SearchMode::Keyword) {
            Some(query) => index.vector(query.space, query.vector, filter, DEPTH).await,
            None => Ok(Vec::new()),
        }
    };
    let (keyword, found) = futures::try_join!(by_words, by_meaning)?;
    let trust = VectorTrust::of(&keyword, vector.map_or(&[], |query| query.languages));
    Ok(Candidates { language: keyword.language.clone(), keyword, vector: found, trust, waiting: HashSet::new() })
}

impl Candidates {
    /// The revisions that were found, each once.
    pub fn revisions(&self) -> Vec<(DocumentId, u32)> {
        let by_words = self.keyword.hits.iter().map(|hit| (hit.document.clone(), hit.revision));
        let by_meaning = self.vector.iter().map(|hit| (hit.document.clone(), hit.revision));
        let mut revisions: Vec<_> = by_words.chain(by_meaning).collect();
        revisions.sort_unstable();
        revisions.dedup();
        revisions
    }

    /// Keeps only the hits that answer, by their document, revision and chunk.
    pub fn retain(&mut self, answers: impl Fn(&DocumentId, u32, &ChunkId) -> bool) {
        self.keyword.hits.retain(|hit| answers(&hit.document, hit.revision, &hit.chunk));
        self.vector.retain(|hit| answers(&hit.document, hit.revision, &hit.chunk));
    }

    /// The hits by words that meaning did not find: some may wait for their vectors.
    pub fn found_by_words_alone(&self) -> Vec<ChunkId> {
        let found: HashSet<&ChunkId> = self.vector.iter().map(|hit| &hit.chunk).collect();
        self.keyword.hits.iter().map(|hit| &hit.chunk).filter(|chunk| !found.contains(chunk)).cloned().collect()
    }

    /// The best `limit` hits in `mode`, with the evidence that they are worth.
    pub fn rank(&self, mode: SearchMode, limit: usize) -> Ranking {
        self.rank_weighted(mode, None, limit)
    }

    /// As [`Candidates::rank`]; `words` is what words weigh against meaning where both sides take part, 0 to 1, if somebody has
    /// decided that.
    pub fn rank_weighted(&self, mode: SearchMode, words: Option<f32>, limit: usize) -> Ranking {
        let hits = match mode {
            SearchMode::Hybrid => {
                let weight = self.vector_weight(mode, words);
                // Kinship is by meaning: where somebody has said what that weighs, or the model does not know the language, the
                // weight says it all.
                let by_kinship = words.is_none() && self.trust == VectorTrust::Knows;
                fusion::fuse_weighted(&self.keyword, &self.vector, &self.waiting, weight, by_kinship, DEPTH, limit)
            }
            SearchMode::Keyword => fusion::by_words_alone(&self.keyword, limit),
            SearchMode::Vector => fusion::by_meaning(&self.keyword, &self.vector, limit),
        };
        let evidence = evidence::assess(&self.keyword, &hits, self.trust);
        Ranking { hits, evidence }
    }

    /// What the vector side weighs in `mode`, 0 to 1.
    pub fn vector_weight(&self, mode: SearchMode, words: Option<f32>) -> f32 {
        match mode {
            SearchMode::Hybrid => fusion::weight(&self.keyword, &self.vector, self.trust, words),
            SearchMode::Keyword => 0.0,
            SearchMode::Vector => 1.0,
        }
    }

    /// How much evidence one hit gives by itself, 0 to 1, measured as the `whole` of the ranking is: where meaning took part in
    /// that, a hit that words alone found is not near in meaning, unless it waits for its vector.
    pub fn evidence_of(&self, hit: &Fused, whole: &Evidence) -> f32 {
        let vector_score = whole.similarity.filter(|_| !hit.lacks_vector).map(|_| hit.vector_score.unwrap_or(0.0));
        evidence::assess(&self.keyword, &[Fused { vector_score, ..hit.clone() }], self.trust).value
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::ChunkId;

    use super::*;
    use crate::{KeywordHit, TermStat};

    #[test]
    fn a_hit_gives_no_more_evidence_than_the_ranking_that_it_leads() {
        let (document, both, words_alone) = (DocumentId::new(), ChunkId::new(), ChunkId::new());
        let word = |chunk: &ChunkId, score| KeywordHit {
            chunk: chunk.clone(),
            document: document.clone(),
            revision: 1,
            score,
            coverage: 0.6,
            strength: 0.6,
        };
        let (chunk, vector) = (both.clone(), vec![1.0]);
        let near = VectorHit { chunk, document: document.clone(), revision: 1, similarity: 0.4, vector };
        let terms = vec![TermStat { term: "museum".to_owned(), document_frequency: 2 }];
        let hits = vec![word(&both, 2.0), word(&words_alone, 1.0)];
        let keyword = KeywordResult { hits, terms, chunks: 2, ..KeywordResult::default() };
        let by_both = Candidates { keyword, vector: vec![near], ..Candidates::default() };
        let ranking = by_both.rank(SearchMode::Hybrid, 10);
        let evidence: Vec<f32> = ranking.hits.iter().map(|hit| by_both.evidence_of(hit, &ranking.evidence)).collect();
        assert_eq!(evidence[0], ranking.evidence.value);
        assert!(evidence[1] < evidence[0], "{evidence:?}");

        // What waits for its vector is judged by its words, as everything is without a model.
        let waiting = HashSet::from([words_alone.clone()]);
        assert_eq!(by_both.found_by_words_alone(), std::slice::from_ref(&words_alone));
        let with_waiting = Candidates { waiting, ..by_both.clone() };
        let ranking = with_waiting.rank(SearchMode::Hybrid, 10);
        let last = ranking
            .hits
            .iter()
            .find(|hit| hit.chunk == words_alone)
            .map(|hit| (hit.lacks_vector, with_waiting.evidence_of(hit, &ranking.evidence)));
        let alone = Candidates { vector: Vec::new(), ..by_both.clone() }.rank(SearchMode::Hybrid, 10);
        assert_eq!(last, Some((true, alone.evidence.value)));
        assert!(ranking.evidence.value >= alone.evidence.value);

        let by_words = Candidates { vector: Vec::new(), ..by_both };
        let ranking = by_words.rank(SearchMode::Hybrid, 10);
        assert!(ranking.hits.iter().all(|hit| by_words.evidence_of(hit, &ranking.evidence) == ranking.evidence.value));
    }
}
