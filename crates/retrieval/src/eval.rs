//! Measures retrieval on a collection with known answers, in the layout of BEIR: `corpus.jsonl`, `queries.jsonl`,
//! `qrels/test.tsv`. The steps that the product does before a search are handed in as a [`Pipeline`], so that what is
//! measured is the product.

mod dataset;
mod fixed;
mod outcome;
mod report;

use std::{collections::HashMap, time::Instant};

use async_trait::async_trait;
use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId, search::SearchMode};

pub use dataset::{Dataset, DatasetError, Judgement, Query, Text, judgement};
pub use outcome::{HitSignals, Outcome, Signals};
pub use report::{Count, Figures, Modes, OfAnother, Refusals, Report};

use self::fixed::FixedFusions;
use crate::{
    ChunkText, ChunkVector, IndexError, IndexedDocument, SearchFilter, SearchIndex, VectorSpace,
    fusion::Fused,
    metrics,
    search::{self, Candidates, QueryVector, Ranking},
};

/// How many chunks are given to the index at once.
const BATCH: usize = 512;

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

/// A collection in an index, ready to be asked.
pub struct Bench<'a> {
    index: &'a dyn SearchIndex,
    pipeline: &'a dyn Pipeline,
    filter: SearchFilter,
    names: HashMap<DocumentId, String>,
    passages: HashMap<ChunkId, Passage>,
    with_fixed: bool,
}

/// What was indexed of a chunk.
struct Passage {
    language: Option<String>,
    text: String,
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
            filter: SearchFilter {
                organisations: vec![organisation.clone()],
                collections: vec![collection.clone()],
                documents: None,
            },
            names: HashMap::with_capacity(dataset.documents.len()),
            passages: HashMap::new(),
            with_fixed: false,
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
            bench.passages.extend(indexed.chunks.iter().map(|chunk| {
                let (language, text) = (indexed.language.clone(), passage(chunk));
                (chunk.chunk.clone(), Passage { language, text })
            }));
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

    /// Whether fusions that weigh both sides alike for every question are measured too, on the same hits: what a fusion that
    /// decides by the question should come near to.
    #[must_use]
    pub fn with_fixed_fusions(self, wanted: bool) -> Self {
        Self { with_fixed: wanted, ..self }
    }

    /// The collection's questions in all modes, and those of `others`, none of which it answers. A document's score is that of
    /// its best chunk. Whatever was asked is handed to `seen`.
    ///
    /// # Errors
    /// When the index or the model fails.
    pub async fn measure(
        &self,
        dataset: &Dataset,
        others: &[Dataset],
        seen: &mut (dyn FnMut(&Outcome) + Send),
    ) -> Result<Report, EvalError> {
        let keyword = self.measure_mode(dataset, others, SearchMode::Keyword, seen).await?;
        let (mut vector, mut hybrid, mut fixed) = (None, None, None);
        if self.pipeline.model().is_some() {
            vector = Some(self.measure_mode(dataset, &[], SearchMode::Vector, seen).await?.figures);
            let by_both = self.measure_mode(dataset, others, SearchMode::Hybrid, seen).await?;
            fixed = by_both.fixed.as_ref().map(FixedFusions::means);
            hybrid = Some(by_both);
        }
        let (hybrid, by_both) = hybrid.map(|measured| (measured.figures, measured.refusals)).unzip();
        Ok(Report {
            dataset: dataset.name.clone(),
            queries: dataset.queries.len(),
            modes: Modes { keyword: keyword.figures, vector, hybrid },
            fixed,
            refusals: Modes { keyword: keyword.refusals, vector: None, hybrid: by_both },
        })
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
        self.documents_of(&ranking.hits)
    }

