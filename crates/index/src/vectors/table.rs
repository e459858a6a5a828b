//! One table: one task writes, everybody reads. Changes that wait while another is made are made together, because every
//! write of this engine is a new version on the disk.

use std::time::Instant;

use futures::TryStreamExt;
use hammock_contract::{ChunkId, DocumentId};
use hammock_retrieval::{ChunkVector, IndexError, SearchFilter, VectorHit};
use lancedb::{
    DistanceType, Table,
    index::{Index, scalar::BitmapIndexBuilder, vector::IvfFlatIndexBuilder},
    query::{ExecutableQuery, QueryBase, Select},
    table::{Duration, OptimizeAction},
};
use tokio::sync::{mpsc, oneshot};

use super::rows;
use crate::failure::{failure, stopped};

/// From here on there are indexes: the vectors in partitions, and for whom each row is. Rows. Without one, every search reads
/// every vector from the files; partitions stay in memory, where searches share them.
const INDEX_FROM: usize = 4_000;
/// How many rows a partition of the index holds, about.
const PARTITION: usize = 500;
/// How many partitions there are at most.
const MOST_PARTITIONS: u32 = 2_048;
/// An index is made anew when it should have so many times its partitions.
const GROWTH: u32 = 4;
/// How many partitions a search looks into at least: up to so many times [`PARTITION`] rows it finds what an exact search finds.
const PROBES: usize = 40;
/// After so many writes small files are merged, whether or not anybody asked.
const MERGE_AFTER: u32 = 100;
/// How long old versions stay for readers of other processes.
const KEEP_VERSIONS_MINUTES: i64 = 10;
/// How many changes are made at once at most.
const MOST_CHANGES: usize = 256;
/// How many ids one condition names at most.
pub(super) const MOST_IDS: usize = 1_000;
/// How many documents one search names at most; where a filter names more, several searches are made one after the other.
const MOST_DOCUMENTS: usize = 10_000;

pub(super) enum Change {
    Put(Vec<ChunkVector>),
    /// Removes the rows that meet the condition.
    Remove(String),
    /// Merges small files, drops old versions, brings the index up to date.
    Optimise,
}

struct Request {
    change: Change,
    done: oneshot::Sender<Result<(), IndexError>>,
}

pub(super) struct VectorTable {
    table: Table,
    requests: mpsc::UnboundedSender<Request>,
}

impl VectorTable {
    /// Starts the task that writes; it ends when this is dropped and its work is done.
    pub(super) fn start(table: Table) -> Self {
        let (requests, waiting) = mpsc::unbounded_channel();
        tokio::spawn(Writer { table: table.clone(), writes: 0 }.run(waiting));
        Self { table, requests }
    }

