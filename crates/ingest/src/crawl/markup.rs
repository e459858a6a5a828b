//! What a crawler must know of a page, in one pass over its markup: links, canonical address, robots directives. No tree is built;
//! the parser of the text builds one anyway, later and elsewhere.

use std::{borrow::Cow, collections::HashSet};

use url::Url;

use super::{
    directives::Directives,
    notice::{self, Notice},
    refresh::{self, Refresh},
};

/// More links than this stand on no page for people.
const MOST_LINKS: usize = 20_000;
/// A longer address leads to nothing that is read, and as the base of all links it would be copied for each. Bytes.
const LONGEST: usize = 4_000;

/// What a page says to crawlers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PageHead {
    /// Where it links to, in order, each once, without what is marked `nofollow`.
    pub(super) links: Vec<Url>,
    /// What it says its own address is.
    pub(super) canonical: Option<Url>,
    /// What it asks of crawlers.
    pub(super) directives: Directives,
    /// Where it sends its readers by itself.
    pub(super) refresh: Option<Refresh>,
    /// What it says instead of showing anything, where it does no more.
    pub(super) notice: Option<Notice>,
    /// Whether it runs scripts and shows so little that they may have more to show.
    pub(super) is_thin: bool,
    /// Whether it runs scripts, however much it shows.
    pub(super) runs_scripts: bool,
}

/// Reads a page. `product` is the crawler's name in lower case.
pub(super) fn read(html: &str, page: &Url, product: &str) -> PageHead {
    let (notice, is_thin) = notice::look(html);
    let mut head = PageHead { notice, is_thin, runs_scripts: notice::runs_scripts(html), ..PageHead::default() };
    let mut base = page.clone();
    let mut links: Vec<Cow<'_, str>> = Vec::new();
    let mut tags = Tags { html, at: 0 };
    let mut without_scripts = 0;
    while let Some(tag) = tags.next() {
        match tag.name {
            Name::Link => {
                let rel = tag.attribute("rel").unwrap_or_default().to_ascii_lowercase();
                let has = |word: &str| rel.split_ascii_whitespace().any(|found| found == word);
                if has("canonical") && head.canonical.is_none() {
                    let href = tag.attribute("href").filter(|href| href.len() <= LONGEST);
                    head.canonical = href.and_then(|href| base.join(href.trim()).ok());
                } else if links.len() < MOST_LINKS
                    && (has("next") || has("prev") || is_translation(&tag, has("alternate")))
                {
                    links.extend(tag.attribute("href"));
                }
            }
            Name::Meta => {
                let name = tag.attribute("name").unwrap_or_default().to_ascii_lowercase();
                if name == "robots" || name == product {
                    head.directives.add(&tag.attribute("content").unwrap_or_default(), product);
                }
                // What is meant for readers without scripts leads away from what the page is about.
                let says = tag.attribute("http-equiv").is_some_and(|says| says.trim().eq_ignore_ascii_case("refresh"));
                if says && head.refresh.is_none() && tags.at >= without_scripts {
                    head.refresh = tag.attribute("content").and_then(|content| refresh::read(&content, &base));
                }
            }
            Name::Base => {
                let found = tag.attribute("href").and_then(|href| page.join(href.trim()).ok());
                if let Some(found) = found.filter(|found| found.as_str().len() <= LONGEST) {
                    base = found;
                }
            }
            Name::Anchor => {
                let rel = tag.attribute("rel").unwrap_or_default();
                let may_follow = !rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("nofollow"));
                if may_follow && links.len() < MOST_LINKS {
                    links.extend(tag.attribute("href"));
                }
            }
            Name::Frame if links.len() < MOST_LINKS => links.extend(tag.attribute("src")),
            Name::Frame => {}
            // Each of them is looked through once, however many begin in one another.
            Name::NoScript if tags.at >= without_scripts => {
                let rest = &html[tags.at..];
                without_scripts = tags.at + find_ignoring_case(rest, "</noscript").unwrap_or(rest.len());
            }
            Name::NoScript => {}
        }
    }
    let mut seen = HashSet::new();
    for link in links {
        let link = link.split('#').next().unwrap_or_default().trim();
        if !link.is_empty() && link.len() <= LONGEST && seen.insert(link.to_owned()) {
            head.links.extend(base.join(link).ok());
        }
    }
    head.links.extend(head.refresh.iter().filter(|refresh| !refresh.at_once).map(|refresh| refresh.to.clone()));
    head
}

