//! Compares JSON with a schema of the OpenAPI document, as far as that one goes: types, words, what must be there, what may.
//! What a schema does not name must not be there either: nobody would know of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// What does not fit, each with its place.
pub fn problems(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Checker { document }.check(schema, value, "answer", &mut found);
    found
}

struct Checker<'a> {
    document: &'a Value,
}

impl Checker<'_> {
    /// A value with all of its fields.
    fn check(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        self.fit(schema, value, at, found);
        if let (Some(fields), Some(known)) = (value.as_object(), self.names(schema)) {
            let unknown = fields.keys().filter(|name| !known.contains(*name));
            found.extend(unknown.map(|name| format!("{at}.{name} is not described")));
        }
    }

    /// The same, but for fields that other parts of the same schema may name.
    fn fit(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        if let Some(target) = self.target(schema) {
            return self.fit(target, value, at, found);
        }
        for part in list(schema, "allOf") {
            self.fit(part, value, at, found);
        }
        let alternatives = alternatives(schema);
        if !alternatives.is_empty() {
            let tried = alternatives.iter().map(|one| {
                let mut problems = Vec::new();
                self.fit(one, value, at, &mut problems);
                problems
            });
            // Of none that fits, the one that comes nearest says why.
            found.extend(tried.min_by_key(Vec::len).unwrap_or_default());
        }
        if let Some(wanted) = schema.get("const").filter(|wanted| *wanted != value) {
            found.push(format!("{at} is {value} instead of {wanted}"));
        }
        if let Some(words) = schema.get("enum").and_then(Value::as_array).filter(|words| !words.contains(value)) {
            found.push(format!("{at} is {value}, none of {words:?}"));
        }
        let types = types(schema);
        if !types.is_empty() && !types.iter().any(|one| is_of(one, value)) {
            found.push(format!("{at} is {value} instead of {types:?}"));
            return;
        }
        if let Some(number) = value.as_f64() {
            let limit = |key: &str| schema.get(key).and_then(Value::as_f64);
            if limit("minimum").is_some_and(|least| number < least)
                || limit("maximum").is_some_and(|most| number > most)
            {
                found.push(format!("{at} is {number}, out of its range"));
            }
        }
        if let Some(fields) = value.as_object() {
            self.fit_fields(schema, fields, at, found);
        }
        if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
            for (index, item) in items.iter().enumerate() {
                self.check(schema, item, &format!("{at}[{index}]"), found);
            }
        }
    }

    fn fit_fields(&self, schema: &Value, fields: &Map<String, Value>, at: &str, found: &mut Vec<String>) {
        let missing = list(schema, "required").filter_map(Value::as_str).filter(|name| !fields.contains_key(*name));
        found.extend(missing.map(|name| format!("{at}.{name} is missing")));
        let described = schema.get("properties").and_then(Value::as_object);
        for (name, value) in fields {
            let own = described.and_then(|all| all.get(name));
            let others = schema.get("additionalProperties").filter(|others| others.is_object());
            if let Some(schema) = own.or(others) {
                self.check(schema, value, &format!("{at}.{name}"), found);
            }
        }
    }

    /// The fields that a schema names; nothing where it may have any.
    fn names(&self, schema: &Value) -> Option<BTreeSet<String>> {
        if let Some(target) = self.target(schema) {
            return self.names(target);
        }
        if schema.get("additionalProperties").is_some_and(|others| *others != Value::Bool(false)) {
            return None;
        }
        let own = schema.get("properties").and_then(Value::as_object);
        let mut names: BTreeSet<String> = own.into_iter().flat_map(|all| all.keys().cloned()).collect();
        let mut says_some = own.is_some();
        for part in list(schema, "allOf").chain(alternatives(schema)).filter(|part| !types(part).contains(&"null")) {
            names.extend(self.names(part)?);
            says_some = true;
        }
        says_some.then_some(names)
    }

    fn target(&self, schema: &Value) -> Option<&Value> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)?;
        Some(&self.document["components"]["schemas"][name])
    }
}

fn list<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The schemas of which one fits. Some of ours fit twice, which the document's `oneOf` does not mean to forbid.
fn alternatives(schema: &Value) -> Vec<&Value> {
    list(schema, "oneOf").chain(list(schema, "anyOf")).collect()
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(some)) => some.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("there is no type {other}"),
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let document = json!({ "components": { "schemas": {
        "Named": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } },
    } } });
    let found = |schema: &Value, value: &Value| problems(&document, schema, value);
    let fits = Vec::<String>::new();
    let named = json!({ "$ref": "#/components/schemas/Named" });
    assert_eq!(found(&named, &json!({ "name": "a" })), fits);
    assert_eq!(found(&named, &json!({})), ["answer.name is missing"]);
    assert_eq!(found(&named, &json!({ "name": 7 })), ["answer.name is 7 instead of [\"string\"]"]);
    assert_eq!(found(&named, &json!({ "name": "a", "age": 7 })), ["answer.age is not described"]);
    let all = json!({ "type": "array", "items": { "oneOf": [{ "type": "null" }, named] } });
    assert_eq!(found(&all, &json!([null, { "name": "a" }])), fits);
    assert_eq!(found(&all, &json!([{ "name": 1, "x": 1 }])).len(), 2);
    let older = json!({ "type": "object", "properties": { "age": { "type": "integer", "minimum": 0 } } });
    let whole = json!({ "allOf": [named, older] });
    assert_eq!(found(&whole, &json!({ "name": "a", "age": 7 })), fits);
    assert_eq!(found(&whole, &json!({ "name": "a", "age": -1 })), ["answer.age is -1, out of its range"]);
    let map = json!({ "type": "object", "additionalProperties": { "type": "boolean" } });
    assert_eq!(found(&map, &json!({ "a": true, "b": 1 })), ["answer.b is 1 instead of [\"boolean\"]"]);
    assert_eq!(found(&json!({ "enum": ["a"] }), &json!("b")).len(), 1);
    assert_eq!(found(&json!({}), &json!({ "any": "thing" })), fits);
}
