//! Pages that are answered with 200 and yet hold nothing but a notice: that a script would show the page, or that it is not
//! there. Only short pages can be one; an article about such pages is longer.

use super::markup;

mod words;

use words::{ASKING, CHARACTERS, MISSING, NOT_FOUND};

/// A page that shows more than this outside its links and menus is no mere notice. Bytes.
const LONGEST: usize = 600;
/// What asks for JavaScript and says nothing else is no longer than this, menus included. Bytes.
const LONGEST_REQUEST: usize = 200;
/// What is no longer than this may stand for what a script has yet to bring: `Loading…`. Bytes.
const PLACEHOLDER: usize = 40;
/// A page of so little text that `Not found` above it is about the page. Bytes.
const BARE: usize = 100;

/// What a page says instead of showing anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// Only a script would fill it.
    NeedsJavascript,
    /// It is not there.
    NotFound,
    /// Nothing, even after its scripts have run.
    NothingShown,
}

/// The notice that a page is, when it is no more than that, and whether it runs scripts and shows so little that they may have
/// more to show.
pub(super) fn look(html: &str) -> (Option<Notice>, bool) {
    let Some(shown) = Shown::read(html) else { return (None, false) };
    if shown.wants_script() {
        return (Some(Notice::NeedsJavascript), true);
    }
    (shown.says_not_found().then_some(Notice::NotFound), shown.has_script)
}

/// Whether a page runs scripts.
pub(super) fn runs_scripts(html: &str) -> bool {
    const SCRIPT: &str = "<script";
    let mut rest = html;
    while let Some(at) = markup::find_ignoring_case(rest, SCRIPT) {
        rest = &rest[at + SCRIPT.len()..];
        if is_script(&rest[..markup::tag_end(rest)]) {
            return true;
        }
    }
    false
}

/// Whether a script element of these attributes holds a script. Data in one is none.
fn is_script(attributes: &str) -> bool {
    !attributes.to_ascii_lowercase().contains("json")
}

/// What a page shows, and where the scan of it is.
#[derive(Default)]
struct Shown {
    title: String,
    /// The headings of the first level, each behind a `|`.
    heading: String,
    /// All text.
    visible: String,
    /// The text outside links and menus.
    prose: String,
    /// What it shows where no script runs.
    aside: String,
    has_script: bool,
    /// Whether something else than text may be its content.
    has_other: bool,
    /// Whether it says something to machines, which its parser reads: JSON-LD or microdata.
    has_data: bool,
    open: Open,
}

/// The elements that the scan is in.
#[derive(Default)]
struct Open {
    heading: bool,
    link: bool,
    noscript: bool,
    menus: usize,
}

