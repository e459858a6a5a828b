//! What came of one question, with the signals that a judgement of the evidence can rest on.

use hammock_contract::search::SearchMode;
use serde::Serialize;

use super::Bench;
use crate::{
    analysis,
    evidence::Evidence,
    fusion::Fused,
    search::{Candidates, Ranking},
};

/// How many hits are described.
const DESCRIBED: usize = 5;

/// What came of one question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// How it was searched.
    pub mode: SearchMode,
    /// The question's name in its collection.
    pub query: String,
    /// The collection of a question that is asked of another one, which does not answer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The place of the first right document, from 0; absent when it was not found.
    pub place: Option<usize>,
    /// What the product concludes.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// What it concludes it from.
    #[serde(flatten)]
    pub signals: Signals,
    /// The documents, best first.
    #[serde(skip)]
    pub documents: Vec<String>,
    /// How long the search took with the embedding of its question. Milliseconds.
    pub took_ms: f64,
}

/// What a judgement can rest on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Signals {
    /// How many chunks the collection has.
    pub chunks: u64,
    /// ISO 639-1 code of the question's language, where it was recognised.
    pub language: Option<String>,
    /// The question's words and in how many chunks each occurs.
    pub terms: Vec<(String, u64)>,
    /// The first hits.
    pub hits: Vec<HitSignals>,
}

/// What is known of a hit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HitSignals {
    /// BM25.
    pub words: Option<f32>,
    /// Cosine similarity.
    pub meaning: Option<f32>,
    /// The share of the question's words that it has, by their weight.
    pub coverage: f32,
    /// How much it speaks of them.
    pub strength: f32,
    /// How many terms it has.
    pub length: usize,
    /// Of each of the question's words: where it stands among them.
    pub places: Vec<Vec<usize>>,
}

impl Outcome {
    /// The same as a question of another collection.
    pub(super) fn of_another(self, name: &str) -> Self {
        Self { of: Some(name.to_owned()), place: None, ..self }
    }
}

impl Bench<'_> {
    pub(super) fn signals(&self, question: &str, candidates: &Candidates, ranking: &Ranking) -> Signals {
        let keyword = &candidates.keyword;
        Signals {
            chunks: keyword.chunks,
            language: keyword.language.clone(),
            terms: keyword.terms.iter().map(|term| (term.term.clone(), term.document_frequency)).collect(),
            hits: ranking.hits.iter().take(DESCRIBED).map(|hit| self.describe(question, candidates, hit)).collect(),
        }
    }

    fn describe(&self, question: &str, candidates: &Candidates, hit: &Fused) -> HitSignals {
        let keyword = &candidates.keyword;
        let languages: Vec<String> = keyword.languages.iter().map(|share| share.language.clone()).collect();
        let words = analysis::question_words(question, keyword.language.as_deref(), &languages);
        let passage = self.passages.get(&hit.chunk);
        let terms =
            passage.map_or_else(Vec::new, |passage| self.index.terms(&passage.text, passage.language.as_deref()));
        let places = words.iter().map(|word| {
            let matches = terms.iter().enumerate().filter(|(_, term)| word.terms.contains(term));
            matches.map(|(place, _)| place).collect()
        });
        HitSignals {
            words: hit.keyword_score,
            meaning: hit.vector_score,
            coverage: hit.coverage,
            strength: hit.strength,
            places: places.collect(),
            length: terms.len(),
        }
    }
}
