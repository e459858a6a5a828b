//! What Word's styles and numberings mean.

use std::collections::HashMap;

use crate::parse::{
    ParseError,
    office_xml::{Node, XmlReader, attribute, name_of},
};

/// What a style says about a paragraph.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    /// Whether it is the document's title.
    pub is_title: bool,
    /// 0 to 8 for headings, 9 for body text.
    pub outline_level: Option<u8>,
    /// Numbering id and level.
    pub list: Option<(String, usize)>,
    based_on: Option<String>,
}

/// The styles of a document by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: HashMap<String, Style>,
}

impl Styles {
    /// Reads `styles.xml`.
    pub fn read(xml: &str) -> Result<Self, ParseError> {
        let mut by_id = HashMap::new();
        let mut reader = XmlReader::new(xml);
        let mut current: Option<(String, Style)> = None;
        while let Some(node) = reader.next()? {
            match node {
                Node::Open(start) if name_of(&start) == "style" => {
                    current = attribute(&start, "styleId").map(|id| (id, Style::default()));
                }
                Node::Open(start) => {
                    let (Some((_, style)), Some(value)) = (current.as_mut(), attribute(&start, "val")) else {
                        continue;
                    };
                    match name_of(&start).as_str() {
                        // Built-in styles have the same name in every language; only their ids are translated.
                        "name" => {
                            let name = value.to_lowercase();
                            style.is_title = name == "title";
                            style.outline_level = style.outline_level.or(heading_level(&name));
                        }
                        "basedOn" => style.based_on = Some(value),
                        "outlineLvl" => style.outline_level = value.parse().ok(),
                        "numId" => style.list.get_or_insert_default().0 = value,
                        "ilvl" => style.list.get_or_insert_default().1 = value.parse().unwrap_or(0),
                        _ => {}
                    }
                }
                Node::Close(name) if name == "style" => by_id.extend(current.take()),
                _ => {}
            }
        }
        Ok(Self { by_id })
    }

    /// The style with what it inherits. A style that the document does not define may still tell by its id.
    pub fn find(&self, id: Option<&str>) -> Style {
        let Some(id) = id else { return Style::default() };
        let Some(mut style) = self.by_id.get(id).cloned() else {
            let name = id.to_lowercase();
            return Style { is_title: name == "title", outline_level: heading_level(&name), ..Style::default() };
        };
        let mut parent = style.based_on.clone();
        // Styles may be based on each other in a circle.
        for _ in 0..16 {
            let Some(ancestor) = parent.as_ref().and_then(|id| self.by_id.get(id)) else { break };
            style.outline_level = style.outline_level.or(ancestor.outline_level);
            style.list = style.list.or_else(|| ancestor.list.clone());
            parent.clone_from(&ancestor.based_on);
        }
        style
    }
}

/// `heading 2` and `Heading2` → 1.
fn heading_level(name: &str) -> Option<u8> {
    let digits = name.strip_prefix("heading")?.trim();
    digits.parse::<u8>().ok().filter(|level| (1..=9).contains(level)).map(|level| level - 1)
}

/// How lists count.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    /// The abstract numbering of each numbering.
    abstract_of: HashMap<String, String>,
    /// Which levels of abstract numberings count rather than dot.
    counted: HashMap<(String, usize), bool>,
    /// How many items there were on each level of a numbering since the last one further out.
    counters: HashMap<String, [u32; LEVELS]>,
}

/// How many levels a list has in Word.
const LEVELS: usize = 9;

impl Numbering {
    /// Reads `numbering.xml`.
    pub fn read(xml: &str) -> Result<Self, ParseError> {
        let mut numbering = Self::default();
        let mut reader = XmlReader::new(xml);
        let (mut abstract_id, mut number_id, mut level) = (String::new(), String::new(), 0_usize);
        while let Some(node) = reader.next()? {
            let Node::Open(start) = node else { continue };
            let value = |name: &str| attribute(&start, name).unwrap_or_default();
            match name_of(&start).as_str() {
                "abstractNum" => abstract_id = value("abstractNumId"),
                "lvl" => level = value("ilvl").parse().unwrap_or(0),
                "numFmt" => {
                    let counts = !matches!(value("val").as_str(), "bullet" | "none");
                    numbering.counted.entry((abstract_id.clone(), level)).or_insert(counts);
                }
                "num" => number_id = value("numId"),
                "abstractNumId" => {
                    numbering.abstract_of.insert(number_id.clone(), value("val"));
                }
                _ => {}
            }
        }
        Ok(numbering)
    }

    /// The marker of the next item: `-` or its number.
    pub fn marker(&mut self, id: &str, level: usize) -> String {
        let abstract_id = self.abstract_of.get(id).cloned().unwrap_or_default();
        if !self.counted.get(&(abstract_id, level)).copied().unwrap_or(false) {
            return "-".to_owned();
        }
        let counters = self.counters.entry(id.to_owned()).or_default();
        // An outer item begins the inner counting anew.
        counters.iter_mut().skip(level.saturating_add(1)).for_each(|inner| *inner = 0);
        let Some(counter) = counters.get_mut(level) else { return "-".to_owned() };
        *counter = counter.saturating_add(1);
        format!("{counter}.")
    }
}
