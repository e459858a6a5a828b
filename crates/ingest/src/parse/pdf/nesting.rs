//! Which printed heading stands below which other.
//!
//! A page shows numbers and no structure. How many parts a number has is no level: where the title of a chapter is printed
//! without one, "3.2.1" is found after "2.4" and would become a part of it. So a heading stands below the nearest one before
//! it whose number its own begins with, and beside it where there is none.

/// The headings that are open, outermost first, with their numbers and levels.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    open: Vec<(Vec<u16>, u8)>,
}

impl Nesting {
    /// The level of the next heading of the document, from 1.
    pub fn level(&mut self, heading: &str) -> u8 {
        let number = number_of(heading);
        while self.open.last().is_some_and(|(above, _)| !is_below(&number, above)) {
            self.open.pop();
        }
        let level = self.open.last().map_or(1, |(_, level)| (level + 1).min(6));
        self.open.push((number, level));
        level
    }
}

/// Whether a number goes on where another one ends: 3.2.1 after 3.2 and after 3, and after nothing else.
fn is_below(number: &[u16], above: &[u16]) -> bool {
    !above.is_empty() && number.len() > above.len() && number.starts_with(above)
}

/// `3.2 Installation` and `Section 3.2` → 3, 2; nothing of `Appendix A`.
pub(super) fn number_of(heading: &str) -> Vec<u16> {
    let mut words = heading.split(' ').map(|word| word.trim_end_matches(['.', ':', ')']));
    let first = words.next().unwrap_or_default();
    let number = if first.starts_with(|c: char| c.is_ascii_digit()) { Some(first) } else { words.next() };
    let parts = number.unwrap_or_default().split('.').map(|part| part.parse().ok());
    parts.collect::<Option<Vec<u16>>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(headings: &[&str]) -> Vec<u8> {
        let mut nesting = Nesting::default();
        headings.iter().map(|heading| nesting.level(heading)).collect()
    }

    #[test]
    fn numbers_nest_as_they_are_written() {
        let headings = ["1 Scope", "1.1 Terms", "1.1.1 Packages", "1.2 Rules", "2 Archive", "2.1 Areas"];
        assert_eq!(levels(&headings), [1, 2, 3, 2, 1, 2]);
        assert_eq!(levels(&["Chapter 4. Networks", "4.1 Names", "Chapter 5", "5.1. Routes"]), [1, 2, 1, 2]);
        assert_eq!(levels(&["1. Scope", "1.2. Rules", "Appendix A", "Section 2.1 Areas"]), [1, 2, 1, 1]);
    }

    #[test]
    fn a_chapter_without_a_number_makes_nothing_a_part_of_the_one_before() {
        // "2 Archive" and "3.1" were not printed as headings with numbers.
        assert_eq!(
            levels(&["1.1 Terms", "1.1.1 Packages", "2.4 Areas", "3.2.1 Control", "3.2.2 Files"]),
            [1, 2, 1, 1, 1]
        );
        // An item of a list that looks like a chapter takes nothing in.
        assert_eq!(
            levels(&["3 Rules", "3.1 Names", "1. Choose a name", "3.2 Versions", "3.2.1 Epochs"]),
            [1, 2, 1, 1, 2]
        );
    }

    #[test]
    fn ten_is_not_below_one() {
        assert_eq!(levels(&["1 Scope", "10 Files", "10.1 Links", "1.10 Terms"]), [1, 1, 2, 1]);
    }
}
