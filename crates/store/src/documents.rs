//! Documents: files and pages, and which revision of each answers.

use hammock_contract::{
    ApiError, CollectionId, DocumentId, OrganisationId, Page, SourceId, Timestamp,
    document::{Document, DocumentQuery, DocumentStanding, DocumentState},
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, Tx,
    collections::{readable, writable},
    document_list,
    metadata_filters::Condition,
    row::{self, Stored, Table, key_of, placeholders, table, value},
    sources,
};

table! {
    /// A document.
    DocumentRow = "documents";
    key {
        /// The id.
        id: DocumentId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The collection.
    collection_id: CollectionId,
    /// The source.
    source_id: SourceId,
    /// The title.
    title: String,
    /// The address of a page, or the name of a file.
    location: String,
    /// What the location is compared by; unique in the source.
    location_key: String,
    /// Title and location in lower case, for the search in lists.
    search_key: String,
    /// The address, when it is a page.
    url: Option<String>,
    /// The media type.
    media_type: String,
    /// The size of the original. Bytes.
    bytes: u64,
    /// ISO 639-1 code of the language.
    language: Option<String>,
    /// How it stands.
    state: DocumentState,
    /// Why it failed or was skipped.
    error: Option<ApiError>,
    /// The HTTP status of the last fetch.
    http_status: Option<u16>,
    /// The revision that answers; 0 when none does.
    revision: u32,
    /// The newest revision that was stored; greater than `revision` while one is being made ready.
    last_revision: u32,
    /// How many chunks answer.
    chunks: u32,
    /// How many of them have a vector of the present embedding model.
    embedded_chunks: u32,
    /// The hash of the original's content, to see whether it changed.
    content_hash: Option<String>,
    /// The `ETag` of the last fetch.
    etag: Option<String>,
    /// The `Last-Modified` of the last fetch.
    last_modified: Option<String>,
    /// Where the original lies among the stored files.
    file_key: Option<String>,
    /// The number of the crawl that saw it last.
    seen_in_crawl: u64,
    /// When it was added.
    created_at: Timestamp,
    /// When the revision that answers was read.
    indexed_at: Option<Timestamp>,
    /// When a page was last asked for.
    fetched_at: Option<Timestamp>,
    /// How many links lead to a page from where its website is begun at; nothing until a crawl with the present settings saw it.
    depth: Option<u32>,
    /// When a browser last looked at a page that says little without its scripts.
    rendered_at: Option<Timestamp>,
    /// The hash of the page as it came, where the text is what a browser made of it.
    raw_hash: Option<String>,
    /// The hash of the title and the text that answer; empty when none does, or an earlier version read them.
    text_hash: String,
}

impl DocumentRow {
    /// What people see of it.
    pub fn into_document(self) -> Document {
        Document {
            id: self.id,
            source: self.source_id,
            collection: self.collection_id,
            title: self.title,
            location: self.location,
            url: self.url,
            media_type: self.media_type,
            bytes: self.bytes,
            language: self.language,
            state: self.state,
            error: self.error,
            http_status: self.http_status,
            fetched_at: self.fetched_at,
            rendered: self.raw_hash.is_some(),
            revision: self.revision,
            chunks: self.chunks,
            embedded_chunks: self.embedded_chunks,
            created_at: self.created_at,
            indexed_at: self.indexed_at,
        }
    }
}

/// A document to add, in state `Processing`.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// The id.
    pub id: DocumentId,
    /// The title, as far as it is known.
    pub title: String,
    /// The address of a page, or the name of a file.
    pub location: String,
    /// The address, when it is a page.
    pub url: Option<String>,
    /// The media type, as far as it is known.
    pub media_type: String,
    /// The size of the original. Bytes.
    pub bytes: u64,
    /// Where the original lies among the stored files.
    pub file_key: Option<String>,
    /// The number of the crawl that saw it; 0 for a file.
    pub seen_in_crawl: u64,
}

/// What a fetch said about a page, for the next conditional one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status.
    pub http_status: Option<u16>,
    /// The `ETag`.
    pub etag: Option<String>,
    /// The `Last-Modified`.
    pub last_modified: Option<String>,
    /// The size. Bytes.
    pub bytes: u64,
    /// How many links lead to it.
    pub depth: Option<u32>,
    /// When a browser last looked at it.
    pub rendered_at: Option<Timestamp>,
    /// The hash of the page as it came, where a browser made the text of it.
    pub raw_hash: Option<String>,
}

fn search_key(title: &str, location: &str) -> String {
    key_of(&format!("{title}\n{location}"))
}

