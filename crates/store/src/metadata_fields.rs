//! Fields of metadata: what the documents of a collection carry, and where it is read from.

use std::collections::HashMap;

use hammock_contract::{
    CollectionId, MetadataFieldId, OrganisationId, Timestamp,
    metadata::{MetadataField, MetadataFieldSettings, MetadataKind},
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    collections::{self, readable, writable},
    metadata_values::COUNTS,
    row::{self, Stored, Table, key_of, placeholders, table, value, words},
};

words!(MetadataKind);

table! {
    /// A field.
    MetadataFieldRow = "metadata_fields";
    key {
        /// The id.
        id: MetadataFieldId,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The collection.
    collection_id: CollectionId,
    /// The name.
    name: String,
    /// The name without regard to case; unique in the collection.
    name_key: String,
    /// What filters call it; unique in the collection.
    field_key: String,
    /// What its values are.
    kind: MetadataKind,
    /// The values to choose from, of a choice.
    options: Vec<String>,
    /// The key in a front matter that it is read from.
    front_matter: Option<String>,
    /// The path in JSON-LD that it is read from.
    json_ld: Option<String>,
    /// The heading of the column that it is read from.
    csv_column: Option<String>,
    /// When it was made.
    created_at: Timestamp,
    /// When it was last changed.
    updated_at: Timestamp,
}

/// How many documents carry a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Documents with a value.
    pub documents: u64,
    /// Documents with a value that does not fit the kind.
    pub unreadable: u64,
}

impl MetadataFieldRow {
    /// What people see of it.
    pub fn into_field(self, carried: Carried) -> MetadataField {
        MetadataField {
            id: self.id,
            collection: self.collection_id,
            name: self.name,
            key: self.field_key,
            kind: self.kind,
            options: self.options,
            front_matter: self.front_matter,
            json_ld: self.json_ld,
            column: self.csv_column,
            documents: carried.documents,
            unreadable: carried.unreadable,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Defines a field of a collection; its key is `key`.
///
/// # Errors
/// [`crate::StoreError::Duplicate`] when the name or the key is taken; [`crate::StoreError::NotFound`] when the collection is
/// not the scope's to write.
pub async fn create(
    scope: &Scope,
    tx: &Tx,
    id: MetadataFieldId,
    collection: &CollectionId,
    key: &str,
    settings: &MetadataFieldSettings,
    now: Timestamp,
) -> Result<MetadataFieldRow> {
    let collection = collections::find_writable(scope, tx.db(), collection).await?;
    let MetadataFieldSettings { name, key: _, kind, options, front_matter, json_ld, column } = settings.clone();
    let row = MetadataFieldRow {
        id,
        organisation_id: scope.organisation().clone(),
        collection_id: collection.id,
        name_key: key_of(&name),
        name,
        field_key: key.to_owned(),
        kind,
        options,
        front_matter,
        json_ld,
        csv_column: column,
        created_at: now,
        updated_at: now,
    };
    row::insert(tx.db(), row.clone()).await?;
    Ok(row)
}

/// Replaces what a field is. The caller fills it anew.
///
/// # Errors
/// As [`create`].
pub async fn update(
    scope: &Scope,
    tx: &Tx,
    collection: &CollectionId,
    id: &MetadataFieldId,
    key: &str,
    settings: &MetadataFieldSettings,
    now: Timestamp,
) -> Result<()> {
    let MetadataFieldSettings { name, key: _, kind, options, front_matter, json_ld, column } = settings.clone();
    let mut values: Vec<Value> = vec![
        id.as_str().into(),
        collection.as_str().into(),
        name.clone().store().into(),
        key_of(&name).store().into(),
        key.into(),
        kind.store().into(),
        options.store().into(),
        front_matter.store().into(),
        json_ld.store().into(),
        column.store().into(),
        now.as_millis().into(),
    ];
    let writable = writable(scope, "metadata_fields", "collection_id", &mut values);
    let sql = format!(
        "UPDATE metadata_fields SET name = $3, name_key = $4, field_key = $5, kind = $6, options = $7, \
         front_matter = $8, json_ld = $9, csv_column = $10, updated_at = $11 \
         WHERE id = $1 AND collection_id = $2 AND {writable}"
    );
    row::touched(tx.db().execute(&sql, values).await?)
}

/// Removes a field with what documents carry for it.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the collection has no such field that is the scope's to write.
pub async fn delete(scope: &Scope, tx: &Tx, collection: &CollectionId, id: &MetadataFieldId) -> Result<()> {
    let mut values: Vec<Value> = vec![id.as_str().into(), collection.as_str().into()];
    let writable = writable(scope, "metadata_fields", "collection_id", &mut values);
    let sql = format!("DELETE FROM metadata_fields WHERE id = $1 AND collection_id = $2 AND {writable}");
    row::touched(tx.db().execute(&sql, values).await?)
}

/// One field of a collection that the scope may read.
pub async fn find(
    scope: &Scope,
    db: Db<'_>,
    collection: &CollectionId,
    id: &MetadataFieldId,
) -> Result<MetadataFieldRow> {
    let mut values: Vec<Value> = vec![id.as_str().into(), collection.as_str().into()];
    let readable = readable(scope, "metadata_fields", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM metadata_fields WHERE id = $1 AND collection_id = $2 AND {readable}",
        MetadataFieldRow::COLUMNS
    );
    row::one(db.row(&sql, values).await?)
}

/// The fields of these collections, as far as the scope may read them, by name.
pub async fn list(scope: &Scope, db: Db<'_>, collections: &[CollectionId]) -> Result<Vec<MetadataFieldRow>> {
    let mut fields = Vec::new();
    for some in collections.chunks(500) {
        let mut values: Vec<Value> = some.iter().map(|id| id.as_str().into()).collect();
        let list = placeholders(1, values.len());
        let readable = readable(scope, "metadata_fields", "collection_id", &mut values);
        let sql = format!(
            "SELECT {} FROM metadata_fields WHERE collection_id IN ({list}) AND {readable} ORDER BY name_key, id",
            MetadataFieldRow::COLUMNS
        );
        fields.extend(row::all::<MetadataFieldRow>(&db.rows(&sql, values).await?)?);
    }
    Ok(fields)
}

/// How many documents carry each of a collection's fields.
pub async fn count_carried(
    scope: &Scope,
    db: Db<'_>,
    collection: &CollectionId,
) -> Result<HashMap<MetadataFieldId, Carried>> {
    let mut values: Vec<Value> = vec![collection.as_str().into()];
    let readable = readable(scope, "metadata_fields", "collection_id", &mut values);
    let sql = format!(
        "SELECT carried.field_id AS field_id, COUNT(DISTINCT carried.document_id) AS documents, \
         COUNT(DISTINCT CASE WHEN carried.text_value IS NULL AND carried.number_value IS NULL \
         AND carried.date_value IS NULL AND carried.boolean_value IS NULL THEN carried.document_id END) AS unreadable \
         FROM document_metadata AS carried JOIN metadata_fields ON metadata_fields.id = carried.field_id \
         AND metadata_fields.organisation_id = carried.organisation_id \
         WHERE metadata_fields.collection_id = $1 AND {readable} AND carried.raw <> '' AND {COUNTS} \
         GROUP BY carried.field_id"
    );
    let mut carried = HashMap::new();
    for found in db.rows(&sql, values).await? {
        let count = Carried { documents: value(&found, "documents")?, unreadable: value(&found, "unreadable")? };
        carried.insert(value(&found, "field_id")?, count);
    }
    Ok(carried)
}
