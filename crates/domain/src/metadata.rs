//! Metadata: the fields that a collection defines, and what its documents carry for them.

pub(crate) mod filtering;
pub(crate) mod reading;

use hammock_contract::{
    ApiError, CollectionId, DocumentId, MetadataFieldId,
    metadata::{
        DocumentMetadata, LONGEST_VALUE, MOST_FIELDS, MOST_OPTIONS, MOST_VALUES, MetadataField, MetadataFieldSettings,
        MetadataFields, MetadataFilling, MetadataKind, MetadataOrigin, MetadataValue, NewMetadataValues, is_key,
        key_of_name,
    },
    user::Role,
};
use hammock_store::{
    Db, Scope, audit, collections, documents, jobs as queue,
    metadata_fields::{self as fields, Carried, MetadataFieldRow},
    metadata_values::{self as values, MetadataValueRow, NewValue},
};

use crate::{
    Hammock, Result,
    error::{from_store, taken},
    knowledge::jobs,
    validate,
};

impl Hammock {
    /// The fields of a collection, by name, with how many documents carry them.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_metadata_fields(&self, scope: &Scope, collection: &CollectionId) -> Result<MetadataFields> {
        let db = self.store().read();
        collections::find_row(scope, db, collection).await.map_err(from_store)?;
        let rows = fields::list(scope, db, std::slice::from_ref(collection)).await.map_err(from_store)?;
        let mut carried = fields::count_carried(scope, db, collection).await.map_err(from_store)?;
        let fields = rows.into_iter().map(|row| {
            let carried = carried.remove(&row.id).unwrap_or_default();
            row.into_field(carried)
        });
        let fields = fields.collect();
        let going_on = queue::list_active(scope, db, collection.as_str()).await.map_err(from_store)?;
        // Of several changes the last one tells how far all is.
        let last = going_on.into_iter().rfind(|job| job.kind == jobs::FILL_METADATA);
        let filling = last.map(|job| {
            let progress = job.progress.unwrap_or_default();
            MetadataFilling { done: progress.done, total: progress.total.unwrap_or_default() }
        });
        Ok(MetadataFields { fields, filling })
    }

    /// Defines a field; documents that are there already are gone through by a job.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`, `name_taken`.
    pub async fn create_metadata_field(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        settings: MetadataFieldSettings,
    ) -> Result<MetadataField> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let settings = check(settings)?;
        let key = settings.key.clone().unwrap_or_else(|| key_of_name(&settings.name));
        if key.is_empty() {
            let message = "no key can be made of this name; give one of letters, digits and _";
            return Err(validate::invalid("key", message));
        }
        let (id, now) = (MetadataFieldId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        let known = fields::list(scope, tx.db(), std::slice::from_ref(collection)).await.map_err(from_store)?;
        if known.len() >= MOST_FIELDS {
            let message = format!("a collection has at most {MOST_FIELDS} fields");
            return Err(validate::invalid("name", message));
        }
        refuse_taken_key(&known, None, &key)?;
        let row = fields::create(scope, &tx, id.clone(), collection, &key, &settings, now)
            .await
            .map_err(taken(&settings.name))?;
        let detail = serde_json::json!({ "collection": collection, "name": settings.name, "kind": settings.kind });
        audit::record(scope, &tx, "metadata_field.create", id.as_str(), detail, now).await.map_err(from_store)?;
        jobs::fill_metadata(scope, &tx, collection, now).await?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        Ok(row.into_field(Carried::default()))
    }

    /// Replaces what a field is. Values are understood anew by a job, what people wrote included.
    ///
    /// # Errors
    /// As [`Hammock::create_metadata_field`].
    pub async fn update_metadata_field(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        id: &MetadataFieldId,
        settings: MetadataFieldSettings,
    ) -> Result<MetadataField> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let settings = check(settings)?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = fields::find(scope, tx.db(), collection, id).await.map_err(from_store)?;
        let key = settings.key.clone().unwrap_or(before.field_key);
        let known = fields::list(scope, tx.db(), std::slice::from_ref(collection)).await.map_err(from_store)?;
        refuse_taken_key(&known, Some(id), &key)?;
        fields::update(scope, &tx, collection, id, &key, &settings, now).await.map_err(taken(&settings.name))?;
        let row = fields::find(scope, tx.db(), collection, id).await.map_err(from_store)?;
        for written in values::list_written(scope, tx.db(), id).await.map_err(from_store)? {
            let typed = reading::understand(row.kind, &row.options, &written.raw);
            values::retype(scope, &tx, written, typed).await.map_err(from_store)?;
        }
        let detail = serde_json::json!({ "collection": collection, "name": settings.name, "kind": settings.kind });
        audit::record(scope, &tx, "metadata_field.update", id.as_str(), detail, now).await.map_err(from_store)?;
        jobs::fill_metadata(scope, &tx, collection, now).await?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        let mut carried = fields::count_carried(scope, self.store().read(), collection).await.map_err(from_store)?;
        Ok(row.into_field(carried.remove(id).unwrap_or_default()))
    }

    /// Deletes a field with what documents carry for it, and what people wrote.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn delete_metadata_field(
        &self,
        scope: &Scope,
        collection: &CollectionId,
        id: &MetadataFieldId,
    ) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.refuse_read_only(scope, collection).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let row = fields::find(scope, tx.db(), collection, id).await.map_err(from_store)?;
        fields::delete(scope, &tx, collection, id).await.map_err(from_store)?;
        let detail = serde_json::json!({ "collection": collection, "name": row.name });
        audit::record(scope, &tx, "metadata_field.delete", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// What a document carries for each field of its collection, by the fields' names.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn document_metadata(&self, scope: &Scope, document: &DocumentId) -> Result<Vec<DocumentMetadata>> {
        let db = self.store().read();
        let collection = documents::find(scope, db, document).await.map_err(from_store)?.collection_id;
        let rows = fields::list(scope, db, std::slice::from_ref(&collection)).await.map_err(from_store)?;
        let carried = values::list(scope, db, document).await.map_err(from_store)?;
        Ok(rows.into_iter().map(|field| carried_for(field, &carried)).collect())
    }

    /// Lets a document carry what a person writes for a field, instead of what is read.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`.
    pub async fn write_metadata(
        &self,
        scope: &Scope,
        document: &DocumentId,
        field: &MetadataFieldId,
        new: NewMetadataValues,
    ) -> Result<DocumentMetadata> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = self.field_of(scope, self.store().read(), document, field).await?;
        let written = written_values(&row, new.values)?;
        let now = self.now();
        let detail = serde_json::json!({ "document": document, "field": row.name, "values": written.len() });
        let tx = self.store().begin().await.map_err(from_store)?;
        values::write(scope, &tx, document, field, written).await.map_err(from_store)?;
        audit::record(scope, &tx, "metadata.write", document.as_str(), detail, now).await.map_err(from_store)?;
        let carried = values::list(scope, tx.db(), document).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(carried_for(row, &carried))
    }

    /// Forgets what a person wrote for a field of a document: what was read counts again. Where nobody wrote anything, nothing
    /// changes.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn restore_metadata(
        &self,
        scope: &Scope,
        document: &DocumentId,
        field: &MetadataFieldId,
    ) -> Result<DocumentMetadata> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = self.field_of(scope, self.store().read(), document, field).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = values::list(scope, tx.db(), document).await.map_err(from_store)?;
        if before.iter().any(|value| value.field_id == *field && value.origin == MetadataOrigin::Hand) {
            values::restore(scope, &tx, document, field).await.map_err(from_store)?;
            let detail = serde_json::json!({ "document": document, "field": row.name });
            audit::record(scope, &tx, "metadata.restore", document.as_str(), detail, now).await.map_err(from_store)?;
        }
        let carried = values::list(scope, tx.db(), document).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        Ok(carried_for(row, &carried))
    }

    /// A field of the collection that a document is in.
    async fn field_of(
        &self,
        scope: &Scope,
        db: Db<'_>,
        document: &DocumentId,
        field: &MetadataFieldId,
    ) -> Result<MetadataFieldRow> {
        let collection = documents::find(scope, db, document).await.map_err(from_store)?.collection_id;
        self.refuse_read_only(scope, &collection).await?;
        fields::find(scope, db, &collection, field).await.map_err(from_store)
    }
}

