//! Server functions of the JSON functions of a source.

use hammock_contract::{
    DataFunctionId, SourceId,
    function::{DataFunction, DataTable, FunctionArguments, FunctionDefinition, FunctionRun},
};
use leptos::prelude::*;

use crate::{FnError, wire::Json};

/// The tables of a source with their columns.
///
/// # Errors
/// `not_found`; as reading a file.
#[server(prefix = "/api/fn", endpoint = "data_functions/list_tables", input = Json, output = Json)]
pub async fn list_tables(source: SourceId) -> Result<Vec<DataTable>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_tables(&scope, &source).await?)
}

/// The functions of a source, by name.
///
/// # Errors
/// `not_found`.
#[server(prefix = "/api/fn", endpoint = "data_functions/list_functions", input = Json, output = Json)]
pub async fn list_functions(source: SourceId) -> Result<Vec<DataFunction>, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.list_functions(&scope, &source).await?)
}

/// Defines a function.
///
/// # Errors
/// `invalid_field`, `name_taken`, `unknown_column`, `unknown_parameter`, `wrong_type`, `table_missing`, `too_many_functions`,
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "data_functions/create_function", input = Json, output = Json)]
pub async fn create_function(source: SourceId, definition: FunctionDefinition) -> Result<DataFunction, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.create_function(&scope, &source, definition).await?)
}

/// Defines a function anew.
///
/// # Errors
/// As [`create_function`].
#[server(prefix = "/api/fn", endpoint = "data_functions/update_function", input = Json, output = Json)]
pub async fn update_function(
    source: SourceId,
    function: DataFunctionId,
    definition: FunctionDefinition,
) -> Result<DataFunction, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.update_function(&scope, &source, &function, definition).await?)
}

/// Deletes a function.
///
/// # Errors
/// `read_only`, `not_found`, `role_required`.
#[server(prefix = "/api/fn", endpoint = "data_functions/delete_function", input = Json, output = Json)]
pub async fn delete_function(source: SourceId, function: DataFunctionId) -> Result<(), FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.delete_function(&scope, &source, &function).await?)
}

/// Runs a function.
///
/// # Errors
/// `missing_parameter`, `unknown_parameter`, `wrong_type`, `unknown_column`, `table_missing`, `not_found`.
#[server(prefix = "/api/fn", endpoint = "data_functions/run_function", input = Json, output = Json)]
pub async fn run_function(
    source: SourceId,
    function: DataFunctionId,
    arguments: FunctionArguments,
) -> Result<FunctionRun, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.run_function(&scope, &source, &function, arguments).await?)
}

/// What a function would answer that is still being written.
///
/// # Errors
/// As [`create_function`].
#[server(prefix = "/api/fn", endpoint = "data_functions/preview_function", input = Json, output = Json)]
pub async fn preview_function(
    source: SourceId,
    definition: FunctionDefinition,
    arguments: FunctionArguments,
) -> Result<FunctionRun, FnError> {
    let (hammock, scope) = crate::request::context().await?;
    Ok(hammock.preview_function(&scope, &source, definition, arguments).await?)
}
