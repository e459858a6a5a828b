//! `hammock eval`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hammock_contract::{assistant::Strictness, search::SearchMode};
use hammock_domain::ProductPipeline;
use hammock_retrieval::eval::{Bench, Dataset, Figures, Report};

use crate::{config::Config, wire};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Measures search on a collection with known answers, in a temporary index.
    Retrieval(Retrieval),
}

#[derive(Debug, Args)]
pub struct Retrieval {
    /// The collection, in the layout of BEIR: corpus.jsonl, queries.jsonl, qrels/test.tsv.
    #[arg(long, value_name = "DIR")]
    dataset: PathBuf,
    /// Asks the first questions only.
    #[arg(long, value_name = "N")]
    queries: Option<usize>,
    /// Also asks the questions of this collection, none of which the first one answers, and says how many are refused.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let Command::Retrieval(command) = command;
    let dataset = Dataset::load(&command.dataset, command.queries)?;
    let model = config.embedding_model();
    if model.is_none() {
        eprintln!("there is no embedding model: words are measured alone");
    }
    let pipeline = ProductPipeline::load(model).await.map_err(anyhow::Error::msg)?;
    let folder = std::env::temp_dir().join(format!("hammock-eval-{}", uuid::Uuid::now_v7().simple()));
    let measured = measure(&folder, &pipeline, &dataset, command.against.as_deref()).await;
    // Best effort: what the system's temporary folder keeps, the system removes.
    let _ = std::fs::remove_dir_all(&folder);
    let (report, refusals) = measured?;
    if command.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print_table(&report);
    }
    for line in refusals {
        eprintln!("{line}");
    }
    Ok(())
}

async fn measure(
    folder: &Path,
    pipeline: &ProductPipeline,
    dataset: &Dataset,
    against: Option<&Path>,
) -> anyhow::Result<(Report, Vec<String>)> {
    let index = wire::index(folder).await?;
    let all = dataset.documents.len();
    let bench = Bench::fill(&*index, pipeline, dataset, &|done| eprintln!("{done} of {all} documents")).await?;
    let report = bench.measure(dataset).await?;
    let mut lines = Vec::new();
    if let Some(other) = against {
        let other = Dataset::load(other, Some(dataset.queries.len()))?;
        lines.push(refusals_of_answerable(&bench, dataset).await?);
        lines.push(refusals_of_strangers(&bench, &other).await?);
    }
    Ok((report, lines))
}

/// Of the questions whose right document is among the first three hits, how many are refused.
async fn refusals_of_answerable(bench: &Bench<'_>, dataset: &Dataset) -> anyhow::Result<String> {
    let (mut found, mut refused) = (0_u32, 0_u32);
    for query in &dataset.queries {
        let ranking = bench.ask(&query.text, SearchMode::Hybrid).await?;
        let documents = bench.documents(&ranking);
        let judgements = dataset.judgements.get(&query.id).context("a question without judgements")?;
        if documents.iter().take(3).any(|document| judgements.contains_key(document)) {
            found += 1;
            refused += u32::from(!ranking.evidence.is_enough(Strictness::Balanced));
        }
    }
    Ok(format!("{}: {refused} of {found} questions with the answer in the first three hits are refused", dataset.name))
}

/// Of questions that the collection does not answer, how many are refused.
async fn refusals_of_strangers(bench: &Bench<'_>, other: &Dataset) -> anyhow::Result<String> {
    let mut refused = 0_u32;
    for query in &other.queries {
        let ranking = bench.ask(&query.text, SearchMode::Hybrid).await?;
        refused += u32::from(!ranking.evidence.is_enough(Strictness::Balanced));
    }
    Ok(format!("{}: {refused} of {} questions that have no answer here are refused", other.name, other.queries.len()))
}

fn print_table(report: &Report) {
    println!("{}, {} questions", report.dataset, report.queries);
    println!("{:<10}{:>10}{:>12}{:>10}{:>10}", "", "nDCG@10", "recall@100", "p50 ms", "p95 ms");
    let modes = &report.modes;
    let rows =
        [("keyword", Some(&modes.keyword)), ("vector", modes.vector.as_ref()), ("hybrid", modes.hybrid.as_ref())];
    for (name, figures) in rows {
        if let Some(Figures { ndcg, recall, p50_ms, p95_ms }) = figures {
            println!("{name:<10}{ndcg:>10.4}{recall:>12.4}{p50_ms:>10.1}{p95_ms:>10.1}");
        }
    }
}
