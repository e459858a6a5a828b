//! Chunks: the spans that are retrieved, and which of them have a vector.
//!
//! Chunks exist for the revision that answers and for one that is being made ready; citations of older revisions carry
//! their own quote.

use std::collections::{BTreeSet, HashMap, HashSet};

use hammock_contract::{
    ChunkEditId, ChunkId, CollectionId, DocumentId, OrganisationId,
    document::{Chunk, ChunkEdited, DocumentState},
    passage::{Place, TablePart},
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, StoreError, Tx,
    chunk_edits::{self, FoundEdit},
    collections::readable,
    revisions,
    row::{self, Stored, Table, placeholders, table, value},
};

table! {
    /// A chunk.
    ChunkRow = "chunks";
    key {
        /// The id.
        id: ChunkId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The collection.
    collection_id: CollectionId,
    /// The document.
    document_id: DocumentId,
    /// The revision.
    revision: u32,
    /// Its place in the document, from 0.
    ordinal: u32,
    /// The headings above it, outermost first.
    headings: Vec<String>,
    /// The text.
    text: String,
    /// Where it begins in the revision's text. Bytes.
    start_byte: u32,
    /// Where it ends. Bytes.
    end_byte: u32,
    /// The pages, the sheet or the slide.
    place: Option<Place>,
    /// What it needs to be understood alone, when it begins or ends inside a table.
    table_part: Option<TablePart>,
    /// The vector space in which it has a vector; empty: none.
    embedded_space: String,
    /// What a person made of it, if anything.
    edit_id: Option<ChunkEditId>,
    /// Whether it is searched.
    enabled: bool,
}

/// A chunk with what its document says of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundChunk {
    /// The chunk.
    pub chunk: ChunkRow,
    /// The document's title.
    pub title: String,
    /// The document's location.
    pub location: String,
    /// The page's address.
    pub url: Option<String>,
    /// ISO 639-1 code of the document's language.
    pub language: Option<String>,
    /// The media type.
    pub media_type: String,
    /// Who gave it another text than the document has, and when.
    pub edited: Option<ChunkEdited>,
}

/// A chunk that waits for its vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingChunk {
    /// The chunk.
    pub id: ChunkId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The collection.
    pub collection: CollectionId,
    /// The document.
    pub document: DocumentId,
    /// The revision.
    pub revision: u32,
    /// The document's title.
    pub title: String,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// What it needs to be understood alone, when it begins or ends inside a table.
    pub table_part: Option<TablePart>,
    /// The text.
    pub text: String,
}

/// How a query for chunks of answering revisions begins that wait for a vector.
pub(crate) const WAITING: &str = "SELECT chunks.id, chunks.organisation_id, chunks.collection_id, chunks.document_id, \
     chunks.revision, chunks.headings, chunks.table_part, chunks.text, documents.title FROM chunks \
     JOIN documents ON documents.id = chunks.document_id AND documents.revision = chunks.revision";

/// What an index should hold, for comparing.
pub type IndexKey = (DocumentId, u32, ChunkId);

impl ChunkRow {
    /// What people see of it; `space` is the present vector space, if there is one, `edit` what a person made of it.
    pub fn into_chunk(self, space: Option<&str>, edit: Option<&FoundEdit>) -> Chunk {
        let Self { id, ordinal, headings, text, start_byte, end_byte, place, embedded_space, enabled, .. } = self;
        let embedded = space.is_some_and(|space| space == embedded_space);
        let edited = edit.and_then(FoundEdit::edited);
        let original = edit.filter(|_| edited.is_some()).map(|edit| edit.row.original.clone());
        let (start, end) = (start_byte, end_byte);
        Chunk { id, ordinal, headings, text, start, end, place, embedded, enabled, edited, original }
    }
}

