//! From text to terms: words, without the ones that say nothing, reduced to their stems, without accents.
//!
//! Every term carries the language whose rules made it, so that a question is matched with each passage by the rules of the
//! *passage's* language, on the same field, and words of different languages never meet by accident.

mod asking;
mod stem;
mod stop;

use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use asking::is_asking_word;
pub use stop::{is_stop_word, stop_word_languages};

/// Longer words are cut: they are noise (encoded data, tables without spaces). Characters.
const LONGEST_WORD: usize = 64;

/// The code under which text of an unrecognised language is indexed.
pub const UNKNOWN: &str = "";

/// The language by whose rules a text is indexed: the one given, else what the text itself says, else [`UNKNOWN`].
pub fn language_of(given: Option<&str>, text: &str) -> String {
    let code = given.map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase());
    code.filter(|code| (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase()))
        .or_else(|| crate::question::likely(text).map(str::to_owned))
        .unwrap_or_default()
}

/// The words of a text: lower-case runs of letters and digits. Scripts without spaces give overlapping pairs of characters.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut word = String::new();
    let mut ideographs: Vec<char> = Vec::new();
    for character in text.nfkc().flat_map(char::to_lowercase) {
        if is_ideograph(character) {
            finish(&mut word, &mut words);
            ideographs.push(character);
            continue;
        }
        pairs(&mut ideographs, &mut words);
        if character.is_alphanumeric() || is_combining_mark(character) {
            word.push(character);
        } else {
            finish(&mut word, &mut words);
        }
    }
    pairs(&mut ideographs, &mut words);
    finish(&mut word, &mut words);
    words
}

/// Makes terms by the rules of one language. Remembers what it did: texts repeat their words.
pub struct Analyser {
    language: String,
    stemmer: Option<frostem::Stemmer>,
    known: HashMap<String, Option<String>>,
}

impl Analyser {
    /// For an ISO 639-1 code. Languages without a stemmer keep their words whole.
    pub fn new(language: &str) -> Self {
        Self { language: language.to_owned(), stemmer: stem::stemmer(language), known: HashMap::new() }
    }

    /// The terms of a passage, in order, without stop words.
    pub fn terms(&mut self, text: &str) -> Vec<String> {
        words(text).into_iter().filter_map(|word| self.term_unless_stop_word(word)).collect()
    }

    /// The term of one lower-case word.
    pub fn term(&self, word: &str) -> String {
        let stem = match &self.stemmer {
            Some(stemmer) => fold(&stemmer.stem(word)),
            None => fold(word),
        };
        format!("{}:{stem}", self.language)
    }

    fn term_unless_stop_word(&mut self, word: String) -> Option<String> {
        if let Some(known) = self.known.get(&word) {
            return known.clone();
        }
        let term = if is_stop_word(&self.language, &word) { None } else { Some(self.term(&word)) };
        // Bounded: a dump of numbers must not fill the memory.
        if self.known.len() < 50_000 {
            self.known.insert(word, term.clone());
        }
        term
    }
}

/// One word of a question and the terms that stand for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuestionWord {
    /// The word, without accents.
    pub word: String,
    /// Its term in each of the languages asked for; none where it is a stop word there.
    pub terms: Vec<String>,
    /// How often the question has it.
    pub count: u32,
}

/// The words of a question by the rules of `languages`, without the stop words of the question's own `language` and the words
/// by which one only asks. A question of nothing but these keeps the latter, one of nothing but stop words keeps them all.
pub fn question_words(text: &str, language: Option<&str>, languages: &[String]) -> Vec<QuestionWord> {
    let words = words(text);
    let telling: Vec<&String> =
        words.iter().filter(|word| language.is_none_or(|language| !is_stop_word(language, word))).collect();
    let only_asks = |word: &&String| language.is_some_and(|language| is_asking_word(language, word));
    let about: Vec<&String> = telling.iter().copied().filter(|word| !only_asks(word)).collect();
    let analysers: Vec<Analyser> = languages.iter().map(|language| Analyser::new(language)).collect();
    let mut found = collect(&about, &analysers, true);
    if found.is_empty() {
        found = collect(&telling, &analysers, true);
    }
    if found.is_empty() {
        found = collect(&words.iter().collect::<Vec<_>>(), &analysers, false);
    }
    found
}

