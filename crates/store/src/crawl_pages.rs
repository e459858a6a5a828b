//! What crawls made of each page, one row an address. The rows go with their crawl.

use std::collections::HashMap;

use hammock_contract::{
    ApiError, CrawlId, DocumentId, OrganisationId, Page, SourceId, Timestamp,
    crawl::{CrawlPage, CrawlPageOutcome, CrawlPageQuery},
    page::PageRequest,
};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope, StoreError, Tx,
    collections::writable,
    paging,
    row::{self, Stored, Table, key_of, pattern, placeholders, table, value},
};

table! {
    /// A page of a crawl.
    CrawlPageRow = "crawl_pages";
    key {
        /// The crawl.
        crawl_id: CrawlId,
        /// The address; unique in the crawl.
        address: String,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The address in lower case, for the search in lists.
    address_key: String,
    /// The document that it was then; it may be gone since.
    document_id: Option<DocumentId>,
    /// What became of it.
    outcome: CrawlPageOutcome,
    /// The HTTP status.
    http_status: Option<u16>,
    /// Why it was skipped or failed.
    error: Option<ApiError>,
    /// When it was asked for.
    fetched_at: Option<Timestamp>,
}

/// Notes what a crawl made of pages. What it noted of the same addresses before is replaced.
///
/// # Errors
/// [`StoreError::NotFound`] when the crawl is not the scope's, or gone.
pub async fn put_many(scope: &Scope, tx: &Tx, crawl: &CrawlId, pages: Vec<CrawlPage>) -> Result<()> {
    let sql = "SELECT id FROM crawls WHERE organisation_id = $1 AND id = $2";
    let found = tx.db().row(sql, [scope.organisation().as_str().into(), crawl.as_str().into()]).await?;
    found.ok_or(StoreError::NotFound)?;
    // The last word on an address counts.
    let pages: HashMap<String, CrawlPage> = pages.into_iter().map(|page| (page.address.clone(), page)).collect();
    let addresses: Vec<&String> = pages.keys().collect();
    for addresses in addresses.chunks(500) {
        let sql = format!(
            "DELETE FROM crawl_pages WHERE organisation_id = $1 AND crawl_id = $2 AND address IN ({})",
            placeholders(3, addresses.len())
        );
        let mut values: Vec<Value> = vec![scope.organisation().as_str().into(), crawl.as_str().into()];
        values.extend(addresses.iter().map(|address| Value::from(address.as_str())));
        tx.db().execute(&sql, values).await?;
    }
    let rows = pages.into_values().map(|page| {
        let CrawlPage { address, document, outcome, http_status, error, fetched_at } = page;
        CrawlPageRow {
            crawl_id: crawl.clone(),
            organisation_id: scope.organisation().clone(),
            address_key: key_of(&address),
            address,
            document_id: document,
            outcome,
            http_status,
            error,
            fetched_at,
        }
    });
    row::insert_many(tx.db(), rows.collect()).await
}

/// Notes the pages that answer and that a crawl with this number did not see: removed, or held back from that. With what status
/// they were answered stays, where that is noted; how many there are.
pub async fn put_unseen(scope: &Scope, tx: &Tx, crawl: &CrawlId, source: &SourceId, number: u64) -> Result<u64> {
    let sql = "INSERT INTO crawl_pages (crawl_id, address, organisation_id, address_key, document_id, outcome) \
               SELECT crawls.id, documents.location, documents.organisation_id, LOWER(documents.location), \
               documents.id, $4 FROM documents JOIN crawls ON crawls.organisation_id = documents.organisation_id \
               AND crawls.source_id = documents.source_id WHERE documents.organisation_id = $1 AND crawls.id = $2 \
               AND documents.source_id = $3 AND documents.seen_in_crawl < $5 AND documents.revision > 0 \
               ON CONFLICT (crawl_id, address) DO UPDATE SET outcome = excluded.outcome, \
               document_id = excluded.document_id, error = NULL";
    let values = [
        scope.organisation().as_str().into(),
        crawl.as_str().into(),
        source.as_str().into(),
        CrawlPageOutcome::Removed.store().into(),
        number.store().into(),
    ];
    tx.db().execute(sql, values).await
}

/// The pages of a crawl of a source of the scope's organisation in a collection that its person sees, by address.
pub async fn list(
    scope: &Scope,
    db: Db<'_>,
    source: &SourceId,
    crawl: &CrawlId,
    query: &CrawlPageQuery,
) -> Result<Page<CrawlPage>> {
    let CrawlPageQuery { outcome, query: text, limit, page_token } = query;
    let limit = paging::limit(&PageRequest { limit: *limit, ..PageRequest::default() })?;
    let mut values: Vec<Value> = vec![source.as_str().into(), crawl.as_str().into()];
    let writable = writable(scope, "sources", "collection_id", &mut values);
    let mut sql = format!(
        "SELECT {}, documents.id AS standing FROM crawl_pages \
         JOIN crawls ON crawls.id = crawl_pages.crawl_id AND crawls.organisation_id = crawl_pages.organisation_id \
         JOIN sources ON sources.id = crawls.source_id AND sources.organisation_id = crawls.organisation_id \
         LEFT JOIN documents ON documents.id = crawl_pages.document_id \
         AND documents.organisation_id = crawl_pages.organisation_id \
         WHERE crawls.source_id = $1 AND crawl_pages.crawl_id = $2 AND {writable}",
        CrawlPageRow::COLUMNS
    );
    let mut and = |condition: &str, value: Value| {
        values.push(value);
        sql.push_str(&format!(" AND {condition} ${}", values.len()));
    };
    if let Some(outcome) = outcome {
        and("crawl_pages.outcome =", outcome.store().into());
    }
    if let Some((address, _)) = paging::place(page_token.as_deref())? {
        and("crawl_pages.address >", address.into());
    }
    if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
        and("crawl_pages.address_key LIKE", pattern(text).into());
        sql.push_str(" ESCAPE '\\'");
    }
    sql.push_str(&format!(" ORDER BY crawl_pages.address LIMIT {}", limit + 1));
    let rows = db.rows(&sql, values).await?.iter().map(page_of).collect::<Result<Vec<_>>>()?;
    Ok(paging::page(rows, limit, |page| (page.address.clone(), String::new())))
}

fn page_of(found: &QueryResult) -> Result<CrawlPage> {
    let row = CrawlPageRow::from_row(found)?;
    Ok(CrawlPage {
        address: row.address,
        document: value(found, "standing")?,
        outcome: row.outcome,
        http_status: row.http_status,
        error: row.error,
        fetched_at: row.fetched_at,
    })
}
