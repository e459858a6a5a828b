//! What a document says to machines under names of its own: the keys of a front matter, the paths of JSON-LD, the columns of a
//! table. All of it is kept, whether or not anybody has defined a field for it: a field may be defined later.

use std::{
    collections::{HashMap, HashSet},
    str::Lines,
};

use hammock_contract::metadata::{FoundMetadata, LONGEST_VALUE, MOST_VALUES, MetadataOrigin};

use super::writer::{normalise, one_line};

/// How many names are kept of one document.
const MOST_NAMES: usize = 300;
/// The longest name. Characters.
const LONGEST_NAME: usize = 200;
/// No longer than this is a part of a name even looked at: it goes into every name below it. Bytes.
pub(super) const LONGEST_PART: usize = 4 * LONGEST_NAME;
/// How many lines a list in brackets may take.
const LONGEST_LIST: usize = 200;
/// How much all values of a document may hold together. Bytes.
const MOST_BYTES: usize = 1_000_000;

/// Gathers values under names, each value once, within the limits.
#[derive(Debug)]
pub(super) struct Collected {
    origin: MetadataOrigin,
    found: Vec<FoundMetadata>,
    places: HashMap<String, usize>,
    seen: HashSet<(usize, String)>,
    bytes: usize,
}

impl Collected {
    /// Nothing yet.
    pub fn new(origin: MetadataOrigin) -> Self {
        Self { origin, found: Vec::new(), places: HashMap::new(), seen: HashSet::new(), bytes: 0 }
    }

    /// Adds a value on one line; what is empty or beyond the limits is left out.
    pub fn add(&mut self, name: &str, value: &str) {
        let Some(place) = self.place(name) else { return };
        let Some(entry) = self.found.get_mut(place).filter(|entry| entry.values.len() < MOST_VALUES) else { return };
        let value: String = normalise(&one_line(value)).chars().take(LONGEST_VALUE).collect();
        if value.is_empty() || self.bytes + value.len() > MOST_BYTES {
            return;
        }
        if self.seen.insert((place, value.clone())) {
            self.bytes += value.len();
            entry.values.push(value);
        }
    }

    fn place(&mut self, name: &str) -> Option<usize> {
        if let Some(place) = self.places.get(name) {
            return Some(*place);
        }
        let shown = normalise(&one_line(name));
        if shown.is_empty() || shown.chars().count() > LONGEST_NAME || self.found.len() >= MOST_NAMES {
            return None;
        }
        let place = self.found.len();
        self.places.insert(name.to_owned(), place);
        self.found.push(FoundMetadata { origin: self.origin, name: shown, values: Vec::new() });
        Some(place)
    }

    /// What was gathered, without names that have no value.
    pub fn finish(self) -> Vec<FoundMetadata> {
        self.found.into_iter().filter(|found| !found.values.is_empty()).collect()
    }
}

/// The columns of tables, by their headings. Tables with the same heading share a column.
#[derive(Debug)]
pub(super) struct Columns {
    headings: Option<Vec<String>>,
    collected: Collected,
}

impl Default for Columns {
    fn default() -> Self {
        Self { headings: None, collected: Collected::new(MetadataOrigin::Csv) }
    }
}

impl Columns {
    /// The next row; the first one of a table is its heading.
    pub fn row(&mut self, cells: &[String]) {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        match &self.headings {
            None => {
                let heading = |cell: &String| if cell.len() > LONGEST_PART { String::new() } else { cell.clone() };
                self.headings = Some(cells.iter().map(heading).collect());
            }
            Some(headings) => {
                for (heading, cell) in headings.iter().zip(cells) {
                    self.collected.add(heading, cell);
                }
            }
        }
    }

    /// The table ends; another may follow.
    pub fn end_table(&mut self) {
        self.headings = None;
    }

    /// What the columns hold.
    pub fn finish(self) -> Vec<FoundMetadata> {
        self.collected.finish()
    }
}

