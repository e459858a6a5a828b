//! Documents and passages as people read them: HTML that the server rendered and sanitised, with what matters marked.

use serde::{Deserialize, Serialize};

use crate::{
    ChunkId, DocumentId,
    chat::Citation,
    document::{Chunk, Document, UnusedEdit},
    search::SearchResponse,
};

/// How many chunks of a document are shown at once.
pub const CHUNKS_AT_ONCE: u32 = 200;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TextSpan {
    /// Where it begins. Bytes.
    pub start: u32,
    /// Where it ends. Bytes.
    pub end: u32,
}

impl TextSpan {
    /// Whether the two have something in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start.max(other.start) < self.end.min(other.end)
    }
}

/// Which passage is to be shown in its document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ExcerptRequest {
    /// The document.
    pub document: DocumentId,
    /// The revision that the bytes are of.
    pub revision: u32,
    /// The passage.
    pub passage: TextSpan,
    /// What of the passage is marked; all of it when empty.
    #[serde(default)]
    pub marks: Vec<TextSpan>,
    /// The passage's own words: by them it is found in the present revision when its own is no longer kept.
    #[serde(default)]
    pub quote: String,
    /// The chunk that was cited; without one nothing is said about whether it was edited since.
    #[serde(default)]
    pub chunk: Option<ChunkId>,
    /// The chunks after it that the passage goes on through.
    #[serde(default)]
    pub further_chunks: Vec<ChunkId>,
    /// Whether `quote` is what a person had made of the passage: it is shown instead of the document's text, and `marks`
    /// are counted in it from the passage's beginning on.
    #[serde(default)]
    pub edited: bool,
}

impl From<&Citation> for ExcerptRequest {
    fn from(citation: &Citation) -> Self {
        Self {
            document: citation.document.clone(),
            revision: citation.revision,
            passage: TextSpan { start: citation.start, end: citation.end },
            marks: citation.marks.clone(),
            quote: citation.quote.clone(),
            chunk: Some(citation.chunk.clone()),
            further_chunks: citation.further_chunks.clone(),
            edited: citation.edited.is_some(),
        }
    }
}

/// A passage in its document, with what stands around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Excerpt {
    /// The revision that is shown.
    pub revision: u32,
    /// Whether it is the revision that answers now, and the passage was neither edited nor switched off since.
    pub current: bool,
    /// Whether it is the revision that was asked for; that may no longer be kept.
    pub as_asked: bool,
    /// Where the passage stands in it, if it still does.
    pub passage: Option<TextSpan>,
    /// What is marked; of an edited passage the place of the original.
    pub marks: Vec<TextSpan>,
    /// The text as sanitised HTML.
    pub html: String,
    /// Whether the document says more before it.
    pub more_before: bool,
    /// Whether the document says more after it.
    pub more_after: bool,
}

/// Which part of a document is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReadingRequest {
    /// The document.
    pub document: DocumentId,
    /// The revision; without one, or when it is no longer kept, the one that answers.
    #[serde(default)]
    pub revision: Option<u32>,
    /// What is to be marked, in bytes of that revision's text. In another revision nothing is.
    #[serde(default)]
    pub marks: Vec<TextSpan>,
    /// The ordinal of the first chunk; without one, the part that holds the first mark.
    #[serde(default)]
    pub from: Option<u32>,
}

/// A part of a document, chunk by chunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Reading {
    /// The document.
    pub document: Document,
    /// The revision that is shown; 0 when the document was never read.
    pub revision: u32,
    /// Whether it is the revision that answers now.
    pub current: bool,
    /// Whether it is the revision that was asked for.
    pub as_asked: bool,
    /// How many chunks the revision has. An earlier one has none: its text is in `html`.
    pub total: u32,
    /// The place of the first of `chunks` among them.
    pub from: u32,
    /// The chunks: at most [`CHUNKS_AT_ONCE`].
    pub chunks: Vec<ReadChunk>,
    /// What is shown of a revision without chunks, as sanitised HTML.
    pub html: String,
    /// Edits of chunks whose text the document no longer has.
    pub unused_edits: Vec<UnusedEdit>,
}

/// A chunk as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ReadChunk {
    /// The chunk.
    pub chunk: Chunk,
    /// Its text as sanitised HTML.
    pub html: String,
    /// Whether something in it is marked.
    pub marked: bool,
    /// The document's own text as sanitised HTML, where a person gave the chunk another.
    pub original_html: Option<String>,
}

/// What a search found, as people read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct SearchReading {
    /// What was found.
    pub response: SearchResponse,
    /// The text of each hit as sanitised HTML, in the order of the hits.
    pub passages: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_only_touch_do_not_overlap() {
        let span = |start, end| TextSpan { start, end };
        assert!(span(0, 5).overlaps(span(4, 9)) && span(4, 9).overlaps(span(0, 5)) && span(0, 9).overlaps(span(3, 4)));
        assert!(!span(0, 5).overlaps(span(5, 9)) && !span(3, 3).overlaps(span(0, 9)));
    }
}
