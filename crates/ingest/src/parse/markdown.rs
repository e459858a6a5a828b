//! Markdown: kept as it is but for what only a renderer wants, its headings found.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{
    FileInput, Heading, ParseError,
    limits::MAX_HEADING_BYTES,
    metadata,
    plain::decode,
    writer::{Extracted, normalise, one_line},
};

/// Reads the title of the front matter, the headings, and the text with links and pictures reduced to their words.
pub(super) fn extract(input: &FileInput<'_>) -> Result<Extracted, ParseError> {
    let source = decode(input).replace("\r\n", "\n").replace('\r', "\n");
    let source = normalise(&source);
    let (front_matter, body) = split_front_matter(&source);
    let field = |name: &str| front_matter_field(front_matter, name);
    let mut extracted = Extracted {
        title: field("title"),
        language: field("lang").or_else(|| field("language")),
        structured: true,
        metadata: metadata::front_matter(front_matter),
        ..Extracted::default()
    };
    let (text, headings) = plain_words(body);
    if !text.trim().is_empty() {
        extracted.body.raw(&text, headings)?;
    }
    Ok(extracted)
}

/// What to write instead of a span of the source.
struct Edit {
    span: Range<usize>,
    text: String,
    heading: Option<u8>,
}

/// The text with every heading on one line of its own, links and pictures as their words, comments gone.
fn plain_words(source: &str) -> (String, Vec<Heading>) {
    let mut edits: Vec<Edit> = Vec::new();
    // Links may stand in headings, pictures in links: only the outermost is replaced.
    let mut outer: Option<(Range<usize>, String, Option<u8>)> = None;
    let mut depth = 0_usize;
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    for (event, span) in Parser::new_ext(source, options).into_offset_iter() {
        match event {
            Event::Start(tag @ (Tag::Heading { .. } | Tag::Link { .. } | Tag::Image { .. })) => {
                depth += 1;
                let level = match tag {
                    Tag::Heading { level, .. } => Some(level_number(level)),
                    _ => None,
                };
                if outer.is_none() {
                    outer = Some((span, String::new(), level));
                }
            }
            Event::End(TagEnd::Heading(_) | TagEnd::Link | TagEnd::Image) => {
                depth = depth.saturating_sub(1);
                if depth == 0
                    && let Some((span, text, heading)) = outer.take()
                {
                    edits.push(Edit { span, text: one_line(&text), heading });
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, words, _)) = &mut outer {
                    words.push_str(&text);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, words, _)) = &mut outer {
                    words.push(' ');
                }
            }
            Event::Start(Tag::HtmlBlock) => {
                let gone = comments_in(source, span).into_iter();
                edits.extend(gone.map(|span| Edit { span, text: String::new(), heading: None }));
            }
            Event::InlineHtml(html) if outer.is_none() && html.starts_with("<!--") => {
                edits.push(Edit { span, text: String::new(), heading: None });
            }
            _ => {}
        }
    }
    apply(source, edits)
}

/// Where comments stand in a block of HTML, over however many lines; all of the block where it is nothing else.
fn comments_in(source: &str, block: Range<usize>) -> Vec<Range<usize>> {
    let html = source.get(block.clone()).unwrap_or_default();
    let (mut comments, mut at, mut is_nothing_else) = (Vec::new(), 0, true);
    while let Some(begin) = html.get(at..).and_then(|rest| rest.find("<!--")).map(|begin| at + begin) {
        let inside = begin + "<!--".len();
        let end = html.get(inside..).and_then(|rest| rest.find("-->")).map_or(html.len(), |end| inside + end + 3);
        is_nothing_else &= html.get(at..begin).is_some_and(|before| before.trim().is_empty());
        comments.push(block.start + begin..block.start + end);
        at = end;
    }
    is_nothing_else &= html.get(at..).is_some_and(|after| after.trim().is_empty());
    if is_nothing_else && !comments.is_empty() { vec![block] } else { comments }
}

