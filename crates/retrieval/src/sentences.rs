//! Where the sentences of a text are: what is quoted, and what is marked in a passage.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

/// The sentences of a paragraph, in order, without the white space around them. Bytes. Pieces that end in an
/// abbreviation and pieces that leave an emphasis, a code span or a bracket open are joined to what follows.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        let end = start + piece.len();
        match found.last_mut() {
            Some(last) if is_unfinished(&text[last.clone()]) => last.end = end,
            _ => found.push(start..end),
        }
    }
    found.into_iter().map(|range| trimmed(text, range)).filter(|range| !range.is_empty()).collect()
}

/// A range without the white space at its ends.
pub(crate) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let whole = &text[range.clone()];
    let start = range.start + (whole.len() - whole.trim_start().len());
    start..start + whole.trim().len()
}

fn is_unfinished(text: &str) -> bool {
    !ends_a_sentence(text.trim_end()) || is_open(text)
}

/// Whether an emphasis, a code span or a bracket is still open: a quotation cut there would be formatted wrongly.
fn is_open(text: &str) -> bool {
    let odd = |mark| text.matches(mark).count() % 2 == 1;
    odd('*')
        || odd('`')
        || text.matches('[').count() > text.matches(']').count()
        || text.matches('(').count() > text.matches(')').count()
}

fn ends_a_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(['"', '”', '»', '’', ')', '*', '_', '`']);
    let Some(before) = bare.strip_suffix('.') else {
        return bare.ends_with(['!', '?', '…', ':', '。', '！', '？']);
    };
    let word = before.rsplit([' ', '(']).next().unwrap_or_default();
    // "e.g.", "z. B.", "M.", "No.", "3."
    let short = word.chars().count() <= 1 || word.contains('.');
    let numeral = word.chars().all(|character| character.is_ascii_digit()) && word.len() <= 2;
    let known =
        ["etc", "cf", "vgl", "tj", "např", "resp", "approx", "No", "Nr", "Mr", "Mrs", "Dr", "art", "Art", "fig", "Fig"];
    !(short || numeral || (known.contains(&word) && word != "etc"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn abbreviations_and_line_breaks_do_not_end_sentences() {
        let text = "Ask the shop, e.g. by\nmail. It opens at 9 a.m. on working days. Mr. Novák answers.\nAlways.";
        assert_eq!(
            cut(text),
            ["Ask the shop, e.g. by\nmail.", "It opens at 9 a.m. on working days.", "Mr. Novák answers.", "Always."]
        );
    }

    #[test]
    fn what_is_emphasised_is_not_cut() {
        assert_eq!(
            cut("Ask *How? Or why?* in the chat. Then read."),
            ["Ask *How? Or why?* in the chat.", "Then read."]
        );
    }

    proptest! {
        #[test]
        fn sentences_are_in_order_and_hold_every_word(text in "[a-zé .!?*`()\\[\\]\n]{0,120}") {
            let found = sentences(&text);
            prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
            let joined: String = found.into_iter().map(|range| &text[range]).collect();
            let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(visible(&joined), visible(&text));
        }
    }
}
