//! JSON functions: named questions with parameters to the rows of a source's tables.

mod asking;
mod checking;
mod comparing;
mod evaluating;
mod summarising;
mod tables;
#[cfg(test)]
mod tests;

use hammock_contract::{
    ApiError, DataFunctionId, ErrorCode, SourceId,
    function::{
        Cell, DataFunction, DataTable, FunctionArguments, FunctionDefinition, FunctionRun, MAX_FUNCTIONS, RowsOf,
    },
    user::Role,
};
use hammock_ingest::parse::ParsedTable;
use hammock_store::{Scope, audit, data_functions, sources};

use crate::{
    Hammock, Result,
    error::{from_store, internal, taken},
};
use checking::checked;
use evaluating::{Evaluated, evaluate};
use tables::{SourceTable, chosen};

pub(crate) use tables::TableCache;

impl Hammock {
    /// The tables of a source that functions can ask, in the order in which their files were added.
    ///
    /// # Errors
    /// `not_found`; as reading a file.
    pub async fn list_tables(&self, scope: &Scope, source: &SourceId) -> Result<Vec<DataTable>> {
        sources::find_row(scope, self.store().read(), source).await.map_err(from_store)?;
        let _turn = self.0.tables.turn().await?;
        self.describe_tables(scope, source).await
    }

