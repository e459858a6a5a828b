//! The pieces that a chunk is made of.

use unicode_segmentation::UnicodeSegmentation;

use super::{ChunkOptions, sentences, tables};
use crate::parse::{Heading, ParsedDocument};

/// A text of more bytes a token is none that a model was made for: that it is too long is known without counting.
const MOST_BYTES_A_TOKEN: usize = 64;

/// From so many units on, small ones join: a long text may consist of nothing but single letters.
const MANY_UNITS: usize = 500_000;

/// The text between two headings.
#[derive(Debug)]
pub(super) struct Section {
    /// The headings above it, outermost first.
    pub path: Vec<String>,
    /// Where the lines of the headings that stand directly above it begin; where it begins itself when there are none.
    pub heading_start: usize,
    /// Where the lines of the headings of `path` begin.
    pub path_starts: Vec<usize>,
    /// The tokens of its headings' lines, for chunks that include them.
    pub heading_tokens: usize,
    /// The tokens that title and path take from each of its chunks.
    pub context_tokens: usize,
    /// Whether its text is a heading with nothing below it.
    pub is_heading: bool,
}

/// How much belongs together what stands on both sides of a unit's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Boundary {
    /// A paragraph, a table, a list or a section begins.
    Block,
    /// A list item, a table row, a line of code.
    Line,
    /// A sentence.
    Sentence,
    /// A word, or not even that.
    Word,
}

/// A piece of text that is not divided any more.
#[derive(Debug)]
pub(super) struct Unit {
    /// Where it begins. Bytes.
    pub start: usize,
    /// Where it ends. Bytes.
    pub end: usize,
    /// Its length in tokens, at least 1.
    pub tokens: usize,
    /// Its section's index.
    pub section: usize,
    /// What kind of boundary stands before it.
    pub before: Boundary,
    /// Whether it announces what follows: `TIP: …`, `First run:`.
    pub introduces: bool,
    /// The table's header that is repeated before a chunk that begins here: its index.
    pub header: Option<usize>,
    /// Whether it begins inside a table's row.
    pub in_row: bool,
}

/// A header that is repeated with every part of its table.
#[derive(Debug)]
pub(super) struct Header {
    /// The row, or its beginning.
    pub text: String,
    /// Its length in tokens.
    pub tokens: usize,
}

/// What a document is divided into.
#[derive(Debug)]
pub(super) struct Division {
    /// The sections, in order.
    pub sections: Vec<Section>,
    /// The units, in order.
    pub units: Vec<Unit>,
    /// The headers of tables that were divided.
    pub headers: Vec<Header>,
}

/// Sections and units of a document, in order.
pub(super) fn divide(document: &ParsedDocument, options: &ChunkOptions, sizer: &dyn Fn(&str) -> usize) -> Division {
    let text = document.text.as_str();
    let title_tokens = sizer(&document.title);
    let mut divider = Divider {
        text,
        sizer,
        options,
        most: options.max_tokens,
        header: None,
        cutting_row: false,
        in_row: false,
        division: Division { sections: Vec::new(), units: Vec::new(), headers: Vec::new() },
    };
    let mut path: Vec<&Heading> = Vec::new();
    // Where the heading lines that wait for text begin.
    let mut pending: Option<usize> = None;
    let mut at = 0;
    let headings = &document.outline;
    for index in 0..=headings.len() {
        let heading = headings.get(index);
        let body_end = heading.map_or(text.len(), |heading| heading.offset).clamp(at, text.len());
        let has_text = text.get(at..body_end).is_some_and(|body| !body.trim().is_empty());
        // A heading with nothing below it would be lost if it stood above nothing: it then counts as text.
        let ends_here = heading.is_none_or(|next| path.last().is_some_and(|last| next.level <= last.level));
        if has_text || (pending.is_some() && ends_here) {
            let heading_start = pending.take().unwrap_or(at);
            let headings_as_text = !has_text;
            let own_path =
                if headings_as_text { path.get(..path.len().saturating_sub(1)).unwrap_or_default() } else { &path };
            divider.section(own_path, heading_start, at, title_tokens, headings_as_text);
            divider.blocks(if headings_as_text { heading_start } else { at }, body_end);
        }
        let Some(heading) = heading else { break };
        path.retain(|above| above.level < heading.level);
        path.push(heading);
        pending.get_or_insert(heading.offset);
        let line_end = text.get(heading.offset..).and_then(|rest| rest.find('\n'));
        at = line_end.map_or(text.len(), |length| heading.offset + length);
    }
    divider.division
}

struct Divider<'a> {
    text: &'a str,
    sizer: &'a dyn Fn(&str) -> usize,
    options: &'a ChunkOptions,
    /// The longest unit of the present section. Tokens.
    most: usize,
    /// The header that the present table repeats.
    header: Option<usize>,
    /// Whether the present row is cut into several units.
    cutting_row: bool,
    /// Whether the next unit begins inside that row.
    in_row: bool,
    division: Division,
}

