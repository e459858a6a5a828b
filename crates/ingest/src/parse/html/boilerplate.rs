//! What stands on every page of a site and is not its content.

use dom_query::{Element, NodeData, NodeRef};

/// How much is taken for navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thoroughness {
    /// Everything that looks like it.
    Normal,
    /// Only what is never content.
    Lenient,
}

/// What to leave out of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boilerplate {
    /// How much.
    pub thoroughness: Thoroughness,
    /// The length of all text on the page. Bytes.
    pub page_text: usize,
}

/// Words in class names and ids of what is not content.
const NAMES: [&str; 34] = [
    "ad",
    "ads",
    "advert",
    "advertisement",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "consent",
    "cookie",
    "cookiebar",
    "cookies",
    "docnav",
    "dropdown",
    "gdpr",
    "masthead",
    "modal",
    "nav",
    "navbar",
    "navfooter",
    "navheader",
    "navigation",
    "navlinks",
    "newsletter",
    "noprint",
    "pager",
    "pagination",
    "popup",
    "share",
    "sharing",
    "skip",
    "skiplink",
    "social",
    "subscribe",
    "toc",
];

/// Words that are used for content as well (a manual's boxes are its sidebars): links decide.
const AMBIGUOUS: [&str; 10] =
    ["comments", "contents", "footer", "localtoc", "menu", "promo", "related", "sidebar", "tableofcontents", "widget"];

impl Boilerplate {
    /// Whether an element and all in it is left out.
    pub fn covers(&self, node: &NodeRef<'_>, element: &Element) -> bool {
        let name: &str = &element.name.local;
        match name {
            "script" | "style" | "noscript" | "template" | "svg" | "iframe" | "object" | "embed" | "canvas"
            | "video" | "audio" | "select" | "option" | "button" | "input" | "textarea" | "dialog" | "head"
            | "title" | "link" | "meta" | "map" | "datalist" | "progress" => return true,
            "nav" | "footer" | "aside" if self.thoroughness == Thoroughness::Normal => {
                // Inside an article a footer or an aside belongs to it, as notes and boxes do.
                return name == "nav" || !inside_content(node) || link_share(node) > 0.5;
            }
            "header" if self.thoroughness == Thoroughness::Normal && !inside_content(node) => return true,
            _ => {}
        }
        let attribute = |wanted: &str| {
            element.attrs.iter().find(|attribute| &attribute.name.local == wanted).map(|attribute| &*attribute.value)
        };
        // What nobody sees is either furniture or written for machines.
        if attribute("hidden").is_some() || attribute("aria-hidden") == Some("true") {
            return true;
        }
        if let Some(style) = attribute("style") {
            let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
            if style.contains("display:none") || style.contains("visibility:hidden") || style.contains("font-size:0") {
                return true;
            }
        }
        if self.thoroughness == Thoroughness::Lenient || matches!(name, "body" | "html" | "main" | "article") {
            return false;
        }
        if let Some(role) = attribute("role")
            && matches!(
                role,
                "navigation"
                    | "banner"
                    | "contentinfo"
                    | "search"
                    | "dialog"
                    | "alertdialog"
                    | "menu"
                    | "menubar"
                    | "toolbar"
                    | "complementary"
            )
        {
            return true;
        }
        let names = ["class", "id"].into_iter().filter_map(attribute).flat_map(str::split_whitespace);
        let named = names.map(verdict).max().unwrap_or(Verdict::Content);
        // A frame around everything may be called anything.
        (named == Verdict::Furniture && text_len(node) * 3 <= self.page_text)
            || (named == Verdict::Ambiguous && text_len(node) * 3 <= self.page_text && link_share(node) > 0.4)
            || self.is_link_list(node, name)
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
        links >= 3 && all > 0 && linked * 10 >= all * 9 && all / links < 60 && all * 3 <= self.page_text
    }
}

/// What a name says about an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Content,
    Ambiguous,
    Furniture,
}

/// `site-nav`, `Breadcrumbs`, `cookie_banner`.
fn verdict(token: &str) -> Verdict {
    let token = token.to_ascii_lowercase();
    if NAMES.contains(&token.as_str()) {
        return Verdict::Furniture;
    }
    if AMBIGUOUS.contains(&token.as_str()) {
        return Verdict::Ambiguous;
    }
    // Of compound names only the unmistakable words count: `related-work` may be a chapter.
    let of_word = |word: &str| match word {
        "nav" | "navbar" | "navigation" | "breadcrumb" | "breadcrumbs" | "cookie" | "cookies" | "consent"
        | "pagination" | "skip" | "gdpr" | "newsletter" => Verdict::Furniture,
        "sidebar" | "footer" | "menu" | "toc" => Verdict::Ambiguous,
        _ => Verdict::Content,
    };
    if token.contains(['-', '_']) {
        token.split(['-', '_']).map(of_word).max().unwrap_or(Verdict::Content)
    } else {
        Verdict::Content
    }
}

/// The one element in which a page says that its content is.
pub(super) fn marked_content<'a>(body: &NodeRef<'a>, page_text: usize) -> Option<NodeRef<'a>> {
    let mut mains = Vec::new();
    let mut articles = Vec::new();
    for node in body.descendants_it() {
        let Some(element) = node.element_ref() else { continue };
        let is_main = &*element.name.local == "main"
            || element.attrs.iter().any(|attribute| {
                (&*attribute.name.local == "role" && &*attribute.value == "main")
                    || (&*attribute.name.local == "itemprop" && &*attribute.value == "articleBody")
            });
        if is_main {
            mains.push(node);
        } else if &*element.name.local == "article" {
            articles.push(node);
        }
    }
    // Several articles are a list of teasers, each for itself too little.
    let found = match (mains.as_slice(), articles.as_slice()) {
        ([main, ..], _) => *main,
        ([], [article]) => *article,
        _ => return None,
    };
    (text_len(&found) * 5 >= page_text).then_some(found)
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
