//! Edits of chunks: which chunk of a revision each belongs to, and how a change comes into the indexes.
//!
//! The database changes in one transaction, which also leaves a job behind. A changed chunk has a new id, so whatever an index
//! still says of the old one is confirmed by nobody; the job then makes the indexes equal to the database. Should the job be
//! lost, the comparison at the start finds the ids that differ.

use std::collections::HashMap;

use hammock_contract::{ChunkId, DocumentId};
use hammock_store::{
    Scope, Tx,
    chunk_edits::{self, ChunkChange, FoundEdit},
    chunks::{self, ChunkRow},
    revisions,
};
use sha2::{Digest, Sha256};

use crate::{
    Hammock, Result,
    error::{from_index, from_store},
};

/// What an edit knows its chunk by, beside the document: the hash of the chunk's text as it was cut, and how many of the same
/// text stand before it.
pub(crate) type Place = (String, u32);

/// By what the chunks of a revision are known, in their order, given their texts as they were cut.
pub(crate) fn places<'t>(originals: impl Iterator<Item = &'t str>) -> Vec<Place> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    originals
        .map(|text| {
            let hash = hash_of(text);
            let next = seen.entry(hash.clone()).or_default();
            let nth = *next;
            *next += 1;
            (hash, nth)
        })
        .collect()
}

/// The edit that belongs to each chunk of a revision, in their order, given their texts as they were cut.
pub(crate) fn matching<'e, 't>(
    edits: &'e [FoundEdit],
    originals: impl ExactSizeIterator<Item = &'t str>,
) -> Vec<Option<&'e FoundEdit>> {
    if edits.is_empty() {
        return vec![None; originals.len()];
    }
    let belongs = |place: Place| edits.iter().find(|edit| edit.row.nth == place.1 && edit.row.original_hash == place.0);
    places(originals).into_iter().map(belongs).collect()
}

/// The text that a stored chunk was cut with.
pub(crate) fn original<'t>(text: &'t str, chunk: &ChunkRow) -> &'t str {
    text.get(chunk.start_byte as usize..chunk.end_byte as usize).unwrap_or_default()
}

/// As the database keeps it: a text without zero bytes.
fn hash_of(text: &str) -> String {
    let hash = if text.contains('\0') { Sha256::digest(text.replace('\0', " ")) } else { Sha256::digest(text) };
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Hammock {
    /// Gives the chunks of the answering revision what its document's edits say; the chunks whose old ids the indexes must
    /// forget. The caller enqueues that ([`super::jobs::index_edits`]) in the same transaction.
    pub(crate) async fn apply_edits(
        &self,
        scope: &Scope,
        tx: &Tx,
        document: &DocumentId,
        revision: u32,
    ) -> Result<Vec<ChunkId>> {
        let db = tx.db();
        let text = revisions::find(scope, db, document, revision).await.map_err(from_store)?.text;
        let rows = chunks::list(scope, db, document, revision).await.map_err(from_store)?;
        let edits = chunk_edits::list(scope, db, std::slice::from_ref(document)).await.map_err(from_store)?;
        let matching = matching(&edits, rows.iter().map(|row| original(&text, row)));
        let mut changes = Vec::new();
        for (row, edit) in rows.iter().zip(matching) {
            let wanted = edit.and_then(|edit| edit.row.text.as_deref()).unwrap_or_else(|| original(&text, row));
            let enabled = edit.is_none_or(|edit| edit.row.enabled);
            let edit = edit.map(|edit| edit.row.id.clone());
            if row.text != wanted || row.enabled != enabled || row.edit_id != edit {
                let (id, new_id) = (row.id.clone(), ChunkId::new());
                changes.push(ChunkChange { id, new_id, text: wanted.to_owned(), edit, enabled });
            }
        }
        let gone: Vec<ChunkId> = changes.iter().map(|change| change.id.clone()).collect();
        if !changes.is_empty() {
            let embedding = self.0.embedding.will_embed();
            chunk_edits::change(scope, tx, document, revision, changes, embedding).await.map_err(from_store)?;
        }
        Ok(gone)
    }

    /// Makes both indexes say of a document what the database says, after its chunks were changed. `gone` are the ids that
    /// they had. Can be done twice.
    pub(crate) async fn index_edits(&self, document: &DocumentId, gone: &[ChunkId]) -> Result<()> {
        // Of two at once, the one that read the database first could write last.
        let _turn = self.0.indexing_edits.lock().await;
        self.0.index.remove_vectors(gone).await.map_err(from_index)?;
        let stored = chunks::find_answering_documents(self.store().read(), std::slice::from_ref(document))
            .await
            .map_err(from_store)?;
        let revisions: Vec<(DocumentId, u32)> =
            stored.iter().map(|stored| (stored.document.id.clone(), stored.document.revision)).collect();
        self.put_stored_text(stored).await?;
        self.0.unembedded.notify_one();
        // Another revision may have come to answer meanwhile, or the document may have gone.
        self.drop_replaced(revisions).await
    }
}

#[cfg(test)]
mod tests {
    use hammock_contract::{ChunkEditId, OrganisationId, Timestamp};
    use hammock_store::chunk_edits::ChunkEditRow;

    use super::*;

    fn edit(original: &str, nth: u32) -> FoundEdit {
        let row = ChunkEditRow {
            id: ChunkEditId::new(),
            organisation_id: OrganisationId::new(),
            document_id: DocumentId::new(),
            original_hash: hash_of(original),
            nth,
            original: original.to_owned(),
            text: None,
            enabled: false,
            edited_by: None,
            edited_at: Timestamp::from_millis(0),
        };
        FoundEdit { row, by: None }
    }

    #[test]
    fn an_edit_belongs_to_the_chunk_with_its_text() {
        let edits = [edit("same", 1), edit("gone", 0), edit("other", 0)];
        let texts = ["same", "other", "new", "same", "same"];
        let found: Vec<Option<&str>> = matching(&edits, texts.into_iter())
            .into_iter()
            .map(|edit| edit.map(|edit| edit.row.original.as_str()))
            .collect();
        assert_eq!(found, [None, Some("other"), None, Some("same"), None]);
        assert_eq!(matching(&[], texts.into_iter()).len(), texts.len());
    }

    #[test]
    fn a_text_is_known_as_the_database_keeps_it() {
        assert_eq!(hash_of("a\0b"), hash_of("a b"));
        assert_ne!(hash_of("a b"), hash_of("ab"));
    }
}
