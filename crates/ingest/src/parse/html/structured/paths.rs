//! The values of structured data by their paths: `Product.brand.name`, for whoever defines a field for one of them.

use hammock_contract::metadata::{FoundMetadata, MetadataOrigin};
use serde_json::{Map, Value};

use super::{IGNORED, MAX_DEPTH, NESTED, values};
use crate::parse::metadata::{Collected, LONGEST_PART};

/// The longest value that is looked through for markup. Bytes.
const LONGEST_MARKUP: usize = 2_000;

/// How deep a path goes below its item.
const MAX_STEPS: usize = 4;

/// Paths of several items are one: a list of products gives every brand.
pub(super) fn found<'a>(items: impl IntoIterator<Item = &'a Value>) -> Vec<FoundMetadata> {
    let mut collected = Collected::new(MetadataOrigin::JsonLd);
    for item in items {
        look(item, 0, &mut collected);
    }
    collected.finish()
}

fn look(value: &Value, depth: usize, collected: &mut Collected) {
    if depth > MAX_DEPTH {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| look(value, depth + 1, collected)),
        Value::Object(map) => {
            let types: Vec<String> =
                values::texts(map.get("@type")).iter().map(|name| values::last_part(name).to_owned()).collect();
            if types.iter().any(|name| IGNORED.contains(&name.as_str())) {
                return;
            }
            for name in names(&types) {
                properties(map, &name, 0, collected);
            }
            NESTED.iter().filter_map(|name| map.get(*name)).for_each(|value| look(value, depth + 1, collected));
        }
        _ => {}
    }
}

/// The names that an item's paths begin with: its types, and the general one that people think of.
fn names(types: &[String]) -> Vec<String> {
    let mut names: Vec<String> = types.to_vec();
    for name in types {
        let general =
            ["Article", "Posting", "Product", "Event", "Organization"].into_iter().find(|end| name.ends_with(*end));
        let general = match general {
            Some("Posting") if name != "JobPosting" => Some("Article"),
            Some("Posting") => None,
            other => other,
        };
        if let Some(general) = general
            && !names.iter().any(|known| known == general)
        {
            names.push(general.to_owned());
        }
    }
    names
}

fn properties(map: &Map<String, Value>, path: &str, steps: usize, collected: &mut Collected) {
    let is_short = |name: &str| name.len() <= LONGEST_PART && path.len() <= LONGEST_PART;
    let is_part = |name: &str| is_short(name) && !name.starts_with('@') && !(steps == 0 && NESTED.contains(&name));
    for (name, value) in map.iter().filter(|(name, _)| is_part(name)) {
        property(value, &format!("{path}.{name}"), steps, collected);
    }
}

fn property(value: &Value, path: &str, steps: usize, collected: &mut Collected) {
    match value {
        // Pages hold markup in short values too; what is longer is cut anyway.
        Value::String(text) if text.len() <= LONGEST_MARKUP && text.contains(['<', '&']) => {
            if let Some(plain) = values::first(Some(value)) {
                collected.add(path, &plain);
            }
        }
        Value::String(text) => collected.add(path, text),
        Value::Number(number) => collected.add(path, &number.to_string()),
        Value::Bool(yes) => collected.add(path, if *yes { "true" } else { "false" }),
        Value::Array(values) if steps < MAX_STEPS => {
            values.iter().for_each(|value| property(value, path, steps + 1, collected));
        }
        Value::Object(map) if steps < MAX_STEPS => {
            // People who ask for the brand mean its name.
            if let Some(name) = map.get("@value").or_else(|| map.get("name")).and_then(Value::as_str) {
                collected.add(path, name);
            }
            properties(map, path, steps + 1, collected);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values_at(items: &[Value], path: &str) -> Vec<String> {
        found(items).into_iter().find(|found| found.name == path).map(|found| found.values).unwrap_or_default()
    }

    #[test]
    fn values_have_paths_from_their_items() {
        let items = [json!({ "@graph": [
            { "@type": "WebSite", "name": "The shop" },
            { "@type": "NewsArticle", "datePublished": "2026-11-27", "author": [{ "@type": "Person", "name": "Eva" }] },
            { "@type": "Product", "brand": { "@type": "Brand", "name": "Acme" }, "offers": { "price": 5.5 },
              "mainEntity": { "@type": "Question", "name": "Why?" }, "isFamilyFriendly": true },
        ] })];
        assert_eq!(values_at(&items, "Article.datePublished"), ["2026-11-27"]);
        assert_eq!(values_at(&items, "NewsArticle.author.name"), ["Eva"]);
        assert_eq!(values_at(&items, "Product.brand.name"), ["Acme"]);
        assert_eq!(values_at(&items, "Product.brand"), ["Acme"]);
        assert_eq!(values_at(&items, "Product.offers.price"), ["5.5"]);
        assert_eq!(values_at(&items, "Product.isFamilyFriendly"), ["true"]);
        assert_eq!(values_at(&items, "Question.name"), ["Why?"]);
        assert!(found(&items).iter().all(|found| !found.name.starts_with("WebSite")));
    }
}
