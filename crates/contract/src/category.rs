//! A person's own labels for conversations.

use serde::{Deserialize, Serialize};

use crate::CategoryId;

/// The most characters of a category's name: it stands in a row of the list.
pub const MAX_CATEGORY_NAME: usize = 40;

/// The colour of a category's dot. The name always stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CategoryColour {
    /// Grey.
    #[default]
    Grey,
    /// Green.
    Green,
    /// Amber.
    Amber,
    /// Blue.
    Blue,
    /// Rose.
    Rose,
    /// Red.
    Red,
}

impl CategoryColour {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Grey, Self::Green, Self::Amber, Self::Blue, Self::Rose, Self::Red];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::Blue => "blue",
            Self::Rose => "rose",
            Self::Red => "red",
        }
    }
}

/// A person's own label for conversations. Nobody else sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Category {
    /// The id.
    pub id: CategoryId,
    /// The name.
    pub name: String,
    /// The colour of its dot.
    pub colour: CategoryColour,
}

/// A category to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// The name, unique among one's own. 1 to 40 characters.
    pub name: String,
    /// The colour of its dot.
    #[serde(default)]
    pub colour: CategoryColour,
}

/// A change to a category; absent fields stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[derive(Default)]
#[serde(default, deny_unknown_fields)]
pub struct CategoryPatch {
    /// The name.
    pub name: Option<String>,
    /// The colour of its dot.
    pub colour: Option<CategoryColour>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_one_word() {
        for colour in CategoryColour::ALL {
            assert_eq!(serde_json::to_value(colour).unwrap(), colour.as_str());
        }
    }
}
