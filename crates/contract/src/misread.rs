//! Why a text could not be read, in plain words: what serde says of JSON, of a query and of the configuration names the
//! types of this program, which nobody outside knows.

use std::fmt;

/// What is found in a text is repeated up to this many characters.
const REPEATED: usize = 60;

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// The field that is wrong, `section.field`, where it is known.
    pub field: Option<String>,
    /// What is wrong with it and what it should be.
    pub problem: String,
}

impl Misread {
    /// From what serde says, with or without the path of the field before it:
    /// `limit: invalid type: string "x", expected u32 at line 1 column 12`.
    pub fn of(said: &str) -> Self {
        let said = without_place(said);
        match said.split_once(": ").filter(|(path, _)| is_path(path)) {
            Some((path, reason)) => Self::at(path, reason),
            None => Self::at("", said),
        }
    }

    /// From what serde says of the field at `path`; an empty path is the whole text.
    pub fn at(path: &str, said: &str) -> Self {
        let said = without_place(said);
        let below = |name: &str| match path {
            "" => name.to_owned(),
            path if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
            path => format!("{path}.{name}"),
        };
        if let Some(name) = said.strip_prefix("missing field ").map(first_quoted) {
            return Self { field: Some(below(name)), problem: "must be given".to_owned() };
        }
        if let Some(name) = said.strip_prefix("duplicate field ").map(first_quoted) {
            return Self { field: Some(below(name)), problem: "is given twice".to_owned() };
        }
        if let Some(rest) = said.strip_prefix("unknown field") {
            let known = rest.split_once(", expected ").map(|(_, known)| words(known)).unwrap_or_default();
            let known = if known.is_empty() { String::new() } else { format!("; there are {}", known.join(", ")) };
            return Self { field: Some(below(first_quoted(rest))), problem: format!("there is no such field{known}") };
        }
        Self { field: Some(path.to_owned()).filter(|path| !path.is_empty()), problem: problem(said) }
    }

    /// The same, with what was given, where that is not said yet.
    #[must_use]
    pub fn found(mut self, given: &str) -> Self {
        if !self.problem.contains(", found ") && !self.problem.starts_with("there is no such field") {
            self.problem.push_str(&format!(", found {:?}", shortened(given)));
        }
        self
    }
}

impl fmt::Display for Misread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.problem),
            None => f.write_str(&self.problem),
        }
    }
}

fn problem(said: &str) -> String {
    for beginning in ["invalid type: ", "invalid value: ", "invalid value ", "invalid length "] {
        let parts = said.strip_prefix(beginning).and_then(|rest| rest.rsplit_once(", expected "));
        if let Some((found, expected)) = parts {
            return format!("must be {}, found {}", wanted(expected), given(found));
        }
    }
    if let Some((found, known)) = said.strip_prefix("unknown variant").and_then(|rest| rest.split_once(", expected ")) {
        let known: Vec<String> = words(known).into_iter().map(|word| format!("{word:?}")).collect();
        let known = match known.as_slice() {
            [only] => only.clone(),
            several => format!("one of {}", several.join(", ")),
        };
        return format!("must be {known}, found {:?}", shortened(first_quoted(found)));
    }
    match said {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "must be a whole number".to_owned()
        }
        "number too large to fit in target type" => "must be a smaller number".to_owned(),
        "number too small to fit in target type" => "must be a larger number".to_owned(),
        "provided string was not `true` or `false`" => "must be true or false".to_owned(),
        other => other.to_owned(),
    }
}

/// What serde expects, by the names of types.
fn wanted(expected: &str) -> String {
    let most = match expected {
        "u8" => Some(u64::from(u8::MAX)),
        "u16" => Some(u64::from(u16::MAX)),
        "u32" => Some(u64::from(u32::MAX)),
        _ => None,
    };
    if let Some(most) = most {
        return format!("a whole number between 0 and {most}");
    }
    match expected {
        "u64" | "u128" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" | "string" | "str" | "a borrowed string" => "a text",
        "path string" => "a path",
        "a boolean" | "bool" => "true or false",
        "a sequence" | "sequence" => "a list",
        "a map" | "map" => "a group of fields",
        // An enum whose variants have no fields of their own is a word.
        "string or map" | "variant identifier" => "a word",
        other if other.starts_with("struct ") || other.contains("tagged enum") => "a group of fields",
        other => other,
    }
    .to_owned()
}

/// What serde found, by the names of types.
fn given(found: &str) -> String {
    let found = found.strip_prefix("found ").unwrap_or(found);
    if let Some(text) = found.strip_prefix("string ") {
        let text = text.trim_matches('"');
        return format!("\"{}\"", shortened(text));
    }
    if let Some(value) = found.strip_prefix("bool ") {
        return value.to_owned();
    }
    if found.contains('`') {
        return first_quoted(found).to_owned();
    }
    match found {
        "sequence" => "a list",
        "map" => "a group of fields",
        "unit" | "unit value" => "nothing",
        other => other,
    }
    .to_owned()
}

