//! What of an answer its sources do not support.

use serde::{Deserialize, Serialize};

/// Why a sentence of an answer is not supported by its sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnsupportedReason {
    /// They do not have a number of it.
    Number,
    /// They do not have a name of it.
    Name,
    /// One of them denies what it says, or it denies what one of them says.
    Denied,
    /// They have a word that says the opposite.
    Opposite,
    /// They say of some what it says of all.
    Quantity,
    /// They have too few of its words.
    Words,
}

/// A sentence of an answer that none of its sources supports, as far as comparing their texts can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UnsupportedSentence {
    /// Where it begins in the answer's text. Bytes.
    pub start: u32,
    /// Where it ends. Bytes.
    pub end: u32,
    /// Why.
    pub reason: UnsupportedReason,
}
