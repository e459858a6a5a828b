//! From printed lines back to paragraphs.

use crate::parse::writer::one_line;

/// A line longer than this leads to no page. Bytes.
const LONGEST_ENTRY: usize = 2_000;

/// A printed line.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// What it says; nothing where it only separates.
    pub text: String,
    /// What it looks like, where that is known.
    pub look: Option<Look>,
    /// What it says with its white space, where all of it is typewriter type.
    pub code: Option<String>,
    /// What it is of a heading.
    pub heading: Option<Part>,
}

/// What a line looks like.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Where it begins. Points.
    pub left: f32,
    /// The size of most of its letters. Points.
    pub size: f32,
    /// Whether all of it is bold.
    pub bold: bool,
    /// Whether all of it is typewriter type.
    pub mono: bool,
    /// Whether it ends well before its column does.
    pub early: bool,
    /// Whether it has an empty place in it as only rows of tables have.
    pub apart: bool,
}

/// A heading may take several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Its first line, with its level and its words.
    Beginning(u8, String),
    /// One more of its lines.
    Rest,
}

/// The lines of a page; empty ones separate.
#[derive(Debug)]
pub(super) struct PageText {
    pub lines: Vec<Line>,
}

/// What lines are together.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading and its level.
    Heading(u8, String),
    /// An item of a list: its marker and its text.
    Item(String, String),
    /// A paragraph.
    Paragraph(String),
    /// Lines of typewriter type whose white space means something.
    Code(String),
}

impl Line {
    /// What only separates.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A line that nothing but its words is known of.
    pub fn of_text(text: &str) -> Self {
        Self { text: one_line(text), ..Self::default() }
    }
}

impl PageText {
    /// The lines of a text.
    pub fn of_text(text: &str) -> Self {
        Self::new(text.lines().map(Line::of_text).collect())
    }

    pub fn new(mut lines: Vec<Line>) -> Self {
        for line in &mut lines {
            line.text = without_leaders(&line.text);
        }
        while lines.last().is_some_and(|line| line.text.is_empty()) {
            lines.pop();
        }
        let lead = lines.iter().take_while(|line| line.text.is_empty()).count();
        lines.drain(..lead);
        for edge in [0, lines.len().saturating_sub(1)] {
            // A page with nothing but a number on it says that number.
            if lines.len() > 1
                && let Some(line) = lines.get_mut(edge).filter(|line| is_page_number(&line.text))
            {
                *line = Line::empty();
            }
        }
        Self { lines }
    }

    /// How long all of it is. Bytes.
    pub fn len(&self) -> usize {
        self.lines.iter().map(|line| line.text.len() + 1).sum()
    }

    /// Joins lines to what they were before they were printed.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let width = self.text_width();
        let mut open = Open::default();
        let mut index = 0;
        while let Some(line) = self.lines.get(index) {
            if let Some(code) = self.code_at(index) {
                open.end(&mut blocks);
                index += code.len();
                blocks.push(Block::Code(code.join("\n")));
                continue;
            }
            index += 1;
            if line.text.is_empty() {
                open.end(&mut blocks);
                continue;
            }
            if let Some(part) = &line.heading {
                open.end(&mut blocks);
                if let Part::Beginning(level, text) = part {
                    blocks.push(Block::Heading(*level, text.clone()));
                }
                continue;
            }
            open.add(line, width, &mut blocks);
        }
        open.end(&mut blocks);
        blocks
    }

    /// The lines of typewriter type that begin here and stand apart from the text around them. A line of a paragraph may be
    /// nothing but the name of a file.
    fn code_at(&self, index: usize) -> Option<Vec<&str>> {
        let separates = |at: Option<usize>| match at.and_then(|at| self.lines.get(at)) {
            Some(line) => line.text.is_empty() || line.heading.is_some(),
            None => true,
        };
        let is_code = |line: &&Line| line.heading.is_none() && line.code.is_some();
        if !separates(index.checked_sub(1)) {
            return None;
        }
        let mut code: Vec<&str> = Vec::new();
        for line in self.lines.get(index..)? {
            match line.code.as_deref().filter(|_| is_code(&line)) {
                Some(line) => code.push(line),
                // A blank line within it.
                None if line.text.is_empty() && !code.is_empty() => code.push(""),
                None => break,
            }
        }
        while code.last().is_some_and(|line| line.is_empty()) {
            code.pop();
        }
        if code.is_empty() || !separates(Some(index + code.len())) {
            return None;
        }
        // What all of its lines are set in by is no part of it.
        let full = code.iter().filter(|line| !line.is_empty());
        let common = full.map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0);
        Some(code.into_iter().map(|line| line.get(common..).unwrap_or_default()).collect())
    }

    /// How long a full line is: that of nine in ten. Characters.
    fn text_width(&self) -> usize {
        let full = self.lines.iter().filter(|line| !line.text.is_empty());
        let mut widths: Vec<usize> = full.map(|line| line.text.chars().count()).collect();
        widths.sort_unstable();
        widths.get(widths.len() * 9 / 10).or(widths.last()).copied().unwrap_or(0)
    }
}

