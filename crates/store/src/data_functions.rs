//! JSON functions of sources, and the files that they ask.

use hammock_contract::{
    CollectionId, DataFunctionId, DocumentId, OrganisationId, SourceId, Timestamp,
    document::DocumentState,
    function::{DataFunction, FunctionDefinition},
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    collections::{readable, writable},
    row::{self, Stored, Table, table, value},
    sources,
};

table! {
    /// A function.
    DataFunctionRow = "data_functions";
    key {
        /// The id.
        id: DataFunctionId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The collection of the source.
    collection_id: CollectionId,
    /// The source whose tables it asks.
    source_id: SourceId,
    /// Its name, unique in the source.
    name: String,
    /// What it asks.
    definition: FunctionDefinition,
    /// When it was defined.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

impl DataFunctionRow {
    /// What people see of it.
    pub fn into_function(self) -> DataFunction {
        let Self { id, source_id, definition, created_at, updated_at, .. } = self;
        DataFunction { id, source: source_id, definition, created_at, updated_at }
    }
}

/// A file of a source, with all that it takes to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// The name of the file.
    pub location: String,
    /// Its media type.
    pub media_type: String,
    /// Where it lies among the stored files.
    pub file_key: String,
}

/// Defines a function of a source that the scope may write.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the name is taken.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: DataFunctionId,
    source: &SourceId,
    definition: &FunctionDefinition,
    now: Timestamp,
) -> Result<()> {
    let source = sources::find_writable(scope, tx.db(), source).await?;
    let row = DataFunctionRow {
        id,
        organisation_id: scope.organisation().clone(),
        collection_id: source.collection_id,
        source_id: source.id,
        name: definition.name.clone(),
        definition: definition.clone(),
        created_at: now,
        updated_at: now,
    };
    row::insert(tx.db(), row).await
}

/// Defines a function anew.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the name is taken.
pub async fn update(
    scope: &Scope,
    tx: &Tx,
    source: &SourceId,
    id: &DataFunctionId,
    definition: &FunctionDefinition,
    now: Timestamp,
) -> Result<()> {
    let mut values: Vec<Value> = vec![
        source.as_str().into(),
        id.as_str().into(),
        definition.name.clone().store().into(),
        definition.clone().store().into(),
        now.as_millis().into(),
    ];
    let writable = writable(scope, "data_functions", "collection_id", &mut values);
    let sql = format!(
        "UPDATE data_functions SET name = $3, definition = $4, updated_at = $5 \
         WHERE source_id = $1 AND id = $2 AND {writable}"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Removes a function.
pub async fn delete(scope: &Scope, tx: &Tx, source: &SourceId, id: &DataFunctionId) -> Result<()> {
    let mut values: Vec<Value> = vec![source.as_str().into(), id.as_str().into()];
    let writable = writable(scope, "data_functions", "collection_id", &mut values);
    let sql = format!("DELETE FROM data_functions WHERE source_id = $1 AND id = $2 AND {writable}");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// One function of a source.
pub async fn find(scope: &Scope, db: Db<'_>, source: &SourceId, id: &DataFunctionId) -> Result<DataFunctionRow> {
    let mut values: Vec<Value> = vec![source.as_str().into(), id.as_str().into()];
    let readable = readable(scope, "data_functions", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM data_functions WHERE source_id = $1 AND id = $2 AND {readable}",
        DataFunctionRow::COLUMNS
    );
    row::one(db.row(&sql, values).await?)
}

/// The functions of a source, by name.
pub async fn list(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Vec<DataFunctionRow>> {
    let mut values: Vec<Value> = vec![source.as_str().into()];
    let readable = readable(scope, "data_functions", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM data_functions WHERE source_id = $1 AND {readable} ORDER BY name, id",
        DataFunctionRow::COLUMNS
    );
    row::all(&db.rows(&sql, values).await?)
}

/// How many functions a source has.
pub async fn count(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<u64> {
    let mut values: Vec<Value> = vec![source.as_str().into()];
    let readable = readable(scope, "data_functions", "collection_id", &mut values);
    let sql = format!("SELECT COUNT(*) AS total FROM data_functions WHERE source_id = $1 AND {readable}");
    db.row(&sql, values).await?.map_or(Ok(0), |found| value(&found, "total"))
}

/// The files of a source whose originals are kept, oldest first; not those that could not be read.
pub async fn list_files(scope: &Scope, db: Db<'_>, source: &SourceId) -> Result<Vec<SourceFile>> {
    let mut values: Vec<Value> = vec![source.as_str().into(), DocumentState::Failed.store().into()];
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let sql = format!(
        "SELECT id, title, location, media_type, file_key FROM documents \
         WHERE source_id = $1 AND state <> $2 AND file_key IS NOT NULL AND {readable} ORDER BY id"
    );
    db.rows(&sql, values).await?.iter().map(file).collect()
}

fn file(found: &sea_orm::QueryResult) -> Result<SourceFile> {
    Ok(SourceFile {
        document: value(found, "id")?,
        title: value(found, "title")?,
        location: value(found, "location")?,
        media_type: value(found, "media_type")?,
        file_key: value(found, "file_key")?,
    })
}
