//! Patterns of addresses: a path with `*` for any text, such as `/help/*`.

use hammock_contract::source::WebsiteSettings;
use url::{Position, Url};

/// A pattern. It is compared with the path and the query of an address, from their beginning to their end, in time that
/// grows with their length alone.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    /// What stands between the stars; one more than there are stars.
    parts: Vec<String>,
}

impl Pattern {
    fn new(text: &str) -> Self {
        Self { parts: text.trim().split('*').map(as_in_an_address).collect() }
    }

    /// Whether `text` fits. Every star takes as little as it can: what comes after has the more to choose from, so nothing
    /// is ever tried twice.
    fn fits(&self, text: &str) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return false };
        let Some(text) = text.strip_prefix(first.as_str()) else { return false };
        let Some((last, middle)) = rest.split_last() else { return text.is_empty() };
        let Some(mut text) = text.strip_suffix(last.as_str()) else { return false };
        for part in middle {
            match text.split_once(part.as_str()) {
                Some((_, after)) => text = after,
                None => return false,
            }
        }
        true
    }
}

/// Which addresses of a website are wanted.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

impl Patterns {
    pub(super) fn of(settings: &WebsiteSettings) -> Self {
        let patterns = |texts: &[String]| texts.iter().map(|text| Pattern::new(text)).collect();
        Self { include: patterns(&settings.include), exclude: patterns(&settings.exclude) }
    }

    /// Whether an address is never asked for.
    pub(super) fn excludes(&self, url: &Url) -> bool {
        !self.exclude.is_empty() && fits_one(&self.exclude, url)
    }

    /// Whether a page is kept, and not at most read for its links.
    pub(super) fn keeps(&self, url: &Url) -> bool {
        (self.include.is_empty() || fits_one(&self.include, url)) && !self.excludes(url)
    }
}

fn fits_one(patterns: &[Pattern], url: &Url) -> bool {
    let text = as_in_an_address(&url[Position::BeforePath..Position::AfterQuery]);
    patterns.iter().any(|pattern| pattern.fits(&text))
}

/// The one spelling of what people type and sites write in more than one: `é` as `%C3%A9`, `%c3` as `%C3`, and `*` as `%2A`, which
/// is how a pattern says a star.
fn as_in_an_address(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    let mut escaped_until = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte == b'%' && is_hex(at + 1) && is_hex(at + 2) {
            escaped_until = at + 3;
        }
        if at < escaped_until {
            written.push(char::from(byte.to_ascii_uppercase()));
        } else if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'*') {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).fits(text)
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [
            ("/help/*", "/help/"),
            ("/help/*", "/help/a/b?c=d"),
            ("*", ""),
            ("*?print=*", "/a?print=1"),
            ("/*/news", "/en/news"),
            ("/a*b*c", "/a-b-b-c"),
            ("/a*ab", "/aab"),
            ("/**", "/x"),
            ("/", "/"),
            (" /padded ", "/padded"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("/help/*", "/help"),
            ("/help", "/help/"),
            ("/help", "/the/help"),
            ("help/*", "/help/a"),
            ("/a*a", "/a"),
            ("/a*b*c", "/a-c-b"),
            ("/Help/*", "/help/a"),
            ("/a.c", "/abc"),
            ("/[a-z]", "/a"),
        ] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn spellings_of_one_address_are_one() {
        let page = |path: &str| Url::parse("https://a.example").unwrap().join(path).unwrap();
        let settings = |include: &str, exclude: &str| WebsiteSettings {
            include: vec![include.to_owned()],
            exclude: vec![exclude.to_owned()],
            ..WebsiteSettings::of("https://a.example/")
        };
        let patterns = Patterns::of(&settings("/caf\u{e9} *", "/caf%c3%a9%20old*"));
        assert!(patterns.keeps(&page("/caf\u{e9} new?x=1#part")));
        assert!(patterns.keeps(&page("/caf%C3%A9%20new")));
        assert!(!patterns.keeps(&page("/caf\u{e9} old")) && patterns.excludes(&page("/caf%c3%a9%20old/a")));
        assert!(!patterns.keeps(&page("/tea")) && !patterns.excludes(&page("/tea")));
    }

    #[test]
    fn a_star_in_an_address_can_be_meant() {
        let page = |path: &str| Url::parse("https://a.example").unwrap().join(path).unwrap();
        let settings =
            WebsiteSettings { exclude: vec!["/search?q=%2a".to_owned()], ..WebsiteSettings::of("https://a.example/") };
        let patterns = Patterns::of(&settings);
        assert!(patterns.excludes(&page("/search?q=*")) && patterns.excludes(&page("/search?q=%2A")));
        assert!(patterns.keeps(&page("/search?q=tea")) && patterns.keeps(&page("/search?q=**")));
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        // Whoever tries every place of every star needs longer than the universe is old.
        let (pattern, text) = ("*a".repeat(250) + "b", "a".repeat(2_000));
        assert!(!fits(&pattern, &text));
    }

    /// By the meaning of the words, however long it takes.
    fn fits_slowly(pattern: &[u8], text: &[u8]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some((b'*', rest)) => (0..=text.len()).any(|taken| fits_slowly(rest, &text[taken..])),
            Some((byte, rest)) => text.first() == Some(byte) && fits_slowly(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn it_fits_what_its_words_say(pattern in "[ab/*]{0,8}", text in "[ab/]{0,10}") {
            prop_assert_eq!(fits(&pattern, &text), fits_slowly(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