impl Shown {
    /// Looks through a page; nothing when it shows too much to be a notice.
    fn read(html: &str) -> Option<Self> {
        let mut shown = Self::default();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            shown.add(&rest[..at]);
            if shown.prose.len() > LONGEST {
                return None;
            }
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
                continue;
            }
            let begins = !rest.starts_with('/');
            let tag = rest.strip_prefix('/').unwrap_or(rest);
            if !tag.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
                if rest.starts_with(['!', '?']) {
                    rest = rest.split_once('>').map_or("", |(_, after)| after);
                }
                continue;
            }
            let length = tag.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(tag.len());
            let (name, after) = tag.split_at(length);
            let (name, attributes) = (name.to_ascii_lowercase(), &after[..markup::tag_end(after)]);
            rest = after.get(attributes.len() + 1..).unwrap_or_default();
            match markup::raw_text_end(&name).filter(|_| begins) {
                Some(close) => {
                    let (inside, behind) = rest.split_at(markup::find_ignoring_case(rest, close).unwrap_or(rest.len()));
                    shown.pass_over(&name, attributes, inside);
                    rest = behind;
                }
                None => shown.turn(&name, attributes, begins),
            }
        }
        shown.add(rest);
        (shown.prose.len() <= LONGEST).then_some(shown)
    }

    /// Notes what is no markup and, but for the title, no text either.
    fn pass_over(&mut self, name: &str, attributes: &str, inside: &str) {
        match name {
            "title" if self.title.is_empty() => push(&mut self.title, inside),
            "script" => {
                self.has_script |= is_script(attributes);
                self.has_data |= attributes.to_ascii_lowercase().contains("ld+json");
            }
            _ => {}
        }
    }

    /// An element begins or ends.
    fn turn(&mut self, name: &str, attributes: &str, begins: bool) {
        self.has_data |= attributes.contains("itemscope");
        match name {
            "h1" => {
                self.open.heading = begins;
                if begins {
                    push(&mut self.heading, "|");
                }
            }
            "a" => self.open.link = begins && attributes.to_ascii_lowercase().contains("href"),
            "noscript" => self.open.noscript = begins,
            "nav" | "footer" | "select" | "button" | "label" if begins => self.open.menus += 1,
            "nav" | "footer" | "select" | "button" | "label" => self.open.menus = self.open.menus.saturating_sub(1),
            "frame" | "iframe" => self.has_other |= !self.open.noscript,
            "img" => {
                let is_described = attributes.contains("alt=") && !attributes.contains("alt=\"\"");
                self.has_other |= is_described && !self.open.noscript;
            }
            _ => {}
        }
    }

    fn add(&mut self, text: &str) {
        if self.open.noscript {
            push(&mut self.aside, text);
            return;
        }
        push(&mut self.visible, text);
        if self.open.heading {
            push(&mut self.heading, text);
        }
        if !self.open.link && self.open.menus == 0 {
            push(&mut self.prose, text);
        }
    }

    /// Whether it shows nothing but that it wants a script.
    fn wants_script(&self) -> bool {
        if self.has_data {
            return false;
        }
        let visible = plain(&self.visible);
        let visible = visible.trim();
        if visible.is_empty() && self.has_script && !self.has_other {
            return true;
        }
        let says_so_aside = visible.len() < PLACEHOLDER && self.has_script && asks_for_script(&plain(&self.aside));
        says_so_aside || (visible.len() <= LONGEST_REQUEST && asks_for_script(visible))
    }

    /// Whether its title or heading says that it is not there.
    fn says_not_found(&self) -> bool {
        let names = plain(&format!("{} {}", self.title, self.heading));
        if contains_any(&names, MISSING) {
            return true;
        }
        let all = format!("{names} {}", plain(&self.prose));
        let has_number = || all.split(|c: char| !c.is_alphanumeric()).any(|word| word == "404");
        names.split(['|', '–', '—', '-', '·', ':', '»', '/', '!', '.']).map(str::trim).any(|part| {
            // Alone, the number may be a room or a car.
            let says_number = part == "404" && (contains_any(&all, NOT_FOUND) || contains_any(&all, MISSING));
            let says_word =
                NOT_FOUND.contains(&part) && (self.prose.len() <= BARE || has_number() || contains_any(&all, MISSING));
            says_number || says_word
        })
    }
}

/// Adds the words of a text, as far as they matter.
fn push(into: &mut String, text: &str) {
    for word in text.split_whitespace() {
        if into.len() > 2 * LONGEST {
            return;
        }
        if !into.is_empty() {
            into.push(' ');
        }
        into.push_str(word);
    }
}

/// A text as the lists above write it.
fn plain(text: &str) -> String {
    let mut text = markup::unescape(text).into_owned();
    for (name, character) in CHARACTERS {
        text = text.replace(*name, character);
    }
    text.to_lowercase().replace('’', "'")
}

fn contains_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().flat_map(|line| line.split(", ")).any(|phrase| text.contains(phrase))
}

