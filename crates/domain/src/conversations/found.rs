//! Where a conversation holds what was searched for, as a piece of text for its row in the list.

use std::ops::Range;

use hammock_contract::conversation::FoundText;
use hammock_store::folding::fold_character;
use pulldown_cmark::{Event, Options, Parser};

/// How much is shown before what was found, and after it. Characters.
const BEFORE: usize = 30;
const AFTER: usize = 90;

/// The first of the folded words in a message, with what stands around it. Nothing when the message has none of them.
pub fn found_in(markdown: &str, words: &[String]) -> Option<FoundText> {
    let text = one_line(&without_markup(markdown));
    // It may stand in what is not shown, such as the address of a link.
    around(&text, words).or_else(|| around(&one_line(markdown), words))
}

fn without_markup(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(said) | Event::Code(said) | Event::Html(said) | Event::InlineHtml(said) => text.push_str(&said),
            // Only words that markup keeps apart are apart: one can be emphasised in part.
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(tag) if is_block(tag) => text.push(' '),
            _ => {}
        }
    }
    text
}

const fn is_block(tag: pulldown_cmark::TagEnd) -> bool {
    use pulldown_cmark::TagEnd;
    !matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn around(text: &str, words: &[String]) -> Option<FoundText> {
    let found = first(text, words)?;
    let (before, after) = (&text[..found.start], &text[found.end..]);
    let begin = before.char_indices().rev().nth(BEFORE).map_or(0, |(at, _)| word_after(before, at));
    let end = after.char_indices().nth(AFTER).map_or(after.len(), |(at, _)| word_before(after, at));
    let (cut_before, cut_after) = (begin > 0, end < after.len());
    Some(FoundText {
        before: format!("{}{}", if cut_before { "…" } else { "" }, &before[begin..]),
        found: text[found].to_owned(),
        after: format!("{}{}", &after[..end], if cut_after { "…" } else { "" }),
        message: None,
    })
}

/// Where the next word begins; where there is none, a word is cut.
fn word_after(text: &str, at: usize) -> usize {
    text[at..].find(' ').map_or(at, |space| at + space + 1)
}

/// Where the last word ends; where there is none, a word is cut.
fn word_before(text: &str, at: usize) -> usize {
    text[..at].rfind(' ').unwrap_or(at)
}

/// Where the first of the folded words stands. Bytes of the text, at whole characters with their accents.
fn first(text: &str, words: &[String]) -> Option<Range<usize>> {
    let mut folded = String::with_capacity(text.len());
    // Where the folded form of each character begins, and the character.
    let mut places = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        places.push((folded.len(), at));
        fold_character(character, &mut folded);
    }
    let (begin, length) =
        words.iter().filter_map(|word| Some((folded.find(word.as_str())?, word.len()))).min_by_key(|found| found.0)?;
    // The last character that begins there or before; accents of the one before have the same place.
    let start = places.partition_point(|(folded, _)| *folded <= begin).checked_sub(1)?;
    let end = places.partition_point(|(folded, _)| *folded < begin + length);
    // Accents that follow belong to it: they have no folded form of their own.
    let end = end + places[end..].iter().take_while(|(_, at)| is_mark(text, *at)).count();
    Some(places[start].1..places.get(end).map_or(text.len(), |(_, at)| *at))
}

fn is_mark(text: &str, at: usize) -> bool {
    let mut folded = String::new();
    text[at..].chars().next().is_some_and(|character| {
        fold_character(character, &mut folded);
        folded.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use hammock_store::folding::{fold, words};
    use proptest::prelude::*;

    use super::*;

    fn parts(markdown: &str, query: &str) -> Option<(String, String, String)> {
        found_in(markdown, &words(query)).map(|FoundText { before, found, after, .. }| (before, found, after))
    }

    fn of(before: &str, found: &str, after: &str) -> Option<(String, String, String)> {
        Some((before.to_owned(), found.to_owned(), after.to_owned()))
    }

    #[test]
    fn what_was_found_is_shown_as_it_stands_there_without_markup() {
        assert_eq!(parts("# Title\n\nThe **Café** is\nopen.", "cafe"), of("Title The ", "Café", " is open."));
        assert_eq!(parts("Half a w**or**d", "word"), of("Half a ", "word", ""));
        assert_eq!(parts("| a | b |\n|---|---|\n| c | d |", "d c"), of("a b ", "c", " d"));
        assert_eq!(parts("STRASSE or Straße", "straße"), of("", "STRASSE", " or Straße"));
        assert_eq!(parts("See cafe\u{301}s.", "cafe"), of("See ", "cafe\u{301}", "s."));
        assert_eq!(parts("[here](https://example.org/prices)", "prices"), {
            of("[here](https://example.org/", "prices", ")")
        });
        assert_eq!(parts("Nothing", "something"), None);
    }

    #[test]
    fn long_messages_are_cut_between_words() {
        let text = format!("{} needle {}", "before ".repeat(20).trim(), "after ".repeat(40).trim());
        let (before, found, after) = parts(&text, "needle").unwrap();
        assert_eq!((before.as_str(), found.as_str()), ("…before before before before ", "needle"));
        assert!(after.ends_with("after…") && after.chars().count() <= AFTER + 1, "{after}");
        let (before, _, after) = parts(&format!("{}needle{}", "x".repeat(200), "y".repeat(200)), "needle").unwrap();
        assert_eq!((before.chars().count(), after.chars().count()), (BEFORE + 2, AFTER + 1), "no spaces to cut at");
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart(text in "\\PC{0,80}", at in 0usize..80) {
            let rest: String = text.chars().skip(at).take(5).collect();
            let wanted = words(&rest);
            match found_in(&text, &wanted) {
                Some(found) => prop_assert!(wanted.iter().any(|word| fold(&found.found).contains(word.as_str()))),
                None => prop_assert!(around(&one_line(&text), &wanted).is_none()),
            }
        }
    }
}