impl<'a> Divider<'a> {
    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The length of a text in tokens; of one that is far too long for a unit, some length that is too long for it.
    fn tokens(&self, text: &str) -> usize {
        let most = self.options.max_tokens + 1;
        if text.len() > most.saturating_mul(MOST_BYTES_A_TOKEN) { most } else { (self.sizer)(text) }
    }

    fn section(
        &mut self,
        path: &[&Heading],
        heading_start: usize,
        body_start: usize,
        title_tokens: usize,
        is_heading: bool,
    ) {
        let path_tokens: usize = path.iter().map(|heading| (self.sizer)(&heading.text)).sum();
        // However long title and headings are, most of the window is left to the text.
        let context_tokens = (title_tokens + path_tokens).min(self.options.max_tokens / 3);
        self.most = self.options.max_tokens - context_tokens;
        self.division.sections.push(Section {
            path: path.iter().map(|heading| heading.text.clone()).collect(),
            path_starts: path.iter().map(|heading| heading.offset).collect(),
            heading_start,
            heading_tokens: (self.sizer)(self.slice(heading_start, body_start)),
            context_tokens,
            is_heading,
        });
    }

    /// Divides a span into blocks at blank lines; code between fences is one block.
    fn blocks(&mut self, start: usize, end: usize) {
        let mut block: Option<(usize, usize)> = None;
        let mut fence: Option<&str> = None;
        let mut at = start;
        for line in self.slice(start, end).split_inclusive('\n') {
            let line_end = at + line.len();
            let marks = line.trim_start_matches(' ');
            let marks = marks.get(..marks.len() - marks.trim_start_matches('`').len()).unwrap_or_default();
            let in_fence = fence.is_some();
            match fence {
                None if marks.len() >= 3 => fence = Some(marks),
                Some(open) if marks.len() >= open.len() => fence = None,
                _ => {}
            }
            if line.trim().is_empty() && !in_fence {
                if let Some((from, to)) = block.take() {
                    self.block(from, to);
                }
            } else {
                block = Some((block.map_or(at, |(from, _)| from), line_end));
            }
            at = line_end;
        }
        if let Some((from, to)) = block {
            self.block(from, to);
        }
    }

    /// One block: whole when it is short, else by lines where lines mean something, else by sentences.
    fn block(&mut self, start: usize, end: usize) {
        let block = self.slice(start, end);
        let lines_matter = block.starts_with('|') || block.starts_with("```") || is_list(block);
        // A paragraph of half a chunk need not be cut; a longer one may be, so that its section can be cut evenly.
        let whole = if lines_matter { self.options.target_tokens / 4 } else { self.options.target_tokens / 2 };
        let tokens = self.tokens(block);
        if tokens <= whole.min(self.most) {
            self.unit(start, end, tokens, Boundary::Block);
            return;
        }
        match tables::find(block) {
            Some(0) => self.table(start, block),
            Some(at) => {
                self.block(start, start + at);
                self.block(start + at, end);
            }
            None if lines_matter => self.lines(start, block),
            None => self.sentences(start, block, Boundary::Block),
        }
    }

    fn lines(&mut self, start: usize, block: &'a str) {
        let mut at = start;
        let mut before = Boundary::Block;
        for line in block.split_inclusive('\n') {
            let tokens = self.tokens(line);
            if tokens <= self.most {
                self.unit(at, at + line.len(), tokens, before);
            } else {
                self.sentences(at, line, before);
            }
            before = Boundary::Line;
            at += line.len();
        }
    }

    /// A table: its header, its rule and its first row stay together, and a chunk that begins at a later row, or inside one,
    /// repeats the header.
    fn table(&mut self, start: usize, block: &'a str) {
        let mut lines = block.split_inclusive('\n');
        let header = lines.next().unwrap_or_default();
        let head = start + header.len() + lines.next().map_or(0, str::len);
        let first = head + lines.next().map_or(0, str::len);
        // Half the window at most is for what is repeated.
        let repeated = tables::repeated_header(header, self.most / 2, self.sizer);
        let tokens = self.tokens(self.slice(start, first));
        let mut at = if tokens <= self.most {
            self.unit(start, first, tokens, Boundary::Block);
            first
        } else {
            self.row(start, head, Boundary::Block);
            head
        };
        self.header = repeated.map(|text| {
            let tokens = (self.sizer)(&text);
            self.division.headers.push(Header { text, tokens });
            self.division.headers.len() - 1
        });
        for row in self.slice(at, start + block.len()).split_inclusive('\n') {
            self.row(at, at + row.len(), Boundary::Line);
            at += row.len();
        }
        self.header = None;
    }

