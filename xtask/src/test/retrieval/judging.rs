//! What must hold of the figures of a set.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::sets::Set;
use crate::process::say;

/// How much worse than the better of its sides the fusion may be. nDCG@10.
const LOSS: f64 = 0.005;

/// How much worse than the best of the fusions with one weight for all it may be on a set that is kept apart. nDCG@10.
const LOSS_TO_FIXED: f64 = 0.02;

/// What `hammock eval retrieval --json` prints.
#[derive(Deserialize)]
pub struct Report {
    modes: BTreeMap<String, Figures>,
    /// nDCG@10 by the weight of meaning, with `--fixed`.
    #[serde(default)]
    fixed: BTreeMap<String, f64>,
    refusals: BTreeMap<String, Refusals>,
}

#[derive(Clone, Copy, Deserialize)]
struct Figures {
    #[serde(rename = "ndcg@10")]
    ndcg: f64,
    p50_ms: f64,
    p95_ms: f64,
}

#[derive(Deserialize)]
struct Refusals {
    answerable: Count,
    unanswerable: Vec<Count>,
}

#[derive(Clone, Copy, Deserialize)]
struct Count {
    questions: u32,
    refused: u32,
}

/// What is expected of a set, and whether it is so.
pub fn judge(set: &Set, report: &Report) -> Vec<(String, Result<()>)> {
    let mut judged = Vec::new();
    let mut check = |what: &str, outcome: Result<()>| judged.push((format!("{}: {what}", set.folder), outcome));
    let figures = |mode: &str| report.modes.get(mode).copied();
    for (mode, Figures { ndcg, p50_ms, p95_ms }) in &report.modes {
        say(&format!("retrieval: {} {mode}: nDCG@10 {ndcg:.4}, p50 {p50_ms:.1} ms, p95 {p95_ms:.1} ms", set.folder));
    }
    let (keyword, vector, hybrid) = (figures("keyword"), figures("vector"), figures("hybrid"));
    if let Some(least) = set.keyword {
        check("words find what they should", at_least(keyword, least));
    }
    if let Some(least) = set.hybrid {
        check("words and meaning find what they should", at_least(hybrid, least));
    }
    if !set.words_alone {
        let better = [keyword, vector].into_iter().flatten().map(|figures| figures.ndcg).fold(0.0, f64::max);
        check("the fusion is no worse than its sides", at_least(hybrid, better - LOSS));
    }
    if set.is_kept_apart {
        let fixed: Vec<String> = report.fixed.iter().map(|(weight, ndcg)| format!("{weight} {ndcg:.4}")).collect();
        say(&format!("retrieval: {} with one weight of meaning for all: {}", set.folder, fixed.join(", ")));
        let best = report.fixed.values().copied().reduce(f64::max).context("no other fusion was measured");
        // Nobody knows beforehand which is the best.
        let outcome = best.and_then(|best| at_least(hybrid, best - LOSS_TO_FIXED));
        check("the fusion is near the best with one weight for all", outcome);
    }
    if let Some(refusals) = report.refusals.get("hybrid").filter(|refusals| !refusals.unanswerable.is_empty()) {
        let strangers = refusals.unanswerable.iter().fold(Count { questions: 0, refused: 0 }, |sum, other| Count {
            questions: sum.questions + other.questions,
            refused: sum.refused + other.refused,
        });
        let answerable = refusals.answerable;
        say(&format!("retrieval: {}: {strangers} without an answer and {answerable} with one are refused", set.folder));
        if let Some(expected) = set.refusals {
            check("questions without an answer are refused", strangers.share_is(&|share| share >= expected.right));
            check("questions with an answer are not", answerable.share_is(&|share| share <= expected.mistakes));
        }
    }
    judged
}

fn at_least(figures: Option<Figures>, least: f64) -> Result<()> {
    let figures = figures.context("it was not measured")?;
    ensure!(figures.ndcg >= least, "nDCG@10 is {:.4} and should be {least:.4} at least", figures.ndcg);
    Ok(())
}

