//! How a new text of a page differs from the one that answers, and when so many pages say so little that it looks like a
//! fault of their website.

use std::collections::HashSet;

/// A website of fewer pages is taken as it is.
const NOTICED_FROM: u64 = 10;
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

/// Whether a website would lose so much with so many of its pages that it looks like a fault: half of at least ten, as when a
/// crawl of all of them finds no more.
pub(crate) const fn has_shrunk(pages: u64, lost: u64) -> bool {
    pages >= NOTICED_FROM && lost.saturating_mul(2) >= pages
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
    /// Whether it looks like a fault of the website: half of at least ten pages or more. Then what was there should stay, as when
    /// as many cannot be found.
    pub fn is_suspicious(self) -> bool {
        has_shrunk(self.looked_at, self.lost)
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
    fn half_of_ten_pages_are_suspicious() {
        for (looked_at, lost, suspicious) in
            [(9, 9, false), (10, 4, false), (10, 5, true), (13, 6, false), (0, 0, false)]
        {
            assert_eq!(Measure { looked_at, lost }.is_suspicious(), suspicious, "{lost} of {looked_at}");
        }
    }

    proptest! {
        #[test]
        fn what_is_added_exchanges_nothing(before in "[a-z ]{0,200}", more in "[a-z ]{0,200}") {
            prop_assert_eq!(Change::between(&before, &format!("{before} {more}")), Change::Usual);
        }
    }
}
