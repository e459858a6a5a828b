//! JSON functions of a source.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    DataFunctionId, SourceId,
    function::{DataFunction, DataTable, FunctionArguments, FunctionDefinition, FunctionRun},
    page::{Page, PartRequest},
};

use super::whole;
use crate::{
    extract::{Id, Json, Query},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn list_tables(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<DataTable>>> {
    // A document has a table for each of its sheets.
    let key = |row: &DataTable| format!("{} {}", row.document, row.sheet.as_deref().unwrap_or_default());
    whole::list(app.hammock.list_tables(&scope, &source).await?, &wanted, key)
}

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    Query(wanted): Query<PartRequest>,
) -> Result<axum::Json<Page<DataFunction>>> {
    whole::list(app.hammock.list_functions(&scope, &source).await?, &wanted, |row| row.id.to_string())
}

pub async fn create(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
    Json(definition): Json<FunctionDefinition>,
) -> Result<(StatusCode, axum::Json<DataFunction>)> {
    Ok((StatusCode::CREATED, axum::Json(app.hammock.create_function(&scope, &source, definition).await?)))
}

pub async fn find(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((source, function)): Id<(SourceId, DataFunctionId)>,
) -> Result<axum::Json<DataFunction>> {
    Ok(axum::Json(app.hammock.find_function(&scope, &source, &function).await?))
}

pub async fn update(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((source, function)): Id<(SourceId, DataFunctionId)>,
    Json(definition): Json<FunctionDefinition>,
) -> Result<axum::Json<DataFunction>> {
    Ok(axum::Json(app.hammock.update_function(&scope, &source, &function, definition).await?))
}

pub async fn delete(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((source, function)): Id<(SourceId, DataFunctionId)>,
) -> Result<StatusCode> {
    app.hammock.delete_function(&scope, &source, &function).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn run(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id((source, function)): Id<(SourceId, DataFunctionId)>,
    Json(arguments): Json<FunctionArguments>,
) -> Result<axum::Json<FunctionRun>> {
    Ok(axum::Json(app.hammock.run_function(&scope, &source, &function, arguments).await?))
}
