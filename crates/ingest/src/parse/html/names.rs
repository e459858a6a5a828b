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
    /// A request to accept cookies, or a part of a page about cookies.
    Cookies,
    /// It belongs to the site and never to one page: navigation, a dialog.
    Chrome,
    /// What a program for consent puts on every page.
    Consent,
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
const CHROME: [&str; 16] = [
    "breadcrumb",
    "breadcrumbs",
    "docnav",
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

/// What the names of a request to accept cookies end with, written as one word: `cookiebar`.
const NOTICES: [&str; 15] = [
    "alert", "banner", "bar", "box", "consent", "dialog", "hint", "info", "law", "layer", "message", "modal", "notice",
    "overlay", "popup",
];

/// What a text about cookies is called.
const TEXTS: [&str; 4] = ["declaration", "document", "policy", "statement"];

/// What the names of programs for consent begin with, in the form in which they put them on a page.
const CONSENT_PROGRAMS: [&str; 23] = [
    "axeptio",
    "borlabscookie",
    "cc-banner",
    "cc-window",
    "cky-",
    "cmplz-",
    "cookieconsent",
    "cookiefirst",
    "cookiescript",
    "cybotcookiebotdialog",
    "didomi-",
    "iubenda-cs-",
    "klaro",
    "moove_gdpr",
    "onetrust-",
    "osano-cm-",
    "qc-cmp2-",
    "sp_message_",
    "tarteaucitron",
    "trustarc-",
    "truste_",
    "truste-",
    "usercentrics",
];

/// `site-nav`, `Breadcrumbs`, `cookieBanner`, `onetrust-consent-sdk`.
pub(super) fn verdict(token: &str) -> Verdict {
    let words = words(token);
    let token = token.to_ascii_lowercase();
    let token = token.as_str();
    let is_text = words.iter().any(|word| TEXTS.contains(&word.as_str()))
        && !words.iter().any(|word| NOTICES.contains(&word.as_str()));
    if !is_text && CONSENT_PROGRAMS.iter().any(|program| token.starts_with(program)) {
        return Verdict::Consent;
    }
    if CHROME.contains(&token) {
        return Verdict::Chrome;
    }
    if FURNITURE.contains(&token) {
        return Verdict::Furniture;
    }
    if AMBIGUOUS.contains(&token) {
        return Verdict::Ambiguous;
    }
    // Of compound names only the unmistakable words count: `related-work` may be a chapter.
    let of_word = |word: &String| match word.as_str() {
        word if is_of_cookies(word) => {
            if is_text {
                Verdict::Content
            } else {
                Verdict::Cookies
            }
        }
        "nav" | "navbar" | "navigation" | "breadcrumb" | "breadcrumbs" | "pagination" | "skip" => Verdict::Chrome,
        "newsletter" => Verdict::Furniture,
        "footer" | "menu" => Verdict::Menu,
        "sidebar" | "toc" => Verdict::Ambiguous,
        _ => Verdict::Content,
    };
    words.iter().map(of_word).max().unwrap_or(Verdict::Content)
}

/// `cookies`, `consent`, `cookiebar`.
fn is_of_cookies(word: &str) -> bool {
    let rest = word.strip_prefix("cookies").or_else(|| word.strip_prefix("cookie"));
    matches!(word, "consent" | "gdpr") || rest.is_some_and(|rest| rest.is_empty() || NOTICES.contains(&rest))
}

/// The words of a name, in lower case: parted by hyphens and underscores, and where a capital begins one.
fn words(token: &str) -> Vec<String> {
    let letters: Vec<char> = token.chars().collect();
    let mut words = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        if matches!(letter, '-' | '_') {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let is_next_small = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let begins =
            letter.is_ascii_uppercase() && before.is_some_and(|before| !before.is_ascii_uppercase() || is_next_small);
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parted_into_words() {
        assert_eq!(words("cookie-banner__text"), ["cookie", "banner", "text"]);
        assert_eq!(words("cookieBanner"), ["cookie", "banner"]);
        assert_eq!(words("GDPRNotice2Text"), ["gdpr", "notice2", "text"]);
        assert_eq!(words("--"), Vec::<String>::new());
    }

    #[test]
    fn names_say_what_an_element_is() {
        for (name, expected) in [
            ("cookie_banner", Verdict::Cookies),
            ("cookieBanner", Verdict::Cookies),
            ("cookiebar", Verdict::Cookies),
            ("cookies-notice", Verdict::Cookies),
            ("cookie-policy-banner", Verdict::Cookies),
            ("gdprPopup", Verdict::Cookies),
            ("cookies", Verdict::Cookies),
            ("CybotCookiebotDialogBody", Verdict::Consent),
            ("onetrust-banner-sdk", Verdict::Consent),
            ("cc-window", Verdict::Consent),
            ("cmplz-cookiebanner-container", Verdict::Consent),
            ("CookieDeclaration", Verdict::Content),
            ("cmplz-document", Verdict::Content),
            ("cookie-policy", Verdict::Content),
            ("cookieless", Verdict::Content),
            ("mainNav", Verdict::Chrome),
            ("Breadcrumbs", Verdict::Chrome),
            ("siteFooter", Verdict::Menu),
            ("menu", Verdict::Menu),
            ("related-work", Verdict::Content),
            ("sidebar", Verdict::Ambiguous),
            ("newsletter", Verdict::Furniture),
        ] {
            assert_eq!(verdict(name), expected, "{name}");
        }
    }
}
