//! What the measurements share.

use std::{
    cell::{Cell, OnceCell},
    path::PathBuf,
};

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::json;

use crate::{
    bench::{corpus::Corpus, installation::Installation},
    environment, kept_apart,
    process::say,
    run::Program,
    workspace::Workspace,
};

/// The collection that [`Context::fill`] fills.
const COLLECTION: &str = "Bench";
/// So many vectors the model makes each time, beside those that it made before: a hundred thousand take most of an hour. Chunks
/// without one get a blend of two of them.
pub const NEW_VECTORS: usize = 8_000;
/// More than there are chunks: as many as are kept or may be made.
const MOST_VECTORS: &str = "1000000";
/// So many texts make one document, of a dozen chunks or so.
const TEXTS: usize = 8;

/// What the measurements share.
pub struct Context {
    /// The checkout.
    pub workspace: Workspace,
    /// Which of its programs is measured.
    program: Program,
    /// The texts.
    pub corpus: Corpus,
    /// How many vectors may still be made.
    new_vectors: Cell<usize>,
    ten_thousand: OnceCell<Filled>,
    hundred_thousand: OnceCell<Filled>,
}

/// An installation with many chunks.
pub struct Filled {
    /// The installation.
    pub installation: Installation,
    /// What `hammock fill` says of it.
    pub report: FillReport,
}

/// What `hammock fill` prints.
#[derive(Debug, Clone, Deserialize)]
pub struct FillReport {
    /// The collection.
    pub collection: String,
    /// How many chunks there are.
    pub chunks: usize,
    /// How many of their vectors are the model's.
    pub real_vectors: usize,
    /// How many of these it made just now.
    pub new_vectors: usize,
    /// How many tokens a chunk has, on average.
    pub tokens_per_chunk: f64,
    /// The share of the ten nearest chunks of a question that the index finds; none without questions.
    pub recall_at_10: Option<f64>,
}

/// What is filled in.
#[derive(Debug, Clone, Copy)]
pub struct Filling {
    /// How many chunks.
    pub chunks: usize,
    /// Makes each text a document of its own that has at most so many words.
    pub words: Option<usize>,
    /// Whether there are vectors.
    pub vectors: bool,
    /// How many questions the index is compared with an exact search by.
    pub questions: usize,
}

