//! Web pages: the main content, without what surrounds it on every page of a site.
//!
//! Where a page marks its content (`main`, `article`) that is taken, and nothing around it however short it is. Where it
//! does not, everything is taken but what is navigation by its element, role, name or form; pages on which links still
//! prevail go through Readability, which is careful with prose and careless with manuals: reference pages lose tables and
//! lists to it.

use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability};

use super::{
    FileInput, ParseError,
    limits::MAX_DEPTH,
    writer::{Extracted, Writer, one_line},
};
use crate::charset::decode_html;

mod boilerplate;
mod head;
mod names;
mod opened;
mod reaching;
mod render;
mod structured;

use boilerplate::{Boilerplate, Marked, Thoroughness, text_len};
use head::Head;
use structured::Structured;

/// The largest page that is read. Bytes.
pub const MAX_PAGE_BYTES: usize = 10_000_000;

/// A result shorter than this makes a second look worthwhile. Bytes.
const SHORT: usize = 200;

/// A result shorter than this may stand for what a script has yet to bring: `Loading…`. Bytes.
const PLACEHOLDER: usize = 40;

/// Reads a page.
///
/// # Errors
/// [`ParseError::NeedsScript`] for a page that only a script fills, [`ParseError::Empty`], [`ParseError::TooLarge`].
pub(super) fn extract(input: &FileInput<'_>) -> Result<Extracted, ParseError> {
    if input.bytes.len() > MAX_PAGE_BYTES {
        return Err(ParseError::TooLarge { limit: (MAX_PAGE_BYTES / 1_000_000) as u64 });
    }
    let html = decode_html(input.bytes, input.media_type);
    let document = Document::from(html.as_ref());
    let head = Head::read(&document);
    let body = document.body().unwrap_or_else(|| document.root());
    let (mut content, root) = main_content(&document, &head, &body)?;
    let mut items = Structured::read(&document, head.language.as_deref());
    if content.text_len() < SHORT && head.has_script && wants_script(&content, &root, &body) {
        if !items.stands_alone() {
            return Err(ParseError::NeedsScript);
        }
        // What stands there until the script has run is not the page.
        content = Content::default();
    }
    let title = head.title(content.first_heading());
    let mut writer = std::mem::take(&mut content.writer);
    if writer.len() > 0 || items.stands_alone() {
        items.write(&mut writer)?;
    }
    let metadata = std::mem::take(&mut items.metadata);
    Ok(Extracted { title, language: head.language, body: writer, structured: true, metadata })
}

/// What was made of a page.
#[derive(Default)]
struct Content {
    writer: Writer,
    /// How many bytes of the text are inside links.
    linked: usize,
}

impl Content {
    fn text_len(&self) -> usize {
        self.writer.len()
    }

    fn first_heading(&self) -> Option<&str> {
        self.writer.first_heading()
    }

    /// The length of the text outside links. Bytes.
    fn prose_len(&self) -> usize {
        self.text_len().saturating_sub(self.linked)
    }

    fn mostly_links(&self) -> bool {
        self.linked * 2 > self.text_len()
    }
}

/// A page's content, and the element in which it was found.
fn main_content<'a>(
    document: &Document,
    head: &Head,
    body: &NodeRef<'a>,
) -> Result<(Content, NodeRef<'a>), ParseError> {
    let all = text_len(body);
    let article = match boilerplate::marked_content(body) {
        Some(Marked::Main(main)) => return Ok((inside(&main, all)?, main)),
        Some(Marked::Article(article)) if text_len(&article) * 5 >= all => {
            return Ok((inside(&article, all)?, article));
        }
        Some(Marked::Article(article)) => Some(article),
        None => None,
    };
    let content = render(body, Thoroughness::Normal, all)?;
    // Menus are no measure of how much of a page its article is.
    if let Some(article) = article.filter(|article| text_len(article) * 5 >= content.prose_len()) {
        return Ok((inside(&article, all)?, article));
    }
    if content.mostly_links() && head.depth <= MAX_DEPTH && content.text_len() >= SHORT {
        // What Readability keeps must still be most of the prose.
        if let Some(article) = readable(document)? {
            let prose = content.prose_len();
            if article.text_len() >= SHORT && article.text_len() * 10 >= prose * 6 && !article.mostly_links() {
                return Ok((article, *body));
            }
        }
    }
    if content.text_len() >= SHORT {
        return Ok((content, *body));
    }
    // A page of links alone (a table of contents) is better than nothing.
    let more = render(body, Thoroughness::Lenient, all)?;
    Ok((longer(content, more), *body))
}

/// The content of an element that a page marks as its content. However little it is, what is around it does not add to it.
fn inside(marked: &NodeRef<'_>, page_text: usize) -> Result<Content, ParseError> {
    let content = render(marked, Thoroughness::Normal, page_text)?;
    if content.text_len() >= SHORT {
        return Ok(content);
    }
    let more = render(marked, Thoroughness::Lenient, text_len(marked))?;
    Ok(longer(content, more))
}

fn longer(one: Content, other: Content) -> Content {
    if other.text_len() > one.text_len() { other } else { one }
}

fn render(root: &NodeRef<'_>, thoroughness: Thoroughness, page_text: usize) -> Result<Content, ParseError> {
    render::render(root, &Boilerplate::of(root, thoroughness, page_text))
}

fn readable(document: &Document) -> Result<Option<Content>, ParseError> {
    let config = Config { disable_json_ld: true, ..Config::default() };
    let Ok(mut readability) = Readability::with_document(document.clone(), None, Some(config)) else { return Ok(None) };
    let Ok(article) = readability.parse() else { return Ok(None) };
    let article = Document::fragment(article.content);
    let root = article.root();
    render(&root, Thoroughness::Invisible, text_len(&root)).map(Some)
}

/// Whether what was found on a page that runs scripts is not what the page shows with them.
fn wants_script(content: &Content, root: &NodeRef<'_>, body: &NodeRef<'_>) -> bool {
    let says_so_aside = || body.descendants_it().any(|inner| inner.has_name("noscript") && says_javascript(&inner));
    content.text_len() == 0 || says_javascript(root) || (content.text_len() < PLACEHOLDER && says_so_aside())
}

/// Whether the page itself says that it wants a script.
fn says_javascript(body: &NodeRef<'_>) -> bool {
    let text = one_line(&body.text()).to_lowercase();
    text.contains("javascript") && text.len() < 4_000
}
