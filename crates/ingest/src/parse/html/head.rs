//! What a page says about itself.

use dom_query::{Document, NodeData, NodeRef};

use crate::parse::writer::one_line;

/// Title, language and a few facts about the whole tree, gathered in one pass.
#[derive(Debug, Default)]
pub(super) struct Head {
    title: Option<String>,
    social_title: Option<String>,
    first_h1: Option<String>,
    /// The language of the whole page.
    pub language: Option<String>,
    /// Whether a script runs on it.
    pub has_script: bool,
    /// How deep its elements nest, at most 100,000.
    pub depth: usize,
}

impl Head {
    /// Looks through the tree once.
    pub fn read(document: &Document) -> Self {
        let mut head = Self::default();
        // Depth by hand: the tree may be deeper than a stack.
        let mut open = vec![(document.root(), 0_usize)];
        while let Some((node, depth)) = open.pop() {
            head.depth = head.depth.max(depth);
            let name = node.query_or(None, |tree_node| match &tree_node.data {
                NodeData::Element(element) => Some(element.name.local.clone()),
                _ => None,
            });
            match name.as_deref() {
                Some("html") => {
                    head.language = node.attr("lang").or_else(|| node.attr("xml:lang")).map(|value| value.to_string());
                }
                Some("title") if head.title.is_none() => head.title = text_of(&node.text()),
                Some("h1") if head.first_h1.is_none() && !leads_home(&node) => head.first_h1 = text_of(&node.text()),
                Some("meta") if node.attr("property").as_deref() == Some("og:title") => {
                    head.social_title = node.attr("content").and_then(|value| text_of(&value));
                }
                Some("script") => {
                    // Data in a script element is not a script.
                    let kind = node.attr("type").map(|value| value.to_ascii_lowercase()).unwrap_or_default();
                    head.has_script |= !kind.contains("json");
                }
                _ => {}
            }
            let children = node.children_it(true).map(|child| (child, depth + 1));
            if depth < 100_000 {
                open.extend(children);
            }
        }
        head
    }

    /// The page's title: of several names the one that the page shows, without the site's name after it.
    pub fn title(&self, first_heading: Option<&str>) -> Option<String> {
        let shown = self.first_h1.as_deref().or(first_heading);
        match (&self.title, shown) {
            // `Returns – Example Shop` with the heading `Returns`.
            (Some(title), Some(shown)) if shown.chars().count() >= 4 && title.contains(shown) => Some(shown.to_owned()),
            (Some(title), _) => Some(
                self.social_title.as_ref().filter(|social| title.contains(social.as_str())).unwrap_or(title).clone(),
            ),
            (None, _) => self.social_title.clone().or_else(|| shown.map(str::to_owned)),
        }
    }
}

/// Whether a heading is the name of the website, as it stands on every page of some: a link to the front page.
fn leads_home(heading: &NodeRef<'_>) -> bool {
    let is_home = |address: &str| match address.trim().split_once("://") {
        Some((_, rest)) => matches!(rest.split_once('/'), None | Some((_, ""))),
        None => address.trim() == "/",
    };
    let mut links = heading.descendants_it().chain(heading.ancestors_it(Some(3))).filter(|node| node.has_name("a"));
    links.any(|link| link.attr("href").is_some_and(|href| is_home(&href)))
}

fn text_of(text: &str) -> Option<String> {
    let line = one_line(text);
    (!line.is_empty()).then_some(line)
}