fn collect(words: &[&String], analysers: &[Analyser], skip_stop_words: bool) -> Vec<QuestionWord> {
    let mut found: Vec<QuestionWord> = Vec::new();
    for word in words {
        let kept = analysers.iter().filter(|analyser| !skip_stop_words || !is_stop_word(&analyser.language, word));
        let terms: Vec<String> = kept.map(|analyser| analyser.term(word)).collect();
        if terms.is_empty() {
            continue;
        }
        match found.iter_mut().find(|known| known.terms == terms) {
            Some(known) => known.count += 1,
            None => found.push(QuestionWord { word: fold(word), terms, count: 1 }),
        }
    }
    found
}

/// Without accents, and with letters that have none written out. The last step: stemmers want the accents.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.nfd().filter(|character| !is_combining_mark(*character)) {
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    folded
}

pub(crate) fn is_ideograph(character: char) -> bool {
    matches!(u32::from(character), 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}

fn finish(word: &mut String, words: &mut Vec<String>) {
    if word.is_empty() {
        return;
    }
    if let Some((cut, _)) = word.char_indices().nth(LONGEST_WORD) {
        word.truncate(cut);
    }
    words.push(std::mem::take(word));
}

fn pairs(ideographs: &mut Vec<char>, words: &mut Vec<String>) {
    if let [alone] = ideographs[..] {
        words.push(alone.to_string());
    } else {
        words.extend(ideographs.windows(2).map(|pair| pair.iter().collect::<String>()));
    }
    ideographs.clear();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn inflected_words_meet() {
        let meet = |language: &str, a: &str, b: &str| {
            let analyser = Analyser::new(language);
            assert_eq!(analyser.term(a), analyser.term(b), "{language}: {a} and {b}");
        };
        meet("en", "connections", "connected");
        meet("fr", "installations", "installation");
        meet("de", "häuser", "haus");
        meet("es", "canciones", "canción");
        meet("it", "bambini", "bambino");
        meet("pt", "gatos", "gato");
        meet("nl", "boeken", "boek");
        meet("cs", "balíčky", "balíčků");
    }

    #[test]
    fn accents_and_case_do_not_matter() {
        assert_eq!(words("L'ÉCOLE d’été"), ["l", "école", "d", "été"]);
        assert_eq!(fold("straße œuvre łódź"), "strasse oeuvre lodz");
        // One composed, one decomposed.
        assert_eq!(words("caf\u{e9}"), words("cafe\u{301}"));
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        assert_eq!(words("東京都 a"), ["東京", "京都", "a"]);
        assert_eq!(words("本"), ["本"]);
    }

    #[test]
    fn a_question_keeps_what_tells() {
        let languages = vec!["en".to_owned()];
        let asked: Vec<String> = question_words("How do I connect the printers?", Some("en"), &languages)
            .into_iter()
            .map(|word| word.word)
            .collect();
        assert_eq!(asked, ["connect", "printers"]);
        assert_eq!(question_words("who is who", Some("en"), &languages).len(), 2);
    }

    #[test]
    fn the_stop_words_of_the_question_fall_in_every_language() {
        let languages = vec!["en".to_owned(), "fr".to_owned()];
        let asked = question_words("quelles sont les dépenses", Some("fr"), &languages);
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].terms.len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_can_be_analysed(text in "\\PC{0,200}") {
            for language in ["en", "cs", "tr", "xx", ""] {
                for term in Analyser::new(language).terms(&text) {
                    let prefix = format!("{language}:");
                    prop_assert!(term.starts_with(&prefix));
                }
            }
        }
    }
}
