//! A passage on its own: where in its document it stands, and what it needs to be understood without the rest.

use std::ops::Range;

use serde::{Deserialize, Deserializer, Serialize};

/// Where in its document a passage stands, in formats that have pages, sheets or slides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// A page of a PDF, or several that follow one another.
    Page {
        /// The number of the first, from 1.
        number: u32,
        /// Where in the document's text each of the further ones begins, in bytes; nothing of a passage on one page.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        breaks: Vec<u32>,
    },
    /// A sheet of a spreadsheet.
    Sheet {
        /// Its name.
        name: String,
    },
    /// A slide of a presentation.
    Slide {
        /// Its number, from 1.
        number: u32,
    },
}

impl Place {
    /// One page of a PDF.
    pub const fn page(number: u32) -> Self {
        Self::Page { number, breaks: Vec::new() }
    }

    /// Where a part of the passage stands; in bytes of the document's text.
    #[must_use]
    pub fn of_part(&self, part: &Range<u32>) -> Self {
        let Self::Page { number, breaks } = self else { return self.clone() };
        let first = breaks.partition_point(|begins| *begins <= part.start);
        let last = breaks.partition_point(|begins| *begins < part.end).max(first);
        let skipped = u32::try_from(first).unwrap_or(u32::MAX);
        Self::Page {
            number: number.saturating_add(skipped),
            breaks: breaks.get(first..last).unwrap_or_default().to_vec(),
        }
    }

    /// Goes on onto the pages of what comes next in the document; those that have not begun yet begin at `at`.
    pub fn go_on(&mut self, at: u32, next: &Self) {
        let (Self::Page { number, breaks }, Self::Page { number: following, breaks: further }) = (self, next) else {
            return;
        };
        let last = *number as usize + breaks.len();
        let new = (*following as usize).saturating_sub(last);
        breaks.extend(std::iter::repeat_n(at, new));
        breaks.extend(further);
    }
}

/// What a passage that begins or ends inside a table needs to be understood alone. None of it belongs to the passage's own
/// text, so that its bytes stay those of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TablePart {
    /// The header row of the table that the passage continues; of a very wide one the beginning, with `…` as its last cell.
    pub header: Option<String>,
    /// Whether the passage begins inside a row.
    pub begins_in_row: bool,
    /// Whether it ends inside a row.
    pub ends_in_row: bool,
}

impl TablePart {
    /// The passage as it is searched: the header above it, and `…` where a row was cut.
    pub fn complete(&self, text: &str) -> String {
        self.around(text, "")
    }

    /// The passage as it is read: the same, with the rule that makes a table of header and rows.
    pub fn readable(&self, text: &str) -> String {
        let rule = match &self.header {
            // The rest of a row is no row, and would be taken for one.
            Some(header) if !self.begins_in_row => rule_below(header),
            _ => String::new(),
        };
        self.around(text, &rule)
    }

    fn around(&self, text: &str, rule: &str) -> String {
        let mut whole = String::with_capacity(text.len() + 64);
        for line in [self.header.as_deref().unwrap_or_default(), rule] {
            if !line.is_empty() {
                whole.push_str(line);
                whole.push('\n');
            }
        }
        whole.push_str(if self.begins_in_row { "… " } else { "" });
        whole.push_str(text);
        whole.push_str(if self.ends_in_row { " …" } else { "" });
        whole
    }
}

/// `| --- | --- |`: as many cells as the row has.
fn rule_below(row: &str) -> String {
    let inner = row.trim().trim_start_matches('|');
    let inner = inner.strip_suffix('|').unwrap_or(inner).replace("\\|", "");
    let cells = inner.matches('|').count() + 1;
    format!("|{}", " --- |".repeat(cells))
}

/// The place of a citation. Until places had kinds, a citation held the bare number of a page, a sheet or a slide; that is
/// read as the page that it was called.
pub(crate) fn place_or_page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Place>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Place(Place),
        Page(u32),
    }
    let stored = Option::<Stored>::deserialize(deserializer)?;
    Ok(stored.map(|stored| match stored {
        Stored::Place(place) => place,
        Stored::Page(number) => Place::page(number),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_what_it_is() {
        for (place, json) in [
            (Place::page(3), r#"{"kind":"page","number":3}"#),
            (Place::Page { number: 3, breaks: vec![70, 90] }, r#"{"kind":"page","number":3,"breaks":[70,90]}"#),
            (Place::Sheet { name: "Prices".to_owned() }, r#"{"kind":"sheet","name":"Prices"}"#),
            (Place::Slide { number: 2 }, r#"{"kind":"slide","number":2}"#),
        ] {
            assert_eq!(serde_json::to_string(&place).unwrap(), json);
            assert_eq!(serde_json::from_str::<Place>(json).unwrap(), place);
        }
    }

    #[test]
    fn a_part_of_a_passage_stands_on_its_own_pages() {
        // Page 5 is blank: page 6 begins where it does.
        let passage = Place::Page { number: 3, breaks: vec![70, 90, 90] };
        let pages = |number, breaks: &[u32]| Place::Page { number, breaks: breaks.to_vec() };
        for (part, expected) in [
            (10..70, Place::page(3)),
            (69..71, pages(3, &[70])),
            (70..90, Place::page(4)),
            (70..70, Place::page(4)),
            (80..91, pages(4, &[90, 90])),
            (90..120, Place::page(6)),
            (0..120, passage.clone()),
        ] {
            assert_eq!(passage.of_part(&part), expected, "{part:?}");
        }
        let slide = Place::Slide { number: 2 };
        assert_eq!(slide.of_part(&(0..9)), slide);
    }

    #[test]
    fn passages_that_follow_one_another_stand_on_the_pages_of_all() {
        let joined = |mut one: Place, other: Place| {
            one.go_on(70, &other);
            one
        };
        let pages = |number, breaks: &[u32]| Place::Page { number, breaks: breaks.to_vec() };
        assert_eq!(joined(Place::page(3), Place::page(3)), Place::page(3));
        assert_eq!(joined(Place::page(3), Place::page(4)), pages(3, &[70]));
        assert_eq!(joined(Place::page(3), Place::page(5)), pages(3, &[70, 70]));
        assert_eq!(joined(pages(3, &[40]), pages(4, &[90])), pages(3, &[40, 90]));
        assert_eq!(joined(pages(3, &[40]), pages(5, &[90])), pages(3, &[40, 70, 90]));
        let slide = Place::Slide { number: 2 };
        assert_eq!(joined(slide.clone(), slide.clone()), slide);
    }

    #[test]
    fn what_is_not_the_passages_own_stands_around_it() {
        let part = TablePart { header: Some("| Name | Price |".to_owned()), ..TablePart::default() };
        assert_eq!(part.complete("| Tea | 2 |"), "| Name | Price |\n| Tea | 2 |");
        assert_eq!(part.readable("| Tea | 2 |"), "| Name | Price |\n| --- | --- |\n| Tea | 2 |");
        let inside = TablePart { begins_in_row: true, ends_in_row: true, ..part };
        assert_eq!(inside.complete("and so on"), "| Name | Price |\n… and so on …");
        assert_eq!(inside.readable("and so on"), "| Name | Price |\n… and so on …");
        let first = TablePart { ends_in_row: true, ..TablePart::default() };
        assert_eq!(first.readable("| a | b"), "| a | b …");
    }

    #[test]
    fn the_rule_has_the_cells_of_its_row() {
        assert_eq!(rule_below("| a | b\\|c | |"), "| --- | --- | --- |");
        assert_eq!(rule_below("a | b"), "| --- | --- |");
    }
}
