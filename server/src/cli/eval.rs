//! `hammock eval`.

pub mod collection;
pub mod support;

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hammock_domain::{ProductPipeline, counted};
use hammock_retrieval::eval::{Bench, Dataset, Figures, Outcome, Report};

use crate::{config::Config, wire};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measures search on a collection with known answers, in a temporary index.
    Retrieval(Retrieval),
    /// Measures how well the sentences of answers are found that no source supports, on pairs with labels.
    Support(support::Support),
    /// Asks the questions of a collection, as its page of evaluation does, and says how well they are found and what got worse.
    Collection(collection::Command),
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| "must be a whole number, 1 or more".to_owned())
}

#[derive(Debug, Args)]
pub struct Retrieval {
    /// The collection, in the layout of BEIR: corpus.jsonl, queries.jsonl, qrels/test.tsv.
    #[arg(long, value_name = "DIR")]
    dataset: PathBuf,
    /// Asks the first questions only.
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    queries: Option<usize>,
    /// Also asks the questions of this collection, none of which the first one answers, and counts how many are refused; as
    /// many of them as of the first. Can be repeated.
    #[arg(long, value_name = "DIR")]
    against: Vec<PathBuf>,
    /// Writes what was found for each question, and the signals that the evidence rests on, as JSON lines.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Keeps the vectors of passages in this folder between measurements.
    #[arg(long, value_name = "DIR")]
    vectors: Option<PathBuf>,
    /// Measures words alone, although there is an embedding model.
    #[arg(long)]
    keyword_only: bool,
    /// Also measures fusions that weigh meaning alike for every question, from 0 to 1, on the same hits: what the product's own
    /// fusion, which decides by the question, should come near to.
    #[arg(long, conflicts_with = "keyword_only")]
    fixed: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// Measures search in an index of its own.
pub async fn retrieval(config: &Config, command: Retrieval) -> anyhow::Result<()> {
    let dataset = Dataset::load(&command.dataset, command.queries)?;
    let others = command.against.iter().map(|folder| Dataset::load(folder, Some(dataset.queries.len())));
    let others = others.collect::<Result<Vec<_>, _>>()?;
    let record = command.record.as_deref().map(Record::create).transpose()?;
    let model = config.embedding().filter(|_| !command.keyword_only);
    if model.is_none() && !command.keyword_only {
        errln!("there is no embedding model: words are measured alone");
    }
    let pipeline =
        ProductPipeline::load(wire::embedders(config)?, model, command.vectors).await.map_err(anyhow::Error::msg)?;
    let folder = std::env::temp_dir().join(format!("hammock-eval-{}", uuid::Uuid::now_v7().simple()));
    let measured = measure(&folder, &pipeline, &dataset, &others, command.fixed, record).await;
    // Best effort: what the system's temporary folder keeps, the system removes.
    let _ = std::fs::remove_dir_all(&folder);
    let report = measured?;
    if command.json {
        outln!("{}", serde_json::to_string(&report)?);
    } else {
        print_table(&report);
    }
    Ok(())
}

async fn measure(
    folder: &Path,
    pipeline: &ProductPipeline,
    dataset: &Dataset,
    others: &[Dataset],
    with_fixed: bool,
    mut record: Option<Record>,
) -> anyhow::Result<Report> {
    let index = wire::index(folder).await?;
    let all = dataset.documents.len();
    let bench =
        Bench::fill(&*index, pipeline, dataset, &|done| errln!("{done} of {}", counted(all, "document"))).await?;
    let mut seen = |outcome: &Outcome| {
        if let Some(record) = &mut record {
            record.write(outcome);
        }
    };
    let bench = bench.with_fixed_fusions(with_fixed);
    let report = bench.measure(dataset, others, &mut seen).await?;
    if let Some(record) = record {
        record.finish()?;
    }
    Ok(report)
}

/// A file of JSON lines. A line that cannot be written is told of at the end, so that the measurement goes on.
struct Record {
    file: BufWriter<File>,
    failed: Option<anyhow::Error>,
}

impl Record {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { file: BufWriter::new(file), failed: None })
    }

    fn write(&mut self, outcome: &Outcome) {
        let line = serde_json::to_string(outcome).map_err(anyhow::Error::from);
        let written = line.and_then(|line| Ok(writeln!(self.file, "{line}")?));
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    fn finish(mut self) -> anyhow::Result<()> {
        match self.failed.take() {
            Some(error) => Err(error.context("the record is not whole")),
            None => self.file.flush().context("the record is not whole"),
        }
    }
}

fn print_table(report: &Report) {
    outln!("{}, {}", report.dataset, counted(report.queries, "question"));
    outln!("{:<10}{:>10}{:>12}{:>10}{:>10}", "", "nDCG@10", "recall@100", "p50 ms", "p95 ms");
    let modes = &report.modes;
    let rows =
        [("keyword", Some(&modes.keyword)), ("vector", modes.vector.as_ref()), ("hybrid", modes.hybrid.as_ref())];
    for (name, figures) in rows {
        if let Some(Figures { ndcg, recall, p50_ms, p95_ms }) = figures {
            outln!("{name:<10}{ndcg:>10.4}{recall:>12.4}{p50_ms:>10.1}{p95_ms:>10.1}");
        }
    }
    if let Some(fixed) = &report.fixed {
        outln!("nDCG@10 of fusions with one weight of meaning for all questions:");
        for (weight, ndcg) in fixed {
            outln!("{weight:<10}{ndcg:>10.4}");
        }
    }
    for (name, refusals) in [("keyword", Some(&report.refusals.keyword)), ("hybrid", report.refusals.hybrid.as_ref())] {
        let Some(refusals) = refusals else { continue };
        let count = refusals.answerable;
        outln!(
            "{name}: {} of {} questions with the answer in the first three are refused",
            count.refused,
            count.questions
        );
        for other in &refusals.unanswerable {
            let count = other.count;
            outln!("{name}: {} of {} questions of {} are refused", count.refused, count.questions, other.dataset);
        }
    }
}
