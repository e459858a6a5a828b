//! The languages that documents are in.

use hammock_contract::{SourceId, document::DocumentState};
use sea_orm::{QueryResult, Value};

use crate::{
    Db, Result, Scope,
    collections::readable,
    row::{Stored, value},
};

/// The languages of a source's documents, by their codes, in the order of these. What was left out has none that counts.
pub async fn list_of_source(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Vec<String>> {
    let mut values: Vec<Value> = vec![source.as_str().into(), DocumentState::Skipped.store().into()];
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let sql = format!(
        "SELECT DISTINCT language FROM documents \
         WHERE source_id = $1 AND state <> $2 AND language IS NOT NULL AND {readable} ORDER BY language"
    );
    db.rows(&sql, values).await?.iter().map(|found: &QueryResult| value(found, "language")).collect()
}
