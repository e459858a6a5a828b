//! What a crawl found and is not done yet: the text of a page that was not known, another text that takes the place of one that
//! answers, or that nothing of a page may answer any more. It is done when it is sure that the website has not lost what it had,
//! when the crawl is whole, or when a person accepts it. Until then all pages answer as before.

use hammock_contract::{
    CollectionId, DocumentId, OrganisationId, SourceId, Timestamp, document::DocumentState, metadata::FoundMetadata,
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx, collections,
    crawls::CrawlRow,
    documents::{self, DocumentRow},
    revisions,
    row::{self, Stored, Table, placeholders, table, value},
};

table! {
    /// A change of a page that waits.
    CrawlChangeRow = "crawl_changes";
    key {
        /// The page.
        document_id: DocumentId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The source.
    source_id: SourceId,
    /// The source's number of the crawl.
    crawl: u64,
    /// The revision that is to answer, stored already; 0 when none is to.
    revision: u32,
    /// The title that was read.
    title: String,
    /// ISO 639-1 code of the language.
    language: Option<String>,
    /// The media type that was found.
    media_type: String,
    /// The hash of the title and the text.
    text_hash: String,
    /// What the page says to machines.
    metadata: Vec<FoundMetadata>,
    /// Whether it waits for the end of the crawl, however sure it is before that the website has not lost what it had.
    until_end: bool,
    /// The `ETag` of the text that is to answer.
    etag: Option<String>,
    /// Its `Last-Modified`.
    last_modified: Option<String>,
    /// When a browser looked at it.
    rendered_at: Option<Timestamp>,
    /// The hash of the page as it came, where a browser made the text of it.
    raw_hash: Option<String>,
}

impl CrawlChangeRow {
    /// That nothing of a page is to answer any more.
    pub fn retirement(scope: &Scope, source: &SourceId, crawl: u64, page: &DocumentId) -> Self {
        Self {
            document_id: page.clone(),
            organisation_id: scope.organisation().clone(),
            source_id: source.clone(),
            crawl,
            revision: 0,
            title: String::new(),
            language: None,
            media_type: String::new(),
            text_hash: String::new(),
            metadata: Vec::new(),
            until_end: true,
            etag: None,
            last_modified: None,
            rendered_at: None,
            raw_hash: None,
        }
    }
}

/// Notes a change of a page, in the place of an earlier one.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the page is not the scope's to write.
pub async fn put(scope: &Scope, tx: &Tx, change: CrawlChangeRow) -> Result<()> {
    documents::find_writable(scope, tx.db(), &change.document_id).await?;
    let organisation = scope.organisation();
    let sql = "DELETE FROM crawl_changes WHERE organisation_id = $1 AND document_id = $2";
    tx.db().execute(sql, [organisation.as_str().into(), change.document_id.as_str().into()]).await?;
    row::insert(tx.db(), CrawlChangeRow { organisation_id: organisation.clone(), ..change }).await
}

/// The changes that a crawl of a source of the scope's organisation found.
pub async fn list(scope: &Scope, db: Db<'_>, source: &SourceId, crawl: u64) -> Result<Vec<CrawlChangeRow>> {
    let sql = format!(
        "SELECT {} FROM crawl_changes WHERE organisation_id = $1 AND source_id = $2 AND crawl = $3 ORDER BY document_id",
        CrawlChangeRow::COLUMNS
    );
    let values = [scope.organisation().as_str().into(), source.as_str().into(), crawl.store().into()];
    row::all(&db.rows(&sql, values).await?)
}

/// The first `limit` of them that do not wait for the end of the crawl.
pub async fn list_first(
    scope: &Scope,
    db: Db<'_>,
    source: &SourceId,
    crawl: u64,
    limit: usize,
) -> Result<Vec<CrawlChangeRow>> {
    let sql = format!(
        "SELECT {} FROM crawl_changes WHERE organisation_id = $1 AND source_id = $2 AND crawl = $3 AND NOT until_end \
         ORDER BY document_id LIMIT {limit}",
        CrawlChangeRow::COLUMNS
    );
    let values = [scope.organisation().as_str().into(), source.as_str().into(), crawl.store().into()];
    row::all(&db.rows(&sql, values).await?)
}

/// How many pages a crawl found not to be for answers.
pub async fn count_retired(scope: &Scope, db: Db<'_>, source: &SourceId, crawl: u64) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS total FROM crawl_changes \
               WHERE organisation_id = $1 AND source_id = $2 AND crawl = $3 AND revision = 0";
    let values = [scope.organisation().as_str().into(), source.as_str().into(), crawl.store().into()];
    db.row(sql, values).await?.map_or(Ok(0), |found| value(&found, "total"))
}

/// The pages of a source that nobody had but a crawl that is held: those whose first text waits, by this crawl or an earlier one,
/// and those that this one found first and could not read. None of them ever answered.
pub async fn list_found_by(scope: &Scope, db: Db<'_>, source: &SourceId, held: &CrawlRow) -> Result<Vec<DocumentRow>> {
    let sql = format!(
        "SELECT {} FROM documents WHERE organisation_id = $1 AND source_id = $2 AND revision = 0 \
         AND (state = $3 OR (seen_in_crawl = $4 AND created_at >= $5)) ORDER BY id",
        DocumentRow::COLUMNS
    );
    let values = [
        scope.organisation().as_str().into(),
        source.as_str().into(),
        DocumentState::Waiting.store().into(),
        held.number.store().into(),
        held.started_at.as_millis().into(),
    ];
    row::all(&db.rows(&sql, values).await?)
}

/// Forgets every change that waits of a source, with the texts that were stored for them; how many there were.
pub async fn forget(scope: &Scope, tx: &Tx, source: &SourceId) -> Result<u64> {
    let sql = "SELECT document_id, revision FROM crawl_changes \
               WHERE organisation_id = $1 AND source_id = $2 AND revision > 0 ORDER BY document_id";
    for found in tx.db().rows(sql, [scope.organisation().as_str().into(), source.as_str().into()]).await? {
        let document: DocumentId = value(&found, "document_id")?;
        revisions::discard(scope, tx, &document, value(&found, "revision")?).await?;
    }
    clear(scope, tx, source).await
}

/// Forgets the change of a page that is not to be done after all, with the text that was stored for it; how many there were.
pub async fn withdraw(scope: &Scope, tx: &Tx, page: &DocumentId) -> Result<u64> {
    let sql = "SELECT revision FROM crawl_changes WHERE organisation_id = $1 AND document_id = $2 AND revision > 0";
    let found = tx.db().row(sql, [scope.organisation().as_str().into(), page.as_str().into()]).await?;
    if let Some(found) = found {
        revisions::discard(scope, tx, page, value(&found, "revision")?).await?;
    }
    remove(scope, tx, std::slice::from_ref(page)).await
}

/// Forgets the changes of these pages, now that they are done; how many there were.
pub async fn remove(scope: &Scope, tx: &Tx, pages: &[DocumentId]) -> Result<u64> {
    let mut removed = 0;
    for pages in pages.chunks(500) {
        let sql = format!(
            "DELETE FROM crawl_changes WHERE organisation_id = $1 AND document_id IN ({})",
            placeholders(2, pages.len())
        );
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
        values.extend(pages.iter().map(|id| Value::from(id.as_str())));
        removed += tx.db().execute(&sql, values).await?;
    }
    Ok(removed)
}

/// Forgets every change that waits of a source, now that all is done; how many there were.
pub async fn clear(scope: &Scope, tx: &Tx, source: &SourceId) -> Result<u64> {
    let sql = "DELETE FROM crawl_changes WHERE organisation_id = $1 AND source_id = $2";
    tx.db().execute(sql, [scope.organisation().as_str().into(), source.as_str().into()]).await
}

/// Lets nothing of these pages of a collection answer any more; how many there are. Their chunks are removed; the texts stay,
/// since citations of earlier answers point into them, and so does what is noted of their state. The caller clears the indexes.
pub async fn retire(
    scope: &Scope,
    tx: &Tx,
    collection: &CollectionId,
    pages: &[DocumentId],
    now: Timestamp,
) -> Result<u64> {
    let mut retired = 0;
    for pages in pages.chunks(500) {
        let list = placeholders(2, pages.len());
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into()];
        values.extend(pages.iter().map(|id| Value::from(id.as_str())));
        let sql = format!(
            "UPDATE documents SET revision = 0, chunks = 0, embedded_chunks = 0, content_hash = NULL, text_hash = '', \
             etag = NULL, last_modified = NULL, rendered_at = NULL, raw_hash = NULL, indexed_at = NULL \
             WHERE organisation_id = $1 AND id IN ({list})"
        );
        retired += tx.db().execute(&sql, values.clone()).await?;
        let sql = format!("DELETE FROM chunks WHERE organisation_id = $1 AND document_id IN ({list})");
        tx.db().execute(&sql, values).await?;
    }
    if retired > 0 {
        collections::touch(scope, tx, collection, now).await?;
    }
    Ok(retired)
}

/// Whether a revision of a document is stored that does not answer yet: who lets it answer removes the others from the indexes.
pub async fn is_waiting(scope: &Scope, db: Db<'_>, document: &DocumentId) -> Result<bool> {
    let sql = "SELECT COUNT(*) AS total FROM chunks JOIN documents ON documents.id = chunks.document_id \
               WHERE chunks.organisation_id = $1 AND chunks.document_id = $2 AND chunks.revision > documents.revision";
    let values = [scope.organisation().as_str().into(), document.as_str().into()];
    let total: u64 = db.row(sql, values).await?.map_or(Ok(0), |found| value(&found, "total"))?;
    Ok(total > 0)
}
