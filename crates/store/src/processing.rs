//! Documents that wait to be read, or are being read.

use hammock_contract::{ApiError, DocumentId, SourceId, document::DocumentState};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, StoreError, Tx,
    row::{Stored, placeholders, value},
};

/// How many documents of a source there are, and how many of them wait to be read or are being read.
pub async fn count(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<(u64, u64)> {
    let sql = "SELECT COUNT(*) AS total, \
               CAST(COALESCE(SUM(CASE WHEN state = $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS processing \
               FROM documents WHERE organisation_id = $1 AND source_id = $2";
    let values =
        [scope.organisation().as_str().into(), source.as_str().into(), DocumentState::Processing.store().into()];
    let found = db.row(sql, values).await?.ok_or(StoreError::NotFound)?;
    Ok((value(&found, "total")?, value(&found, "processing")?))
}

/// Ends the waiting of documents that nobody is to read any more. What answered before goes on answering; what never did
/// was left out, because of `reason`. Where vectors are made (`embedding`), those that lack some wait for them. How many there were.
pub async fn stop(scope: &Scope, tx: &Tx, ids: &[DocumentId], embedding: bool, reason: &ApiError) -> Result<u64> {
    let without_vectors = if embedding { DocumentState::Embedding } else { DocumentState::Ready };
    let mut stopped = 0;
    for ids in ids.chunks(500) {
        let sql = format!(
            "UPDATE documents SET state = CASE WHEN revision = 0 THEN $3 WHEN embedded_chunks < chunks THEN $4 ELSE $5 END, \
             error = CASE WHEN revision = 0 THEN $6 ELSE NULL END \
             WHERE organisation_id = $1 AND state = $2 AND id IN ({})",
            placeholders(7, ids.len())
        );
        let mut values: Vec<Value> = vec![
            scope.organisation().as_str().into(),
            DocumentState::Processing.store().into(),
            DocumentState::Skipped.store().into(),
            without_vectors.store().into(),
            DocumentState::Ready.store().into(),
            Some(reason.clone()).store().into(),
        ];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        stopped += tx.db().execute(&sql, values).await?;
    }
    Ok(stopped)
}
