//! What kind of file it is: by its content first, by its name and the sender's word only where the content leaves it open.

use hammock_contract::file_type;
use serde::{Deserialize, Serialize};

use super::{ParseError, archive::Archive};

/// The formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileType {
    /// A web page.
    Html,
    /// Portable Document Format.
    Pdf,
    /// Word.
    Docx,
    /// PowerPoint.
    Pptx,
    /// Excel.
    Xlsx,
    /// Excel before 2007.
    Xls,
    /// OpenDocument spreadsheet.
    Ods,
    /// Comma-separated values, or with any other separator.
    Csv,
    /// Rows as JSON.
    Json,
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
}

impl FileType {
    /// The media type under which the original is kept and sent.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Csv => "text/csv",
            Self::Json => "application/json",
            Self::Markdown => "text/markdown",
            Self::Text => "text/plain",
        }
    }
}

/// Containers by their first bytes; what is in them decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    Pdf,
    Zip,
    /// Microsoft's compound file: old office formats, and encrypted new ones.
    Compound,
    /// Anything that may be text.
    Other,
}

pub(crate) fn container(bytes: &[u8]) -> Container {
    // A PDF's header may stand anywhere in the first kilobyte.
    let head = bytes.get(..1024).unwrap_or(bytes);
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        Container::Zip
    } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        Container::Compound
    } else if head.starts_with(b"%PDF-")
        || (find(head, b"%PDF-").is_some() && !head.is_ascii())
        || find(head, b"\n%PDF-1.").is_some()
    {
        Container::Pdf
    } else {
        Container::Other
    }
}

/// What kind of file it is.
///
/// # Errors
/// [`ParseError::Empty`], [`ParseError::Unsupported`] with the name of what it seems to be, [`ParseError::Encrypted`] for
/// office files under a password, [`ParseError::Damaged`] and [`ParseError::TooComplex`] for archives.
pub fn detect(file_name: &str, media_type: Option<&str>, bytes: &[u8]) -> Result<FileType, ParseError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ParseError::Empty);
    }
    let extension = extension(file_name);
    match container(bytes) {
        Container::Pdf => return Ok(FileType::Pdf),
        Container::Zip => return zip_type(bytes, &extension),
        Container::Compound => return compound_type(bytes, &extension),
        Container::Other => {}
    }
    if let Some(name) = binary_name(bytes) {
        return Err(ParseError::Unsupported(name.to_owned()));
    }
    let declared = media_type.map(|value| value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase());
    let declared = declared.as_deref();
    if looks_like_html(bytes) {
        return Ok(FileType::Html);
    }
    let named = |endings: &[&str]| endings.contains(&extension.as_str());
    if let Some(text) = text_type(&extension) {
        return Ok(text);
    }
    if named(file_type::BINARY) || named(&["doc", "ppt"]) {
        return Err(ParseError::Damaged(format!("this is not a {} file", extension.to_uppercase())));
    }
    if named(&["rtf", "tex", "ps", "eml", "svg"]) {
        return Err(ParseError::Unsupported(extension.to_uppercase()));
    }
    match declared {
        Some("text/html" | "application/xhtml+xml") => Ok(FileType::Html),
        Some("text/markdown" | "text/x-markdown") => Ok(FileType::Markdown),
        Some("text/csv" | "text/tab-separated-values") => Ok(FileType::Csv),
        Some(other) if other.starts_with("image/") || other.starts_with("video/") || other.starts_with("audio/") => {
            Err(ParseError::Unsupported(other.to_owned()))
        }
        _ => Ok(FileType::Text),
    }
}

/// What text of a name that ends so is.
fn text_type(extension: &str) -> Option<FileType> {
    let types = [
        (file_type::HTML, FileType::Html),
        (file_type::MARKDOWN, FileType::Markdown),
        (file_type::TABLE, FileType::Csv),
        (file_type::JSON, FileType::Json),
        (file_type::TEXT, FileType::Text),
    ];
    types.into_iter().find(|(endings, _)| endings.contains(&extension)).map(|(_, found)| found)
}

fn extension(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.rsplit_once('.').map_or(String::new(), |(_, extension)| extension.to_ascii_lowercase())
}

fn zip_type(bytes: &[u8], extension: &str) -> Result<FileType, ParseError> {
    let mut archive = Archive::open(bytes)?;
    if archive.has("word/document.xml") {
        return Ok(FileType::Docx);
    }
    if archive.has("ppt/presentation.xml") {
        return Ok(FileType::Pptx);
    }
    if archive.has("xl/workbook.xml") || archive.has("xl/workbook.bin") {
        return Ok(FileType::Xlsx);
    }
    // The main part may have any name: the content types tell which it is.
    if let Some(types) = archive.beginning("[Content_Types].xml")? {
        for (needle, found) in [
            ("wordprocessingml.document.main", FileType::Docx),
            ("wordprocessingml.template.main", FileType::Docx),
            ("presentationml.presentation.main", FileType::Pptx),
            ("presentationml.slideshow.main", FileType::Pptx),
            ("spreadsheetml.sheet.main", FileType::Xlsx),
            ("spreadsheetml.template.main", FileType::Xlsx),
        ] {
            if types.contains(needle) {
                return Ok(found);
            }
        }
        return Err(ParseError::Unsupported("Office Open XML of another kind".to_owned()));
    }
    let media_type = archive.beginning("mimetype")?.unwrap_or_default();
    match media_type.trim() {
        "application/vnd.oasis.opendocument.spreadsheet" => Ok(FileType::Ods),
        "" => Err(match extension {
            "docx" | "xlsx" | "pptx" => {
                ParseError::Damaged(format!("parts of the {} file are missing", extension.to_uppercase()))
            }
            _ => ParseError::Unsupported("ZIP archive".to_owned()),
        }),
        other => Err(ParseError::Unsupported(other.chars().take(80).collect())),
    }
}

