//! Values of structured data as plain text.

use dom_query::Document;
use serde_json::{Map, Value};

use super::{MAX_DEPTH, MAX_VALUE_BYTES};
use crate::parse::{
    html::{boilerplate::Boilerplate, render::render},
    writer::{normalise, one_line},
};

/// How many values of one property are read.
const MAX_VALUES: usize = 20;

/// How many tags a value may have to be read as a page is.
const MAX_TAGS: usize = 400;

/// The objects among the values of a property.
pub(super) fn objects(value: Option<&Value>) -> Vec<&Map<String, Value>> {
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_object).take(MAX_VALUES).collect(),
        Some(Value::Object(map)) => vec![map],
        _ => Vec::new(),
    }
}

/// The values of a property, each on one line. Of an object its name is taken.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    let mut texts = Vec::new();
    if let Some(value) = value {
        gather(value, 0, &mut texts);
    }
    texts.into_iter().map(|text| one_line(&text)).filter(|text| !text.is_empty()).collect()
}

/// The first value of a property on one line.
pub(super) fn first(value: Option<&Value>) -> Option<String> {
    texts(value).into_iter().next()
}

/// The first value of a property with its lines.
pub(super) fn lines(value: Option<&Value>) -> Option<String> {
    let mut texts = Vec::new();
    if let Some(value) = value {
        gather(value, 0, &mut texts);
    }
    texts.into_iter().next()
}

/// Each text once, in their order; `None` without any.
pub(super) fn distinct(texts: impl IntoIterator<Item = String>, separator: &str) -> Option<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts.into_iter().take(MAX_VALUES) {
        if !text.is_empty() && !kept.contains(&text) {
            kept.push(text);
        }
    }
    (!kept.is_empty()).then(|| kept.join(separator))
}

/// `https://schema.org/InStock` → `InStock`.
pub(super) fn last_part(name: &str) -> &str {
    name.trim().rsplit(['/', '#', ':']).next().unwrap_or(name)
}

fn gather(value: &Value, depth: usize, texts: &mut Vec<String>) {
    if depth > MAX_DEPTH || texts.len() >= MAX_VALUES {
        return;
    }
    match value {
        Value::String(text) => texts.extend(clean(text)),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Array(values) => {
            for value in values {
                gather(value, depth + 1, texts);
            }
        }
        Value::Object(map) => {
            if let Some(value) = map.get("@value").or_else(|| map.get("name")) {
                gather(value, depth + 1, texts);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// Text without tags and character references, which many pages put even here.
fn clean(text: &str) -> Option<String> {
    let cut = cut(text.trim());
    let mut text = if cut.contains(['<', '&']) { without_tags(cut) } else { cut.to_owned() };
    // Some tags come written as `&lt;p&gt;`; beside other tags that would be text about tags.
    if !cut.contains('<') && text.contains("</") {
        text = without_tags(&text);
    }
    let text = normalise(text.trim());
    (!text.is_empty()).then_some(text)
}

/// At most so much of a text.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_VALUE_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn without_tags(html: &str) -> String {
    // A tree of very many tags may be far larger than they are; a value that people read has few.
    if html.matches('<').count() > MAX_TAGS {
        return html.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    }
    let fragment = Document::fragment(html);
    let root = fragment.root();
    let boilerplate = Boilerplate::invisible();
    let content = render(&root, &boilerplate).unwrap_or_default();
    content.writer.text().to_owned()
}
