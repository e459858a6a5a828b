//! How a new text of a page differs from the one that answers, and when so many pages say so little that it looks like a
//! fault of their website.

use std::collections::HashSet;

/// A website of fewer pages is taken as it is: of two, one may well go.
const NOTICED_FROM: u64 = 3;
/// Where only some pages were looked at, or a sitemap alone tells of them, so many are needed to say something of their website.
const MANY: u64 = 10;
/// A text shrank when less than one part in so many is left of its length.
const SHRUNK: usize = 5;

/// What a text is beside the one that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// The same.
    None,
    /// The same with changes, or the first one.
    Usual,
    /// Another one: most of its words are gone. It may be what the website says everywhere now.
    Exchanged,
    /// Less than a fifth of it.
    Shrunk,
}

impl Change {
    /// What a text is beside the one of `before`. Takes processor time.
    pub fn between(before: &str, text: &str) -> Self {
        if text.len().saturating_mul(SHRUNK) < before.len() {
            return Self::Shrunk;
        }
        let words: HashSet<&str> = before.split_whitespace().collect();
        let now: HashSet<&str> = text.split_whitespace().collect();
        let kept = words.intersection(&now).count();
        if kept * 2 < words.len() { Self::Exchanged } else { Self::Usual }
    }
}

/// Whether a website would lose so much with so many of its pages that it looks like a fault: half of at least three.
pub(crate) const fn has_shrunk(pages: u64, lost: u64) -> bool {
    pages >= NOTICED_FROM && is_half(pages, lost)
}

/// Whether a sitemap names so many of its pages no more that all of the website has to be looked at: half of at least ten. Fewer
/// are asked for one by one.
pub(crate) const fn names_far_less(pages: u64, lost: u64) -> bool {
    pages >= MANY && is_half(pages, lost)
}

const fn is_half(pages: u64, lost: u64) -> bool {
    lost.saturating_mul(2) >= pages
}

/// What a crawl found of the pages that answered before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// How many it looked at.
    pub looked_at: u64,
    /// How many of them shrank, or say the same as another one.
    pub lost: u64,
}

impl Measure {
    /// Whether it looks like a fault of the website: half of at least three pages. Then what was there should stay, as when as many
    /// are gone.
    pub const fn is_suspicious(self) -> bool {
        has_shrunk(self.looked_at, self.lost)
    }

    /// The same for some pages alone of a website on which so many `pages` answer: half of all of these, or of at least ten that were
    /// looked at. Of fewer, most may well have become shorter together.
    pub const fn is_suspicious_in_part(self, pages: u64) -> bool {
        has_shrunk(pages, self.lost) || (self.looked_at >= MANY && self.is_suspicious())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_compared_with_the_one_before() {
        let before = "The museum opens at nine in the summer, and at ten in the winter.";
        for (text, change) in [
            (before, Change::Usual),
            ("The museum opens at nine in the summer, and at eleven in the winter.", Change::Usual),
            ("The museum opens at nine in the summer.", Change::Usual),
            ("Closed today", Change::Shrunk),
            ("We are sorry: this website is being repaired. Please come back later.", Change::Exchanged),
        ] {
            assert_eq!(Change::between(before, text), change, "{text}");
        }
        assert_eq!(Change::between("", "something"), Change::Usual);
    }

    #[test]
    fn half_of_three_pages_are_suspicious() {
        for (looked_at, lost, suspicious) in [
            (0, 0, false),
            (2, 2, false),
            (3, 1, false),
            (3, 2, true),
            (4, 2, true),
            (9, 4, false),
            (9, 9, true),
            (10, 4, false),
            (10, 5, true),
            (13, 6, false),
        ] {
            assert_eq!(Measure { looked_at, lost }.is_suspicious(), suspicious, "{lost} of {looked_at}");
        }
    }

    #[test]
    fn a_few_pages_say_little_of_a_large_website() {
        for (looked_at, lost, pages, suspicious) in [
            (3, 3, 100, false),
            (9, 9, 100, false),
            (10, 4, 100, false),
            (10, 5, 100, true),
            (3, 3, 6, true),
            (3, 2, 6, false),
            (2, 2, 2, false),
        ] {
            let measure = Measure { looked_at, lost };
            let what = format!("{lost} of {looked_at} that were looked at, of {pages}");
            assert_eq!(measure.is_suspicious_in_part(pages), suspicious, "{what}");
        }
        for (pages, lost, less) in [(9, 9, false), (10, 4, false), (10, 5, true)] {
            assert_eq!(names_far_less(pages, lost), less, "{lost} of {pages}");
        }
    }

    proptest! {
        #[test]
        fn what_is_added_exchanges_nothing(before in "[a-z ]{0,200}", more in "[a-z ]{0,200}") {
            prop_assert_eq!(Change::between(&before, &format!("{before} {more}")), Change::Usual);
        }
    }
}
