//! PDF: text in reading order, page by page, put back together to paragraphs, with the headings that it has.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hammock_contract::passage::Place;
use pdf_oxide::{PdfDocument, object::Object};

use super::{
    ParseError,
    limits::{MAX_PAGES, MAX_TEXT_BYTES},
    progress,
    writer::{Extracted, Writer},
};

mod headings;
mod info;
mod layout;
mod lines;
mod nesting;
mod outline;
mod running;

use lines::{Block, PageText};
use outline::Bookmark;

/// How far from a file's end the pointer to its table of objects may stand. Bytes.
const END: usize = 2_048;

/// What a reader made of a file.
struct Pages {
    texts: Vec<PageText>,
    bookmarks: Vec<Bookmark>,
    /// Whether no page has a word and the content of some cannot be read.
    unreadable: bool,
}

/// Reads the text of all pages. A second reader stands in for pages that the first cannot read, and for whole files.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ParseError> {
    let first = guarded(|| read_pages(bytes));
    let (mut pages, bookmarks) = match first {
        Ok(pages) if any_words(&pages.texts) => (pages.texts, pages.bookmarks),
        other => {
            let second = guarded(|| read_pages_otherwise(bytes));
            match (other, second) {
                (_, Ok(pages)) if any_words(&pages) => (pages, Vec::new()),
                // Encryption is known better than damage, and that better than nothing found.
                (Err(ParseError::Encrypted), _) | (_, Err(ParseError::Encrypted)) => return Err(ParseError::Encrypted),
                (Err(error), Err(_)) => return Err(error),
                (first, second) => return Err(without_words(bytes, first.ok(), second.ok())),
            }
        }
    };
    if pages.iter().map(PageText::len).sum::<usize>() > MAX_TEXT_BYTES {
        return Err(ParseError::TooLarge { limit: (MAX_TEXT_BYTES / 1_000_000) as u64 });
    }
    running::drop_running_lines(&mut pages);
    headings::mark(&mut pages, &bookmarks);
    lines::forget_code(&mut pages);
    let mut writer = Writer::default();
    for (number, page) in (1_u32..).zip(&pages) {
        write_page(&mut writer, number, page)?;
    }
    let about = info::read(bytes);
    let title = about.title.or_else(|| first_line(&pages));
    Ok(Extracted { title, language: about.language, body: writer, structured: false, metadata: Vec::new() })
}

/// Why there are no words in a file that at least one reader could open: what holds them is missing, or all of it is
/// pictures.
fn without_words(bytes: &[u8], first: Option<Pages>, second: Option<Vec<PageText>>) -> ParseError {
    if !has_end(bytes) {
        // The readers make do with what is there, and find pages without what was to be on them.
        return ParseError::Damaged("its end is missing".to_owned());
    }
    if first.as_ref().is_some_and(|pages| pages.unreadable) {
        return ParseError::Damaged("the content of its pages cannot be read".to_owned());
    }
    if first.is_none_or(|pages| pages.texts.is_empty()) && second.is_none_or(|pages| pages.is_empty()) {
        return ParseError::Damaged("there are no pages in it".to_owned());
    }
    ParseError::Scan
}

/// Whether a file ends as every whole one does: with the place of its table of objects. What pads it does not count.
fn has_end(bytes: &[u8]) -> bool {
    let padding = bytes.iter().rev().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0).count();
    let end = bytes.len() - padding;
    let tail = bytes.get(end.saturating_sub(END)..end).unwrap_or_default();
    let holds = |mark: &[u8]| tail.windows(mark.len()).any(|window| window == mark);
    holds(b"startxref") && holds(b"%%EOF")
}

/// What stands first, when it is as short as a title.
fn first_line(pages: &[PageText]) -> Option<String> {
    match pages.iter().flat_map(PageText::blocks).next()? {
        Block::Paragraph(text) => ((4..=120).contains(&text.chars().count())).then_some(text),
        _ => None,
    }
}

fn write_page(writer: &mut Writer, number: u32, page: &PageText) -> Result<(), ParseError> {
    let blocks = page.blocks();
    if blocks.is_empty() {
        return Ok(());
    }
    writer.page(Place::page(number));
    for block in blocks {
        match block {
            Block::Heading(level, text) => writer.heading(level, &text)?,
            Block::Item(marker, text) => writer.list_item(0, &marker, &text)?,
            Block::Paragraph(text) => writer.paragraph(&text)?,
            Block::Code(text) => writer.code(&text)?,
        }
    }
    Ok(())
}

