//! JSON functions of a source.

use axum::{extract::State, http::StatusCode};
use hammock_contract::{
    DataFunctionId, SourceId,
    function::{DataFunction, DataTable, FunctionArguments, FunctionDefinition, FunctionRun},
    page::Page,
};

use crate::{
    extract::{Id, Json},
    failure::Result,
    middleware::identify::SignedIn,
    state::AppState,
};

pub async fn list_tables(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Page<DataTable>>> {
    Ok(axum::Json(Page::single(app.hammock.list_tables(&scope, &source).await?)))
}

pub async fn list(
    State(app): State<AppState>,
    SignedIn(scope): SignedIn,
    Id(source): Id<SourceId>,
) -> Result<axum::Json<Page<DataFunction>>> {
    Ok(axum::Json(Page::single(app.hammock.list_functions(&scope, &source).await?)))
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
