//! What a customer's page holds that concerns the chat widget: its scripts, its elements and its content policies, as the page is
//! served. What scripts add later is not seen. No tree is built: a page can be made so that this takes minutes.

use super::markup::{attribute, find_ignoring_case, raw_text_end, tag_end};

/// What a page holds that concerns the widget, each in the order of the page.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// What relative addresses are relative to, where the page says so: `<base href>`.
    pub base: Option<String>,
    /// The scripts that are loaded from an address.
    pub scripts: Vec<Script>,
    /// The elements `<hammock-chat>`.
    pub elements: Vec<Element>,
    /// The addresses of frames.
    pub frames: Vec<String>,
    /// The content policies that stand in the page's head.
    pub policies: Vec<String>,
}

/// An element `<hammock-chat>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// The assistant that it names; empty where it names none.
    pub assistant: String,
    /// How it wants to be shown; empty where it does not say.
    pub mode: String,
}

/// A script that is loaded from an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The address as it stands there.
    pub src: String,
    /// The nonce that a content policy may ask for.
    pub nonce: Option<String>,
}

/// Looks through a page.
pub fn read(html: &str) -> Snippet {
    let mut snippet = Snippet::default();
    // Browsers ignore policies that stand behind the head.
    let mut is_in_head = true;
    let mut at = 0;
    while let Some(open) = html.get(at..).and_then(|rest| rest.find('<')) {
        let begin = at + open + 1;
        let inner = &html[begin..];
        if inner.starts_with("!--") {
            at = begin + inner.find("-->").map_or(inner.len(), |end| end + 3);
            continue;
        }
        let name_length = inner.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(inner.len());
        let (name, after) = inner.split_at(name_length);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            is_in_head &= !inner.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("/head"));
            at = begin;
            continue;
        }
        let end = tag_end(after);
        let attributes = &after[..end];
        let value = |wanted: &str| attribute(attributes, wanted).map(|value| value.trim().to_owned());
        match name.to_ascii_lowercase().as_str() {
            "body" => is_in_head = false,
            "base" if snippet.base.is_none() => snippet.base = value("href"),
            "script" => {
                let nonce = value("nonce").filter(|nonce| !nonce.is_empty());
                snippet.scripts.extend(value("src").map(|src| Script { src, nonce }));
            }
            "hammock-chat" => {
                let mode = value("mode").or_else(|| value("data-mode")).unwrap_or_default();
                snippet.elements.push(Element { assistant: value("assistant").unwrap_or_default(), mode });
            }
            "iframe" => snippet.frames.extend(value("src")),
            "meta" if is_in_head => {
                let kind = value("http-equiv").unwrap_or_default();
                if kind.eq_ignore_ascii_case("content-security-policy") {
                    snippet.policies.extend(value("content"));
                }
            }
            _ => {}
        }
        at = begin + name_length + end;
        if let Some(close) = raw_text_end(name) {
            let text = &html[at..];
            at += find_ignoring_case(text, close).unwrap_or(text.len());
        }
    }
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_snippet_is_found_where_it_stands() {
        let page = r#"<!doctype html><html><head>
            <base href="/shop/">
            <meta http-equiv="Content-Security-Policy" content="script-src 'self'; object-src 'none'">
            <meta http-equiv="content-security-policy-report-only" content="default-src 'none'">
            <script>var inline = "<hammock-chat assistant='asst_1'>";</script>
            <script async nonce="abc" src=" https://h.example/embed.js "></script>
            </head><body><!-- <hammock-chat assistant="asst_2"></hammock-chat> -->
            <script src="/a.js"></script><hammock-chat assistant="asst_3"></hammock-chat><hammock-chat data-mode="iframe"></hammock-chat>
            <iframe src="https://h.example/public/asst_3?frame=1"></iframe>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'"></body></html>"#;
        let script = |src: &str, nonce: Option<&str>| Script { src: src.to_owned(), nonce: nonce.map(str::to_owned) };
        let element = |assistant: &str, mode: &str| Element { assistant: assistant.to_owned(), mode: mode.to_owned() };
        let found = read(page);
        assert_eq!(found.base.as_deref(), Some("/shop/"));
        assert_eq!(found.scripts, [script("https://h.example/embed.js", Some("abc")), script("/a.js", None)]);
        assert_eq!(found.elements, [element("asst_3", ""), element("", "iframe")]);
        assert_eq!(found.frames, ["https://h.example/public/asst_3?frame=1"]);
        assert_eq!(found.policies, ["script-src 'self'; object-src 'none'"]);
    }

    #[test]
    fn what_is_no_page_holds_nothing() {
        for text in ["", "plain", "{\"a\": 1}", "<<<>>>"] {
            assert_eq!(read(text), Snippet::default(), "{text}");
        }
    }

    #[test]
    fn a_deep_page_is_looked_through() {
        let page = format!("{}<hammock-chat assistant=asst_1 mode=inline>", "<div>".repeat(200_000));
        assert_eq!(read(&page).elements, [Element { assistant: "asst_1".to_owned(), mode: "inline".to_owned() }]);
    }
}
