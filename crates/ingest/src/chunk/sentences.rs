//! The sentences of a block, found in time that grows with its length alone.
//!
//! By the rules of Unicode a full stop ends a sentence unless a small letter is the next letter after it, however far that is,
//! and behind a stop this is looked up again at every quotation mark and every space. So no more than a part of a block is
//! looked through at once, and a part with very much between its letters is left whole: there are no sentences in it.

use unicode_segmentation::UnicodeSegmentation;

/// How much is looked through at once. Bytes.
const PART: usize = 4_000;

/// More characters than this between two letters or digits stand in no sentence.
const LONGEST_RUN: usize = 200;

/// The sentences of a block, each with what follows it; together they are the block.
pub(super) fn of(block: &str) -> impl Iterator<Item = &str> {
    parts(block).flat_map(|part| if has_long_run(part) { vec![part] } else { part.split_sentence_bounds().collect() })
}

/// A block in parts, each cut behind its last sentence or, where none seems to end, its last word. Almost every block is one.
fn parts(block: &str) -> impl Iterator<Item = &str> {
    let mut rest = block;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (part, after) = rest.split_at(part_end(rest));
        rest = after;
        Some(part)
    })
}

fn part_end(text: &str) -> usize {
    if text.len() <= PART {
        return text.len();
    }
    let end = text.floor_char_boundary(PART);
    let within = text.get(..end).unwrap_or_default();
    let sentence = [". ", "! ", "? ", ".\n", "!\n", "?\n"].iter().filter_map(|mark| within.rfind(*mark)).max();
    let word = within.char_indices().rev().find(|(_, c)| c.is_whitespace()).map(|(at, c)| at + c.len_utf8());
    sentence.map(|at| at + 2).or(word).unwrap_or(end)
}

fn has_long_run(part: &str) -> bool {
    let mut run = 0;
    part.chars().any(|c| {
        run = if c.is_alphanumeric() { 0 } else { run + 1 };
        run > LONGEST_RUN
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_block_is_cut_between_its_sentences() {
        let sentence = "The museum opens at nine, and closes at five. ";
        let block = sentence.repeat(500);
        assert_eq!(of(&block).collect::<Vec<_>>(), vec![sentence; 500]);
    }

    #[test]
    fn what_makes_the_rules_look_ahead_for_ever_is_no_sentence() {
        // Whoever looks ahead from every mark to the end needs hours.
        for filling in ["\"", " ", "\u{301}", "-"] {
            let block = format!("Nine. {}", filling.repeat(1_000_000));
            assert_eq!(of(&block).map(str::len).sum::<usize>(), block.len());
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost(block in "([a-zé.!? \"\n1]{0,40}|\\PC){0,300}") {
            prop_assert_eq!(of(&block).collect::<String>(), block);
        }
    }
}
