//! Measures retrieval on a collection with known answers, in the layout of BEIR: `corpus.jsonl`, `queries.jsonl`,
//! `qrels/test.tsv`. The steps that the product does before a search are handed in as a [`Pipeline`], so that what is
//! measured is the product.

mod dataset;

use std::{collections::HashMap, time::Instant};

use async_trait::async_trait;
use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId, search::SearchMode};
use serde::Serialize;

pub use dataset::{Dataset, DatasetError, Query, Text};

use crate::{
    ChunkText, ChunkVector, IndexError, IndexedDocument, SearchFilter, SearchIndex, VectorSpace,
    metrics::{self, Judgements},
    search::{self, Candidates, QueryVector, Ranking},
};

/// How many chunks are given to the index at once.
const BATCH: usize = 512;
/// How far down a ranking recall looks. Documents.
const RECALL_DEPTH: usize = 100;

/// A document as it is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// ISO 639-1 code of its language, where it was recognised.
    pub language: Option<String>,
    /// Heading and text of each chunk.
    pub chunks: Vec<(String, String)>,
}

/// The product's own steps from a document to chunks and from texts to vectors.
#[async_trait]
pub trait Pipeline: Send + Sync {
    /// Cuts a document into chunks.
    fn cut(&self, document: &Text) -> Cut;

    /// The embedding model's space and its languages; `None` to measure the words alone.
    fn model(&self) -> Option<(VectorSpace, Vec<String>)>;

    /// One vector of unit length for each text. `question` tells questions from passages.
    ///
    /// # Errors
    /// What the model failed with.
    async fn embed(&self, texts: Vec<String>, question: bool) -> Result<Vec<Vec<f32>>, String>;
}

/// Why a measurement broke off.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// The index failed.
    #[error("the index failed: {0}")]
    Index(#[from] IndexError),
    /// The embedding model failed.
    #[error("the embedding model failed: {0}")]
    Embedding(String),
}

/// What was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The collection's name.
    pub dataset: String,
    /// How many questions were asked.
    pub queries: usize,
    /// By mode.
    pub modes: Modes,
}

/// The three ways to search.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Modes {
    /// Words.
    pub keyword: Figures,
    /// Meaning; absent without a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vector: Option<Figures>,
    /// Both; absent without a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hybrid: Option<Figures>,
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

/// A collection in an index, ready to be asked.
pub struct Bench<'a> {
    index: &'a dyn SearchIndex,
    pipeline: &'a dyn Pipeline,
    filter: SearchFilter,
    names: HashMap<DocumentId, String>,
}

impl<'a> Bench<'a> {
    /// Puts the documents into the index, as a tenant and a collection of their own, through the product's steps. `progress` is
    /// called with how many documents are done.
    ///
    /// # Errors
    /// When the index or the model fails.
    pub async fn fill(
        index: &'a dyn SearchIndex,
        pipeline: &'a dyn Pipeline,
        dataset: &Dataset,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Bench<'a>, EvalError> {
        let organisation = OrganisationId::new();
        let collection = CollectionId::new();
        let mut bench = Bench {
            index,
            pipeline,
            filter: SearchFilter { organisations: vec![organisation.clone()], collections: vec![collection.clone()] },
            names: HashMap::with_capacity(dataset.documents.len()),
        };
        let mut waiting = Vec::new();
        let mut chunks = 0;
        for (done, document) in dataset.documents.iter().enumerate() {
            let Cut { language, chunks: cuts } = pipeline.cut(document);
            let indexed = IndexedDocument {
                organisation: organisation.clone(),
                collection: collection.clone(),
                document: DocumentId::new(),
                revision: 1,
                language,
                chunks: (0..)
                    .zip(cuts)
                    .map(|(ordinal, (heading, text))| ChunkText { chunk: ChunkId::new(), ordinal, heading, text })
                    .collect(),
            };
            bench.names.insert(indexed.document.clone(), document.id.clone());
            chunks += indexed.chunks.len();
            waiting.push(indexed);
            if chunks >= BATCH || done + 1 == dataset.documents.len() {
                bench.put(&waiting).await?;
                waiting.clear();
                chunks = 0;
                progress(done + 1);
            }
        }
        index.optimise().await?;
        Ok(bench)
    }

