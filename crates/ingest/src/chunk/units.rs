//! The pieces that a chunk is made of.

use unicode_segmentation::UnicodeSegmentation;

use super::ChunkOptions;
use crate::parse::{Heading, ParsedDocument};

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
    /// The tokens that the index repeats before a chunk that begins here: a table's header.
    pub repeated: usize,
}

/// Sections and units of a document, in order.
pub(super) fn divide(
    document: &ParsedDocument,
    options: &ChunkOptions,
    sizer: &dyn Fn(&str) -> usize,
) -> (Vec<Section>, Vec<Unit>) {
    let text = document.text.as_str();
    let title_tokens = sizer(&document.title);
    let mut divider =
        Divider { text, sizer, options, most: options.max_tokens, sections: Vec::new(), units: Vec::new() };
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
            divider.section(own_path, heading_start, at, title_tokens);
            divider.blocks(if headings_as_text { heading_start } else { at }, body_end);
        }
        let Some(heading) = heading else { break };
        path.retain(|above| above.level < heading.level);
        path.push(heading);
        pending.get_or_insert(heading.offset);
        let line_end = text.get(heading.offset..).and_then(|rest| rest.find('\n'));
        at = line_end.map_or(text.len(), |length| heading.offset + length);
    }
    (divider.sections, divider.units)
}

struct Divider<'a> {
    text: &'a str,
    sizer: &'a dyn Fn(&str) -> usize,
    options: &'a ChunkOptions,
    /// The longest unit of the present section. Tokens.
    most: usize,
    sections: Vec<Section>,
    units: Vec<Unit>,
}

impl<'a> Divider<'a> {
    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    fn section(&mut self, path: &[&Heading], heading_start: usize, body_start: usize, title_tokens: usize) {
        let path_tokens: usize = path.iter().map(|heading| (self.sizer)(&heading.text)).sum();
        // However long title and headings are, most of the window is left to the text.
        let context_tokens = (title_tokens + path_tokens).min(self.options.max_tokens / 3);
        self.most = self.options.max_tokens - context_tokens;
        self.sections.push(Section {
            path: path.iter().map(|heading| heading.text.clone()).collect(),
            path_starts: path.iter().map(|heading| heading.offset).collect(),
            heading_start,
            heading_tokens: (self.sizer)(self.slice(heading_start, body_start)),
            context_tokens,
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
        let tokens = (self.sizer)(block);
        if tokens <= whole.min(self.most) {
            self.unit(start, end, tokens, Boundary::Block, 0);
        } else if lines_matter {
            self.lines(start, block);
        } else {
            self.sentences(start, block, Boundary::Block);
        }
    }

    fn lines(&mut self, start: usize, block: &'a str) {
        let is_table = block.starts_with('|');
        let header = if is_table { block.lines().next().map_or(0, self.sizer) } else { 0 };
        // Half the window at most: a wider header is cut off by the model, not by us.
        let header = header.min(self.most / 2);
        let mut at = start;
        let mut before = Boundary::Block;
        let mut repeated = 0;
        let mut from = start;
        let mut index = 0;
        for line in block.split_inclusive('\n') {
            at += line.len();
            index += 1;
            // A table's header, its rule and its first row stay together.
            if is_table && index < 3 && at < start + block.len() {
                continue;
            }
            let tokens = (self.sizer)(self.slice(from, at));
            if tokens + repeated <= self.most {
                self.unit(from, at, tokens, before, repeated);
            } else {
                self.sentences(from, self.slice(from, at), before);
            }
            repeated = header;
            before = Boundary::Line;
            from = at;
        }
    }

    fn sentences(&mut self, start: usize, block: &'a str, first: Boundary) {
        let mut before = first;
        for (offset, sentence) in block.split_sentence_bound_indices() {
            let tokens = (self.sizer)(sentence);
            if tokens <= self.most {
                self.unit(start + offset, start + offset + sentence.len(), tokens, before, 0);
            } else {
                self.words(start + offset, sentence, before);
            }
            before = Boundary::Sentence;
        }
    }

    /// Runs of words of about half a chunk; a word that is too long itself (base64, a line without spaces) is cut anywhere.
    fn words(&mut self, start: usize, sentence: &'a str, first: Boundary) {
        let most = (self.options.target_tokens / 2).clamp(4, self.most);
        let mut before = first;
        let (mut from, mut tokens) = (start, 0);
        for (offset, word) in sentence.split_word_bound_indices() {
            let at = start + offset;
            let count = if word.trim().is_empty() { 0 } else { (self.sizer)(word).max(1) };
            if tokens + count > most && at > from {
                self.unit(from, at, tokens, before, 0);
                before = Boundary::Word;
                (from, tokens) = (at, 0);
            }
            if count > most {
                // A token holds at least one character, so that as many characters as tokens are never too long.
                let mut characters = 0;
                for (inner, _) in word.char_indices() {
                    if characters == most {
                        self.unit(from, at + inner, characters, before, 0);
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
        self.unit(from, start + sentence.len(), tokens, before, 0);
    }

    /// Adds a unit without the white space around it; nothing when nothing is left.
    fn unit(&mut self, start: usize, end: usize, tokens: usize, before: Boundary, repeated: usize) {
        let piece = self.slice(start, end);
        let start = start + (piece.len() - piece.trim_start().len());
        let piece = piece.trim();
        if piece.is_empty() {
            return;
        }
        let section = self.sections.len().saturating_sub(1);
        let announces = piece.ends_with(':') || (tokens <= 12 && !piece.ends_with(['.', '!', '?', '|', '`', '…', ';']));
        let introduces = before == Boundary::Block && announces;
        self.units.push(Unit {
            start,
            end: start + piece.len(),
            tokens: tokens.max(1),
            section,
            before,
            introduces,
            repeated,
        });
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