/// Whether a `link` element leads to the page in another language.
fn is_translation(tag: &Tag<'_>, is_alternate: bool) -> bool {
    is_alternate && tag.attribute("hreflang").is_some_and(|language| !language.trim().is_empty())
}

/// The elements that matter here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Anchor,
    Link,
    Meta,
    Base,
    Frame,
    NoScript,
}

struct Tag<'a> {
    name: Name,
    attributes: &'a str,
}

/// Start tags in order, found by the HTML standard's rules as far as a scan needs them: comments and the text of scripts, styles
/// and the like are passed over, quoted values may hold `>`.
struct Tags<'a> {
    html: &'a str,
    at: usize,
}

impl<'a> Tags<'a> {
    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let rest = self.html.get(self.at..)?;
            let open = rest.find('<')?;
            let inner = &rest[open + 1..];
            let begin = self.at + open + 1;
            if inner.starts_with("!--") {
                self.at = begin + inner.find("-->").map_or(inner.len(), |end| end + 3);
                continue;
            }
            if !inner.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
                self.at = begin;
                continue;
            }
            let name_length =
                inner.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(inner.len());
            let (name, after) = inner.split_at(name_length);
            let end = tag_end(after);
            self.at = begin + name_length + end;
            if let Some(close) = raw_text_end(name) {
                let text = &self.html[self.at..];
                self.at += find_ignoring_case(text, close).unwrap_or(text.len());
                continue;
            }
            if let Some(name) = name_of(name) {
                return Some(Tag { name, attributes: &after[..end] });
            }
        }
    }
}

fn name_of(name: &str) -> Option<Name> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    match name.len() {
        1 if is("a") => Some(Name::Anchor),
        4 if is("area") => Some(Name::Anchor),
        4 if is("link") => Some(Name::Link),
        4 if is("meta") => Some(Name::Meta),
        4 if is("base") => Some(Name::Base),
        5 if is("frame") => Some(Name::Frame),
        8 if is("noscript") => Some(Name::NoScript),
        _ => None,
    }
}

/// How the text of an element ends in which `<` begins no tag.
pub(super) fn raw_text_end(name: &str) -> Option<&'static str> {
    let pairs = [
        ("script", "</script"),
        ("style", "</style"),
        ("textarea", "</textarea"),
        ("title", "</title"),
        ("xmp", "</xmp"),
    ];
    pairs.into_iter().find(|(element, _)| name.eq_ignore_ascii_case(element)).map(|(_, end)| end)
}

/// The length of the attributes up to the `>` that ends the tag.
pub(super) fn tag_end(after: &str) -> usize {
    let bytes = after.as_bytes();
    let mut at = 0;
    let mut value_may_begin = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return at,
            b'=' => value_may_begin = true,
            b'"' | b'\'' if value_may_begin => {
                let rest = &after[at + 1..];
                let Some(length) = rest.find(char::from(byte)) else { return after.len() };
                at += length + 1;
                value_may_begin = false;
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => value_may_begin = false,
        }
        at += 1;
    }
    after.len()
}

/// `needle` is lower-case ASCII and begins with `<`.
pub(super) fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find('<')?;
        if text.as_bytes().get(at..at + needle.len()).is_some_and(|found| found.eq_ignore_ascii_case(needle.as_bytes()))
        {
            return Some(at);
        }
        at += 1;
    }
}

impl<'a> Tag<'a> {
    fn attribute(&self, wanted: &str) -> Option<Cow<'a, str>> {
        attribute(self.attributes, wanted)
    }
}

