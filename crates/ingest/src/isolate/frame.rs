//! What parent and child say to each other: a mark, two lengths, a JSON header, bytes.

use serde::{Deserialize, Serialize};

use super::cost::Allowance;

/// Stands before every frame of the child. Libraries print to standard output; what they print is passed over.
pub(super) const MARK: &[u8; 16] = b"\x00hammock-parsed\x00";

/// The longest answer: a text of the greatest length, escaped, with its outline. Bytes.
pub(super) const LONGEST_ANSWER: u32 = 256 << 20;

/// What is wanted of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wanted {
    /// What it says.
    Document,
    /// Its tables with typed cells.
    Tables,
}

/// What goes before a file's bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// What is wanted of it.
    pub wanted: Wanted,
    /// The file's name.
    pub file_name: String,
    /// The media type.
    pub media_type: Option<String>,
    /// How many bytes follow.
    pub length: u64,
    /// What reading it may cost. The parent sees to the time, the child to its memory.
    pub allowance: Allowance,
}

/// What the child says, in frames of their own.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said<T> {
    /// So many bytes has the file said so far, and may cost more for that.
    SoFar(u64),
    /// What came of it.
    Answer(T),
}
