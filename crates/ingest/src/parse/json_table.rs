//! JSON: rows as a table, anything else as it is written.

use super::{
    FileInput, ParseError,
    limits::MAX_CELLS,
    metadata::Columns,
    plain::decode,
    writer::{Extracted, TableWriter},
};

mod node;

use node::Names;
pub(super) use node::Node;

/// How deep a group of fields in a row is taken apart into columns of its own; what lies deeper stays together as JSON.
const DEEPEST: usize = 4;

/// The most columns of a table.
const MOST_COLUMNS: usize = 1_000;

/// A group of a longer name stays together: the name would go before that of each of its fields. Bytes.
const LONGEST_NAME: usize = 800;

/// What a JSON file holds.
pub(super) enum Content {
    /// Rows with named cells.
    Rows(Rows),
    /// Something else, with every line break where people expect one.
    Other(String),
}

/// Rows, each as long as it needs to be.
#[derive(Default)]
pub(super) struct Rows {
    /// The names of the columns in the order in which they occur: `city`, and `address.city` for a field of a field.
    pub columns: Vec<String>,
    /// The cells.
    pub rows: Vec<Vec<Node>>,
}

/// Reads the rows as a table; other JSON as it is written.
pub(super) fn extract(input: &FileInput<'_>) -> Result<Extracted, ParseError> {
    let mut extracted = Extracted { structured: true, ..Extracted::default() };
    match read(input)? {
        Content::Rows(Rows { columns, rows }) => {
            let mut table = TableWriter::default();
            let mut values = Columns::default();
            values.row(&columns);
            table.row(&mut extracted.body, &columns)?;
            for row in rows {
                let cells: Vec<String> = row.iter().map(Node::text).collect();
                values.row(&cells);
                table.row(&mut extracted.body, &cells)?;
            }
            extracted.metadata = values.finish();
        }
        Content::Other(text) => extracted.body.code(&text)?,
    }
    Ok(extracted)
}

/// What a file holds: a list of objects, an object whose only list of objects they are, or an object on each line.
///
/// # Errors
/// [`ParseError::Damaged`] for what is not JSON, [`ParseError::TooComplex`] for too many cells.
pub(super) fn read(input: &FileInput<'_>) -> Result<Content, ParseError> {
    let text = decode(input);
    let text = text.trim_start_matches('\u{feff}');
    let mut names = Names::default();
    let whole = match Node::read(text, &mut names) {
        Ok(whole) => whole,
        Err(error) => lines(text, &mut names).ok_or_else(|| ParseError::Damaged(error.to_string()))?,
    };
    if let Some(objects) = objects_in(whole) {
        return Ok(Content::Rows(rows_of(objects)?));
    }
    let pretty = serde_json::from_str::<serde_json::Value>(text).and_then(|value| serde_json::to_string_pretty(&value));
    Ok(Content::Other(pretty.unwrap_or_else(|_| text.to_owned())))
}

/// An object on each line; nothing where a line holds something else.
fn lines(text: &str, names: &mut Names) -> Option<Node> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let objects = lines.map(|line| Node::read(line, names).ok()).collect::<Option<Vec<Node>>>()?;
    Some(Node::List(objects))
}

/// The objects that are the rows.
fn objects_in(whole: Node) -> Option<Vec<Node>> {
    match whole {
        Node::List(items) => Some(items).filter(|items| is_rows(items)),
        Node::Object(fields) => {
            let mut lists = fields.into_iter().filter_map(|(_, value)| match value {
                Node::List(items) if is_rows(&items) => Some(items),
                _ => None,
            });
            // Of two lists nobody knows which one is meant.
            lists.next().filter(|_| lists.next().is_none())
        }
        _ => None,
    }
}

fn is_rows(items: &[Node]) -> bool {
    !items.is_empty() && items.iter().all(|item| matches!(item, Node::Object(_)))
}

fn rows_of(objects: Vec<Node>) -> Result<Rows, ParseError> {
    let mut found = Rows::default();
    let mut places: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut cells = 0_u64;
    for object in objects {
        let mut row = Vec::new();
        flatten(object, "", 0, &mut |name, value| {
            let place = match places.get(name) {
                Some(place) => *place,
                None if found.columns.len() >= MOST_COLUMNS => return,
                None => {
                    let next = found.columns.len();
                    places.insert(name.to_owned(), next);
                    found.columns.push(name.to_owned());
                    next
                }
            };
            if row.len() <= place {
                row.resize(place + 1, Node::Null);
            }
            if let Some(cell) = row.get_mut(place) {
                *cell = value;
            }
        });
        cells += row.len() as u64;
        if cells > MAX_CELLS {
            return Err(ParseError::TooComplex(format!("more than {MAX_CELLS} cells")));
        }
        found.rows.push(row);
    }
    Ok(found)
}

/// Hands every field to `take`, those of groups under their names with a point between.
fn flatten(node: Node, name: &str, depth: usize, take: &mut dyn FnMut(&str, Node)) {
    match node {
        Node::Object(fields) if depth < DEEPEST && name.len() <= LONGEST_NAME && !(depth > 0 && fields.is_empty()) => {
            for (field, value) in fields {
                let name = if name.is_empty() { field } else { format!("{name}.{field}").into() };
                flatten(value, &name, depth + 1, take);
            }
        }
        other => take(name, other),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::FileType, *};

    fn text(content: &str) -> String {
        let input = FileInput { file_name: "a.json", media_type: None, bytes: content.as_bytes() };
        extract(&input).and_then(|found| found.finish(FileType::Json, "a.json")).unwrap().text
    }

    #[test]
    fn rows_are_found_wherever_they_usually_are() {
        let table = "| name | price |\n| --- | --- |\n| Tea | 1.5 |\n| Milk |";
        assert_eq!(text(r#"[{"name": "Tea", "price": 1.5}, {"name": "Milk"}]"#), table);
        assert_eq!(text(r#"{"total": 2, "items": [{"name": "Tea", "price": 1.5}, {"name": "Milk"}]}"#), table);
        assert_eq!(text("{\"name\": \"Tea\", \"price\": 1.5}\n\n{\"name\": \"Milk\"}\n"), table);
    }

    #[test]
    fn fields_of_fields_become_columns() {
        let table = "| a.b | a.c | tags |\n| --- | --- | --- |\n| 1 | true | x, y |";
        assert_eq!(text(r#"[{"a": {"b": 1, "c": true}, "tags": ["x", "y"]}]"#), table);
    }

    #[test]
    fn other_json_is_read_as_it_is_written() {
        assert_eq!(text(r#"{"a": [1, 2]}"#), "```\n{\n  \"a\": [\n    1,\n    2\n  ]\n}\n```");
        let input = FileInput { file_name: "a.json", media_type: None, bytes: b"{\"a\": " };
        assert!(matches!(extract(&input), Err(ParseError::Damaged(_))));
    }
}
