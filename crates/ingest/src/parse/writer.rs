//! Puts a document's text together, piece by piece, with its outline and its pages.

use hammock_contract::{metadata::FoundMetadata, passage::Place};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{
    FileType, Heading, MAX_TEXT_BYTES, PageMark, ParseError, ParsedDocument, detect_language,
    limits::{MAX_HEADING_BYTES, MAX_HEADINGS},
    progress,
};

/// What the parser of a format makes.
#[derive(Debug, Default)]
pub(super) struct Extracted {
    /// What the document calls itself, where it does.
    pub title: Option<String>,
    /// The language that it declares, as any BCP 47 tag.
    pub language: Option<String>,
    /// Text, outline and pages.
    pub body: Writer,
    /// Whether the format itself says what is a heading, a list or a table.
    pub structured: bool,
    /// What it says to machines.
    pub metadata: Vec<FoundMetadata>,
}

impl Extracted {
    /// Completes what the document does not say itself.
    pub fn finish(self, file_type: FileType, file_name: &str) -> Result<ParsedDocument, ParseError> {
        let Self { title, language, body, structured, metadata } = self;
        let Writer { mut text, outline, pages, .. } = body;
        text.truncate(text.trim_end().len());
        if text.is_empty() {
            // A document of pages has pictures where it has no text; tables and plain text have nothing at all.
            let has_pages = matches!(file_type, FileType::Pdf | FileType::Docx | FileType::Pptx);
            return Err(if has_pages { ParseError::Scan } else { ParseError::Empty });
        }
        let title = title
            .map(|title| one_line(&title))
            .filter(|title| !title.is_empty())
            .or_else(|| outline.first().filter(|_| structured).map(|heading| heading.text.clone()))
            .unwrap_or_else(|| title_from_file_name(file_name));
        let language = detect_language(&text, language.as_deref());
        let title = shorten(title.chars().filter(|c| !turns_around(*c)).collect());
        Ok(ParsedDocument { file_type, title, language, text, outline, pages, structured, metadata })
    }
}

/// A text under construction.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
    outline: Vec<Heading>,
    pages: Vec<PageMark>,
    /// Whether the last piece was a list item: items stand together.
    in_list: bool,
    /// How much of the text was said to whoever listens. Bytes.
    said: usize,
}

impl Writer {
    /// The length so far. Bytes.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first heading so far.
    pub fn first_heading(&self) -> Option<&str> {
        self.outline.first().map(|heading| heading.text.as_str())
    }

    /// Begins a page, a sheet or a slide.
    pub fn page(&mut self, place: Place) {
        self.in_list = false;
        // The mark stands where the next piece will begin, not where the blank line before it does.
        let offset = if self.text.is_empty() { 0 } else { self.text.len() + 2 };
        self.pages.push(PageMark { place, offset });
    }

    /// A heading; `level` is held to 1..=6. One that is too long for a heading is a paragraph.
    pub fn heading(&mut self, level: u8, text: &str) -> Result<(), ParseError> {
        let text = normalise(&one_line(text));
        if text.is_empty() {
            return Ok(());
        }
        if text.len() > MAX_HEADING_BYTES {
            return self.paragraph(&text);
        }
        let level = level.clamp(1, 6);
        self.separate(false);
        let offset = self.text.len();
        for _ in 0..level {
            self.text.push('#');
        }
        self.text.push(' ');
        self.text.push_str(&text);
        self.outline.push(Heading { level, text, offset });
        self.check()
    }

    /// A paragraph; line breaks in it stay.
    pub fn paragraph(&mut self, text: &str) -> Result<(), ParseError> {
        let text = tidy_lines(text);
        if text.is_empty() {
            return Ok(());
        }
        self.separate(false);
        self.text.push_str(&normalise(&text));
        self.check()
    }

    /// An item of a list; `depth` counts from 0, `marker` is `-` or `1.`.
    pub fn list_item(&mut self, depth: usize, marker: &str, text: &str) -> Result<(), ParseError> {
        let text = one_line(text);
        if text.is_empty() {
            return Ok(());
        }
        self.separate(true);
        for _ in 0..depth.min(8) {
            self.text.push_str("  ");
        }
        self.text.push_str(marker);
        self.text.push(' ');
        self.text.push_str(&normalise(&text));
        self.check()
    }

    /// Text whose white space means something.
    pub fn code(&mut self, code: &str) -> Result<(), ParseError> {
        let code = code.trim_matches('\n').trim_end();
        if code.trim().is_empty() {
            return Ok(());
        }
        self.separate(false);
        // A longer fence than any in the code keeps it from ending early.
        let fence = "`".repeat(longest_run(code, '`').max(2) + 1);
        self.text.push_str(&fence);
        self.text.push('\n');
        for line in code.lines() {
            self.text.push_str(&normalise(line.trim_end()));
            self.text.push('\n');
        }
        self.text.push_str(&fence);
        self.check()
    }

