//! `hammock search`.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use hammock_contract::search::{SearchHit, SearchMode, SearchRequest, SearchResponse};
use hammock_domain::{Hammock, MODEL_ADVICE};

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
    #[arg(long, value_parser = target::name)]
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

/// Searches. Where the operator `wants_no_model`, it is not said that there is none.
pub async fn run(hammock: &Hammock, wants_no_model: bool, command: Command) -> anyhow::Result<()> {
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
    let request = SearchRequest {
        query: command.query,
        collections,
        mode,
        limit: Some(command.limit),
        ..SearchRequest::default()
    };
    let found = hammock.search(&scope, request).await?;
    match &found.vector_missing {
        Some(missing) if mode == SearchMode::Vector => {
            anyhow::bail!("search by meaning is not possible: {missing}; {MODEL_ADVICE}");
        }
        Some(missing) if !wants_no_model => errln!("search is by words alone: {missing}; {MODEL_ADVICE}"),
        Some(_) | None => {}
    }
    match written(&found, command.json) {
        // Whoever reads has enough: `hammock search … | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

fn written(found: &SearchResponse, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        return writeln!(out, "{}", serde_json::to_string_pretty(found)?);
    }
    for (place, hit) in found.hits.iter().enumerate() {
        let headings =
            if hit.headings.is_empty() { String::new() } else { format!(" › {}", hit.headings.join(" › ")) };
        writeln!(out, "{}. {}{headings}{}", place + 1, hit.title, scores(hit))?;
        if let Some(url) = &hit.url {
            writeln!(out, "   {url}")?;
        }
        let excerpt: String = hit.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(240).collect();
        writeln!(out, "   {excerpt}")?;
    }
    if found.hits.is_empty() {
        writeln!(out, "nothing was found")?;
    }
    Ok(())
}

/// What each side of the index makes of a hit. Not the score of the fusion: it says how far a hit stands out from the others,
/// which is nothing where there is one.
fn scores(hit: &SearchHit) -> String {
    let words = hit.keyword_score.map(|score| format!("words {score:.1}"));
    let meaning = hit.vector_score.map(|score| format!("meaning {score:.2}"));
    let sides: Vec<String> = words.into_iter().chain(meaning).collect();
    if sides.is_empty() { String::new() } else { format!(" ({})", sides.join(", ")) }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ChunkId, CollectionId, DocumentId};

    use super::*;

    #[test]
    fn each_side_says_what_it_makes_of_a_hit() {
        let hit = |keyword_score, vector_score| SearchHit {
            document: DocumentId::fixed("some"),
            chunk: ChunkId::fixed("some"),
            collection: CollectionId::fixed("some"),
            revision: 1,
            title: String::new(),
            headings: Vec::new(),
            url: None,
            text: String::new(),
            edited: None,
            start: 0,
            end: 0,
            score: 0.0,
            keyword_score,
            vector_score,
        };
        assert_eq!(scores(&hit(Some(7.26), Some(0.618))), " (words 7.3, meaning 0.62)");
        assert_eq!(scores(&hit(Some(7.26), None)), " (words 7.3)");
        assert_eq!(scores(&hit(None, Some(0.618))), " (meaning 0.62)");
        assert_eq!(scores(&hit(None, None)), "");
    }
}
