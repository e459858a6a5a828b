//! What nothing uses any more: classes and custom properties of the style, texts of the interface.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use crate::boundaries::{Finding, locales::PLURALS, sources::Source, styles::without_comments};

/// The file that has every text; the other languages have the same ones.
const TEXTS: &str = "app/locales/en.json";

/// Looks for every class, property and text of ours in the code.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let Some(used) = Used::find(sources) else { return Vec::new() };
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with("style/") && source.is("css")) {
        let (classes, properties) = defined(&source.text);
        let unused = |name: &&String| !used.words.contains(*name);
        findings.extend(
            classes.iter().filter(unused).map(|name| Finding::new(&source.path, format!("`.{name}` is on nothing"))),
        );
        findings.extend(
            properties
                .iter()
                .filter(unused)
                .map(|name| Finding::new(&source.path, format!("`{name}` is read by nothing"))),
        );
    }
    let texts = sources.iter().find(|source| source.path == TEXTS);
    // What is no JSON breaks another rule.
    if let Some(Ok(Value::Object(texts))) = texts.map(|source| serde_json::from_str(&source.text)) {
        let unused = texts.keys().filter(|key| !used.shows(key));
        findings.extend(unused.map(|key| Finding::new(TEXTS, format!("`{key}` is shown nowhere"))));
    }
    findings
}

/// What the code names in its strings.
struct Used {
    /// Whole strings.
    strings: BTreeSet<String>,
    /// The words in them, the classes of `class:name`, and the custom properties that are read.
    words: BTreeSet<String>,
    /// The beginnings of keys whose second part is filled in: `error` of `error.{}`.
    filled: BTreeSet<String>,
}

impl Used {
    /// Nothing when a pattern of this file is wrong, which its tests show.
    fn find(sources: &[Source]) -> Option<Self> {
        let string = Regex::new(r#""([^"]*)""#).ok()?;
        let word = Regex::new(r"[\w-]+").ok()?;
        let class = Regex::new(r"\bclass:([\w-]+)").ok()?;
        let property = Regex::new(r"var\(\s*(--[\w-]+)").ok()?;
        let beginning = Regex::new(r"^([a-z_]+)\.\{").ok()?;
        let mut used = Self { strings: BTreeSet::new(), words: BTreeSet::new(), filled: BTreeSet::new() };
        for source in sources.iter().filter(|source| source.path.starts_with("style/")) {
            used.words.extend(property.captures_iter(&source.text).map(|read| read[1].to_owned()));
        }
        for (_, line) in sources.iter().filter(|source| is_code(source)).flat_map(Source::code) {
            // A quotation mark within a string, or as a character, ends nothing.
            let line = line.replace("\\\"", " ").replace("'\"'", " ");
            used.words.extend(class.captures_iter(&line).map(|found| found[1].to_owned()));
            for found in string.captures_iter(&line) {
                used.words.extend(word.find_iter(&found[1]).map(|word| word.as_str().to_owned()));
                used.filled.extend(beginning.captures(&found[1]).map(|found| found[1].to_owned()));
                used.strings.insert(found[1].to_owned());
            }
        }
        Some(used)
    }

    /// Whether the code names the key of a text, the stem of a plural's, or what it fills in there.
    fn shows(&self, key: &str) -> bool {
        let plural = key.rsplit_once('.').filter(|(_, form)| PLURALS.contains(form));
        let mut parts = key.split('.');
        let filled = parts.next().filter(|part| self.filled.contains(*part)).and_then(|_| parts.next());
        self.strings.contains(key)
            || plural.is_some_and(|(stem, _)| self.strings.contains(stem))
            || filled.is_some_and(|part| self.strings.contains(part))
    }
}

/// Whether what it names is on a page: the interface, the server with its texts, scripts of pages.
fn is_code(source: &Source) -> bool {
    let is_ours = ["app/src/", "crates/", "server/src/"].iter().any(|folder| source.path.starts_with(folder));
    (is_ours && source.is("rs") && !source.is_test()) || (source.path.starts_with("public/") && source.is("js"))
}

/// The classes in the selectors of a style sheet, and the custom properties that it sets.
fn defined(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut classes, mut properties) = (BTreeSet::new(), BTreeSet::new());
    // A selector stands before its brace; a declaration, or a rule without a block, before what ends it.
    for piece in without_comments(text).split_inclusive(['{', '}', ';']) {
        if let Some(selector) = piece.strip_suffix('{') {
            classes.extend(selector.split('.').skip(1).map(name_in).filter(|name| !name.is_empty()).map(str::to_owned));
        } else if let Some(property) = piece.split(':').next().map(str::trim).filter(|name| name.starts_with("--")) {
            properties.insert(property.to_owned());
        }
    }
    (classes, properties)
}

/// The name that a text begins with; nothing where it begins with a digit, like a length.
fn name_in(text: &str) -> &str {
    if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return "";
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    const STYLE: &str = "/* .old */\n:root { --ink: #111; --gap: 4px; }\n@media (max-width: 45.5rem) {\n  \
                         .card.wide > a:hover { color: var(--ink); padding: .5rem var(--gap); & .note { margin: 0; } }\n}\n";

    #[test]
    fn what_the_code_names_is_used() {
        let sources = [
            source("style/ui/card.css", STYLE),
            source(
                "app/locales/en.json",
                r#"{"card.n.one": "", "error.busy": "", "error.busy.wait": "", "form.save": ""}"#,
            ),
            source(
                "app/src/ui/card.rs",
                "view! { <div class=\"card padded\" class:note=on><a class=format!(\"{x} wide\")>{t!(\"form.save\")}</a> }\n\
                 i18n::count(\"card.n\", 1); let mark = '\"'; text(&format!(\"error.{}\", code)); name(\"busy\");\n",
            ),
        ];
        assert_eq!(check(&sources), []);
    }

    #[test]
    fn what_only_a_comment_or_a_test_names_is_not() {
        let sources = [
            source("style/ui/card.css", ".card { --gap: 1rem; }\n.wide { gap: var(--ink) }\n"),
            source("app/locales/en.json", r#"{"error.busy": "", "form.save": ""}"#),
            source("app/src/ui/card.rs", "// \"card\" and \"form.save\"\nlet busy = format!(\"error.{}\", code);\n"),
            source("app/src/ui/tests.rs", "let card = \"card wide\";\n"),
        ];
        let texts: Vec<_> = check(&sources).into_iter().map(|finding| finding.text).collect();
        assert_eq!(
            texts,
            [
                "`.card` is on nothing",
                "`.wide` is on nothing",
                "`--gap` is read by nothing",
                "`error.busy` is shown nowhere",
                "`form.save` is shown nowhere"
            ]
        );
    }
}
