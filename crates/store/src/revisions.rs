//! Revisions: what a document's text was, each time that it was read.
//!
//! A revision is stored whole ([`put`]), put into the keyword index by the caller, and then made the one that answers
//! ([`switch`]) in one statement: no query ever sees two revisions of a document or none between them.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
};

use hammock_contract::{
    ChunkEditId, ChunkId, DocumentId, OrganisationId, Timestamp,
    document::DocumentState,
    passage::{Place, TablePart},
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, StoreError, Tx,
    chunks::ChunkRow,
    collections,
    collections::{readable, writable},
    documents,
    row::{self, Stored, Table, key_of, placeholders, table},
};

/// How many revisions' texts a document keeps: citations of earlier answers point into them.
pub const KEPT_REVISIONS: u32 = 10;

table! {
    /// A text that a document had.
    RevisionRow = "revisions";
    key {
        /// The document.
        document_id: DocumentId,
        /// The number, from 1.
        revision: u32,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The text; chunks and citations point into it by bytes.
    text: String,
    /// The hash of the content that it was read from.
    content_hash: String,
    /// When it was read.
    created_at: Timestamp,
}

/// One span of a revision's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChunk {
    /// The id.
    pub id: ChunkId,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// The text.
    pub text: String,
    /// Where it begins in the revision's text. Bytes.
    pub start: u32,
    /// Where it ends. Bytes.
    pub end: u32,
    /// The pages, the sheet or the slide.
    pub place: Option<Place>,
    /// What it needs to be understood alone, when it begins or ends inside a table.
    pub table_part: Option<TablePart>,
    /// What a person made of it, if anything; `text` is the person's then.
    pub edit: Option<ChunkEditId>,
    /// Whether it is searched.
    pub enabled: bool,
}

/// What the document is once a revision answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The revision.
    pub revision: u32,
    /// The title that was read.
    pub title: String,
    /// ISO 639-1 code of the language.
    pub language: Option<String>,
    /// The media type that was found.
    pub media_type: String,
    /// The hash of the title and the text; empty when nobody will compare it.
    pub text_hash: String,
    /// Whether vectors will follow: the document is `Embedding` until they are there, else `Ready` at once.
    pub embedding: bool,
    /// The original that was read; empty where there is none. With another one in its place by now, what answers is of the one
    /// before, and the document stays `Processing`.
    pub file_key: String,
}

/// Stores the next revision of a document beside the one that answers; its number.
///
/// Chunks of an earlier revision that was stored but never answered are removed, and whatever a crawl found and left waiting.
///
/// # Errors
/// [`StoreError::NotFound`] when the document is not the scope's to write.
pub async fn put(
    scope: &Scope,
    tx: &Tx,
    document: &DocumentId,
    text: &str,
    content_hash: &str,
    chunks: Vec<NewChunk>,
    now: Timestamp,
) -> Result<u32> {
    let document = documents::find_writable(scope, tx.db(), document).await?;
    let revision = document.last_revision + 1;
    let organisation = scope.organisation().as_str();
    if document.last_revision > 0 {
        let sql = "DELETE FROM chunks WHERE organisation_id = $1 AND document_id = $2 AND revision <> $3";
        let values = [organisation.into(), document.id.as_str().into(), document.revision.store().into()];
        tx.db().execute(sql, values).await?;
        let sql = "DELETE FROM crawl_changes WHERE organisation_id = $1 AND document_id = $2";
        tx.db().execute(sql, [organisation.into(), document.id.as_str().into()]).await?;
    }
    let sql = "UPDATE documents SET last_revision = $3 WHERE organisation_id = $1 AND id = $2";
    tx.db().execute(sql, [organisation.into(), document.id.as_str().into(), revision.store().into()]).await?;
    let row = RevisionRow {
        document_id: document.id.clone(),
        revision,
        organisation_id: scope.organisation().clone(),
        text: text.to_owned(),
        content_hash: content_hash.to_owned(),
        created_at: now,
    };
    row::insert(tx.db(), row).await?;
    let rows = (0_u32..).zip(chunks).map(|(ordinal, chunk)| {
        let NewChunk { id, headings, text, start, end, place, table_part, edit, enabled } = chunk;
        ChunkRow {
            id,
            organisation_id: scope.organisation().clone(),
            collection_id: document.collection_id.clone(),
            document_id: document.id.clone(),
            revision,
            ordinal,
            headings,
            text,
            start_byte: start,
            end_byte: end,
            place,
            table_part,
            embedded_space: String::new(),
            edit_id: edit,
            enabled,
        }
    });
    row::insert_many(tx.db(), rows.collect()).await?;
    Ok(revision)
}

