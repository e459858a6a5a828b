//! Repairing the indexes at the start: what a crash left between the database and an index is put right, document by
//! document. Costs a listing of both when nothing is wrong.

use std::collections::{BTreeSet, HashSet};

use futures::future::try_join_all;
use hammock_contract::{ChunkId, DocumentId};
use hammock_store::{chunks, next_vectors, revisions};

use crate::{
    Hammock, Result,
    error::{from_index, from_store},
};

/// Documents in one write to the keyword index.
const BATCH: usize = 100;

/// A chunk in an index: its document, its revision, itself.
type Key = (DocumentId, u32, ChunkId);

/// Where an index and the database differ.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// In the database alone.
    pub missing: Vec<Key>,
    /// In the index alone, or in the index more than once.
    pub surplus: Vec<Key>,
}

impl Difference {
    /// Compares what an index should hold with what it holds.
    pub fn between(should: Vec<Key>, has: Vec<Key>) -> Self {
        let should: HashSet<Key> = should.into_iter().collect();
        let mut seen = HashSet::with_capacity(has.len());
        let mut surplus = Vec::new();
        for key in has {
            let known = should.contains(&key);
            if !seen.insert(key.clone()) || !known {
                surplus.push(key);
            }
        }
        Self { missing: should.into_iter().filter(|key| !seen.contains(key)).collect(), surplus }
    }

    /// What differed then and differs now: the rest was on its way.
    pub fn and_again(self, now: Self) -> Self {
        let both = |then: Vec<Key>, now: Vec<Key>| {
            let now: HashSet<Key> = now.into_iter().collect();
            then.into_iter().filter(|key| now.contains(key)).collect()
        };
        Self { missing: both(self.missing, now.missing), surplus: both(self.surplus, now.surplus) }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.surplus.is_empty()
    }

    /// The documents in which they differ.
    pub fn documents(&self) -> BTreeSet<DocumentId> {
        self.missing.iter().chain(&self.surplus).map(|(document, ..)| document.clone()).collect()
    }
}

impl Hammock {
    /// Makes the keyword index equal to the database. Before any job works: a revision that a job is about to let answer
    /// would look like one that was left behind.
    pub(crate) async fn repair_text(&self) -> Result<()> {
        let should = chunks::list_answering(self.store().read()).await.map_err(from_store)?;
        let has = self.0.index.list_text().await.map_err(from_index)?;
        let difference = Difference::between(should, has);
        if difference.is_empty() {
            return Ok(());
        }
        let documents: Vec<DocumentId> = difference.documents().into_iter().collect();
        tracing::warn!(
            documents = documents.len(),
            missing = difference.missing.len(),
            surplus = difference.surplus.len(),
            "the keyword index differs from the database and is put right"
        );
        for some in documents.chunks(BATCH) {
            let numbers = revisions::numbers(self.store().read(), some).await.map_err(from_store)?;
            let keep = |document: &DocumentId| numbers.get(document).and_then(|numbers| numbers.kept());
            try_join_all(some.iter().map(|document| self.0.index.remove_revisions(document, keep(document))))
                .await
                .map_err(from_index)?;
            let stored = chunks::find_answering_documents(self.store().read(), some).await.map_err(from_store)?;
            self.put_stored_text(stored).await?;
        }
        Ok(())
    }

    /// Makes the vector index equal to the database, also for a model that is being brought in: chunks whose vectors are missing
    /// are embedded again, vectors of what does not answer are removed. Jobs may be at work, but no embedding.
    pub(crate) async fn repair_vectors(&self) -> Result<()> {
        self.repair_serving_vectors().await?;
        // Afterwards: what was removed above was removed from every space.
        self.repair_next_vectors().await
    }

    async fn repair_next_vectors(&self) -> Result<()> {
        let Some(next) = self.0.embedding.next() else { return Ok(()) };
        let should = next_vectors::list_embedded(self.store().read()).await.map_err(from_store)?;
        let has = self.0.index.list_vectors(next.space()).await.map_err(from_index)?;
        let Difference { missing, surplus } = Difference::between(should, has);
        if !missing.is_empty() {
            tracing::warn!(
                missing = missing.len(),
                "vectors of the model that is brought in are missing and made again"
            );
            let ids: Vec<ChunkId> = missing.into_iter().map(|(_, _, chunk)| chunk).collect();
            let tx = self.store().begin().await.map_err(from_store)?;
            next_vectors::mark(&tx, &ids, "").await.map_err(from_store)?;
            tx.commit().await.map_err(from_store)?;
        }
        if surplus.is_empty() {
            return Ok(());
        }
        // What answers gets its vector again, in the same place; the rest answers nobody in any space.
        let answering = chunks::list_answering(self.store().read()).await.map_err(from_store)?;
        let answering: HashSet<Key> = answering.into_iter().collect();
        let gone: Vec<ChunkId> =
            surplus.into_iter().filter(|key| !answering.contains(key)).map(|(_, _, chunk)| chunk).collect();
        self.0.index.remove_vectors(&gone).await.map_err(from_index)
    }

    async fn repair_serving_vectors(&self) -> Result<()> {
        let Some(embedder) = self.0.embedding.ready() else { return Ok(()) };
        let space = embedder.space().clone();
        let should = chunks::list_embedded(self.store().read(), &space.model).await.map_err(from_store)?;
        let has = self.0.index.list_vectors(&space).await.map_err(from_index)?;
        let difference = Difference::between(should, has);
        if difference.is_empty() {
            return Ok(());
        }
        tracing::warn!(
            missing = difference.missing.len(),
            surplus = difference.surplus.len(),
            "the vector index differs from the database and is put right"
        );
        let ids: Vec<ChunkId> = difference.missing.into_iter().map(|(_, _, chunk)| chunk).collect();
        let tx = self.store().begin().await.map_err(from_store)?;
        chunks::forget_vectors_of(&tx, &ids, &space.model).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        let embedded: HashSet<Key> =
            chunks::list_embedded(self.store().read(), &space.model).await.map_err(from_store)?.into_iter().collect();
        // Of chunks that were edited or switched off since, and of chunks that answer and are not marked yet: these are made
        // again.
        let gone: Vec<ChunkId> = difference
            .surplus
            .iter()
            .filter(|key| !embedded.contains(key))
            .map(|(_, _, chunk)| chunk.clone())
            .collect();
        self.0.index.remove_vectors(&gone).await.map_err(from_index)?;
        let mut surplus: Vec<(DocumentId, u32)> =
            difference.surplus.into_iter().map(|(document, revision, _)| (document, revision)).collect();
        surplus.sort_unstable();
        surplus.dedup();
        self.drop_replaced(surplus).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let (a, b) = (DocumentId::new(), DocumentId::new());
        let key = |document: &DocumentId, revision| (document.clone(), revision, ChunkId::new());
        let (one, two, three) = (key(&a, 1), key(&a, 1), key(&b, 2));
        assert!(Difference::between(vec![one.clone(), two.clone()], vec![two.clone(), one.clone()]).is_empty());
        let difference =
            Difference::between(vec![one.clone(), two.clone()], vec![two.clone(), two.clone(), three.clone()]);
        assert_eq!(difference, Difference { missing: vec![one], surplus: vec![two, three] });
        assert_eq!(difference.documents(), BTreeSet::from([a, b]));
    }
}
