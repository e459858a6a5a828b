//! The list of documents, with everything that it can be narrowed by.

mod order;

use hammock_contract::{
    Page,
    document::{Document, DocumentQuery},
    page::PageRequest,
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope,
    attachments::HIDDEN,
    collections::readable,
    documents::DocumentRow,
    metadata_filters::{self, Condition},
    paging,
    row::{self, Stored, Table, pattern},
};

/// The documents that the scope may read and whose metadata meets all of the conditions, in pages.
pub(crate) async fn list(
    scope: &Scope,
    db: Db<'_>,
    query: &DocumentQuery,
    conditions: &[Condition],
) -> Result<Page<Document>> {
    let DocumentQuery { collection, source, state, query: text, language, sort, limit, page_token, .. } = query;
    let limit = paging::limit(&PageRequest { limit: *limit, ..PageRequest::default() })?;
    let mut values: Vec<Value> = Vec::new();
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let sort = sort.unwrap_or_default();
    let after = order::after(sort, page_token.as_deref(), &mut values)?;
    let mut sql = format!("SELECT {} FROM documents WHERE {readable}{after}", DocumentRow::COLUMNS);
    let mut and = |condition: &str, value: Value| {
        values.push(value);
        sql.push_str(&format!(" AND {condition} ${}", values.len()));
    };
    if let Some(collection) = collection {
        and("collection_id =", collection.as_str().into());
    }
    if collection.is_none() && source.is_none() {
        // The manual that everybody can read is listed where it is asked for, and not among one's own. What was put into a
        // conversation is found there.
        let own = format!("documents.collection_id NOT IN {HIDDEN} AND documents.organisation_id =");
        and(&own, scope.organisation().as_str().into());
    }
    if let Some(source) = source {
        and("source_id =", source.as_str().into());
    }
    if let Some(state) = state {
        and("state =", state.store().into());
    }
    if let Some(language) = language {
        and("language =", language.to_lowercase().into());
    }
    if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
        and("search_key LIKE", pattern(text).into());
        sql.push_str(" ESCAPE '\\'");
    }
    for condition in conditions {
        sql.push_str(" AND ");
        sql.push_str(&metadata_filters::sql(condition, &mut values));
    }
    sql.push_str(&format!(" ORDER BY {} LIMIT {}", order::columns(sort), limit + 1));
    let rows = row::all::<DocumentRow>(&db.rows(&sql, values).await?)?;
    let page = paging::page(rows, limit, |row| order::place(sort, row));
    let items = page.items.into_iter().map(DocumentRow::into_document).collect();
    Ok(Page { items, next_page_token: page.next_page_token })
}
