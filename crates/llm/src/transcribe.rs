//! Speech that becomes text.

use async_trait::async_trait;
use bytes::Bytes;

use crate::ModelError;

/// Something that was said, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speech {
    /// The recording: one whole file.
    pub audio: Bytes,
    /// What kind of file it is, without parameters: `audio/webm`.
    pub media_type: String,
    /// The language that is spoken, where it is known. An ISO 639-1 code.
    pub language: Option<String>,
}

/// A model that writes down what was said.
#[async_trait]
pub trait Transcriber: Send + Sync {
    /// What was said, without white space around it; empty where nothing was.
    ///
    /// # Errors
    /// As the provider answers.
    async fn transcribe(&self, speech: &Speech) -> Result<String, ModelError>;
}

/// The ending of a file of this kind: providers go by it.
#[must_use]
pub fn ending_of(media_type: &str) -> &'static str {
    match media_type {
        "audio/flac" => "flac",
        "audio/mp4" => "mp4",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/wav" => "wav",
        _ => "webm",
    }
}
