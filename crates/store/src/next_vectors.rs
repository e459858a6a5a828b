//! Which chunks have a vector of the embedding model that is being brought in, beside the one by which they are found. No
//! scope, but for what people are told: one embedding worker serves all tenants.

use std::collections::HashSet;

use hammock_contract::ChunkId;
use sea_orm::Value;

use crate::{
    Db, Result, Scope, StoreError, Tx,
    chunks::{self, IndexKey, WAITING, WaitingChunk},
    collections::readable,
    row::{placeholders, value},
};

/// How many of the chunks that are searched have their vector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NextCount {
    /// How many do.
    pub done: u64,
    /// How many there are.
    pub all: u64,
}

/// At most `limit` chunks of answering revisions that have no vector of the next model, by id after `after`. In no fair order:
/// all of them are found by the old vectors meanwhile.
pub async fn list_waiting(db: Db<'_>, after: Option<&ChunkId>, limit: usize) -> Result<Vec<WaitingChunk>> {
    let sql = format!(
        "{WAITING} WHERE chunks.next_space = '' AND chunks.enabled AND chunks.id > $1 ORDER BY chunks.id LIMIT {limit}"
    );
    let rows = db.rows(&sql, [after.map_or("", ChunkId::as_str).into()]).await?;
    rows.iter().map(chunks::waiting_chunk).collect()
}

/// How many of all tenants' chunks have theirs.
pub async fn count(db: Db<'_>) -> Result<NextCount> {
    count_where(db, "documents.revision > 0", Vec::new()).await
}

/// The same for what a scope may read.
pub async fn count_for(scope: &Scope, db: Db<'_>) -> Result<NextCount> {
    let mut values: Vec<Value> = Vec::new();
    let readable = readable(scope, "documents", "collection_id", &mut values);
    count_where(db, &format!("documents.revision > 0 AND {readable}"), values).await
}

/// Looks at no chunk that has no vector yet: documents know how many chunks they have.
async fn count_where(db: Db<'_>, condition: &str, values: Vec<Value>) -> Result<NextCount> {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(documents.chunks), 0) AS BIGINT) AS total, (SELECT COUNT(*) FROM chunks \
         JOIN documents ON documents.id = chunks.document_id AND documents.revision = chunks.revision \
         WHERE chunks.next_space <> '' AND chunks.enabled AND {condition}) AS done FROM documents WHERE {condition}"
    );
    let found = db.row(&sql, values).await?.ok_or(StoreError::NotFound)?;
    Ok(NextCount { done: value(&found, "done")?, all: value(&found, "total")? })
}

/// Whether any chunk is found by a vector of `space`.
pub async fn is_served_by(db: Db<'_>, space: &str) -> Result<bool> {
    let sql = "SELECT id FROM chunks WHERE embedded_space = $1 LIMIT 1";
    Ok(db.row(sql, [space.into()]).await?.is_some())
}

/// Notes that these chunks have a vector of the next model. Returns which chunks were there: others were replaced meanwhile.
pub async fn mark(tx: &Tx, ids: &[ChunkId], space: &str) -> Result<HashSet<ChunkId>> {
    let mut marked = HashSet::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        let sql =
            format!("UPDATE chunks SET next_space = $1 WHERE id IN ({}) RETURNING id", placeholders(2, ids.len()));
        let mut values: Vec<Value> = vec![space.into()];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        for found in tx.db().rows(&sql, values).await? {
            marked.insert(value(&found, "id")?);
        }
    }
    Ok(marked)
}

/// Forgets which chunks have a vector of the next model: another one is brought in, or none.
pub async fn forget(tx: &Tx) -> Result<()> {
    tx.db().execute("UPDATE chunks SET next_space = '' WHERE next_space <> ''", []).await.map(|_| ())
}

/// The next model serves from here on: its vectors are those by which chunks are found. Chunks that have none yet wait for
/// theirs. The caller counts anew ([`chunks::adopt_space`]) in the same transaction.
pub async fn switch(tx: &Tx) -> Result<()> {
    let sql = "UPDATE chunks SET embedded_space = next_space, next_space = '' \
               WHERE embedded_space <> '' OR next_space <> ''";
    tx.db().execute(sql, []).await.map(|_| ())
}

/// Every chunk that the vector index should hold in the next model's space. For verification.
pub async fn list_embedded(db: Db<'_>) -> Result<Vec<IndexKey>> {
    let sql = "SELECT chunks.document_id, chunks.revision, chunks.id FROM chunks \
               JOIN documents ON documents.id = chunks.document_id AND documents.revision = chunks.revision \
               WHERE chunks.next_space <> '' AND chunks.enabled";
    db.rows(sql, []).await?.iter().map(chunks::index_key).collect()
}
