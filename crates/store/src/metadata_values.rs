//! What documents carry for the fields of their collection.
//!
//! A value lies as it was found, and beside it as what its field's kind makes of it, so that SQL compares numbers with numbers;
//! one that does not fit has the first alone. What a person wrote stands beside what was read, and counts instead of it: a
//! later reading replaces the one and leaves the other.

use std::collections::{HashMap, HashSet};

use hammock_contract::{
    CollectionId, DocumentId, MetadataFieldId, OrganisationId,
    metadata::{FoundMetadata, MetadataOrigin, MetadataValue},
};
use sea_orm::Value;

use crate::{
    Db, Result, Scope, Tx,
    collections::{readable, writable},
    documents,
    metadata_filters::{self, Condition},
    row::{self, Stored, Table, placeholders, table, value, words},
};

words!(MetadataOrigin);

table! {
    /// One value that a document carries.
    MetadataValueRow = "document_metadata";
    key {
        /// The document.
        document_id: DocumentId,
        /// The field.
        field_id: MetadataFieldId,
        /// Where it comes from.
        origin: MetadataOrigin,
        /// Its place among the values, from 0.
        ordinal: u32,
    }
    /// The organisation.
    organisation_id: OrganisationId,
    /// The value as it was found; empty where a person says that there is none.
    raw: String,
    /// Of a text or a choice, without regard to case.
    text_value: Option<String>,
    /// Of a number.
    number_value: Option<f64>,
    /// Of a date: its beginning, in milliseconds since 1970.
    date_value: Option<i64>,
    /// Of yes or no.
    boolean_value: Option<bool>,
}

mod found {
    use hammock_contract::{DocumentId, OrganisationId, metadata::FoundMetadata};

    use crate::row::table;

    table! {
        /// What a document says to machines.
        FoundRow = "document_found_metadata";
        key {
            /// The document.
            document_id: DocumentId,
        }
        /// The organisation.
        organisation_id: OrganisationId,
        /// All of it, so that a field that is defined later can be filled.
        found: Vec<FoundMetadata>,
    }
}

use found::FoundRow;

/// That a value of `document_metadata AS carried` counts: a person wrote it, or no person wrote any for that field.
pub(crate) const COUNTS: &str = "(carried.origin = 'hand' OR NOT EXISTS (SELECT 1 FROM document_metadata AS written \
     WHERE written.document_id = carried.document_id AND written.field_id = carried.field_id \
     AND written.origin = 'hand'))";

/// A value as its field's kind understands it.
#[derive(Debug, Clone, PartialEq)]
pub enum TypedValue {
    /// Of a text or a choice: lower case.
    Text(String),
    /// Of a number.
    Number(f64),
    /// Of a date: its beginning, in milliseconds since 1970.
    Date(i64),
    /// Of yes or no.
    Boolean(bool),
}

/// A value to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewValue {
    /// The field.
    pub field: MetadataFieldId,
    /// Where it comes from.
    pub origin: MetadataOrigin,
    /// As it was found.
    pub raw: String,
    /// As its field understands it; nothing when it does not fit.
    pub typed: Option<TypedValue>,
}

/// What a reading of a document found.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadMetadata {
    /// The document.
    pub document: DocumentId,
    /// All that it says to machines.
    pub found: Vec<FoundMetadata>,
    /// What of that its collection has fields for.
    pub values: Vec<NewValue>,
}

impl MetadataValueRow {
    /// What people see of it.
    pub fn into_value(self) -> MetadataValue {
        let readable = self.text_value.is_some()
            || self.number_value.is_some()
            || self.date_value.is_some()
            || self.boolean_value.is_some();
        MetadataValue { text: self.raw, readable, origin: self.origin }
    }

    fn new(organisation: &OrganisationId, document: &DocumentId, ordinal: u32, new: NewValue) -> Self {
        let NewValue { field, origin, raw, typed } = new;
        let mut row = Self {
            document_id: document.clone(),
            field_id: field,
            origin,
            ordinal,
            organisation_id: organisation.clone(),
            raw,
            text_value: None,
            number_value: None,
            date_value: None,
            boolean_value: None,
        };
        row.set(typed);
        row
    }