/// What counts for a field, and what was read beside it.
fn carried_for(field: MetadataFieldRow, carried: &[MetadataValueRow]) -> DocumentMetadata {
    let own = carried.iter().filter(|value| value.field_id == field.id).cloned();
    let (written, read): (Vec<_>, Vec<_>) = own.partition(|value| value.origin == MetadataOrigin::Hand);
    let by_hand = !written.is_empty();
    let shown = |rows: Vec<MetadataValueRow>| -> Vec<MetadataValue> {
        rows.into_iter().filter(|row| !row.raw.is_empty()).map(MetadataValueRow::into_value).collect()
    };
    let field = field.into_field(Carried::default());
    if by_hand {
        DocumentMetadata { field, values: shown(written), by_hand, read: shown(read) }
    } else {
        DocumentMetadata { field, values: shown(read), by_hand, read: Vec::new() }
    }
}

/// What a person writes must fit: unlike what is read, it can be put right at once.
fn written_values(field: &MetadataFieldRow, typed: Vec<String>) -> Result<Vec<NewValue>> {
    let most = if field.kind == MetadataKind::Choice { MOST_VALUES } else { 1 };
    if typed.len() > most {
        return Err(validate::invalid("values", format!("this field takes at most {most} values")));
    }
    let mut written: Vec<NewValue> = Vec::new();
    for text in typed {
        let raw = validate::line("values", &text, 1, LONGEST_VALUE)?;
        let Some(value) = reading::understand(field.kind, &field.options, &raw) else {
            return Err(misfit(field, &raw));
        };
        if written.iter().all(|known| known.raw != raw) {
            written.push(NewValue { field: field.id.clone(), origin: MetadataOrigin::Hand, raw, typed: Some(value) });
        }
    }
    Ok(written)
}

