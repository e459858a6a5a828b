//! Reads the OpenAPI document as people do: sections, operations, fields, types. What the page shows is thereby what the
//! document says, and cannot differ from it.

use app::api_reference::{
    Answer, Body, Credential, Field, Kind, NamedType, Operation, Piece, Reference, Section, Shape,
};
use serde_json::{Map, Value};

use super::{example::example, security};

const TYPES: &str = "#/components/schemas/";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// What the document says.
pub fn read(document: &Value) -> Reference {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let operations: Vec<(String, Operation)> = fields_of(document, "paths")
        .flat_map(|(path, methods)| {
            METHODS.iter().filter_map(move |method| Some((method, path, methods.get(*method)?)))
        })
        .map(|(method, path, described)| {
            let section = text_at(described, "/tags/0").unwrap_or_default();
            (section, operation(document, method, path, described))
        })
        .collect();
    let sections = document.get("tags").and_then(Value::as_array).into_iter().flatten().map(|tag| {
        let name = text_at(tag, "/name").unwrap_or_default();
        let own = operations.iter().filter(|(section, _)| *section == name);
        Section { note: text_at(tag, "/description"), operations: own.map(|(_, it)| it.clone()).collect(), name }
    });
    let schemas = document.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
    Reference {
        version: text("/info/version"),
        about: text("/info/description"),
        sections: sections.collect(),
        types: schemas
            .map(|(name, schema)| NamedType {
                name: name.clone(),
                note: text_at(schema, "/description"),
                shape: shape(schema),
            })
            .collect(),
    }
}

fn operation(document: &Value, method: &str, path: &str, described: &Value) -> Operation {
    let parameters = |place: &str| -> Vec<Field> {
        let all = described.get("parameters").and_then(Value::as_array).into_iter().flatten();
        all.filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some(place))
            .map(|parameter| {
                let name = text_at(parameter, "/name").unwrap_or_default();
                let required = parameter.get("required").and_then(Value::as_bool).unwrap_or_default();
                let schema = parameter.get("schema").unwrap_or(&Value::Null);
                let note = text_at(parameter, "/description");
                Field { note: note.or_else(|| text_at(schema, "/description")), ..field(&name, schema, required) }
            })
            .collect()
    };
    let answers = fields_of(described, "responses").filter(|(status, _)| *status != "default");
    Operation {
        id: text_at(described, "/operationId").unwrap_or_default(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text_at(described, "/summary").unwrap_or_default(),
        note: text_at(described, "/description"),
        credential: credential(document, described),
        in_path: parameters("path"),
        in_query: parameters("query"),
        body: described.get("requestBody").and_then(|body| contents(body).next()).map(|(media_type, schema)| {
            let least = || serde_json::to_string_pretty(&example(document, schema)).unwrap_or_default();
            let example = (media_type == "application/json").then(least);
            Body { media_type: media_type.to_owned(), shape: shape(target(document, schema)), example }
        }),
        answers: answers.flat_map(|(status, answer)| in_each_form(status, answer)).collect(),
    }
}

/// An answer in each of the forms that it can have.
fn in_each_form(status: &str, answer: &Value) -> Vec<Answer> {
    let says = text_at(answer, "/description").unwrap_or_default();
    let bare = Answer { status: status.to_owned(), says, media_type: None, shape: None };
    let forms = contents(answer).map(|(media_type, schema)| Answer {
        media_type: Some(media_type.to_owned()),
        shape: Some(shape(schema)),
        ..bare.clone()
    });
    let forms: Vec<Answer> = forms.collect();
    if forms.is_empty() { vec![bare] } else { forms }
}

/// What a body or an answer can hold: media types and schemas.
fn contents(of: &Value) -> impl Iterator<Item = (&str, &Value)> {
    fields_of(of, "content").filter_map(|(media_type, content)| Some((media_type, content.get("schema")?)))
}

/// How the caller of an operation is known, by the first way that the document names.
fn credential(document: &Value, described: &Value) -> Credential {
    let ways = described.get("security").or_else(|| document.get("security")).and_then(Value::as_array);
    let first = ways.and_then(|ways| ways.first()?.as_object()?.keys().next());
    match first.map(String::as_str) {
        None => Credential::Nothing,
        Some(security::SESSION) => Credential::Session,
        Some(security::VISITOR) => Credential::Visitor,
        Some(_) => Credential::Key,
    }
}

/// What a reference names, else the schema itself.
pub(super) fn target<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = reference(schema);
    let named = |name: &str| document.pointer("/components/schemas").and_then(|schemas| schemas.get(name));
    name.and_then(named).unwrap_or(schema)
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix(TYPES)
}

