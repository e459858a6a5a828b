//! Which lines stand around the text of the pages: running titles and page numbers.

use std::collections::HashMap;

use super::lines::{Line, PageText};

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
                *line = Line::empty();
            }
        }
    }
}

/// Removes first and last lines that hold the page's number: a number there that grows by one from page to page. Titles of
/// chapters beside it change too often to be recognised by themselves.
fn drop_numbered_edges(pages: &mut [PageText]) {
    for from_end in [false, true] {
        let edge = |page: &PageText| {
            let mut full =
                (0..page.lines.len()).filter(|i| page.lines.get(*i).is_some_and(|line| !line.text.is_empty()));
            if from_end { full.next_back() } else { full.next() }
        };
        let numbers = |page: &PageText| -> Vec<i64> {
            let line = edge(page).and_then(|index| page.lines.get(index)).map_or("", |line| line.text.as_str());
            let mut words = line.split(' ');
            let edges = [words.next(), words.next_back()].into_iter().flatten();
            // Browsers print `3/31`. No page has a number that is too large to count on from.
            edges.filter_map(|word| word.split('/').next()?.parse::<i32>().ok()).map(i64::from).collect()
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
                *line = Line::empty();
            }
        }
    }
}

fn edge_lines(page: &PageText, edge: usize) -> Vec<usize> {
    let full: Vec<usize> =
        (0..page.lines.len()).filter(|i| page.lines.get(*i).is_some_and(|line| !line.text.is_empty())).collect();
    if full.len() <= edge * 2 {
        return full;
    }
    full.iter().take(edge).chain(full.iter().rev().take(edge)).copied().collect()
}

impl PageText {
    /// A line with its numbers made equal, so that page numbers do not make it differ.
    fn key(&self, index: usize) -> Option<String> {
        let line = &self.lines.get(index)?.text;
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
    use crate::parse::pdf::lines::Block;

    #[test]
    fn running_lines_are_dropped() {
        assert_eq!(PageText::of_text("17\nThe text").blocks(), [Block::Paragraph("The text".into())]);
        let page = |number: u32| {
            let words = ["apples", "pears", "plums", "grapes", "figs", "dates", "limes", "nuts"];
            let word = words[number as usize - 1];
            let body: String = (0..9).map(|line| format!("{word} are said to be {line} times as good\n")).collect();
            PageText::of_text(&format!("The Handbook\n{body}10 20 30\n\n{number} of 40"))
        };
        let mut pages: Vec<PageText> = (1..=8).map(page).collect();
        drop_running_lines(&mut pages);
        for page in &pages {
            assert!(!page.lines.iter().any(|line| line.text == "The Handbook" || line.text.ends_with("of 40")));
            assert_eq!(page.lines.iter().filter(|line| !line.text.is_empty()).count(), 10);
        }
    }

    #[test]
    fn numbers_of_any_size_do_no_harm() {
        for number in [i64::MIN, i64::MAX] {
            let page = || PageText::of_text(&format!("{number} is printed here\nThe text\n{number}"));
            let mut pages: Vec<PageText> = (0..5).map(|_| page()).collect();
            drop_running_lines(&mut pages);
            assert_eq!(pages.len(), 5);
        }
    }

    #[test]
    fn titles_of_chapters_beside_page_numbers_are_dropped() {
        let mut pages: Vec<PageText> = (11..=18)
            .map(|number| {
                PageText::of_text(&format!("Chapter {}: Something {number}\n{}", number / 3, "very ".repeat(number)))
            })
            .collect();
        drop_running_lines(&mut pages);
        for (page, number) in pages.iter().zip(11..) {
            assert_eq!(page.blocks(), [Block::Paragraph("very ".repeat(number).trim().to_owned())]);
        }
    }
}
