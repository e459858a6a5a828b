//! From the bytes of a page to text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1252};

/// Where a page must have declared its charset, by the HTML standard with some mercy. Bytes.
const DECLARATION_WITHIN: usize = 4096;

/// Decodes HTML, XML or plain text: a byte order mark wins, then the charset of the `Content-Type`, then what the page says
/// itself, as far as its bytes can be in that; browsers would believe it and show nonsense. Else it is UTF-8 where that is likely,
/// and the Windows code page whose letters are where it is not. Never fails: what cannot be decoded becomes U+FFFD.
pub fn decode_html<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let named = || content_type.and_then(charset_parameter).and_then(|label| Encoding::for_label(label.as_bytes()));
    // A declaration in ASCII that claims UTF-16 is wrong by its own existence; the standard reads UTF-8.
    let declared =
        || declared_encoding(bytes).map(|found| if found == UTF_16BE || found == UTF_16LE { UTF_8 } else { found });
    let encoding = match Encoding::for_bom(bytes) {
        Some((by_mark, _length)) => by_mark,
        None => fitting(bytes, named(), declared),
    };
    encoding.decode_with_bom_removal(bytes).0
}

/// The encoding of bytes of which the sender says this and the page that. Sites move to another encoding and keep the old name, and
/// servers give one name to whatever they have.
fn fitting(
    bytes: &[u8],
    named: Option<&'static Encoding>,
    declared: impl Fn() -> Option<&'static Encoding>,
) -> &'static Encoding {
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    match named.or_else(&declared) {
        // With one byte for each letter, letters beyond ASCII never make valid UTF-8 in a whole text.
        Some(said) if said.is_single_byte() && is_utf8 => UTF_8,
        Some(said) if said != UTF_8 => said,
        _ if is_utf8 || is_broken_utf8(bytes) => UTF_8,
        // It is said to be UTF-8 and cannot be: the other word may be right.
        _ => declared().filter(|said| *said != UTF_8).unwrap_or_else(|| code_page(bytes)),
    }
}

/// Whether bytes that are no valid UTF-8 are that all the same, with a few that are broken.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut broken) = (0_usize, 0_usize);
    for letter in String::from_utf8_lossy(bytes).chars().filter(|letter| !letter.is_ascii()) {
        let count = if letter == char::REPLACEMENT_CHARACTER { &mut broken } else { &mut valid };
        *count += 1;
    }
    broken <= valid
}

/// The Windows code page whose letters a text beyond ASCII is rather made of, central Europe's or the west's: the bytes that stand for
/// frequent letters on one of the two and for rare ones on the other are counted.
pub(crate) fn code_page(bytes: &[u8]) -> &'static Encoding {
    let is_letter = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at)).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0xc0)
    };
    let (mut central, mut perhaps, mut western) = (0_usize, 0_usize, 0_usize);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // ž š ě ř ź, which are ž š ì ø Ÿ in the west; and ť, which is nothing there.
            0x9e | 0x9a | 0xec | 0xf8 | 0x9f | 0x9d => central += 1,
            // ł ą, which are ³ ¹ in the west. These stand behind words and units: where a text has none of them within a word,
            // they are no letters.
            0xb3 | 0xb9 if is_letter(at.checked_sub(1)) && is_letter(Some(at + 1)) => central += 1,
            0xb3 | 0xb9 => perhaps += 1,
            // à ê û ï ñ ã õ å æ, which are ŕ ę ű ď ń ă ő ĺ ć in the centre.
            0xe0 | 0xea | 0xfb | 0xef | 0xf1 | 0xe3 | 0xf5 | 0xe5 | 0xe6 => western += 1,
            _ => {}
        }
    }
    if central > 0 {
        central += perhaps;
    }
    if central > western { WINDOWS_1250 } else { WINDOWS_1252 }
}

/// The `charset` parameter of a content type.
fn charset_parameter(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// The encoding that the page declares in `<meta charset>`, `<meta http-equiv>` or `<?xml encoding?>`.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARATION_WITHIN).unwrap_or(bytes).to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let xml = head
        .strip_prefix("<?xml")
        .and_then(|rest| rest.split("?>").next())
        .and_then(|rest| label_after(rest, "encoding"));
    let metas = || head.split("<meta").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let label = xml.or_else(|| metas().find_map(|meta| label_after(meta, "charset")))?;
    Encoding::for_label(label.as_bytes())
}

fn label_after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(name)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.+".contains(c)).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_order_mark_wins_then_the_header_then_the_page() {
        assert_eq!(decode_html(b"\xEF\xBB\xBFcaf\xC3\xA9", Some("text/html; charset=iso-8859-1")), "café");
        assert_eq!(decode_html(b"caf\xE9", Some("text/html; Charset=\"ISO-8859-1\"")), "café");
        let czech = b"<html><head><META http-equiv='Content-Type' content='text/html; charset=windows-1250'><p>\x9Elu\x9Dou\xE8k\xFD k\xF9\xF2";
        assert!(decode_html(czech, Some("text/html")).ends_with("žluťoučký kůň"));
        assert!(decode_html(b"<?xml version='1.0' encoding='ISO-8859-2'?><p>\xB9", None).ends_with('š'));
        assert!(decode_html(b"<meta charset=utf-16><p>caf\xC3\xA9", None).ends_with("café"));
    }

    #[test]
    fn without_a_declaration_valid_utf8_is_utf8() {
        assert!(matches!(decode_html("žluťoučký".as_bytes(), None), Cow::Borrowed("žluťoučký")));
        assert_eq!(decode_html(b"caf\xE9 \x96 bar", None), "café – bar");
        assert_eq!(decode_html(b"\xFF\xFEa\0b\0", None), "ab");
        assert_eq!(decode_html(b"", Some("text/html; charset=nonsense")), "");
    }

    #[test]
    fn marks_of_notes_and_of_units_are_no_letters() {
        let german = "<p>Preis¹ für 3 m³ Holz, 2 m² Fläche</p><p>¹ ohne Größen</p>";
        assert_eq!(decode_html(&WINDOWS_1252.encode(german).0, None), german);
        let polish = "<p>Był zły, dopóki nie kupił książki, którą chwalą.</p>";
        assert_eq!(decode_html(&WINDOWS_1250.encode(polish).0, None), polish);
    }

    #[test]
    fn a_wrong_charset_is_noticed() {
        let czech = "<p>Příliš žluťoučký kůň</p>";
        for content_type in ["text/html; charset=iso-8859-1", "text/html; charset=windows-1250"] {
            assert_eq!(decode_html(czech.as_bytes(), Some(content_type)), czech);
        }
        assert!(decode_html("<meta charset=iso-8859-2>Žluť".as_bytes(), Some("text/html")).ends_with("Žluť"));
        // What is said to be UTF-8, by servers that say it of everything.
        let utf_8 = Some("text/html; charset=utf-8");
        assert_eq!(decode_html(b"Le mus\xE9e ferme \xE0 midi", utf_8), "Le musée ferme à midi");
        assert_eq!(decode_html(&WINDOWS_1250.encode(czech).0, utf_8), czech);
        assert!(decode_html(b"<meta charset=koi8-r>\xC4\xC1", utf_8).ends_with("да"));
        // What is UTF-8 but for a letter that was cut stays that.
        assert_eq!(decode_html(b"caf\xC3\xA9 \xC3", utf_8), "café \u{fffd}");
        // Encodings of several bytes a letter are believed: theirs may be valid UTF-8 by chance.
        assert_eq!(decode_html(b"\xC4\xA3\xCA\xBD", Some("text/html; charset=gbk")), "模式");
    }
}
