//! Word documents.

use std::collections::HashMap;

use super::{
    ParseError,
    archive::Archive,
    limits::{MAX_CELLS, MAX_COLUMNS},
    office_xml::{Node, XmlReader, attribute, core_properties, main_part, name_of, relationships},
    writer::{Extracted, Writer, one_line},
};

mod styles;
use styles::{Numbering, Styles};

/// Reads the body with its notes; running headers and footers are left out.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ParseError> {
    let mut archive = Archive::open(bytes)?;
    let main = main_part(&mut archive, "word/document.xml")?;
    let Some(xml) = archive.text(&main)? else {
        return Err(ParseError::Damaged("the document's text is missing".to_owned()));
    };
    let parts = relationships(&mut archive, &main)?.by_kind;
    let mut part = |kind: &str| match parts.get(kind) {
        Some(name) => archive.text(name),
        None => Ok(None),
    };
    let styles = part("styles")?.map_or_else(|| Ok(Styles::default()), |xml| Styles::read(&xml))?;
    let numbering = part("numbering")?.map_or_else(|| Ok(Numbering::default()), |xml| Numbering::read(&xml))?;
    let mut notes = HashMap::new();
    for kind in ["footnotes", "endnotes"] {
        if let Some(xml) = part(kind)? {
            read_notes(&xml, kind, &mut notes)?;
        }
    }
    let (core_title, language) = core_properties(&mut archive)?;
    let mut body = Body::new(&styles, numbering, &notes);
    body.read(&xml)?;
    Ok(Extracted {
        title: body.title.or(core_title),
        language,
        body: body.writer,
        structured: true,
        metadata: Vec::new(),
    })
}

/// The text of footnotes or endnotes by kind and id.
fn read_notes(
    xml: &str,
    kind: &'static str,
    notes: &mut HashMap<(&'static str, String), String>,
) -> Result<(), ParseError> {
    let mut reader = XmlReader::new(xml);
    let mut id = String::new();
    let mut text = String::new();
    let mut in_text = false;
    while let Some(node) = reader.next()? {
        match node {
            Node::Open(start) => match name_of(&start).as_str() {
                "footnote" | "endnote" => {
                    text.clear();
                    // Separators are notes too, by their form.
                    id = if attribute(&start, "type").is_none() {
                        attribute(&start, "id").unwrap_or_default()
                    } else {
                        String::new()
                    };
                }
                "t" => in_text = true,
                "tab" | "br" | "p" => text.push(' '),
                _ => {}
            },
            Node::Close(name) => match name.as_str() {
                "t" => in_text = false,
                "footnote" | "endnote" if !id.is_empty() => {
                    notes.insert((kind, std::mem::take(&mut id)), one_line(&text));
                }
                _ => {}
            },
            Node::Text(part) if in_text => text.push_str(&part),
            Node::Text(_) => {}
        }
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    outline_level: Option<u8>,
    /// Numbering id and level.
    list: Option<(String, usize)>,
}

#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<String>>,
    /// How many more columns the present cell takes.
    empty_after: usize,
}

struct Body<'a> {
    styles: &'a Styles,
    numbering: Numbering,
    notes: &'a HashMap<(&'static str, String), String>,
    writer: Writer,
    title: Option<String>,
    /// A text box stands inside a paragraph and holds paragraphs.
    paragraphs: Vec<Paragraph>,
    tables: Vec<Table>,
    /// Notes to write after the paragraph or table that refers to them.
    pending_notes: Vec<String>,
    /// The numbers of the notes that were referred to: each is written once, however often it is named.
    numbers: HashMap<(&'static str, String), usize>,
    /// How many cells there were in all tables.
    cells: u64,
    in_text: bool,
}