/// Adds documents to a source of the scope's organisation, many a statement. Locations are compared exactly.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when a location is in the source already.
pub async fn create_many(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    new: Vec<NewDocument>,
    now: Timestamp,
) -> Result<Vec<DocumentRow>> {
    let source = sources::find_writable(scope, tx.db(), source).await?;
    let rows: Vec<DocumentRow> = new
        .into_iter()
        .map(|new| {
            let NewDocument { id, title, location, url, media_type, bytes, file_key, seen_in_crawl } = new;
            DocumentRow {
                id,
                organisation_id: scope.organisation().clone(),
                collection_id: source.collection_id.clone(),
                source_id: source.id.clone(),
                search_key: search_key(&title, &location),
                title,
                location_key: location.clone(),
                location,
                url,
                media_type,
                bytes,
                language: None,
                state: DocumentState::Processing,
                error: None,
                http_status: None,
                revision: 0,
                last_revision: 0,
                chunks: 0,
                embedded_chunks: 0,
                content_hash: None,
                etag: None,
                last_modified: None,
                file_key,
                seen_in_crawl,
                created_at: now,
                indexed_at: None,
                fetched_at: None,
                depth: None,
                rendered_at: None,
                raw_hash: None,
                text_hash: String::new(),
            }
        })
        .collect();
    row::insert_many(tx.db(), rows.clone()).await?;
    Ok(rows)
}