    fn set(&mut self, typed: Option<TypedValue>) {
        (self.text_value, self.number_value, self.date_value, self.boolean_value) = (None, None, None, None);
        match typed {
            Some(TypedValue::Text(text)) => self.text_value = Some(text),
            Some(TypedValue::Number(number)) => self.number_value = Some(number),
            Some(TypedValue::Date(date)) => self.date_value = Some(date),
            Some(TypedValue::Boolean(yes)) => self.boolean_value = Some(yes),
            None => {}
        }
    }
}

/// Replaces what was read of documents; what people wrote stays. Documents that are not the scope's to write, or are gone,
/// are left out.
pub async fn put_read(scope: &Scope, tx: &Tx, read: Vec<ReadMetadata>) -> Result<()> {
    let ids: Vec<DocumentId> = read.iter().map(|read| read.document.clone()).collect();
    let ids = retain_writable(scope, tx.db(), &ids).await?;
    let organisation = scope.organisation();
    for some in ids.chunks(500) {
        let list = placeholders(2, some.len());
        let mut values: Vec<Value> = vec![organisation.as_str().into()];
        values.extend(some.iter().map(|id| Value::from(id.as_str())));
        for sql in [
            format!(
                "DELETE FROM document_metadata WHERE organisation_id = $1 AND origin <> 'hand' \
                 AND document_id IN ({list})"
            ),
            format!("DELETE FROM document_found_metadata WHERE organisation_id = $1 AND document_id IN ({list})"),
        ] {
            tx.db().execute(&sql, values.clone()).await?;
        }
    }
    let kept: HashSet<DocumentId> = ids.into_iter().collect();
    let (mut found_rows, mut value_rows) = (Vec::new(), Vec::new());
    for ReadMetadata { document, found, values } in read {
        if !kept.contains(&document) {
            continue;
        }
        let numbered = (0_u32..).zip(values);
        value_rows.extend(numbered.map(|(ordinal, new)| MetadataValueRow::new(organisation, &document, ordinal, new)));
        if !found.is_empty() {
            found_rows.push(FoundRow { document_id: document, organisation_id: organisation.clone(), found });
        }
    }
    row::insert_many(tx.db(), value_rows).await?;
    row::insert_many(tx.db(), found_rows).await
}

async fn retain_writable(scope: &Scope, db: Db<'_>, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
    let mut kept = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let mut values: Vec<Value> = some.iter().map(|id| id.as_str().into()).collect();
        let list = placeholders(1, values.len());
        let writable = writable(scope, "documents", "collection_id", &mut values);
        let sql = format!("SELECT id FROM documents WHERE id IN ({list}) AND {writable} ORDER BY id");
        for found in db.rows(&sql, values).await? {
            kept.push(value(&found, "id")?);
        }
    }
    Ok(kept)
}

/// What these documents say to machines; those that say nothing, or were read by an earlier version, are left out.
pub async fn find_found(
    scope: &Scope,
    db: Db<'_>,
    documents: &[DocumentId],
) -> Result<HashMap<DocumentId, Vec<FoundMetadata>>> {
    let mut all = HashMap::new();
    for some in documents.chunks(500) {
        let mut values: Vec<Value> = some.iter().map(|id| id.as_str().into()).collect();
        let list = placeholders(1, values.len());
        let readable = readable(scope, "documents", "collection_id", &mut values);
        let sql = format!(
            "SELECT {} FROM document_found_metadata JOIN documents ON documents.id = document_found_metadata.document_id \
             WHERE document_found_metadata.document_id IN ({list}) AND {readable}",
            FoundRow::COLUMNS
        );
        for row in row::all::<FoundRow>(&db.rows(&sql, values).await?)? {
            all.insert(row.document_id, row.found);
        }
    }
    Ok(all)
}

/// Everything that a document carries, read and written, in order.
pub async fn list(scope: &Scope, db: Db<'_>, document: &DocumentId) -> Result<Vec<MetadataValueRow>> {
    let mut values: Vec<Value> = vec![document.as_str().into()];
    let readable = readable(scope, "documents", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM document_metadata JOIN documents ON documents.id = document_metadata.document_id \
         WHERE document_metadata.document_id = $1 AND {readable} ORDER BY document_metadata.field_id, \
         document_metadata.ordinal, document_metadata.origin",
        MetadataValueRow::COLUMNS
    );
    row::all(&db.rows(&sql, values).await?)
}

