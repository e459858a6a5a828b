//! Which lines are headings.
//!
//! A wrong heading is worse than none: everything after it would be filed under it. So where a file has bookmarks, these are
//! its headings, and nothing else is. Without any, a line is a heading when it has a number that goes on where the last one
//! ended and looks like none of the text: an item of a list and a note at the foot of a page have numbers, too.

use std::collections::HashMap;

use super::{
    lines::{Line, Look, PageText, Part},
    nesting::{Nesting, number_of},
    outline::Bookmark,
};
use crate::parse::writer::one_line;

/// A printed heading is no longer than this. Characters.
const LONGEST: usize = 90;

/// How many lines a heading takes at most.
const MOST_LINES: usize = 3;

/// What stands before the number of a chapter.
const NAMES: [&str; 10] =
    ["Chapter", "Chapitre", "Kapitola", "Appendix", "Annexe", "Příloha", "Kapitel", "Anhang", "Section", "Part"];

/// Marks the headings of a document.
pub(super) fn mark(pages: &mut [PageText], bookmarks: &[Bookmark]) {
    let body = body_size(pages);
    if !mark_bookmarks(pages, bookmarks, body) {
        mark_numbered(pages, body);
    }
}

/// The size of most of the text. Points.
fn body_size(pages: &[PageText]) -> f32 {
    let mut letters: HashMap<u32, usize> = HashMap::new();
    for line in pages.iter().flat_map(|page| &page.lines) {
        if let Some(look) = line.look {
            *letters.entry((look.size * 4.0).round() as u32).or_default() += line.text.len();
        }
    }
    let most = letters.into_iter().max_by_key(|(size, letters)| (*letters, *size));
    most.map_or(0.0, |(size, _)| size as f32 / 4.0)
}

/// Marks the lines that bookmarks name on the pages that they lead to. Whether there are any.
fn mark_bookmarks(pages: &mut [PageText], bookmarks: &[Bookmark], body: f32) -> bool {
    let mut found = false;
    for bookmark in bookmarks {
        let Some(page) = pages.get_mut(bookmark.page) else { continue };
        let wanted = Words::new(&bookmark.title);
        let places = (0..page.lines.len()).filter_map(|at| page.says(at, &wanted).map(|lines| (at, lines)));
        // The title is also in running text, where it looks like that.
        let best = places.filter_map(|(at, lines)| Some((page.prominence(at, lines, body)?, at, lines)));
        let Some((_, at, lines)) = best.reduce(|best, next| if next.0 > best.0 { next } else { best }) else {
            continue;
        };
        let printed = page.joined(at, lines);
        let shouted = !printed.chars().any(char::is_lowercase) && bookmark.title.chars().any(char::is_lowercase);
        // A heading that is printed in capitals is read as its author wrote it.
        let text = if shouted { one_line(&bookmark.title) } else { printed };
        page.mark(at, lines, bookmark.level, text);
        found = true;
    }
    found
}

/// Marks the lines that begin with numbers and look like headings.
fn mark_numbered(pages: &mut [PageText], body: f32) {
    let mut nesting = Nesting::default();
    let mut last: Vec<u16> = Vec::new();
    for page in pages {
        let mut at = 0;
        while at < page.lines.len() {
            let lines = page.numbered(at, body);
            let text = page.joined(at, lines);
            let number = number_of(&text);
            if lines == 0 || !(number.is_empty() || goes_on(&last, &number)) {
                at += 1;
                continue;
            }
            if !number.is_empty() {
                last = number;
            }
            page.mark(at, lines, nesting.level(&text), text);
            at += lines;
        }
    }
}

/// Whether a number may be that of the next heading: 2.4 and 2.3.1 after 2.3, and 3. One may have been missed.
fn goes_on(last: &[u16], next: &[u16]) -> bool {
    let same = last.iter().zip(next).take_while(|(one, other)| one == other).count();
    let mut rest = next.iter().skip(same);
    let Some(first) = rest.next() else { return false };
    let before = last.get(same).copied().unwrap_or(0);
    // An excerpt begins anywhere.
    last.is_empty()
        || (*first > before && *first <= before.saturating_add(2) && rest.all(|number| *number <= 2))
        || (*first == 0 && same == last.len())
}

impl PageText {
    fn line(&self, at: usize) -> Option<&Line> {
        self.lines.get(at).filter(|line| !line.text.is_empty() && line.heading.is_none())
    }

