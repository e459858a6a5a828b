//! From printed lines back to paragraphs.

use std::collections::HashMap;

use crate::parse::writer::one_line;

/// A printed heading is no longer than this. Characters.
const LONGEST_HEADING: usize = 90;

/// A line longer than this leads to no page. Bytes.
const LONGEST_ENTRY: usize = 2_000;

/// The lines of a page; empty ones separate.
#[derive(Debug)]
pub(super) struct PageText {
    lines: Vec<String>,
}

/// What lines are together.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// A numbered heading on a line of its own.
    Heading(String),
    /// An item of a list: its marker and its text.
    Item(String, String),
    /// A paragraph.
    Paragraph(String),
}

impl PageText {
    pub fn new(text: &str) -> Self {
        let mut lines: Vec<String> = text.lines().map(|line| without_leaders(&one_line(line))).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        let lead = lines.iter().take_while(|line| line.is_empty()).count();
        lines.drain(..lead);
        for edge in [0, lines.len().saturating_sub(1)] {
            // A page with nothing but a number on it says that number.
            if lines.len() > 1
                && let Some(line) = lines.get_mut(edge).filter(|line| is_page_number(line))
            {
                line.clear();
            }
        }
        Self { lines }
    }

    /// Joins lines to what they were before they were printed.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let width = self.text_width();
        let mut paragraph = String::new();
        let mut marker: Option<String> = None;
        // The length of the last line of the paragraph. Characters.
        let mut last = 0;
        let end = |paragraph: &mut String, marker: &mut Option<String>, blocks: &mut Vec<Block>| {
            let text = std::mem::take(paragraph);
            if text.is_empty() {
                return;
            }
            blocks.push(match marker.take() {
                Some(marker) => Block::Item(marker, text),
                None if is_heading(&text) => Block::Heading(text),
                None => Block::Paragraph(text),
            });
        };
        for line in &self.lines {
            if line.is_empty() {
                end(&mut paragraph, &mut marker, &mut blocks);
                continue;
            }
            let item = item_marker(line);
            // A line that ends early ends its paragraph, when a sentence ends there or a heading begins after it.
            let ends_early = last * 100 < width * 75;
            let sentence_ended = paragraph.ends_with(['.', '!', '?', ':', '”', '"', '»']);
            let starts_new = line.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
            if item.is_some()
                || (ends_early && starts_new && (sentence_ended || is_heading(&paragraph)))
                || is_heading(line)
            {
                end(&mut paragraph, &mut marker, &mut blocks);
            }
            last = line.chars().count();
            match item {
                Some((found, rest)) => {
                    marker = Some(found);
                    paragraph.push_str(rest);
                }
                None => join(&mut paragraph, line),
            }
        }
        end(&mut paragraph, &mut marker, &mut blocks);
        blocks
    }

    /// How long a full line is: that of nine in ten. Characters.
    fn text_width(&self) -> usize {
        let mut widths: Vec<usize> =
            self.lines.iter().filter(|line| !line.is_empty()).map(|line| line.chars().count()).collect();
        widths.sort_unstable();
        widths.get(widths.len() * 9 / 10).or(widths.last()).copied().unwrap_or(0)
    }
}

/// Adds a line; a word divided at its end becomes whole.
fn join(paragraph: &mut String, line: &str) {
    if paragraph.is_empty() {
        paragraph.push_str(line);
        return;
    }
    let continues = line.chars().next().is_some_and(char::is_lowercase);
    let divided = paragraph.strip_suffix(['-', '\u{ad}', '\u{2010}']).is_some_and(|stem| {
        // `e-` and `2-` belong to compounds; so does whatever has a hyphen already: `state-of-the-`.
        let word = stem.rsplit(' ').next().unwrap_or_default();
        word.chars().count() >= 2 && word.chars().all(char::is_alphabetic)
    });
    if divided && continues {
        paragraph.pop();
    } else if !paragraph.ends_with('-') || !continues {
        paragraph.push(' ');
    }
    paragraph.push_str(line);
}

/// `• text`, `- text`, `3) text`.
fn item_marker(line: &str) -> Option<(String, &str)> {
    const BULLETS: [char; 12] = ['•', '◦', '▪', '‣', '●', '○', '■', '–', '-', '*', '\u{f0b7}', '➢'];
    let (first, rest) = line.split_once(' ')?;
    let mut characters = first.chars();
    match (characters.next(), characters.next()) {
        (Some(bullet), None) if BULLETS.contains(&bullet) => Some(("-".to_owned(), rest)),
        _ => {
            let number = first.strip_suffix(')')?.trim_start_matches('(');
            let short = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
            short.then(|| (format!("{number})"), rest))
        }
    }
}

