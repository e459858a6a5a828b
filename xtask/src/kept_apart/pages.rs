//! Reads pages of documentation. Not any page of the web: these were made by DocBook, Sphinx and Texinfo, whose markup is
//! regular. A parser for all HTML would have to be compiled before anything else of the build begins.

use super::sections::{Section, on_one_line};

/// What stands beside the text of such pages: navigation, tables of contents, links to headings. By class.
const BESIDE_THE_TEXT: [&str; 9] =
    ["docnav", "footer", "footnotes", "headerlink", "menu", "nav_table", "navfooter", "navheader", "toc"];
/// Elements that show nothing of the text.
const NOT_SHOWN: [&str; 4] = ["head", "nav", "script", "style"];
/// Elements at whose borders a paragraph ends.
const BLOCKS: [&str; 15] =
    ["blockquote", "dd", "div", "dl", "dt", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul", "body"];

/// The sections of a page, in their order. What stands above the first heading is left out.
pub fn sections(page: &str) -> Vec<Section> {
    let mut reader = Reader::default();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        reader.read_text(&rest[..start]);
        rest = &rest[start..];
        let end = end_of_markup(rest);
        reader.read_tag(&Tag::of(&rest[..end]));
        rest = &rest[end..];
    }
    reader.read_text(rest);
    reader.end_paragraph();
    reader.sections
}

/// Where the tag or the comment ends with which `text` begins.
fn end_of_markup(text: &str) -> usize {
    if text.starts_with("<!--") {
        return text.find("-->").map_or(text.len(), |end| end + "-->".len());
    }
    let mut quote = None;
    for (place, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return place + 1,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// A tag, by its parts.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    closes: bool,
    /// Whether it opens and closes at once, as `<br />` does.
    is_empty: bool,
}

impl<'a> Tag<'a> {
    /// Of all between `<` and `>`.
    fn of(markup: &'a str) -> Self {
        let inside = markup.trim_start_matches('<').trim_end_matches('>');
        let (inside, closes) = inside.strip_prefix('/').map_or((inside, false), |inside| (inside, true));
        let (inside, is_empty) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let (name, attributes) = inside.split_at(inside.find(char::is_whitespace).unwrap_or(inside.len()));
        Self { name, attributes, closes, is_empty }
    }

    /// The value of an attribute; empty where it has none.
    fn attribute(&self, name: &str) -> &'a str {
        let begin = format!(" {name}=\"");
        let value = self.attributes.split_once(begin.as_str()).and_then(|(_, rest)| rest.split_once('"'));
        value.map_or("", |(value, _)| value)
    }

    /// Whether its element says nothing that belongs to the text.
    fn is_beside_the_text(&self) -> bool {
        NOT_SHOWN.contains(&self.name)
            || self.attribute("role") == "navigation"
            || self.attribute("class").split_whitespace().any(|class| BESIDE_THE_TEXT.contains(&class))
    }

    /// The level of a heading.
    fn level(&self) -> Option<u8> {
        self.name.strip_prefix('h').and_then(|level| level.parse().ok()).filter(|level| (1..=6).contains(level))
    }
}

#[derive(Default)]
struct Reader<'a> {
    sections: Vec<Section>,
    /// What was read since the last border.
    text: String,
    /// The element that is being left out, and how many of its name are open.
    left_out: Option<(&'a str, usize)>,
    is_example: bool,
}

impl<'a> Reader<'a> {
    fn read_text(&mut self, text: &str) {
        if self.left_out.is_none() {
            push_decoded(&mut self.text, text);
        }
    }

    fn read_tag(&mut self, tag: &Tag<'a>) {
        if let Some((name, open)) = self.left_out {
            let still_open = match (name == tag.name && !tag.is_empty, tag.closes) {
                (false, _) => open,
                (true, false) => open + 1,
                (true, true) => open - 1,
            };
            self.left_out = (still_open > 0).then_some((name, still_open));
        } else if !tag.closes && !tag.is_empty && tag.is_beside_the_text() {
            self.left_out = Some((tag.name, 1));
        } else if let Some(level) = tag.level() {
            if tag.closes {
                let heading = on_one_line(&std::mem::take(&mut self.text));
                self.sections.push(Section { level, heading, paragraphs: Vec::new() });
            } else {
                self.end_paragraph();
            }
        } else if BLOCKS.contains(&tag.name) {
            self.end_paragraph();
            if tag.name == "pre" {
                self.is_example = !tag.closes;
            }
        } else if ["br", "td", "th"].contains(&tag.name) {
            self.text.push(' ');
        }
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.text);
        let paragraph =
            if self.is_example { text.trim_matches('\n').trim_end().to_owned() } else { on_one_line(&text) };
        if !paragraph.is_empty()
            && let Some(section) = self.sections.last_mut()
        {
            section.paragraphs.push(paragraph);
        }
    }
}

