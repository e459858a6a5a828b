//! The lists of a language, ready to be looked up.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use crate::analysis::{Analyser, fold};

use super::lists::{ALL, Lists};

/// What the lists say of the words of a language. Words are without accents, stems as [`stem`] makes them.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    /// The language, ISO 639-1; empty where there are no lists.
    pub language: &'static str,
    /// Which groups of words that say about the same a stem belongs to.
    pub groups: HashMap<String, Vec<usize>>,
    /// Which pairs of opposites a stem belongs to, and whether to their second side.
    pub opposites: HashMap<String, Vec<(usize, bool)>>,
    pub general: HashSet<String>,
    pub half_denying: HashSet<String>,
    pub denying: HashSet<String>,
    pub pronouns: HashSet<String>,
    /// With their accents: French `ou` and `où` are two words.
    pub clause: HashSet<&'static str>,
    pub conditional: HashSet<&'static str>,
    pub joining: HashSet<&'static str>,
    pub predicate: HashSet<String>,
    pub bound: HashSet<String>,
    pub universal: HashSet<String>,
    pub partial: HashSet<String>,
    pub at_most: Vec<Vec<String>>,
    pub at_least: Vec<Vec<String>>,
    pub harmless: Vec<Vec<String>>,
    pub numbers: HashMap<String, f64>,
    pub months: HashMap<String, u32>,
    pub days: HashMap<String, u32>,
}

static LEXICONS: LazyLock<HashMap<&str, Lexicon>> =
    LazyLock::new(|| ALL.iter().map(|lists| (lists.language, Lexicon::from_lists(lists))).collect());
static NONE: LazyLock<Lexicon> = LazyLock::new(Lexicon::default);

/// Names of numbers that are not in a row with the others.
const MORE_NUMBERS: [(&str, &[(&str, f64)]); 2] = [
    (
        "en",
        &[
            ("twenty", 20.0),
            ("thirty", 30.0),
            ("forty", 40.0),
            ("fifty", 50.0),
            ("sixty", 60.0),
            ("seventy", 70.0),
            ("eighty", 80.0),
            ("ninety", 90.0),
            ("dozen", 12.0),
        ],
    ),
    (
        "fr",
        &[
            ("une", 1.0),
            ("vingt", 20.0),
            ("vingts", 20.0),
            ("trente", 30.0),
            ("quarante", 40.0),
            ("cinquante", 50.0),
            ("soixante", 60.0),
        ],
    ),
];

impl Lexicon {
    /// The lists of a language; empty ones where it has none.
    pub fn of(language: &str) -> &'static Self {
        LEXICONS.get(language).unwrap_or(&NONE)
    }

    fn from_lists(lists: &Lists) -> Self {
        let analyser = Analyser::new(lists.language);
        let stemmed = |word: &str| stem(&analyser, lists.language, word);
        let stems = |words: &str| words.split_whitespace().map(stemmed).collect();
        let folded = |words: &str| words.split_whitespace().map(fold).collect();
        let in_a_row = |text: &str| -> Vec<Vec<String>> {
            lines(text).map(|line| line.split_whitespace().map(fold).collect()).collect()
        };
        let numbered = |words: &str, first: u32| -> HashMap<String, u32> {
            words.split_whitespace().map(fold).zip(first..).collect()
        };
        let mut groups: HashMap<String, Vec<usize>> = HashMap::new();
        for (group, line) in lines(lists.same).enumerate() {
            for word in line.split_whitespace() {
                groups.entry(stemmed(word)).or_default().push(group);
            }
        }
        let mut opposites: HashMap<String, Vec<(usize, bool)>> = HashMap::new();
        for (pair, line) in lines(lists.opposite).enumerate() {
            for (side, words) in line.split('|').enumerate() {
                for word in words.split_whitespace() {
                    opposites.entry(stemmed(word)).or_default().push((pair, side == 1));
                }
            }
        }
        let mut numbers: HashMap<String, f64> =
            numbered(lists.numbers, 0).into_iter().map(|(word, number)| (word, f64::from(number))).collect();
        let more = MORE_NUMBERS.iter().filter(|(language, _)| *language == lists.language);
        numbers.extend(more.flat_map(|(_, more)| more.iter()).map(|(word, number)| ((*word).to_owned(), *number)));
        Self {
            language: lists.language,
            groups,
            opposites,
            general: stems(lists.general),
            half_denying: stems(lists.half_denying),
            denying: folded(lists.denying),
            pronouns: folded(lists.pronouns),
            clause: lists.clause.split_whitespace().collect(),
            conditional: lists.conditional.split_whitespace().collect(),
            joining: lists.joining.split_whitespace().collect(),
            predicate: folded(lists.predicate),
            bound: folded(lists.bound),
            universal: folded(lists.universal),
            partial: folded(lists.partial),
            at_most: in_a_row(lists.at_most),
            at_least: in_a_row(lists.at_least),
            harmless: in_a_row(lists.harmless),
            numbers,
            months: numbered(lists.months, 1),
            days: numbered(lists.days, 1),
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim().is_empty())
}

/// The stem of a lower-case word, without accents. The French stemmer leaves the plural of verbs as it is.
pub(super) fn stem(analyser: &Analyser, language: &str, word: &str) -> String {
    let term = analyser.term(word);
    let stem = term.split_once(':').map_or(term.as_str(), |(_, stem)| stem);
    match stem.strip_suffix("ent") {
        Some(short) if language == "fr" && short.len() >= 3 => short.to_owned(),
        _ => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_read() {
        for lists in ALL {
            let lexicon = Lexicon::of(lists.language);
            assert_eq!(lexicon.language, lists.language);
            assert_eq!((lexicon.months.len(), lexicon.days.len()), (12, 7));
            assert!(lexicon.opposites.values().flatten().any(|(_, is_second)| *is_second));
            assert!(lines(lists.opposite).all(|line| line.split('|').count() == 2), "{}", lists.language);
            assert!(lines(lists.same).all(|line| line.split_whitespace().count() > 1), "{}", lists.language);
        }
        assert!(Lexicon::of("xx").groups.is_empty());
    }
}
