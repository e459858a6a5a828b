//! Plain text, and how bytes become text when nobody says how.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::{FileInput, ParseError, writer::Extracted};
use crate::charset::code_page;

/// Paragraphs at blank lines; what looks like nothing but text stays as it is.
pub(super) fn extract(input: &FileInput<'_>) -> Result<Extracted, ParseError> {
    let text = decode(input);
    let mut extracted = Extracted::default();
    for paragraph in text.replace("\r\n", "\n").split("\n\n") {
        extracted.body.paragraph(paragraph)?;
    }
    Ok(extracted)
}

/// The text of a file: by its byte order mark, by the charset that the sender names, as UTF-8 where it is valid, else as the
/// Windows code page whose letters are more likely.
pub(super) fn decode<'a>(input: &FileInput<'a>) -> Cow<'a, str> {
    let bytes = input.bytes;
    if let Some((encoding, skip)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(skip..).unwrap_or_default()).0;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let named = input.media_type.and_then(|value| {
        let lower = value.to_ascii_lowercase();
        let (_, charset) = lower.split_once("charset=")?;
        Encoding::for_label(charset.split(';').next()?.trim().trim_matches('"').as_bytes())
    });
    if let Some(encoding) = named.filter(|encoding| *encoding != UTF_8) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    // A file in UTF-8 with a few broken bytes is still that.
    let broken = String::from_utf8_lossy(bytes).chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let beyond_ascii = bytes.iter().filter(|b| !b.is_ascii()).count();
    if broken * 10 < beyond_ascii {
        return UTF_8.decode_without_bom_handling(bytes).0;
    }
    code_page(bytes).decode_without_bom_handling(bytes).0
}

#[cfg(test)]
mod tests {
    use encoding_rs::{WINDOWS_1250, WINDOWS_1252};

    use super::*;

    fn decoded(bytes: &[u8]) -> String {
        decode(&FileInput { file_name: "a.txt", media_type: None, bytes }).into_owned()
    }

    #[test]
    fn code_pages_are_recognised() {
        let czech = "Příliš žluťoučký kůň úpěl ďábelské ódy. Více než tisíc let.";
        assert_eq!(decoded(&WINDOWS_1250.encode(czech).0), czech);
        let french = "L’élève a reçu une lettre où il était écrit « à bientôt », naïve façon d’être sûr.";
        assert_eq!(decoded(&WINDOWS_1252.encode(french).0), french);
        let german = "Über die größten Straßen führen Brücken; schöne Aussicht.";
        assert_eq!(decoded(&WINDOWS_1252.encode(german).0), german);
        assert_eq!(decoded("\u{feff}háček".as_bytes()), "háček");
        assert_eq!(decoded(&[0xff, 0xfe, b'h', 0, 0xe1, 0]), "há");
    }
}