    /// A row; where it is too long it is cut between its cells, and a cell that is too long like any text.
    fn row(&mut self, start: usize, end: usize, first: Boundary) {
        let row = self.slice(start, end);
        let whole_window = self.most;
        let repeated = self.header.and_then(|index| self.division.headers.get(index)).map_or(0, |header| header.tokens);
        self.most = whole_window.saturating_sub(repeated).max(4);
        let tokens = self.tokens(row);
        if tokens <= self.most {
            self.unit(start, end, tokens, first);
        } else {
            // Room for the two marks that say that the row was cut.
            self.most = self.most.saturating_sub(2).max(4);
            (self.cutting_row, self.in_row) = (true, false);
            self.cells(start, row, first);
            (self.cutting_row, self.in_row) = (false, false);
        }
        self.most = whole_window;
    }

    /// Runs of cells of about half a chunk.
    fn cells(&mut self, start: usize, row: &'a str, first: Boundary) {
        let enough = (self.options.target_tokens / 2).min(self.most);
        let mut before = first;
        let (mut from, mut at, mut tokens) = (start, start, 0);
        for cell in row.split_inclusive('|') {
            let count = self.tokens(cell);
            if tokens + count > enough && at > from {
                self.unit(from, at, tokens, before);
                before = Boundary::Sentence;
                (from, tokens) = (at, 0);
            }
            if count > self.most {
                self.sentences(at, cell, before);
                before = Boundary::Sentence;
                from = at + cell.len();
            } else {
                tokens += count;
            }
            at += cell.len();
        }
        self.unit(from, at, tokens, before);
    }

    fn sentences(&mut self, start: usize, block: &'a str, first: Boundary) {
        let (mut at, mut before) = (start, first);
        for sentence in sentences::of(block) {
            let tokens = self.tokens(sentence);
            if tokens <= self.most {
                self.unit(at, at + sentence.len(), tokens, before);
            } else {
                self.words(at, sentence, before);
            }
            before = Boundary::Sentence;
            at += sentence.len();
        }
    }

    /// Runs of words of about half a chunk; a word that is too long itself (base64, a line without spaces) is cut anywhere.
    fn words(&mut self, start: usize, sentence: &'a str, first: Boundary) {
        let most = (self.options.target_tokens / 2).clamp(4, self.most.max(4));
        let mut before = first;
        let (mut from, mut tokens) = (start, 0);
        for (offset, word) in sentence.split_word_bound_indices() {
            let at = start + offset;
            let count = if word.trim().is_empty() { 0 } else { self.tokens(word).max(1) };
            if tokens + count > most && at > from {
                self.unit(from, at, tokens, before);
                before = Boundary::Word;
                (from, tokens) = (at, 0);
            }
            if count > most {
                // A token holds at least one character, so that as many characters as tokens are never too long.
                let mut characters = 0;
                for (inner, _) in word.char_indices() {
                    if characters == most {
                        self.unit(from, at + inner, characters, before);
                        before = Boundary::Word;
                        (from, characters) = (at + inner, 0);
                    }
                    characters += 1;
                }
                tokens = characters;
            } else {
                tokens += count;
            }
        }
        self.unit(from, start + sentence.len(), tokens, before);
    }

    /// Adds a unit without the white space around it; nothing when nothing is left.
    fn unit(&mut self, start: usize, end: usize, tokens: usize, before: Boundary) {
        let piece = self.slice(start, end);
        let start = start + (piece.len() - piece.trim_start().len());
        let piece = piece.trim();
        if piece.is_empty() {
            return;
        }
        let section = self.division.sections.len().saturating_sub(1);
        let announces = piece.ends_with(':') || (tokens <= 12 && !piece.ends_with(['.', '!', '?', '|', '`', '…', ';']));
        let introduces = before == Boundary::Block && announces;
        let in_row = std::mem::replace(&mut self.in_row, self.cutting_row);
        let (end, tokens) = (start + piece.len(), tokens.max(1));
        let many = self.division.units.len() >= MANY_UNITS;
        if many && let Some(last) = self.division.units.last_mut() {
            let is_small = last.tokens + tokens <= self.options.target_tokens / 4;
            if is_small && last.section == section && last.header == self.header && !in_row {
                (last.end, last.tokens, last.introduces) = (end, last.tokens + tokens, introduces);
                return;
            }
        }
        self.division.units.push(Unit { start, end, tokens, section, before, introduces, header: self.header, in_row });
    }
}

/// Whether every line begins an item: `- …`, `12. …`.
fn is_list(block: &str) -> bool {
    block.lines().all(|line| {
        let line = line.trim_start();
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let rest = line.get(digits..).unwrap_or_default();
        if digits == 0 { rest.starts_with("- ") || rest.starts_with("* ") } else { rest.starts_with(". ") }
    })
}
