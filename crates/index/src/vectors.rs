//! The vector side: one LanceDB table for every embedding model.

mod rows;
mod table;

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
    sync::Arc,
    time::Duration,
};

use hammock_contract::{ChunkId, CollectionId, DocumentId};
use hammock_retrieval::{ChunkVector, IndexError, SearchFilter, VectorHit, VectorSpace};
use lancedb::{Connection, ObjectStoreRegistry, Session};
use tokio::sync::Mutex;

use self::table::{Change, VectorTable};
use crate::failure::failure;

/// Names the format on disk: another format begins empty tables beside these, which are then filled from the database.
const FORMAT: &str = "vectors-v1";
/// How long a table is read as it was last seen before it is looked at again: another process may write it (the worker
/// beside the web role).
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// What all tables together keep of their vector indexes at most: the vectors of some 330,000 passages. What does not fit is
/// read for every search anew, which takes longer than comparing it. Bytes.
const INDEX_CACHE: usize = 512 << 20;
/// What all tables together keep of their files' metadata. Bytes.
const METADATA_CACHE: usize = 16 << 20;

pub(crate) struct VectorTables {
    connection: Connection,
    /// By table name. Held only while a table is looked up or made.
    tables: Mutex<HashMap<String, Arc<VectorTable>>>,
}

impl VectorTables {
    /// Opens every table below `directory`.
    pub(crate) async fn open(directory: &Path) -> Result<Self, IndexError> {
        // A relative path with a colon would be taken for the address of a store elsewhere.
        let directory = std::path::absolute(directory.join(FORMAT)).map_err(failure)?;
        std::fs::create_dir_all(&directory).map_err(failure)?;
        let session = Session::new(INDEX_CACHE, METADATA_CACHE, Arc::new(ObjectStoreRegistry::default()));
        let place = directory.to_str().ok_or_else(|| IndexError::Engine("the path is not Unicode".to_owned()))?;
        let connection = lancedb::connect(place)
            .session(Arc::new(session))
            .read_consistency_interval(LOOK_AGAIN)
            .execute()
            .await
            .map_err(failure)?;
        let mut tables = HashMap::new();
        for name in connection.table_names().execute().await.map_err(failure)? {
            match connection.open_table(&name).execute().await {
                Ok(table) => {
                    tables.insert(name, Arc::new(VectorTable::start(table)));
                }
                // A process that was killed while it made a table left a folder without one.
                Err(lancedb::Error::TableNotFound { .. }) => {}
                Err(error) => return Err(failure(error)),
            }
        }
        Ok(Self { connection, tables: Mutex::new(tables) })
    }

    pub(crate) async fn put(&self, space: &VectorSpace, vectors: Vec<ChunkVector>) -> Result<(), IndexError> {
        if let Some(wrong) = vectors.iter().find(|vector| vector.vector.len() != space.dimension) {
            let (found, wanted) = (wrong.vector.len(), space.dimension);
            return Err(IndexError::Engine(format!("a vector of {found} numbers in a space of {wanted}")));
        }
        if vectors.is_empty() {
            return Ok(());
        }
        self.made(space).await?.apply(Change::Put(vectors)).await
    }

    pub(crate) async fn copy(&self, copies: &[(ChunkId, ChunkId)], revision: u32) -> Result<Vec<ChunkId>, IndexError> {
        let mut copied = BTreeSet::new();
        for table in self.all().await {
            for some in copies.chunks(table::MOST_IDS) {
                let from = rows::is_one_of("chunk", some.iter().map(|(from, _)| from.as_str()));
                let known = table.load(&from).await?;
                let known: HashMap<&ChunkId, &ChunkVector> = known.iter().map(|row| (&row.chunk, row)).collect();
                let copy = |(from, to): &(ChunkId, ChunkId)| {
                    let row = known.get(from).copied()?.clone();
                    Some(ChunkVector { chunk: to.clone(), revision, ..row })
                };
                let rows: Vec<ChunkVector> = some.iter().filter_map(copy).collect();
                copied.extend(rows.iter().map(|row| row.chunk.clone()));
                if !rows.is_empty() {
                    table.apply(Change::Put(rows)).await?;
                }
            }
        }
        Ok(copied.into_iter().collect())
    }

    pub(crate) async fn remove_chunks(&self, chunks: &[ChunkId]) -> Result<(), IndexError> {
        for some in chunks.chunks(table::MOST_IDS) {
            self.remove(&rows::is_one_of("chunk", some.iter().map(ChunkId::as_str))).await?;
        }
        Ok(())
    }

