//! JSON functions: named questions with parameters to the rows of a source's tables (CSV, spreadsheets, JSON), answered
//! without any code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DataFunctionId, DocumentId, SourceId, Timestamp};

mod cell;

pub use cell::{Cell, ColumnKind};

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

/// How a condition compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// The same; of texts, whatever their case.
    Equals,
    /// Not the same; empty cells included.
    NotEquals,
    /// The text contains it.
    Contains,
    /// The text begins with it.
    StartsWith,
    /// Smaller, or earlier.
    Less,
    /// Not greater, or not later.
    AtMost,
    /// Greater, or later.
    Greater,
    /// Not smaller, or not earlier.
    AtLeast,
    /// From the first value to the second, both included; with one of them not given, without that end.
    Between,
    /// The same as one of the values.
    AnyOf,
    /// Nothing stands there.
    IsEmpty,
    /// Something stands there.
    IsNotEmpty,
}

impl Operator {
    /// Every way to compare, in the order in which they are offered.
    pub const ALL: [Self; 12] = [
        Self::Equals,
        Self::NotEquals,
        Self::Contains,
        Self::StartsWith,
        Self::Less,
        Self::AtMost,
        Self::Greater,
        Self::AtLeast,
        Self::Between,
        Self::AnyOf,
        Self::IsEmpty,
        Self::IsNotEmpty,
    ];

    /// With how many values it compares: at least and at most.
    pub const fn values(self) -> (usize, usize) {
        match self {
            Self::IsEmpty | Self::IsNotEmpty => (0, 0),
            Self::Between => (2, 2),
            Self::AnyOf => (1, MAX_VALUES),
            Self::Equals
            | Self::NotEquals
            | Self::Contains
            | Self::StartsWith
            | Self::Less
            | Self::AtMost
            | Self::Greater
            | Self::AtLeast => (1, 1),
        }
    }
}

/// What a condition compares with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Operand {
    /// Always the same.
    Constant(Cell),
    /// The parameter of this name.
    Parameter(String),
}

/// What the cell of one column must be like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// How it is compared.
    pub operator: Operator,
    /// With what: two values for `between`, 1 to 100 for `any_of`, none for `is_empty` and `is_not_empty`, else one.
    #[serde(default)]
    pub values: Vec<Operand>,
}

/// Whether all conditions must hold, or one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// All of them.
    #[default]
    All,
    /// At least one of them.
    Any,
}

/// By what rows are sorted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// The column; of a function that summarises, a column that it groups by, or the name of a figure such as `sum(Price)`.
    pub column: String,
    /// Whether the greatest, or the last, comes first. Empty cells come last either way.
    #[serde(default)]
    pub descending: bool,
}

/// How several cells become one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// How many rows; of a column, how many of its cells are not empty.
    Count,
    /// The sum of the numbers.
    Sum,
    /// The mean of the numbers; nothing where there are none.
    Average,
    /// The smallest, or the earliest.
    Min,
    /// The greatest, or the latest.
    Max,
    /// How many different values; of texts, whatever their case.
    Distinct,
}

impl Figure {
    /// Every figure, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Count, Self::Sum, Self::Average, Self::Min, Self::Max, Self::Distinct];

    /// The word that crosses the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Min => "min",
            Self::Max => "max",
            Self::Distinct => "distinct",
        }
    }
}

/// A figure over the rows of a group, or over all rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Aggregate {
    /// Which figure.
    pub figure: Figure,
    /// Of which column; only `count` can do without.
    #[serde(default)]
    pub column: Option<String>,
}

impl Aggregate {
    /// The name of its column in the answer: `count`, `sum(Price)`.
    pub fn name(&self) -> String {
        match &self.column {
            Some(column) => format!("{}({column})", self.figure.as_str()),
            None => self.figure.as_str().to_owned(),
        }
    }
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
