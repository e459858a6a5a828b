//! A tree of elements to text in the manner of Markdown.

use dom_query::{NodeData, NodeRef};

use super::{Content, boilerplate::Boilerplate, reaching::Reaching};
use crate::parse::{
    ParseError,
    limits::{MAX_COLUMNS, MAX_DEPTH},
    writer::{TableWriter, one_line},
};

/// Writes what is below `root`, except what `boilerplate` covers.
pub(super) fn render(root: &NodeRef<'_>, boilerplate: &Boilerplate) -> Result<Content, ParseError> {
    let mut renderer = Renderer {
        boilerplate,
        content: Content::default(),
        line: String::new(),
        linked: 0,
        lists: Vec::new(),
        marker: None,
        in_link: false,
    };
    renderer.children(root, 0)?;
    renderer.flush()?;
    Ok(renderer.content)
}

struct List {
    /// The number of the next item; `None` for bullets.
    next: Option<u32>,
}

struct Renderer<'a> {
    boilerplate: &'a Boilerplate,
    content: Content,
    /// The paragraph under construction.
    line: String,
    /// How much of `line` is inside links. Bytes.
    linked: usize,
    lists: Vec<List>,
    /// The marker of the item that has not begun yet.
    marker: Option<String>,
    in_link: bool,
}

enum Piece {
    Text(String),
    Element(String),
    Nothing,
}

