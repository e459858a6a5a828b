//! Which chunks wait for their vectors, as a search has to know it: meaning cannot find them yet.

use std::collections::HashSet;

use hammock_contract::ChunkId;
use sea_orm::Value;

use crate::{
    Db, Result, Scope,
    collections::readable,
    row::{placeholders, value},
};

/// Those of these chunks that have no vector in `space`, the present embedding model's, as far as the scope may read them.
pub async fn among(scope: &Scope, db: Db<'_>, space: &str, ids: &[ChunkId]) -> Result<HashSet<ChunkId>> {
    let mut found = HashSet::new();
    for ids in ids.chunks(500) {
        let mut values: Vec<Value> = vec![space.into()];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        let list = placeholders(2, ids.len());
        let readable = readable(scope, "chunks", "collection_id", &mut values);
        let sql = format!("SELECT id FROM chunks WHERE id IN ({list}) AND embedded_space <> $1 AND {readable}");
        for row in db.rows(&sql, values).await? {
            found.insert(value(&row, "id")?);
        }
    }
    Ok(found)
}