impl<'a> Body<'a> {
    fn new(styles: &'a Styles, numbering: Numbering, notes: &'a HashMap<(&'static str, String), String>) -> Self {
        Self {
            styles,
            numbering,
            notes,
            writer: Writer::default(),
            title: None,
            paragraphs: Vec::new(),
            tables: Vec::new(),
            pending_notes: Vec::new(),
            numbers: HashMap::new(),
            cells: 0,
            in_text: false,
        }
    }

    fn read(&mut self, xml: &str) -> Result<(), ParseError> {
        let mut reader = XmlReader::new(xml);
        while let Some(node) = reader.next()? {
            match node {
                Node::Open(start) => {
                    let name = name_of(&start);
                    // The same content once more for older programs, what was deleted, and instructions to fields. What older
                    // programs wrote themselves (`pict`) is there once, text boxes too.
                    if matches!(name.as_str(), "Fallback" | "del" | "moveFrom" | "instrText" | "delText") {
                        reader.skip()?;
                    } else {
                        self.open(&name, &start);
                    }
                }
                Node::Close(name) => self.close(&name)?,
                Node::Text(text) if self.in_text => self.push(&text),
                Node::Text(_) => {}
            }
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn open(&mut self, name: &str, start: &quick_xml::events::BytesStart<'_>) {
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push(" "),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "tbl" => self.tables.push(Table::default()),
            "tr" => {
                if let Some(table) = self.tables.last_mut() {
                    table.rows.push(Vec::new());
                }
            }
            "tc" => {
                if let Some(row) = self.tables.last_mut().and_then(|table| table.rows.last_mut()) {
                    row.push(String::new());
                }
            }
            "gridSpan" => {
                let span = attribute(start, "val").and_then(|value| value.parse::<usize>().ok()).unwrap_or(1);
                if let Some(table) = self.tables.last_mut() {
                    table.empty_after = span.saturating_sub(1).min(64);
                }
            }
            "footnoteReference" => self.note("footnotes", start),
            "endnoteReference" => self.note("endnotes", start),
            _ => self.property(name, start),
        }
    }

    fn property(&mut self, name: &str, start: &quick_xml::events::BytesStart<'_>) {
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        let Some(value) = attribute(start, "val") else { return };
        match name {
            "pStyle" => paragraph.style = Some(value),
            "outlineLvl" => paragraph.outline_level = value.parse().ok(),
            "ilvl" => paragraph.list.get_or_insert_default().1 = value.parse().unwrap_or(0),
            "numId" => paragraph.list.get_or_insert_default().0 = value,
            _ => {}
        }
    }

    fn note(&mut self, kind: &'static str, start: &quick_xml::events::BytesStart<'_>) {
        let Some(key) = attribute(start, "id").map(|id| (kind, id)) else { return };
        let Some(text) = self.notes.get(&key).filter(|text| !text.is_empty()) else { return };
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.pending_notes.push(format!("[{number}] {text}"));
        }
        self.push(&format!(" [{number}]"));
    }

    fn close(&mut self, name: &str) -> Result<(), ParseError> {
        match name {
            "t" => self.in_text = false,
            "p" => {
                let Some(paragraph) = self.paragraphs.pop() else { return Ok(()) };
                match self.tables.last_mut().and_then(|table| table.rows.last_mut()).and_then(|row| row.last_mut()) {
                    Some(cell) => {
                        if !cell.is_empty() {
                            cell.push('\n');
                        }
                        cell.push_str(&paragraph.text);
                    }
                    None => {
                        self.paragraph(paragraph)?;
                        self.flush_notes()?;
                    }
                }
            }
            "tc" => {
                if let Some(table) = self.tables.last_mut() {
                    let empty = std::mem::take(&mut table.empty_after);
                    if let Some(row) = table.rows.last_mut() {
                        let room = MAX_COLUMNS.saturating_sub(row.len());
                        row.extend(std::iter::repeat_n(String::new(), empty.min(room)));
                        self.cells += 1 + empty.min(room) as u64;
                    }
                }
                if self.cells > MAX_CELLS {
                    return Err(ParseError::TooComplex(format!("more than {MAX_CELLS} cells")));
                }
            }
            "tbl" => {
                let Some(table) = self.tables.pop() else { return Ok(()) };
                self.table(table)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn table(&mut self, table: Table) -> Result<(), ParseError> {
        // A table inside a cell becomes lines of that cell.
        if let Some(cell) =
            self.tables.last_mut().and_then(|outer| outer.rows.last_mut()).and_then(|row| row.last_mut())
        {
            for row in table.rows {
                let line: Vec<String> = row.iter().map(|text| one_line(text)).filter(|text| !text.is_empty()).collect();
                cell.push('\n');
                cell.push_str(&line.join(", "));
            }
            return Ok(());
        }
        // One column is a frame around text, not a table.
        if table.rows.iter().all(|row| row.len() <= 1) {
            for cell in table.rows.into_iter().flatten() {
                self.writer.paragraph(&cell)?;
            }
        } else {
            self.writer.table(&table.rows)?;
        }
        self.flush_notes()
    }

    fn flush_notes(&mut self) -> Result<(), ParseError> {
        for note in std::mem::take(&mut self.pending_notes) {
            self.writer.paragraph(&note)?;
        }
        Ok(())
    }

    fn paragraph(&mut self, paragraph: Paragraph) -> Result<(), ParseError> {
        let Paragraph { text, style, outline_level, list } = paragraph;
        let style = self.styles.find(style.as_deref());
        if style.is_title {
            if self.title.is_none() && !text.trim().is_empty() {
                self.title = Some(one_line(&text));
            }
            return self.writer.paragraph(&text);
        }
        // Level 9 says: body text, whatever the style is.
        if let Some(level) = outline_level.or(style.outline_level).filter(|level| *level < 9) {
            return self.writer.heading(level + 1, &text);
        }
        match list.or(style.list) {
            Some((id, level)) if id != "0" => {
                let marker = if text.trim().is_empty() { String::new() } else { self.numbering.marker(&id, level) };
                self.writer.list_item(level, &marker, &text)
            }
            _ => self.writer.paragraph(&text),
        }
    }
}