    /// A table; the first row is the header. Rows may differ in length; empty rows and columns at the end are dropped.
    pub fn table<R: AsRef<[String]>>(&mut self, rows: &[R]) -> Result<(), ParseError> {
        let mut writer = TableWriter::default();
        for row in rows {
            writer.row(self, row.as_ref())?;
        }
        Ok(())
    }

    /// Text that is Markdown already and goes in as it is, its headings given with offsets into it.
    pub fn raw(&mut self, text: &str, headings: Vec<Heading>) -> Result<(), ParseError> {
        self.separate(false);
        let base = self.text.len();
        self.text.push_str(text);
        self.outline.extend(headings.into_iter().map(|heading| Heading { offset: heading.offset + base, ..heading }));
        self.check()
    }

    /// Starts a new line where one is needed, with a blank one before it unless list items stand together.
    fn separate(&mut self, list: bool) {
        if !self.text.is_empty() {
            self.text.push_str(if list && self.in_list { "\n" } else { "\n\n" });
        }
        self.in_list = list;
    }

    fn check(&mut self) -> Result<(), ParseError> {
        let new = self.text.get(self.said..).unwrap_or_default();
        progress::said(new, new.len());
        self.said = self.text.len();
        if self.text.len() > MAX_TEXT_BYTES {
            return Err(ParseError::TooLarge { limit: (MAX_TEXT_BYTES / 1_000_000) as u64 });
        }
        if self.outline.len() > MAX_HEADINGS {
            return Err(ParseError::TooComplex(format!("more than {MAX_HEADINGS} headings")));
        }
        Ok(())
    }
}

/// Writes one table row by row.
#[derive(Debug, Default)]
pub(super) struct TableWriter {
    begun: bool,
}

impl TableWriter {
    /// The next row; the first is the header.
    pub fn row(&mut self, writer: &mut Writer, cells: &[String]) -> Result<(), ParseError> {
        let used = cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
        if used == 0 {
            return Ok(());
        }
        if self.begun {
            writer.text.push('\n');
        } else {
            writer.separate(false);
        }
        writer.text.push('|');
        for cell in cells.iter().take(used) {
            writer.text.push(' ');
            writer.text.push_str(&normalise(&one_line(cell)).replace('|', "\\|"));
            writer.text.push_str(" |");
        }
        if !self.begun {
            self.begun = true;
            writer.text.push_str("\n|");
            for _ in 0..used {
                writer.text.push_str(" --- |");
            }
        }
        // Its cells alone: what divides empty ones says nothing.
        progress::said(cells, cells.iter().map(|cell| cell.trim().len()).sum());
        writer.said = writer.text.len();
        writer.check()
    }
}

/// The text on one line, single spaces between words.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Each line tidied, empty ones dropped.
fn tidy_lines(text: &str) -> String {
    if !text.contains(['\n', '\r', '\u{2028}', '\u{c}']) {
        return one_line(text);
    }
    let mut lines = String::with_capacity(text.len());
    for line in text.split(['\n', '\r', '\u{2028}', '\u{c}']).map(one_line).filter(|line| !line.is_empty()) {
        if !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&line);
    }
    lines
}

/// NFC, without what nobody sees: soft hyphens, zero-width spaces, byte order marks.
pub(super) fn normalise(text: &str) -> String {
    const INVISIBLE: [char; 5] = ['\u{ad}', '\u{200b}', '\u{feff}', '\u{2060}', '\0'];
    let visible = |c: &char| !INVISIBLE.contains(c);
    let plain = text.is_ascii() && !text.contains('\0');
    if plain || (is_nfc(text) && text.chars().all(|c| visible(&c))) {
        text.to_owned()
    } else {
        text.chars().filter(visible).nfc().collect()
    }
}

/// Whether a character makes others stand in another order than they are in: a name with one seems to end otherwise than it
/// does, and all that is shown after it on the line would be turned around too.
const fn turns_around(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// The title of a document that has none of its own.
pub fn title_of_file(file_name: &str) -> String {
    shorten(title_from_file_name(file_name))
}

/// `Annual_report-2025.pdf` → `Annual report-2025`.
fn title_from_file_name(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let title = one_line(&stem.replace('_', " "));
    if title.is_empty() { one_line(name) } else { title }
}

/// Long titles are cut at a word, with an ellipsis.
fn shorten(title: String) -> String {
    const MOST: usize = 200;
    if title.chars().count() <= MOST {
        return title;
    }
    let cut: String = title.chars().take(MOST).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{cut}…")
}
