//! What a measurement says.

use std::collections::{BTreeMap, HashMap};

use hammock_contract::assistant::Strictness;
use serde::Serialize;

use super::Outcome;
use crate::metrics::{self, Judgements};

/// Among how many of the first documents the right one must be for a refusal to be a mistake.
const IN_SIGHT: usize = 3;

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The collection's name.
    pub dataset: String,
    /// How many questions were asked.
    pub queries: usize,
    /// How good and how fast the search is.
    pub modes: Modes<Figures>,
    /// Mean nDCG@10 of fusions with one weight of the vector side for all questions, by that weight, `0.0` to `1.0`; absent
    /// where that was not asked for, or without a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<BTreeMap<String, f64>>,
    /// What would not be answered at the default strictness. By meaning alone nothing is ever decided.
    pub refusals: Modes<Refusals>,
}

/// The three ways to search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Modes<T> {
    /// Words.
    pub keyword: T,
    /// Meaning; absent without a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector: Option<T>,
    /// Both; absent without a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hybrid: Option<T>,
}

/// How good and how fast one mode is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Figures {
    /// Mean nDCG@10.
    #[serde(rename = "ndcg@10")]
    pub ndcg: f64,
    /// Mean recall@100.
    #[serde(rename = "recall@100")]
    pub recall: f64,
    /// Median of a search with the embedding of its question. Milliseconds.
    pub p50_ms: f64,
    /// 95th percentile of the same. Milliseconds.
    pub p95_ms: f64,
}

impl Figures {
    pub(super) fn of(outcomes: &[Outcome], judgements: &HashMap<String, Judgements>) -> Self {
        let none = Judgements::new();
        let mean = |figure: &dyn Fn(&Outcome, &Judgements) -> f64| {
            let sum: f64 =
                outcomes.iter().map(|outcome| figure(outcome, judgements.get(&outcome.query).unwrap_or(&none))).sum();
            mean_of(sum, outcomes.len())
        };
        let took: Vec<f64> = outcomes.iter().map(|outcome| outcome.took_ms).collect();
        let milliseconds = |share| (metrics::percentile(&took, share) * 100.0).round() / 100.0;
        Self {
            ndcg: mean(&|outcome, judgements| metrics::score(&outcome.documents, judgements).ndcg),
            recall: mean(&|outcome, judgements| metrics::score(&outcome.documents, judgements).recall),
            p50_ms: milliseconds(0.5),
            p95_ms: milliseconds(0.95),
        }
    }
}

/// A mean as reports show it, with four digits.
pub(super) fn mean_of(sum: f64, questions: usize) -> f64 {
    (sum / questions.max(1) as f64 * 10_000.0).round() / 10_000.0
}

/// How many questions are refused at the default strictness.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Refusals {
    /// Of those whose right document is among the first three: each refusal is a mistake.
    pub answerable: Count,
    /// Of those of other collections, by collection: each refusal is right.
    pub unanswerable: Vec<OfAnother>,
}

/// Questions of another collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfAnother {
    /// The other collection's name.
    pub dataset: String,
    /// How many, and how many of them are refused.
    #[serde(flatten)]
    pub count: Count,
}

/// How many questions, and how many of them are refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// How many were asked.
    pub questions: u32,
    /// How many of them are refused.
    pub refused: u32,
}

impl Refusals {
    pub(super) fn of_answerable(outcomes: &[Outcome]) -> Self {
        let mut answerable = Count::default();
        for outcome in outcomes.iter().filter(|outcome| outcome.place.is_some_and(|place| place < IN_SIGHT)) {
            answerable.add(outcome);
        }
        Self { answerable, unanswerable: Vec::new() }
    }
}

impl Count {
    pub(super) fn add(&mut self, outcome: &Outcome) {
        self.questions += 1;
        self.refused += u32::from(!outcome.evidence.is_enough(Strictness::Balanced));
    }
}
