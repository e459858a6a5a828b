//! What a PDF says about itself.

use pdf_oxide::{PdfDocument, object::Object};

use super::guarded;
use crate::parse::ParseError;

/// Title and language.
#[derive(Debug, Default)]
pub(super) struct About {
    pub title: Option<String>,
    pub language: Option<String>,
}

/// Reads the information dictionary and the catalogue; nothing where they cannot be read.
pub(super) fn read(bytes: &[u8]) -> About {
    guarded(|| Ok(try_read(bytes).unwrap_or_default())).unwrap_or_else(|_: ParseError| About::default())
}

fn try_read(bytes: &[u8]) -> Option<About> {
    let document = PdfDocument::from_bytes(bytes.to_vec()).ok()?;
    let language = document.catalog().ok().and_then(|catalog| text_entry(&document, &catalog, "Lang"));
    let info = document.trailer().as_dict()?.get("Info").cloned();
    let info = info.and_then(|info| document.resolve_references(&info, 2).ok());
    let title = info.and_then(|info| text_entry(&document, &info, "Title")).filter(|title| is_title(title));
    Some(About { title, language })
}

pub(super) fn text_entry(document: &PdfDocument, object: &Object, name: &str) -> Option<String> {
    let value = document.resolve_references(object.as_dict()?.get(name)?, 2).ok()?;
    decode(value.as_string()?)
}

/// A text string: UTF-16 or UTF-8 by its mark, else the PDF's own encoding, which is close to Latin-1.
fn decode(bytes: &[u8]) -> Option<String> {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, skip)) => encoding.decode_without_bom_handling(bytes.get(skip..)?).0.into_owned(),
        None => bytes.iter().map(|b| char::from(*b)).collect(),
    };
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// Many programs put the file's name, an address or their own name there.
fn is_title(title: &str) -> bool {
    let lower = title.to_lowercase();
    let file = [".doc", ".docx", ".pdf", ".tex", ".dvi", ".indd", ".odt", ".qxd", ".ps"];
    let program = ["untitled", "microsoft word", "microsoft powerpoint", "document1"];
    let address = ["about:", "http://", "https://", "file://", "data:"];
    title.chars().count() >= 3
        && title.chars().any(char::is_alphabetic)
        && !file.iter().any(|ending| lower.ends_with(ending))
        && !program.iter().chain(&address).any(|start| lower.starts_with(start))
        && lower != "print"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_put_there_is_no_title() {
        for title in ["about:blank", "https://example.org/a", "report.pdf", "Microsoft Word - letter", "print", "42"] {
            assert!(!is_title(title), "{title}");
        }
        for title in ["Manual of the Quorra lift", "Printing on cotton", "About hammocks"] {
            assert!(is_title(title), "{title}");
        }
    }
}
