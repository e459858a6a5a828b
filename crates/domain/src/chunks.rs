//! Chunks of a document as people change them: another text, switched off, or the document's own again.

use hammock_contract::{
    ApiError, ChunkEditId, ChunkId, DocumentId,
    document::{Chunk, ChunkPatch, UnusedEdit},
    user::Role,
};
use hammock_store::{
    Db, Scope, Tx, audit,
    chunk_edits::{self, ChunkEditRow},
    chunks, collections, documents, revisions,
};

use crate::{
    Hammock, Result,
    error::from_store,
    knowledge::{edits, jobs},
    validate,
};

/// The longest text of a chunk. Characters.
const LONGEST: usize = 20_000;

impl Hammock {
    /// Changes what is searched of a chunk of the revision that answers. The change is kept beside the document and outlives
    /// every reading that finds the same text there. The chunk has another id afterwards, so of two people who change it at
    /// once, the second is told that it is not there any more.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`.
    pub async fn update_chunk(
        &self,
        scope: &Scope,
        document: &DocumentId,
        chunk: &ChunkId,
        patch: ChunkPatch,
    ) -> Result<Chunk> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = documents::find(scope, self.store().read(), document).await.map_err(from_store)?;
        self.refuse_read_only(scope, &row.collection_id).await?;
        let ChunkPatch { text, enabled, restore } = patch;
        let text = text.map(|text| whole(&text)).transpose()?;
        if restore && text.is_some() {
            return Err(validate::invalid("restore", "give a text, or restore the document's, not both"));
        }
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let revision = chunk_edits::lock(scope, &tx, document).await.map_err(from_store)?;
        let read = revisions::find(scope, tx.db(), document, revision).await.map_err(from_store)?.text;
        let rows = chunks::list(scope, tx.db(), document, revision).await.map_err(from_store)?;
        let place = rows.iter().position(|row| row.id == *chunk).ok_or_else(ApiError::not_found)?;
        let originals: Vec<&str> = rows.iter().map(|row| edits::original(&read, row)).collect();
        let (hash, nth) = edits::places(originals.iter().copied()).swap_remove(place);
        let known = chunk_edits::list(scope, tx.db(), std::slice::from_ref(document)).await.map_err(from_store)?;
        let before = known.into_iter().map(|found| found.row).find(|row| row.original_hash == hash && row.nth == nth);