    /// Some lines as one.
    fn joined(&self, at: usize, lines: usize) -> String {
        let lines = self.lines.iter().skip(at).take(lines);
        lines.map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn mark(&mut self, at: usize, lines: usize, level: u8, text: String) {
        for (line, part) in self
            .lines
            .iter_mut()
            .skip(at)
            .take(lines)
            .zip(std::iter::once(Part::Beginning(level, text)).chain(std::iter::repeat(Part::Rest)))
        {
            line.heading = Some(part);
        }
    }

    /// How many lines from this one on say these words and nothing else.
    fn says(&self, at: usize, wanted: &Words) -> Option<usize> {
        (1..=MOST_LINES)
            .take_while(|lines| self.line(at + lines - 1).is_some())
            .find(|lines| wanted.is(&self.joined(at, *lines)))
    }

    /// Whether nothing stands right above these lines or right below them.
    fn stands_apart(&self, at: usize, lines: usize) -> bool {
        let free = |at: Option<usize>| at.is_none_or(|at| self.line(at).is_none());
        free(at.checked_sub(1)) && free(Some(at + lines))
    }

    /// How much these lines stand out; nothing where they are like the text around them.
    fn prominence(&self, at: usize, lines: usize, body: f32) -> Option<u32> {
        let look = self.line(at)?.look;
        let size = look.map_or(0.0, |look| look.size);
        let stands_out = look.is_some_and(|look| is_prominent(&look, body)) || self.stands_apart(at, lines);
        let bold = look.is_some_and(|look| look.bold);
        stands_out.then(|| (size * 4.0).round() as u32 * 2 + u32::from(bold))
    }

    /// How many lines from this one on are a heading with a number; 0 for none.
    fn numbered(&self, at: usize, body: f32) -> usize {
        let Some(line) = self.line(at) else { return 0 };
        let Some(look) = line.look else {
            // Without looks, numbers with several parts are no items of lists.
            return usize::from(is_numbered(&line.text, false) && has_parts(&line.text));
        };
        let above = at.checked_sub(1).and_then(|above| self.line(above));
        if !is_prominent(&look, body) || look.mono || look.apart || above.is_some_and(|above| is_like(above, &look)) {
            return 0;
        }
        let rest = (at + 1..self.lines.len()).take_while(|at| self.line(*at).is_some_and(|line| is_like(line, &look)));
        let lines = 1 + rest.count();
        if lines <= MOST_LINES && is_numbered(&self.joined(at, lines), true) { lines } else { 0 }
    }
}

/// Larger than the text, or bold and no smaller.
fn is_prominent(look: &Look, body: f32) -> bool {
    look.size > 1.08 * body || (look.bold && look.size > 0.95 * body)
}

fn is_like(line: &Line, look: &Look) -> bool {
    line.look.is_some_and(|other| other.bold == look.bold && (other.size - look.size).abs() < 0.05 * look.size)
}

/// `3.2 Installation`, `1 Scope`, `Chapter 4. Networks`, `3.4. /bin`; where it looks like a heading, `3.4 libraries` as well.
fn is_numbered(line: &str, looks_so: bool) -> bool {
    let length = line.chars().count();
    if !(4..=LONGEST).contains(&length) || line.ends_with(['.', ',', ';', ':', '-']) || line.contains(" … ") {
        return false;
    }
    let Some((first, rest)) = line.split_once(' ') else { return false };
    let rest = rest.trim();
    let named = NAMES.contains(&first);
    let number = first.trim_end_matches('.');
    let numbered =
        number.split('.').all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let is_path = rest.strip_prefix('/').is_some_and(|path| path.starts_with(char::is_alphabetic));
    let begins =
        named || is_path || rest.chars().next().is_some_and(|c| c.is_uppercase() || (looks_so && !c.is_numeric()));
    // The entry of a table of contents ends with its page.
    let ends_with_page =
        rest.rsplit_once(' ').is_some_and(|(_, last)| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    let words = rest.chars().filter(|c| c.is_alphabetic()).count() >= 3 || (named && !rest.is_empty());
    (named || numbered) && begins && !ends_with_page && words
}

/// Whether a heading's number is more than that of an item.
fn has_parts(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or_default();
    NAMES.contains(&first) || first.trim_end_matches('.').contains('.')
}

/// The words of a heading, with its number and without.
struct Words {
    all: String,
    unnumbered: String,
}

impl Words {
    fn new(text: &str) -> Self {
        let letters = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let mut rest = text.trim();
        if let Some((first, after)) = rest.split_once(' ')
            && NAMES.contains(&first)
        {
            rest = after.trim_start();
        }
        if let Some((first, after)) = rest.split_once(' ')
            && is_number(first)
        {
            rest = after.trim_start();
        }
        Self { all: letters(text), unnumbered: letters(rest) }
    }

    /// Whether a line says the same, with another number or without one.
    fn is(&self, line: &str) -> bool {
        // Most lines are longer than any title.
        if line.len() > 400 {
            return false;
        }
        let line = Self::new(line);
        let same = |one: &str, other: &str| !one.is_empty() && one == other;
        same(&self.all, &line.all) || same(&self.unnumbered, &line.unnumbered)
    }
}

/// `3.2`, `B.1.`, `4)`.
fn is_number(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ':', ')']);
    word.split(['.', '-']).all(|part| {
        let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits || (part.len() == 1 && part.bytes().all(|b| b.is_ascii_uppercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::pdf::lines::Block;

    fn look(size: f32, bold: bool) -> Look {
        Look { left: 72.0, size, bold, mono: false, early: true, apart: false }
    }

    fn page(lines: &[(&str, Look)]) -> PageText {
        let lines =
            lines.iter().flat_map(|(text, look)| [Line { look: Some(*look), ..Line::of_text(text) }, Line::empty()]);
        PageText::new(lines.collect())
    }

    fn headings(pages: &[PageText]) -> Vec<(u8, String)> {
        let blocks = pages.iter().flat_map(PageText::blocks);
        blocks
            .filter_map(|block| match block {
                Block::Heading(level, text) => Some((level, text)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn entries_of_a_table_of_contents_are_not_headings() {
        assert!(is_numbered("1 Introduction", false));
        assert!(is_numbered("Chapter 4. Networks", false));
        assert!(!is_numbered("1 Introduction 12", true));
        assert!(!is_numbered("2.1 Packages … 14", true));
        assert!(!is_numbered("12 apples and pears", false));
    }

    #[test]
    fn numbers_go_on() {
        let after = |last: &[u16], next: &[u16]| goes_on(last, next);
        assert!(after(&[], &[3, 2]) && after(&[2, 3], &[2, 4]) && after(&[2, 3], &[2, 3, 1]) && after(&[2, 3], &[3]));
        // The second was missed.
        assert!(after(&[9, 11, 1], &[10, 1]) && after(&[1], &[3, 1]) && after(&[65_534], &[65_535]));
        assert!(!after(&[6, 3], &[10]) && !after(&[6, 3], &[2]) && !after(&[6, 3], &[6, 3]) && !after(&[6], &[7, 9]));
    }

    #[test]
    fn items_and_notes_with_numbers_are_no_headings() {
        let (body, note, large, bold) = (look(10.0, false), look(8.0, false), look(14.0, true), look(10.0, true));
        let mut pages = [page(&[
            ("1 Files", large),
            ("Whoever packs files must read what is written about files here.", body),
            ("1. Choose a name", body),
            ("1.1 Links", bold),
            ("A link leads somewhere else, be it to a file or to a folder of many files.", body),
            ("10 The program that makes links", note),
            ("7. Seventh", large),
        ])];
        mark(&mut pages, &[]);
        assert_eq!(headings(&pages), [(1, "1 Files".to_owned()), (2, "1.1 Links".to_owned())]);
    }

    #[test]
    fn text_without_looks_has_headings_with_several_numbers() {
        let mut pages = [PageText::of_text("3.2 Installation\nThe installer asks.\n1. Choose a name\n3.3 Use\nNow.")];
        mark(&mut pages, &[]);
        assert_eq!(headings(&pages), [(1, "3.2 Installation".to_owned()), (1, "3.3 Use".to_owned())]);
    }

    #[test]
    fn a_heading_may_begin_with_a_path() {
        let (body, large) = (look(10.0, false), look(14.0, true));
        let text = "Commands that every user needs stand here, also where nothing else is mounted.";
        let lines = ["3.3. Options", "3.4. /bin : Essential commands", "3.4.1. Purpose", "3.5. /boot"];
        let expected =
            [(1, lines[0]), (1, lines[1]), (2, lines[2]), (1, lines[3])].map(|(level, it)| (level, it.to_owned()));
        let mut printed = [page(&lines.map(|line| [(line, large), (text, body)]).concat())];
        mark(&mut printed, &[]);
        assert_eq!(headings(&printed), expected);
        let mut plain = [PageText::of_text(&lines.map(|line| format!("{line}\n{text}\n")).concat())];
        mark(&mut plain, &[]);
        assert_eq!(headings(&plain), expected);
        // What is counted, and a part of a line of prose.
        assert!(!is_numbered("3.4 / 2 are left", false) && !is_numbered("3.4 /bin and its neighbours.", false));
    }

    #[test]
    fn bookmarks_are_the_headings() {
        let (body, large) = (look(10.0, false), look(14.0, true));
        let mut pages = [
            page(&[("1.1 Links", body)]),
            page(&[
                ("FILES", large),
                ("1.1 Links", large),
                ("1.2 Links that lead", large),
                ("Links", body),
                ("2 Another", large),
            ]),
        ];
        // A title may take two lines.
        pages[1].lines.insert(5, Line { look: Some(large), ..Line::of_text("out of the folder") });
        let bookmark = |title: &str, level| Bookmark { title: title.to_owned(), level, page: 1 };
        mark(
            &mut pages,
            &[bookmark("Files", 1), bookmark("Links", 2), bookmark("1.2. Links that lead out of the folder", 2)],
        );
        let expected = [(1, "Files"), (2, "1.1 Links"), (2, "1.2 Links that lead out of the folder")];
        assert_eq!(headings(&pages), expected.map(|(level, text)| (level, text.to_owned())));
    }
}
