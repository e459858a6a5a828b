//! Filling an installation with much text, to measure it at a size. Text goes the way of every document: stored, cut,
//! searchable by words, then answering. Only the vectors take a short cut, since a hundred thousand take most of an hour:
//! those that the model made before are taken from a file, so many more are made and kept in it for the next time, and the others
//! are blended from two of these.

use std::path::PathBuf;

use hammock_contract::{ChunkId, CollectionId, DocumentId, SourceId};
use hammock_ingest::parse::{FileInput, FileType, parse_as};
use hammock_retrieval::SearchFilter;
use hammock_store::{Scope, chunks, documents};
use tokio::time::Instant;

use super::{
    changes::Change,
    embedder::{text_of, vector_rows},
    pipeline::{Readable, content_hash, cut},
};
use crate::{
    Hammock, Result,
    error::{from_index, from_store, internal},
};

mod vectors;

/// Documents that are stored together.
const DOCUMENTS: usize = 400;
/// Chunks that get their vectors together.
const VECTORS: usize = 4_096;
/// How many neighbours of a question are compared.
const NEIGHBOURS: usize = 10;

/// What to fill in.
#[derive(Debug, Clone)]
pub struct Filling {
    /// How many chunks, at least.
    pub chunks: usize,
    /// Which vectors the chunks get; without it, none.
    pub vectors: Option<FilledVectors>,
    /// Questions by which the vector index is compared with an exact search.
    pub questions: Vec<String>,
}

/// Vectors to fill in.
#[derive(Debug, Clone)]
pub struct FilledVectors {
    /// How many chunks get the vector that the model makes of them, at most.
    pub most: usize,
    /// How many of these are made at most, where they are not kept.
    pub new: usize,
    /// The file that keeps them.
    pub cache: PathBuf,
}

/// What was filled in.
#[derive(Debug, Clone, serde::Serialize)]
pub struct FillReport {
    /// The collection.
    pub collection: CollectionId,
    /// How many documents there are.
    pub documents: usize,
    /// How many chunks.
    pub chunks: usize,
    /// How many tokens a chunk has, on average.
    pub tokens_per_chunk: f64,
    /// How many vectors are the model's.
    pub real_vectors: usize,
    /// How many of these were made now.
    pub new_vectors: usize,
    /// The share of the ten nearest chunks of a question that the index finds.
    pub recall_at_10: Option<f64>,
    /// How long cutting, storing and indexing the text took. Seconds.
    pub text_s: f64,
    /// How long the vectors took. Seconds.
    pub vectors_s: f64,
    /// How long the merging of small pieces took. Seconds.
    pub optimise_s: f64,
}

impl Hammock {
    /// Fills a source with documents (title and text) until there are enough chunks. `progress` hears what was done and how
    /// often.
    ///
    /// # Errors
    /// When the database, the index or the model fails, or the texts end too early.
    pub async fn fill(
        &self,
        scope: &Scope,
        source: &SourceId,
        mut texts: impl Iterator<Item = (String, String)>,
        filling: &Filling,
        progress: impl Fn(&str, usize),
    ) -> Result<FillReport> {
        self.load_embedding_model().await;
        let collection = self.find_source(scope, source).await?.collection;
        let began = Instant::now();
        let (mut stored, mut count, mut tokens) = (0, 0, 0);
        while count < filling.chunks {
            let batch: Vec<_> = texts.by_ref().take(DOCUMENTS).collect();
            if batch.is_empty() {
                return Err(internal(format!("the texts end after {count} chunks")));
            }
            let mut readable = self.read_texts(&collection, batch).await?;
            // Not more than was asked for, but for the rest of a document.
            let mut enough = count;
            readable.retain(|(document, _)| {
                let wanted = enough < filling.chunks;
                enough += document.spans.len();
                wanted
            });
            count += readable.iter().map(|(document, _)| document.spans.len()).sum::<usize>();
            tokens += readable.iter().map(|(_, tokens)| tokens).sum::<usize>();
            let first = stored;
            stored += readable.len();
            self.store_filled(scope, source, first, readable.into_iter().map(|(document, _)| document).collect())
                .await?;
            progress("chunks of text", count);
        }
        let text_s = began.elapsed().as_secs_f64();

        let began = Instant::now();
        let (mut real_vectors, mut new_vectors, mut filled) = (0, 0, Vec::new());
        if let Some(FilledVectors { most, new, cache }) = &filling.vectors {
            let mut source = vectors::Vectors::open(cache, *most, *new).map_err(internal)?;
            filled = self.fill_vectors(scope, &mut source, &progress).await?;
            (real_vectors, new_vectors) = (source.real(), source.made());
        }
        let vectors_s = began.elapsed().as_secs_f64();

        let began = Instant::now();
        self.0.index.optimise().await.map_err(from_index)?;
        let optimise_s = began.elapsed().as_secs_f64();
        let recall_at_10 = if filling.questions.is_empty() || filled.is_empty() {
            None
        } else {
            Some(self.recall(scope, &collection, &filled, &filling.questions).await?)
        };
        Ok(FillReport {
            collection,
            documents: stored,
            chunks: count,
            tokens_per_chunk: tokens as f64 / count.max(1) as f64,
            real_vectors,
            new_vectors,
            recall_at_10,
            text_s,
            vectors_s,
            optimise_s,
        })
    }