/// The value of an attribute of a tag, its character references resolved. The first of several counts.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<Cow<'a, str>> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/' || c == '=');
        if rest.is_empty() {
            return None;
        }
        let name_length = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
        let (name, after) = rest.split_at(name_length);
        let value;
        (value, rest) = match after.trim_start().strip_prefix('=') {
            Some(after) => attribute_value(after.trim_start()),
            None => ("", after),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(unescape(value));
        }
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// Resolves the character references that occur in addresses: `&amp;` and its kind, and numbers.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // Not looked for further than the longest one reaches: a value may be nothing but `&`.
        let end = rest.bytes().take(11).position(|byte| byte == b';');
        let reference = end.and_then(|end| Some((named(&rest[1..end])?, end + 1)));
        let (character, length) = reference.unwrap_or(('&', 1));
        out.push(character);
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn named(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("sol", '/'), ("colon", ':')]
        .into_iter()
        .find(|(known, _)| *known == name)
        .map(|(_, character)| character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(html: &str) -> Vec<String> {
        let page = Url::parse("http://a.example/dir/page.html").unwrap();
        read(html, &page, "hammock").links.into_iter().map(Into::into).collect()
    }

    #[test]
    fn links_are_found_in_every_spelling() {
        let html = r#"<A HREF="one.html">1</A><a class='x>y' href='/two?a=1&amp;b=2#frag'>2</a><a href=three>3</a>
            <area alt="" href = "../four"><a href="one.html#again">dup</a><a name="no"></a><a href="">self</a>
            <a rel="external NoFollow" href="hidden">x</a><link rel="next" href="five"><frame src="six">
            <a href="&#x2F;seven">7</a><a href="žluť">8</a><a href="javascript:void(0)">9</a><abbr href=no>"#;
        let expected = [
            "http://a.example/dir/one.html",
            "http://a.example/two?a=1&b=2",
            "http://a.example/dir/three",
            "http://a.example/four",
            "http://a.example/dir/five",
            "http://a.example/dir/six",
            "http://a.example/seven",
            "http://a.example/dir/%C5%BElu%C5%A5",
            "javascript:void(0)",
        ];
        assert_eq!(links(html), expected);
    }

    #[test]
    fn text_that_is_no_markup_holds_no_links() {
        let html = "<!-- <a href=a> --><script>if (1<2) '<a href=b>'</SCRIPT><style><a href=c></style><textarea><a href=d></textarea>\
            <title><a href=e></title> 1 < 2 <3 <a href=yes> <a href='unfinished";
        assert_eq!(links(html), ["http://a.example/dir/yes", "http://a.example/dir/unfinished"]);
    }

    #[test]
    fn addresses_made_to_fill_the_memory_lead_nowhere() {
        let long = "x".repeat(2_000_000);
        let many: String = (0..20_000).map(|n| format!("<a href={n}>")).collect();
        let found = links(&format!("<base href='/{long}/'><a href='{long}'>{many}"));
        assert_eq!(found.len(), 19_999, "the long one counts among the most links");
        assert!(found.iter().all(|link| link.len() < 100));
        let page = Url::parse("http://a.example/").unwrap();
        let head = read(&format!("<link rel=canonical href='/{long}'>"), &page, "hammock");
        assert_eq!(head.canonical, None);
        // Whoever looks for the end of each reference in all that follows needs hours.
        assert!(links(&format!("<a href='{}'>", "&".repeat(3_000_000))).is_empty());
    }

    #[test]
    fn the_head_is_understood() {
        let html = r#"<head><base href="/root/"><link rel="stylesheet canonical" href="page"><meta content="NoIndex, follow" name=Robots>
            <meta name="robots" content="max-snippet:20, otherbot: nofollow"></head><a href=x>"#;
        let page = Url::parse("http://a.example/dir/page.html").unwrap();
        let head = read(html, &page, "hammock");
        assert_eq!(head.canonical.unwrap().as_str(), "http://a.example/root/page");
        assert_eq!(head.directives, Directives { no_index: true, no_follow: false });
        assert_eq!(head.links[0].as_str(), "http://a.example/root/x");
    }

    #[test]
    fn other_languages_and_where_readers_are_sent_are_found() {
        let html = "<link rel=alternate hreflang=fr href=/fr><link rel=alternate type='application/rss+xml' href=/feed>\
            <noscript><meta http-equiv=refresh content='0; url=/plain'></noscript><META HTTP-EQUIV=Refresh CONTENT='0; url=/new'>\
            <meta http-equiv=refresh content='0; url=/second'>";
        assert_eq!(links(html), ["http://a.example/fr"]);
        let page = Url::parse("http://a.example/dir/page.html").unwrap();
        let to = |html: &str| read(html, &page, "hammock").refresh.map(|refresh| refresh.to.path().to_owned());
        assert_eq!(to(html).as_deref(), Some("/new"));
        assert_eq!(to("<noscript><meta http-equiv=refresh content='0; url=/plain'>"), None);
        assert_eq!(to(&"<noscript>".repeat(200_000)), None);
        assert_eq!(links("<meta http-equiv=refresh content='60; url=next'>"), ["http://a.example/dir/next"]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_fail(html in "(<|>|a|A| |href|=|\"|'|&|;|#|!--|-->|<script|</script|ž|/|meta|name|\\PC){0,60}") {
            links(&html);
        }
    }
}
