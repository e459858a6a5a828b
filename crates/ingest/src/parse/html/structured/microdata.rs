//! Microdata: `itemscope`, `itemtype` and `itemprop` on a page's elements, as the same tree that JSON-LD gives.

use dom_query::{Document, NodeData, NodeRef};
use serde_json::{Map, Value};

use super::{MAX_DEPTH, MAX_VALUE_BYTES};
use crate::parse::html::render::is_block;

/// How many items are read, nested ones counted.
const MAX_SCOPES: usize = 2_000;

/// How many properties of all items together are read. Properties may stand inside each other, each with all the text.
const MAX_PROPERTIES: usize = 5_000;

/// How many nodes are looked at for the text of one property.
const MAX_NODES: usize = 5_000;

struct Scope {
    types: Vec<Value>,
    properties: Vec<(String, Property)>,
    depth: usize,
    /// Whether it is no property of another.
    outermost: bool,
}

enum Property {
    Text(String),
    /// The number of an item.
    Scope(usize),
}

/// The attributes that count.
#[derive(Default)]
struct Marks {
    scope: bool,
    types: Vec<Value>,
    names: Vec<String>,
}

/// The items of a page that are not part of another, in their order.
pub(super) fn read(document: &Document) -> Vec<Value> {
    to_values(scopes(document))
}

fn scopes(document: &Document) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::new();
    let mut properties = 0;
    // By hand rather than by recursion: the tree may be deeper than a stack.
    let mut open: Vec<(NodeRef<'_>, Option<usize>)> = vec![(document.root(), None)];
    while let Some((node, owner)) = open.pop() {
        let marks = marks(&node);
        let mut inner = owner;
        if marks.scope {
            let depth = owner.and_then(|owner| scopes.get(owner)).map_or(0, |scope| scope.depth + 1);
            if depth > MAX_DEPTH || scopes.len() >= MAX_SCOPES {
                continue;
            }
            let number = scopes.len();
            let is_part = owner.is_some() && !marks.names.is_empty();
            scopes.push(Scope { types: marks.types, properties: Vec::new(), depth, outermost: !is_part });
            inner = Some(number);
            // Each item belongs to one name only, or it would have to be copied.
            if let (Some(outer), Some(name)) =
                (owner.and_then(|owner| scopes.get_mut(owner)), marks.names.into_iter().next())
            {
                outer.properties.push((name, Property::Scope(number)));
            }
        } else if let Some(outer) = owner.and_then(|owner| scopes.get_mut(owner)) {
            for name in marks.names {
                if properties >= MAX_PROPERTIES {
                    break;
                }
                properties += 1;
                if let Some(text) = value_of(&node, &name) {
                    outer.properties.push((name, Property::Text(text)));
                }
            }
        }
        open.extend(node.children_it(true).map(|child| (child, inner)));
    }
    scopes
}

fn marks(node: &NodeRef<'_>) -> Marks {
    let mut marks = Marks::default();
    let Some(element) = node.element_ref() else { return marks };
    for attribute in &element.attrs {
        let value: &str = &attribute.value;
        match &*attribute.name.local {
            "itemscope" => marks.scope = true,
            "itemtype" => {
                marks.types = value.split_whitespace().take(4).map(|name| Value::String(name.to_owned())).collect();
            }
            "itemprop" => marks.names = value.split_whitespace().take(4).map(str::to_owned).collect(),
            _ => {}
        }
    }
    marks
}

/// What a property says: what is written for machines, else the element's text.
fn value_of(node: &NodeRef<'_>, name: &str) -> Option<String> {
    let attribute = |name: &str| node.attr(name).map(|value| value.to_string());
    if let Some(content) = attribute("content") {
        return Some(content);
    }
    let is = |name: &str| node.has_name(name);
    if is("img") || is("video") || is("audio") || is("iframe") {
        return None;
    }
    let written = if is("time") {
        attribute("datetime")
    } else if is("data") || is("meter") {
        attribute("value")
    } else if is("link") || (is("a") && matches!(name, "url" | "sameAs")) {
        attribute("href")
    } else {
        None
    };
    Some(written.unwrap_or_else(|| text_of(node)))
}

/// The text of an element, its blocks on lines of their own, as far as the limits allow.
fn text_of(node: &NodeRef<'_>) -> String {
    let mut text = String::new();
    let mut open = vec![*node];
    let mut looked_at = 0;
    while let Some(next) = open.pop() {
        looked_at += 1;
        if looked_at > MAX_NODES || text.len() > MAX_VALUE_BYTES {
            break;
        }
        let inside = next.query_or(false, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => {
                // Line breaks of the source are spaces.
                let read = contents.chars().take(MAX_VALUE_BYTES);
                text.extend(read.map(|c| if c.is_whitespace() { ' ' } else { c }));
                false
            }
            NodeData::Element(element) => {
                let name: &str = &element.name.local;
                if is_block(name) || matches!(name, "br" | "li" | "ul" | "ol" | "td" | "th") {
                    text.push('\n');
                }
                !matches!(name, "script" | "style" | "noscript" | "template" | "svg")
            }
            _ => false,
        });
        if inside {
            // No more than will be looked at.
            let left = MAX_NODES.saturating_sub(looked_at + open.len());
            let mut children: Vec<NodeRef<'_>> = next.children_it(false).take(left).collect();
            children.reverse();
            open.extend(children);
        }
    }
    text
}

/// Items are made after those that they are part of, so that going backwards each is whole before it is needed.
fn to_values(scopes: Vec<Scope>) -> Vec<Value> {
    let mut made: Vec<Option<Value>> = Vec::new();
    made.resize_with(scopes.len(), || None);
    let mut outermost = Vec::new();
    for (number, scope) in scopes.into_iter().enumerate().rev() {
        let mut map: Map<String, Value> = Map::new();
        for (name, property) in scope.properties {
            let value = match property {
                Property::Text(text) => Some(Value::String(text)),
                Property::Scope(inner) => made.get_mut(inner).and_then(Option::take),
            };
            let values = map.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let (Value::Array(values), Some(value)) = (values, value) {
                values.push(value);
            }
        }
        map.insert("@type".to_owned(), Value::Array(scope.types));
        if scope.outermost {
            outermost.push(Value::Object(map));
        } else if let Some(place) = made.get_mut(number) {
            *place = Some(Value::Object(map));
        }
    }
    outermost.reverse();
    outermost
}
