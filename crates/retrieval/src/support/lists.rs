//! Common words of which a text may use one for another, and words that say the opposite. What is rarer, a paraphrase may
//! name as it likes: it is known by the words that it keeps.

mod english;
mod french;

/// The words of one language.
pub(super) struct Lists {
    /// The language, ISO 639-1.
    pub language: &'static str,
    /// A line for each: words that say about the same.
    pub same: &'static str,
    /// A line for each: words, `|`, words of which each says the opposite of the former.
    pub opposite: &'static str,
    /// Words that are in sentences of every kind.
    pub general: &'static str,
    /// Words of which each denies its clause by itself.
    pub denying: &'static str,
    /// Words that deny in part of their sense: with one of them, the same may be said with a denying word or without.
    pub half_denying: &'static str,
    /// Pronouns that take up what was named before.
    pub pronouns: &'static str,
    /// What begins another clause, whatever follows.
    pub clause: &'static str,
    /// What begins a clause that says when something is so, rather than that it is.
    pub conditional: &'static str,
    /// What joins two clauses where a verb follows soon, else two things of one.
    pub joining: &'static str,
    /// What shows that a clause follows: auxiliaries, pronouns, negations.
    pub predicate: &'static str,
    /// What bounds a denial in place or time, so that the same can be said without one.
    pub bound: &'static str,
    /// Of all cases.
    pub universal: &'static str,
    /// Of some cases.
    pub partial: &'static str,
    /// A line for each: words in a row that set an upper limit, though some of them deny.
    pub at_most: &'static str,
    /// The same for a lower limit.
    pub at_least: &'static str,
    /// A line for each: words in a row in which a denying word denies nothing.
    pub harmless: &'static str,
    /// The names of numbers, from zero.
    pub numbers: &'static str,
    /// The names of months, from the first.
    pub months: &'static str,
    /// The names of days of the week.
    pub days: &'static str,
}

/// The languages that have lists.
pub(super) const ALL: &[Lists] = &[english::ENGLISH, french::FRENCH];
