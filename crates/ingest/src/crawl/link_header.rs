//! What an answer says of its address in `Link` headers (RFC 8288): the way of files, which have no markup to say it in.

use http::{HeaderMap, header};
use url::Url;

/// The address that an answer says it is the same as, in full.
pub(super) fn canonical(headers: &HeaderMap, base: &Url) -> Option<Url> {
    let values = headers.get_all(header::LINK).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(links).find(|link| link.is_canonical).and_then(|link| base.join(link.target.trim()).ok())
}

struct Link<'a> {
    target: &'a str,
    is_canonical: bool,
}

/// The links of one header. What cannot be read ends them.
fn links(mut rest: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    while let Some((_, after)) = rest.split_once('<')
        && let Some((target, after)) = after.split_once('>')
    {
        let end = end_of(after, ',');
        links.push(Link { target, is_canonical: is_canonical(&after[..end]) });
        rest = after.get(end + 1..).unwrap_or_default();
    }
    links
}

/// Whether the parameters of a link name it canonical for what was asked for, and not for something else (`anchor`).
fn is_canonical(mut parameters: &str) -> bool {
    let mut relation = None;
    while !parameters.is_empty() {
        let end = end_of(parameters, ';');
        if let Some((name, value)) = parameters[..end].split_once('=') {
            match name.trim().to_ascii_lowercase().as_str() {
                "anchor" => return false,
                // The first one counts.
                "rel" if relation.is_none() => relation = Some(value.trim().trim_matches('"')),
                _ => {}
            }
        }
        parameters = parameters.get(end + 1..).unwrap_or_default();
    }
    relation.is_some_and(|words| words.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("canonical")))
}

/// Where a part ends: at the separator, outside of quotes, or with the text.
fn end_of(text: &str, separator: char) -> usize {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ if character == separator && !is_quoted => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn said(values: &[&str]) -> Option<String> {
        let base = Url::parse("https://a.example/files/guide.pdf?v=2").unwrap();
        let headers = values.iter().map(|value| (header::LINK, HeaderValue::from_str(value).unwrap())).collect();
        canonical(&headers, &base).map(String::from)
    }

    #[test]
    fn the_canonical_link_is_found_among_others() {
        let guide = Some("https://a.example/files/guide.pdf".to_owned());
        for values in [
            &["<https://a.example/files/guide.pdf>; rel=\"canonical\""][..],
            &["<guide.pdf>;rel=canonical"],
            &["</files/guide.pdf> ; Rel = Canonical"],
            &["<guide.pdf>; title=\"a, b; \\\"c\\\"\"; rel=\"alternate canonical\""],
            &["<b.css>; rel=preload; as=style, <guide.pdf>; rel=\"canonical\""],
            &["<b,c.css>; rel=preload", "<guide.pdf>; rel=canonical"],
        ] {
            assert_eq!(said(values), guide, "{values:?}");
        }
        for values in [
            &["<guide.pdf>; rel=alternate"][..],
            &["<guide.pdf>"],
            &["<guide.pdf>; rel=next; rel=canonical"],
            &["<guide.pdf>; rel=canonical; anchor=\"#part\""],
            &["guide.pdf; rel=canonical"],
            &["<guide.pdf; rel=canonical"],
            &[],
        ] {
            assert_eq!(said(values), None, "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_fail(value in "(<|>|,|;|=|\"|\\\\| |rel|canonical|ž){0,40}") {
            links(&value);
        }
    }
}
