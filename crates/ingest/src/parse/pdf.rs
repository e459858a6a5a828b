//! PDF: text in reading order, page by page, put back together to paragraphs.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hammock_contract::passage::Place;
use pdf_oxide::PdfDocument;

use super::{
    ParseError,
    limits::{MAX_PAGES, MAX_TEXT_BYTES},
    writer::{Extracted, Writer},
};

mod info;
mod lines;

use lines::{Block, PageText};

/// Reads the text of all pages. A second reader stands in for pages that the first cannot read, and for whole files.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ParseError> {
    let first = guarded(|| read_pages(bytes));
    let mut pages = match first {
        Ok(pages) if pages.iter().any(|page| has_words(page)) => pages,
        other => {
            let second = guarded(|| read_pages_otherwise(bytes));
            match (other, second) {
                (_, Ok(pages)) if pages.iter().any(|page| has_words(page)) => pages,
                // Encryption is known better than damage, and that better than nothing found.
                (Err(ParseError::Encrypted), _) | (_, Err(ParseError::Encrypted)) => return Err(ParseError::Encrypted),
                (Err(error), Err(_)) => return Err(error),
                _ => return Err(ParseError::Scan),
            }
        }
    };
    if pages.iter().map(String::len).sum::<usize>() > MAX_TEXT_BYTES {
        return Err(ParseError::TooLarge { limit: (MAX_TEXT_BYTES / 1_000_000) as u64 });
    }
    let mut pages: Vec<PageText> = pages.drain(..).map(|page| PageText::new(&page)).collect();
    lines::drop_running_lines(&mut pages);
    let mut writer = Writer::default();
    for (number, page) in (1_u32..).zip(&pages) {
        write_page(&mut writer, number, page)?;
    }
    let about = info::read(bytes);
    let title = about.title.or_else(|| first_line(&pages));
    Ok(Extracted { title, language: about.language, body: writer, structured: false })
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
    writer.page(Place::Page { number });
    for block in blocks {
        match block {
            Block::Heading(level, text) => writer.heading(level, &text)?,
            Block::Item(marker, text) => writer.list_item(0, &marker, &text)?,
            Block::Paragraph(text) => writer.paragraph(&text)?,
        }
    }
    Ok(())
}

fn read_pages(bytes: &[u8]) -> Result<Vec<String>, ParseError> {
    let document = PdfDocument::from_bytes(bytes.to_vec()).map_err(|error| failed(&error))?;
    // A document that opens without a password is for everybody, whatever else its owner forbids.
    if document.is_encrypted() && !document.is_authenticated() && !document.authenticate(b"").unwrap_or(false) {
        return Err(ParseError::Encrypted);
    }
    let count = document.page_count().map_err(|error| failed(&error))?;
    if count > MAX_PAGES {
        return Err(ParseError::TooComplex(format!("more than {MAX_PAGES} pages")));
    }
    let mut pages = Vec::with_capacity(count);
    let mut length = 0;
    for index in 0..count {
        // One broken page does not lose the others.
        let page = match guarded(|| document.extract_text(index).map_err(|error| failed(&error))) {
            Ok(page) => page,
            Err(ParseError::Encrypted) => return Err(ParseError::Encrypted),
            Err(_) => String::new(),
        };
        length += page.len();
        if length > MAX_TEXT_BYTES {
            return Err(ParseError::TooLarge { limit: (MAX_TEXT_BYTES / 1_000_000) as u64 });
        }
        pages.push(page);
    }
    Ok(pages)
}

fn read_pages_otherwise(bytes: &[u8]) -> Result<Vec<String>, ParseError> {
    pdf_extract::extract_text_from_mem_by_pages(bytes).map_err(|error| {
        let message = error.to_string();
        let lower = message.to_lowercase();
        if lower.contains("password") || lower.contains("encrypt") || lower.contains("decrypt") {
            ParseError::Encrypted
        } else {
            ParseError::Damaged(message.chars().take(200).collect())
        }
    })
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

/// Whether a page has more than page numbers and debris.
fn has_words(page: &str) -> bool {
    page.chars().filter(|c| c.is_alphabetic()).take(3).count() == 3
}
