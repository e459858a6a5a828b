//! Colours and lengths have names: literal ones stand in `style/tokens.css` alone.

use regex::Regex;

use crate::boundaries::{Finding, sources::Source};

const TOKENS: &str = "style/tokens.css";

/// Checks the style sheets, and styles inside views.
pub fn check(sources: &[Source]) -> Vec<Finding> {
    let Ok(literal) = Regex::new(r"#[0-9a-fA-F]{3,8}\b|\b(rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|\b\d*\.?\d+px\b")
    else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for source in
        sources.iter().filter(|source| source.path.starts_with("style/") && source.is("css") && source.path != TOKENS)
    {
        for (number, line) in without_comments(&source.text).lines().enumerate() {
            // Custom properties do not exist in the conditions of media and container queries; `#` begins a selector
            // by id as well as a colour, and a selector stands before its brace.
            let line = line.trim();
            let value = if line.starts_with('@') { "" } else { line.split_once(':').map_or("", |(_, value)| value) };
            if let Some(found) = literal.find(value) {
                findings.push(Finding::at(
                    source,
                    number + 1,
                    format!("`{}` needs a name in {TOKENS}", found.as_str()),
                ));
            }
        }
    }
    let Ok(inline) = Regex::new(r#"\bstyle(:[\w-]+)?\s*=\s*"[^"]*""#) else { return findings };
    for source in sources.iter().filter(|source| source.path.starts_with("app/src/") && source.is("rs")) {
        for (number, line) in source.code() {
            if inline.find(line).is_some_and(|found| literal.is_match(found.as_str())) {
                findings.push(Finding::at(source, number, format!("a literal colour or length; name it in {TOKENS}")));
            }
        }
    }
    findings
}

/// The text with comments blanked out, so that line numbers stay.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        let (comment, tail) = after.split_once("*/").unwrap_or((after, ""));
        out.extend(comment.chars().filter(|character| *character == '\n'));
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boundaries::sources::source;

    #[test]
    fn tokens_and_conditions_may_be_literal() {
        let good = [
            source("style/tokens.css", ":root { --ink: #111; --space: 4px; }"),
            source(
                "style/ui/button.css",
                "/* 4px\n #fff */\n@media (max-width: 720px) {\n  .a { padding: var(--space); color: currentcolor; }\n}\n#add {\n}\n",
            ),
            source("app/src/ui/bar.rs", "view! { <div style=\"width: 40%\"/> }"),
        ];
        assert_eq!(check(&good), []);
    }

    #[test]
    fn others_may_not() {
        let bad = [
            source("style/ui/button.css", ".a {\n  color: #fff;\n  padding: 0 1.5px;\n  border-color: rgb(0 0 0);\n}"),
            source("app/src/ui/bar.rs", "view! { <div style=\"width: 40px\"/> }"),
        ];
        let places: Vec<_> = check(&bad).into_iter().map(|finding| finding.place).collect();
        assert_eq!(
            places,
            ["style/ui/button.css:2", "style/ui/button.css:3", "style/ui/button.css:4", "app/src/ui/bar.rs:1"]
        );
    }
}
