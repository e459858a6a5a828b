//! What a page says to machines: JSON-LD and microdata in the words of schema.org.
//!
//! Products, questions with their answers, articles, events and organisations become text, as far as the page's own text
//! does not say the same. What describes the website rather than the page (`WebSite`, `BreadcrumbList`) is left out.

use std::collections::HashSet;

use dom_query::Document;
use hammock_contract::metadata::FoundMetadata;
use serde_json::{Map, Value};

use crate::parse::{MAX_TEXT_BYTES, ParseError, writer::Writer};

mod facts;
mod microdata;
mod paths;
mod references;
mod values;
mod words;

use facts::{Fact, Item, Kind};
use words::Words;

/// How many items of a page are read.
const MAX_ITEMS: usize = 200;

/// How deep items and lists may nest.
const MAX_DEPTH: usize = 8;

/// The longest value that is read; longer ones are cut. Bytes.
const MAX_VALUE_BYTES: usize = 20_000;

/// The largest script with data that is read. Bytes.
const MAX_SCRIPT_BYTES: usize = 2_000_000;

/// How much text the items of a page may make. Bytes.
const MAX_SECTION_BYTES: usize = 1_000_000;

/// How much of the page's text is looked through for what the items say, all comparisons together. Bytes.
const MAX_COMPARED_BYTES: usize = 200_000_000;

/// A value of this length that stands in the text is no coincidence. Characters.
const LONG: usize = 12;

/// What is about the website, or about people.
const IGNORED: [&str; 7] =
    ["WebSite", "BreadcrumbList", "SearchAction", "SiteNavigationElement", "WPHeader", "WPFooter", "Person"];

/// Where items hold others that are as good as themselves.
const NESTED: [&str; 9] = [
    "@graph",
    "mainEntity",
    "mainContentOfPage",
    "itemListElement",
    "item",
    "hasPart",
    "hasVariant",
    "subEvent",
    "department",
];

/// The items of a page in plain words.
#[derive(Debug)]
pub(super) struct Structured {
    items: Vec<Item>,
    words: &'static Words,
    /// Everything that they say, by its path.
    pub metadata: Vec<FoundMetadata>,
}

impl Structured {
    /// Collects them; `language` is what the page declares.
    pub fn read(document: &Document, language: Option<&str>) -> Self {
        let words = Words::of(language);
        let (mut written, microdata) = (scripts(document), microdata::read(document));
        references::resolve(&mut written);
        let metadata = paths::found(written.iter().chain(&microdata));
        let mut found = Vec::new();
        written.into_iter().for_each(|value| collect(value, 0, &mut found));
        let mut items: Vec<Item> = found.iter().filter_map(|(kind, map)| Item::of(*kind, map, words)).collect();
        // Where a page says the same both ways, JSON-LD is the one that is kept up.
        let named: HashSet<(Kind, String)> = items.iter().map(|item| (item.kind, plain(&item.heading))).collect();
        let mut marked = Vec::new();
        for value in microdata {
            collect(value, 0, &mut marked);
        }
        let marked = marked.iter().filter_map(|(kind, map)| Item::of(*kind, map, words));
        items.extend(marked.filter(|item| !named.contains(&(item.kind, plain(&item.heading)))));
        let mut seen = HashSet::new();
        items.retain(|item| seen.insert(item.clone()));
        items.truncate(MAX_ITEMS);
        // Beside a product or an article stands its seller or publisher, on every page of the website.
        if items.iter().any(|item| matches!(item.kind, Kind::Product | Kind::Article)) {
            items.retain(|item| item.kind != Kind::Organisation);
        }
        // A list of articles is no article.
        if items.iter().filter(|item| item.body.is_some()).count() > 1 {
            items.iter_mut().for_each(|item| item.body = None);
            items.retain(|item| !item.facts.is_empty());
        }
        Self { items, words, metadata }
    }

    /// Whether they are worth reading on a page that shows no text: not where they only say whose page it is.
    pub fn stands_alone(&self) -> bool {
        let says_enough = |item: &Item| match item.kind {
            Kind::Product | Kind::Question | Kind::Event => true,
            Kind::Article => item.body.is_some(),
            Kind::Organisation => false,
        };
        self.items.iter().any(says_enough)
    }

