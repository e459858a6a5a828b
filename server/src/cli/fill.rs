//! `hammock fill`: much text from standard input, for measurements (`cargo xtask bench`).

use std::{io::BufRead, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use hammock_contract::source::{NewSource, SourceKind};
use hammock_domain::{FilledVectors, Filling, Hammock};
use serde::Deserialize;

use super::{Organisation, target};

#[derive(Debug, Args)]
pub struct Command {
    /// The collection; made when there is none.
    #[arg(long, default_value = "Filled")]
    collection: String,
    /// How many chunks.
    #[arg(long)]
    chunks: usize,
    /// How many of them get the vector that the model makes, at most; the others get blends of two of these. Without it, no
    /// chunk gets a vector.
    #[arg(long, requires = "vector_cache")]
    real_vectors: Option<usize>,
    /// How many of these the model makes at most, where the file does not keep them; as many as it takes by default.
    #[arg(long, requires = "real_vectors")]
    new_vectors: Option<usize>,
    /// The file that keeps the model's vectors.
    #[arg(long, value_name = "FILE")]
    vector_cache: Option<PathBuf>,
    #[command(flatten)]
    organisation: Organisation,
}

/// A line of the input: first questions, then documents.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Question { question: String },
    Document { title: String, text: String },
}

pub async fn run(hammock: &Hammock, command: Command) -> anyhow::Result<()> {
    let scope = target::scope(hammock, &command.organisation).await?;
    let collection = target::find_collection(hammock, &scope, &command.collection).await?;
    let collection = match collection {
        Some(id) => id,
        None => {
            let new = hammock_contract::collection::NewCollection {
                name: command.collection.clone(),
                ..hammock_contract::collection::NewCollection::default()
            };
            hammock.create_collection(&scope, new).await?.id
        }
    };
    let new = NewSource { name: String::new(), description: String::new(), kind: SourceKind::Upload };
    let source = hammock.create_source(&scope, &collection, new).await?;
    // Read on a thread of its own: the input waits until it is wanted.
    let (sender, mut lines) = tokio::sync::mpsc::channel::<anyhow::Result<Line>>(1_000);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(anyhow::Error::from).and_then(|line| {
                serde_json::from_str(&line).with_context(|| format!("not a question or a document: {line}"))
            });
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    let mut questions = Vec::new();
    let first = loop {
        match lines.recv().await.context("there is no document")?? {
            Line::Question { question } => questions.push(question),
            Line::Document { title, text } => break (title, text),
        }
    };
    let rest = std::iter::from_fn(move || match tokio::task::block_in_place(|| lines.blocking_recv())? {
        Ok(Line::Document { title, text }) => Some((title, text)),
        Ok(Line::Question { .. }) => None,
        Err(error) => {
            errln!("{error:#}");
            None
        }
    });
    let vectors = command.real_vectors.zip(command.vector_cache).map(|(most, cache)| {
        let new = command.new_vectors.unwrap_or(most);
        FilledVectors { most, new, cache }
    });
    let filling = Filling { chunks: command.chunks, vectors, questions };
    let texts = std::iter::once(first).chain(rest);
    let report = hammock.fill(&scope, &source.id, texts, &filling, |what, count| errln!("{count} {what}")).await?;
    outln!("{}", serde_json::to_string(&report)?);
    Ok(())
}