    /// The collection's questions in all modes. A document's score is that of its best chunk.
    ///
    /// # Errors
    /// When the index or the model fails.
    pub async fn measure(&self, dataset: &Dataset) -> Result<Report, EvalError> {
        let with_model = self.pipeline.model().is_some();
        let keyword = self.figures(dataset, SearchMode::Keyword).await?;
        let vector = if with_model { Some(self.figures(dataset, SearchMode::Vector).await?) } else { None };
        let hybrid = if with_model { Some(self.figures(dataset, SearchMode::Hybrid).await?) } else { None };
        let modes = Modes { keyword, vector, hybrid };
        Ok(Report { dataset: dataset.name.clone(), queries: dataset.queries.len(), modes })
    }

    /// What the product finds for a question, and how much evidence it has.
    ///
    /// # Errors
    /// When the index or the model fails.
    pub async fn ask(&self, question: &str, mode: SearchMode) -> Result<Ranking, EvalError> {
        Ok(self.candidates(question, mode).await?.rank(mode, 2 * search::DEPTH))
    }

    /// The documents of a ranking by the names that the collection gives them, each once, best first.
    pub fn documents(&self, ranking: &Ranking) -> Vec<String> {
        let mut documents: Vec<String> = Vec::new();
        for hit in &ranking.hits {
            if let Some(name) = self.names.get(&hit.document)
                && !documents.contains(name)
            {
                documents.push(name.clone());
            }
        }
        documents
    }

    async fn put(&self, documents: &[IndexedDocument]) -> Result<(), EvalError> {
        self.index.put_text(documents).await?;
        let Some((space, _)) = self.pipeline.model() else { return Ok(()) };
        let chunks: Vec<(&IndexedDocument, &ChunkText)> =
            documents.iter().flat_map(|document| document.chunks.iter().map(move |chunk| (document, chunk))).collect();
        let texts = chunks.iter().map(|(_, chunk)| passage(chunk)).collect();
        let vectors = self.pipeline.embed(texts, false).await.map_err(EvalError::Embedding)?;
        let rows = chunks.into_iter().zip(vectors).map(|((document, chunk), vector)| ChunkVector {
            organisation: document.organisation.clone(),
            collection: document.collection.clone(),
            document: document.document.clone(),
            revision: document.revision,
            chunk: chunk.chunk.clone(),
            vector,
        });
        Ok(self.index.put_vectors(&space, rows.collect()).await?)
    }

    async fn figures(&self, dataset: &Dataset, mode: SearchMode) -> Result<Figures, EvalError> {
        let (mut ndcg, mut recall, mut took) = (0.0, 0.0, Vec::with_capacity(dataset.queries.len()));
        for query in &dataset.queries {
            let began = Instant::now();
            let ranking = self.ask(&query.text, mode).await?;
            took.push(began.elapsed().as_secs_f64() * 1_000.0);
            let documents = self.documents(&ranking);
            let none = Judgements::new();
            let judgements = dataset.judgements.get(&query.id).unwrap_or(&none);
            ndcg += metrics::ndcg(&documents, judgements, 10);
            recall += metrics::recall(&documents, judgements, RECALL_DEPTH);
        }
        let count = dataset.queries.len().max(1) as f64;
        let milliseconds = |share| (metrics::percentile(&took, share) * 100.0).round() / 100.0;
        let rounded = |value: f64| (value / count * 10_000.0).round() / 10_000.0;
        Ok(Figures {
            ndcg: rounded(ndcg),
            recall: rounded(recall),
            p50_ms: milliseconds(0.5),
            p95_ms: milliseconds(0.95),
        })
    }