    /// Writes at the end what the text so far does not say.
    pub fn write(&self, body: &mut Writer) -> Result<(), ParseError> {
        if self.items.is_empty() {
            return Ok(());
        }
        let mut visible = Visible { text: plain(body.text()), left: MAX_COMPARED_BYTES };
        let (shown, end) = (body.len(), MAX_TEXT_BYTES.min(body.len() + MAX_SECTION_BYTES));
        for item in &self.items {
            let known: Vec<bool> = item.facts.iter().map(|fact| visible.says(&fact.text)).collect();
            // Of a page that shows its article, that is what people read.
            let article = item.body.as_deref().filter(|text| shown * 2 < text.len() && !visible.says(text));
            if article.is_none() && known.iter().all(|known| *known) {
                continue;
            }
            // A short value may stand in the text by chance; its label belongs to the item even so.
            let is_short = |fact: &Fact| fact.label.is_some() && fact.text.chars().count() < LONG;
            let facts = item.facts.iter().zip(&known).filter(|(fact, known)| !**known || is_short(fact));
            let lines: Vec<String> = facts.map(|(fact, _)| self.line(fact)).collect();
            let text = lines.join("\n");
            let article = article.unwrap_or_default();
            if body.len() + item.heading.len() + text.len() + article.len() + 16 > end {
                break;
            }
            body.heading(2, &item.heading)?;
            for paragraph in [text.as_str(), article].into_iter().filter(|paragraph| !paragraph.is_empty()) {
                body.paragraph(paragraph)?;
            }
        }
        Ok(())
    }

    fn line(&self, fact: &Fact) -> String {
        match fact.label {
            Some(label) => format!("{label}{}{}", self.words.colon, fact.text),
            None => fact.text.clone(),
        }
    }
}

/// What a page's scripts hold, one script after the other. What is no JSON is left out.
fn scripts(document: &Document) -> Vec<Value> {
    let mut values = Vec::new();
    let root = document.root();
    for node in root.descendants_it().filter(|node| node.has_name("script")) {
        let kind = node.attr("type").map(|kind| kind.to_ascii_lowercase()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/ld+json") || values.len() >= MAX_ITEMS {
            continue;
        }
        let text = node.text();
        if text.len() <= MAX_SCRIPT_BYTES {
            values.extend(parse(&text));
        }
    }
    values
}

/// JSON as pages hold it: in a comment, or with line breaks inside strings.
fn parse(text: &str) -> Option<Value> {
    let text = text.trim();
    let text = text.strip_prefix("<!--").unwrap_or(text);
    let text = text.strip_suffix("-->").unwrap_or(text).trim().trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| {
        let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&spaced).ok()
    })
}

/// Gathers the items of a kind that is read, in their order.
fn collect(value: Value, depth: usize, found: &mut Vec<(Kind, Map<String, Value>)>) {
    if depth > MAX_DEPTH || found.len() >= MAX_ITEMS {
        return;
    }
    match value {
        Value::Array(values) => {
            for value in values {
                collect(value, depth + 1, found);
            }
        }
        Value::Object(mut map) => {
            let types: Vec<String> =
                values::texts(map.get("@type")).iter().map(|name| values::last_part(name).to_owned()).collect();
            if types.iter().any(|name| IGNORED.contains(&name.as_str())) {
                return;
            }
            let nested: Vec<Value> = NESTED.iter().filter_map(|name| map.remove(*name)).collect();
            if let Some(kind) = Kind::of(&types, &map) {
                found.push((kind, map));
            }
            for value in nested {
                collect(value, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// The page's own text, to be compared with.
struct Visible {
    text: String,
    /// How much may yet be looked through. Bytes.
    left: usize,
}

impl Visible {
    /// Whether every line of a text stands in the page's, whatever the punctuation.
    fn says(&mut self, text: &str) -> bool {
        text.lines().all(|line| {
            let line = plain(without_number(line));
            if line.trim().is_empty() {
                return true;
            }
            match self.left.checked_sub(self.text.len()) {
                Some(left) => {
                    self.left = left;
                    self.text.contains(&line)
                }
                None => false,
            }
        })
    }
}

/// The text of a list's item: numbers may stand on the page or not.
fn without_number(line: &str) -> &str {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.strip_prefix(". ").filter(|_| rest.len() < line.len()).unwrap_or(line)
}

/// The words of a text in small letters, a space before and after each.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 2);
    plain.push(' ');
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        plain.extend(word.chars().flat_map(char::to_lowercase));
        plain.push(' ');
    }
    plain
}
