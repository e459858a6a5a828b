//! Web pages: the main content, without what surrounds it on every page of a site.
//!
//! Where a page marks its content (`main`, `article`) that is taken. Where it does not, everything is taken but what is
//! navigation by its element, role, name or form; pages on which links still prevail go through Readability, which is
//! careful with prose and careless with manuals: reference pages lose tables and lists to it.

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
mod render;

use boilerplate::{Boilerplate, Thoroughness};
use head::Head;

/// The largest page that is read. Bytes.
pub const MAX_PAGE_BYTES: usize = 10_000_000;

/// A result shorter than this makes a second look worthwhile. Bytes.
const SHORT: usize = 200;

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
    let mut content = main_content(&document, &head, &body)?;
    if content.text_len() < SHORT && head.has_script && (content.text_len() == 0 || says_javascript(&body)) {
        return Err(ParseError::NeedsScript);
    }
    let title = head.title(content.first_heading());
    let writer = std::mem::take(&mut content.writer);
    Ok(Extracted { title, language: head.language, body: writer, structured: true })
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

    fn mostly_links(&self) -> bool {
        self.linked * 2 > self.text_len()
    }
}

fn main_content(document: &Document, head: &Head, body: &NodeRef<'_>) -> Result<Content, ParseError> {
    let all = boilerplate::text_len(body);
    let render = |root: &NodeRef<'_>, thoroughness: Thoroughness| {
        render::render(root, &Boilerplate { thoroughness, page_text: all })
    };
    if let Some(main) = boilerplate::marked_content(body, all) {
        let content = render(&main, Thoroughness::Normal)?;
        if content.text_len() >= SHORT {
            return Ok(content);
        }
    }
    let content = render(body, Thoroughness::Normal)?;
    if content.mostly_links() && head.depth <= MAX_DEPTH && content.text_len() >= SHORT {
        // What Readability keeps must still be most of the prose.
        if let Some(article) = readable(document)? {
            let prose = content.text_len() - content.linked;
            if article.text_len() >= SHORT && article.text_len() * 10 >= prose * 6 && !article.mostly_links() {
                return Ok(article);
            }
        }
    }
    if content.text_len() >= SHORT {
        return Ok(content);
    }
    // A page of links alone (a table of contents) is better than nothing.
    let everything = render(body, Thoroughness::Lenient)?;
    Ok(if everything.text_len() > content.text_len() { everything } else { content })
}

fn readable(document: &Document) -> Result<Option<Content>, ParseError> {
    let config = Config { disable_json_ld: true, ..Config::default() };
    let Ok(mut readability) = Readability::with_document(document.clone(), None, Some(config)) else { return Ok(None) };
    let Ok(article) = readability.parse() else { return Ok(None) };
    let article = Document::fragment(article.content);
    let root = article.root();
    let whole = boilerplate::text_len(&root);
    render::render(&root, &Boilerplate { thoroughness: Thoroughness::Lenient, page_text: whole }).map(Some)
}

/// Whether the page itself says that it wants a script.
fn says_javascript(body: &NodeRef<'_>) -> bool {
    let text = one_line(&body.text()).to_lowercase();
    text.contains("javascript") && text.len() < 4_000
}
