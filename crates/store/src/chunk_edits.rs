//! What people made of chunks: another text, or switched off.
//!
//! An edit is known by its document, by the hash of the text that the chunk was cut with, and by how many chunks of that
//! text stand before it. So it outlives the chunk: whoever stores a revision looks up the edits of its document and gives
//! the new chunks what belongs to them. An edit that finds no chunk any more is kept.

use hammock_contract::{
    ChunkEditId, ChunkId, DocumentId, OrganisationId, Timestamp, UserId,
    document::{ChunkEdited, DocumentState, UnusedEdit},
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, Tx,
    collections::writable,
    documents,
    row::{self, Stored, Table, placeholders, table, value},
};

table! {
    /// What a person made of a chunk.
    ChunkEditRow = "chunk_edits";
    key {
        /// The id.
        id: ChunkEditId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The document.
    document_id: DocumentId,
    /// The hash of the text that the chunk was cut with.
    original_hash: String,
    /// How many chunks of the same text stand before it in the document.
    nth: u32,
    /// The text that the chunk was cut with.
    original: String,
    /// The person's text; nothing when the document's is searched.
    text: Option<String>,
    /// Whether the chunk is searched.
    enabled: bool,
    /// Who edited the text, or switched the chunk off where its text is the document's.
    edited_by: Option<UserId>,
    /// When.
    edited_at: Timestamp,
}

/// An edit with the name of the person.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundEdit {
    /// The edit.
    pub row: ChunkEditRow,
    /// The person's name, while there is such a person.
    pub by: Option<String>,
}

impl FoundEdit {
    /// Who gave the chunk another text, and when; nothing where it was only switched off.
    pub fn edited(&self) -> Option<ChunkEdited> {
        self.row.text.as_ref().map(|_| ChunkEdited { by: self.by.clone(), at: self.row.edited_at })
    }

    /// What people see of it where it belongs to no chunk.
    pub fn into_unused(self) -> UnusedEdit {
        let Self { row, by } = self;
        let ChunkEditRow { id, original, text, enabled, edited_at, .. } = row;
        UnusedEdit { id, original, text, enabled, edited: ChunkEdited { by, at: edited_at } }
    }
}

/// What becomes of a chunk of the revision that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkChange {
    /// The chunk.
    pub id: ChunkId,
    /// Its id from then on: whatever an index or a citation says of the old one is about the old text.
    pub new_id: ChunkId,
    /// The text that is searched.
    pub text: String,
    /// The edit that this comes from; nothing when the document's own text is searched.
    pub edit: Option<ChunkEditId>,
    /// Whether it is searched.
    pub enabled: bool,
}

/// The edits of these documents, oldest first; nothing of documents of others, or in a collection that the scope's person
/// does not see. The handbook has none.
pub async fn list(scope: &Scope, db: Db<'_>, documents: &[DocumentId]) -> Result<Vec<FoundEdit>> {
    find_by(scope, db, "document_id", documents.iter().map(|id| Value::from(id.as_str())).collect()).await
}

/// The edits with these ids, oldest first. Others are left out.
pub async fn find_many(scope: &Scope, db: Db<'_>, ids: &[ChunkEditId]) -> Result<Vec<FoundEdit>> {
    find_by(scope, db, "id", ids.iter().map(|id| Value::from(id.as_str())).collect()).await
}

async fn find_by(scope: &Scope, db: Db<'_>, column: &str, ids: Vec<Value>) -> Result<Vec<FoundEdit>> {
    let mut edits = Vec::new();
    for ids in ids.chunks(500) {
        let mut values = ids.to_vec();
        let list = placeholders(1, values.len());
        let writable = writable(scope, "documents", "collection_id", &mut values);
        let sql = format!(
            "SELECT {}, users.first_name, users.last_name FROM chunk_edits \
             JOIN documents ON documents.id = chunk_edits.document_id \
             AND documents.organisation_id = chunk_edits.organisation_id \
             LEFT JOIN users ON users.id = chunk_edits.edited_by \
             WHERE chunk_edits.{column} IN ({list}) AND {writable} ORDER BY chunk_edits.id",
            ChunkEditRow::COLUMNS
        );
        for found in db.rows(&sql, values).await? {
            edits.push(FoundEdit { by: name_of(&found)?, row: ChunkEditRow::from_row(&found)? });
        }
    }
    Ok(edits)
}

