//! What stands in a cell.

use serde::{Deserialize, Serialize, Serializer};

/// What the cells of a column are, or what a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Texts.
    Text,
    /// Numbers.
    Number,
    /// Days such as `2026-01-31`, or moments such as `2026-01-31T12:30:00`, as texts.
    Date,
    /// True or false.
    Boolean,
}

impl ColumnKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Text, Self::Number, Self::Date, Self::Boolean];

    /// The word that crosses the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Boolean => "boolean",
        }
    }
}

/// What stands in a cell: a text, a number, true or false, or nothing. A day or a moment is a text in the form of ISO 8601.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// True or false.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text, a day or a moment.
    Text(String),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Whether nothing stands there.
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

/// The largest number up to which every whole one has a binary form of its own.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

impl Serialize for Cell {
    /// Whole numbers without a decimal point: `3`, not `3.0`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) if number.fract() == 0.0 && number.abs() <= LARGEST_EXACT => {
                // It is whole and lies in the range.
                serializer.serialize_i64(*number as i64)
            }
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Empty => serializer.serialize_unit(),
        }
    }
}

/// As people read it: a number with a decimal point, nothing as nothing.
impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Empty => Ok(()),
        }
    }
}

// By hand: one schema for what may be of several types.
#[cfg(feature = "server")]
impl utoipa::PartialSchema for Cell {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{SchemaType, Type};

        utoipa::openapi::ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Number, Type::Boolean, Type::Null]))
            .description(Some(
                "What stands in a cell: a text, a number, true or false, or nothing. A day or a moment is a text in the \
                 form of ISO 8601.",
            ))
            .into()
    }
}

#[cfg(feature = "server")]
impl utoipa::ToSchema for Cell {}
