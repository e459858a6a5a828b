//! `hammock eval support`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use hammock_contract::support::UnsupportedReason;
use hammock_retrieval::support::{Source, Sources};
use serde::{Deserialize, Serialize};

#[derive(Debug, Args)]
pub struct Support {
    /// Sentences with a passage each, as JSON lines: `passage`, `sentence`, `supported`, and where known `language` and `class`.
    #[arg(long, value_name = "FILE")]
    pairs: PathBuf,
    /// Prints the sentences that were judged otherwise than they are labelled.
    #[arg(long)]
    mistakes: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// A sentence with a passage, and whether the passage supports it.
#[derive(Deserialize)]
struct Pair {
    passage: String,
    sentence: String,
    supported: bool,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    class: Option<String>,
}

/// How well the sentences without support were found.
#[derive(Default, Serialize)]
struct Score {
    pairs: u32,
    unsupported: u32,
    flagged: u32,
    flagged_rightly: u32,
    precision: Option<f64>,
    recall: Option<f64>,
}

impl Score {
    fn count(&mut self, pair: &Pair, lack: Option<UnsupportedReason>) {
        self.pairs += 1;
        self.unsupported += u32::from(!pair.supported);
        self.flagged += u32::from(lack.is_some());
        self.flagged_rightly += u32::from(!pair.supported && lack.is_some());
        self.precision = share(self.flagged_rightly, self.flagged);
        self.recall = share(self.flagged_rightly, self.unsupported);
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

/// Measures how well sentences are found that their passages do not support.
///
/// # Errors
/// When the file cannot be read.
pub fn run(command: &Support) -> anyhow::Result<()> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for pair in &read(&command.pairs)? {
        let source = Source { number: 1, context: "", text: &pair.passage };
        let language = pair.language.as_deref();
        let lack = Sources::read(&[source], language).lack(&pair.sentence, language, |_| true);
        for of in [Some("all"), language, pair.class.as_deref()].into_iter().flatten() {
            scores.entry(of.to_owned()).or_default().count(pair, lack);
        }
        if command.mistakes && lack.is_some() == pair.supported {
            errln!("{}: {}", lack.map_or_else(|| "not flagged".to_owned(), |lack| format!("{lack:?}")), pair.sentence);
        }
    }
    if command.json {
        outln!("{}", serde_json::to_string(&scores)?);
        return Ok(());
    }
    outln!("{:<14}{:>8}{:>10}{:>11}{:>9}", "", "pairs", "flagged", "precision", "recall");
    let figure = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.3}"));
    for (of, score) in &scores {
        let (precision, recall) = (figure(score.precision), figure(score.recall));
        outln!("{of:<14}{:>8}{:>10}{precision:>11}{recall:>9}", score.pairs, score.flagged);
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<Pair>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let pairs = lines.map(|(at, line)| {
        serde_json::from_str(line).with_context(|| format!("line {} of {} is no pair", at + 1, path.display()))
    });
    pairs.collect()
}