/// The values of a front matter, YAML or TOML as people write it: `key: value`, lists in brackets, on one line or on several, or
/// with a dash a line, and keys inside keys as `outer.inner`. What is more than that is left out.
pub(super) fn front_matter(matter: &str) -> Vec<FoundMetadata> {
    let mut collected = Collected::new(MetadataOrigin::FrontMatter);
    // The keys that stand open, each with its indentation.
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut section = String::new();
    let mut lines = matter.lines();
    while let Some(line) = lines.next() {
        let text = line.trim();
        let indent = line.len() - line.trim_start().len();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let table = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|_| indent == 0);
        if let Some(name) = table {
            // As TOML has them.
            section = name.trim_matches(['[', ']']).trim().chars().take(LONGEST_NAME).collect();
            open.clear();
            continue;
        }
        if let Some(item) = text.strip_prefix("- ") {
            // An item may stand as far left as the key of its list.
            open.retain(|(depth, _)| *depth <= indent);
            if split(item).is_none() || is_quoted(item) {
                let path = path(&section, &open, None);
                add_scalars(&mut collected, &path, item);
            }
            continue;
        }
        open.retain(|(depth, _)| *depth < indent);
        if text.starts_with('[') {
            // The list of the key above it.
            if let Some(list) = whole_list(text, &mut lines).filter(|_| !open.is_empty()) {
                add_scalars(&mut collected, &path(&section, &open, None), &list);
            }
            continue;
        }
        let Some((key, value)) = split(text) else { continue };
        if value.starts_with('[') {
            if let Some(list) = whole_list(value, &mut lines) {
                add_scalars(&mut collected, &path(&section, &open, Some(key)), &list);
            }
        } else if matches!(value, "|" | ">" | "|-" | ">-" | "|+" | ">+") {
            collected.add(&path(&section, &open, Some(key)), &text_below(indent, &mut lines));
        } else if value.is_empty() {
            open.push((indent, key.to_owned()));
        } else {
            add_scalars(&mut collected, &path(&section, &open, Some(key)), value);
        }
    }
    collected.finish()
}

/// A list in brackets on one line, however many it takes; nothing where it does not end before the next key or list.
fn whole_list(begins: &str, lines: &mut Lines<'_>) -> Option<String> {
    if begins.contains(']') {
        return Some(if begins.ends_with(']') { begins } else { without_remark(begins) }.to_owned());
    }
    let mut list = without_remark(begins).to_owned();
    let mut ahead = lines.clone();
    for _ in 0..LONGEST_LIST {
        let line = ahead.next()?.trim();
        if line.starts_with('#') {
            continue;
        }
        if line.starts_with('[') || (split(line).is_some() && !is_quoted(line)) {
            return None;
        }
        list.push(' ');
        list.push_str(without_remark(line));
        if list.ends_with(']') {
            *lines = ahead;
            return Some(list);
        }
    }
    None
}

/// The text that stands below a key, further to the right.
fn text_below(indent: usize, lines: &mut Lines<'_>) -> String {
    let mut text = String::new();
    let mut ahead = lines.clone();
    while let Some(line) = ahead.next() {
        let begin = line.len() - line.trim_start().len();
        if !line.trim().is_empty() && begin <= indent {
            break;
        }
        text.push_str(line);
        text.push(' ');
        *lines = ahead.clone();
    }
    text
}

/// A line without the remark behind it.
fn without_remark(line: &str) -> &str {
    line.split_once(" #").map_or(line, |(line, _)| line.trim_end())
}

/// A key and what follows it.
fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find([':', '='])?;
    let (key, rest) = text.split_at(end);
    let value = rest.get(1..).unwrap_or_default();
    // `12:30` and addresses are values.
    if rest.starts_with(':') && !value.is_empty() && !value.starts_with([' ', '\t']) {
        return None;
    }
    let key = key.trim().trim_matches(['"', '\'']);
    let is_name = !key.is_empty() && key.len() <= LONGEST_PART && !key.contains(char::is_whitespace);
    is_name.then(|| (key, value.trim()))
}

fn path(section: &str, open: &[(usize, String)], key: Option<&str>) -> String {
    let outer = Some(section).filter(|section| !section.is_empty());
    let parts: Vec<&str> = outer.into_iter().chain(open.iter().map(|(_, key)| key.as_str())).chain(key).collect();
    parts.join(".")
}

fn is_quoted(text: &str) -> bool {
    text.starts_with(['"', '\''])
}

fn add_scalars(collected: &mut Collected, path: &str, value: &str) {
    match value.strip_prefix('[').and_then(|rest| rest.trim_end().strip_suffix(']')) {
        Some(list) => pieces(list).into_iter().for_each(|piece| collected.add(path, scalar(piece))),
        None if value.starts_with('{') => {}
        None => collected.add(path, scalar(value)),
    }
}

