//! Markdown to HTML, and the one sanitiser. Whatever stands in an answer, only this module's output reaches a page.
//!
//! Raw HTML is shown as text. Pictures are left out, because the address of a picture can carry data away. Links lead to a
//! numbered source of the answer, or in a window of their own to a server that one of the sources is from; any other is shown
//! as text ([`Sources`]).

mod beside;
pub mod passage;
mod quiet;
mod sources;
mod unsupported;

use std::{borrow::Cow, sync::OnceLock};

use hammock_contract::support::UnsupportedSentence;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

pub use beside::Definitions;
pub use quiet::quiet;
pub use sources::Sources;
use unsupported::{Marker, Marks, NOT_FOUND};

/// What a citation's link begins with; the interface opens the source of that number.
pub const CITATION_HREF: &str = "#cite-";

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// The byte ranges of the top-level blocks of a Markdown text, in order.
///
/// Every byte belongs to at most one block; what lies between is white space and link definitions.
pub fn block_ranges(markdown: &str) -> Vec<std::ops::Range<usize>> {
    let mut depth = 0usize;
    let mut blocks: Vec<std::ops::Range<usize>> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
        match event {
            Event::Start(_) => {
                if depth == 0 {
                    blocks.push(range);
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => blocks.push(range),
            _ => {}
        }
    }
    blocks
}

/// The text as sanitised HTML, block by block; `sources` is what it may refer and link to.
#[cfg(test)]
pub fn blocks(markdown: &str, sources: &Sources) -> Vec<String> {
    judged_blocks(markdown, sources, &[])
}

/// The same with the sentences marked that no source supports.
pub fn judged_blocks(markdown: &str, sources: &Sources, unsupported: &[UnsupportedSentence]) -> Vec<String> {
    let marks = Marks::of(markdown, unsupported);
    let rendered = block_ranges(markdown).into_iter().filter_map(|range| {
        let block = markdown.get(range.clone())?;
        Some(marked_html(block, sources, &marks.within(&range)))
    });
    rendered.collect()
}

/// One piece of Markdown as sanitised HTML.
pub fn html(markdown: &str, sources: &Sources) -> String {
    marked_html(markdown, sources, &Marks::none())
}

fn marked_html(markdown: &str, sources: &Sources, marks: &Marks) -> String {
    let mut in_code_block = false;
    let mut in_image = 0usize;
    let mut link = Link::None;
    let mut out = Vec::new();
    let mut marker = Marker::new(marks);
    for marked in unsupported::events(markdown, marks) {
        marker.before(&marked, &mut out);
        let is_last = marked.is_last();
        let event = marked.event;
        match event {
            Event::Start(Tag::Image { .. }) => in_image += 1,
            Event::End(TagEnd::Image) => in_image = in_image.saturating_sub(1),
            // The words that describe a picture stay; the picture does not.
            Event::Html(raw) | Event::InlineHtml(raw) => out.push(Event::Text(raw)),
            Event::Start(Tag::Link { dest_url, .. }) if !sources.may_link(&dest_url) => {
                link = Link::AsText { address: dest_url, words: String::new() };
            }
            Event::Start(Tag::Link { .. }) => {
                link = Link::Kept;
                out.push(event);
            }
            Event::End(TagEnd::Link) => match std::mem::replace(&mut link, Link::None) {
                Link::AsText { address, words } => out.extend(told_address(&address, &words).map(Event::Text)),
                _ => out.push(event),
            },
            Event::Text(text) if !in_code_block && in_image == 0 && !matches!(link, Link::Kept) => {
                link.hear(&text);
                cite(&text, sources, &mut out);
            }
            other => {
                match &other {
                    Event::Start(Tag::CodeBlock(_)) => in_code_block = true,
                    Event::End(TagEnd::CodeBlock) => in_code_block = false,
                    Event::Text(text) | Event::Code(text) => link.hear(text),
                    _ => {}
                }
                out.push(other);
            }
        }
        marker.after(is_last, &mut out);
    }
    let mut rendered = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut rendered, out.into_iter());
    sanitiser().clean(&rendered).to_string()
}

/// The link that is being read.
enum Link<'a> {
    None,
    Kept,
    /// Its words and its address are shown, and it leads nowhere.
    AsText {
        address: CowStr<'a>,
        words: String,
    },
}