    async fn candidates(&self, question: &str, mode: SearchMode) -> Result<Candidates, EvalError> {
        let model = self.pipeline.model().filter(|_| mode != SearchMode::Keyword);
        let vector = match &model {
            Some(_) => {
                let vectors =
                    self.pipeline.embed(vec![question.to_owned()], true).await.map_err(EvalError::Embedding)?;
                vectors.into_iter().next()
            }
            None => None,
        };
        let query = match (&model, &vector) {
            (Some((space, languages)), Some(vector)) => Some(QueryVector { space, vector, languages }),
            _ => None,
        };
        Ok(search::search(self.index, question, None, &self.filter, mode, query).await?)
    }
}

/// What the model reads of a chunk: where it stands, then what it says.
fn passage(chunk: &ChunkText) -> String {
    if chunk.heading.is_empty() { chunk.text.clone() } else { format!("{}\n{}", chunk.heading, chunk.text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryIndex;

    /// Vectors of letters: enough to tell three texts apart.
    struct Letters;

    #[async_trait]
    impl Pipeline for Letters {
        fn cut(&self, document: &Text) -> Cut {
            let halves = document.text.split(". ").map(|half| (document.title.clone(), half.to_owned()));
            Cut { language: Some("en".to_owned()), chunks: halves.collect() }
        }

        fn model(&self) -> Option<(VectorSpace, Vec<String>)> {
            Some((VectorSpace { model: "letters".to_owned(), dimension: 26 }, vec!["en".to_owned()]))
        }

        async fn embed(&self, texts: Vec<String>, _: bool) -> Result<Vec<Vec<f32>>, String> {
            let vector = |text: &String| {
                let mut counts = vec![0.0_f32; 26];
                for letter in text.bytes().filter(u8::is_ascii_lowercase) {
                    counts[usize::from(letter - b'a')] += 1.0;
                }
                let length = counts.iter().map(|count| count * count).sum::<f32>().sqrt().max(1.0);
                counts.into_iter().map(|count| count / length).collect()
            };
            Ok(texts.iter().map(vector).collect())
        }
    }

    #[tokio::test]
    async fn a_collection_is_measured_in_all_modes() -> Result<(), EvalError> {
        let text = |id: &str, text: &str| Text { id: id.to_owned(), title: String::new(), text: text.to_owned() };
        let dataset = Dataset {
            name: "tiny".to_owned(),
            documents: vec![
                text("1", "zebras graze on plains. they have stripes"),
                text("2", "umbrellas keep the rain off. they fold"),
                text("3", "candles burn wax. they glow"),
            ],
            queries: vec![
                Query { id: "a".to_owned(), text: "zebras with stripes".to_owned() },
                Query { id: "b".to_owned(), text: "umbrellas in rain".to_owned() },
            ],
            judgements: [("a", "1"), ("b", "2")]
                .map(|(query, document)| (query.to_owned(), [(document.to_owned(), 1)].into()))
                .into(),
        };
        let index = MemoryIndex::new();
        let bench = Bench::fill(&index, &Letters, &dataset, &|_| ()).await?;
        let report = bench.measure(&dataset).await?;
        assert_eq!((report.queries, report.modes.keyword.ndcg, report.modes.keyword.recall), (2, 1.0, 1.0));
        assert_eq!(report.modes.hybrid.map(|hybrid| hybrid.ndcg), Some(1.0));
        let json = serde_json::to_value(&report).unwrap_or_default();
        assert_eq!(json["modes"]["keyword"]["ndcg@10"], 1.0);
        assert!(json["modes"]["vector"]["p95_ms"].is_number());
        let ranking = bench.ask("zebras with stripes", SearchMode::Hybrid).await?;
        assert_eq!(bench.documents(&ranking)[0], "1");
        Ok(())
    }
}
