//! Parts of a document's text as HTML, with what matters marked.
//!
//! The whole text is parsed, and of what the parser finds only what lies in a part is taken, by its place in the text.
//! So a part may begin and end anywhere: inside a table it has the table's header, inside a list the right numbers,
//! inside code it is code. A mark is put around text and never around a tag, so that the tags are always balanced.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::{CITATION_HREF, options, sanitiser};

/// How a document's text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Markdown, or what a parser wrote in its manner.
    Markdown,
    /// Plain text, whose signs and line breaks mean what they are.
    Plain,
}

impl Form {
    /// Of a document by its media type and its name.
    pub fn of(media_type: &str, location: &str) -> Self {
        let location = location.to_ascii_lowercase();
        let is_markdown = [".md", ".markdown"].iter().any(|end| location.ends_with(end));
        if media_type.starts_with("text/plain") && !is_markdown { Self::Plain } else { Self::Markdown }
    }
}

/// Parts of a text as sanitised HTML, one for each of `parts`: those are in order and do not overlap. What lies in one
/// of `marks` is marked. The outermost heading of a part becomes one of level `top`.
pub fn parts(text: &str, form: Form, parts: &[Range<usize>], marks: &[Range<usize>], top: u8) -> Vec<String> {
    let marks: Vec<Range<usize>> = marks.iter().map(|mark| snapped(text, mark)).collect();
    let mut wanted = parts.iter().map(|part| snapped(text, part));
    let mut made = Vec::with_capacity(parts.len());
    let mut open = Ancestors::default();
    let mut current = wanted.next().map(|range| Part::new(text, range, &marks, top));
    for (event, range) in events(text, form) {
        if current.is_none() {
            break;
        }
        match event {
            Event::Start(tag) => {
                open.start(tag, range);
                if let Some(part) = &mut current
                    && open.is_cell_of_row_in(&part.range)
                {
                    // A cell without text is a cell too.
                    part.open(&open);
                }
            }
            Event::End(_) => {
                if let Some(part) = &mut current {
                    part.close(open.tags.len());
                }
                open.end();
            }
            leaf => {
                open.note(&leaf);
                while let Some(mut part) = current.take() {
                    if range.end > part.range.start && range.start < part.range.end {
                        part.leaf(&open, &leaf, &range);
                    }
                    if range.end <= part.range.end {
                        current = Some(part);
                        break;
                    }
                    made.push(part.finish());
                    current = wanted.next().map(|range| Part::new(text, range, &marks, top));
                }
            }
        }
    }
    made.extend(current.map(Part::finish));
    made.resize(parts.len(), String::new());
    made
}

/// The part of a text around a passage: about `bytes` to each side, cut between paragraphs where there are any.
pub fn around(text: &str, passage: &Range<usize>, bytes: usize) -> Range<usize> {
    let passage = snapped(text, passage);
    let first = snapped(text, &(passage.start.saturating_sub(bytes)..passage.start));
    let last = snapped(text, &(passage.end..passage.end.saturating_add(bytes)));
    let before = &text[first.clone()];
    let start = match before.find("\n\n").map(|at| at + 2).or_else(|| before.find(['\n', ' ']).map(|at| at + 1)) {
        Some(at) if first.start > 0 => first.start + at,
        _ => first.start,
    };
    let after = &text[last.clone()];
    let end = match after.rfind("\n\n").or_else(|| after.rfind(['\n', ' '])) {
        Some(at) if last.end < text.len() => last.start + at,
        _ => last.end,
    };
    start..end
}

/// A range that lies in the text and cuts no character.
fn snapped(text: &str, range: &Range<usize>) -> Range<usize> {
    let at = |mut offset: usize| {
        offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    at(range.start)..at(range.end.max(range.start))
}

type Events<'a> = Box<dyn Iterator<Item = (Event<'a>, Range<usize>)> + 'a>;

fn events(text: &str, form: Form) -> Events<'_> {
    match form {
        Form::Markdown => Box::new(Parser::new_ext(text, options()).into_offset_iter()),
        Form::Plain => Box::new(plain(text)),
    }
}