/// How a schema is built. References in it stay names.
fn shape(schema: &Value) -> Shape {
    if let Some(words) = words(schema) {
        return Shape::Words(words);
    }
    let alternatives = alternatives(schema);
    if alternatives.iter().any(|one| !is_null(one) && reference(one).is_none() && is_object(one)) {
        return Shape::Choice(alternatives.into_iter().map(shape).collect());
    }
    if alternatives.is_empty() && is_object(schema) {
        return Shape::Object(object_fields(schema));
    }
    Shape::Plain(kind(schema))
}

/// Whether a schema lists fields, or is made up of such.
fn is_object(schema: &Value) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array);
    schema.get("properties").is_some()
        || parts.is_some_and(|parts| parts.len() > 1)
        || (schema.get("type").and_then(Value::as_str) == Some("object")
            && schema.get("additionalProperties").is_none())
}

fn object_fields(schema: &Value) -> Vec<Field> {
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let inherited = parts.flat_map(|part| match reference(part) {
        // Its fields stand under its own name.
        Some(name) => {
            vec![Field {
                name: "…".to_owned(),
                kind: Kind(vec![Piece::Text("all of ".to_owned()), Piece::Name(name.to_owned())]),
                required: false,
                note: None,
                limits: String::new(),
            }]
        }
        None => object_fields(part),
    });
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let own = fields_of(schema, "properties").map(|(name, inner)| {
        let is_required = required.contains(&name);
        field(name, inner, is_required)
    });
    let mut fields: Vec<Field> = inherited.chain(own).collect();
    // What must be there stands first.
    fields.sort_by_key(|field| !field.required);
    fields
}

fn field(name: &str, schema: &Value, required: bool) -> Field {
    Field {
        name: name.to_owned(),
        kind: kind(schema),
        required,
        note: text_at(schema, "/description"),
        limits: limits(schema),
    }
}

/// What a schema allows, in a few words.
fn kind(schema: &Value) -> Kind {
    let text = |text: &str| Kind(vec![Piece::Text(text.to_owned())]);
    if let Some(name) = reference(schema) {
        return Kind(vec![Piece::Name(name.to_owned())]);
    }
    if let Some(words) = words(schema) {
        return text(&words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ").replace('`', "\""));
    }
    let parts = schema.get("allOf").and_then(Value::as_array);
    if let Some([one]) = parts.map(Vec::as_slice) {
        return kind(one);
    }
    let alternatives = alternatives(schema);
    if !alternatives.is_empty() {
        return joined(alternatives.into_iter().map(kind));
    }
    match schema.get("type") {
        Some(Value::Array(types)) => joined(types.iter().map(|one| {
            let mut single = schema.as_object().cloned().unwrap_or_default();
            single.insert("type".to_owned(), one.clone());
            kind(&Value::Object(single))
        })),
        Some(Value::String(one)) => match (one.as_str(), schema.get("format").and_then(Value::as_str)) {
            ("array", _) => prefixed("list of ", kind(schema.get("items").unwrap_or(&Value::Null))),
            ("object", _) => match schema.get("additionalProperties") {
                Some(values @ Value::Object(_)) => prefixed("map of text to ", kind(values)),
                _ => text("object"),
            },
            ("string", Some("date-time")) => text("time (RFC 3339)"),
            ("string", Some("binary")) => text("file"),
            ("string", _) => text("text"),
            ("integer", _) => text("whole number"),
            ("boolean", _) => text("true or false"),
            (other, _) => text(other),
        },
        _ => text("anything"),
    }
}

fn prefixed(before: &str, kind: Kind) -> Kind {
    Kind(std::iter::once(Piece::Text(before.to_owned())).chain(kind.0).collect())
}

fn joined(kinds: impl Iterator<Item = Kind>) -> Kind {
    let mut all = Vec::new();
    for kind in kinds {
        if !all.is_empty() {
            all.push(Piece::Text(" or ".to_owned()));
        }
        all.extend(kind.0);
    }
    Kind(all)
}

/// The words of an enumeration.
fn words(schema: &Value) -> Option<Vec<String>> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(one) = schema.get("const") {
        return Some(vec![word(one)]);
    }
    Some(schema.get("enum")?.as_array()?.iter().map(word).collect())
}