/// The items of a list in one line; commas inside quotes divide nothing.
fn pieces(list: &str) -> Vec<&str> {
    let (mut pieces, mut from, mut quote) = (Vec::new(), 0, None);
    for (at, character) in list.char_indices() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, ',') => {
                pieces.push(list.get(from..at).unwrap_or_default());
                from = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(list.get(from..).unwrap_or_default());
    pieces
}

/// A value without its quotes, or without the remark behind it.
fn scalar(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside;
        }
    }
    let value = without_remark(value);
    if matches!(value, "~" | "null") { "" } else { value }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(matter: &str) -> Vec<(String, Vec<String>)> {
        front_matter(matter).into_iter().map(|found| (found.name, found.values)).collect()
    }

    fn entry(name: &str, values: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn yaml_is_read_as_people_write_it() {
        let matter = "title: \"A: b\" # remark\ndate: 2026-11-27\ntags: [one, 'two, three', one]\nauthor:\n  name: Eva\n  \
                      roles:\n    - editor\n    - \"owner: all\"\nkeywords:\n- first\n- second\nempty:\nurl: https://a.example/x\n";
        assert_eq!(
            read(matter),
            [
                entry("title", &["A: b"]),
                entry("date", &["2026-11-27"]),
                entry("tags", &["one", "two, three"]),
                entry("author.name", &["Eva"]),
                entry("author.roles", &["editor", "owner: all"]),
                entry("keywords", &["first", "second"]),
                entry("url", &["https://a.example/x"]),
            ]
        );
    }

    #[test]
    fn lists_may_take_several_lines() {
        let matter = "tags: [\n  one, # the first\n  # and\n  \"two: three\",\n]\nkinds:\n  [\n    four,\n    five\n  ]\n\
                      plain: [six] # one\nquoted: ['a # b', c]\ndraft: [No] list\nopen: [\n  lost\ntitle: A\n[extra]\nnames = [\n  'a',\n  'b'\n]\n";
        assert_eq!(
            read(matter),
            [
                entry("tags", &["one", "two: three"]),
                entry("kinds", &["four", "five"]),
                entry("plain", &["six"]),
                entry("quoted", &["a # b", "c"]),
                entry("draft", &["[No] list"]),
                entry("title", &["A"]),
                entry("extra.names", &["a", "b"]),
            ]
        );
    }

    #[test]
    fn a_text_may_stand_below_its_key() {
        let matter =
            "about: >-\n  Opening: hours\n\n  and prices\nmore:\n  note: |\n    One.\n  last: 1\nempty: |\nend: 2\n";
        assert_eq!(
            read(matter),
            [
                entry("about", &["Opening: hours and prices"]),
                entry("more.note", &["One."]),
                entry("more.last", &["1"]),
                entry("end", &["2"]),
            ]
        );
    }

    #[test]
    fn toml_is_read_too() {
        let matter = "draft = false\ntags = [\"a\", \"b\"]\n\n[extra]\nversion = 1.5\n";
        assert_eq!(
            read(matter),
            [entry("draft", &["false"]), entry("tags", &["a", "b"]), entry("extra.version", &["1.5"])]
        );
    }

    #[test]
    fn columns_hold_each_value_once() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let mut columns = Columns::default();
        for cells in [&["Brand", "Price"][..], &["Acme", "5"], &["", ""], &["Acme", "6", "more"], &["Best"]] {
            columns.row(&row(cells));
        }
        columns.end_table();
        columns.row(&row(&["Brand"]));
        columns.row(&row(&["Other"]));
        let found: Vec<_> = columns.finish().into_iter().map(|found| (found.name, found.values)).collect();
        assert_eq!(found, [entry("Brand", &["Acme", "Best", "Other"]), entry("Price", &["5", "6"])]);
    }

    #[test]
    fn what_is_too_much_is_left_out() {
        let mut collected = Collected::new(MetadataOrigin::Csv);
        for number in 0..2 * MOST_VALUES {
            collected.add("n", &number.to_string());
        }
        collected.add("long", &"x".repeat(2 * LONGEST_VALUE));
        for number in 0..2 * MOST_NAMES {
            collected.add(&format!("name {number}"), "v");
        }
        let found = collected.finish();
        assert_eq!((found[0].values.len(), found[1].values[0].len()), (MOST_VALUES, LONGEST_VALUE));
        assert_eq!(found.len(), MOST_NAMES);
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(matter in "[-a-z:=\\[\\]\"'{},# \\n\\t]{0,200}") {
            for found in front_matter(&matter) {
                prop_assert!(!found.values.is_empty() && !found.name.is_empty());
            }
        }
    }
}
