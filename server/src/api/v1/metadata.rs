//! Metadata: the fields that a collection defines, and what documents carry for them.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    CollectionId, DocumentId, MetadataFieldId,
    metadata::{DocumentMetadata, MetadataField, MetadataFieldSettings, MetadataFields, NewMetadataValues},
    page::{Page, PartRequest},
};

use super::whole;
use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn list_fields(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
) -> Result<axum::Json<MetadataFields>> {
    Ok(axum::Json(app.hammock.list_metadata_fields(&scope, &collection).await?))
}

pub async fn create_field(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(collection): Id<CollectionId>,
    Json(settings): Json<MetadataFieldSettings>,
) -> Result<(StatusCode, axum::Json<MetadataField>)> {
    let made = app.hammock.create_metadata_field(&scope, &collection, settings).await?;
    Ok((StatusCode::CREATED, axum::Json(made)))
}

pub async fn update_field(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((collection, field)): Id<(CollectionId, MetadataFieldId)>,
    Json(settings): Json<MetadataFieldSettings>,
) -> Result<axum::Json<MetadataField>> {
    Ok(axum::Json(app.hammock.update_metadata_field(&scope, &collection, &field, settings).await?))
}

pub async fn delete_field(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((collection, field)): Id<(CollectionId, MetadataFieldId)>,
) -> Result<StatusCode> {
    app.hammock.delete_metadata_field(&scope, &collection, &field).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn list_values(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(document): Id<DocumentId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<DocumentMetadata>>> {
    whole::list(app.hammock.document_metadata(&scope, &document).await?, &wanted, |row| row.field.id.to_string())
}

pub async fn write_values(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((document, field)): Id<(DocumentId, MetadataFieldId)>,
    Json(values): Json<NewMetadataValues>,
) -> Result<axum::Json<DocumentMetadata>> {
    Ok(axum::Json(app.hammock.write_metadata(&scope, &document, &field, values).await?))
}

pub async fn restore_values(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((document, field)): Id<(DocumentId, MetadataFieldId)>,
) -> Result<axum::Json<DocumentMetadata>> {
    Ok(axum::Json(app.hammock.restore_metadata(&scope, &document, &field).await?))
}