impl Count {
    fn share_is(self, good: &dyn Fn(f64) -> bool) -> Result<()> {
        ensure!(self.questions > 0, "nothing was asked");
        ensure!(good(f64::from(self.refused) / f64::from(self.questions)), "{self} are refused");
        Ok(())
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} of {}", self.refused, self.questions)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::test::retrieval::sets;

    const GIVEN: Set = Set {
        folder: "scifact-en",
        queries: None,
        against: &["cranfield-en"],
        refusals: Some(sets::Refusals { right: 0.9, mistakes: 0.1 }),
        words_alone: false,
        keyword: Some(0.665),
        hybrid: Some(0.72),
        is_kept_apart: false,
    };
    const KEPT_APART: Set =
        Set { folder: "faq-en", against: &[], keyword: None, hybrid: None, is_kept_apart: true, ..GIVEN };

    fn mode(ndcg: f64) -> Value {
        json!({ "ndcg@10": ndcg, "recall@100": 1.0, "p50_ms": 1.0, "p95_ms": 2.0 })
    }

    /// How many expectations a set has, and which of them are not met.
    fn judged(set: &Set, report: Value) -> (usize, Vec<String>) {
        let report: Report = serde_json::from_value(report).expect("the report is understood");
        let judged = judge(set, &report);
        let count = judged.len();
        let failed = judged.into_iter().filter_map(|(what, outcome)| Some(format!("{what}: {}", outcome.err()?)));
        (count, failed.collect())
    }

    fn failures(keyword: f64, vector: f64, hybrid: f64, by_mistake: u32, refused: u32) -> Vec<String> {
        let report = json!({
            "dataset": "scifact-en",
            "modes": { "keyword": mode(keyword), "vector": mode(vector), "hybrid": mode(hybrid) },
            "refusals": { "hybrid": {
                "answerable": { "questions": 200, "refused": by_mistake },
                "unanswerable": [{ "dataset": "cranfield-en", "questions": 100, "refused": refused }],
            } },
        });
        let (count, failed) = judged(&GIVEN, report);
        assert_eq!(count, 5);
        failed
    }

    #[test]
    fn figures_that_hold_pass() {
        assert_eq!(failures(0.665, 0.6, 0.72, 20, 90), Vec::<String>::new());
        assert_eq!(failures(0.73, 0.6, 0.726, 0, 100), Vec::<String>::new());
    }

    #[test]
    fn figures_that_do_not_are_named() {
        let failed = failures(0.66, 0.73, 0.71, 21, 89);
        assert_eq!(failed.len(), 5, "{failed:?}");
        assert_eq!(
            failed[0],
            "scifact-en: words find what they should: nDCG@10 is 0.6600 and should be 0.6650 at least"
        );
        assert!(failed[4].ends_with("21 of 200 are refused"), "{failed:?}");
    }

    #[test]
    fn a_set_that_is_kept_apart_is_judged_by_its_sides_and_by_fixed_fusions() {
        let with = |hybrid: f64, fixed: Value| {
            let modes = json!({ "keyword": mode(0.6), "vector": mode(0.7), "hybrid": mode(hybrid) });
            let refused = json!({ "answerable": { "questions": 90, "refused": 1 }, "unanswerable": [] });
            let refusals = json!({ "hybrid": refused });
            judged(&KEPT_APART, json!({ "modes": modes, "fixed": fixed, "refusals": refusals }))
        };
        assert_eq!(with(0.72, json!({ "0.0": 0.61, "0.5": 0.739, "1.0": 0.7 })), (2, Vec::new()));
        let (count, failed) = with(0.69, json!({ "0.5": 0.74 }));
        assert_eq!((count, failed.len()), (2, 2), "{failed:?}");
        assert_eq!(
            failed[1],
            "faq-en: the fusion is near the best with one weight for all: nDCG@10 is 0.6900 and should be 0.7200 at least"
        );
        let (_, failed) = with(0.72, json!({}));
        assert_eq!(
            failed,
            ["faq-en: the fusion is near the best with one weight for all: no other fusion was measured"]
        );
    }
}
