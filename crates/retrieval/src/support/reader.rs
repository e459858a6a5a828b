//! Reads texts of one language: the stems of their words, numbered, and what two of them have to do with each other.

use std::collections::HashMap;

use crate::analysis::Analyser;

use super::lexicon::{Lexicon, stem};

/// Reads texts of one language. Remembers every stem that it met.
pub(super) struct Reader {
    language: String,
    pub lexicon: &'static Lexicon,
    analyser: Analyser,
    /// By the lower-case word.
    known: HashMap<String, usize>,
    by_stem: HashMap<String, usize>,
    stems: Vec<Stem>,
}

/// A stem and what the lists say of it.
struct Stem {
    text: String,
    groups: &'static [usize],
    opposites: &'static [(usize, bool)],
    is_general: bool,
    is_half_denying: bool,
}

/// Prefixes that turn a word into its opposite.
const PREFIXES: [(&str, &[&str]); 2] = [
    ("en", &["un", "in", "im", "ir", "il", "dis", "non"]),
    ("fr", &["in", "im", "ir", "il", "de", "des", "non", "mal"]),
];

impl Reader {
    /// For an ISO 639-1 code.
    pub fn new(language: &str) -> Self {
        Self {
            language: language.to_owned(),
            lexicon: Lexicon::of(language),
            analyser: Analyser::new(language),
            known: HashMap::new(),
            by_stem: HashMap::new(),
            stems: Vec::new(),
        }
    }

    pub fn language(&self) -> &str {
        &self.language
    }

    /// The number of a lower-case word's stem.
    pub fn stem(&mut self, word: &str) -> usize {
        if let Some(known) = self.known.get(word) {
            return *known;
        }
        let stem = stem(&self.analyser, &self.language, word);
        let number = self.whole(&stem);
        self.known.insert(word.to_owned(), number);
        number
    }

    /// The number of a text that is its own stem.
    pub fn whole(&mut self, text: &str) -> usize {
        if let Some(known) = self.by_stem.get(text) {
            return *known;
        }
        let number = self.stems.len();
        let lexicon = self.lexicon;
        self.stems.push(Stem {
            text: text.to_owned(),
            groups: lexicon.groups.get(text).map(Vec::as_slice).unwrap_or_default(),
            opposites: lexicon.opposites.get(text).map(Vec::as_slice).unwrap_or_default(),
            is_general: lexicon.general.contains(text),
            is_half_denying: lexicon.half_denying.contains(text),
        });
        self.by_stem.insert(text.to_owned(), number);
        number
    }

    /// Whether sentences of every kind have the word.
    pub fn is_general(&self, stem: usize) -> bool {
        self.stems[stem].is_general
    }

    pub fn is_half_denying(&self, stem: usize) -> bool {
        self.stems[stem].is_half_denying
    }

    /// How much two stems say the same, from 0 to 1.
    pub fn likeness(&self, one: usize, other: usize) -> f32 {
        if one == other {
            return 1.0;
        }
        let (one, other) = (&self.stems[one], &self.stems[other]);
        let is_listed = one.groups.iter().any(|group| other.groups.contains(group));
        if is_listed || is_derived(&one.text, &other.text) { ALIKE } else { 0.0 }
    }

    /// Whether one is the other with a prefix that denies it.
    pub fn is_denied(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.stems[one].text, &self.stems[other].text);
        let prefixes = PREFIXES.iter().find(|(language, _)| *language == self.language);
        prefixes.is_some_and(|(_, prefixes)| {
            let with = |long: &str, short: &str| {
                short.len() >= 4 && prefixes.iter().any(|prefix| long.strip_prefix(*prefix) == Some(short))
            };
            with(one, other) || with(other, one)
        })
    }

    /// Whether one says the opposite of the other.
    pub fn is_opposite(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.stems[one].opposites, self.stems[other].opposites);
        one.iter().any(|(pair, side)| other.contains(&(*pair, !side)))
    }
}

/// What words that say about the same are worth beside the very same word.
pub(super) const ALIKE: f32 = 0.8;

/// Whether two stems have a long beginning and short, different ends: *deliver* and *deliveri*.
fn is_derived(one: &str, other: &str) -> bool {
    let pairs = one.chars().zip(other.chars());
    let shared = pairs.take_while(|(one, other)| one == other).count();
    if shared < 4 {
        return false;
    }
    let (one, other) = (one.chars().count(), other.chars().count());
    let (short, long) = (one.min(other), one.max(other));
    long - shared <= 3 && shared * 2 >= long && short - shared <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(language: &str, words: [&str; 2]) -> (Reader, usize, usize) {
        let mut reader = Reader::new(language);
        let [one, other] = words.map(|word| reader.stem(word));
        (reader, one, other)
    }

    #[test]
    fn words_are_alike_denied_or_opposite() {
        for (language, words) in
            [("en", ["delivery", "delivered"]), ("en", ["purchase", "buy"]), ("fr", ["acheter", "achat"])]
        {
            let (reader, one, other) = of(language, words);
            assert!(reader.likeness(one, other) >= ALIKE, "{words:?}");
        }
        for (language, words) in [("en", ["unavailable", "available"]), ("fr", ["visible", "invisible"])] {
            let (reader, one, other) = of(language, words);
            assert!(reader.is_denied(one, other) && reader.is_denied(other, one), "{words:?}");
        }
        for (language, words) in [("en", ["increases", "decrease"]), ("fr", ["autorisés", "interdites"])] {
            let (reader, one, other) = of(language, words);
            assert!(reader.is_opposite(one, other) && reader.is_opposite(other, one), "{words:?}");
        }
        let (reader, one, other) = of("en", ["bread", "mountain"]);
        assert!(reader.likeness(one, other) == 0.0 && !reader.is_opposite(one, other) && !reader.is_denied(one, other));
    }
}