/// Paragraphs at blank lines, their lines kept.
fn plain(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let mut at = 0;
    let mut is_open = false;
    text.split_inclusive('\n')
        .chain(["\n"])
        .flat_map(move |whole| {
            let line = whole.trim_end();
            let (start, end) = (at, at + line.len());
            at += whole.len();
            if line.is_empty() {
                let closes = std::mem::take(&mut is_open);
                let end = closes.then_some((Event::End(TagEnd::Paragraph), start..start));
                return [None, end, None];
            }
            let before =
                if std::mem::replace(&mut is_open, true) { Event::HardBreak } else { Event::Start(Tag::Paragraph) };
            [Some((before, start..start)), None, Some((Event::Text(CowStr::Borrowed(line)), start..end))]
        })
        .flatten()
}

/// The tags that are open at a place.
#[derive(Default)]
struct Ancestors<'a> {
    /// The outermost first.
    tags: Vec<Ancestor<'a>>,
    /// The head of the table, which every part of it repeats. Tables do not stand in tables.
    head: Vec<Event<'a>>,
    is_in_head: bool,
}

struct Ancestor<'a> {
    /// What is written for it: nothing for a picture, or for a link that leads nowhere outside.
    tag: Option<Tag<'a>>,
    range: Range<usize>,
    /// How many children of it have begun.
    children: usize,
}

impl<'a> Ancestors<'a> {
    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        let tag = shown(tag);
        match &tag {
            Some(Tag::Table(_)) => self.head.clear(),
            Some(Tag::TableHead) => self.is_in_head = true,
            _ => {}
        }
        if self.is_in_head {
            self.head.extend(tag.clone().map(Event::Start));
        }
        if let Some(parent) = self.tags.last_mut() {
            parent.children += 1;
        }
        self.tags.push(Ancestor { tag, range, children: 0 });
    }

    fn end(&mut self) {
        let Some(tag) = self.tags.pop().and_then(|ended| ended.tag) else { return };
        if self.is_in_head {
            self.head.push(Event::End(tag.to_end()));
            self.is_in_head = !matches!(tag, Tag::TableHead);
        }
    }

    fn note(&mut self, leaf: &Event<'a>) {
        if self.is_in_head {
            self.head.push(match leaf {
                Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw.clone()),
                other => other.clone(),
            });
        }
    }

    /// Whether the innermost tag is a cell, and its row has something in common with a part.
    fn is_cell_of_row_in(&self, part: &Range<usize>) -> bool {
        let [.., row, cell] = self.tags.as_slice() else { return false };
        matches!(cell.tag, Some(Tag::TableCell)) && row.range.start < part.end && row.range.end > part.start
    }
}

