//! How good the search is, against figures that must hold: the product's own `hammock eval retrieval` on collections with
//! known answers. They lie beside the checkout, not in it; where they are not, the checks are skipped.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{
    environment, model,
    process::{capture, duration, say},
    run,
    test::tally::Tally,
    workspace::Workspace,
};

/// A collection and what is expected on it.
struct Set {
    folder: &'static str,
    /// Asks the first questions only.
    queries: Option<u32>,
    /// Collections whose questions have no answer here, and should be refused.
    against: &'static [&'static str],
    /// Leaves the embedding model out: quick, and fusion is not judged.
    words_alone: bool,
    /// The least nDCG@10 by words.
    keyword: Option<f64>,
    /// The least nDCG@10 by words and meaning.
    hybrid: Option<f64>,
}

const SETS: [Set; 4] = [
    Set {
        folder: "cranfield-en",
        queries: None,
        against: &["scifact-en"],
        words_alone: false,
        keyword: Some(0.48),
        hybrid: Some(0.55),
    },
    Set {
        folder: "scifact-en",
        queries: None,
        against: &["cranfield-en"],
        words_alone: false,
        keyword: Some(0.665),
        hybrid: Some(0.72),
    },
    // French, which the default model does not know. All questions in every mode would take minutes each time.
    Set { folder: "piaf-fr", queries: Some(2_000), against: &[], words_alone: true, keyword: Some(0.76), hybrid: None },
    Set { folder: "piaf-fr", queries: Some(300), against: &[], words_alone: false, keyword: None, hybrid: None },
];

/// How much worse than the better of its sides the fusion may be. nDCG@10.
const LOSS: f64 = 0.005;
/// The least share of questions without an answer that is refused.
const REFUSED: f64 = 0.9;
/// The largest share of questions with an answer in sight that is refused.
const REFUSED_BY_MISTAKE: f64 = 0.1;

/// What `hammock eval retrieval --json` prints.
#[derive(Deserialize)]
struct Report {
    modes: BTreeMap<String, Figures>,
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

/// Measures every set and checks what is expected of it.
pub fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let data = environment::retrieval_data().unwrap_or_else(|| workspace.root.join("../shared/data/retrieval"));
    let missing = SETS.iter().filter(|set| !data.join(set.folder).join("corpus.jsonl").is_file()).count();
    if missing > 0 {
        let said = format!(
            "retrieval figures: {missing} of {} collections are not in {} (HAMMOCK_RETRIEVAL_DATA says where they are)",
            SETS.len(),
            data.display()
        );
        say(&said);
        tally.skip(&said, missing);
    }
    if missing == SETS.len() {
        return Ok(());
    }
    run::build_server(workspace)?;
    for set in SETS.iter().filter(|set| data.join(set.folder).join("corpus.jsonl").is_file()) {
        let began = std::time::Instant::now();
        match measure(workspace, &data, set) {
            Ok(report) => {
                say(&format!("retrieval: {} took {}", set.folder, duration(began.elapsed())));
                for (what, outcome) in judge(set, &report) {
                    tally.part(&what, outcome);
                }
            }
            Err(error) => tally.fail(&format!("retrieval on {}: {error:#}", set.folder)),
        }
    }
    Ok(())
}

fn measure(workspace: &Workspace, data: &Path, set: &Set) -> Result<Report> {
    let work = tempfile::tempdir().context("no temporary directory")?;
    let mut command = Command::new(workspace.server_binary());
    command
        .args(["eval", "retrieval", "--json", "--dataset"])
        .arg(data.join(set.folder))
        .arg("--vectors")
        .arg(vectors()?);
    if set.words_alone {
        command.arg("--keyword-only");
    }
    if let Some(queries) = set.queries {
        command.args(["--queries", &queries.to_string()]);
    }
    for other in set.against.iter().map(|other| data.join(other)).filter(|other| other.is_dir()) {
        command.arg("--against").arg(other);
    }
    // The defaults, whatever configuration the machine has.
    command.current_dir(work.path()).env("HAMMOCK_EMBEDDING__MODEL_DIR", model::directory()?);
    serde_json::from_str(&capture(&mut command)?).context("the measurement is not understood")
}

/// Where vectors that were made before are kept: embedding the collections takes minutes, and they do not change.
fn vectors() -> Result<PathBuf> {
    Ok(environment::cache_dir().context("neither HAMMOCK_CACHE_DIR nor HOME is set")?.join("vectors"))
}

/// What is expected of a set, and whether it is so.
fn judge(set: &Set, report: &Report) -> Vec<(String, Result<()>)> {
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
    if let Some(refusals) = report.refusals.get("hybrid").filter(|refusals| !refusals.unanswerable.is_empty()) {
        let strangers = refusals.unanswerable.iter().fold(Count { questions: 0, refused: 0 }, |sum, other| Count {
            questions: sum.questions + other.questions,
            refused: sum.refused + other.refused,
        });
        let answerable = refusals.answerable;
        say(&format!("retrieval: {}: {strangers} without an answer and {answerable} with one are refused", set.folder));
        check("questions without an answer are refused", strangers.share_is(&|share| share >= REFUSED));
        check("questions with an answer are not", answerable.share_is(&|share| share <= REFUSED_BY_MISTAKE));
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
    use super::*;

    fn failures(keyword: f64, vector: f64, hybrid: f64, by_mistake: u32, refused: u32) -> Vec<String> {
        let mode = |ndcg: f64| serde_json::json!({ "ndcg@10": ndcg, "recall@100": 1.0, "p50_ms": 1.0, "p95_ms": 2.0 });
        let report = serde_json::json!({
            "dataset": "scifact-en",
            "modes": { "keyword": mode(keyword), "vector": mode(vector), "hybrid": mode(hybrid) },
            "refusals": { "hybrid": {
                "answerable": { "questions": 200, "refused": by_mistake },
                "unanswerable": [{ "dataset": "cranfield-en", "questions": 100, "refused": refused }],
            } },
        });
        let report: Report = serde_json::from_value(report).unwrap();
        let judged = judge(&SETS[1], &report);
        assert_eq!(judged.len(), 5);
        judged.into_iter().filter_map(|(what, outcome)| outcome.err().map(|error| format!("{what}: {error}"))).collect()
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
}
