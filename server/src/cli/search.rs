//! `hammock search`.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use hammock_contract::search::{SearchMode, SearchRequest};
use hammock_domain::Hammock;

use super::{Organisation, target};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    Hybrid,
    Keyword,
    Vector,
}

#[derive(Debug, Args)]
pub struct Command {
    /// What is sought.
    query: String,
    /// Only in this collection.
    #[arg(long)]
    collection: Option<String>,
    /// Which side of the index answers.
    #[arg(long, value_enum, default_value = "hybrid")]
    mode: Mode,
    /// At most this many hits.
    #[arg(long, default_value_t = 10)]
    limit: u32,
    /// Prints JSON, as the public API answers it.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    organisation: Organisation,
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<()> {
    let scope = target::scope(hammock, &command.organisation).await?;
    let collections = match &command.collection {
        Some(name) => {
            let found = target::find_collection(hammock, &scope, name).await?;
            vec![found.with_context(|| format!("there is no collection {name:?}"))?]
        }
        None => Vec::new(),
    };
    let mode = match command.mode {
        Mode::Hybrid => SearchMode::Hybrid,
        Mode::Keyword => SearchMode::Keyword,
        Mode::Vector => SearchMode::Vector,
    };
    if mode != SearchMode::Keyword {
        hammock.load_embedding_model().await;
    }
    let request = SearchRequest { query: command.query, collections, mode, limit: Some(command.limit) };
    let found = hammock.search(&scope, request).await?;
    if command.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
        return Ok(());
    }
    for (place, hit) in found.hits.iter().enumerate() {
        let headings =
            if hit.headings.is_empty() { String::new() } else { format!(" › {}", hit.headings.join(" › ")) };
        println!("{}. {}{headings} ({:.3})", place + 1, hit.title, hit.score);
        if let Some(url) = &hit.url {
            println!("   {url}");
        }
        let excerpt: String = hit.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(240).collect();
        println!("   {excerpt}");
    }
    if found.hits.is_empty() {
        println!("nothing was found");
    }
    if let Some(missing) = &found.vector_missing {
        eprintln!("by keyword only: {missing}");
    }
    Ok(())
}
