//! Texts that would like to be more than texts, and what must not be left of them where they were made HTML.

use serde::Deserialize;

use crate::environment;

/// A text that tries something.
#[derive(Debug, Clone, Deserialize)]
pub struct Hostile {
    /// What it tries; many of the published ones do not say it.
    #[serde(default)]
    pub title: String,
    /// The text.
    pub payload: String,
}

/// Markdown of our own. The browser tests show the same file.
pub fn markdown() -> Vec<Hostile> {
    let text = include_str!("../data/hostile-markdown.json");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("hostile-markdown.json: {error}"))
}

/// Published attacks on sanitisers of HTML, or nothing where they are not beside the checkout: then the test that asks for them is
/// said to be skipped.
pub fn html() -> Option<Vec<Hostile>> {
    let path = environment::shared_data("published attacks by HTML", "security/html-sanitiser.json")?;
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// All of them.
pub fn all() -> Vec<Hostile> {
    markdown().into_iter().chain(html().unwrap_or_default()).collect()
}

/// The elements that an answer or a passage is made of.
const ELEMENTS: [&str; 28] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "input",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// What is wrong with a piece of sanitised HTML. It is read without a parser, as nothing but text and tags of a few known
/// shapes: what has no other shape means the same to every browser. `may_link` says where a link may lead.
///
/// # Errors
/// What else there is, and where.
pub fn judge(html: &str, may_link: impl Fn(&str) -> bool) -> Result<(), String> {
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let inner = &rest[open + 1..];
        let end = inner.find('>').ok_or_else(|| format!("a tag does not end: {}", beginning(inner)))?;
        let tag = &inner[..end];
        match tag.strip_prefix('/') {
            Some(name) if ELEMENTS.contains(&name) => {}
            Some(name) => return Err(format!("an end of {}", beginning(name))),
            None => {
                let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                if !ELEMENTS.contains(&name) {
                    return Err(format!("an element {}", beginning(tag)));
                }
                judge_attributes(name, attributes, &may_link)
                    .map_err(|why| format!("{why} in <{}>", beginning(tag)))?;
            }
        }
        rest = &inner[end + 1..];
    }
    Ok(())
}

fn judge_attributes(element: &str, attributes: &str, may_link: &impl Fn(&str) -> bool) -> Result<(), String> {
    let mut rest = attributes;
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").ok_or("an attribute without a value")?;
        let (value, after) = after.split_once('"').ok_or("a value that does not end")?;
        let is_fine = match (element, name) {
            ("a", "href") => may_link(value),
            ("a", "class") => value == "cite",
            // Shown as a text, and nothing else: what ends it ends the attribute, too.
            ("a", "title") => true,
            ("a", "rel") => value == "noopener noreferrer nofollow",
            ("code", "class") => value.strip_prefix("language-").is_some_and(|language| {
                language.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-#._".contains(&byte))
            }),
            ("ol", "start") => value.bytes().all(|byte| byte.is_ascii_digit()),
            ("input", "type") => value == "checkbox",
            ("input", "checked" | "disabled") => value.is_empty(),
            ("mark", "class") => value == "unsupported",
            ("mark", "title") => value.chars().all(|c| c.is_alphabetic() || c == ' '),
            ("span", "class") => value == "visually-hidden",
            _ => false,
        };
        if !is_fine {
            return Err(format!("an attribute {name}={value:?}"));
        }
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    Ok(())
}

/// The tags of a page with the names of their attributes, in order: what of its structure a text could have changed. What
/// attributes and texts say is left out. Like a browser, it looks for no tag within a script, a style or a title.
pub fn skeleton(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            tags.push("!--".to_owned());
            continue;
        }
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!' || c == '?') {
            continue;
        }
        let (tag, after) = tag_of(rest);
        rest = after;
        let name = tag.split(' ').next().unwrap_or_default().to_owned();
        tags.push(tag);
        if ["script", "style", "title", "textarea"].contains(&name.as_str()) {
            let end = rest.to_ascii_lowercase().find(&format!("</{name}")).unwrap_or(rest.len());
            rest = &rest[end..];
        }
    }
    tags
}

/// The name of the tag that begins here and those of its attributes, and what follows it.
fn tag_of(text: &str) -> (String, &str) {
    let mut tag = String::new();
    let mut quote = None;
    let mut is_value = false;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '>') => return (tag.trim_end().to_ascii_lowercase(), &text[at + 1..]),
            (None, '"' | '\'') => quote = Some(character),
            (None, '=') => is_value = true,
            (None, _) if character.is_whitespace() => {
                is_value = false;
                if !tag.ends_with(' ') {
                    tag.push(' ');
                }
            }
            (None, _) if !is_value => tag.push(character),
            (None, _) => {}
        }
    }
    (tag.trim_end().to_ascii_lowercase(), "")
}

fn beginning(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markdown_is_large_and_of_many_kinds() {
        let all = markdown();
        assert!(all.len() >= 80, "{}", all.len());
        for kind in ["](javascript:", "](data:", "![", "<svg", "<math", "<style", "<form", "<meta", "<base", "srcdoc"] {
            assert!(all.iter().any(|it| it.payload.contains(kind)), "{kind}");
        }
        let mut titles: Vec<&str> = all.iter().map(|it| it.title.as_str()).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), all.len(), "each tries something else");
    }

    #[test]
    fn what_is_published_is_all_there() {
        // Where they are missing, that has been printed, and the test command counts this one as skipped and says why.
        let Some(all) = html() else { return };
        assert_eq!(all.len(), 223);
    }

    #[test]
    fn only_known_shapes_pass() {
        let links = |address: &str| address == "#cite-1";
        for fine in [
            "a &lt;b&gt; c",
            "<p>a <a href=\"#cite-1\" class=\"cite\" rel=\"noopener noreferrer nofollow\">1</a><br></p>",
            "<pre><code class=\"language-c++\">x</code></pre>",
            "<ol start=\"3\"><li><input disabled=\"\" type=\"checkbox\" checked=\"\"> x</li></ol>",
            "<mark class=\"unsupported\" title=\"není ve zdrojích\">x</mark>",
        ] {
            assert_eq!(judge(fine, links), Ok(()), "{fine}");
        }
        for bad in [
            "<img src=\"x\">",
            "<p onclick=\"x\">",
            "<a href=\"https://evil.example\">x</a>",
            "<a href='#cite-1'>x</a>",
            "<a  href=\"#cite-1\">x</a>",
            "<P>x</P>",
            "<!-- x -->",
            "<p",
            "<p id=\"main\">x</p>",
            "</svg>",
            "<code class=\"composer\">x</code>",
        ] {
            assert!(judge(bad, links).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_skeleton_is_what_a_text_would_change() {
        let page =
            |title: &str| format!("<!DOCTYPE html><title>{title}</title><p class=\"a\" title='b>c'>{title} 1 < 2</p>");
        let plain = ["!doctype html", "title", "/title", "p class title", "/p"];
        assert_eq!(skeleton(&page("x")), plain);
        assert_eq!(skeleton(&page("&lt;b&gt;")), plain);
        assert_ne!(skeleton(&page("<b>")), plain);
        assert_ne!(skeleton("<p class=\"\" onclick=\"x\">"), skeleton("<p class=\"\">"));
    }
}
