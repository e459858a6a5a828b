//! What stands on every page of a site and is not its content.

use std::collections::{BTreeSet, HashSet};

use dom_query::{Element, NodeData, NodeRef};

use super::{
    names::{Verdict, verdict},
    opened::{can_be_opened, controlled, is_title},
};

/// A notice to be answered is shorter than this; a page about the same thing is not. Bytes.
const NOTICE: usize = 1_500;

/// How many elements that say that they are the main part are compared.
const MAX_MAINS: usize = 100;

/// How much is taken for navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thoroughness {
    /// Everything that looks like it.
    Normal,
    /// What belongs to the site by its element, role or name: navigation, header, footer, menus, banners and dialogs.
    Lenient,
    /// Only what nobody sees.
    Invisible,
}

/// What to leave out of a page.
#[derive(Debug, Clone)]
pub(super) struct Boilerplate {
    /// How much.
    pub thoroughness: Thoroughness,
    /// The length of all text on the page. Bytes.
    pub page_text: usize,
    /// The ids of what something on the page opens and closes.
    controlled: HashSet<String>,
}

impl Boilerplate {
    /// What to leave out below `root`, on a page with so much text.
    pub fn of(root: &NodeRef<'_>, thoroughness: Thoroughness, page_text: usize) -> Self {
        Self { thoroughness, page_text, controlled: controlled(root) }
    }

    /// Only what nobody sees, whatever the page may open.
    pub fn invisible() -> Self {
        Self { thoroughness: Thoroughness::Invisible, page_text: 0, controlled: HashSet::new() }
    }

    /// Whether an element and all in it is left out.
    pub fn covers(&self, node: &NodeRef<'_>, element: &Element) -> bool {
        let name: &str = &element.name.local;
        match name {
            "button" if is_title(node) && inside_content(node) => {}
            "script" | "style" | "noscript" | "template" | "svg" | "iframe" | "object" | "embed" | "canvas"
            | "video" | "audio" | "select" | "option" | "button" | "input" | "textarea" | "dialog" | "head"
            | "title" | "link" | "meta" | "map" | "datalist" | "progress" => return true,
            _ if self.thoroughness == Thoroughness::Invisible => {}
            "nav" => return true,
            // Inside an article a footer or an aside belongs to it, as notes and boxes do.
            "footer" => return !inside_content(node) || link_share(node) > 0.5,
            "aside" if self.is_thorough() => return !inside_content(node) || link_share(node) > 0.5,
            "header" if !inside_content(node) => return true,
            _ => {}
        }
        let attribute = |wanted: &str| {
            element.attrs.iter().find(|attribute| &attribute.name.local == wanted).map(|attribute| &*attribute.value)
        };
        let style = attribute("style").unwrap_or_default();
        let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let is_hidden = attribute("hidden").is_some()
            || attribute("aria-hidden") == Some("true")
            || style.contains("display:none")
            || style.contains("visibility:hidden");
        // What nobody sees is either furniture or written for machines, unless it waits in the content to be opened.
        if has_no_size(&style)
            || (is_hidden && !(inside_content(node) && can_be_opened(node, element, &self.controlled)))
        {
            return true;
        }
        if self.thoroughness == Thoroughness::Invisible || matches!(name, "body" | "html" | "main" | "article") {
            return false;
        }
        match attribute("role") {
            Some(
                "navigation" | "banner" | "contentinfo" | "search" | "dialog" | "alertdialog" | "menu" | "menubar"
                | "toolbar",
            ) => return true,
            Some("complementary") if self.is_thorough() => return true,
            // It is often called after the navigation that shows it, and is what that leads to.
            Some("tabpanel") => return false,
            _ => {}
        }
        // Each verdict is looked into once, however many names an element has: that reads all below it.
        let names = ["class", "id"].into_iter().filter_map(attribute).flat_map(str::split_whitespace);
        let verdicts: BTreeSet<Verdict> = names.map(verdict).collect();
        verdicts.into_iter().any(|verdict| self.is_named_away(node, verdict))
            || (self.is_thorough() && self.is_link_list(node, name))
    }

    fn is_thorough(&self) -> bool {
        self.thoroughness == Thoroughness::Normal
    }

    fn is_named_away(&self, node: &NodeRef<'_>, verdict: Verdict) -> bool {
        // A frame around everything may be called anything.
        let is_part = || text_len(node) * 3 <= self.page_text;
        match verdict {
            Verdict::Content => false,
            Verdict::Ambiguous => self.is_thorough() && is_part() && link_share(node) > 0.4,
            Verdict::Furniture => self.is_thorough() && is_part(),
            Verdict::Menu => (is_part() && link_share(node) > 0.4) || is_menu(node),
            // Inside the content it may be a chapter about cookies, unless it wants an answer.
            Verdict::Cookies => is_notice(node) || (is_part() && !is_chapter(node)),
            Verdict::Chrome => is_part() || is_menu(node) || is_notice(node),
            Verdict::Consent => !is_frame(node),
        }
    }

    /// A list of short links and nothing else: a menu that does not say so.
    fn is_link_list(&self, node: &NodeRef<'_>, name: &str) -> bool {
        if !matches!(name, "ul" | "ol" | "dl") {
            return false;
        }
        let (mut links, mut linked, mut all) = (0_usize, 0, 0);
        measure(node, false, &mut |is_link_start, length, in_link| {
            links += usize::from(is_link_start);
            all += length;
            linked += if in_link { length } else { 0 };
        });
        let is_menu = links >= 3 && all > 0 && linked * 10 >= all * 9 && all / links < 60 && all * 3 <= self.page_text;
        is_menu && !node.descendants_it().any(|inner| inner.attr("href").is_some_and(|href| reaches_somebody(&href)))
    }
}

