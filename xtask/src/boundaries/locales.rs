//! Every language has the same texts with the same placeholders.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::boundaries::{Finding, sources::Source};

/// The keys of a file, each with the placeholders of its text.
type Texts = BTreeMap<String, BTreeSet<String>>;

/// Compares the files of each directory called `locales` with one another.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut groups: BTreeMap<&str, Vec<(&Source, Texts)>> = BTreeMap::new();
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.is("json") && !source.path.starts_with("end2end/")) {
        let Some((directory, _)) = source.path.rsplit_once('/') else { continue };
        if !directory.ends_with("/locales") {
            continue;
        }
        match serde_json::from_str::<Value>(&source.text) {
            Ok(value) => {
                let mut texts = Texts::new();
                flatten("", &value, &mut texts);
                groups.entry(directory).or_default().push((source, texts));
            }
            Err(error) => findings.push(Finding::new(&source.path, format!("is not JSON: {error}"))),
        }
    }
    for files in groups.values() {
        let all: BTreeSet<&String> = files.iter().flat_map(|(_, texts)| texts.keys()).collect();
        for (source, texts) in files {
            for key in &all {
                match (texts.get(*key), files.iter().find_map(|(_, others)| others.get(*key))) {
                    (None, _) => findings.push(Finding::new(&source.path, format!("has no `{key}`"))),
                    (Some(mine), Some(first)) if mine != first => {
                        findings.push(Finding::new(
                            &source.path,
                            format!("`{key}` has other placeholders: {mine:?}, not {first:?}"),
                        ));
                    }
                    _ => {}
                }
            }
        }
    }
    findings
}

/// The forms of a plural; which of them exist is the language's affair, so they count as one text.
pub const PLURALS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// Keys with dots, each with the `{placeholders}` of its text.
fn flatten(prefix: &str, value: &Value, into: &mut Texts) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                flatten(&if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") }, value, into);
            }
        }
        Value::String(text) => {
            let names =
                text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned());
            let key = match prefix.rsplit_once('.') {
                Some((stem, form)) if PLURALS.contains(&form) => format!("{stem}.*"),
                _ => prefix.to_owned(),
            };
            into.entry(key).or_default().extend(names);
        }
        _ => {
            into.insert(prefix.to_owned(), BTreeSet::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    #[test]
    fn equal_keys_and_placeholders_pass() {
        let good = [
            source(
                "app/src/i18n/locales/en.json",
                r#"{"a": "Hello {name}", "b": {"one": "{n} page", "other": "{n} pages"}}"#,
            ),
            source(
                "app/src/i18n/locales/cs.json",
                r#"{"a": "Ahoj {name}", "b": {"one": "jedna", "few": "{n} strany", "other": "{n} stran"}}"#,
            ),
        ];
        assert_eq!(check(&good), []);
    }

    #[test]
    fn a_missing_key_and_another_placeholder_are_found() {
        let bad = [
            source("app/src/i18n/locales/cs.json", r#"{"a": "Ahoj {jmeno}"}"#),
            source("app/src/i18n/locales/en.json", r#"{"a": "Hello {name}", "b": "yes"}"#),
        ];
        assert_eq!(check(&bad).len(), 2, "{:?}", check(&bad));
    }
}