    fn documents_of(&self, hits: &[Fused]) -> Vec<String> {
        let mut documents: Vec<String> = Vec::new();
        for hit in hits {
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

    async fn measure_mode(
        &self,
        dataset: &Dataset,
        others: &[Dataset],
        mode: SearchMode,
        seen: &mut (dyn FnMut(&Outcome) + Send),
    ) -> Result<Measured, EvalError> {
        let mut own = Vec::with_capacity(dataset.queries.len());
        let mut fixed = (self.with_fixed && mode == SearchMode::Hybrid).then(FixedFusions::default);
        for query in &dataset.queries {
            let (outcome, candidates) = self.outcome(query, dataset, mode).await?;
            if let (Some(fixed), Some(judgements)) = (&mut fixed, dataset.judgements.get(&query.id)) {
                fixed.add(&candidates, |hits| metrics::score(&self.documents_of(hits), judgements).ndcg);
            }
            seen(&outcome);
            own.push(outcome);
        }
        let mut refusals = Refusals::of_answerable(&own);
        for other in others {
            let mut strangers = Count::default();
            for query in &other.queries {
                let outcome = self.outcome(query, other, mode).await?.0.of_another(&other.name);
                seen(&outcome);
                strangers.add(&outcome);
            }
            refusals.unanswerable.push(OfAnother { dataset: other.name.clone(), count: strangers });
        }
        Ok(Measured { figures: Figures::of(&own, &dataset.judgements), refusals, fixed })
    }

    /// Asks one question; what came of it, and what both sides had found.
    async fn outcome(
        &self,
        query: &Query,
        dataset: &Dataset,
        mode: SearchMode,
    ) -> Result<(Outcome, Candidates), EvalError> {
        let began = Instant::now();
        let candidates = self.candidates(&query.text, mode).await?;
        let ranking = candidates.rank(mode, 2 * search::DEPTH);
        let took_ms = began.elapsed().as_secs_f64() * 1_000.0;
        let documents = self.documents(&ranking);
        let judgements = dataset.judgements.get(&query.id);
        let place = judgements.and_then(|known| metrics::score(&documents, known).place);
        let signals = self.signals(&query.text, &candidates, &ranking);
        let query = query.id.clone();
        let outcome = Outcome { mode, query, of: None, place, evidence: ranking.evidence, signals, documents, took_ms };
        Ok((outcome, candidates))
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

/// What one mode is worth.
struct Measured {
    figures: Figures,
    refusals: Refusals,
    fixed: Option<FixedFusions>,
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
        let other = Dataset {
            name: "other".to_owned(),
            queries: vec![Query { id: "c".to_owned(), text: "quantum physics".to_owned() }],
            ..Dataset::default()
        };
        let mut asked = Vec::new();
        let report = bench.measure(&dataset, &[other], &mut |outcome| asked.push(outcome.clone())).await?;
        assert_eq!((report.queries, report.modes.keyword.ndcg, report.modes.keyword.recall), (2, 1.0, 1.0));
        assert_eq!(report.modes.hybrid.map(|hybrid| hybrid.ndcg), Some(1.0));
        let json = serde_json::to_value(&report).unwrap_or_default();
        assert_eq!(json["modes"]["keyword"]["ndcg@10"], 1.0);
        assert!(json["modes"]["vector"]["p95_ms"].is_number());
        let refused = &json["refusals"]["keyword"];
        assert_eq!(refused["answerable"], serde_json::json!({ "questions": 2, "refused": 0 }));
        assert_eq!(refused["unanswerable"][0], serde_json::json!({ "dataset": "other", "questions": 1, "refused": 1 }));
        assert!(json["refusals"]["hybrid"].is_object() && json["refusals"]["vector"].is_null());
        assert!(json.get("fixed").is_none(), "it was not asked for");
        assert_eq!(asked.len(), 3 + 2 + 3);
        assert_eq!((asked[0].place, asked[2].of.as_deref(), asked[2].place), (Some(0), Some("other"), None));
        assert_eq!(asked[0].signals.hits[0].places.concat(), [0], "one of the two words, at the beginning");
        let ranking = bench.ask("zebras with stripes", SearchMode::Hybrid).await?;
        assert_eq!(bench.documents(&ranking)[0], "1");

        let bench = bench.with_fixed_fusions(true);
        let report = bench.measure(&dataset, &[], &mut |_| ()).await?;
        let fixed = report.fixed.unwrap_or_default();
        assert_eq!(fixed.len(), 11);
        assert_eq!(fixed.get("0.0"), Some(&report.modes.keyword.ndcg));
        assert_eq!(fixed.get("1.0"), report.modes.vector.as_ref().map(|vector| &vector.ndcg));
        assert!(fixed["1.0"] < fixed["0.0"], "letters know less than words: {fixed:?}");
        Ok(())
    }
}