/// Whether a link leads to no page, but to a person's telephone or mailbox: a list of these is what people look for.
fn reaches_somebody(address: &str) -> bool {
    let address = address.trim_start();
    ["mailto:", "tel:"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|found| found.eq_ignore_ascii_case(scheme)))
}

/// Where a page says that its content is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Marked<'a> {
    /// Its main part: nothing outside belongs to the page.
    Main(NodeRef<'a>),
    /// The only article, which may as well be a teaser beside the content.
    Article(NodeRef<'a>),
}

/// The one element in which a page says that its content is.
pub(super) fn marked_content<'a>(body: &NodeRef<'a>) -> Option<Marked<'a>> {
    let (mut mains, mut bodies, mut articles) = (Vec::new(), Vec::new(), Vec::new());
    for node in body.descendants_it() {
        let Some(element) = node.element_ref() else { continue };
        let says = |name: &str, value: &str| {
            element.attrs.iter().any(|attribute| &*attribute.name.local == name && &*attribute.value == value)
        };
        if &*element.name.local == "main" || says("role", "main") {
            mains.push(node);
        } else if says("itemprop", "articleBody") {
            bodies.push(node);
        } else if &*element.name.local == "article" {
            articles.push(node);
        }
    }
    // Of several, those that are not in use are empty. The last of equals is taken, hence backwards. They may stand inside
    // each other, so that measuring very many of them would not end.
    mains.truncate(MAX_MAINS);
    if let Some(main) = mains.into_iter().rev().max_by_key(text_len) {
        return Some(Marked::Main(main));
    }
    // Several articles are a list of teasers, each for itself too little.
    match (bodies.as_slice(), articles.as_slice()) {
        ([article, ..], _) | ([], [article]) => Some(Marked::Article(*article)),
        _ => None,
    }
}

/// The length of the visible text below a node. Bytes, runs of white space counted once.
pub(super) fn text_len(node: &NodeRef<'_>) -> usize {
    let mut all = 0;
    measure(node, false, &mut |_, length, _| all += length);
    all
}

fn link_share(node: &NodeRef<'_>) -> f32 {
    let (mut linked, mut all) = (0, 0);
    measure(node, false, &mut |_, length, in_link| {
        all += length;
        linked += if in_link { length } else { 0 };
    });
    if all == 0 { 1.0 } else { linked as f32 / all as f32 }
}

/// Whether a style, written small and without spaces, makes letters that have no size: `font-size:0` or `0px`, not `0.9em`.
fn has_no_size(style: &str) -> bool {
    let mut sizes = style.split(';').filter_map(|declaration| declaration.strip_prefix("font-size:"));
    sizes.any(|size| {
        let digits = size.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        size.get(..digits).and_then(|number| number.parse::<f32>().ok()).is_some_and(|number| number == 0.0)
    })
}

/// Whether an element with the name of a menu is one, however much of the page it is.
fn is_menu(node: &NodeRef<'_>) -> bool {
    link_share(node) > 0.8 && !is_frame(node)
}

/// Whether an element with the name of a banner or a dialog wants an answer.
fn is_notice(node: &NodeRef<'_>) -> bool {
    let is_button = |inner: &NodeRef<'_>| inner.has_name("button") || inner.attr("role").as_deref() == Some("button");
    text_len(node) < NOTICE && !is_frame(node) && node.descendants_it().any(|inner| is_button(&inner))
}

/// Whether an element is a heading, or a part of the content that may be about anything.
fn is_chapter(node: &NodeRef<'_>) -> bool {
    ["h1", "h2", "h3", "h4", "h5", "h6", "section"].iter().any(|name| node.has_name(name))
        || node.ancestors_it(Some(64)).any(|ancestor| ["main", "article"].iter().any(|name| ancestor.has_name(name)))
}

/// Whether an element holds what every page has once.
fn is_frame(node: &NodeRef<'_>) -> bool {
    node.descendants_it().any(|inner| ["h1", "main", "article"].iter().any(|name| inner.has_name(name)))
}

/// Tells for every text below a node how long it is and whether it is inside a link; and for every link that it begins.
fn measure(node: &NodeRef<'_>, in_link: bool, tell: &mut dyn FnMut(bool, usize, bool)) {
    // By hand rather than by recursion: the tree may be deeper than a stack.
    let mut open = vec![(*node, in_link)];
    while let Some((node, in_link)) = open.pop() {
        let inside = node.query_or(None, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => {
                tell(false, contents.split_whitespace().map(|word| word.len() + 1).sum(), in_link);
                None
            }
            NodeData::Element(element) => match &*element.name.local {
                "script" | "style" | "noscript" | "template" | "svg" => None,
                "a" => {
                    tell(true, 0, true);
                    Some(true)
                }
                _ => Some(in_link),
            },
            _ => Some(in_link),
        });
        if let Some(in_link) = inside {
            open.extend(node.children_it(true).map(|child| (child, in_link)));
        }
    }
}

fn inside_content(node: &NodeRef<'_>) -> bool {
    node.ancestors_it(Some(64))
        .any(|ancestor| ["main", "article", "section", "blockquote"].iter().any(|name| ancestor.has_name(name)))
}