impl Link<'_> {
    fn hear(&mut self, text: &str) {
        if let Self::AsText { words, .. } = self {
            words.push_str(text);
        }
    }
}

/// What follows the words of a link that is none: where it would have led, unless the words say so already. An address within
/// the application, or of no kind that a person could open, is left out.
fn told_address<'a>(address: &str, words: &str) -> Option<CowStr<'a>> {
    let is_outside = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme)));
    let bare = address.strip_prefix("mailto:").unwrap_or(address);
    (is_outside && !words.contains(bare)).then(|| CowStr::from(format!(" ({bare})")))
}

/// Turns `[3]` into a link to source 3 where there is one.
fn cite<'a>(text: &str, sources: &Sources, out: &mut Vec<Event<'a>>) {
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let after = &rest[open + 1..];
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let number: Option<u32> = after.get(..digits).and_then(|text| text.parse().ok());
        match number.filter(|n| after[digits..].starts_with(']') && sources.has(*n)) {
            Some(number) => {
                out.push(Event::Text(CowStr::from(rest[..open].to_owned())));
                out.push(Event::InlineHtml(CowStr::from(format!(
                    "<a class=\"cite\" href=\"{CITATION_HREF}{number}\">{number}</a>"
                ))));
                rest = &after[digits + 1..];
            }
            None => {
                out.push(Event::Text(CowStr::from(rest[..=open].to_owned())));
                rest = after;
            }
        }
    }
    if !rest.is_empty() {
        out.push(Event::Text(CowStr::from(rest.to_owned())));
    }
}

fn sanitiser() -> &'static ammonia::Builder<'static> {
    static SANITISER: OnceLock<ammonia::Builder<'static>> = OnceLock::new();
    SANITISER.get_or_init(|| {
        let mut builder = ammonia::Builder::empty();
        builder
            .add_tags([
                "a",
                "blockquote",
                "br",
                "code",
                "del",
                "em",
                "h1",
                "h2",
                "h3",
                "h4",
                "h5",
                "h6",
                "hr",
                "input",
                "li",
                "mark",
                "ol",
                "p",
                "pre",
                "span",
                "strong",
                "table",
                "tbody",
                "td",
                "th",
                "thead",
                "tr",
                "ul",
            ])
            .add_tag_attributes("a", ["href"])
            .add_tag_attributes("code", ["class"])
            .add_tag_attributes("ol", ["start"])
            .add_tag_attributes("input", ["checked", "disabled"])
            .add_tag_attribute_values("input", "type", ["checkbox"])
            .add_tag_attributes("mark", ["title"])
            .add_allowed_classes("a", ["cite"])
            .add_allowed_classes("mark", ["unsupported"])
            .add_allowed_classes("span", ["visually-hidden"])
            .link_rel(Some("noopener noreferrer nofollow"))
            .set_tag_attribute_value("input", "disabled", "")
            .url_schemes(["http", "https", "mailto"].into())
            .url_relative(ammonia::UrlRelative::Custom(Box::new(only_citations)))
            .attribute_filter(only_known_values)
            .clean_content_tags(["script", "style"].into());
        builder
    })
}

/// Of the addresses without a scheme only those of citations stay: anything else would lead into the application.
fn only_citations(url: &str) -> Option<Cow<'_, str>> {
    let number = url.strip_prefix(CITATION_HREF)?;
    number.bytes().all(|b| b.is_ascii_digit()).then_some(Cow::Borrowed(url))
}

