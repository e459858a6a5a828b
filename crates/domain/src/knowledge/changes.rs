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
    /// How many of them say what they said, or that with changes.
    pub stands: u64,
}

/// What a crawl may find to be gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stake {
    /// How many pages answered when it began.
    pub answering: u64,
    /// How many of them it looks for: all, or those among the pages that it reads.
    pub looked_for: u64,
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

    /// Whether the crawl may still look like a fault, whatever the pages are that it has not looked at: not when more than half of
    /// those that answered stand. Nor may it then be held because of how few pages there are.
    pub const fn may_become_suspicious(self, stake: Stake) -> bool {
        let open = stake.looked_for.saturating_sub(self.stands);
        has_shrunk(stake.answering, open) || (stake.looked_for >= MANY && is_half(stake.looked_for, open))
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
            let measure = Measure { looked_at, lost, stands: 0 };
            assert_eq!(measure.is_suspicious(), suspicious, "{lost} of {looked_at}");
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
            let measure = Measure { looked_at, lost, stands: 0 };
            let what = format!("{lost} of {looked_at} that were looked at, of {pages}");
            assert_eq!(measure.is_suspicious_in_part(pages), suspicious, "{what}");
        }
        for (pages, lost, less) in [(9, 9, false), (10, 4, false), (10, 5, true)] {
            assert_eq!(names_far_less(pages, lost), less, "{lost} of {pages}");
        }
    }

    #[test]
    fn more_than_half_that_stands_is_enough() {
        for (answering, looked_for, stands, may_become) in [
            // A first crawl, and websites that are taken as they are.
            (0, 0, 0, false),
            (2, 2, 0, false),
            (3, 3, 1, true),
            (3, 3, 2, false),
            (10, 10, 5, true),
            (10, 10, 6, false),
            // Some pages alone.
            (100, 9, 0, false),
            (100, 10, 5, true),
            (100, 10, 6, false),
            (12, 8, 2, true),
            (12, 8, 3, false),
            // New ones alone.
            (100, 0, 0, false),
        ] {
            let measure = Measure { stands, ..Measure::default() };
            let stake = Stake { answering, looked_for };
            assert_eq!(measure.may_become_suspicious(stake), may_become, "{stands}: {stake:?}");
        }
    }

    #[test]
    fn what_cannot_become_suspicious_never_does() {
        for answering in 0..24_u64 {
            for (looked_for, stands) in (0..=answering).flat_map(|all| (0..=all).map(move |stands| (all, stands))) {
                let sofar = Measure { looked_at: stands, lost: 0, stands };
                if sofar.may_become_suspicious(Stake { answering, looked_for }) {
                    continue;
                }
                // Of the others, some are lost, some are looked at and neither, and the rest is gone; lost ones may go as well.
                let open = looked_for - stands;
                for (lost, neither) in (0..=open).flat_map(|lost| (0..=open - lost).map(move |neither| (lost, neither)))
                {
                    let measure = Measure { looked_at: stands + lost + neither, lost, stands };
                    let is_whole = looked_for == answering;
                    let is_held = has_shrunk(answering, open - neither)
                        || (is_whole && measure.is_suspicious())
                        || (!is_whole && measure.is_suspicious_in_part(answering));
                    assert!(!is_held, "{measure:?} of {looked_for} of {answering}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_added_exchanges_nothing(before in "[a-z ]{0,200}", more in "[a-z ]{0,200}") {
            prop_assert_eq!(Change::between(&before, &format!("{before} {more}")), Change::Usual);
        }
    }
}