fn asks_for_script(text: &str) -> bool {
    text.contains("javascript") && contains_any(text, ASKING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Option<Notice> {
        look(html).0
    }

    #[test]
    fn a_page_is_thin_that_runs_scripts_and_shows_little() {
        for html in ["<p>Nine to five.</p><script>a()</script>", "<p>Please enable JavaScript.</p>"] {
            assert!(look(html).1, "{html}");
        }
        let long = format!("<p>{}</p><script>a()</script>", "Nine to five. ".repeat(50));
        for html in
            [long.as_str(), "<p>Nine to five.</p>", "<p>Nine.</p><script type='application/ld+json'>{}</script>"]
        {
            assert!(!look(html).1, "{html}");
        }
    }

    #[test]
    fn a_page_runs_scripts_that_has_more_than_data_in_them() {
        let data = "<script type='application/ld+json'>{}</script><SCRIPT type=\"application/json\" id='>'>{}</SCRIPT>";
        assert!(!runs_scripts(data) && !runs_scripts("<p>Nine to five.</p><scrip"));
        let long = format!("<p>{}</p>{data}<Script src=a.js></script>", "Nine to five. ".repeat(50));
        assert!(runs_scripts(&long) && runs_scripts("<script"));
    }

    #[test]
    fn a_request_for_javascript_is_no_content() {
        for html in [
            "<!doctype html><title>App</title><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=a.js></script>",
            "<body><h1>Please enable JavaScript</h1><p>This site requires it.</p></body>",
            "<p>Pour continuer, activez JavaScript dans votre navigateur.</p>",
            "<p>Prosím zapněte si JavaScript.</p>",
            "<p>Bitte aktivieren Sie JavaScript.</p>",
            "<div>Loading…</div><noscript>JavaScript is required.</noscript><script>start()</script>",
            "<div>&nbsp;</div><script>start()</script>",
        ] {
            assert_eq!(of(html), Some(Notice::NeedsJavascript), "{html}");
        }
        let long =
            format!("<h1>How to enable JavaScript</h1><p>{}</p>", "Open the settings of the browser. ".repeat(10));
        for html in [
            long.as_str(),
            "<p>The museum opens at nine.</p><noscript>Please enable JavaScript.</noscript><script>a()</script><p>It closes at five.</p>",
            "<p>Nine to five.</p><script>a()</script>",
            "<p>JavaScript and Rust are languages.</p>",
            "<img src=hours.png alt='Nine to five'><script>a()</script>",
            "<div></div><script type=application/json>{}</script>",
            "<p>Please enable JavaScript.</p><script type='application/ld+json'>{}</script><script>a()</script>",
            "",
        ] {
            assert_eq!(of(html), None, "{html}");
        }
    }

    #[test]
    fn a_page_that_says_it_is_not_there_is_not() {
        for (title, heading) in [
            ("Page not found – Museum", "Oops!"),
            ("Museum", "That page can’t be found."),
            ("404", "Not found"),
            ("Not Found", "Not Found"),
            ("Page non trouv&eacute;e | Musée", ""),
            ("Muzeum", "Stránka nenalezena"),
            ("Museum", "Seite nicht gefunden"),
            ("Página no encontrada", ""),
            ("Pagina non trovata", ""),
            ("Página não encontrada", ""),
            ("Pagina niet gevonden", ""),
            ("Museum", "Sorry, the page you’re looking for doesn’t exist."),
            ("We couldn’t find the page", ""),
            ("Musée", "La page que vous recherchez est introuvable"),
            ("Musée", "La page demandée n’existe pas"),
            ("Museum", "Diese Seite wurde leider nicht gefunden"),
            ("Museo", "La página que buscas no existe"),
            ("Error&nbsp;404", ""),
        ] {
            let menu = format!("<nav>{}</nav>", "<a href=/x>A department of the museum</a> ".repeat(60));
            let html =
                format!("<title>{title}</title>{menu}<h1>{heading}</h1><p>Try the <a href=/search>search</a>.</p>");
            assert_eq!(of(&html), Some(Notice::NotFound), "{title} {heading}");
        }
    }

    #[test]
    fn pages_about_what_is_not_found_stay() {
        let text = "A server answers with this code when it knows no page of that address. ".repeat(10);
        let article = format!("<title>404 Not Found</title><h1>Error 404</h1><p>{text}</p>");
        let device = format!("<h1>Not found</h1><p>{}</p>", "The printer is not in the list of devices. ".repeat(5));
        for html in [
            article.as_str(),
            device.as_str(),
            "<title>404 – Hotel</title><h1>404</h1><p>A quiet room with a view of the yard.</p>",
            "<title>Peugeot 404</title><p>A car of 1960.</p>",
            "<title>Search</title><h1>Find the page you are looking for</h1><p>Or ask at the desk.</p>",
            "<title>Lost property</title><p>If it was not found, ask at the desk. Page not found? Tell us.</p>",
        ] {
            assert_eq!(of(html), None, "{html}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_fail(html in "(<|>|a|h1| |href|=|\"|'|&|;|!--|-->|<script|</script|<title>|ž|/|noscript|\\PC){0,60}") {
            of(&html);
            runs_scripts(&html);
        }
    }
}