/// Takes typewriter type for text in a document that has hardly any other.
pub(super) fn forget_code(pages: &mut [PageText]) {
    let lines = || pages.iter().flat_map(|page| &page.lines);
    let all: usize = lines().map(|line| line.text.len()).sum();
    let code: usize = lines().filter(|line| line.code.is_some()).map(|line| line.text.len()).sum();
    if code * 2 > all {
        pages.iter_mut().flat_map(|page| &mut page.lines).for_each(|line| line.code = None);
    }
}

/// The paragraph that lines are added to.
#[derive(Debug, Default)]
struct Open {
    text: String,
    marker: Option<String>,
    /// Its first and its last line.
    first: Option<Look>,
    last: Option<Look>,
    /// The length of its last line. Characters.
    length: usize,
    /// The number of the last item that had one.
    number: Option<u32>,
}

impl Open {
    fn end(&mut self, blocks: &mut Vec<Block>) {
        let text = std::mem::take(&mut self.text);
        let marker = self.marker.take();
        if !text.is_empty() {
            blocks.push(match marker {
                Some(marker) => Block::Item(marker, text),
                None => Block::Paragraph(text),
            });
        }
    }

    fn add(&mut self, line: &Line, width: usize, blocks: &mut Vec<Block>) {
        let item = item_marker(&line.text).or_else(|| self.numbered_item(&line.text));
        let row = [self.last, line.look].iter().flatten().any(|look| look.apart);
        if item.is_none() && row && !self.text.is_empty() {
            // Rows of a table stay below each other.
            self.text.push('\n');
            self.text.push_str(&line.text);
        } else {
            if item.is_some() || self.ends_before(line, width) {
                self.end(blocks);
            }
            if self.text.is_empty() {
                self.first = line.look;
            }
            match item {
                Some((marker, rest)) => {
                    self.number = marker.trim_end_matches(['.', ')']).parse().ok().or(self.number);
                    self.marker = Some(marker);
                    self.text.push_str(rest);
                }
                None => join(&mut self.text, &line.text),
            }
        }
        self.last = line.look;
        self.length = line.text.chars().count();
    }

    /// Whether another paragraph begins with a line.
    fn ends_before(&self, line: &Line, width: usize) -> bool {
        let sentence_ended = self.has_ended();
        let starts_new = line.text.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
        let (Some(first), Some(last), Some(look)) = (self.first, self.last, line.look) else {
            // A line that ends early ends its paragraph, when a sentence ends there.
            return self.length * 100 < width * 75 && starts_new && sentence_ended;
        };
        let em = look.size;
        if self.marker.is_some() && look.left < first.left + 0.3 * em {
            // Under the marker of an item stands what comes after it, unless its lines are not set in.
            return look.left < first.left - 0.3 * em || sentence_ended;
        }
        let set_in = look.left > last.left + 0.8 * em;
        // A term and, set in, what is said about it.
        let explains = set_in && self.marker.is_none() && last.early && self.text.chars().count() < width * 3 / 4;
        explains || (starts_new && sentence_ended && (last.early || (set_in && self.marker.is_none())))
    }

    fn has_ended(&self) -> bool {
        let text = self.text.trim_end_matches([')', ']', '”', '"', '»', '’']);
        text.ends_with(['.', '!', '?', ':']) || text.ends_with(|c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c))
    }

    /// `2. text` after a first one. The first one begins a paragraph.
    fn numbered_item<'a>(&self, line: &'a str) -> Option<(String, &'a str)> {
        let (first, rest) = line.split_once(' ')?;
        let number: u32 = first.strip_suffix('.').filter(|number| number.len() <= 2)?.parse().ok()?;
        let goes_on = number == 1 || self.number.is_some_and(|last| number == last + 1);
        (goes_on && (self.text.is_empty() || self.has_ended())).then(|| (first.to_owned(), rest))
    }
}

