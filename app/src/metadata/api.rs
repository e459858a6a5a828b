//! Server functions of metadata.

use hammock_contract::{
    CollectionId, DocumentId, MetadataFieldId,
    metadata::{DocumentMetadata, MetadataField, MetadataFieldSettings, MetadataFields, NewMetadataValues},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The fields of a collection, and how far they are filled.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "metadata/list_fields", input = Json, output = Json)]
pub async fn list_fields(collection: CollectionId) -> Result<MetadataFields, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_metadata_fields(&scope, &collection).await?)
}

/// Defines a field.
///
/// # Errors
/// `invalid_field`, `name_taken`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "metadata/create_field", input = Json, output = Json)]
pub async fn create_field(collection: CollectionId, settings: MetadataFieldSettings) -> Result<MetadataField, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_metadata_field(&scope, &collection, settings).await?)
}

/// Replaces what a field is.
///
/// # Errors
/// `invalid_field`, `name_taken`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "metadata/update_field", input = Json, output = Json)]
pub async fn update_field(
    collection: CollectionId,
    field: MetadataFieldId,
    settings: MetadataFieldSettings,
) -> Result<MetadataField, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_metadata_field(&scope, &collection, &field, settings).await?)
}

/// Deletes a field with what documents carry for it.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "metadata/delete_field", input = Json, output = Json)]
pub async fn delete_field(collection: CollectionId, field: MetadataFieldId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_metadata_field(&scope, &collection, &field).await?)
}

/// What a document carries for each field of its collection.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "metadata/list_values", input = Json, output = Json)]
pub async fn list_values(document: DocumentId) -> Result<Vec<DocumentMetadata>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.document_metadata(&scope, &document).await?)
}

/// Lets a document carry what a person writes for a field.
///
/// # Errors
/// `invalid_field`, `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "metadata/write_values", input = Json, output = Json)]
pub async fn write_values(
    document: DocumentId,
    field: MetadataFieldId,
    values: NewMetadataValues,
) -> Result<DocumentMetadata, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.write_metadata(&scope, &document, &field, values).await?)
}

/// Lets what was read of a field count again.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "metadata/restore_values", input = Json, output = Json)]
pub async fn restore_values(document: DocumentId, field: MetadataFieldId) -> Result<DocumentMetadata, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.restore_metadata(&scope, &document, &field).await?)
}
