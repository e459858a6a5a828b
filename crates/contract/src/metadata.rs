//! Metadata: typed fields that the documents of a collection carry, and filters by them.
//!
//! Values cross the wire as text, whatever their kind: a value that does not fit its field is kept and shown as it was found
//! instead of being lost.

use serde::{Deserialize, Serialize};

use crate::{CollectionId, MetadataFieldId, Timestamp};

/// The most fields that a collection can define.
pub const MOST_FIELDS: usize = 50;
/// The most options of a choice.
pub const MOST_OPTIONS: usize = 100;
/// The most values that a document carries for one field.
pub const MOST_VALUES: usize = 1_000;
/// The longest value. Characters; what is read is cut there.
pub const LONGEST_VALUE: usize = 500;
/// The most filters of one search.
pub const MOST_FILTERS: usize = 10;
/// The most values that a filter names.
pub const MOST_FILTER_VALUES: usize = 50;

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum MetadataKind {
    /// Any text.
    #[default]
    Text,
    /// A number: `12`, `1 234,5` or `1,234.50`.
    Number,
    /// A day, a month or a year: `2026-11-27`, `27.11.2026`, `2026-11`, `2026`; a time of day is allowed.
    Date,
    /// Yes or no.
    Boolean,
    /// One of the field's options.
    Choice,
}

/// What a person says of a field: its name, its kind, and where its values are read from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MetadataFieldSettings {
    /// The name, unique in the collection. 1 to 80 characters.
    pub name: String,
    /// What filters call it: lower-case letters, digits and `_`, at most 60; unique in the collection. When absent, a new
    /// field's is made of its name, and an existing one's stays.
    pub key: Option<String>,
    /// What its values are.
    pub kind: MetadataKind,
    /// The values to choose from, of a choice alone. 1 to 100 of at most 80 characters.
    pub options: Vec<String>,
    /// The key in a Markdown file's front matter that it is read from: `author` or `book.author`.
    pub front_matter: Option<String>,
    /// The path in a page's JSON-LD that it is read from: `Product.brand.name`.
    pub json_ld: Option<String>,
    /// The heading of the column in a CSV file or a spreadsheet that it is read from.
    pub column: Option<String>,
}

/// A field that the documents of a collection carry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MetadataField {
    /// The id.
    pub id: MetadataFieldId,
    /// The collection.
    pub collection: CollectionId,
    /// The name, unique in the collection.
    pub name: String,
    /// What filters call it.
    pub key: String,
    /// What its values are.
    pub kind: MetadataKind,
    /// The values to choose from, of a choice.
    pub options: Vec<String>,
    /// The key in a front matter that it is read from.
    pub front_matter: Option<String>,
    /// The path in JSON-LD that it is read from.
    pub json_ld: Option<String>,
    /// The heading of the column that it is read from.
    pub column: Option<String>,
    /// How many documents carry a value.
    pub documents: u64,
    /// How many documents carry a value that does not fit the kind.
    pub unreadable: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// How far the fields of a collection are filled for the documents that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MetadataFilling {
    /// Documents done.
    pub done: u64,
    /// Documents in all; 0 while that is not known.
    pub total: u64,
}

/// The fields of a collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MetadataFields {
    /// The fields, by name.
    pub fields: Vec<MetadataField>,
    /// While the documents that are there are being gone through after a change.
    pub filling: Option<MetadataFilling>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MetadataOrigin {
    /// A person wrote it; it counts instead of what was read.
    Hand,
    /// The front matter of a Markdown file.
    FrontMatter,
    /// The JSON-LD or the microdata of a page.
    JsonLd,
    /// A column of a CSV file or a spreadsheet.
    Csv,
}

/// What a document says to machines under one name, whether or not a field is defined for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundMetadata {
    /// Where.
    pub origin: MetadataOrigin,
    /// The key, the path or the heading of the column.
    pub name: String,
    /// The values, each once.
    pub values: Vec<String>,
}

/// One value that a document carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct MetadataValue {
    /// The value as it was found or written.
    pub text: String,
    /// Whether it fits the kind of its field. One that does not is found by no filter but `is_set`.
    pub readable: bool,
    /// Where it comes from.
    pub origin: MetadataOrigin,
}

/// What a document carries for one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DocumentMetadata {
    /// The field.
    pub field: MetadataField,
    /// The values that count.
    pub values: Vec<MetadataValue>,
    /// Whether a person wrote them; none means that the person took away what was read.
    pub by_hand: bool,
    /// What was read, where a person's values count instead.
    pub read: Vec<MetadataValue>,
}

