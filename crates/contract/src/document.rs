//! Documents and their chunks.

use serde::{Deserialize, Serialize};

use crate::{
    ApiError, ChunkEditId, ChunkId, CollectionId, DocumentId, SourceId, Timestamp, metadata::MetadataOperator,
    passage::Place,
};

/// How a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Waits to be read, or is being read. An earlier revision may answer meanwhile.
    Processing,
    /// A new page that was read and does not answer: its website may have lost what it had. It answers when that has turned out not to
    /// be so, or when the crawl is accepted.
    Waiting,
    /// Answers by keyword; vectors are being made.
    Embedding,
    /// Answers in full.
    Ready,
    /// Could not be read; see `error`. An earlier revision may still answer.
    Failed,
    /// Was looked at and left out on purpose; see `error`.
    Skipped,
}

/// One file or page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Document {
    /// The id.
    pub id: DocumentId,
    /// The source.
    pub source: SourceId,
    /// The collection.
    pub collection: CollectionId,
    /// The title.
    pub title: String,
    /// The address of a page, or the name of a file.
    pub location: String,
    /// The address, when it is a page.
    pub url: Option<String>,
    /// The media type.
    pub media_type: String,
    /// The size of the original. Bytes.
    pub bytes: u64,
    /// The language, by its ISO 639-1 code, where it was recognised.
    pub language: Option<String>,
    /// How it stands.
    pub state: DocumentState,
    /// Why it failed or was skipped.
    pub error: Option<ApiError>,
    /// The HTTP status of the last fetch of a page.
    pub http_status: Option<u16>,
    /// When a page was last asked for.
    pub fetched_at: Option<Timestamp>,
    /// Whether the text is what a page shows after its JavaScript has run, in the server's Chromium.
    pub rendered: bool,
    /// The number of the revision that answers; 0 when none does.
    pub revision: u32,
    /// How many chunks answer; those that are switched off do not.
    pub chunks: u32,
    /// How many of them have a vector.
    pub embedded_chunks: u32,
    /// When it was added.
    pub created_at: Timestamp,
    /// When the revision that answers was read.
    pub indexed_at: Option<Timestamp>,
}

/// One retrievable span of a document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Chunk {
    /// The id. Whenever its text changes or it is switched, the chunk gets another.
    pub id: ChunkId,
    /// Its place in the document, from 0.
    pub ordinal: u32,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// The text that is searched: a person's, where it was edited.
    pub text: String,
    /// Where it begins in the document's text. Bytes.
    pub start: u32,
    /// Where it ends in the document's text. Bytes.
    pub end: u32,
    /// The pages, the sheet or the slide on which it stands.
    pub place: Option<Place>,
    /// Whether it has a vector.
    pub embedded: bool,
    /// Whether it is searched; one that is switched off is never found and never cited.
    pub enabled: bool,
    /// Who gave it another text than the document has, and when.
    pub edited: Option<ChunkEdited>,
    /// The document's text between `start` and `end`, where a person gave the chunk another.
    pub original: Option<String>,
}

/// Who edited a chunk, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ChunkEdited {
    /// The person's name; nothing when the person is gone.
    pub by: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A change to a chunk; absent fields stay. It stays with the document for as long as the document has the same words
/// there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChunkPatch {
    /// The text to search instead of the document's. 1 to 20,000 characters.
    pub text: Option<String>,
    /// Whether the chunk is searched.
    pub enabled: Option<bool>,
    /// Whether the document's text is searched again; not together with `text`.
    pub restore: bool,
}

/// An edit of a chunk whose original text the document no longer has. It is kept, and used again should the text return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UnusedEdit {
    /// The id.
    pub id: ChunkEditId,
    /// The document's text, as it was.
    pub original: String,
    /// What a person made of it; nothing when it was only switched off.
    pub text: Option<String>,
    /// Whether the chunk was searched.
    pub enabled: bool,
    /// Who edited it, and when.
    pub edited: ChunkEdited,
}

/// A document's text as it answers now, or as an earlier revision had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DocumentText {
    /// The document.
    pub document: Document,
    /// The revision that this text is of.
    pub revision: u32,
    /// Whether it is the revision that answers now.
    pub current: bool,
    /// The text; chunks and citations point into it by bytes.
    pub text: String,
    /// Its chunks in order.
    pub chunks: Vec<Chunk>,
    /// Edits of chunks whose text the document no longer has; of the revision that answers now alone.
    pub unused_edits: Vec<UnusedEdit>,
}

/// What became of one uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct UploadResult {
    /// The name of the file.
    pub file_name: String,
    /// The document that it became.
    pub document: Option<Document>,
    /// Whether it took the place of an earlier file of the same name.
    #[serde(default)]
    pub replaced: bool,
    /// Why it was refused.
    pub error: Option<ApiError>,
}

/// The most documents that are asked after at once.
pub const MAX_ASKED_AFTER: usize = 200;

/// Documents that are asked after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AskedAfter {
    /// Which; at most 200.
    pub documents: Vec<DocumentId>,
}

/// How one of them stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct DocumentStanding {
    /// The document.
    pub document: DocumentId,
    /// How it stands.
    pub state: DocumentState,
}

/// In which order documents are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentSort {
    /// Those that were added last come first.
    #[default]
    Added,
    /// By address or name of the file.
    Location,
    /// Those with the most passages come first.
    Passages,
}

/// Which documents are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema, utoipa::IntoParams))]
#[serde(default, deny_unknown_fields)]
pub struct DocumentQuery {
    /// Only those of this collection. Without it and without a source, the organisation's own are listed.
    pub collection: Option<CollectionId>,
    /// Only those of this source.
    pub source: Option<SourceId>,
    /// Only those in this state.
    pub state: Option<DocumentState>,
    /// Only those whose title or location contains this text.
    pub query: Option<String>,
    /// Only those in this language, by its ISO 639-1 code.
    pub language: Option<String>,
    /// In which order; the newest first when absent.
    pub sort: Option<DocumentSort>,
    /// Only those whose metadata has this field, by its key, as `operator` and `value` say.
    pub field: Option<String>,
    /// How the field is compared; `is` when absent.
    pub operator: Option<MetadataOperator>,
    /// With what. Where several values are possible, semicolons stand between them.
    pub value: Option<String>,
    /// Rows on a page, 1 to 200; 50 when absent.
    #[serde(deserialize_with = "crate::page::limit")]
    #[cfg_attr(feature = "server", param(minimum = 1, maximum = 200), schema(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// From the page before.
    pub page_token: Option<String>,
}