/// The chunks with these ids that may answer this scope: its organisation's or the handbook's, of the revision that answers,
/// and not switched off. Others are left out. In no particular order.
///
/// The second check of tenancy in retrieval: whatever an index says, text leaves the store only through here.
pub async fn load(scope: &Scope, db: Db<'_>, ids: &[ChunkId]) -> Result<Vec<FoundChunk>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let mut values: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
        let list = placeholders(1, values.len());
        let readable = readable(scope, "documents", "collection_id", &mut values);
        let sql = format!(
            "SELECT {}, documents.title, documents.location, documents.url, documents.language, documents.media_type \
             FROM chunks JOIN documents ON documents.id = chunks.document_id \
             AND documents.revision = chunks.revision AND documents.organisation_id = chunks.organisation_id \
             WHERE chunks.id IN ({list}) AND chunks.enabled AND {readable}",
            ChunkRow::COLUMNS
        );
        for row in db.rows(&sql, values).await? {
            found.push(FoundChunk {
                chunk: ChunkRow::from_row(&row)?,
                title: value(&row, "title")?,
                location: value(&row, "location")?,
                url: value(&row, "url")?,
                language: value(&row, "language")?,
                media_type: value(&row, "media_type")?,
                edited: None,
            });
        }
    }
    let edits: Vec<ChunkEditId> = found.iter().filter_map(|found| found.chunk.edit_id.clone()).collect();
    for edit in chunk_edits::find_many(scope, db, &edits).await? {
        for found in found.iter_mut().filter(|found| found.chunk.edit_id.as_ref() == Some(&edit.row.id)) {
            found.edited = edit.edited();
        }
    }
    Ok(found)
}

/// The chunks of a document's revision in order, when the scope may read it.
pub async fn list(scope: &Scope, db: Db<'_>, document: &DocumentId, revision: u32) -> Result<Vec<ChunkRow>> {
    let mut values: Vec<Value> = vec![document.as_str().into(), revision.store().into()];
    let readable = readable(scope, "chunks", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM chunks WHERE document_id = $1 AND revision = $2 AND {readable} ORDER BY ordinal",
        ChunkRow::COLUMNS
    );
    row::all(&db.rows(&sql, values).await?)
}

/// At most `limit` chunks of answering revisions that have no vector in `space`, spread over the tenants that wait: each
/// gets an equal share, so that one large upload does not hold up everybody. No scope: for the embedding worker.
pub async fn list_waiting(db: Db<'_>, space: &str, limit: usize) -> Result<Vec<WaitingChunk>> {
    // Two ranges of the index instead of `<>`, which would look at every chunk. A space that is not the present one is
    // empty, or an earlier model's.
    let sql = "SELECT DISTINCT organisation_id, embedded_space FROM chunks WHERE embedded_space < $1 \
               UNION SELECT DISTINCT organisation_id, embedded_space FROM chunks WHERE embedded_space > $1 \
               ORDER BY organisation_id, embedded_space";
    let rows = db.rows(sql, [space.into()]).await?;
    let tenants = rows
        .iter()
        .map(|found| Ok((value(found, "organisation_id")?, value(found, "embedded_space")?)))
        .collect::<Result<Vec<(OrganisationId, String)>>>()?;
    let mut taken = vec![0; tenants.len()];
    let mut waiting = Vec::new();
    // First an equal share for each; then whoever has more fills what the others left.
    for first in [true, false] {
        for (index, (organisation, old_space)) in tenants.iter().enumerate() {
            let room = limit - waiting.len();
            let share = if first { room.div_ceil(tenants.len() - index) } else { room };
            // Somebody who had less than a share has nothing more.
            if share == 0 || (!first && taken[index] == 0) {
                continue;
            }
            let found = waiting_of(db, organisation, old_space, taken[index], share).await?;
            taken[index] = if found.len() < share { 0 } else { taken[index] + found.len() };
            waiting.extend(found);
        }
    }
    Ok(waiting)
}

/// The chunks of one tenant that wait, in order, from the `skip`-th on.
async fn waiting_of(
    db: Db<'_>,
    organisation: &OrganisationId,
    space: &str,
    skip: usize,
    limit: usize,
) -> Result<Vec<WaitingChunk>> {
    let sql = format!(
        "{WAITING} WHERE chunks.embedded_space = $1 AND chunks.organisation_id = $2 AND chunks.enabled \
         ORDER BY chunks.id LIMIT {limit} OFFSET {skip}"
    );
    db.rows(&sql, [space.into(), organisation.as_str().into()]).await?.iter().map(waiting_chunk).collect()
}

/// A row of a query that begins with [`WAITING`].
pub(crate) fn waiting_chunk(found: &QueryResult) -> Result<WaitingChunk> {
    Ok(WaitingChunk {
        id: value(found, "id")?,
        organisation: value(found, "organisation_id")?,
        collection: value(found, "collection_id")?,
        document: value(found, "document_id")?,
        revision: value(found, "revision")?,
        title: value(found, "title")?,
        headings: value(found, "headings")?,
        table_part: value(found, "table_part")?,
        text: value(found, "text")?,
    })
}