    /// Returns when the change is durable and visible.
    pub(super) async fn apply(&self, change: Change) -> Result<(), IndexError> {
        let (done, answer) = oneshot::channel();
        self.requests.send(Request { change, done }).map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    pub(super) async fn search(
        &self,
        vector: &[f32],
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError> {
        let organisations = rows::is_one_of("organisation", filter.organisations.iter().map(|id| id.as_str()));
        let collections = rows::is_one_of("collection", filter.collections.iter().map(|id| id.as_str()));
        let tenant = format!("{collections} AND {organisations}");
        let Some(documents) = filter.documents.as_deref() else {
            return self.nearest(vector, tenant, limit).await;
        };
        // The nearest of all are among the nearest of each part.
        let mut hits = Vec::new();
        for some in documents.chunks(MOST_DOCUMENTS) {
            let named = rows::is_one_of("document", some.iter().map(DocumentId::as_str));
            hits.extend(self.nearest(vector, format!("{named} AND {tenant}"), limit).await?);
        }
        sort(&mut hits);
        hits.truncate(limit);
        Ok(hits)
    }

    /// The nearest of the rows that meet a condition.
    async fn nearest(&self, vector: &[f32], condition: String, limit: usize) -> Result<Vec<VectorHit>, IndexError> {
        let query = self
            .table
            .query()
            .nearest_to(vector)
            .map_err(failure)?
            .distance_type(DistanceType::Dot)
            .only_if(condition)
            .select(Select::columns(&["document", "revision", "chunk", "vector", rows::DISTANCE]))
            .limit(limit)
            // Where the filter leaves little in the nearest partitions, further ones are looked into. First, because the
            // least may not be more than the most.
            .maximum_nprobes(None)
            .map_err(failure)?
            .minimum_nprobes(PROBES)
            .map_err(failure)?;
        let batches: Vec<_> = query.execute().await.map_err(failure)?.try_collect().await.map_err(failure)?;
        let mut hits = Vec::new();
        for batch in &batches {
            hits.extend(rows::hits(batch)?);
        }
        sort(&mut hits);
        Ok(hits)
    }

    /// The rows that meet a condition.
    pub(super) async fn load(&self, condition: &str) -> Result<Vec<ChunkVector>, IndexError> {
        let query = self.table.query().only_if(condition);
        let batches: Vec<_> = query.execute().await.map_err(failure)?.try_collect().await.map_err(failure)?;
        let mut vectors = Vec::new();
        for batch in &batches {
            vectors.extend(rows::vectors(batch)?);
        }
        Ok(vectors)
    }

    pub(super) async fn list(&self) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
        let query = self.table.query().select(Select::columns(&["document", "revision", "chunk"]));
        let batches: Vec<_> = query.execute().await.map_err(failure)?.try_collect().await.map_err(failure)?;
        let mut chunks = Vec::new();
        for batch in &batches {
            chunks.extend(rows::identities(batch)?);
        }
        Ok(chunks)
    }
}

/// Best first.
fn sort(hits: &mut [VectorHit]) {
    hits.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then_with(|| a.chunk.cmp(&b.chunk)));
}

struct Writer {
    table: Table,
    /// Since small files were last merged.
    writes: u32,
}

impl Writer {
    async fn run(mut self, mut waiting: mpsc::UnboundedReceiver<Request>) {
        let mut batch = Vec::new();
        while waiting.recv_many(&mut batch, MOST_CHANGES).await > 0 {
            let mut changes = batch.drain(..).peekable();
            while let Some(first) = changes.next() {
                let (mut change, mut answers) = (first.change, vec![first.done]);
                while let Some(next) = changes.next_if(|next| can_join(&change, &next.change)) {
                    change = joined(change, next.change);
                    answers.push(next.done);
                }
                let outcome = self.make(change).await;
                for answer in answers {
                    // Whoever asked may have gone.
                    let _ = answer.send(match &outcome {
                        Ok(()) => Ok(()),
                        Err(IndexError::StorageFull) => Err(IndexError::StorageFull),
                        Err(IndexError::Engine(message)) => Err(IndexError::Engine(message.clone())),
                    });
                }
            }
            drop(changes);
            if self.writes >= MERGE_AFTER
                && let Err(error) = self.optimise().await
            {
                tracing::warn!(%error, "small files of a vector table could not be merged");
                self.writes = 0;
            }
        }
    }

    async fn make(&mut self, change: Change) -> Result<(), IndexError> {
        match change {
            Change::Put(vectors) => self.put(vectors).await,
            Change::Remove(condition) => self.remove(&condition).await,
            Change::Optimise => self.optimise().await,
        }
    }

    async fn put(&mut self, vectors: Vec<ChunkVector>) -> Result<(), IndexError> {
        // A repeated write replaces. If this process ends between the two steps, the caller does not know its vectors stored
        // and gives them again.
        for some in vectors.chunks(MOST_IDS) {
            self.remove(&rows::is_one_of("chunk", some.iter().map(|vector| vector.chunk.as_str()))).await?;
        }
        let batch = rows::batch(self.table.schema().await.map_err(failure)?, vectors)?;
        self.table.add(batch).execute().await.map_err(failure)?;
        self.writes += 1;
        Ok(())
    }