fn apply(source: &str, edits: Vec<Edit>) -> (String, Vec<Heading>) {
    let mut text = String::with_capacity(source.len());
    let mut headings = Vec::new();
    let mut at = 0;
    for Edit { span, text: words, heading } in edits {
        let Some(between) = source.get(at..span.start) else { continue };
        text.push_str(between);
        match heading {
            Some(level) if !words.is_empty() && words.len() <= MAX_HEADING_BYTES => {
                // Not inside a quotation or a list item: there it is part of a line.
                let starts_line = text.is_empty() || text.ends_with('\n');
                if starts_line {
                    headings.push(Heading { level, text: words.clone(), offset: text.len() });
                    text.push_str(&"#".repeat(usize::from(level)));
                    text.push(' ');
                }
                text.push_str(&words);
                // The span of a heading ends after its line.
                text.push('\n');
            }
            _ => {
                text.push_str(&words);
                // The line of what is too long for a heading ends all the same.
                if heading.is_some() && !words.is_empty() {
                    text.push('\n');
                }
            }
        }
        at = span.end;
    }
    text.push_str(source.get(at..).unwrap_or_default());
    // What comes before the first word would shift nothing but confuse readers.
    let lead = text.len() - text.trim_start_matches('\n').len();
    if lead > 0 {
        text.drain(..lead);
        headings.iter_mut().for_each(|heading| heading.offset -= lead);
    }
    (text, headings)
}

const fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The block between `---` (YAML) or `+++` (TOML) at the very beginning, and the rest.
fn split_front_matter(source: &str) -> (&str, &str) {
    for fence in ["---\n", "+++\n"] {
        let Some(rest) = source.strip_prefix(fence) else { continue };
        let end = format!("\n{}", fence.trim_end());
        if let Some((matter, body)) = rest.split_once(&end)
            && matter.lines().any(|line| line.contains(':') || line.contains('='))
        {
            return (matter, body.trim_start_matches('\n'));
        }
    }
    ("", source)
}

/// A plain value of the front matter: `title: "Opening hours"` or `title = 'Opening hours'`.
fn front_matter_field(matter: &str, name: &str) -> Option<String> {
    let value = matter.lines().find_map(|line| {
        let rest = line.strip_prefix(name)?.trim_start();
        rest.strip_prefix(':').or_else(|| rest.strip_prefix('='))
    })?;
    let value = value.trim();
    let unquoted = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    let value = unquoted.unwrap_or(value).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{FileType, ParsedDocument};
    use super::*;

    fn parsed(source: &str) -> ParsedDocument {
        let input = FileInput { file_name: "opening_hours.md", media_type: None, bytes: source.as_bytes() };
        extract(&input).and_then(|found| found.finish(FileType::Markdown, input.file_name)).unwrap()
    }

    #[test]
    fn headings_stand_where_the_outline_says() {
        let document = parsed(
            "---\ntitle: \"The shop\"\n---\n\nIntro\n=====\n\nSee [the *list*](http://x).\n\n## A [b](c) `d` ##\n```\n# not a heading\n```\n",
        );
        assert_eq!(document.title, "The shop");
        assert_eq!(
            (document.metadata[0].name.as_str(), document.metadata[0].values[0].as_str()),
            ("title", "The shop")
        );
        assert_eq!(document.text, "# Intro\n\nSee the list.\n\n## A b d\n```\n# not a heading\n```");
        let found: Vec<_> =
            document.outline.iter().map(|h| (h.level, h.text.as_str(), &document.text[h.offset..][..3])).collect();
        assert_eq!(found, [(1, "Intro", "# I"), (2, "A b d", "## ")]);
    }

    #[test]
    fn a_file_without_a_heading_is_called_by_its_name() {
        let document = parsed("Mon–Fri <!-- check -->\n\n<!-- todo -->\n\n![a map](map.png)");
        assert_eq!(document.title, "opening hours");
        assert!(document.text.ends_with("a map"), "{}", document.text);
        assert!(!document.text.contains("todo"));
        assert!(document.outline.is_empty());
    }

    #[test]
    fn comments_are_left_out_however_long_they_are() {
        let document = parsed(
            "<!-- Copyright\n\n# no heading\n[no](link)\n-->\n# Hours <!-- check -->\n\nFrom nine <!-- to -->till five.\n\n\
             <div>\n<!-- a\nb -->\nText\n</div>\n\n> <!-- quoted\n> words -->\n\nEnd\n\n<!-- never closed\n\nlost",
        );
        assert_eq!(
            document.text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>(),
            ["# Hours", "From nine till five.", "<div>", "Text", "</div>", "> ", "End"]
        );
        assert_eq!(document.outline.len(), 1);
    }
}