/// How many chunks of answering revisions have no vector in `space`. No scope: for the worker and its progress.
pub async fn count_waiting(db: Db<'_>, space: &str) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS total FROM chunks \
               JOIN documents ON documents.id = chunks.document_id AND documents.revision = chunks.revision \
               WHERE (chunks.embedded_space < $1 OR chunks.embedded_space > $1) AND chunks.enabled";
    value(&db.row(sql, [space.into()]).await?.ok_or(StoreError::NotFound)?, "total")
}

/// The same for what a scope may read.
pub async fn count_waiting_for(scope: &Scope, db: Db<'_>) -> Result<u64> {
    let mut values: Vec<Value> = Vec::new();
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(chunks - embedded_chunks), 0) AS BIGINT) AS total FROM documents \
         WHERE {readable} AND revision > 0"
    );
    value(&db.row(&sql, values).await?.ok_or(StoreError::NotFound)?, "total")
}

/// Notes that these chunks have a vector in `space`; documents that are complete by it become `Ready`. Returns which chunks
/// were there: others were replaced meanwhile. No scope: for the embedding worker, with ids of [`list_waiting`].
pub async fn mark_embedded(tx: &Tx, ids: &[ChunkId], space: &str) -> Result<HashSet<ChunkId>> {
    revisions::hold_documents_of(tx, ids).await?;
    let mut documents: BTreeSet<DocumentId> = BTreeSet::new();
    let mut marked = HashSet::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let sql = format!(
            "UPDATE chunks SET embedded_space = $1 WHERE id IN ({}) RETURNING document_id, id",
            placeholders(2, ids.len())
        );
        let mut values: Vec<Value> = vec![space.into()];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        for found in tx.db().rows(&sql, values).await? {
            documents.insert(value(&found, "document_id")?);
            marked.insert(value(&found, "id")?);
        }
    }
    let documents: Vec<Value> = documents.iter().map(|id| id.as_str().into()).collect();
    for documents in documents.chunks(500) {
        let condition = format!("id IN ({})", placeholders(4, documents.len()));
        recount(tx, space, &condition, documents).await?;
    }
    Ok(marked)
}

/// Forgets which chunks have a vector, so that all are made again: for a rebuild of the index. No scope.
pub async fn forget_vectors(tx: &Tx) -> Result<()> {
    tx.db().execute("UPDATE chunks SET embedded_space = '' WHERE embedded_space <> ''", []).await?;
    let sql =
        "UPDATE documents SET embedded_chunks = 0, state = CASE WHEN state = $1 AND chunks > 0 THEN $2 ELSE state END";
    let values = [DocumentState::Ready.store().into(), DocumentState::Embedding.store().into()];
    tx.db().execute(sql, values).await.map(|_| ())
}

/// Notes that these chunks have no vector any more (found missing by a verification). No scope.
pub async fn forget_vectors_of(tx: &Tx, ids: &[ChunkId], space: &str) -> Result<()> {
    mark_embedded(tx, ids, "").await?;
    // The documents count by the present space, not by the empty one.
    adopt_space(tx, Some(space)).await
}

/// Counts anew, for every document, how many of its chunks have a vector in `space`, and sets `Embedding` and `Ready`
/// accordingly. At start, since the embedding model may be another one now, or none (`None`: keyword search alone, every
/// readable document is `Ready`). No scope.
pub async fn adopt_space(tx: &Tx, space: Option<&str>) -> Result<()> {
    if let Some(space) = space {
        return recount(tx, space, "revision > 0", &[]).await;
    }
    let sql = "UPDATE documents SET embedded_chunks = 0, state = CASE WHEN state = $1 THEN $2 ELSE state END \
               WHERE embedded_chunks > 0 OR state = $1";
    let values = [DocumentState::Embedding.store().into(), DocumentState::Ready.store().into()];
    tx.db().execute(sql, values).await.map(|_| ())
}

/// `$1` to `$3` are taken; the condition's own values begin at `$4`.
async fn recount(tx: &Tx, space: &str, condition: &str, values: &[Value]) -> Result<()> {
    let counted = "(SELECT COUNT(*) FROM chunks WHERE chunks.document_id = documents.id \
                   AND chunks.revision = documents.revision AND chunks.enabled AND chunks.embedded_space = $1)";
    let sql = format!(
        "UPDATE documents SET embedded_chunks = {counted}, \
         state = CASE WHEN state NOT IN ($2, $3) THEN state WHEN {counted} >= chunks THEN $3 ELSE $2 END WHERE {condition}"
    );
    let mut all: Vec<Value> =
        vec![space.into(), DocumentState::Embedding.store().into(), DocumentState::Ready.store().into()];
    all.extend(values.iter().cloned());
    tx.db().execute(&sql, all).await.map(|_| ())
}

