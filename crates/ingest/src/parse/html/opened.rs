//! Parts of the content that are hidden until a reader opens them: the answers of an accordion, the panels behind tabs.

use std::collections::HashSet;

use dom_query::{Element, NodeRef};

const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// The ids of what elements below `root` say that they control.
pub(super) fn controlled(root: &NodeRef<'_>) -> HashSet<String> {
    let named = root.descendants_it().filter_map(|node| node.attr("aria-controls"));
    named.flat_map(|ids| ids.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// Whether a reader opens a hidden element: something controls it, or it is marked up as what something controls. What is hidden
/// without that is written for machines.
pub(super) fn can_be_opened(node: &NodeRef<'_>, element: &Element, controlled: &HashSet<String>) -> bool {
    let attribute = |name: &str| {
        element.attrs.iter().find(|attribute| &attribute.name.local == name).map(|attribute| &*attribute.value)
    };
    attribute("hidden").is_some_and(|hidden| hidden.eq_ignore_ascii_case("until-found"))
        || attribute("id").is_some_and(|id| controlled.contains(id))
        || attribute("role") == Some("tabpanel")
        || (attribute("role") == Some("region") && attribute("aria-labelledby").is_some())
        || node.prev_element_sibling().is_some_and(|before| is_opener(&before))
}

/// Whether an element opens what follows it.
fn is_opener(node: &NodeRef<'_>) -> bool {
    let says_so = |node: &NodeRef<'_>| node.attr("aria-expanded").is_some();
    if is_one_of(node, &HEADINGS) {
        return says_so(node) || node.descendants_it().any(|inner| says_so(&inner));
    }
    is_one_of(node, &["button", "summary"]) && says_so(node)
}

/// Whether a button is the words of a heading, such as a question that opens its answer.
pub(super) fn is_title(node: &NodeRef<'_>) -> bool {
    (node.attr("aria-expanded").is_some() || node.attr("aria-controls").is_some())
        && node.ancestors_it(Some(3)).any(|ancestor| is_one_of(&ancestor, &HEADINGS) || ancestor.has_name("dt"))
}

fn is_one_of(node: &NodeRef<'_>, names: &[&str]) -> bool {
    names.iter().any(|name| node.has_name(name))
}