    /// Reads and cuts texts as the worker does with files of plain text; each with the number of its tokens.
    async fn read_texts(
        &self,
        collection: &CollectionId,
        batch: Vec<(String, String)>,
    ) -> Result<Vec<(Readable, usize)>> {
        let reading = batch.into_iter().map(|(title, text)| {
            let (sizer, collection) = (self.0.embedding.sizer(), collection.clone());
            tokio::task::spawn_blocking(move || {
                let file = FileInput { file_name: "document.txt", media_type: None, bytes: text.as_bytes() };
                // A text in which nothing is to be read makes no document.
                let mut parsed = parse_as(FileType::Text, &file).ok()?;
                parsed.title = title;
                let spans = cut(&parsed, &sizer);
                let tokens = spans.iter().filter_map(|span| parsed.text.get(span.start..span.end)).map(sizer).sum();
                let readable = Readable {
                    document: DocumentId::new(),
                    collection,
                    media_type: "text/plain".to_owned(),
                    hash: content_hash(&parsed),
                    text_hash: String::new(),
                    change: Change::Usual,
                    file_key: None,
                    parsed,
                    spans,
                    replaces: false,
                };
                Some((readable, tokens))
            })
        });
        let read = futures::future::try_join_all(reading).await.map_err(internal)?;
        Ok(read.into_iter().flatten().collect())
    }

    async fn store_filled(
        &self,
        scope: &Scope,
        source: &SourceId,
        first: usize,
        readable: Vec<Readable>,
    ) -> Result<()> {
        let new = (first..).zip(&readable).map(|(number, document)| documents::NewDocument {
            id: document.document.clone(),
            title: document.parsed.title.clone(),
            location: format!("document-{number}.txt"),
            url: None,
            media_type: document.media_type.clone(),
            bytes: document.parsed.text.len() as u64,
            file_key: None,
            seen_in_crawl: 0,
        });
        let tx = self.store().begin().await.map_err(from_store)?;
        documents::create_many(scope, &tx, source, new.collect(), self.now()).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.let_answer(scope, readable).await?;
        Ok(())
    }

    /// Gives every chunk that waits its vector; those of the scope's organisation come back.
    async fn fill_vectors(
        &self,
        scope: &Scope,
        source: &mut vectors::Vectors,
        progress: &impl Fn(&str, usize),
    ) -> Result<Vec<(ChunkId, Vec<f32>)>> {
        let embedder = self.0.embedding.ready().ok_or_else(|| internal("there is no embedding model"))?;
        let space = embedder.space().clone();
        let mut filled = Vec::new();
        loop {
            let waiting = chunks::list_waiting(self.store().read(), &space.model, VECTORS).await.map_err(from_store)?;
            if waiting.is_empty() {
                return Ok(filled);
            }
            let texts: Vec<String> = waiting.iter().map(text_of).collect();
            let made = source.of(&*embedder, &texts).await.map_err(internal)?;
            let ids: Vec<ChunkId> = waiting.iter().map(|chunk| chunk.id.clone()).collect();
            let rows = vector_rows(waiting, made);
            filled.extend(
                rows.iter()
                    .filter(|row| row.organisation == *scope.organisation())
                    .map(|row| (row.chunk.clone(), row.vector.clone())),
            );
            self.0.index.put_vectors(&space, rows).await.map_err(from_index)?;
            let tx = self.store().begin().await.map_err(from_store)?;
            chunks::mark_embedded(&tx, &ids, &space.model).await.map_err(from_store)?;
            tx.commit().await.map_err(from_store)?;
            progress("vectors", filled.len());
        }
    }

    /// How many of the nearest chunks the index finds, compared with all that were filled in.
    async fn recall(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        filled: &[(ChunkId, Vec<f32>)],
        questions: &[String],
    ) -> Result<f64> {
        let filter = SearchFilter {
            organisations: vec![scope.organisation().clone()],
            collections: vec![collection.clone()],
            documents: None,
        };
        let mut found = 0;
        for question in questions {
            let (embedder, vector) = self.0.embedding.question(question).await.map_err(internal)?;
            let space = embedder.space();
            let exact = vectors::nearest(filled, &vector, NEIGHBOURS);
            let hits = self.0.index.vector(space, &vector, &filter, NEIGHBOURS).await.map_err(from_index)?;
            found += hits.iter().filter(|hit| exact.contains(&&hit.chunk)).count();
        }
        Ok(found as f64 / (NEIGHBOURS * questions.len()) as f64)
    }
}