/// Every chunk that the keyword index should hold: those of answering revisions that are not switched off. No scope: for verification.
pub async fn list_answering(db: Db<'_>) -> Result<Vec<IndexKey>> {
    let sql = "SELECT chunks.document_id, chunks.revision, chunks.id FROM chunks \
               JOIN documents ON documents.id = chunks.document_id AND documents.revision = chunks.revision \
               WHERE chunks.enabled";
    db.rows(sql, []).await?.iter().map(index_key).collect()
}

/// Every chunk that the vector index should hold in a space. No scope: for verification.
pub async fn list_embedded(db: Db<'_>, space: &str) -> Result<Vec<IndexKey>> {
    let sql = "SELECT chunks.document_id, chunks.revision, chunks.id FROM chunks \
               JOIN documents ON documents.id = chunks.document_id AND documents.revision = chunks.revision \
               WHERE chunks.embedded_space = $1 AND chunks.enabled";
    db.rows(sql, [space.into()]).await?.iter().map(index_key).collect()
}

pub(crate) fn index_key(found: &QueryResult) -> Result<IndexKey> {
    Ok((value(found, "document_id")?, value(found, "revision")?, value(found, "id")?))
}

/// A document that answers, with its chunks: what the keyword index is rebuilt from.
#[derive(Debug, Clone, PartialEq)]
pub struct AnsweringDocument {
    /// The document.
    pub document: crate::documents::DocumentRow,
    /// Its chunks in order, without those that are switched off.
    pub chunks: Vec<ChunkRow>,
}

/// The next documents that answer, by id after `after`, at most `limit`. No scope: for rebuilding the index.
pub async fn list_answering_documents(
    db: Db<'_>,
    after: Option<&DocumentId>,
    limit: usize,
) -> Result<Vec<AnsweringDocument>> {
    let sql = format!(
        "SELECT {} FROM documents WHERE revision > 0 AND id > $1 ORDER BY id LIMIT {limit}",
        crate::documents::DocumentRow::COLUMNS
    );
    let documents: Vec<crate::documents::DocumentRow> =
        row::all(&db.rows(&sql, [after.map_or("", DocumentId::as_str).into()]).await?)?;
    with_chunks(db, documents).await
}

/// Documents that answer, by their ids; those that do not are left out. No scope: for repairing the index.
pub async fn find_answering_documents(db: Db<'_>, ids: &[DocumentId]) -> Result<Vec<AnsweringDocument>> {
    let mut found = Vec::new();
    for ids in ids.chunks(500) {
        let sql = format!(
            "SELECT {} FROM documents WHERE revision > 0 AND id IN ({})",
            crate::documents::DocumentRow::COLUMNS,
            placeholders(1, ids.len())
        );
        let rows = db.rows(&sql, ids.iter().map(|id| Value::from(id.as_str())).collect::<Vec<_>>()).await?;
        found.extend(with_chunks(db, row::all(&rows)?).await?);
    }
    Ok(found)
}

async fn with_chunks(db: Db<'_>, documents: Vec<crate::documents::DocumentRow>) -> Result<Vec<AnsweringDocument>> {
    let mut chunks: HashMap<DocumentId, Vec<ChunkRow>> = HashMap::new();
    for documents in documents.chunks(500) {
        let sql = format!(
            "SELECT {} FROM chunks JOIN documents ON documents.id = chunks.document_id \
             AND documents.revision = chunks.revision WHERE chunks.document_id IN ({}) AND chunks.enabled ORDER BY chunks.ordinal",
            ChunkRow::COLUMNS,
            placeholders(1, documents.len())
        );
        let ids: Vec<Value> = documents.iter().map(|document| document.id.as_str().into()).collect();
        for row in row::all::<ChunkRow>(&db.rows(&sql, ids).await?)? {
            chunks.entry(row.document_id.clone()).or_default().push(row);
        }
    }
    Ok(documents
        .into_iter()
        .map(|document| AnsweringDocument { chunks: chunks.remove(&document.id).unwrap_or_default(), document })
        .collect())
}
