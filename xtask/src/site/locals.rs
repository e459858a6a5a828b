//! Short names for what a script declares for itself.
//!
//! No general tool: a name is left alone where it could be anything else than a variable, such as a property, a method, what a
//! pattern takes apart, or a variable of the browser. A name that is declared twice gets the same short one in both places.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

/// Texts, templates, words, spaces, and every other sign by itself.
const TOKENS: &str = r#"(?s)"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[A-Za-z_$#][\w$]*|\s+|."#;
/// What a browser has under these names is meant where they are declared nowhere near.
const OF_BROWSERS: [&str; 22] = [
    "close",
    "closed",
    "document",
    "event",
    "external",
    "find",
    "focus",
    "history",
    "length",
    "location",
    "name",
    "navigator",
    "open",
    "origin",
    "parent",
    "print",
    "scroll",
    "self",
    "status",
    "stop",
    "top",
    "window",
];
/// Up to so many letters a name is short.
const SHORT: usize = 2;

/// The script, which [`super::scripts::small`] has made small, with short names.
pub fn renamed(script: &str) -> String {
    let tokens: Vec<&str> =
        Regex::new(TOKENS).expect("the pattern is a constant").find_iter(script).map(|found| found.as_str()).collect();
    let names = short_names(&tokens);
    tokens.into_iter().map(|token| names.get(token).map_or(token, String::as_str)).collect()
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_' || first == '$')
}

/// The names that may become shorter, with what they become: the most frequent the shortest.
fn short_names<'a>(tokens: &[&'a str]) -> BTreeMap<&'a str, String> {
    let solid: Vec<&str> = tokens.iter().copied().filter(|token| !token.trim().is_empty()).collect();
    let (mut counts, mut declared, mut fixed) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::from(OF_BROWSERS));
    for (place, token) in solid.iter().copied().enumerate() {
        if token.starts_with('`') {
            fixed.extend(words_in(token));
        }
        if !is_word(token) {
            continue;
        }
        *counts.entry(token).or_insert(0usize) += 1;
        let before =
            |steps: usize| place.checked_sub(steps).and_then(|place| solid.get(place)).copied().unwrap_or_default();
        let after = solid.get(place + 1).copied().unwrap_or_default();
        // A class need not have a name.
        let is_declared = matches!(before(1), "const" | "let" | "function" | "class") && token != "extends";
        if is_declared && !exports(before(2), before(3)) {
            declared.insert(token);
        }
        // `...rest` is a variable, `some.thing` is not.
        let is_property = before(1) == "." && before(2) != ".";
        let is_key = after == ":" || matches!(before(1), "{" | ",") && matches!(after, "," | "}" | "=");
        let is_method = after == "(" && before(1) != "function" && opens_block(&solid[place + 1..]);
        if is_property || is_key || is_method || exports(before(2), before(3)) {
            fixed.insert(token);
        }
    }
    let mut long: Vec<&str> = declared.into_iter().filter(|name| name.len() > SHORT && !fixed.contains(name)).collect();
    long.sort_by_key(|name| std::cmp::Reverse(counts[name]));
    let mut short = letters().filter(|name| !counts.contains_key(name.as_str()));
    long.into_iter().zip(short.by_ref()).collect()
}

fn exports(before: &str, further: &str) -> bool {
    before == "export" || (before == "async" && further == "export")
}

/// The words in what a template takes in.
fn words_in(template: &str) -> impl Iterator<Item = &str> {
    template
        .split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_' && sign != '$')
        .flat_map(|word| word.split('$'))
}

/// Whether behind the brackets, which the first sign opens, a block begins: then a method is declared.
fn opens_block(signs: &[&str]) -> bool {
    let mut depth = 0usize;
    for (place, sign) in signs.iter().enumerate() {
        match *sign {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return signs.get(place + 1) == Some(&"{");
        }
    }
    false
}

/// `a` to `Z`, then `$a` and so on.
fn letters() -> impl Iterator<Item = String> {
    let one = || ('a'..='z').chain('A'..='Z');
    one().map(String::from).chain(one().map(|letter| format!("${letter}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_gets_a_short_name() {
        let script =
            "const hidden=1;let shown=hidden+hidden;function draws(element){return shown(element)}draws(...hidden)";
        assert_eq!(renamed(script), "const a=1;let c=a+a;function b(element){return c(element)}b(...a)");
    }

    #[test]
    fn what_may_be_something_else_keeps_its_name() {
        for script in [
            "const value=1;it.value=value",
            "const value=1;f({value})",
            "const value=1;f({value:2})",
            "const {value}=it;value()",
            "const value=1;f(`${value}`)",
            "const ask=1;return{ask(text){ask}}",
            "const ask=1;class A{other(){}ask(text){}}",
            "export const css=1;css",
            "export async function start(text){}start()",
            "let open;open",
            "const a1=1;a1",
            "define(class extends Element{})",
        ] {
            assert_eq!(renamed(script), script);
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        assert_eq!(renamed("const first=1;f((a)=>a+first)"), "const b=1;f((a)=>a+b)");
        assert_eq!(renamed("const texts=\"texts\";texts"), "const a=\"texts\";a");
    }
}