/// Makes a stored revision the one that answers; from here on it alone does. The old revision's chunks are removed, texts
/// beyond [`KEPT_REVISIONS`] too. The caller removes the old revision from the indexes afterwards.
///
/// Whether it answers: where a newer one was stored meanwhile, that took its chunks away ([`put`]) and answers in its stead, and
/// nothing is changed.
///
/// # Errors
/// [`StoreError::NotFound`] when the document is not the scope's to write, or the revision was not stored.
pub async fn switch(scope: &Scope, tx: &Tx, document: &DocumentId, to: &Switch, now: Timestamp) -> Result<bool> {
    let Switch { revision, title, language, media_type, text_hash, embedding, file_key } = to;
    let row = documents::find_writable(scope, tx.db(), document).await?;
    let organisation = scope.organisation().as_str();
    let state = if *embedding { DocumentState::Embedding } else { DocumentState::Ready };
    let sql = "UPDATE documents SET revision = $3, title = $4, search_key = $5, language = $6, media_type = $7, \
               state = CASE WHEN $12 <> '' AND COALESCE(file_key, '') <> $12 THEN $13 \
               WHEN counted.total = counted.embedded THEN $8 ELSE $9 END, \
               chunks = counted.total, embedded_chunks = counted.embedded, content_hash = stored.content_hash, \
               indexed_at = $10, text_hash = $11, error = NULL \
               FROM (SELECT COUNT(*) AS total, \
               CAST(COALESCE(SUM(CASE WHEN embedded_space <> '' THEN 1 ELSE 0 END), 0) AS BIGINT) AS embedded \
               FROM chunks WHERE document_id = $2 AND revision = $3 AND enabled) AS counted, \
               (SELECT content_hash FROM revisions WHERE organisation_id = $1 AND document_id = $2 AND revision = $3) \
               AS stored \
               WHERE documents.organisation_id = $1 AND documents.id = $2 AND documents.last_revision = $3";
    let values: Vec<Value> = vec![
        organisation.into(),
        document.as_str().into(),
        revision.store().into(),
        title.clone().store().into(),
        key_of(&format!("{title}\n{}", row.location)).store().into(),
        language.clone().store().into(),
        media_type.clone().store().into(),
        DocumentState::Ready.store().into(),
        state.store().into(),
        now.as_millis().into(),
        text_hash.clone().store().into(),
        file_key.clone().store().into(),
        DocumentState::Processing.store().into(),
    ];
    if tx.db().execute(sql, values).await? == 0 {
        // Read once more: it may have been overtaken since it was found.
        let newest = documents::find_writable(scope, tx.db(), document).await?.last_revision;
        return if newest > *revision { Ok(false) } else { Err(StoreError::NotFound) };
    }
    if *revision == 1 {
        collections::touch(scope, tx, &row.collection_id, now).await?;
        return Ok(true);
    }
    let sql = "DELETE FROM chunks WHERE organisation_id = $1 AND document_id = $2 AND revision < $3";
    tx.db().execute(sql, [organisation.into(), document.as_str().into(), revision.store().into()]).await?;
    let sql = "DELETE FROM revisions WHERE organisation_id = $1 AND document_id = $2 AND revision <= $3";
    let oldest = i64::from(*revision) - i64::from(KEPT_REVISIONS);
    tx.db().execute(sql, [organisation.into(), document.as_str().into(), oldest.into()]).await?;
    collections::touch(scope, tx, &row.collection_id, now).await?;
    Ok(true)
}

/// Throws away a revision that was stored and never answered.
pub async fn discard(scope: &Scope, tx: &Tx, document: &DocumentId, revision: u32) -> Result<()> {
    let row = documents::find_writable(scope, tx.db(), document).await?;
    if row.revision == revision {
        return Err(StoreError::NotFound);
    }
    for table in ["chunks", "revisions"] {
        let sql = format!("DELETE FROM {table} WHERE organisation_id = $1 AND document_id = $2 AND revision = $3");
        let organisation = scope.organisation().as_str();
        tx.db().execute(&sql, [organisation.into(), document.as_str().into(), revision.store().into()]).await?;
    }
    Ok(())
}

/// A text that a document of the scope has or had.
///
/// # Errors
/// [`StoreError::NotFound`] when the document is not there for this scope, or the text is not kept any more.
pub async fn find(scope: &Scope, db: Db<'_>, document: &DocumentId, revision: u32) -> Result<RevisionRow> {
    let mut values: Vec<Value> = vec![document.as_str().into(), revision.store().into()];
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM revisions JOIN documents ON documents.id = revisions.document_id \
         WHERE revisions.document_id = $1 AND revisions.revision = $2 AND {readable}",
        RevisionRow::COLUMNS
    );
    row::one(db.row(&sql, values).await?)
}