    async fn remove(&mut self, condition: &str) -> Result<(), IndexError> {
        // Looking is cheaper than a new version of the table that changes nothing.
        if self.table.count_rows(Some(condition.to_owned())).await.map_err(failure)? > 0 {
            self.table.delete(condition).await.map_err(failure)?;
            self.writes += 1;
        }
        Ok(())
    }

    async fn optimise(&mut self) -> Result<(), IndexError> {
        let started = Instant::now();
        let compact = OptimizeAction::Compact { options: Default::default(), remap_options: None };
        self.table.optimize(compact).await.map_err(failure)?;
        let rows = self.table.count_rows(None).await.map_err(failure)?;
        if rows >= INDEX_FROM {
            self.index(rows).await?;
        }
        let prune = OptimizeAction::Prune {
            older_than: Some(Duration::minutes(KEEP_VERSIONS_MINUTES)),
            delete_unverified: None,
            error_if_tagged_old_versions: None,
        };
        self.table.optimize(prune).await.map_err(failure)?;
        self.writes = 0;
        tracing::debug!(rows, took_ms = started.elapsed().as_millis() as u64, "vector table optimised");
        Ok(())
    }

    /// Brings the indexes up to date, makes those that are missing, and makes that of the vectors anew when the table has
    /// outgrown it.
    async fn index(&self, rows: usize) -> Result<(), IndexError> {
        let known = self.table.list_indices().await.map_err(failure)?;
        if !known.is_empty() {
            self.table.optimize(OptimizeAction::Index(Default::default())).await.map_err(failure)?;
        }
        // The rows of a tenant or a collection are known from a list then, instead of by reading what every row says.
        for column in ["organisation", "collection"] {
            if !known.iter().any(|index| index.columns == [column]) {
                let list = Index::Bitmap(BitmapIndexBuilder::default());
                self.table.create_index(&[column], list).execute().await.map_err(failure)?;
            }
        }
        let before: Vec<&str> =
            known.iter().filter(|index| index.columns == ["vector"]).map(|index| index.name.as_str()).collect();
        let partitions = u32::try_from(rows / PARTITION).unwrap_or(u32::MAX).clamp(1, MOST_PARTITIONS);
        if before.iter().any(|name| partitions_of(name).is_some_and(|before| partitions < GROWTH * before)) {
            return Ok(());
        }
        // Partitions and not a graph of neighbours: a graph takes many minutes to build, and nobody can write meanwhile.
        let vectors = IvfFlatIndexBuilder::default()
            .distance_type(DistanceType::Dot)
            .num_partitions(partitions)
            .sample_rate(128)
            .max_iterations(20);
        let name = name_of(partitions);
        let made = self.table.create_index(&["vector"], Index::IvfFlat(vectors)).name(name.clone());
        made.execute().await.map_err(failure)?;
        for outgrown in before.into_iter().filter(|before| *before != name) {
            self.table.drop_index(outgrown).await.map_err(failure)?;
        }
        Ok(())
    }
}

/// The name of an index of the vectors says how many partitions it has: the engine does not tell.
fn name_of(partitions: u32) -> String {
    format!("vector_{partitions}")
}

fn partitions_of(name: &str) -> Option<u32> {
    name.strip_prefix("vector_")?.parse().ok()
}

fn can_join(first: &Change, next: &Change) -> bool {
    matches!(
        (first, next),
        (Change::Put(_), Change::Put(_))
            | (Change::Remove(_), Change::Remove(_))
            | (Change::Optimise, Change::Optimise)
    )
}

fn joined(first: Change, next: Change) -> Change {
    match (first, next) {
        (Change::Put(mut first), Change::Put(next)) => {
            first.extend(next);
            Change::Put(first)
        }
        (Change::Remove(first), Change::Remove(next)) => Change::Remove(format!("({first}) OR ({next})")),
        (first, _) => first,
    }
}
