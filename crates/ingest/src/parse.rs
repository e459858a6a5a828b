//! Files and pages to text: what a document says, with its outline and its pages.
//!
//! A parser takes bytes that somebody else made. Every one of them bounds what it unpacks, how deep it follows and how much
//! text it makes; those that meet complex binary formats also run in a process of their own ([`crate::isolate`]).

use hammock_contract::{
    error::{ApiError, ErrorCode},
    metadata::FoundMetadata,
    passage::Place,
};
use serde::{Deserialize, Serialize};

mod archive;
mod csv_table;
pub mod detect;
mod docx;
pub mod html;
mod json_table;
mod language;
mod limits;
mod markdown;
mod metadata;
mod office_xml;
mod pdf;
mod percent;
mod plain;
mod pptx;
pub(crate) mod progress;
mod spreadsheet;
mod tables;
#[cfg(test)]
pub(crate) mod tests;
mod writer;
mod written;

pub use csv_table::{CsvRow, csv_rows};
pub use detect::{FileType, detect};
pub use language::detect_language;
pub use limits::{MAX_FILE_BYTES, MAX_TEXT_BYTES};
pub use tables::{ParsedTable, read_tables};
pub use writer::title_of_file;
pub use written::{Numbers, written_date};

/// A file as it came: its bytes, and what the sender said about it.
#[derive(Debug, Clone, Copy)]
pub struct FileInput<'a> {
    /// The file's name or the last part of a page's address; may be empty.
    pub file_name: &'a str,
    /// The media type, with parameters, where the sender gave one: `text/html; charset=windows-1250`.
    pub media_type: Option<&'a str>,
    /// The content.
    pub bytes: &'a [u8],
}

/// A heading of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 1 is the outermost, 6 the innermost.
    pub level: u8,
    /// Its text.
    pub text: String,
    /// Where its line begins in the document's text. Bytes.
    pub offset: usize,
}

/// Where a page, a sheet or a slide begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMark {
    /// Which it is.
    pub place: Place,
    /// Where it begins in the document's text. Bytes.
    pub offset: usize,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParsedDocument {
    /// What the file turned out to be.
    pub file_type: FileType,
    /// Its title: what the document calls itself, else its first heading, else the file's name.
    pub title: String,
    /// Its language as an ISO 639-1 code, where it is declared or was recognised reliably.
    pub language: Option<String>,
    /// The text: paragraphs, lists, tables and code in the manner of Markdown, in NFC, with `\n` line ends. At most
    /// [`MAX_TEXT_BYTES`].
    pub text: String,
    /// Its headings in order; each stands on a line of its own in `text`.
    pub outline: Vec<Heading>,
    /// PDF pages, sheets or slides in order; empty for formats without any.
    pub pages: Vec<PageMark>,
    /// Whether the format itself says what is a heading, a list or a table.
    pub structured: bool,
    /// What it says to machines.
    pub metadata: Vec<FoundMetadata>,
}

/// Why a file gave no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
pub enum ParseError {
    /// Of a type that cannot be read.
    #[error(
        "a file of this type cannot be read ({0}); save it as PDF, DOCX, XLSX, PPTX, HTML, Markdown, CSV, JSON or plain text"
    )]
    Unsupported(String),
    /// Zero bytes, or only white space.
    #[error("the file is empty; save it again with its content")]
    Empty,
    /// Pages, paragraphs or slides without text: pictures of it at most.
    #[error("no text found: it may be a scan; run text recognition (OCR) over it first")]
    Scan,
    /// A page that only a script fills.
    #[error("the page shows its content only with JavaScript")]
    NeedsScript,
    /// Protected by a password.
    #[error("the file is protected by a password; save it without one")]
    Encrypted,
    /// Not what its type promises.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// It unpacks to too much, nests too deep or takes too long.
    #[error("the file is too complex: {0}")]
    TooComplex(String),
    /// The file or its text is larger than allowed.
    #[error("the file holds more than the {limit} MB that are allowed")]
    TooLarge {
        /// The limit. Megabytes.
        limit: u64,
    },
    /// The parser's process could not be started.
    #[error("the parser could not be started: {0}")]
    Unavailable(String),
}

impl ParseError {
    /// The code by which everybody outside knows it.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unsupported(_) => ErrorCode::UnsupportedFileType,
            Self::Empty => ErrorCode::EmptyFile,
            Self::Scan => ErrorCode::FileWithoutText,
            Self::NeedsScript => ErrorCode::NeedsJavascript,
            Self::Encrypted => ErrorCode::EncryptedFile,
            Self::Damaged(_) => ErrorCode::DamagedFile,
            Self::TooComplex(_) => ErrorCode::FileTooComplex,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::Unavailable(_) => ErrorCode::Unavailable,
        }
    }

    /// The limit on memory was reached.
    pub(crate) fn out_of_memory() -> Self {
        Self::TooComplex("it takes more memory than allowed".to_owned())
    }

    /// Whether a page with this outcome was left out on purpose rather than failed.
    pub const fn is_skip(&self) -> bool {
        matches!(self, Self::NeedsScript)
    }
}

impl From<ParseError> for ApiError {
    fn from(error: ParseError) -> Self {
        let api = Self::new(error.code(), error.to_string());
        match error {
            ParseError::TooLarge { limit } => api.with("limit", limit),
            _ => api,
        }
    }
}

/// Reads a file in this process. For what comes from outside use [`crate::isolate::Parser`], which bounds memory and time.
///
/// # Errors
/// Every reason for which the file gives no text; see [`ParseError`].
pub fn parse(input: &FileInput<'_>) -> Result<ParsedDocument, ParseError> {
    let file_type = detect(input.file_name, input.media_type, input.bytes)?;
    parse_as(file_type, input)
}

/// Reads a file whose type is known.
///
/// # Errors
/// See [`parse`].
pub fn parse_as(file_type: FileType, input: &FileInput<'_>) -> Result<ParsedDocument, ParseError> {
    if input.bytes.len() > MAX_FILE_BYTES {
        return Err(ParseError::TooLarge { limit: (MAX_FILE_BYTES / 1_000_000) as u64 });
    }
    let extracted = match file_type {
        FileType::Html => html::extract(input)?,
        FileType::Pdf => pdf::extract(input.bytes)?,
        FileType::Docx => docx::extract(input.bytes)?,
        FileType::Pptx => pptx::extract(input.bytes)?,
        FileType::Xlsx | FileType::Xls | FileType::Ods => spreadsheet::extract(input.bytes)?,
        FileType::Csv => csv_table::extract(input)?,
        FileType::Json => json_table::extract(input)?,
        FileType::Markdown => markdown::extract(input)?,
        FileType::Text => plain::extract(input)?,
    };
    extracted.finish(file_type, input.file_name)
}