/// Directory entries of a compound file are names in UTF-16; they tell what it holds without reading its structure.
fn compound_type(bytes: &[u8], extension: &str) -> Result<FileType, ParseError> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") || has("EncryptionInfo") {
        Err(ParseError::Encrypted)
    } else if has("WordDocument") {
        Err(ParseError::Unsupported("DOC (Word before 2007)".to_owned()))
    } else if has("PowerPoint Document") {
        Err(ParseError::Unsupported("PPT (PowerPoint before 2007)".to_owned()))
    } else if has("Workbook") || has("Book") {
        Ok(FileType::Xls)
    } else {
        Err(ParseError::Unsupported(if extension.is_empty() { "binary file".into() } else { extension.to_uppercase() }))
    }
}

/// The name of a binary format, or `binary file`; `None` for what may be text in some encoding.
fn binary_name(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 16] = [
        (b"\x89PNG", "PNG"),
        (b"\xff\xd8\xff", "JPEG"),
        (b"GIF8", "GIF"),
        (b"RIFF", "RIFF"),
        (b"\x1f\x8b", "GZIP archive"),
        (b"BZh", "BZIP2 archive"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
        (b"\xfd7zXZ", "XZ archive"),
        (b"Rar!", "RAR archive"),
        (b"\x7fELF", "program"),
        (b"MZ\x90", "program"),
        (b"OggS", "OGG"),
        (b"ID3", "MP3"),
        (b"SQLite format 3", "SQLite database"),
        (b"{\\rtf", "RTF"),
        (b"%!PS", "PostScript"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return None;
    }
    let head = bytes.get(..8192).unwrap_or(bytes);
    let strange = head.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    (head.contains(&0) || strange * 50 > head.len()).then_some("binary file")
}

fn looks_like_html(bytes: &[u8]) -> bool {
    let head = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let head = head.get(..1024).unwrap_or(head).trim_ascii_start().to_ascii_lowercase();
    head.starts_with(b"<!doctype html")
        || head.starts_with(b"<html")
        || ((head.starts_with(b"<?xml") || head.starts_with(b"<!--")) && find(&head, b"<html").is_some())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_goes_before_the_name() {
        assert_eq!(detect("report.txt", None, b"%PDF-1.7\n..."), Ok(FileType::Pdf));
        assert_eq!(detect("page.md", None, b"\n<!DOCTYPE html><p>x"), Ok(FileType::Html));
        assert_eq!(detect("about", Some("text/html; charset=utf-8"), b"<p>x"), Ok(FileType::Html));
        assert_eq!(detect("notes.md", None, b"# x"), Ok(FileType::Markdown));
        assert_eq!(detect("table.tsv", None, b"a\tb"), Ok(FileType::Csv));
        assert_eq!(detect("rows.jsonl", None, b"{\"a\": 1}"), Ok(FileType::Json));
        assert_eq!(detect("", None, "člověk".as_bytes()), Ok(FileType::Text));
        assert_eq!(detect("a.txt", None, &[0xff, 0xfe, b'a', 0]), Ok(FileType::Text));
    }

    #[test]
    fn every_ending_that_the_chooser_offers_is_known() {
        for ending in [file_type::HTML, file_type::MARKDOWN, file_type::TABLE, file_type::TEXT].concat() {
            assert_eq!(detect(&format!("a.{ending}"), None, b"words"), Ok(text_type(ending).unwrap()), "{ending}");
        }
        for ending in file_type::BINARY {
            let words = detect(&format!("a.{ending}"), None, b"words");
            assert!(matches!(words, Err(ParseError::Damaged(_))), "{ending}: {words:?}");
        }
        assert_eq!(detect("a.PDF", None, b"%PDF-1.7"), Ok(FileType::Pdf));
        assert_eq!(detect("a.tsv", Some("text/plain"), b"a\tb"), Ok(FileType::Csv));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let unsupported = |name: &str| Err(ParseError::Unsupported(name.to_owned()));
        assert_eq!(detect("a.pdf", None, b""), Err(ParseError::Empty));
        assert_eq!(detect("a.csv", None, b" \t\r\n\n"), Err(ParseError::Empty));
        assert_eq!(detect("a.txt", None, b"\x89PNG\r\n\x1a\n"), unsupported("PNG"));
        assert_eq!(detect("a.txt", None, b"\x01\x02\x03\x04\x05"), unsupported("binary file"));
        assert!(matches!(detect("a.docx", None, b"plain words"), Err(ParseError::Damaged(_))));
        let mut old = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        old.extend("WordDocument".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(detect("a.docx", None, &old), unsupported("DOC (Word before 2007)"));
        old.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(detect("a.docx", None, &old), Err(ParseError::Encrypted));
    }
}