/// What stands in the first pair of backticks; all of it where there are none.
fn first_quoted(text: &str) -> &str {
    text.split('`').nth(1).unwrap_or(text)
}

/// The names in a list such as `` one of `a`, `b` ``.
fn words(text: &str) -> Vec<&str> {
    let is_name = |part: &&str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
    };
    text.split('`').filter(is_name).collect()
}

/// The path of a field has no white space; the beginnings of what serde says have.
fn is_path(text: &str) -> bool {
    !text.is_empty() && !text.contains(char::is_whitespace) && !text.contains(['`', '"'])
}

/// Lines and columns count in a text that a program made, and tell a person nothing.
fn without_place(said: &str) -> &str {
    match said.rsplit_once(" at line ") {
        Some((reason, place)) if place.split(" column ").all(|number| number.parse::<u64>().is_ok()) => reason,
        _ => said,
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= REPEATED {
        return text.to_owned();
    }
    text.chars().take(REPEATED).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Sample {
        count: u16,
        name: String,
        #[serde(default)]
        colour: Colour,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Colour {
        #[default]
        Red,
        Green,
        Blue,
    }

    fn said_of(json: &str) -> String {
        Misread::of(&serde_json::from_str::<Sample>(json).unwrap_err().to_string()).to_string()
    }

    #[test]
    fn types_are_named_as_people_name_them() {
        assert_eq!(said_of(r#"{"count":"abc"}"#), "must be a whole number between 0 and 65535, found \"abc\"");
        assert_eq!(said_of(r#"{"count":-1}"#), "must be a whole number between 0 and 65535, found -1");
        assert_eq!(said_of(r#"{"count":1,"name":null}"#), "must be a text, found null");
        assert_eq!(said_of(r#"{"count":1,"name":[1]}"#), "must be a text, found a list");
        assert_eq!(said_of(r#"{"count":true}"#), "must be a whole number between 0 and 65535, found true");
        assert_eq!(said_of("3"), "must be a group of fields, found 3");
    }

    #[test]
    fn fields_and_words_are_named() {
        assert_eq!(said_of("{}"), "count: must be given");
        assert_eq!(said_of(r#"{"cuont":1}"#), "cuont: there is no such field; there are count, name, colour");
        assert_eq!(
            said_of(r#"{"count":1,"name":"x","colour":"pink"}"#),
            "must be one of \"red\", \"green\", \"blue\", found \"pink\""
        );
        assert_eq!(said_of(r#"{"count":1,"count":2}"#), "count: is given twice");
    }

    #[test]
    fn a_path_goes_before() {
        let nested = Misread::of("users[2].role: invalid type: integer `3`, expected a string at line 1 column 7");
        assert_eq!(nested.field.as_deref(), Some("users[2].role"));
        assert_eq!(nested.to_string(), "users[2].role: must be a text, found 3");
        assert_eq!(Misread::of("password: missing field `kind`").to_string(), "password.kind: must be given");
        // As the reader of the configuration says it.
        let found = Misread::at("server.listn", "unknown field: found `listn`, expected `one of `listen`, `name``");
        assert_eq!(found.to_string(), "server.listn: there is no such field; there are listen, name");
        let found = Misread::at("log.format", "unknown variant: found `xml`, expected ``text` or `json``");
        assert_eq!(found.to_string(), "log.format: must be one of \"text\", \"json\", found \"xml\"");
        let found = Misread::at("limits.body_bytes", "invalid type: found string \"many\", expected usize");
        assert_eq!(found.to_string(), "limits.body_bytes: must be a whole number, 0 or more, found \"many\"");
        let found = Misread::at("limits.body_bytes", "invalid value signed int `-5`, expected usize");
        assert_eq!(found.to_string(), "limits.body_bytes: must be a whole number, 0 or more, found -5");
    }

    #[test]
    fn what_was_given_is_added_once() {
        let query = Misread::of("limit: invalid digit found in string").found("many");
        assert_eq!(query.to_string(), "limit: must be a whole number, found \"many\"");
        assert_eq!(query.clone().found("again"), query);
        let long = Misread::at("limit", "invalid digit found in string").found(&"9x".repeat(400));
        assert!(long.problem.len() < 120, "{long}");
    }

    #[test]
    fn what_is_said_in_own_words_stays() {
        let own = "\"here\" is not an address with a port such as 127.0.0.1:3000";
        assert_eq!(Misread::at("server.listen", own).to_string(), format!("server.listen: {own}"));
        let id = Misread::of("not an id that starts with coll_ at line 1 column 9");
        assert_eq!(id.problem, "not an id that starts with coll_");
    }
}
