//! Items that stand beside one another and are named by their `@id`: an article names its author so, a product its offer. In the
//! place of the name comes what the item says itself.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{MAX_DEPTH, MAX_ITEMS, NESTED};

/// The longest value that is taken over. Bytes.
const LONGEST: usize = 2_000;
/// How many values of an item are taken over.
const MOST_VALUES: usize = 30;

/// Fills in what the items of a page are named for. Of each only its own values are taken, not what is inside it: so items that
/// name each other end somewhere, and stay small however often they are named.
pub(super) fn resolve(items: &mut [Value]) {
    let mut named = HashMap::new();
    items.iter().for_each(|item| gather(item, 0, &mut named));
    let mut left = MAX_ITEMS;
    if !named.is_empty() {
        items.iter_mut().for_each(|item| fill(item, false, 0, &named, &mut left));
    }
}

/// The items that say more than their name.
fn gather(value: &Value, depth: usize, named: &mut HashMap<String, Map<String, Value>>) {
    if depth > MAX_DEPTH || named.len() >= MAX_ITEMS {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| gather(value, depth + 1, named)),
        Value::Object(map) => {
            if let Some(id) = map.get("@id").and_then(Value::as_str).filter(|_| !is_reference(map)) {
                named.entry(id.to_owned()).or_insert_with(|| own_values(map));
            }
            map.values().for_each(|value| gather(value, depth + 1, named));
        }
        _ => {}
    }
}

/// Whether this is nothing but the name of an item.
fn is_reference(map: &Map<String, Value>) -> bool {
    map.keys().all(|key| matches!(key.as_str(), "@id" | "@type"))
}

/// Whether a value is an item's own, and not what is inside it.
fn is_own(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= LONGEST,
        Value::Number(_) | Value::Bool(_) => true,
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

fn own_values(map: &Map<String, Value>) -> Map<String, Value> {
    let own = map.iter().filter(|(key, value)| *key != "@id" && is_own(value));
    own.take(MOST_VALUES).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Puts items in the place of their names, but not where an item leads to others that are as good as itself: those are read where
/// they stand.
fn fill(
    value: &mut Value,
    is_value: bool,
    depth: usize,
    named: &HashMap<String, Map<String, Value>>,
    left: &mut usize,
) {
    if depth > MAX_DEPTH || *left == 0 {
        return;
    }
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| fill(value, is_value, depth + 1, named, left)),
        Value::Object(map) if is_reference(map) => {
            let found = map.get("@id").and_then(Value::as_str).and_then(|id| named.get(id));
            if let Some(found) = found.filter(|_| is_value) {
                *left -= 1;
                *map = found.clone();
            }
        }
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                fill(value, !NESTED.contains(&key.as_str()), depth + 1, named, left);
            }
        }
        _ => {}
    }
}
