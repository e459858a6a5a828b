//! Names in a sentence that the sources do not have: of people, places and products, of settings, identifiers, addresses.

use std::collections::HashSet;

use super::{
    reader::Reader,
    said::Said,
    tokens::{Kind, Token},
    units::unit,
};

/// The words of the sources, ready to be asked for a name.
pub(super) struct Known<'a> {
    lows: HashSet<&'a str>,
    stems: HashSet<usize>,
    addresses: Vec<&'a str>,
    /// The first letters of the words with a capital, in order.
    initials: String,
    reader: &'a Reader,
}

/// Ends of words for who or what is from a place.
const DEMONYMS: [&str; 17] = [
    "ish", "ian", "an", "ese", "ic", "ais", "aise", "ois", "oise", "ien", "ienne", "een", "eenne", "ain", "aine",
    "ains", "aines",
];
/// So many letters must the name of a place and of who is from there have in common.
const SAME_PLACE: usize = 4;
/// From so many words on, a sentence of nothing but capitals has no names that stand out.
const TITLE_WORDS: usize = 4;

impl<'a> Known<'a> {
    /// Of what the sources say.
    pub fn of(sources: impl Iterator<Item = &'a Said>, reader: &'a Reader) -> Self {
        let mut known = Self {
            lows: HashSet::new(),
            stems: HashSet::new(),
            addresses: Vec::new(),
            initials: String::new(),
            reader,
        };
        for token in sources.flat_map(|source| &source.tokens) {
            match token.kind {
                Kind::Address => known.addresses.push(&token.low),
                Kind::Word => {
                    if token.is_capital {
                        known.initials.extend(token.low.chars().next());
                    }
                }
                _ => continue,
            }
            known.lows.insert(&token.low);
            known.stems.insert(token.stem);
        }
        known
    }

    /// Whether the sources have a word, in this form or a near one.
    pub fn has(&self, word: &Token) -> bool {
        let low = word.low.as_str();
        let is_abbreviation = word.raw.chars().count() > 1 && word.raw.chars().all(char::is_uppercase);
        self.lows.contains(low)
            || self.stems.contains(&word.stem)
            || self.stems.iter().any(|stem| self.reader.likeness(word.stem, *stem) > 0.0)
            || self.lows.iter().any(|known| are_of_one_place(known, low))
            || (is_abbreviation && self.initials.contains(low))
    }

    fn has_address(&self, address: &str) -> bool {
        let address = address.trim_end_matches('/');
        self.addresses.iter().any(|known| known.contains(address))
    }

    /// Whether the sentence has a name that the sources do not have.
    pub fn lack_one_of(&self, sentence: &Said) -> bool {
        let words: Vec<&Token> = sentence.tokens.iter().filter(|token| token.is(Kind::Word)).collect();
        let telling: Vec<&&Token> = words.iter().filter(|word| !word.is_stop).collect();
        let is_title = telling.len() >= TITLE_WORDS && telling.iter().all(|word| word.is_capital);
        // In German, every noun has a capital.
        let tells = !is_title && !matches!(self.reader.language(), "de" | "lb");
        let mut addresses = sentence.tokens.iter().filter(|token| token.is(Kind::Address));
        addresses.any(|address| !self.has_address(&address.low))
            || words.into_iter().any(|word| {
                let is_name = tells && word.is_capital && !word.opens && word.raw.chars().nth(1).is_some();
                let may_be_one = (is_name || is_identifier(word)) && !word.is_stop && !is_unit(word);
                may_be_one && !self.is_calendar(word) && !self.has(word)
            })
    }

    fn is_calendar(&self, word: &Token) -> bool {
        let lexicon = self.reader.lexicon;
        let day = word.low.strip_suffix('s').unwrap_or(&word.low);
        lexicon.months.contains_key(&word.low) || lexicon.days.contains_key(&word.low) || lexicon.days.contains_key(day)
    }
}

/// The longest abbreviation in capitals; a longer word of capitals is rather emphasised.
const LONGEST_ABBREVIATION: usize = 5;

/// Whether a word looks like an identifier: with digits, underscores or capitals inside.
fn is_identifier(word: &Token) -> bool {
    if word.raw.chars().all(char::is_uppercase) && word.raw.chars().count() > LONGEST_ABBREVIATION {
        return false;
    }
    let mut inside = word.raw.chars().skip(1);
    inside.any(|it| it.is_numeric() || it == '_' || it.is_uppercase())
}

/// Abbreviations of units beyond those that are compared.
const MORE_UNITS: [&str; 17] =
    ["w", "kw", "mw", "gw", "wh", "kwh", "mwh", "hz", "khz", "mhz", "ghz", "db", "ma", "mah", "kpa", "chf", "czk"];

/// Whether a word is an abbreviation of a unit, such as `EUR` and `kWh`: how much there is of it is told by its number.
fn is_unit(word: &Token) -> bool {
    let is_abbreviation = word.raw.chars().skip(1).any(char::is_uppercase);
    is_abbreviation && (unit(&word.low).is_some() || MORE_UNITS.contains(&word.low.as_str()))
}

/// *England* and *English*, *Angleterre* and *anglaise*.
fn are_of_one_place(one: &str, other: &str) -> bool {
    let shared = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let is_long = |word: &str| word.chars().nth(SAME_PLACE).is_some();
    let is_demonym = |word: &str| {
        let word = word.strip_suffix('s').unwrap_or(word);
        DEMONYMS.iter().any(|end| word.ends_with(end))
    };
    shared >= SAME_PLACE && is_long(one) && is_long(other) && (is_demonym(one) || is_demonym(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacks(language: &str, sentence: &str, source: &str) -> bool {
        let mut reader = Reader::new(language);
        let (sentence, source) = (Said::read(sentence, &mut reader), Said::read(source, &mut reader));
        Known::of(std::iter::once(&source), &reader).lack_one_of(&sentence)
    }

    #[test]
    fn a_changed_name_is_missed() {
        let source = "Marie Curie was born in Warsaw. The World Health Organization asks for form B12 at https://who.example/form.";
        for lacking in [
            "She is called Marie Dupont.",
            "The form is B14.",
            "See https://other.example/form.",
            "It uses max_size.",
            "It happened in Kraków.",
        ] {
            assert!(lacks("en", lacking, source), "{lacking}");
        }
        for having in [
            "Born in Warsaw, Curie moved.",
            "Later, the WHO asked.",
            "Form B12 is at https://who.example/form/.",
            "I know the Organization.",
        ] {
            assert!(!lacks("en", having, source), "{having}");
        }
        for (sentence, source) in
            [("It costs 12 EUR.", "It costs 12 euros."), ("It holds 3 kWh.", "It holds three kilowatt-hours.")]
        {
            assert!(!lacks("en", sentence, source), "{sentence}");
        }
        assert!(!lacks("fr", "La prairie est en Angleterre.", "Une prairie anglaise."));
        assert!(!lacks("de", "Dort liegt ein Garten.", "Hier ist nichts."));
    }
}
