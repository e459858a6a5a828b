//! Speech that is written down.

use serde::{Deserialize, Serialize};

/// The largest recording. Bytes.
pub const LARGEST_RECORDING: u64 = 25_000_000;
/// The longest recording that the chat makes. Seconds.
pub const LONGEST_RECORDING: u64 = 600;

/// What is known of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct TranscriptionQuery {
    /// The language that is spoken, where it is known. An ISO 639-1 code.
    pub language: Option<String>,
}

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Transcription {
    /// The words; empty where none were heard.
    pub text: String,
}