impl Context {
    /// Reads the texts: those of the folder that `HAMMOCK_RETRIEVAL_DATA` names, else those beside the checkout, else what the tests
    /// keep in the cache. So many vectors are made at most that the cache does not keep.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn new(workspace: &Workspace, program: Program, new_vectors: usize) -> Result<Self> {
        let named = environment::retrieval_data();
        let places: Vec<PathBuf> =
            [Some(workspace.retrieval_data()), kept_apart::folder()].into_iter().flatten().collect();
        let corpus = Corpus::find(named.as_deref(), &places)
            .context("the texts cannot be read; HAMMOCK_RETRIEVAL_DATA says where they are")?;
        let (new_vectors, ten_thousand, hundred_thousand) = (Cell::new(new_vectors), OnceCell::new(), OnceCell::new());
        Ok(Self { workspace: workspace.clone(), program, corpus, new_vectors, ten_thousand, hundred_thousand })
    }

    /// Whether what is measured on an installation is measured on real texts with the model's vectors alone. The budgets are about
    /// these: vectors that are blended lie otherwise.
    pub fn is_real(&self, filled: &Filled) -> bool {
        self.corpus.is_real && filled.report.is_real()
    }

    /// An empty installation.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn installation(&self) -> Result<Installation> {
        Installation::new(&self.workspace, self.program)
    }

    /// The installation of ten thousand chunks with vectors; several measurements use it, one after the other.
    ///
    /// # Errors
    /// When it cannot be filled.
    pub fn ten_thousand(&self) -> Result<&Filled> {
        self.once(&self.ten_thousand, Filling { chunks: 10_000, words: None, vectors: true, questions: 0 })
    }

    /// The same with a hundred thousand.
    ///
    /// # Errors
    /// When it cannot be filled.
    pub fn hundred_thousand(&self) -> Result<&Filled> {
        self.once(&self.hundred_thousand, Filling { chunks: 100_000, words: None, vectors: true, questions: 200 })
    }

    fn once<'a>(&self, cell: &'a OnceCell<Filled>, filling: Filling) -> Result<&'a Filled> {
        if cell.get().is_none() {
            let filled = self.fill(filling)?;
            // Nobody else can have set it: there is one thread.
            let _ = cell.set(filled);
        }
        cell.get().context("it was just set")
    }

    /// A new installation with a filled collection. Text goes the product's own way; see [`NEW_VECTORS`] for the vectors,
    /// which are kept in the cache.
    ///
    /// # Errors
    /// When it cannot be filled.
    pub fn fill(&self, filling: Filling) -> Result<Filled> {
        say(&format!("bench: filling in {} chunks", filling.chunks));
        let installation = self.installation()?;
        let cache = vector_cache()?;
        let (chunks, new) = (filling.chunks.to_string(), self.new_vectors.get().to_string());
        let cache = cache.to_str().context("the cache's path is not Unicode")?;
        let mut arguments = vec!["fill", "--collection", COLLECTION, "--chunks", &chunks];
        if filling.vectors {
            // All of them, if they are kept: a few more come than were asked for, with the rest of the last document.
            arguments.extend(["--real-vectors", MOST_VECTORS, "--new-vectors", &new, "--vector-cache", cache]);
        }
        let printed = installation.hammock(&arguments, |input| {
            for question in self.corpus.questions(filling.questions) {
                writeln!(input, "{}", json!({ "question": question }))?;
            }
            for number in 0.. {
                writeln!(input, "{}", self.document(number, filling.words))?;
            }
            Ok(())
        })?;
        let report: FillReport =
            serde_json::from_str(&printed).with_context(|| format!("hammock fill printed {printed:?}"))?;
        self.new_vectors.set(self.new_vectors.get().saturating_sub(report.new_vectors));
        Ok(Filled { installation, report })
    }

    /// A line of the input of `hammock fill`.
    fn document(&self, number: usize, words: Option<usize>) -> serde_json::Value {
        if let Some(words) = words {
            let text = self.corpus.document(number);
            let cut: Vec<&str> = text.text.split_inclusive(' ').take(words).collect();
            return json!({ "title": text.title, "text": cut.concat() });
        }
        let texts: Vec<_> = (number * TEXTS..(number + 1) * TEXTS).map(|number| self.corpus.document(number)).collect();
        let text: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
        json!({ "title": texts[0].title, "text": text.join("\n\n") })
    }
}

impl FillReport {
    /// Whether every vector is the model's.
    pub fn is_real(&self) -> bool {
        self.real_vectors >= self.chunks
    }

    /// What the reader of a figure must know of the vectors.
    pub fn note(&self) -> String {
        let real = self.real_vectors.min(self.chunks);
        let chunks = self.chunks;
        if self.is_real() {
            format!("{chunks} chunks, every vector made by the model")
        } else {
            format!(
                "{real} of {chunks} vectors made by the model, {} of them in this run; the others blended from two of these",
                self.new_vectors
            )
        }
    }
}

fn vector_cache() -> Result<PathBuf> {
    let folder = environment::cache_dir().context("neither HAMMOCK_CACHE_DIR nor HOME is set")?.join("bench");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder.join("vectors"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_real_when_the_model_made_all_of_them() {
        let report = |real_vectors| FillReport {
            collection: String::new(),
            chunks: 1_000,
            real_vectors,
            new_vectors: 8,
            tokens_per_chunk: 200.0,
            recall_at_10: None,
        };
        assert!(report(1_000).is_real() && report(1_004).is_real() && !report(999).is_real());
        assert_eq!(report(1_004).note(), "1000 chunks, every vector made by the model");
        assert!(report(999).note().starts_with("999 of 1000 vectors made by the model, 8 of them in this run"));
    }
}