/// The tag as it is shown in a passage.
fn shown(tag: Tag<'_>) -> Option<Tag<'_>> {
    match tag {
        // The words that describe a picture stay; the picture does not.
        Tag::Image { .. } => None,
        Tag::Link { ref dest_url, .. } if dest_url.starts_with(CITATION_HREF) => None,
        Tag::HtmlBlock => Some(Tag::Paragraph),
        other => Some(other),
    }
}

/// One part while it is made.
struct Part<'a, 'm> {
    text: &'a str,
    range: Range<usize>,
    marks: &'m [Range<usize>],
    top: u8,
    out: Vec<Event<'a>>,
    /// The ends of the ancestors that are written already; none for those that are not shown.
    ends: Vec<Option<TagEnd>>,
    /// The levels of the headings above, as the text has them.
    headings: Vec<HeadingLevel>,
    is_marking: bool,
}

impl<'a, 'm> Part<'a, 'm> {
    fn new(text: &'a str, range: Range<usize>, marks: &'m [Range<usize>], top: u8) -> Self {
        let (out, ends, headings) = (Vec::new(), Vec::new(), Vec::new());
        Self { text, range, marks, top, out, ends, headings, is_marking: false }
    }

    /// Writes the ancestors that are not written yet.
    fn open(&mut self, ancestors: &Ancestors<'a>) {
        if self.ends.len() < ancestors.tags.len() {
            self.mark(false);
        }
        for ancestor in ancestors.tags.iter().skip(self.ends.len()) {
            let Some(tag) = ancestor.tag.clone() else {
                self.ends.push(None);
                continue;
            };
            let tag = match tag {
                // Of what the list has begun, the last item is the one that is written.
                Tag::List(Some(first)) => Tag::List(Some(first + ancestor.children.saturating_sub(1) as u64)),
                Tag::Heading { level, id, classes, attrs } => {
                    Tag::Heading { level: self.toned_down(level), id, classes, attrs }
                }
                other => other,
            };
            self.ends.push(Some(tag.to_end()));
            let is_row = matches!(tag, Tag::TableRow | Tag::TableHead);
            let needs_head = matches!(tag, Tag::Table(_)) && !ancestors.is_in_head;
            self.out.push(Event::Start(tag));
            if needs_head {
                self.out.extend(ancestors.head.iter().cloned());
            }
            if is_row {
                // The cells before keep those that follow below their header.
                for _ in 1..ancestor.children {
                    self.out.extend([Event::Start(Tag::TableCell), Event::End(TagEnd::TableCell)]);
                }
            }
        }
    }

    /// Closes the innermost of `depth` ancestors, if it was written.
    fn close(&mut self, depth: usize) {
        if self.ends.len() == depth {
            self.mark(false);
            self.out.extend(self.ends.pop().flatten().map(Event::End));
        }
    }

    fn leaf(&mut self, ancestors: &Ancestors<'a>, leaf: &Event<'a>, range: &Range<usize>) {
        match leaf {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.open(ancestors);
                self.words(text, range);
            }
            Event::SoftBreak | Event::HardBreak => {
                // A part does not begin with one.
                if self.ends.len() == ancestors.tags.len() {
                    self.out.push(leaf.clone());
                }
            }
            Event::Code(_) => {
                self.open(ancestors);
                self.mark(self.is_marked(range));
                self.out.push(leaf.clone());
            }
            other => {
                self.open(ancestors);
                self.mark(false);
                self.out.push(other.clone());
            }
        }
    }

    /// Text. What is written as it stands in the document is cut exactly; the sign that an entity stands for is not.
    fn words(&mut self, text: &CowStr<'a>, range: &Range<usize>) {
        let whole = self.text;
        if whole.get(range.clone()) != Some(&**text) {
            self.mark(self.is_marked(range));
            self.out.push(Event::Text(text.clone()));
            return;
        }
        let end = range.end.min(self.range.end);
        let mut at = range.start.max(self.range.start);
        while at < end {
            let borders = self.marks.iter().flat_map(|mark| [mark.start, mark.end]);
            let next = borders.filter(|border| (at + 1..end).contains(border)).min().unwrap_or(end);
            self.mark(self.is_marked(&(at..next)));
            self.out.push(Event::Text(CowStr::Borrowed(&whole[at..next])));
            at = next;
        }
    }

    fn is_marked(&self, range: &Range<usize>) -> bool {
        self.marks.iter().any(|mark| mark.start.max(range.start) < mark.end.min(range.end))
    }

    fn mark(&mut self, wanted: bool) {
        if wanted != self.is_marking {
            self.is_marking = wanted;
            self.out.push(Event::InlineHtml(CowStr::Borrowed(if wanted { "<mark>" } else { "</mark>" })));
        }
    }

    /// The level of the next heading: a passage is never louder than the page around it, and leaves out no level.
    fn toned_down(&mut self, level: HeadingLevel) -> HeadingLevel {
        while self.headings.last().is_some_and(|above| *above >= level) {
            self.headings.pop();
        }
        self.headings.push(level);
        let depth = usize::from(self.top) + self.headings.len() - 1;
        HeadingLevel::try_from(depth.clamp(1, 6)).unwrap_or(HeadingLevel::H6)
    }

    fn finish(mut self) -> String {
        self.mark(false);
        while let Some(end) = self.ends.pop() {
            self.out.extend(end.map(Event::End));
        }
        let mut rendered = String::with_capacity(self.range.len() * 2);
        pulldown_cmark::html::push_html(&mut rendered, self.out.into_iter());
        sanitiser().clean(&rendered).to_string()
    }
}

#[cfg(test)]
mod tests;
