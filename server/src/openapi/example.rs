//! The least that a schema accepts, as JSON to start from.

use serde_json::{Map, Value, json};

use super::reading::target;

/// Deeper than any of our bodies; ends what refers to itself.
const DEEPEST: usize = 8;

/// An example of `schema`: every required field, of alternatives the first that is something.
pub fn example(document: &Value, schema: &Value) -> Value {
    at_depth(document, schema, 0)
}

fn at_depth(document: &Value, schema: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    let schema = target(document, schema);
    let given =
        ["example", "const", "default"].iter().find_map(|key| schema.get(*key).filter(|value| !value.is_null()));
    if let Some(value) = given.or_else(|| schema.pointer("/enum/0")) {
        return value.clone();
    }
    let list = |key: &str| schema.get(key).and_then(Value::as_array);
    if let Some(parts) = list("allOf") {
        let mut whole = Map::new();
        for part in parts {
            match at_depth(document, part, depth + 1) {
                Value::Object(fields) => whole.extend(fields),
                other => return other,
            }
        }
        return Value::Object(whole);
    }
    if let Some(alternatives) = list("oneOf").or_else(|| list("anyOf")) {
        let mut examples = alternatives.iter().map(|one| at_depth(document, one, depth + 1));
        return examples.find(|value| !value.is_null()).unwrap_or_default();
    }
    // Of several types the first that is not null.
    let of_type = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).find(|one| *one != "null"),
        Some(Value::String(one)) => Some(one.as_str()),
        _ => None,
    };
    match (of_type, schema.get("format").and_then(Value::as_str)) {
        (Some("string"), Some("date-time")) => json!("2026-01-31T12:00:00Z"),
        (Some("string"), _) => json!("…"),
        (Some("integer" | "number"), _) => schema.get("minimum").cloned().unwrap_or(json!(0)),
        (Some("boolean"), _) => json!(false),
        (Some("array"), _) => {
            let item = schema.get("items").map(|items| at_depth(document, items, depth + 1));
            Value::Array(item.into_iter().filter(|item| !item.is_null()).collect())
        }
        (Some("object"), _) => {
            let required = list("required").into_iter().flatten().filter_map(Value::as_str);
            let of = |name: &str| schema.get("properties").and_then(|fields| fields.get(name)).unwrap_or(&Value::Null);
            Value::Object(
                required.map(|name| (name.to_owned(), at_depth(document, of(name), depth + 1))).collect::<Map<_, _>>(),
            )
        }
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_has_what_is_required_and_no_more() {
        let document = json!({ "components": { "schemas": {
            "Role": { "type": "string", "enum": ["user", "owner"] },
            "Again": { "type": "object", "required": ["again"], "properties": {
                "again": { "$ref": "#/components/schemas/Again" } } },
        } } });
        let schema = json!({ "type": "object", "required": ["role", "names", "when", "how", "limit"], "properties": {
            "role": { "$ref": "#/components/schemas/Role" },
            "names": { "type": "array", "items": { "type": "string" } },
            "when": { "type": "string", "format": "date-time" },
            "how": { "oneOf": [{ "type": "null" }, { "allOf": [
                { "type": "object", "required": ["a"], "properties": { "a": { "type": "boolean" } } },
                { "type": "object", "required": ["kind"], "properties": { "kind": { "enum": ["set"] } } },
            ] }] },
            "limit": { "type": ["integer", "null"], "minimum": 1 },
            "other": { "type": "string" },
        } });
        assert_eq!(
            example(&document, &schema),
            json!({ "role": "user", "names": ["…"], "when": "2026-01-31T12:00:00Z", "how": { "a": false, "kind": "set" }, "limit": 1 })
        );
        // What refers to itself ends.
        assert!(example(&document, &json!({ "$ref": "#/components/schemas/Again" })).is_object());
    }
}
