//! From the bytes of a page to text.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Where a page must have declared its charset, by the HTML standard with some mercy. Bytes.
const DECLARATION_WITHIN: usize = 4096;

/// Decodes HTML, XML or plain text as browsers do: a byte order mark wins, then the charset of the `Content-Type`, then what the
/// page says itself, then UTF-8 where it is valid, and Windows-1252 where it is not. Never fails: what cannot be decoded becomes U+FFFD.
pub fn decode_html<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let named = || content_type.and_then(charset_parameter).and_then(|label| Encoding::for_label(label.as_bytes()));
    // A declaration in ASCII that claims UTF-16 is wrong by its own existence; the standard reads UTF-8.
    let declared =
        || declared_encoding(bytes).map(|found| if found == UTF_16BE || found == UTF_16LE { UTF_8 } else { found });
    let encoding = match Encoding::for_bom(bytes) {
        Some((by_mark, _length)) => by_mark,
        None => named()
            .or_else(declared)
            .unwrap_or_else(|| if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 }),
    };
    encoding.decode_with_bom_removal(bytes).0
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
}