fn only_known_values<'u>(element: &str, attribute: &str, value: &'u str) -> Option<Cow<'u, str>> {
    match (element, attribute) {
        ("a", "href") if value.chars().any(char::is_control) => None,
        ("code", "class") => language_class(value).map(Cow::Borrowed),
        ("mark", "title") if !NOT_FOUND.iter().any(|(_, said)| *said == value) => None,
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Of the classes of a code block the one that names its language, cut where the name ends.
fn language_class(class: &str) -> Option<&str> {
    const PREFIX: &str = "language-";
    let name = class.strip_prefix(PREFIX)?;
    let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-#._".contains(byte)).count();
    (1..=30).contains(&length).then(|| &class[..PREFIX.len() + length])
}

#[cfg(test)]
mod tests {
    mod hostile;

    use hammock_contract::{ChunkId, CollectionId, DocumentId, chat::Citation};

    use super::*;

    /// Sources from one host.
    fn from_host(count: u32) -> Sources {
        let citations: Vec<Citation> = (1..=count)
            .map(|number| Citation {
                number,
                document: DocumentId::fixed("some"),
                collection: CollectionId::fixed("some"),
                chunk: ChunkId::fixed("some"),
                further_chunks: Vec::new(),
                revision: 1,
                title: String::new(),
                headings: Vec::new(),
                url: Some("https://www.docs.example/page".to_owned()),
                place: None,
                start: 0,
                end: 0,
                marks: Vec::new(),
                quote: String::new(),
                edited: None,
                table: None,
                cited: false,
                hidden: false,
            })
            .collect();
        Sources::of(&citations)
    }

    #[test]
    fn citations_become_links_where_there_is_a_source() {
        let html = html("It is so [1], not so [2][3] and `[1]`.", &from_host(2));
        assert!(html.contains("so <a class=\"cite\" href=\"#cite-1\""), "{html}");
        assert!(
            html.contains("href=\"#cite-2\"") && html.contains("[3]") && html.contains("<code>[1]</code>"),
            "{html}"
        );
    }

    #[test]
    fn nothing_active_survives() {
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![alt](https://evil.example/?data=1)",
            "[a](javascript:alert(1))",
            "[a](//evil.example)",
            "[a](/api/v1/users)",
            "<a href=\"#cite-1\" onclick=\"x()\">y</a>",
            "<svg><style>*{}</style></svg>",
        ] {
            let html = html(bad, &from_host(3));
            for needle in ["<script", "<img", "<svg", "javascript:", "href=\"/", "<style"] {
                assert!(!html.contains(needle), "{bad} → {html}");
            }
        }
    }

    #[test]
    fn blocks_are_independent() {
        let text = "First *one*.\n\n- a\n- b\n\n```rust\nlet x = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        let rendered = blocks(text, &Sources::none());
        assert_eq!(rendered.len(), 4);
        assert!(rendered[1].starts_with("<ul>") && rendered[2].contains("<pre>") && rendered[3].contains("<table>"));
    }

    #[test]
    fn ranges_cover_in_order() {
        let text = "# A\n\ntext\n---\nmore";
        let ranges = block_ranges(text);
        assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }

    #[test]
    fn links_to_other_hosts_are_text() {
        let sources = from_host(1);
        let show = |markdown: &str| html(markdown, &sources);
        assert!(show("[here](https://docs.example/a)").contains("<a href=\"https://docs.example/a\""));
        let foreign = [
            ("[here *now*](https://evil.example/?q=secret) [1]", "here <em>now</em> (https://evil.example/?q=secret)"),
            ("<https://evil.example/x>", "https://evil.example/x"),
            ("[evil.example](https://evil.example)", "evil.example (https://evil.example)"),
            ("[me](mailto:me@evil.example)", "me (me@evil.example)"),
            ("[a][b]\n\n[b]: https://evil.example/r", "a (https://evil.example/r)"),
            ("[users](/users)", "users"),
            ("[`x`](https://evil.example/x)", "<code>x</code> (https://evil.example/x)"),
            ("![words](https://evil.example/x.png)", "words"),
            ("[![words](https://evil.example/x.png)](https://evil.example/y)", "words (https://evil.example/y)"),
        ];
        for (markdown, shown) in foreign {
            let html = show(markdown);
            assert!(html.contains(shown), "{markdown} → {html}");
            assert!(!html.replace("href=\"#cite-1\"", "").contains("href"), "{markdown} → {html}");
        }
    }

    #[test]
    fn code_keeps_its_language() {
        let shown = |info: &str| html(&format!("```{info}\nx\n```"), &Sources::none());
        assert!(shown("rust,ignore").contains("<code class=\"language-rust\">x"), "{}", shown("rust,ignore"));
        assert!(shown("c++ title").contains("<code class=\"language-c++\">"));
        for odd in ["", "\"><script>", &"x".repeat(99)] {
            assert!(shown(odd).contains("<pre><code>x"), "{odd} → {}", shown(odd));
        }
    }
}