impl Renderer<'_> {
    fn children(&mut self, node: &NodeRef<'_>, depth: usize) -> Result<(), ParseError> {
        for child in node.children_it(false) {
            self.node(&child, depth + 1)?;
        }
        Ok(())
    }

    fn node(&mut self, node: &NodeRef<'_>, depth: usize) -> Result<(), ParseError> {
        let piece = node.query_or(Piece::Nothing, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => Piece::Text(contents.to_string()),
            NodeData::Element(element) if !self.boilerplate.covers(node, element) => {
                Piece::Element(element.name.local.to_string())
            }
            _ => Piece::Nothing,
        });
        match piece {
            Piece::Text(text) => {
                self.push(&text);
                Ok(())
            }
            // Deeper than any page that people write: the text without its form.
            Piece::Element(_) if depth > MAX_DEPTH => {
                self.push(&node.text());
                Ok(())
            }
            Piece::Element(name) => self.element(&name, node, depth),
            Piece::Nothing => Ok(()),
        }
    }

    fn push(&mut self, text: &str) {
        // Line breaks of the source are spaces; those that count are written as `\n` by `br` alone.
        let before = self.line.len();
        for (index, word) in text.split(is_html_space).enumerate() {
            if index > 0 && !self.line.is_empty() && !self.line.ends_with([' ', '\n']) {
                self.line.push(' ');
            }
            self.line.push_str(word);
        }
        if self.in_link {
            self.linked += self.line.len() - before;
        }
    }

    fn element(&mut self, name: &str, node: &NodeRef<'_>, depth: usize) -> Result<(), ParseError> {
        match name {
            "br" => self.line.push('\n'),
            "hr" => self.flush()?,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush()?;
                let level = name.bytes().last().map_or(2, |digit| digit - b'0');
                let text = self.inline_text(node, depth)?;
                let text = text.trim_end_matches(['¶', '#', '§', ' ']);
                self.content.writer.heading(level, text)?;
            }
            "pre" | "listing" | "xmp" => {
                self.flush()?;
                self.content.writer.code(&code_of(node))?;
            }
            "table" => self.table(node, depth)?,
            "ul" | "ol" | "menu" | "dir" => {
                self.flush()?;
                let start = node.attr("start").and_then(|value| value.parse().ok()).unwrap_or(1);
                self.lists.push(List { next: (name == "ol").then_some(start) });
                self.children(node, depth)?;
                self.flush()?;
                self.lists.pop();
            }
            "li" => {
                self.flush()?;
                self.marker = Some(match self.lists.last_mut().and_then(|list| list.next.as_mut()) {
                    Some(next) => {
                        let marker = format!("{next}.");
                        *next = next.saturating_add(1);
                        marker
                    }
                    None => "-".to_owned(),
                });
                self.children(node, depth)?;
                self.flush()?;
                self.marker = None;
            }
            "a" => {
                // `¶` beside headings and `[edit]` are for authors.
                let class = node.attr("class").unwrap_or_default();
                if class.contains("headerlink") || class.contains("anchor") && node.text().trim().chars().count() <= 1 {
                    return Ok(());
                }
                let outer = std::mem::replace(&mut self.in_link, true);
                self.children(node, depth)?;
                self.in_link = outer;
            }
            "q" => {
                self.line.push('“');
                self.children(node, depth)?;
                self.line.push('”');
            }
            "td" | "th" => {
                self.children(node, depth)?;
                self.push(" ");
            }
            _ if is_block(name) => {
                self.flush()?;
                self.children(node, depth)?;
                self.flush()?;
            }
            _ => self.children(node, depth)?,
        }
        Ok(())
    }

    /// Ends the paragraph under construction.
    fn flush(&mut self) -> Result<(), ParseError> {
        let line = std::mem::take(&mut self.line);
        self.content.linked += std::mem::take(&mut self.linked);
        if line.trim().is_empty() {
            return Ok(());
        }
        match self.marker.take() {
            Some(marker) => self.content.writer.list_item(self.lists.len().saturating_sub(1), &marker, &line),
            None => self.content.writer.paragraph(&line),
        }
    }

    /// The text of an element on one line, without disturbing the paragraph under construction.
    fn inline_text(&mut self, node: &NodeRef<'_>, depth: usize) -> Result<String, ParseError> {
        let inner = render_inline(node, self.boilerplate, depth)?;
        Ok(one_line(&inner))
    }

    fn table(&mut self, node: &NodeRef<'_>, depth: usize) -> Result<(), ParseError> {
        self.flush()?;
        // Each with the number of its group: no cell reaches into another one.
        let mut rows: Vec<(usize, Vec<NodeRef<'_>>)> = Vec::new();
        let (mut nested, mut groups) = (false, 0);
        let mut open: Vec<(usize, NodeRef<'_>)> = node.children_it(true).map(|child| (0, child)).collect();
        while let Some((group, next)) = open.pop() {
            if next.has_name("tr") {
                let cells = next.children_it(false).filter(|cell| cell.has_name("td") || cell.has_name("th"));
                rows.push((group, cells.collect()));
            } else if next.has_name("thead") || next.has_name("tbody") || next.has_name("tfoot") {
                groups += 1;
                open.extend(next.children_it(true).map(|child| (groups, child)));
            } else if next.has_name("caption") {
                let caption = self.inline_text(&next, depth)?;
                self.content.writer.paragraph(&caption)?;
            }
        }
        for cell in rows.iter().flat_map(|(_, row)| row) {
            nested |= cell
                .descendants_it()
                .any(|inner| ["table", "pre", "h1", "h2", "h3", "ul", "ol"].iter().any(|name| inner.has_name(name)));
        }
        // Tables for layout: their cells are read one after the other.
        if nested || rows.iter().all(|(_, row)| row.len() <= 1) {
            for cell in rows.into_iter().flat_map(|(_, row)| row) {
                self.children(&cell, depth + 1)?;
                self.flush()?;
            }
            return Ok(());
        }
        // Row by row: cells that claim to be wide would take far more memory together than the page.
        let mut table = TableWriter::default();
        let mut reaching = Reaching::default();
        for (group, row) in rows {
            reaching.enter(group);
            let says_something = !row.is_empty();
            let mut cells = Vec::with_capacity(row.len());
            for cell in row {
                reaching.fill(&mut cells);
                let first = cells.len();
                cells.push(self.inline_text(&cell, depth + 2)?);
                let span =
                    |name: &str| cell.attr(name).and_then(|value| value.trim().parse::<usize>().ok()).unwrap_or(1);
                let room = MAX_COLUMNS.saturating_sub(cells.len());
                cells.extend(std::iter::repeat_n(String::new(), span("colspan").saturating_sub(1).min(64).min(room)));
                reaching.begin(first, &cells, span("rowspan"));
            }
            reaching.end(&mut cells);
            if says_something {
                table.row(&mut self.content.writer, &cells)?;
            }
        }
        Ok(())
    }
}

/// The text below a node, its blocks separated by spaces.
fn render_inline(node: &NodeRef<'_>, boilerplate: &Boilerplate, depth: usize) -> Result<String, ParseError> {
    let mut text = String::new();
    let mut open: Vec<(NodeRef<'_>, usize)> = node.children_it(true).map(|child| (child, depth)).collect();
    while let Some((next, depth)) = open.pop() {
        let piece = next.query_or(Piece::Nothing, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => Piece::Text(contents.to_string()),
            NodeData::Element(element) if !boilerplate.covers(&next, element) => {
                Piece::Element(element.name.local.to_string())
            }
            _ => Piece::Nothing,
        });
        match piece {
            Piece::Text(part) => text.push_str(&part),
            Piece::Element(name) => {
                if name == "br" || is_block(&name) {
                    text.push(' ');
                }
                if next.attr("class").is_none_or(|class| !class.contains("headerlink")) {
                    open.extend(next.children_it(true).map(|child| (child, depth + 1)));
                }
            }
            Piece::Nothing => {}
        }
    }
    Ok(text)
}

/// The text of code in the lines in which it is shown: many programs that colour code end them by elements alone. Without buttons to
/// copy it and what nobody sees.
fn code_of(node: &NodeRef<'_>) -> String {
    let mut code = String::new();
    // Nothing stands where an element of whole lines ends.
    let mut open: Vec<Option<NodeRef<'_>>> = node.children_it(true).map(Some).collect();
    while let Some(next) = open.pop() {
        let Some(next) = next else {
            end_line(&mut code);
            continue;
        };
        let piece = next.query_or(Piece::Nothing, |tree_node| match &tree_node.data {
            NodeData::Text { contents } => Piece::Text(contents.to_string()),
            NodeData::Element(element) => Piece::Element(element.name.local.to_string()),
            _ => Piece::Nothing,
        });
        match piece {
            Piece::Text(text) => code.push_str(&text),
            Piece::Element(name) => match name.as_str() {
                "br" => code.push('\n'),
                "button" | "script" | "style" | "svg" | "template" => {}
                _ if next.attr("aria-hidden").as_deref() == Some("true") => {}
                name => {
                    if is_block(name) || name == "li" {
                        end_line(&mut code);
                        open.push(None);
                    }
                    open.extend(next.children_it(true).map(Some));
                }
            },
            Piece::Nothing => {}
        }
    }
    code
}

fn end_line(code: &mut String) {
    if !code.is_empty() && !code.ends_with('\n') {
        code.push('\n');
    }
}

/// Whether an element begins a line of its own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "hgroup"
            | "html"
            | "legend"
            | "main"
            | "nav"
            | "p"
            | "section"
            | "summary"
            | "tr"
            | "caption"
            | "tbody"
            | "thead"
            | "tfoot"
    )
}

fn is_html_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}' | '\u{a0}')
}