/// One document that the scope may read.
pub async fn find(scope: &Scope, db: Db<'_>, id: &DocumentId) -> Result<DocumentRow> {
    let mut values: Vec<Value> = vec![id.as_str().into()];
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let sql = format!("SELECT {} FROM documents WHERE id = $1 AND {readable}", DocumentRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// One document that the scope may write: of its own organisation, in a collection that its person sees.
pub async fn find_writable(scope: &Scope, db: Db<'_>, id: &DocumentId) -> Result<DocumentRow> {
    let mut values: Vec<Value> = vec![id.as_str().into()];
    let writable = writable(scope, "documents", "collection_id", &mut values);
    let sql = format!("SELECT {} FROM documents WHERE id = $1 AND {writable}", DocumentRow::COLUMNS);
    row::one(db.row(&sql, values).await?)
}

/// The document of a source at a location, if there is one.
pub async fn find_by_location(
    scope: &Scope,
    db: Db<'_>,
    source: &SourceId,
    location: &str,
) -> Result<Option<DocumentRow>> {
    let sql = format!(
        "SELECT {} FROM documents WHERE organisation_id = $1 AND source_id = $2 AND location_key = $3",
        DocumentRow::COLUMNS
    );
    let values = [scope.organisation().as_str().into(), source.as_str().into(), location.to_owned().store().into()];
    db.row(&sql, values).await?.as_ref().map(DocumentRow::from_row).transpose()
}

/// The documents that the scope may read, in pages.
pub async fn list(scope: &Scope, db: Db<'_>, query: &DocumentQuery) -> Result<Page<Document>> {
    document_list::list(scope, db, query, &[]).await
}

/// Those of them whose metadata meets all of the conditions.
pub async fn list_meeting(
    scope: &Scope,
    db: Db<'_>,
    query: &DocumentQuery,
    conditions: &[Condition],
) -> Result<Page<Document>> {
    document_list::list(scope, db, query, conditions).await
}

/// How those of the documents stand that the scope may read.
pub async fn list_standings(scope: &Scope, db: Db<'_>, ids: &[DocumentId]) -> Result<Vec<DocumentStanding>> {
    let mut values: Vec<Value> = ids.iter().map(|id| Value::from(id.as_str())).collect();
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let list = placeholders(1, ids.len());
    let sql = format!("SELECT id, state FROM documents WHERE id IN ({list}) AND {readable} ORDER BY id");
    let found = db.rows(&sql, values).await?;
    found.iter().map(|row| Ok(DocumentStanding { document: value(row, "id")?, state: value(row, "state")? })).collect()
}

/// Every document of a source of the scope's organisation, oldest first. For a crawl, which compares all of them.
pub async fn list_of_source(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Vec<DocumentRow>> {
    let sql = format!(
        "SELECT {} FROM documents WHERE organisation_id = $1 AND source_id = $2 ORDER BY id",
        DocumentRow::COLUMNS
    );
    row::all(&db.rows(&sql, [scope.organisation().as_str().into(), source.as_str().into()]).await?)
}

/// Where the oldest other document of a source of the scope's organisation is from that answers with this text.
pub async fn find_same_text(
    scope: &Scope,
    db: Db<'_>,
    source: &SourceId,
    text_hash: &str,
    document: &DocumentId,
) -> Result<Option<String>> {
    let sql = "SELECT location FROM documents WHERE organisation_id = $1 AND source_id = $2 AND text_hash = $3 \
               AND revision > 0 AND id <> $4 ORDER BY id LIMIT 1";
    let values =
        [scope.organisation().as_str().into(), source.as_str().into(), text_hash.into(), document.as_str().into()];
    db.row(sql, values).await?.map(|found| value(&found, "location")).transpose()
}

/// The ids of a collection's documents in the scope's organisation, for clearing the indexes.
pub async fn list_ids_of_collection(scope: &Scope, db: Db<'_>, collection: &CollectionId) -> Result<Vec<DocumentId>> {
    let sql = "SELECT id FROM documents WHERE organisation_id = $1 AND collection_id = $2 ORDER BY id";
    let rows = db.rows(sql, [scope.organisation().as_str().into(), collection.as_str().into()]).await?;
    rows.iter().map(|found: &QueryResult| value(found, "id")).collect()
}

/// Sets how a document stands, and why when it failed or was skipped. The revision that answers keeps answering.
pub async fn set_state(
    scope: &Scope,
    tx: &Tx,
    id: &DocumentId,
    state: DocumentState,
    error: Option<ApiError>,
) -> Result<()> {
    let sql = "UPDATE documents SET state = $3, error = $4 WHERE organisation_id = $1 AND id = $2";
    let values = [scope.organisation().as_str().into(), id.as_str().into(), state.store().into(), error.store().into()];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Notes what a fetch said about a page.
pub async fn set_fetched(scope: &Scope, tx: &Tx, id: &DocumentId, fetched: &Fetched) -> Result<()> {
    let Fetched { http_status, etag, last_modified, bytes, depth, rendered_at, raw_hash } = fetched.clone();
    let sql = "UPDATE documents SET http_status = $3, etag = $4, last_modified = $5, bytes = $6, depth = $7, \
               rendered_at = $8, raw_hash = $9 WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        http_status.store().into(),
        etag.store().into(),
        last_modified.store().into(),
        bytes.store().into(),
        depth.store().into(),
        rendered_at.store().into(),
        raw_hash.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Replaces the original of a document: its file, media type and size. For a file uploaded again under the same name.
pub async fn set_file(
    scope: &Scope,
    tx: &Tx,
    id: &DocumentId,
    file_key: &str,
    media_type: &str,
    bytes: u64,
) -> Result<()> {
    let sql = "UPDATE documents SET file_key = $3, media_type = $4, bytes = $5, state = $6, error = NULL \
               WHERE organisation_id = $1 AND id = $2";
    let values = [
        scope.organisation().as_str().into(),
        id.as_str().into(),
        file_key.into(),
        media_type.into(),
        bytes.store().into(),
        DocumentState::Processing.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// Notes that a crawl saw these documents.
pub async fn mark_seen(scope: &Scope, tx: &Tx, ids: &[DocumentId], crawl: u64) -> Result<()> {
    for ids in ids.chunks(500) {
        let sql = format!(
            "UPDATE documents SET seen_in_crawl = $2 WHERE organisation_id = $1 AND id IN ({})",
            placeholders(3, ids.len())
        );
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), crawl.store().into()];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        tx.db().execute(&sql, values).await?;
    }
    Ok(())
}

/// The documents of a source that a crawl did not see: gone from the site.
pub async fn list_unseen(scope: &Scope, db: Db<'_>, source: &SourceId, crawl: u64) -> Result<Vec<DocumentRow>> {
    let sql = format!(
        "SELECT {} FROM documents WHERE organisation_id = $1 AND source_id = $2 AND seen_in_crawl < $3 ORDER BY id",
        DocumentRow::COLUMNS
    );
    let values = [scope.organisation().as_str().into(), source.as_str().into(), crawl.store().into()];
    row::all(&db.rows(&sql, values).await?)
}

/// Removes documents with their revisions and chunks; how many. The caller clears the indexes.
pub async fn delete_many(scope: &Scope, tx: &Tx, ids: &[DocumentId]) -> Result<u64> {
    let mut deleted = 0;
    for ids in ids.chunks(500) {
        let list = placeholders(2, ids.len());
        let sql = format!("DELETE FROM documents WHERE organisation_id = $1 AND id IN ({list})");
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        deleted += tx.db().execute(&sql, values).await?;
    }
    Ok(deleted)
}

/// Removes one document with its revisions and chunks. The caller clears the indexes.
pub async fn delete(scope: &Scope, tx: &Tx, id: &DocumentId) -> Result<()> {
    row::touched(delete_many(scope, tx, std::slice::from_ref(id)).await?)
}
