//! The form in which texts and what is searched for in them are compared: without case, accents and ligatures.

use unicode_normalization::UnicodeNormalization;

/// The folded form of a text. It may be longer or shorter than the text.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        fold_character(character, &mut folded);
    }
    folded
}

/// Adds the folded form of one character. A text is folded character by character, so that a place in the folded form leads
/// back to one in the text.
pub fn fold_character(character: char, folded: &mut String) {
    if character.is_ascii() {
        folded.push(if character == '\0' { ' ' } else { character.to_ascii_lowercase() });
        return;
    }
    for character in character.nfkd().flat_map(char::to_lowercase) {
        match character {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            mark if unicode_normalization::char::is_combining_mark(mark) => {}
            other => folded.push(other),
        }
    }
}

/// The folded words of what somebody searches for, each once.
pub fn words(query: &str) -> Vec<String> {
    let folded = fold(query);
    let mut words: Vec<String> = Vec::new();
    for word in folded.split_whitespace() {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

/// A pattern for `LIKE … ESCAPE '\'` that finds a folded word anywhere in a folded column.
pub(crate) fn pattern(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_ligatures_do_not_matter() {
        assert_eq!(fold("L'ÉCOLE d’été"), "l'ecole d’ete");
        assert_eq!(fold("Straße, œuvre, ŁÓDŹ, ﬁn"), "strasse, oeuvre, lodz, fin");
        assert_eq!(fold("caf\u{e9}"), fold("cafe\u{301}"));
        assert_eq!(fold("İstanbul ΟΔΟΣ"), fold("istanbul οδος"));
        assert_eq!(fold("a\0b"), "a b");
    }

    #[test]
    fn words_are_told_apart_once() {
        assert_eq!(words("  Červen červen\t2026 "), ["cerven", "2026"]);
        assert!(words(" \n").is_empty());
        assert_eq!(pattern("50%_\\"), "%50\\%\\_\\\\%");
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_so(text in "\\PC{0,60}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }
}
