//! What a function is put together from: conditions, an order, figures.

use serde::{Deserialize, Serialize};

use super::{Cell, MAX_VALUES};

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