/// Adds a line; a word divided at its end becomes whole.
fn join(paragraph: &mut String, line: &str) {
    if paragraph.is_empty() {
        paragraph.push_str(line);
        return;
    }
    let continues = line.chars().next().is_some_and(char::is_lowercase);
    let divided = paragraph.strip_suffix(['-', '\u{ad}', '\u{2010}']).is_some_and(|stem| {
        // `e-` and `2-` belong to compounds; so does whatever has a hyphen already: `state-of-the-`.
        let word = stem.rsplit(' ').next().unwrap_or_default();
        word.chars().count() >= 2 && word.chars().all(char::is_alphabetic)
    });
    // The name of a file may go on in the next line.
    let path = paragraph.strip_suffix('/').is_some_and(|stem| stem.ends_with(|c: char| !c.is_whitespace()));
    if divided && continues {
        paragraph.pop();
    } else if !(continues && (path || paragraph.ends_with('-'))) {
        paragraph.push(' ');
    }
    paragraph.push_str(line);
}

/// `• text`, `- text`, `3) text`.
fn item_marker(line: &str) -> Option<(String, &str)> {
    const BULLETS: [char; 12] = ['•', '◦', '▪', '‣', '●', '○', '■', '–', '-', '*', '\u{f0b7}', '➢'];
    let (first, rest) = line.split_once(' ')?;
    let mut characters = first.chars();
    match (characters.next(), characters.next()) {
        (Some(bullet), None) if BULLETS.contains(&bullet) => Some(("-".to_owned(), rest)),
        _ => {
            let number = first.strip_suffix(')')?.trim_start_matches('(');
            let short = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
            short.then(|| (format!("{number})"), rest))
        }
    }
}

/// The dots that lead the eye from an entry to its page are many tokens and no words.
fn without_leaders(line: &str) -> String {
    if line.len() > LONGEST_ENTRY || (!line.contains("....") && !line.contains(". . . .")) {
        return line.to_owned();
    }
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("....").into_iter().chain(rest.find(". . . .")).min() {
        kept.push_str(rest.get(..start).unwrap_or_default().trim_end());
        kept.push_str(" … ");
        rest = rest.get(start..).unwrap_or_default().trim_start_matches(['.', ' ']);
    }
    kept + rest
}

/// `17` or `xvii`, alone on its line.
fn is_page_number(line: &str) -> bool {
    let digits = (1..=4).contains(&line.len()) && line.bytes().all(|b| b.is_ascii_digit());
    let roman = (1..=8).contains(&line.len()) && line.bytes().all(|b| matches!(b, b'i' | b'v' | b'x' | b'l' | b'c'));
    digits || roman
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs() {
        let page = PageText::of_text(
            "The installer asks for the lan-\nguage first; a state-of-the-\nart machine needs ten minutes.\n\n\
             • one thing\nthat goes on\n• another\n1) last",
        );
        assert_eq!(
            page.blocks(),
            [
                Block::Paragraph(
                    "The installer asks for the language first; a state-of-the-art machine needs ten minutes.".into()
                ),
                Block::Item("-".into(), "one thing that goes on".into()),
                Block::Item("-".into(), "another".into()),
                Block::Item("1)".into(), "last".into()),
            ]
        );
    }

    #[test]
    fn items_count_on() {
        let page = PageText::of_text("Do this:\n1. Open it.\n2. Read it in\n3. hours.\n3. Close it.\n5. May was warm.");
        let item = |marker: &str, text: &str| Block::Item(marker.into(), text.into());
        assert_eq!(
            page.blocks(),
            [
                Block::Paragraph("Do this:".into()),
                item("1.", "Open it."),
                item("2.", "Read it in 3. hours."),
                item("3.", "Close it. 5. May was warm."),
            ]
        );
    }

    #[test]
    fn leaders_are_no_words() {
        assert_eq!(without_leaders("2.1 Packages . . . . . . . 14"), "2.1 Packages … 14");
    }
}