    pub(crate) async fn remove_revisions(&self, document: &DocumentId, keep: Option<u32>) -> Result<(), IndexError> {
        let mut rows = rows::is_one_of("document", [document.as_str()]);
        if let Some(keep) = keep {
            rows = format!("{rows} AND revision <> {keep}");
        }
        self.remove(&rows).await
    }

    pub(crate) async fn remove_revision(&self, document: &DocumentId, revision: u32) -> Result<(), IndexError> {
        let rows = rows::is_one_of("document", [document.as_str()]);
        self.remove(&format!("{rows} AND revision = {revision}")).await
    }

    pub(crate) async fn remove_collection(&self, collection: &CollectionId) -> Result<(), IndexError> {
        self.remove(&rows::is_one_of("collection", [collection.as_str()])).await
    }

    pub(crate) async fn clear(&self) -> Result<(), IndexError> {
        self.remove("true").await?;
        self.optimise().await
    }

    /// Empties a table. It stays, since other processes may have it open.
    pub(crate) async fn clear_space(&self, space: &VectorSpace) -> Result<(), IndexError> {
        let Some(table) = self.known(space).await? else { return Ok(()) };
        table.apply(Change::Remove("true".to_owned())).await?;
        table.apply(Change::Optimise).await
    }

    pub(crate) async fn optimise(&self) -> Result<(), IndexError> {
        for table in self.all().await {
            table.apply(Change::Optimise).await?;
        }
        Ok(())
    }

    pub(crate) async fn search(
        &self,
        space: &VectorSpace,
        vector: &[f32],
        filter: &SearchFilter,
        limit: usize,
    ) -> Result<Vec<VectorHit>, IndexError> {
        let names_nothing = filter.documents.as_deref().is_some_and(<[DocumentId]>::is_empty);
        if filter.organisations.is_empty() || filter.collections.is_empty() || names_nothing {
            return Ok(Vec::new());
        }
        match self.known(space).await? {
            Some(table) => table.search(vector, filter, limit).await,
            None => Ok(Vec::new()),
        }
    }

    pub(crate) async fn list(&self, space: &VectorSpace) -> Result<Vec<(DocumentId, u32, ChunkId)>, IndexError> {
        match self.known(space).await? {
            Some(table) => table.list().await,
            None => Ok(Vec::new()),
        }
    }

    async fn remove(&self, rows: &str) -> Result<(), IndexError> {
        for table in self.all().await {
            table.apply(Change::Remove(rows.to_owned())).await?;
        }
        Ok(())
    }

    async fn all(&self) -> Vec<Arc<VectorTable>> {
        self.tables.lock().await.values().cloned().collect()
    }

    /// The table of a space, if there is one: another process may have made it since this one began.
    async fn known(&self, space: &VectorSpace) -> Result<Option<Arc<VectorTable>>, IndexError> {
        let name = table_name(space);
        let mut tables = self.tables.lock().await;
        if let Some(table) = tables.get(&name) {
            return Ok(Some(Arc::clone(table)));
        }
        match self.connection.open_table(&name).execute().await {
            Ok(table) => {
                let table = Arc::new(VectorTable::start(table));
                tables.insert(name, Arc::clone(&table));
                Ok(Some(table))
            }
            Err(lancedb::Error::TableNotFound { .. }) => Ok(None),
            Err(error) => Err(failure(error)),
        }
    }

    async fn made(&self, space: &VectorSpace) -> Result<Arc<VectorTable>, IndexError> {
        let name = table_name(space);
        let mut tables = self.tables.lock().await;
        if let Some(table) = tables.get(&name) {
            return Ok(Arc::clone(table));
        }
        let schema = rows::schema(space.dimension);
        let table = self.connection.create_empty_table(&name, schema).execute().await.map_err(failure)?;
        let table = Arc::new(VectorTable::start(table));
        tables.insert(name, Arc::clone(&table));
        Ok(table)
    }
}

/// A name that a file system takes, and that differs where models differ.
fn table_name(space: &VectorSpace) -> String {
    let readable: String = space
        .model
        .chars()
        .take(48)
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    // FNV-1a: stable over versions, unlike the standard library's.
    let hash = space
        .model
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{readable}-{}-{hash:016x}", space.dimension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_models_have_different_tables() {
        let name = |model: &str, dimension| table_name(&VectorSpace { model: model.to_owned(), dimension });
        assert_ne!(name("a/b", 384), name("a-b", 384));
        assert_ne!(name("a", 384), name("a", 768));
        assert!(name("../../etc/passwd'; --", 3).chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    }
}
