//! What a customer's page holds that concerns the chat widget: its scripts, its elements and its content policies, as the page is
//! served. What scripts add later is not seen.

use dom_query::{Document, NodeData};

/// Deeper trees are not looked through.
const DEEPEST: usize = 100_000;

/// What a page holds that concerns the widget, each in the order of the page.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// What relative addresses are relative to, where the page says so: `<base href>`.
    pub base: Option<String>,
    /// The scripts that are loaded from an address.
    pub scripts: Vec<Script>,
    /// The assistant that each `<hammock-chat>` names; empty where it names none.
    pub elements: Vec<String>,
    /// The addresses of frames.
    pub frames: Vec<String>,
    /// The content policies that stand in the page's head.
    pub policies: Vec<String>,
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
    let document = Document::from(html);
    let mut snippet = Snippet::default();
    // Depth by hand: the tree may be deeper than a stack.
    let mut open = vec![(document.root(), 0_usize, false)];
    while let Some((node, depth, mut is_in_head)) = open.pop() {
        let name = node.query_or(None, |tree_node| match &tree_node.data {
            NodeData::Element(element) => Some(element.name.local.clone()),
            _ => None,
        });
        let attribute = |name: &str| node.attr(name).map(|value| value.trim().to_owned());
        match name.as_deref() {
            Some("head") => is_in_head = true,
            Some("base") if snippet.base.is_none() => snippet.base = attribute("href"),
            Some("script") => {
                let nonce = attribute("nonce").filter(|nonce| !nonce.is_empty());
                snippet.scripts.extend(attribute("src").map(|src| Script { src, nonce }));
            }
            Some("hammock-chat") => snippet.elements.push(attribute("assistant").unwrap_or_default()),
            Some("iframe") => snippet.frames.extend(attribute("src")),
            // Browsers ignore policies that stand elsewhere.
            Some("meta") if is_in_head => {
                let kind = attribute("http-equiv").unwrap_or_default();
                if kind.eq_ignore_ascii_case("content-security-policy") {
                    snippet.policies.extend(attribute("content"));
                }
            }
            _ => {}
        }
        if depth < DEEPEST {
            open.extend(node.children_it(true).map(|child| (child, depth + 1, is_in_head)));
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
            <script src="/a.js"></script><hammock-chat assistant="asst_3"></hammock-chat><hammock-chat></hammock-chat>
            <iframe src="https://h.example/public/asst_3?frame=1"></iframe>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'"></body></html>"#;
        let script = |src: &str, nonce: Option<&str>| Script { src: src.to_owned(), nonce: nonce.map(str::to_owned) };
        let found = read(page);
        assert_eq!(found.base.as_deref(), Some("/shop/"));
        assert_eq!(found.scripts, [script("https://h.example/embed.js", Some("abc")), script("/a.js", None)]);
        assert_eq!(found.elements, ["asst_3", ""]);
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
        let page = format!("{}<hammock-chat assistant=asst_1>", "<div>".repeat(50_000));
        assert_eq!(read(&page).elements, ["asst_1"]);
    }
}
