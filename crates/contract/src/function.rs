//! JSON functions: named questions with parameters to the rows of a source's tables (CSV, spreadsheets, JSON), answered
//! without any code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DataFunctionId, DocumentId, SourceId, Timestamp};

mod cell;
mod parts;

pub use cell::{Cell, ColumnKind};
pub use parts::{Aggregate, Condition, Figure, Matching, Operand, Operator, Sort};

/// The most characters of a function's name.
pub const MAX_FUNCTION_NAME: usize = 60;
/// The most functions of one source.
pub const MAX_FUNCTIONS: u64 = 200;
/// The most parameters of a function.
pub const MAX_PARAMETERS: usize = 20;
/// The most conditions, columns to return, columns to sort and to group by, and aggregates, of each kind.
pub const MAX_PARTS: usize = 50;
/// The most values that a condition compares with.
pub const MAX_VALUES: usize = 100;
/// The most rows that a function returns.
pub const MAX_ROWS: u32 = 1_000;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Column {
    /// Its name, unique in the table.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
}

/// A table of a source: a file of comma-separated values, a sheet, or the rows of a JSON file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DataTable {
    /// The document that it is read from.
    pub document: DocumentId,
    /// The document's title.
    pub title: String,
    /// The name of the file.
    pub location: String,
    /// The sheet, in a spreadsheet.
    pub sheet: Option<String>,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// How many rows it has, the one with the names of the columns not counted.
    pub rows: u64,
}

/// Which table a function asks. It is known by its file's name, so that it is still the same after the file was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TableReference {
    /// The name of the file.
    pub location: String,
    /// The sheet, in a spreadsheet.
    #[serde(default)]
    pub sheet: Option<String>,
}

/// Something that whoever runs a function may give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its name: `a` to `z`, digits and `_`; unique in the function.
    pub name: String,
    /// What it is.
    pub kind: ColumnKind,
    /// Whether it must be given. A condition whose parameter is not given falls away.
    #[serde(default)]
    pub required: bool,
    /// What it is when it is not given.
    #[serde(default)]
    pub default: Option<Cell>,
}

/// What a function asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "server", schema(example = example))]
#[serde(deny_unknown_fields)]
pub struct FunctionDefinition {
    /// Its name: `a` to `z`, digits and `_`, a letter first; unique in the source. At most 60 characters.
    pub name: String,
    /// What it is good for. Assistants choose by this. At most 1,000 characters.
    #[serde(default)]
    pub description: String,
    /// Which table it asks; without it, every table of the source that has all columns that the function names.
    #[serde(default)]
    pub table: Option<TableReference>,
    /// What whoever runs it may give. At most 20.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// Whether all conditions must hold, or one of them.
    #[serde(default)]
    pub matching: Matching,
    /// Which rows are wanted; without any, all. At most 50.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// By what the answer is sorted, what counts most first; else it keeps the order of the tables. At most 50.
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// Which columns are returned, in this order; without any, all. Not together with `group_by` or `aggregates`. At most 50.
    #[serde(default)]
    pub columns: Vec<String>,
    /// One row of the answer for all rows that have the same in these columns. At most 50.
    #[serde(default)]
    pub group_by: Vec<String>,
    /// The figures of each group, or of all rows. At most 50.
    #[serde(default)]
    pub aggregates: Vec<Aggregate>,
    /// At most this many rows are returned. 1 to 1,000.
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "server", schema(minimum = 1, maximum = 1000))]
    pub limit: u32,
}

impl FunctionDefinition {
    /// A function of this name that returns the first rows of all tables, whatever is in them.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: String::new(),
            table: None,
            parameters: Vec::new(),
            matching: Matching::All,
            conditions: Vec::new(),
            sort: Vec::new(),
            columns: Vec::new(),
            group_by: Vec::new(),
            aggregates: Vec::new(),
            limit: default_limit(),
        }
    }

    /// Whether it answers with groups and figures, and not with rows of the tables.
    pub fn summarises(&self) -> bool {
        !self.group_by.is_empty() || !self.aggregates.is_empty()
    }

    /// The columns that a table must have to be asked, each once.
    pub fn named_columns(&self) -> Vec<&str> {
        let sorted = self.sort.iter().filter(|_| !self.summarises()).map(|sort| sort.column.as_str());
        let mut named: Vec<&str> = Vec::new();
        let all = self
            .conditions
            .iter()
            .map(|condition| condition.column.as_str())
            .chain(self.columns.iter().map(String::as_str))
            .chain(self.group_by.iter().map(String::as_str))
            .chain(self.aggregates.iter().filter_map(|aggregate| aggregate.column.as_deref()))
            .chain(sorted);
        for column in all {
            if !named.contains(&column) {
                named.push(column);
            }
        }
        named
    }
}

const fn default_limit() -> u32 {
    100
}

/// What the description of the API shows.
#[cfg(feature = "server")]
fn example() -> FunctionDefinition {
    let operand = |name: &str| vec![Operand::Parameter(name.to_owned())];
    FunctionDefinition {
        description: "Rooms of a town below a price, the cheapest first".to_owned(),
        table: Some(TableReference { location: "rooms.csv".to_owned(), sheet: None }),
        parameters: vec![
            Parameter { name: "town".to_owned(), kind: ColumnKind::Text, required: true, default: None },
            Parameter { name: "most".to_owned(), kind: ColumnKind::Number, required: false, default: None },
        ],
        conditions: vec![
            Condition { column: "Town".to_owned(), operator: Operator::Equals, values: operand("town") },
            Condition { column: "Price".to_owned(), operator: Operator::AtMost, values: operand("most") },
        ],
        sort: vec![Sort { column: "Price".to_owned(), descending: false }],
        columns: vec!["Name".to_owned(), "Price".to_owned()],
        limit: 10,
        ..FunctionDefinition::named("find_rooms")
    }
}

/// A function of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DataFunction {
    /// The id.
    pub id: DataFunctionId,
    /// The source whose tables it asks.
    pub source: SourceId,
    /// What it asks.
    pub definition: FunctionDefinition,
    /// When it was defined.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a function is run with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct FunctionArguments {
    /// A value for each parameter, by its name. A parameter that is absent or null is not given.
    #[cfg_attr(feature = "server", schema(example = arguments_example))]
    pub parameters: BTreeMap<String, Cell>,
}

/// What the description of the API shows.
#[cfg(feature = "server")]
fn arguments_example() -> BTreeMap<String, Cell> {
    BTreeMap::from([("town".to_owned(), Cell::Text("Brno".to_owned())), ("most".to_owned(), Cell::Number(1_500.0))])
}

/// A document that rows of an answer came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RowsOf {
    /// The document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// The sheet, in a spreadsheet.
    pub sheet: Option<String>,
    /// How many of its rows matched.
    pub matched: u64,
}

/// What a function answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FunctionRun {
    /// The columns of the answer, in order.
    pub columns: Vec<Column>,
    /// Its rows: what stands in each column, by the column's name.
    pub rows: Vec<BTreeMap<String, Cell>>,
    /// How many rows of the tables match the conditions.
    pub matched: u64,
    /// Whether there are more rows in the answer than the limit lets through.
    pub truncated: bool,
    /// Which tables the rows that match are from.
    pub tables: Vec<RowsOf>,
}

#[cfg(test)]
mod tests;