fn name_of(found: &QueryResult) -> Result<Option<String>> {
    let first: Option<String> = value(found, "first_name")?;
    let last: Option<String> = value(found, "last_name")?;
    Ok(first.zip(last).map(|(first, last)| format!("{first} {last}").trim().to_owned()))
}

/// Lets nobody else change a document's chunks until the transaction ends; the revision that answers now, 0 when none does.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the document is not the scope's to write.
pub async fn lock(scope: &Scope, tx: &Tx, document: &DocumentId) -> Result<u32> {
    // PostgreSQL keeps the row for the one who updated it, and reads it anew after waiting. SQLite has one writer anyway.
    let mut values: Vec<Value> = vec![document.as_str().into()];
    let writable = writable(scope, "documents", "collection_id", &mut values);
    let sql = format!("UPDATE documents SET revision = revision WHERE id = $1 AND {writable} RETURNING revision");
    let found = tx.db().row(&sql, values).await?.ok_or(crate::StoreError::NotFound)?;
    value(&found, "revision")
}

/// Stores an edit in the place of an earlier one of the same chunk.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the document is not the scope's to write.
pub async fn put(scope: &Scope, tx: &Tx, edit: ChunkEditRow) -> Result<()> {
    documents::find_writable(scope, tx.db(), &edit.document_id).await?;
    let organisation = scope.organisation();
    let sql = "DELETE FROM chunk_edits \
               WHERE organisation_id = $1 AND document_id = $2 AND original_hash = $3 AND nth = $4";
    let values: Vec<Value> = vec![
        organisation.as_str().into(),
        edit.document_id.as_str().into(),
        edit.original_hash.as_str().into(),
        edit.nth.store().into(),
    ];
    tx.db().execute(sql, values).await?;
    row::insert(tx.db(), ChunkEditRow { organisation_id: organisation.clone(), ..edit }).await
}

/// Forgets an edit of a document that the caller has locked ([`lock`]). The caller gives its chunk the document's text again
/// ([`change`]).
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the document has no such edit for this scope.
pub async fn delete(scope: &Scope, tx: &Tx, document: &DocumentId, id: &ChunkEditId) -> Result<()> {
    let sql = "DELETE FROM chunk_edits WHERE organisation_id = $1 AND document_id = $2 AND id = $3";
    let values = [scope.organisation().as_str().into(), document.as_str().into(), id.as_str().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Changes chunks of the revision that answers, of a document that the caller has locked ([`lock`]), and counts the
/// document's anew. Their vectors are made again: `embedding` says whether any will be. The caller brings the indexes up to
/// date afterwards.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when a chunk is not there for this scope.
pub async fn change(
    scope: &Scope,
    tx: &Tx,
    document: &DocumentId,
    revision: u32,
    changes: Vec<ChunkChange>,
    embedding: bool,
) -> Result<()> {
    let organisation = scope.organisation().as_str();
    for change in changes {
        let ChunkChange { id, new_id, text, edit, enabled } = change;
        let sql = "UPDATE chunks SET id = $5, text = $6, edit_id = $7, enabled = $8, embedded_space = '', \
                   next_space = '' WHERE organisation_id = $1 AND document_id = $2 AND revision = $3 AND id = $4";
        let values: Vec<Value> = vec![
            organisation.into(),
            document.as_str().into(),
            revision.store().into(),
            id.as_str().into(),
            new_id.as_str().into(),
            text.store().into(),
            edit.store().into(),
            enabled.into(),
        ];
        row::touched(tx.db().execute(sql, values).await?)?;
    }
    let sql = "UPDATE documents SET chunks = counted.total, embedded_chunks = counted.embedded, \
               state = CASE WHEN state NOT IN ($4, $5) THEN state \
               WHEN counted.total = counted.embedded THEN $4 ELSE $6 END \
               FROM (SELECT COUNT(*) AS total, \
               CAST(COALESCE(SUM(CASE WHEN embedded_space <> '' THEN 1 ELSE 0 END), 0) AS BIGINT) AS embedded \
               FROM chunks WHERE document_id = $2 AND revision = $3 AND enabled) AS counted \
               WHERE documents.organisation_id = $1 AND documents.id = $2";
    let unfinished = if embedding { DocumentState::Embedding } else { DocumentState::Ready };
    let values: Vec<Value> = vec![
        organisation.into(),
        document.as_str().into(),
        revision.store().into(),
        DocumentState::Ready.store().into(),
        DocumentState::Embedding.store().into(),
        unfinished.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}