/// A part of such a text, without reading the rest of it into memory. It lies between two of the text's bytes, both at a
/// character.
///
/// # Errors
/// As [`find`].
pub async fn find_part(
    scope: &Scope,
    db: Db<'_>,
    document: &DocumentId,
    revision: u32,
    bytes: Range<u32>,
) -> Result<String> {
    let (first, length) = (i64::from(bytes.start) + 1, i64::from(bytes.end) - i64::from(bytes.start));
    let mut values: Vec<Value> =
        vec![document.as_str().into(), revision.store().into(), first.into(), length.max(0).into()];
    let readable = readable(scope, "documents", "collection_id", &mut values);
    // Of a text both databases count the characters.
    let part = if db.is_postgres() {
        "convert_from(substring(convert_to(revisions.text, 'UTF8') \
         FROM CAST($3 AS INTEGER) FOR CAST($4 AS INTEGER)), 'UTF8')"
    } else {
        "CAST(substr(CAST(revisions.text AS BLOB), $3, $4) AS TEXT)"
    };
    let sql = format!(
        "SELECT {part} AS part FROM revisions JOIN documents ON documents.id = revisions.document_id \
         WHERE revisions.document_id = $1 AND revisions.revision = $2 AND {readable}"
    );
    row::value(&db.row(&sql, values).await?.ok_or(StoreError::NotFound)?, "part")
}

/// Which of the documents are there that the scope may write, each with the newest revision that was stored of it. Until the
/// transaction ends, nobody else deletes them or stores a newer one.
pub async fn hold(scope: &Scope, tx: &Tx, ids: &[DocumentId]) -> Result<HashMap<DocumentId, u32>> {
    let lock = if tx.db().is_postgres() { " FOR NO KEY UPDATE" } else { "" };
    let mut held = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let mut values: Vec<Value> = ids.iter().map(|id| Value::from(id.as_str())).collect();
        let writable = writable(scope, "documents", "collection_id", &mut values);
        let list = placeholders(1, ids.len());
        let sql =
            format!("SELECT id, last_revision FROM documents WHERE id IN ({list}) AND {writable} ORDER BY id{lock}");
        for found in tx.db().rows(&sql, values).await? {
            held.insert(row::value(&found, "id")?, row::value(&found, "last_revision")?);
        }
    }
    Ok(held)
}

/// Holds the documents of these chunks as [`hold`] does, before the chunks themselves are changed: whoever replaces a text takes
/// both in this order, and in another each would wait for the other. `SQLite` has one writer at a time. No scope: for the embedding
/// worker.
pub(crate) async fn hold_documents_of(tx: &Tx, chunks: &[ChunkId]) -> Result<()> {
    if !tx.db().is_postgres() {
        return Ok(());
    }
    let mut documents: BTreeSet<DocumentId> = BTreeSet::new();
    for chunks in chunks.chunks(500) {
        let sql = format!("SELECT DISTINCT document_id FROM chunks WHERE id IN ({})", placeholders(1, chunks.len()));
        let values: Vec<Value> = chunks.iter().map(|id| Value::from(id.as_str())).collect();
        for found in tx.db().rows(&sql, values).await? {
            documents.insert(row::value(&found, "document_id")?);
        }
    }
    let documents: Vec<Value> = documents.iter().map(|id| id.as_str().into()).collect();
    for documents in documents.chunks(500) {
        let list = placeholders(1, documents.len());
        let sql = format!("SELECT id FROM documents WHERE id IN ({list}) ORDER BY id FOR NO KEY UPDATE");
        tx.db().rows(&sql, documents.to_vec()).await?;
    }
    Ok(())
}

/// Where a document stands among its revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevisionNumbers {
    /// The one that answers; 0 when none does.
    pub answering: u32,
    /// The newest that was stored; greater than `answering` while one is being made ready.
    pub newest: u32,
}

impl RevisionNumbers {
    /// The revision that the indexes keep, if one answers.
    pub fn kept(self) -> Option<u32> {
        Some(self.answering).filter(|revision| *revision > 0)
    }
}

/// The revisions of these documents; those that are gone are left out. No scope: for the embedding worker, which must not
/// leave vectors of a revision that was replaced meanwhile, and for repairs.
pub async fn numbers(db: Db<'_>, ids: &[DocumentId]) -> Result<HashMap<DocumentId, RevisionNumbers>> {
    let mut numbers = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let list = placeholders(1, ids.len());
        let sql = format!("SELECT id, revision, last_revision FROM documents WHERE id IN ({list})");
        let values: Vec<Value> = ids.iter().map(|id| Value::from(id.as_str())).collect();
        for found in db.rows(&sql, values).await? {
            let stands = RevisionNumbers {
                answering: row::value(&found, "revision")?,
                newest: row::value(&found, "last_revision")?,
            };
            numbers.insert(row::value(&found, "id")?, stands);
        }
    }
    Ok(numbers)
}