/// The schemas of which one holds.
fn alternatives(schema: &Value) -> Vec<&Value> {
    ["oneOf", "anyOf"].iter().filter_map(|key| schema.get(*key)?.as_array()).flatten().collect()
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// What values are taken: their range, their length, what is taken where none is given.
fn limits(schema: &Value) -> String {
    let number = |key: &str| schema.get(key).filter(|value| value.is_number()).map(whole);
    let range = |least: Option<String>, most: Option<String>, of: &str| match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{of}")),
        (Some(least), None) => Some(format!("{least}{of} or more")),
        (None, Some(most)) => Some(format!("at most {most}{of}")),
        (None, None) => None,
    };
    let least = number("minimum").filter(|least| least != "0" || number("maximum").is_some());
    let default =
        schema.get("default").filter(|value| !value.is_null()).map(|value| format!("default {}", whole(value)));
    let parts = [
        range(least, number("maximum"), ""),
        range(number("minLength"), number("maxLength"), " characters"),
        range(number("minItems"), number("maxItems"), " entries"),
        default,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A number without the point that the document's own type gives it, everything else as in JSON.
fn whole(value: &Value) -> String {
    let text = value.to_string();
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn text_at(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer)?.as_str().map(str::to_owned)
}

fn fields_of<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
    let fields: Option<&Map<String, Value>> = value.get(key).and_then(Value::as_object);
    fields.into_iter().flatten().map(|(name, inner)| (name.as_str(), inner))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn says(schema: &Value) -> String {
        let piece = |piece: Piece| match piece {
            Piece::Text(text) => text,
            Piece::Name(name) => format!("<{name}>"),
        };
        kind(schema).0.into_iter().map(piece).collect()
    }

    #[test]
    fn kinds_are_told_in_words() {
        let named = json!({ "$ref": "#/components/schemas/User" });
        assert_eq!(says(&named), "<User>");
        assert_eq!(says(&json!({ "oneOf": [{ "type": "null" }, named] })), "null or <User>");
        assert_eq!(says(&json!({ "type": "array", "items": named })), "list of <User>");
        assert_eq!(says(&json!({ "type": ["string", "null"] })), "text or null");
        assert_eq!(says(&json!({ "type": ["array", "null"], "items": named })), "list of <User> or null");
        assert_eq!(says(&json!({ "type": "string", "format": "date-time" })), "time (RFC 3339)");
        assert_eq!(says(&json!({ "type": "object", "additionalProperties": named })), "map of text to <User>");
        assert_eq!(says(&json!({ "type": "string", "enum": ["a", "b"] })), "\"a\" or \"b\"");
        assert_eq!(says(&json!({})), "anything");
    }

    #[test]
    fn the_first_way_to_be_known_counts() {
        let document = json!({ "security": [{ "key": [] }, { "bearer": [] }] });
        let of = |operation: Value| credential(&document, &operation);
        assert_eq!(of(json!({})), Credential::Key);
        assert_eq!(of(json!({ "security": [{}] })), Credential::Nothing);
        assert_eq!(of(json!({ "security": [{ "session": [] }] })), Credential::Session);
        assert_eq!(of(json!({ "security": [{ "visitor": [] }] })), Credential::Visitor);
    }

    #[test]
    fn an_answer_is_told_in_each_of_its_forms() {
        let text = json!({ "schema": { "type": "string" } });
        let file =
            json!({ "description": "The file", "content": { "application/json": { "schema": {} }, "text/csv": text } });
        let forms: Vec<_> = in_each_form("200", &file).into_iter().filter_map(|answer| answer.media_type).collect();
        assert_eq!(forms, ["application/json", "text/csv"]);
        let done = in_each_form("204", &json!({ "description": "Done" }));
        assert_eq!((done.len(), done[0].status.as_str(), &done[0].media_type), (1, "204", &None));
    }

    #[test]
    fn limits_are_told_where_there_are_any() {
        assert_eq!(limits(&json!({ "minimum": 1.0, "maximum": 200.0, "default": 50 })), "1 to 200, default 50");
        assert_eq!(limits(&json!({ "minimum": 0 })), "");
        assert_eq!(limits(&json!({ "maxLength": 80 })), "at most 80 characters");
    }

    #[test]
    fn variants_with_fields_are_a_choice_and_names_are_not() {
        let tagged = json!({ "oneOf": [
            { "type": "object", "required": ["kind"], "properties": { "a": {}, "kind": { "enum": ["set"] } } },
            { "allOf": [{ "$ref": "#/components/schemas/A" }, { "type": "object", "properties": { "kind": {} } }] },
        ] });
        let Shape::Choice(variants) = shape(&tagged) else { panic!("{:?}", shape(&tagged)) };
        let names = |shape: &Shape| match shape {
            Shape::Object(fields) => fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(variants.iter().map(names).collect::<Vec<_>>(), [vec!["kind", "a"], vec!["…", "kind"]]);
        let maybe = json!({ "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/A" }] });
        assert!(matches!(shape(&maybe), Shape::Plain(_)));
    }
}