fn misfit(field: &MetadataFieldRow, raw: &str) -> ApiError {
    let wanted = match field.kind {
        MetadataKind::Text => "a text",
        MetadataKind::Number => "a number, such as 12.5",
        MetadataKind::Date => "a date, such as 2026-11-27",
        MetadataKind::Boolean => "yes or no",
        MetadataKind::Choice => "one of the field's options",
    };
    validate::invalid("values", format!("{raw:?} is not {wanted}"))
}

fn refuse_taken_key(known: &[MetadataFieldRow], own: Option<&MetadataFieldId>, key: &str) -> Result<()> {
    let is_taken = known.iter().any(|field| field.field_key == key && Some(&field.id) != own);
    if is_taken {
        let error = ApiError::new(hammock_contract::ErrorCode::NameTaken, "another field has this key");
        return Err(error.on("key").with("name", key));
    }
    Ok(())
}

/// The settings as they are stored: trimmed and in their limits.
fn check(settings: MetadataFieldSettings) -> Result<MetadataFieldSettings> {
    let MetadataFieldSettings { name, key, kind, options, front_matter, json_ld, column } = settings;
    let name = validate::line("name", &name, 1, 80)?;
    let key = key.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    if key.as_deref().is_some_and(|key| !is_key(key)) {
        let message = "a key has lower-case letters, digits and _ alone, at most 60";
        return Err(validate::invalid("key", message));
    }
    let mut kept: Vec<String> = Vec::new();
    for option in options.iter().filter(|option| !option.trim().is_empty() && kind == MetadataKind::Choice) {
        let option = validate::line("options", option, 1, 80)?;
        if !kept.iter().any(|known| known.to_lowercase() == option.to_lowercase()) {
            kept.push(option);
        }
    }
    if kind == MetadataKind::Choice && !(1..=MOST_OPTIONS).contains(&kept.len()) {
        return Err(validate::invalid("options", format!("a choice has 1 to {MOST_OPTIONS} options")));
    }
    let place = |field: &str, text: Option<String>| -> Result<Option<String>> {
        let text = text.unwrap_or_default();
        let text = validate::line(field, &text, 0, 200)?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    };
    Ok(MetadataFieldSettings {
        name,
        key,
        kind,
        options: kept,
        front_matter: place("front_matter", front_matter)?,
        json_ld: place("json_ld", json_ld)?,
        column: place("column", column)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_needs_options_and_others_have_none() {
        let choice = MetadataFieldSettings {
            name: " Brand ".to_owned(),
            kind: MetadataKind::Choice,
            options: vec!["Acme".to_owned(), " acme".to_owned(), String::new(), "Best".to_owned()],
            json_ld: Some(" ".to_owned()),
            ..MetadataFieldSettings::default()
        };
        let checked = check(choice.clone()).unwrap();
        assert_eq!(
            (checked.name.as_str(), checked.options, checked.json_ld),
            ("Brand", vec!["Acme".to_owned(), "Best".to_owned()], None)
        );
        let none = MetadataFieldSettings { options: Vec::new(), ..choice.clone() };
        assert_eq!(check(none).unwrap_err().field.as_deref(), Some("options"));
        let text = MetadataFieldSettings { kind: MetadataKind::Text, ..choice.clone() };
        assert!(check(text).unwrap().options.is_empty());
        let key = MetadataFieldSettings { key: Some("Brand name".to_owned()), ..choice };
        assert_eq!(check(key).unwrap_err().field.as_deref(), Some("key"));
    }
}
