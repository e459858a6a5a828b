//! PowerPoint presentations.

use hammock_contract::passage::Place;

use super::{
    ParseError,
    archive::Archive,
    language::detect_language,
    limits::MAX_PAGES,
    office_xml::{Node, XmlReader, attribute, core_properties, main_part, name_of, relationships},
    progress,
    writer::{Extracted, Writer, one_line},
};

/// Reads the slides in the order in which they are shown, with their notes.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ParseError> {
    let mut archive = Archive::open(bytes)?;
    let main = main_part(&mut archive, "ppt/presentation.xml")?;
    let Some(xml) = archive.text(&main)? else {
        return Err(ParseError::Damaged("the list of slides is missing".to_owned()));
    };
    let parts = relationships(&mut archive, &main)?.by_id;
    let mut slides = Vec::new();
    let mut reader = XmlReader::new(&xml);
    while let Some(node) = reader.next()? {
        let Node::Open(start) = node else { continue };
        if name_of(&start) != "sldId" {
            continue;
        }
        // `id` is the slide's own number, `r:id` its relationship; without prefixes only the second is among the parts.
        let by_id =
            start.attributes().with_checks(false).filter_map(Result::ok).find_map(|a| parts.get(a.value.as_ref()));
        slides.extend(by_id.cloned());
        if slides.len() > MAX_PAGES {
            return Err(ParseError::TooComplex(format!("more than {MAX_PAGES} slides")));
        }
    }
    let (title, language) = core_properties(&mut archive)?;
    let mut shown = Vec::with_capacity(slides.len());
    for (number, part) in (1_u32..).zip(&slides) {
        let Some(xml) = archive.text(part)? else { continue };
        let slide = read_slide(&xml)?;
        progress::said_together(slide.words());
        let notes = match relationships(&mut archive, part)?.by_kind.get("notesSlide") {
            Some(notes) => archive.text(notes)?,
            None => None,
        };
        let notes = notes.map(|xml| read_slide(&xml)).transpose()?;
        shown.push((number, slide, notes));
    }
    let text: String = shown.iter().flat_map(|(_, slide, _)| slide.words()).flat_map(|words| [words, "\n"]).collect();
    let notes_title = notes_title(detect_language(&text, language.as_deref()).as_deref());
    let mut writer = Writer::default();
    for (number, slide, notes) in shown {
        write_slide(&mut writer, number, slide, notes, notes_title)?;
    }
    Ok(Extracted { title, language, body: writer, structured: true, metadata: Vec::new() })
}

enum Block {
    /// Level and text.
    Paragraph(usize, String),
    Table(Vec<Vec<String>>),
}

#[derive(Default)]
struct Slide {
    title: String,
    blocks: Vec<Block>,
}

impl Slide {
    /// Its title and its paragraphs.
    fn words(&self) -> impl Iterator<Item = &str> {
        let paragraphs = self.blocks.iter().filter_map(|block| match block {
            Block::Paragraph(_, text) => Some(text.as_str()),
            Block::Table(_) => None,
        });
        std::iter::once(self.title.as_str()).chain(paragraphs)
    }
}

/// The heading over a speaker's notes, in the language of the slides where we know how it is called there.
fn notes_title(language: Option<&str>) -> &'static str {
    match language {
        Some("cs" | "sk") => "Poznámky",
        Some("de") => "Notizen",
        Some("es" | "pt") => "Notas",
        Some("it") => "Note",
        // English and French.
        _ => "Notes",
    }
}

fn write_slide(
    writer: &mut Writer,
    number: u32,
    slide: Slide,
    notes: Option<Slide>,
    notes_title: &str,
) -> Result<(), ParseError> {
    let notes = notes.map(|notes| notes.blocks).unwrap_or_default();
    if slide.title.is_empty() && slide.blocks.is_empty() && notes.is_empty() {
        return Ok(());
    }
    writer.page(Place::Slide { number });
    let mut blocks = slide.blocks;
    let mut title = slide.title;
    if title.is_empty() {
        // Without a heading the slide would seem to belong to the one before it.
        title = match blocks.first() {
            Some(Block::Paragraph(_, text)) if text.chars().count() <= 80 => {
                let text = text.clone();
                blocks.remove(0);
                text
            }
            _ => number.to_string(),
        };
    }
    writer.heading(1, &title)?;
    // Points of a slide are a list; a single one is a sentence.
    let points = blocks.iter().filter(|block| matches!(block, Block::Paragraph(..))).count();
    for block in blocks {
        match block {
            Block::Paragraph(level, text) if points > 1 => writer.list_item(level, "-", &text)?,
            Block::Paragraph(_, text) => writer.paragraph(&text)?,
            Block::Table(rows) => writer.table(&rows)?,
        }
    }
    // A heading of their own goes with every passage of the notes: what a speaker says does not stand on the slide.
    if notes.iter().any(|block| matches!(block, Block::Paragraph(..))) {
        writer.heading(2, notes_title)?;
    }
    for block in notes {
        if let Block::Paragraph(_, text) = block {
            writer.paragraph(&text)?;
        }
    }
    Ok(())
}

/// The text of a slide or of its notes.
fn read_slide(xml: &str) -> Result<Slide, ParseError> {
    let mut slide = Slide::default();
    let mut reader = XmlReader::new(xml);
    let mut placeholder = String::new();
    let (mut text, mut level, mut in_text) = (String::new(), 0_usize, false);
    let mut table: Option<Vec<Vec<String>>> = None;
    while let Some(node) = reader.next()? {
        match node {
            Node::Open(start) => match name_of(&start).as_str() {
                "Fallback" => reader.skip()?,
                "sp" | "graphicFrame" => placeholder.clear(),
                "ph" => placeholder = attribute(&start, "type").unwrap_or_default(),
                "p" => (text, level) = (String::new(), 0),
                "pPr" => level = attribute(&start, "lvl").and_then(|value| value.parse().ok()).unwrap_or(0),
                "t" => in_text = true,
                "br" | "tab" => text.push(' '),
                "tbl" => table = Some(Vec::new()),
                "tr" => table.iter_mut().for_each(|rows| rows.push(Vec::new())),
                "tc" => {
                    if let Some(row) = table.as_mut().and_then(|rows| rows.last_mut()) {
                        row.push(String::new());
                    }
                }
                _ => {}
            },
            Node::Text(part) if in_text => text.push_str(&part),
            Node::Text(_) => {}
            Node::Close(name) => match name.as_str() {
                "t" => in_text = false,
                "p" => {
                    let line = one_line(&text);
                    text.clear();
                    if line.is_empty() {
                        continue;
                    }
                    if let Some(cell) = table.as_mut().and_then(|rows| rows.last_mut()).and_then(|row| row.last_mut()) {
                        cell.push(' ');
                        cell.push_str(&line);
                        continue;
                    }
                    match placeholder.as_str() {
                        "title" | "ctrTitle" => {
                            if !slide.title.is_empty() {
                                slide.title.push(' ');
                            }
                            slide.title.push_str(&line);
                        }
                        // Number, date and running lines say nothing about the slide.
                        "sldNum" | "dt" | "ftr" | "hdr" | "sldImg" => {}
                        _ => slide.blocks.push(Block::Paragraph(level, line)),
                    }
                }
                "tbl" => slide.blocks.extend(table.take().map(Block::Table)),
                _ => {}
            },
        }
    }
    Ok(slide)
}
