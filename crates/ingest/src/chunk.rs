//! Cuts a document's text into spans that can be retrieved: each about one thing, none longer than the embedding model reads.
//!
//! The text is divided into units that belong together (paragraphs, list items, table rows, lines of code; longer ones into
//! sentences, and those into words). Which neighbours form a chunk is then the cheapest way through the whole document:
//! a chunk far from the target length costs, as does a cut inside a paragraph and a chunk that reaches over a heading. So
//! a long section falls into equal parts rather than into full ones and a scrap, and short sections side by side join. Sheets
//! and slides do not: a passage of two would name a place where half of it does not stand.

use hammock_contract::passage::{Place, TablePart};
use serde::{Deserialize, Serialize};

use crate::parse::ParsedDocument;

mod index_text;
mod pack;
mod places;
mod sentences;
mod tables;
#[cfg(test)]
mod tests;
mod units;

pub use index_text::{IndexText, index_text};

/// How long chunks should be, in tokens of the embedding model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkOptions {
    /// The length to aim at, headings not counted.
    pub target_tokens: usize,
    /// The length that no chunk exceeds, title and headings counted; at least 16.
    pub max_tokens: usize,
}

impl Default for ChunkOptions {
    /// For models that read 256 tokens, two of which are not text.
    fn default() -> Self {
        Self { target_tokens: 200, max_tokens: 254 }
    }
}

/// A span of a document's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkSpan {
    /// Where it begins. Bytes, at a character.
    pub start: usize,
    /// Where it ends. Bytes, at a character; greater than `start`.
    pub end: usize,
    /// The headings above it, outermost first. Of a chunk over several sections: those above all of them.
    pub headings: Vec<String>,
    /// The pages, the sheet or the slide on which it stands.
    pub place: Option<Place>,
    /// What it needs to be understood alone, when it begins or ends inside a table. Not part of its text.
    pub table: Option<TablePart>,
}

/// The spans of a document: in order, without overlap, each beginning and ending with something visible. Together they hold
/// everything but white space, and headings that stand in `headings`.
///
/// `sizer` counts the tokens of a text, special ones not included; [`estimate_tokens`] where there is no model.
pub fn chunk(document: &ParsedDocument, options: &ChunkOptions, sizer: &dyn Fn(&str) -> usize) -> Vec<ChunkSpan> {
    let options = ChunkOptions {
        max_tokens: options.max_tokens.max(16),
        target_tokens: options.target_tokens.clamp(8, options.max_tokens.max(16)),
    };
    let division = units::divide(document, &options, sizer);
    pack::pack(document, &division, &options)
}

/// About how many word pieces an English vocabulary makes of a text. English words are mostly one or two, words of other
/// languages fall into pieces of three letters, other scripts into single characters.
pub fn estimate_tokens(text: &str) -> usize {
    let mut tokens = 0;
    let mut word = 0_usize;
    let mut foreign = false;
    let mut finish = |word: &mut usize, foreign: &mut bool| {
        tokens += if *foreign { word.div_ceil(2) } else { word.div_ceil(6) };
        (*word, *foreign) = (0, false);
    };
    let mut others = 0;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            word += 1;
        } else if c.is_whitespace() {
            finish(&mut word, &mut foreign);
        } else if c.is_alphanumeric() && c < '\u{600}' {
            word += 1;
            foreign = true;
        } else {
            finish(&mut word, &mut foreign);
            others += 1;
        }
    }
    finish(&mut word, &mut foreign);
    tokens + others
}
