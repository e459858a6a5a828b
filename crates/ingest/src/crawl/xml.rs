//! XML that is no page: feeds, sitemaps and pictures, which websites send as if they were for people.

/// How much of a document is looked at for its outermost element. Bytes.
const LOOKED_AT: usize = 4_096;
/// What is for machines whatever it is called; feeds are often sent as HTML.
const FEEDS: [&str; 6] = ["rss", "feed", "rdf", "urlset", "sitemapindex", "opml"];

/// Whether this is XML that nobody reads: of what is called XML or has no name, everything but a page.
pub(super) fn is_for_machines(media_type: Option<&str>, body: &[u8]) -> bool {
    let is_called_xml = match media_type {
        Some("text/xml" | "application/xml") => true,
        Some(other) => other.ends_with("+xml"),
        None => body.trim_ascii_start().starts_with(b"<?xml"),
    };
    let is_called_page = media_type == Some("text/html");
    if !is_called_xml && !is_called_page {
        return false;
    }
    root(body).is_some_and(|name| if is_called_xml { name != "html" } else { FEEDS.contains(&name.as_str()) })
}

/// The name of the outermost element in small letters, without its prefix; nothing where the beginning does not tell.
fn root(body: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(body.get(..LOOKED_AT).unwrap_or(body));
    let mut rest = head.trim_start_matches('\u{feff}');
    loop {
        // What is declared within a document type may end here.
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ']' || c == '>');
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<!") {
            ">"
        } else {
            break;
        };
        rest = rest.split_once(end)?.1;
    }
    let name = rest.strip_prefix('<')?;
    let length = name.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
    name[..length].rsplit(':').next().map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_and_maps_are_told_from_pages() {
        let xml = Some("text/xml");
        for (media_type, body, expected) in [
            (xml, "<?xml version='1.0'?>\n<!-- <html> -->\n<rss version='2.0'>", true),
            (Some("application/xml"), "\u{feff}<urlset xmlns='x'><url/></urlset>", true),
            (None, "<?xml version='1.0'?><rdf:RDF xmlns:rdf='x'>", true),
            (xml, "<!DOCTYPE book [\n<!ENTITY a 'b'>\n<!ENTITY c 'd'>\n]>\n<book>", true),
            (Some("text/html"), "<?xml version='1.0'?><feed xmlns='x'>", true),
            (xml, "<svg/>", true),
            (xml, "<?xml version='1.0'?><!DOCTYPE html><html xmlns='x'>", false),
            (Some("application/xhtml+xml"), "<xhtml:HTML>", false),
            (Some("text/html"), "<!doctype html><p>No root.", false),
            (Some("text/html"), "<book>", false),
            (Some("text/plain"), "<rss>", false),
            (None, "<rss>", false),
            (xml, "no markup", false),
            (xml, "<", false),
            (xml, "", false),
        ] {
            assert_eq!(is_for_machines(media_type, body.as_bytes()), expected, "{media_type:?} {body}");
        }
        assert!(!is_for_machines(xml, &b"<!-- ".repeat(LOOKED_AT)), "nothing is known of it");
    }
}