        let original = originals[place];
        let old_text = before.as_ref().and_then(|before| before.text.clone());
        let new_text = match text {
            _ if restore => None,
            Some(text) if text.trim() == original.trim() => None,
            Some(text) => Some(text),
            None => old_text.clone(),
        };
        // What people see is the chunk: an edit that it does not show, for whatever reason, has to be changed or taken up too.
        let shows_edit = rows[place].edit_id.as_ref() == before.as_ref().map(|before| &before.id);
        let was_enabled = rows[place].enabled;
        let enabled = enabled.unwrap_or(was_enabled);
        let is_edited = new_text != old_text;
        let is_changed = is_edited || enabled != was_enabled || !shows_edit;
        if is_changed {
            let detail = serde_json::json!({
                "document": document, "ordinal": rows[place].ordinal, "title": row.title, "enabled": enabled,
                "edited": is_edited && new_text.is_some(), "restored": is_edited && new_text.is_none(),
            });
            if new_text.is_none() && enabled {
                if let Some(before) = before {
                    chunk_edits::delete(scope, &tx, document, &before.id).await.map_err(from_store)?;
                }
            } else {
                // Who switches an edited chunk has not written its text.
                let author = before.as_ref().filter(|_| !is_edited && old_text.is_some());
                let edit = ChunkEditRow {
                    edited_by: author.map_or_else(|| scope.user().cloned(), |before| before.edited_by.clone()),
                    edited_at: author.map_or(now, |before| before.edited_at),
                    id: before.map_or_else(ChunkEditId::new, |before| before.id),
                    organisation_id: scope.organisation().clone(),
                    document_id: document.clone(),
                    original_hash: hash,
                    nth,
                    original: original.to_owned(),
                    text: new_text,
                    enabled,
                };
                chunk_edits::put(scope, &tx, edit).await.map_err(from_store)?;
            }
            self.edits_changed(scope, &tx, document, revision).await?;
            audit::record(scope, &tx, "chunk.update", chunk.as_str(), detail, now).await.map_err(from_store)?;
        }
        let (chunks, _) = self.chunks_with_edits(scope, tx.db(), document, revision).await?;
        tx.commit().await.map_err(from_store)?;
        if is_changed {
            // Apart: whoever lets many documents answer holds the collection while it comes to this document.
            let tx = self.store().begin().await.map_err(from_store)?;
            collections::touch(scope, &tx, &row.collection_id, now).await.map_err(from_store)?;
            tx.commit().await.map_err(from_store)?;
            self.0.work.notify_one();
        }
        chunks.into_iter().nth(place).ok_or_else(ApiError::not_found)
    }

    /// Throws away an edit, for good. It is meant for one whose text the document no longer has; a chunk that it still belongs
    /// to has the document's text again.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn discard_edit(&self, scope: &Scope, document: &DocumentId, edit: &ChunkEditId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = documents::find(scope, self.store().read(), document).await.map_err(from_store)?;
        self.refuse_read_only(scope, &row.collection_id).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let revision = chunk_edits::lock(scope, &tx, document).await.map_err(from_store)?;
        chunk_edits::delete(scope, &tx, document, edit).await.map_err(from_store)?;
        if revision > 0 {
            self.edits_changed(scope, &tx, document, revision).await?;
        }
        let detail = serde_json::json!({ "document": document, "title": row.title });
        audit::record(scope, &tx, "chunk.discard_edit", edit.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        Ok(())
    }

    /// What follows from changed edits, in their transaction: the chunks change, and a job brings that into the indexes.
    async fn edits_changed(&self, scope: &Scope, tx: &Tx, document: &DocumentId, revision: u32) -> Result<()> {
        let gone = self.apply_edits(scope, tx, document, revision).await?;
        jobs::index_edits(scope, tx, document, gone, self.now()).await
    }

    /// The chunks of a revision as people see them, and the edits that belong to none of them.
    pub(crate) async fn chunks_with_edits(
        &self,
        scope: &Scope,
        db: Db<'_>,
        document: &DocumentId,
        revision: u32,
    ) -> Result<(Vec<Chunk>, Vec<UnusedEdit>)> {
        let space = self.0.embedding.space().map(|space| space.model);
        let rows = chunks::list(scope, db, document, revision).await.map_err(from_store)?;
        let mut edits = chunk_edits::list(scope, db, std::slice::from_ref(document)).await.map_err(from_store)?;
        let mut shown = Vec::with_capacity(rows.len());
        for row in rows {
            let place = edits.iter().position(|edit| row.edit_id.as_ref() == Some(&edit.row.id));
            let edit = place.map(|place| edits.remove(place));
            shown.push(row.into_chunk(space.as_deref(), edit.as_ref()));
        }
        Ok((shown, edits.into_iter().map(chunk_edits::FoundEdit::into_unused).collect()))
    }
}

/// A text that can be searched. Blank lines around it go, blanks before its first line stay: they may mean something in code.
fn whole(text: &str) -> Result<String> {
    validate::block("text", text, LONGEST)?;
    let text = text.trim_end().trim_start_matches(['\r', '\n']);
    if text.trim().is_empty() {
        let message = "an empty passage cannot be found; switch it off instead";
        return Err(validate::too_short_or_long("text", message, 1, LONGEST));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use hammock_contract::ErrorCode;

    use super::*;

    #[test]
    fn a_text_keeps_what_may_mean_something() {
        assert_eq!(whole("\n    let a = 1;\n\n").unwrap(), "    let a = 1;");
        for refused in [" \n ".to_owned(), "a".repeat(LONGEST + 1), "a\u{7}".to_owned()] {
            assert_eq!(whole(&refused).unwrap_err().code, ErrorCode::InvalidField);
        }
    }
}
