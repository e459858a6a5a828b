//! Vectors that a new revision has from the old one: a passage that says the same under the same headings is not embedded
//! again, however much else of its document has changed.

use std::collections::{HashMap, HashSet};

use hammock_contract::{ChunkId, DocumentId};
use hammock_ingest::chunk::{IndexText, index_text};
use hammock_retrieval::IndexedDocument;
use hammock_store::{Scope, StoreError, chunks, documents};

use crate::{
    Hammock, Result,
    error::{from_index, from_store},
};

/// Chunks of the old revision, each with the one of the new that took over its vector.
pub(crate) type Copies = Vec<(ChunkId, ChunkId)>;

impl Hammock {
    /// Copies in the index what the new revisions have from those that answer; which chunks that were, by document. Of the
    /// others the embedding worker makes the vectors.
    pub(crate) async fn carry_vectors(
        &self,
        scope: &Scope,
        replaced: &[DocumentId],
        indexed: &[IndexedDocument],
    ) -> Result<HashMap<DocumentId, Copies>> {
        let mut carried = HashMap::new();
        for new in indexed.iter().filter(|new| replaced.contains(&new.document)) {
            let known = self.known_passages(scope, &new.document).await?;
            let copy = |(chunk, passage): (&ChunkId, IndexText)| Some((known.get(&passage)?.clone(), chunk.clone()));
            let passages = new.chunks.iter().map(|chunk| {
                let (heading, text) = (chunk.heading.clone(), chunk.text.clone());
                (&chunk.chunk, IndexText { heading, text })
            });
            let mut copies: Copies = passages.filter_map(copy).collect();
            if copies.is_empty() {
                continue;
            }
            let copied = self.0.index.copy_vectors(&copies, new.revision).await.map_err(from_index)?;
            let copied: HashSet<ChunkId> = copied.into_iter().collect();
            copies.retain(|(_, chunk)| copied.contains(chunk));
            carried.insert(new.document.clone(), copies);
        }
        Ok(carried)
    }

    /// What the embedding model has read of the revision of a document that answers.
    async fn known_passages(&self, scope: &Scope, document: &DocumentId) -> Result<HashMap<IndexText, ChunkId>> {
        let db = self.store().read();
        let row = match documents::find_writable(scope, db, document).await {
            Ok(row) => row,
            // Deleted meanwhile.
            Err(StoreError::NotFound) => return Ok(HashMap::new()),
            Err(error) => return Err(from_store(error)),
        };
        let space = self.0.embedding.space().map(|space| space.model);
        let chunks = chunks::list(scope, db, document, row.revision).await.map_err(from_store)?;
        // Without a model whatever there is stays as it is.
        let is_known = |of: &str| !of.is_empty() && space.as_deref().is_none_or(|space| space == of);
        let known = chunks.into_iter().filter(|chunk| chunk.enabled && is_known(&chunk.embedded_space));
        let passage = |chunk: chunks::ChunkRow| {
            (index_text(&row.title, &chunk.headings, chunk.table_part.as_ref(), &chunk.text), chunk.id)
        };
        Ok(known.map(passage).collect())
    }
}
