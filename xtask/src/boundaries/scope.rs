//! Every function of the store that reads or writes says for whom: its first argument is a `&Scope`.

use regex::Regex;

use crate::boundaries::{Finding, sources::Source};

/// Checks the public functions of `crates/store`.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    sources
        .iter()
        .filter(|source| source.path.starts_with("crates/store/src/") && source.is("rs") && !source.is_test())
        .flat_map(functions)
        .filter(|function| touches_the_database(&function.arguments) && !begins_with_scope(&function.arguments))
        .map(|function| Finding::new(function.place, "takes a database and no `&Scope` before it"))
        .collect()
}

struct Function {
    /// `file::name`.
    place: String,
    arguments: String,
}

fn functions(source: &Source) -> Vec<Function> {
    let code: String = source.code().map(|(_, line)| format!("{line}\n")).collect();
    let Ok(pattern) = Regex::new(r"\bpub\s+(?:async\s+)?fn\s+(\w+)\s*(?:<[^(]*>)?\s*\(") else { return Vec::new() };
    pattern
        .captures_iter(&code)
        .filter_map(|found| {
            let start = found.get(0)?.end();
            let arguments = &code[start..start + closing(&code[start..])?];
            Some(Function {
                place: format!("{}::{}", source.path, found.get(1)?.as_str()),
                arguments: arguments.to_owned(),
            })
        })
        .collect()
}

/// Where the parenthesis that is open before a text closes.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    for (index, character) in text.char_indices() {
        match character {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(index);
        }
    }
    None
}

fn touches_the_database(arguments: &str) -> bool {
    Regex::new(r":\s*(&\s*(mut\s+)?)?(Db|Tx|Store)\b").is_ok_and(|pattern| pattern.is_match(arguments))
}

fn begins_with_scope(arguments: &str) -> bool {
    Regex::new(r"^\s*(&(mut\s+)?self\s*,\s*)?_?\w*:\s*&\s*('\w+\s+)?Scope\b")
        .is_ok_and(|pattern| pattern.is_match(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    fn places(text: &str) -> Vec<String> {
        check(&[source("crates/store/src/assistants.rs", text)]).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_scope_first_is_right() {
        assert!(places("pub async fn find(scope: &Scope, db: Db<'_>, id: &AssistantId) -> Result<Row> {}").is_empty());
        assert!(places("pub async fn put(\n    scope: &Scope,\n    tx: &Tx,\n    row: (Row, u32),\n) {}").is_empty());
        assert!(places("pub fn plain(text: &str) -> String {}").is_empty());
        assert!(places("pub(crate) async fn rows(db: Db<'_>) {}").is_empty());
    }

    #[test]
    fn a_database_without_a_scope_is_found() {
        assert_eq!(
            places("pub async fn find(db: Db<'_>, scope: &Scope) {}\npub async fn all<T: Row>(\n    tx: &Tx,\n) {}"),
            ["crates/store/src/assistants.rs::find", "crates/store/src/assistants.rs::all"]
        );
    }

    #[test]
    fn other_crates_are_not_meant() {
        assert_eq!(check(&[source("crates/domain/src/a.rs", "pub fn a(db: Db<'_>) {}")]), []);
    }
}
