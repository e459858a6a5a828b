//! Which words of a passage a question has too, as the keyword side compares them: by their stems, without accents.

use std::{collections::HashSet, ops::Range};

use unicode_normalization::char::is_combining_mark;

use crate::analysis::{self, Analyser, is_ideograph, is_stop_word, words};

/// The words that a passage has in common with a question, in bytes of the passage, in order.
pub struct Matcher {
    language: String,
    analyser: Analyser,
    wanted: HashSet<String>,
}

impl Matcher {
    /// For passages in the language `passages`, a code as [`analysis::language_of`] gives it. `language` is the question's,
    /// where it is known.
    pub fn new(question: &str, language: Option<&str>, passages: &str) -> Self {
        let asked = analysis::question_words(question, language, &[passages.to_owned()]);
        let wanted = asked.into_iter().flat_map(|word| word.terms).collect();
        Self { language: passages.to_owned(), analyser: Analyser::new(passages), wanted }
    }

    /// What of a passage the question has too.
    pub fn find(&self, passage: &str) -> Vec<Range<usize>> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<Range<usize>> = Vec::new();
        for range in pieces(passage).into_iter().filter(|range| self.is_wanted(&passage[range.clone()])) {
            match found.last_mut() {
                // Pairs of a script without spaces overlap.
                Some(last) if range.start < last.end => last.end = range.end,
                _ => found.push(range),
            }
        }
        found
    }

    fn is_wanted(&self, piece: &str) -> bool {
        words(piece)
            .iter()
            .any(|word| !is_stop_word(&self.language, word) && self.wanted.contains(&self.analyser.term(word)))
    }
}

/// Where the words of a text stand, as [`words`] takes them apart.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut word: Option<Range<usize>> = None;
    let mut ideographs: Vec<Range<usize>> = Vec::new();
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        if is_ideograph(character) {
            pieces.extend(word.take());
            ideographs.push(start..end);
            continue;
        }
        pairs(&mut ideographs, &mut pieces);
        if character.is_alphanumeric() || is_combining_mark(character) {
            word = Some(word.map_or(start, |word| word.start)..end);
        } else {
            pieces.extend(word.take());
        }
    }
    pairs(&mut ideographs, &mut pieces);
    pieces.extend(word);
    pieces
}

fn pairs(ideographs: &mut Vec<Range<usize>>, pieces: &mut Vec<Range<usize>>) {
    if let [alone] = &ideographs[..] {
        pieces.push(alone.clone());
    } else {
        pieces.extend(ideographs.windows(2).map(|pair| pair[0].start..pair[1].end));
    }
    ideographs.clear();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found<'a>(question: &str, language: &str, passage: &'a str) -> Vec<&'a str> {
        let ranges = Matcher::new(question, Some(language), language).find(passage);
        ranges.into_iter().map(|range| &passage[range]).collect()
    }

    #[test]
    fn words_match_by_their_stems_and_without_accents() {
        let passage = "The printers are connected; connecting one PRINTER takes a minute.";
        assert_eq!(
            found("How do I connect the printer?", "en", passage),
            ["printers", "connected", "connecting", "PRINTER"]
        );
        assert_eq!(found("Kolik má balíčky?", "cs", "Balíčků: deset"), ["Balíčků"]);
        assert!(found("How do I?", "en", "Nothing of it").is_empty());
        assert!(found("", "en", "Nothing").is_empty());
    }

    #[test]
    fn scripts_without_spaces_match_by_pairs() {
        assert_eq!(found("京都", "ja", "東京都と大阪"), ["京都"]);
        assert_eq!(found("東京都", "ja", "東京都と大阪"), ["東京都"]);
    }

    proptest! {
        #[test]
        fn what_matches_lies_in_the_passage(question in "\\PC{0,60}", passage in "\\PC{0,200}") {
            let mut last = 0;
            for range in Matcher::new(&question, None, "en").find(&passage) {
                prop_assert!(range.start >= last && range.start < range.end && passage.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
