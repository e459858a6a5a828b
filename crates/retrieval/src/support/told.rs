//! Which sentences of an answer tell something that a source could support.

use std::ops::Range;

use crate::{
    analysis::{self, fold},
    grounds::pieces,
};

/// The sentences of an answer that are judged: bytes, in order. Headings, code, questions and what leads to a list are not,
/// nor is what the assistant says of itself, of its sources or to the person.
pub(super) fn told(answer: &str) -> Vec<Range<usize>> {
    let said = pieces::said(answer).into_iter().filter(|range| range.len() <= LONGEST);
    said.filter(|range| tells(&answer[range.clone()])).take(MOST).collect()
}

/// What is longer has lost its punctuation, and cannot be judged as one. Bytes.
const LONGEST: usize = 2_000;
/// So many sentences of an answer are judged at most.
const MOST: usize = 300;

/// What a sentence ends with behind its last word.
const AROUND: [char; 12] = ['*', '_', '`', '"', '”', '»', '’', ')', ']', ' ', '\u{a0}', '\u{202f}'];

fn tells(sentence: &str) -> bool {
    let sentence = without_source_numbers(sentence);
    if sentence.trim_end_matches(AROUND).ends_with(['?', ':', '？', '：']) {
        return false;
    }
    let words: Vec<String> = analysis::words(&sentence).iter().map(|word| fold(word)).collect();
    let said = format!(" {} ", words.join(" "));
    let begins = |beginning: &&str| said[1..].starts_with(*beginning) && said[1 + beginning.len()..].starts_with(' ');
    let has = |phrase: &&str| said.contains(&format!(" {phrase} "));
    !words.is_empty() && !BEGINNINGS.iter().any(begins) && !PHRASES.iter().any(has)
}

/// A sentence without `[1]` and the like.
fn without_source_numbers(sentence: &str) -> String {
    let mut parts = sentence.split('[');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((number, rest)) if !number.is_empty() && number.bytes().all(|it| it.is_ascii_digit()) => {
                text.push_str(rest);
            }
            _ => {
                text.push('[');
                text.push_str(part);
            }
        }
    }
    text
}

/// What begins what an assistant says of itself or to the person. Without accents, words alone.
const BEGINNINGS: &[&str] = &[
    // English
    "i",
    "here is",
    "here are",
    "here s",
    "below is",
    "below are",
    "let me",
    "please let",
    "feel free",
    "if you have any",
    "if you need",
    "if you would like",
    "if you d like",
    "if you want me",
    "hello",
    "hi",
    "good morning",
    "good day",
    "thank you",
    "thanks",
    "you re welcome",
    "you are welcome",
    "sorry",
    "unfortunately i",
    "as an ai",
    // French
    "je",
    "j",
    "voici",
    "voila",
    "n hesitez",
    "si vous avez d autres",
    "si vous avez besoin",
    "si vous souhaitez que",
    "bonjour",
    "bonsoir",
    "merci",
    "avec plaisir",
    "de rien",
    "desole",
    "malheureusement je",
    "ci dessous",
    // Czech and German
    "zde je",
    "zde jsou",
    "tady je",
    "dobry den",
    "dekuji",
    "bohuzel jsem",
    "pokud mate dalsi",
    "hier ist",
    "hier sind",
    "ich",
    "guten tag",
    "danke",
    "leider habe ich",
    "wenn sie weitere",
];

/// What is in a sentence about the sources rather than from them.
const PHRASES: &[&str] = &[
    "the sources do not",
    "the sources don t",
    "the source does not",
    "the sources say nothing",
    "sources provided",
    "provided sources",
    "the documents do not",
    "the passages do not",
    "provided documents",
    "provided passages",
    "does not mention",
    "do not mention",
    "is not mentioned",
    "are not mentioned",
    "no information",
    "not specified",
    "does not specify",
    "do not specify",
    "not in the sources",
    "les sources ne",
    "la source ne",
    "les documents ne",
    "les passages ne",
    "sources fournies",
    "documents fournis",
    "n est pas mentionne",
    "n est pas precise",
    "ne precise pas",
    "ne precisent pas",
    "ne mentionne pas",
    "ne mentionnent pas",
    "aucune information",
    "zdroje ne",
    "ve zdrojich ne",
    "die quellen",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_from_the_sources_is_judged() {
        let answer = "# Opening hours\n\nHere is what I found:\n\n- It opens at *nine* [1].\n- Dogs stay outside. [1]\n\n\
                      ```sh\nopen the door\n```\n\nI did not find more. The sources do not say when it closes.\n\n\
                      Do you want more? If you have any other questions, ask. Closed on Mondays.\n\n\
                      Voici la suite : Je n'ai rien trouvé.";
        let judged: Vec<&str> = told(answer).into_iter().map(|range| &answer[range]).collect();
        assert_eq!(judged, ["It opens at *nine* [1].", "Dogs stay outside.", "Closed on Mondays."]);
    }

    #[test]
    fn a_mark_alone_tells_nothing() {
        assert!(told("[1] [2]").is_empty() && told("**Note:**").is_empty() && told("Really? [1]").is_empty());
    }
}