/// Values that a person writes for one field of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMetadataValues {
    /// The values; none: the document carries no value, whatever is read. Several for a choice alone.
    pub values: Vec<String>,
}

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[derive(Default)]
pub enum MetadataOperator {
    /// One of the document's values is this one. Texts are compared without regard to case.
    #[default]
    Is,
    /// None of the document's values is this one; documents without a value are let through.
    IsNot,
    /// One of the document's values is one of these.
    AnyOf,
    /// One of the document's values is this number or date, or a greater one.
    AtLeast,
    /// One of the document's values is this number or date, or a smaller one.
    AtMost,
    /// One of the document's values lies between these two numbers or dates, both included.
    Between,
    /// One of the document's values contains this text.
    Contains,
    /// The document has a value.
    IsSet,
}

impl MetadataOperator {
    /// Every operator.
    pub const ALL: [Self; 8] =
        [Self::Is, Self::IsNot, Self::AnyOf, Self::AtLeast, Self::AtMost, Self::Between, Self::Contains, Self::IsSet];

    /// Whether it can be asked of values of this kind.
    pub const fn fits(self, kind: MetadataKind) -> bool {
        match self {
            Self::Is | Self::IsNot | Self::IsSet => true,
            Self::AnyOf => !matches!(kind, MetadataKind::Boolean),
            Self::AtLeast | Self::AtMost | Self::Between => matches!(kind, MetadataKind::Number | MetadataKind::Date),
            Self::Contains => matches!(kind, MetadataKind::Text),
        }
    }

    /// The least and the greatest number of values that it takes.
    pub const fn takes(self) -> (usize, usize) {
        match self {
            Self::Is | Self::IsNot | Self::AtLeast | Self::AtMost | Self::Contains => (1, 1),
            Self::AnyOf => (1, MOST_FILTER_VALUES),
            Self::Between => (2, 2),
            Self::IsSet => (0, 0),
        }
    }
}

/// Only documents whose metadata is so. Several filters count together.
///
/// Documents of a collection that has no such field are left out, but for `is_not`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MetadataFilter {
    /// The key of the field. It is the same in every collection that is searched.
    pub field: String,
    /// How it is compared.
    #[serde(default)]
    pub operator: MetadataOperator,
    /// With what, as text whatever the kind.
    #[serde(default)]
    pub values: Vec<String>,
}

/// Stands between values that are typed as one text.
pub const BETWEEN_VALUES: char = ';';

impl MetadataFilter {
    /// A filter whose values are typed as one text, with semicolons between them where the operator takes several.
    pub fn typed(field: &str, operator: MetadataOperator, text: &str) -> Self {
        let (_, most) = operator.takes();
        let values: Vec<String> = match most {
            0 => Vec::new(),
            1 => vec![text.trim().to_owned()],
            _ => {
                let values = text.split(BETWEEN_VALUES).map(str::trim).filter(|value| !value.is_empty());
                values.map(str::to_owned).collect()
            }
        };
        Self { field: field.trim().to_owned(), operator, values }
    }
}

/// The key that a new field has of its name: lower-case letters, digits and `_`.
pub fn key_of_name(name: &str) -> String {
    let mut key = String::new();
    for character in name.chars().flat_map(char::to_lowercase).map(plain) {
        if character.is_ascii_alphanumeric() {
            key.push(character);
        } else if !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
    }
    key.truncate(60);
    key.trim_end_matches('_').to_owned()
}

/// Whether a text can be a field's key.
pub fn is_key(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=60).contains(&text.len()) && text.bytes().all(fits)
}

/// A letter without its mark, for those of French and Czech.
const fn plain(character: char) -> char {
    match character {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'č' | 'ç' => 'c',
        'ď' => 'd',
        'é' | 'è' | 'ê' | 'ë' | 'ě' => 'e',
        'í' | 'î' | 'ï' => 'i',
        'ň' | 'ñ' => 'n',
        'ó' | 'ô' | 'ö' => 'o',
        'ř' => 'r',
        'š' => 's',
        'ť' => 't',
        'ú' | 'ů' | 'ù' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_made_of_the_name() {
        assert_eq!(key_of_name("Datum vydání (první)"), "datum_vydani_prvni");
        assert_eq!(key_of_name("  Année "), "annee");
        assert_eq!(key_of_name("日本"), "");
    }

    #[test]
    fn operators_fit_their_kinds() {
        assert!(
            MetadataOperator::Between.fits(MetadataKind::Date) && !MetadataOperator::Between.fits(MetadataKind::Text)
        );
        assert!(MetadataOperator::ALL.iter().all(|operator| operator.takes().0 <= operator.takes().1));
        let filter: MetadataFilter = serde_json::from_str(r#"{"field":"brand","values":["Acme"]}"#).unwrap();
        assert_eq!(filter.operator, MetadataOperator::Is);
    }

    proptest! {
        #[test]
        fn a_made_key_is_one_or_empty(name in ".{0,90}") {
            let key = key_of_name(&name);
            prop_assert!(key.is_empty() || is_key(&key), "{key}");
        }
    }
}