    /// The functions of a source, by name.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn list_functions(&self, scope: &Scope, source: &SourceId) -> Result<Vec<DataFunction>> {
        let db = self.store().read();
        sources::find_row(scope, db, source).await.map_err(from_store)?;
        let rows = data_functions::list(scope, db, source).await.map_err(from_store)?;
        Ok(rows.into_iter().map(data_functions::DataFunctionRow::into_function).collect())
    }

    /// One function.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find_function(&self, scope: &Scope, source: &SourceId, id: &DataFunctionId) -> Result<DataFunction> {
        let row = data_functions::find(scope, self.store().read(), source, id).await.map_err(from_store)?;
        Ok(row.into_function())
    }

    /// Defines a function.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_field`, `name_taken`, `unknown_column`, `unknown_parameter`,
    /// `wrong_type`, `table_missing`, `too_many_functions`; as reading a file.
    pub async fn create_function(
        &self,
        scope: &Scope,
        source: &SourceId,
        definition: FunctionDefinition,
    ) -> Result<DataFunction> {
        let definition = self.fitting(scope, source, definition).await?;
        let (id, now) = (DataFunctionId::new(), self.now());
        let tx = self.store().begin().await.map_err(from_store)?;
        if data_functions::count(scope, tx.db(), source).await.map_err(from_store)? >= MAX_FUNCTIONS {
            let message = format!("a source has at most {MAX_FUNCTIONS} functions; delete some first");
            return Err(ApiError::new(ErrorCode::TooManyFunctions, message).with("limit", MAX_FUNCTIONS));
        }
        data_functions::create(scope, &tx, id.clone(), source, &definition, now)
            .await
            .map_err(taken(&definition.name))?;
        let detail = serde_json::json!({ "source": source, "name": definition.name });
        audit::record(scope, &tx, "function.create", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.find_function(scope, source, &id).await
    }

    /// Defines a function anew, as a whole.
    ///
    /// # Errors
    /// As [`Self::create_function`].
    pub async fn update_function(
        &self,
        scope: &Scope,
        source: &SourceId,
        id: &DataFunctionId,
        definition: FunctionDefinition,
    ) -> Result<DataFunction> {
        let definition = self.fitting(scope, source, definition).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        data_functions::update(scope, &tx, source, id, &definition, now).await.map_err(taken(&definition.name))?;
        let detail = serde_json::json!({ "source": source, "name": definition.name });
        audit::record(scope, &tx, "function.update", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.find_function(scope, source, id).await
    }

    /// Deletes a function.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`.
    pub async fn delete_function(&self, scope: &Scope, source: &SourceId, id: &DataFunctionId) -> Result<()> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.writable_source(scope, source).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let before = data_functions::find(scope, tx.db(), source, id).await.map_err(from_store)?;
        data_functions::delete(scope, &tx, source, id).await.map_err(from_store)?;
        let detail = serde_json::json!({ "source": source, "name": before.name });
        audit::record(scope, &tx, "function.delete", id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)
    }

    /// Runs a function. Like a search, it changes nothing.
    ///
    /// # Errors
    /// `not_found`, `missing_parameter`, `unknown_parameter`, `wrong_type`, `unknown_column`, `table_missing`; as reading a
    /// file.
    pub async fn run_function(
        &self,
        scope: &Scope,
        source: &SourceId,
        id: &DataFunctionId,
        arguments: FunctionArguments,
    ) -> Result<FunctionRun> {
        let definition = self.find_function(scope, source, id).await?.definition;
        self.answer(scope, source, definition, arguments, Strictness::Complete).await
    }

    /// What a function would answer that is still being written. A condition whose parameter is not given falls away, also
    /// where it must be given.
    ///
    /// # Errors
    /// As [`Self::create_function`].
    pub async fn preview_function(
        &self,
        scope: &Scope,
        source: &SourceId,
        definition: FunctionDefinition,
        arguments: FunctionArguments,
    ) -> Result<FunctionRun> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.writable_source(scope, source).await?;
        let definition = checked(definition)?;
        self.answer(scope, source, definition, arguments, Strictness::Preview).await
    }

    async fn answer(
        &self,
        scope: &Scope,
        source: &SourceId,
        definition: FunctionDefinition,
        arguments: FunctionArguments,
        strictness: Strictness,
    ) -> Result<FunctionRun> {
        let turn = self.0.tables.turn().await?;
        let tables = self.source_tables(scope, source, definition.table.as_ref()).await?;
        let answer = move || {
            let answer = answer_from(&definition, &arguments, &tables, strictness);
            // Given back here, and not where it is waited for: whoever asks may have gone before the work is done.
            drop(tables);
            drop(turn);
            answer
        };
        tokio::task::spawn_blocking(answer).await.map_err(internal)?
    }

    /// A definition that may be stored: it has the right form, and fits tables of the source.
    async fn fitting(
        &self,
        scope: &Scope,
        source: &SourceId,
        definition: FunctionDefinition,
    ) -> Result<FunctionDefinition> {
        scope.require(Role::Administrator).map_err(from_store)?;
        self.writable_source(scope, source).await?;
        let definition = checked(definition)?;
        let _turn = self.0.tables.turn().await?;
        let tables = self.source_tables(scope, source, definition.table.as_ref()).await?;
        // Whether they fit has to do with the columns, and with whether anything stands in one: a row that has the first of each.
        let head = |table: &SourceTable| {
            let ParsedTable { sheet, columns, rows } = &*table.parsed;
            let first =
                |place: usize| rows.iter().filter_map(|row| row.get(place)).find(|cell| !cell.is_empty()).cloned();
            let row = (0..columns.len()).map(|place| first(place).unwrap_or(Cell::Empty)).collect();
            ParsedTable { sheet: sheet.clone(), columns: columns.clone(), rows: vec![row] }
        };
        let heads: Vec<ParsedTable> = chosen(&definition, &tables)?.into_iter().map(head).collect();
        let heads: Vec<&ParsedTable> = heads.iter().collect();
        evaluate(&definition, &FunctionArguments::default(), &heads, Strictness::Preview)?;
        Ok(definition)
    }
}

/// What may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// Every parameter that must be given is given.
    Complete,
    /// Nothing needs to be given.
    Preview,
}

fn answer_from(
    definition: &FunctionDefinition,
    arguments: &FunctionArguments,
    tables: &[SourceTable],
    strictness: Strictness,
) -> Result<FunctionRun> {
    let asked = chosen(definition, tables)?;
    let parsed: Vec<&ParsedTable> = asked.iter().map(|table| &*table.parsed).collect();
    let Evaluated { columns, rows, matched, truncated } = evaluate(definition, arguments, &parsed, strictness)?;
    let tables = asked.iter().zip(&matched).filter(|(_, matched)| **matched > 0).map(|(table, matched)| RowsOf {
        document: table.file.document.clone(),
        title: table.file.title.clone(),
        sheet: table.parsed.sheet.clone(),
        matched: *matched,
    });
    Ok(FunctionRun { columns, rows, matched: matched.iter().sum(), truncated, tables: tables.collect() })
}