/// Appends a text with its characters in the place of their names.
fn push_decoded(to: &mut String, mut text: &str) {
    while let Some(start) = text.find('&') {
        to.push_str(&text[..start]);
        text = &text[start + 1..];
        match text.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest))) {
            Some((character, rest)) => {
                to.push(character);
                text = rest;
            }
            None => to.push('&'),
        }
    }
    to.push_str(text);
}

/// The character with a name or a number, as far as these pages use them.
fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix('x') {
            Some(number) => u32::from_str_radix(number, 16),
            None => number.parse(),
        };
        return number.ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "apos" => '\'',
        "auml" => 'ä',
        "bdquo" => '„',
        "copy" => '©',
        "gt" => '>',
        "hellip" => '…',
        "ldquo" => '“',
        "lsquo" => '‘',
        "lt" => '<',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "quot" => '"',
        "rdquo" => '”',
        "rsquo" => '’',
        "sbquo" => '‚',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(level: u8, heading: &str, paragraphs: &[&str]) -> Section {
        let paragraphs = paragraphs.iter().map(|paragraph| (*paragraph).to_owned()).collect();
        Section { level, heading: heading.to_owned(), paragraphs }
    }

    #[test]
    fn a_page_of_docbook() {
        let page = r#"<?xml version="1.0"?><!DOCTYPE html><html><head><title>Kernels</title><style>p { color: red }</style></head>
<body><div class="navheader"><table><tr><th>Chapter 4</th></tr></table><hr /></div><div class="chapter"><div class="titlepage">
<h1 class="title"><a id="kernels"></a>Chapter&nbsp;4. Kernels</h1></div><div class="toc"><p>Contents</p><dl><dt>4.1</dt></dl></div>
<div class="section"><h2 class="title">4.1. What kernels
does it run?</h2><p>
Only <span class="emphasis"><em>Linux</em></span> &amp; friends;
see x&gt;=2.
</p><div class="itemizedlist"><ul><li><p>One</p></li><li><p>Two</p></li></ul></div><pre class="screen"># <code>apt update</code>
  done
</pre></div></div><div class="navfooter"><table><tr><td>Next</td></tr></table></div></body></html>"#;
        assert_eq!(
            sections(page),
            [
                section(1, "Chapter 4. Kernels", &[]),
                section(
                    2,
                    "4.1. What kernels does it run?",
                    &["Only Linux & friends; see x>=2.", "One", "Two", "# apt update\n  done"]
                ),
            ]
        );
    }

    #[test]
    fn a_page_of_sphinx() {
        let page = r##"<div class="related" role="navigation"><div><h3>Navigation</h3></div></div><div class="body" role="main">
<section id="faq"><h1><a href="#id2">GUI FAQ</a><a class="headerlink" href="#faq" title="Link">¶</a></h1>
<nav class="contents"><p>Contents</p></nav><section><h2>Why &#8212; and how?</h2><p>It &quot;is&quot;.</p>
<div class="highlight"><pre><span></span><span class="k">if</span> <span class="n">a</span> &lt; <span class="n">b</span>:
    <span class="k">pass</span>
</pre></div></section></section></div><div class="sphinxsidebar" role="navigation"><h3>This Page</h3></div>"##;
        assert_eq!(
            sections(page),
            [section(1, "GUI FAQ", &[]), section(2, "Why — and how?", &["It \"is\".", "if a < b:\n    pass"])]
        );
    }

    #[test]
    fn a_page_of_texinfo() {
        let page = r#"<!-- by <somebody@example.org> --><table class="nav_table"><tr><td>[<a href="a" title="a > b">Top</a>]</td></tr></table>
<a name="x"></a><h3 class="subsection">3.1 L&rsquo;accento</h3><p>Le <code>&#39;</code> &egrave; note.<br>Due</p>
<p><a href="x.ly"><img align="middle"
   src="x.png"></a></p><table><tr><td>a</td><td>b</td></tr></table>"#;
        assert_eq!(sections(page), [section(3, "3.1 L’accento", &["Le ' &egrave; note. Due", "a b"])]);
    }
}
