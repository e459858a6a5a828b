//! The XML of office documents: a thin reader that ignores namespaces, expands nothing and follows nothing.

use std::{borrow::Cow, collections::HashMap};

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{ParseError, archive::Archive, limits::MAX_DEPTH};

/// What the reader comes across.
pub(super) enum Node<'a> {
    /// An element begins; empty ones begin and end.
    Open(BytesStart<'a>),
    /// An element ends; its name without prefix.
    Close(String),
    /// Text.
    Text(Cow<'a, str>),
}

/// Reads elements and text in order.
pub(super) struct XmlReader<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> XmlReader<'a> {
    /// At the beginning of `xml`.
    pub fn new(xml: &'a str) -> Self {
        let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0 }
    }

    /// What comes next; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Node<'a>>, ParseError> {
        loop {
            let event = self.reader.read_event().map_err(|error| ParseError::Damaged(error.to_string()))?;
            return Ok(Some(match event {
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(ParseError::TooComplex("its elements nest too deep".to_owned()));
                    }
                    Node::Open(start)
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Node::Close(end.local_name().as_ref().to_owned())
                }
                Event::Text(text) => Node::Text(text.xml10_content()),
                Event::CData(text) => Node::Text(text.xml10_content()),
                // Entities that the document defines itself are not expanded: that is how small files become huge.
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(c)) => Node::Text(Cow::Owned(c.to_string())),
                    _ => match quick_xml::escape::resolve_predefined_entity(&reference) {
                        Some(text) => Node::Text(Cow::Borrowed(text)),
                        None => continue,
                    },
                },
                Event::Eof => return Ok(None),
                _ => continue,
            }));
        }
    }

    /// Passes over the rest of the element that was just opened.
    pub fn skip(&mut self) -> Result<(), ParseError> {
        let mut open = 1;
        while open > 0 {
            match self.next()? {
                Some(Node::Open(_)) => open += 1,
                Some(Node::Close(_)) => open -= 1,
                Some(Node::Text(_)) => {}
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

/// An element's name without prefix.
pub(super) fn name_of(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// An attribute by its name without prefix.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    start
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned))
}

/// Where a part's relationships point to, inside the archive.
#[derive(Debug, Default)]
pub(super) struct Relationships {
    /// Part name by relationship id.
    pub by_id: HashMap<String, String>,
    /// Part name by the last word of the relationship's type: `styles`, `notesSlide`.
    pub by_kind: HashMap<String, String>,
}

/// The relationships of a part; none when it has none.
pub(super) fn relationships(archive: &mut Archive<'_>, part: &str) -> Result<Relationships, ParseError> {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let rels = if folder.is_empty() { format!("_rels/{file}.rels") } else { format!("{folder}/_rels/{file}.rels") };
    let mut found = Relationships::default();
    let Some(xml) = archive.text(&rels)? else { return Ok(found) };
    let mut reader = XmlReader::new(&xml);
    while let Some(node) = reader.next()? {
        let Node::Open(start) = node else { continue };
        if name_of(&start) != "Relationship" || attribute(&start, "TargetMode").as_deref() == Some("External") {
            continue;
        }
        let Some(target) = attribute(&start, "Target") else { continue };
        let target = resolve(folder, &target);
        if let Some(id) = attribute(&start, "Id") {
            found.by_id.insert(id, target.clone());
        }
        if let Some(kind) = attribute(&start, "Type") {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            found.by_kind.entry(kind).or_insert(target);
        }
    }
    Ok(found)
}

/// The main part of a document: what the package's own relationships call so, else the usual name.
pub(super) fn main_part(archive: &mut Archive<'_>, usual: &str) -> Result<String, ParseError> {
    let found = relationships(archive, "")?;
    let named = found.by_kind.get("officeDocument").filter(|part| archive.has(part));
    Ok(named.cloned().unwrap_or_else(|| usual.to_owned()))
}

/// Title and language of `docProps/core.xml`.
pub(super) fn core_properties(archive: &mut Archive<'_>) -> Result<(Option<String>, Option<String>), ParseError> {
    let Some(xml) = archive.text("docProps/core.xml")? else { return Ok((None, None)) };
    let mut reader = XmlReader::new(&xml);
    let (mut title, mut language, mut inside) = (String::new(), String::new(), String::new());
    // Damaged properties do not make a document unreadable.
    while let Ok(Some(node)) = reader.next() {
        match node {
            Node::Open(start) => inside = name_of(&start),
            Node::Close(_) => inside.clear(),
            Node::Text(text) if inside == "title" => title.push_str(&text),
            Node::Text(text) if inside == "language" => language.push_str(&text),
            Node::Text(_) => {}
        }
    }
    let told = |text: String| (!text.trim().is_empty()).then_some(text);
    Ok((told(title).filter(|title| !is_placeholder(title)), told(language)))
}

/// Titles that programs set when nobody does.
fn is_placeholder(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    let names = ["untitled", "powerpoint presentation", "présentation powerpoint", "prezentace aplikace powerpoint"];
    names.contains(&title.as_str()) || title.starts_with("microsoft word - ") || title.starts_with("slide 1")
}

/// A target relative to a folder of the archive.
fn resolve(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(path.pop()),
            name => path.push(name),
        }
    }
    path.join("/")
}