fn read_pages(bytes: &[u8]) -> Result<Pages, ParseError> {
    let mut document = PdfDocument::from_bytes(bytes.to_vec()).map_err(|error| failed(&error))?;
    // A second copy of the file, for those who want to change it.
    document.source_bytes = Vec::new();
    // A document that opens without a password is for everybody, whatever else its owner forbids.
    if document.is_encrypted() && !document.is_authenticated() && !document.authenticate(b"").unwrap_or(false) {
        return Err(ParseError::Encrypted);
    }
    let count = document.page_count().map_err(|error| failed(&error))?;
    if count > MAX_PAGES {
        return Err(ParseError::TooComplex(format!("more than {MAX_PAGES} pages")));
    }
    let has_fields = document.catalog().is_ok_and(|catalog| entry(&document, &catalog, "AcroForm").is_some());
    let mut texts = Vec::with_capacity(count);
    let mut length = 0;
    let mut unreadable = false;
    for index in 0..count {
        // One broken page does not lose the others.
        let page = match guarded(|| read_page(&document, index, has_fields).map_err(|error| failed(&error))) {
            Ok(page) => page,
            Err(ParseError::Encrypted) => return Err(ParseError::Encrypted),
            Err(_) => {
                unreadable = true;
                PageText::of_text("")
            }
        };
        progress::said_together(page.lines.iter().map(|line| line.text.as_str()));
        length += page.len();
        if length > MAX_TEXT_BYTES {
            return Err(ParseError::TooLarge { limit: (MAX_TEXT_BYTES / 1_000_000) as u64 });
        }
        texts.push(page);
    }
    // Content that cannot be unpacked is for the reader of text a page without any.
    let unreadable =
        !any_words(&texts) && (unreadable || (0..count).any(|index| !has_readable_content(&document, index)));
    Ok(Pages { texts, bookmarks: outline::read(&document), unreadable })
}

/// The lines of a page by where their words stand. What the library knows more about, it reads: lines that run from right to
/// left or from top to bottom, and what was filled into a form.
fn read_page(document: &PdfDocument, index: usize, has_fields: bool) -> Result<PageText, pdf_oxide::Error> {
    let spans = document.extract_spans(index)?;
    if layout::is_plain(&spans) && !(has_fields && shows_fields(document, index)) {
        let page = PageText::new(layout::lines(&spans));
        if !page.lines.is_empty() {
            return Ok(page);
        }
    }
    document.extract_text(index).map(|text| PageText::of_text(&text))
}

/// Whether there are fields of a form on a page.
fn shows_fields(document: &PdfDocument, index: usize) -> bool {
    let annotations = document.get_page(index).ok().and_then(|page| entry(document, &page, "Annots"));
    let Some(Object::Array(annotations)) = annotations else { return false };
    annotations
        .iter()
        .filter_map(|annotation| document.resolve_object(annotation).ok())
        .any(|annotation| entry(document, &annotation, "Subtype").is_some_and(|kind| kind.as_name() == Some("Widget")))
}

/// What a dictionary has under a name.
fn entry(document: &PdfDocument, object: &Object, name: &str) -> Option<Object> {
    document.resolve_object(object.as_dict()?.get(name)?).ok()
}

fn has_readable_content(document: &PdfDocument, index: usize) -> bool {
    guarded(|| document.get_page_content_data(index).map_err(|error| failed(&error))).is_ok()
}

fn read_pages_otherwise(bytes: &[u8]) -> Result<Vec<PageText>, ParseError> {
    let texts = pdf_extract::extract_text_from_mem_by_pages(bytes).map_err(|error| {
        let message = error.to_string();
        let lower = message.to_lowercase();
        if lower.contains("password") || lower.contains("encrypt") || lower.contains("decrypt") {
            ParseError::Encrypted
        } else {
            ParseError::Damaged(message.chars().take(200).collect())
        }
    })?;
    Ok(texts.iter().map(|text| PageText::of_text(text)).collect())
}

fn failed(error: &pdf_oxide::Error) -> ParseError {
    match error {
        pdf_oxide::Error::EncryptedPdf => ParseError::Encrypted,
        other => ParseError::Damaged(other.to_string().chars().take(200).collect()),
    }
}

/// Runs a reader that may panic on hostile input.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParseError>) -> Result<T, ParseError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(ParseError::Damaged("it cannot be read".to_owned())))
}

/// Whether there is anything to read on any page.
fn any_words(pages: &[PageText]) -> bool {
    pages.iter().any(has_words)
}

/// Whether a page has more than page numbers and debris.
fn has_words(page: &PageText) -> bool {
    let letters = page.lines.iter().flat_map(|line| line.text.chars()).filter(|c| c.is_alphabetic());
    letters.take(3).count() == 3
}