/// Lets a document carry what a person wrote for a field, whatever was read; none at all when there are no values.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the document is not the scope's to write.
pub async fn write(
    scope: &Scope,
    tx: &Tx,
    document: &DocumentId,
    field: &MetadataFieldId,
    mut values: Vec<NewValue>,
) -> Result<()> {
    documents::find_writable(scope, tx.db(), document).await?;
    remove_written(scope, tx, document, field).await?;
    if values.is_empty() {
        // Known by its empty text: a person says that there is no value.
        let (field, origin) = (field.clone(), MetadataOrigin::Hand);
        values.push(NewValue { field, origin, raw: String::new(), typed: None });
    }
    let rows = (0_u32..).zip(values).map(|(ordinal, new)| {
        let new = NewValue { field: field.clone(), origin: MetadataOrigin::Hand, ..new };
        MetadataValueRow::new(scope.organisation(), document, ordinal, new)
    });
    row::insert_many(tx.db(), rows.collect()).await
}

/// Forgets what a person wrote for a field of a document: what was read counts again.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when the document is not the scope's to write, or nobody wrote anything.
pub async fn restore(scope: &Scope, tx: &Tx, document: &DocumentId, field: &MetadataFieldId) -> Result<()> {
    documents::find_writable(scope, tx.db(), document).await?;
    row::touched(remove_written(scope, tx, document, field).await?)
}

async fn remove_written(scope: &Scope, tx: &Tx, document: &DocumentId, field: &MetadataFieldId) -> Result<u64> {
    let sql = "DELETE FROM document_metadata \
               WHERE organisation_id = $1 AND document_id = $2 AND field_id = $3 AND origin = 'hand'";
    tx.db().execute(sql, [scope.organisation().as_str().into(), document.as_str().into(), field.as_str().into()]).await
}

/// What people wrote for a field, in whatever document.
pub async fn list_written(scope: &Scope, db: Db<'_>, field: &MetadataFieldId) -> Result<Vec<MetadataValueRow>> {
    let mut values: Vec<Value> = vec![field.as_str().into()];
    let writable = writable(scope, "documents", "collection_id", &mut values);
    let sql = format!(
        "SELECT {} FROM document_metadata JOIN documents ON documents.id = document_metadata.document_id \
         WHERE document_metadata.field_id = $1 AND document_metadata.origin = 'hand' AND {writable} \
         ORDER BY document_metadata.document_id, document_metadata.ordinal",
        MetadataValueRow::COLUMNS
    );
    row::all(&db.rows(&sql, values).await?)
}

/// Understands a value that a person wrote anew, after its field has become another.
///
/// # Errors
/// [`crate::StoreError::NotFound`] when it is not there for this scope.
pub async fn retype(scope: &Scope, tx: &Tx, mut row: MetadataValueRow, typed: Option<TypedValue>) -> Result<()> {
    row.set(typed);
    let sql = "UPDATE document_metadata SET text_value = $5, number_value = $6, date_value = $7, boolean_value = $8 \
               WHERE organisation_id = $1 AND document_id = $2 AND field_id = $3 AND ordinal = $4 AND origin = 'hand'";
    let values: Vec<Value> = vec![
        scope.organisation().as_str().into(),
        row.document_id.as_str().into(),
        row.field_id.as_str().into(),
        row.ordinal.store().into(),
        row.text_value.store().into(),
        row.number_value.store().into(),
        row.date_value.store().into(),
        row.boolean_value.store().into(),
    ];
    row::touched(tx.db().execute(sql, values).await?)
}

/// The documents of these collections that meet all of the conditions, in ascending order, as far as the scope may read them.
pub async fn list_matching(
    scope: &Scope,
    db: Db<'_>,
    collections: &[CollectionId],
    conditions: &[Condition],
) -> Result<Vec<DocumentId>> {
    let mut matching = Vec::new();
    for some in collections.chunks(500) {
        let mut values: Vec<Value> = some.iter().map(|id| id.as_str().into()).collect();
        let list = placeholders(1, values.len());
        let readable = readable(scope, "documents", "collection_id", &mut values);
        let mut sql = format!("SELECT id FROM documents WHERE collection_id IN ({list}) AND {readable}");
        for condition in conditions {
            sql.push_str(" AND ");
            sql.push_str(&metadata_filters::sql(condition, &mut values));
        }
        for found in db.rows(&sql, values).await? {
            matching.push(value(&found, "id")?);
        }
    }
    matching.sort_unstable();
    Ok(matching)
}
