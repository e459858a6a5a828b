//! What the class names and ids of an element say about it.

/// What a name says about an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// Nothing.
    Content,
    /// It may be content as well (a manual's boxes are its sidebars): links decide.
    Ambiguous,
    /// It stands beside the content.
    Furniture,
    /// A menu, of a site where it holds links.
    Menu,
    /// It belongs to the site and never to one page: navigation, a cookie banner, a dialog.
    Chrome,
}

/// Words that are used for content as well.
const AMBIGUOUS: [&str; 8] =
    ["comments", "contents", "localtoc", "promo", "related", "sidebar", "tableofcontents", "widget"];

/// Words for what stands beside the content.
const FURNITURE: [&str; 13] = [
    "ad",
    "ads",
    "advert",
    "advertisement",
    "banner",
    "dropdown",
    "newsletter",
    "noprint",
    "share",
    "sharing",
    "social",
    "subscribe",
    "toc",
];

/// Words for what belongs to the site.
const CHROME: [&str; 21] = [
    "breadcrumb",
    "breadcrumbs",
    "consent",
    "cookie",
    "cookiebar",
    "cookies",
    "docnav",
    "gdpr",
    "masthead",
    "modal",
    "nav",
    "navbar",
    "navfooter",
    "navheader",
    "navigation",
    "navlinks",
    "pager",
    "pagination",
    "popup",
    "skip",
    "skiplink",
];

/// `site-nav`, `Breadcrumbs`, `cookie_banner`.
pub(super) fn verdict(token: &str) -> Verdict {
    let token = token.to_ascii_lowercase();
    let token = token.as_str();
    if CHROME.contains(&token) {
        return Verdict::Chrome;
    }
    if FURNITURE.contains(&token) {
        return Verdict::Furniture;
    }
    if matches!(token, "footer" | "menu") {
        return Verdict::Menu;
    }
    if AMBIGUOUS.contains(&token) {
        return Verdict::Ambiguous;
    }
    // Of compound names only the unmistakable words count: `related-work` may be a chapter.
    let of_word = |word: &str| match word {
        "nav" | "navbar" | "navigation" | "breadcrumb" | "breadcrumbs" | "cookie" | "cookies" | "consent"
        | "pagination" | "skip" | "gdpr" => Verdict::Chrome,
        "newsletter" => Verdict::Furniture,
        "footer" | "menu" => Verdict::Menu,
        "sidebar" | "toc" => Verdict::Ambiguous,
        _ => Verdict::Content,
    };
    if token.contains(['-', '_']) {
        token.split(['-', '_']).map(of_word).max().unwrap_or(Verdict::Content)
    } else {
        Verdict::Content
    }
}
