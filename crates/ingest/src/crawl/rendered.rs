//! Pages that say little until their scripts have run: what a browser shows of them.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use url::{Position, Url};

use super::{
    FetchedPage, KnownPage, PageFailure, Rendering,
    address::Site,
    fetch::{Fetcher, Found, hex},
    markup::{self, PageHead},
    notice::Notice,
};
use crate::{
    isolate::{FileToParse, Parser},
    parse::{ParseError, ParsedDocument},
    render::{Rendered, Renderer},
};

/// A page of as much text is no thin one. Characters.
const ENOUGH: usize = 200;

/// What a browser gives, always.
const CONTENT_TYPE: &str = "text/html; charset=utf-8";

/// By this name it is read as a page, whatever it begins with.
const FILE_NAME: &str = ".html";

/// What shows pages that only scripts fill, and reads what there is to see of them.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The browser.
    pub renderer: Arc<Renderer>,
    /// Reads pages before and after their scripts have run: both are the work of strangers.
    pub parser: Arc<Parser>,
}

impl Viewer {
    /// The text of a page; nothing where there is nothing to read, what its scripts may change.
    ///
    /// # Errors
    /// Where it cannot be read for another reason.
    async fn read(&self, page: &FetchedPage) -> Result<Option<ParsedDocument>, ParseError> {
        let (media_type, bytes) = (page.content_type.clone(), page.body.clone());
        match self.parser.parse(FileToParse { file_name: FILE_NAME.to_owned(), media_type, bytes }).await {
            Ok(text) => Ok(Some(text)),
            Err(ParseError::Empty | ParseError::NeedsScript) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A page that was read.
struct Seen {
    page: FetchedPage,
    head: Box<PageHead>,
    /// What its extraction says; nothing where there is nothing to read.
    text: Option<ParsedDocument>,
}

impl Seen {
    /// How much there is to read. Characters.
    fn length(&self) -> usize {
        self.text.as_ref().map_or(0, |text| text.text.trim().chars().count())
    }

    /// Whether there is something to read, and not only a request for JavaScript.
    fn is_content(&self) -> bool {
        self.head.notice.is_none() && self.length() > 0
    }

    fn found(self) -> Found {
        Found::Page { page: self.page, head: self.head }
    }

    /// The page as it came, where there is something to read, although what its scripts bring is not known. The next crawl tries
    /// again.
    fn found_despite(self, url: &Url, failure: PageFailure) -> Found {
        if !self.is_content() {
            return Found::Failed(failure);
        }
        tracing::info!(%url, error = %failure, "a page was read without its scripts");
        self.found()
    }
}

impl Fetcher {
    /// The page with what its scripts bring, where it says little without them and there is a browser to run them. One that
    /// has not changed is not looked at again before that is due. One whose scripts lead on to another address is a redirect.
    pub(super) async fn with_scripts(
        &self,
        url: &Url,
        site: &Site,
        begins: bool,
        known: Option<&KnownPage>,
        found: Found,
    ) -> Found {
        let (mut page, mut head) = match found {
            Found::Page { page, head } => (page, head),
            other => return other,
        };
        let was_made = known.is_some_and(|known| known.raw_hash.is_some());
        // What stands on every page of a site may be long: how much a page says itself, its extraction tells.
        let is_looked_into = head.is_thin || (head.runs_scripts && (self.policy.viewer.is_some() || was_made));
        if !is_looked_into || head.directives.no_index || head.notice == Some(Notice::NotFound) {
            return Found::Page { page, head };
        }
        if let Some(known) = known
            && (!known.render_due || self.policy.viewer.is_none())
            && known.raw_hash.as_ref().or(known.content_hash.as_ref()) == Some(&page.content_hash)
        {
            if let (Some(_), Some(made)) = (&known.raw_hash, &known.content_hash) {
                page.content_hash.clone_from(made);
                // What the shown page said of itself was heeded then.
                (head.notice, head.canonical) = (None, None);
            }
            page.rendering = Rendering::AsBefore;
            return Found::Page { page, head };
        }
        let Some(viewer) = &self.policy.viewer else { return Found::Page { page, head } };
        let plain = match viewer.read(&page).await {
            Ok(text) => Seen { page, head, text },
            Err(error) if head.is_thin => return Found::Failed(PageFailure::Parse(error)),
            // It leads on all the same, and whoever reads it for good says what is wrong with it.
            Err(_) => return Found::Page { page, head },
        };
        if plain.is_content() && plain.length() >= ENOUGH {
            return plain.found();
        }
        if !self.turn(url).await {
            return Found::CutOff;
        }
        let Rendered { led_to, page } = viewer.renderer.render(&self.client, url, &self.user_agent).await;
        // Whatever was shown there, if anything: it is none of this page.
        if let Some(moved) = led_to.and_then(|to| led_on(url, site, begins, &to)) {
            return moved;
        }
        let dom = match page {
            Ok(dom) => dom,
            Err(error) => return plain.found_despite(url, PageFailure::Render(error)),
        };
        match self.made(viewer, url, &plain, dom).await {
            Ok(made) => better(plain, made).found(),
            Err(error) => plain.found_despite(url, PageFailure::Parse(error)),
        }
    }

    /// What a browser made of a page, read like one that came by itself.
    async fn made(&self, viewer: &Viewer, url: &Url, plain: &Seen, dom: String) -> Result<Seen, ParseError> {
        let (product, url) = (self.policy.product.to_ascii_lowercase(), url.clone());
        // Scanning takes processor time, so not on this thread.
        let scanning = tokio::task::spawn_blocking(move || {
            let html = without_scripts(&dom);
            let head = markup::read(&html, &url, &product);
            (html, head)
        });
        let (html, head) = scanning.await.map_err(|_panicked| ParseError::Damaged("it cannot be read".to_owned()))?;
        let page = FetchedPage {
            body: html.into(),
            content_type: Some(CONTENT_TYPE.to_owned()),
            rendering: Rendering::Made { raw_hash: plain.page.content_hash.clone() },
            ..plain.page.clone()
        };
        let text = viewer.read(&page).await?;
        let mut made = Seen { page, head: Box::new(head), text };
        if let Some(text) = &made.text {
            // Of the text: what a script writes between the lines is another each time.
            let mut hash = Sha256::new();
            hash.update(text.title.as_bytes());
            hash.update([0]);
            hash.update(text.text.as_bytes());
            made.page.content_hash = hex(&hash.finalize());
        }
        // What the answer's headers or the page itself asked for holds, whatever the scripts wrote.
        made.head.directives.no_index |= plain.head.directives.no_index;
        made.head.directives.no_follow |= plain.head.directives.no_follow;
        Ok(made)
    }
}

/// What a page is whose scripts led the browser to another address: a redirect, written otherwise. Nothing where it is the same page
/// after all, or a file, which a browser does not show in its place.
fn led_on(url: &Url, site: &Site, begins: bool, to: &Url) -> Option<Found> {
    match site.leads_to(to, begins) {
        // With encryption or without it.
        Some(page) if page[Position::BeforeHost..] == url[Position::BeforeHost..] => None,
        Some(page) => Some(Found::MovedWithin(page)),
        None if site.leads_to_a_file(to, begins) => None,
        None => Some(Found::MovedAway(to.clone())),
    }
}

/// What is kept of a page: what a browser made of it where that says more, else what there was. The links of both lead on.
fn better(mut plain: Seen, mut made: Seen) -> Seen {
    let is_more = made.is_content() && (made.length() > plain.length() || !plain.is_content());
    let (kept, other) = if is_more { (&mut made, &plain) } else { (&mut plain, &made) };
    for link in &other.head.links {
        if !kept.head.links.contains(link) {
            kept.head.links.push(link.clone());
        }
    }
    if is_more {
        return made;
    }
    if made.head.notice == Some(Notice::NotFound) {
        plain.head.notice = Some(Notice::NotFound);
    } else if !plain.is_content() {
        plain.head.notice = Some(Notice::NothingShown);
    }
    plain.page.rendering = Rendering::NoMore;
    plain
}

/// What a browser printed, without what has run and without what is only meant for those who run nothing.
fn without_scripts(dom: &str) -> String {
    let mut kept = String::with_capacity(dom.len());
    let mut rest = dom;
    while let Some(at) = rest.find('<') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end + 3..]);
            continue;
        }
        let inner = &rest[1..];
        if !inner.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
            kept.push('<');
            rest = inner;
            continue;
        }
        let length = inner.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(inner.len());
        let (name, after) = inner.split_at(length);
        let attributes = &after[..markup::tag_end(after)];
        let opened = (1 + length + attributes.len() + 1).min(rest.len());
        let end_tag =
            if name.eq_ignore_ascii_case("noscript") { Some("</noscript") } else { markup::raw_text_end(name) };
        let Some(end_tag) = end_tag else {
            kept.push_str(&rest[..opened]);
            rest = &rest[opened..];
            continue;
        };
        let text = &rest[opened..];
        let closes = markup::find_ignoring_case(text, end_tag).unwrap_or(text.len());
        let closed = text[closes..].find('>').map_or(text.len(), |end| closes + end + 1);
        let is_script = name.eq_ignore_ascii_case("script") && !attributes.to_ascii_lowercase().contains("json");
        if !is_script && !name.eq_ignore_ascii_case("noscript") {
            kept.push_str(&rest[..opened + closed]);
        }
        rest = &text[closed..];
    }
    kept.push_str(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_run_is_gone_and_what_machines_read_stays() {
        let dom = "<!doctype html><html><head><title>A <script> b</title><SCRIPT src=a.js></SCRIPT><!-- x --><style>a<b{}</style>\
            <script type=\"application/ld+json\">{\"a\":\"<p>\"}</script></head><body><noscript><p>Enable JavaScript</p></noscript>\
            <p title=\"<script>\">1 < 2</p><script>if (a < b) '<noscript>'</script><p>3</p></body></html>";
        let kept = "<!doctype html><html><head><title>A <script> b</title><style>a<b{}</style>\
            <script type=\"application/ld+json\">{\"a\":\"<p>\"}</script></head><body>\
            <p title=\"<script>\">1 < 2</p><p>3</p></body></html>";
        assert_eq!(without_scripts(dom), kept);
        assert_eq!(without_scripts("<p>a<script>unfinished"), "<p>a");
        assert_eq!(without_scripts("a<"), "a<");
        assert_eq!(without_scripts("a<b"), "a<b");
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_fail(dom in "(<|>|p| |\"|'|!--|-->|<script|</script|<noscript>|</noscript>|json|ž|/|\\PC){0,60}") {
            without_scripts(&dom);
        }
    }
}