/// `3.2 Installation`, `Chapter 4. Networks`: the only headings that a printed line shows beyond doubt.
fn is_heading(line: &str) -> bool {
    // A paragraph is asked line after line as it grows, so its characters are not counted when they are too many anyway.
    if line.len() > 4 * LONGEST_HEADING {
        return false;
    }
    let length = line.chars().count();
    if !(4..=LONGEST_HEADING).contains(&length) || line.ends_with(['.', ',', ';', ':', '-']) || line.contains(" … ") {
        return false;
    }
    let Some((first, rest)) = line.split_once(' ') else { return false };
    let rest = rest.trim();
    let named = matches!(
        first,
        "Chapter" | "Chapitre" | "Kapitola" | "Appendix" | "Annexe" | "Příloha" | "Kapitel" | "Section"
    );
    let number = first.trim_end_matches('.');
    let parts: Vec<&str> = number.split('.').collect();
    let numbered = parts.iter().all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let begins = if named { true } else { rest.chars().next().is_some_and(char::is_uppercase) };
    // The entry of a table of contents ends with its page.
    let ends_with_page =
        rest.rsplit_once(' ').is_some_and(|(_, last)| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    (named || (numbered && (parts.len() > 1 || first.ends_with('.') || length < 60)))
        && begins
        && !ends_with_page
        && rest.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// The dots that lead the eye from an entry to its page are many tokens and no words.
fn without_leaders(line: &str) -> String {
    if line.len() > LONGEST_ENTRY || (!line.contains("....") && !line.contains(". . . .")) {
        return line.to_owned();
    }
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("....").into_iter().chain(rest.find(". . . .")).min() {
        kept.push_str(rest.get(..start).unwrap_or_default().trim_end());
        kept.push_str(" … ");
        rest = rest.get(start..).unwrap_or_default().trim_start_matches(['.', ' ']);
    }
    kept + rest
}

/// `17` or `xvii`, alone on its line.
fn is_page_number(line: &str) -> bool {
    let digits = (1..=4).contains(&line.len()) && line.bytes().all(|b| b.is_ascii_digit());
    let roman = (1..=8).contains(&line.len()) && line.bytes().all(|b| matches!(b, b'i' | b'v' | b'x' | b'l' | b'c'));
    digits || roman
}

/// Removes lines that stand at the top or the bottom of most pages: running titles and page numbers.
pub(super) fn drop_running_lines(pages: &mut [PageText]) {
    /// How many lines from the edge are looked at.
    const EDGE: usize = 3;
    if pages.len() < 4 {
        return;
    }
    drop_numbered_edges(pages);
    let mut seen: HashMap<String, usize> = HashMap::new();
    for page in pages.iter() {
        let mut keys: Vec<String> = edge_lines(page, EDGE).into_iter().filter_map(|index| page.key(index)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            *seen.entry(key).or_default() += 1;
        }
    }
    // Books print the book's title on one side and the chapter's on the other.
    let enough = (pages.len() / 4).max(3);
    for page in pages.iter_mut() {
        let dropped: Vec<usize> = edge_lines(page, EDGE)
            .into_iter()
            .filter(|index| page.key(*index).is_some_and(|key| seen.get(&key).is_some_and(|count| *count >= enough)))
            .collect();
        for index in dropped {
            if let Some(line) = page.lines.get_mut(index) {
                line.clear();
            }
        }
    }
}

/// Removes first and last lines that hold the page's number: a number there that grows by one from page to page. Titles of
/// chapters beside it change too often to be recognised by themselves.
fn drop_numbered_edges(pages: &mut [PageText]) {
    for from_end in [false, true] {
        let edge = |page: &PageText| {
            let mut full = (0..page.lines.len()).filter(|i| page.lines.get(*i).is_some_and(|line| !line.is_empty()));
            if from_end { full.next_back() } else { full.next() }
        };
        let numbers = |page: &PageText| -> Vec<i64> {
            let line = edge(page).and_then(|index| page.lines.get(index)).map_or("", String::as_str);
            let mut words = line.split(' ');
            [words.next(), words.next_back()].into_iter().flatten().filter_map(|word| word.parse().ok()).collect()
        };
        let mut distances: HashMap<i64, usize> = HashMap::new();
        for (index, page) in (0_i64..).zip(pages.iter()) {
            numbers(page).into_iter().for_each(|number| *distances.entry(number - index).or_default() += 1);
        }
        let Some((distance, count)) = distances.into_iter().max_by_key(|(_, count)| *count) else { continue };
        if count < (pages.len() / 3).max(3) {
            continue;
        }
        for (index, page) in (0_i64..).zip(pages.iter_mut()) {
            if numbers(page).contains(&(index + distance))
                && let Some(line) = edge(page).and_then(|edge| page.lines.get_mut(edge))
            {
                line.clear();
            }
        }
    }
}

fn edge_lines(page: &PageText, edge: usize) -> Vec<usize> {
    let full: Vec<usize> =
        (0..page.lines.len()).filter(|i| page.lines.get(*i).is_some_and(|line| !line.is_empty())).collect();
    if full.len() <= edge * 2 {
        return full;
    }
    full.iter().take(edge).chain(full.iter().rev().take(edge)).copied().collect()
}

impl PageText {
    /// A line with its numbers made equal, so that page numbers do not make it differ.
    fn key(&self, index: usize) -> Option<String> {
        let line = self.lines.get(index)?;
        let mut key = String::with_capacity(line.len());
        for c in line.chars() {
            if !c.is_ascii_digit() {
                key.push(c);
            } else if !key.ends_with('0') {
                key.push('0');
            }
        }
        // Rows of numbers look alike as well.
        let letters = key.chars().filter(|c| c.is_alphabetic()).count();
        (letters * 2 >= key.chars().filter(|c| !c.is_whitespace()).count() && key.chars().count() <= 120).then_some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs() {
        let page = PageText::new(
            "3.2 Installation\nThe installer asks for the lan-\nguage first; a state-of-the-\nart machine needs ten minutes.\n\n\
             • one thing\nthat goes on\n• another\n1) last",
        );
        assert_eq!(
            page.blocks(),
            [
                Block::Heading("3.2 Installation".into()),
                Block::Paragraph(
                    "The installer asks for the language first; a state-of-the-art machine needs ten minutes.".into()
                ),
                Block::Item("-".into(), "one thing that goes on".into()),
                Block::Item("-".into(), "another".into()),
                Block::Item("1)".into(), "last".into()),
            ]
        );
    }

    #[test]
    fn running_lines_are_dropped() {
        assert_eq!(PageText::new("17\nThe text").blocks(), [Block::Paragraph("The text".into())]);
        assert_eq!(without_leaders("2.1 Packages . . . . . . . 14"), "2.1 Packages … 14");
        let page = |number: u32| {
            let words = ["apples", "pears", "plums", "grapes", "figs", "dates", "limes", "nuts"];
            let word = words[number as usize - 1];
            let body: String = (0..9).map(|line| format!("{word} are said to be {line} times as good\n")).collect();
            PageText::new(&format!("The Handbook\n{body}10 20 30\n\n{number} of 40"))
        };
        let mut pages: Vec<PageText> = (1..=8).map(page).collect();
        drop_running_lines(&mut pages);
        for page in &pages {
            assert!(!page.lines.iter().any(|line| line == "The Handbook" || line.ends_with("of 40")));
            assert_eq!(page.lines.iter().filter(|line| !line.is_empty()).count(), 10);
        }
    }

    #[test]
    fn titles_of_chapters_beside_page_numbers_are_dropped() {
        let mut pages: Vec<PageText> = (11..=18)
            .map(|number| {
                PageText::new(&format!("Chapter {}: Something {number}\n{}", number / 3, "very ".repeat(number)))
            })
            .collect();
        drop_running_lines(&mut pages);
        for (page, number) in pages.iter().zip(11..) {
            assert_eq!(page.blocks(), [Block::Paragraph("very ".repeat(number).trim().to_owned())]);
        }
    }

    #[test]
    fn entries_of_a_table_of_contents_are_not_headings() {
        assert!(is_heading("1 Introduction"));
        assert!(is_heading("Chapter 4. Networks"));
        assert!(!is_heading("1 Introduction 12"));
        assert!(!is_heading("2.1 Packages … 14"));
        assert!(!is_heading("12 apples and pears"));
    }
}
