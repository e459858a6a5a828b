use proptest::prelude::*;

use super::*;
use crate::citations::check;

const RETURNS: &str = "## Returns\n\nA hammock can be sent back within forty days, and we pay for the parcel. \
                       Pieces that are *dyed to order* are excluded from returns. Write to us first if a piece is \
                       broken.\n\n| Country | Parcel |\n| --- | --- |\n| Norway | 12 € |\n| France | 9 € |\n\n\
                       - Keep the label on it.\n- Use the box that it came in.";

/// What the answer's numbers mark in the passage with the number 1.
fn marked<'a>(passage: &'a str, answer: &str) -> Vec<&'a str> {
    let checked = check(answer, |number| number <= 3);
    let statements = statements(&checked);
    let of_first: Vec<&str> =
        statements.iter().filter(|statement| statement.number == 1).map(|statement| statement.text.as_str()).collect();
    find(passage, &of_first).into_iter().map(|range| &passage[range]).collect()
}

fn said(answer: &str) -> Vec<(u32, String)> {
    let checked = check(answer, |number| number <= 3);
    let words = |text: &str| analysis::words(text).join(" ");
    statements(&checked).into_iter().map(|statement| (statement.number, words(&statement.text))).collect()
}

#[test]
fn a_quotation_is_found_word_for_word() {
    let quotation =
        "> Pieces that are *dyed to order* are excluded from returns. Write to us first if a piece is broken. [1]";
    let answer = format!("This is what the sources say:\n\n{quotation}\n\n*No model wrote this.*");
    assert_eq!(
        marked(RETURNS, &answer),
        ["Pieces that are *dyed to order* are excluded from returns. Write to us first if a piece is broken."]
    );
    let table = "> | Country | Parcel |\n> | --- | --- |\n> | Norway | 12 € |\n> | France | 9 € |\n>\n> [1]";
    let [found] = marked(RETURNS, table)[..] else { panic!("one table") };
    assert!(found.starts_with("Country") && found.ends_with("| France | 9 € |"), "{found}");
}

#[test]
fn a_statement_is_found_by_the_words_that_tell() {
    assert_eq!(
        marked(RETURNS, "You have forty days to send a hammock back [1]."),
        ["A hammock can be sent back within forty days, and we pay for the parcel."]
    );
    assert_eq!(marked(RETURNS, "The parcel from Norway costs 12 € [1]."), ["| Norway | 12 € |"]);
    assert_eq!(
        marked(RETURNS, "- Pack it into the box it came in [1]\n- Ask them [2]"),
        ["Use the box that it came in."]
    );
}

#[test]
fn two_statements_mark_two_places() {
    let answer = "A hammock goes back within forty days [1]. Nothing dyed to order is excluded [2], and a dyed piece \
                  is excluded from returns [1].";
    assert_eq!(
        marked(RETURNS, answer),
        ["A hammock can be sent back within forty days, and we pay for the parcel. Pieces that are *dyed to order* \
             are excluded from returns."],
        "what stands side by side is one mark"
    );
    let [first, second] =
        marked(RETURNS, "Forty days for a hammock sent back [1]. The parcel to France is 9 € [1].")[..]
    else {
        panic!("two marks");
    };
    assert!(first.contains("forty days") && second == "| France | 9 € |", "{first} … {second}");
}

#[test]
fn nothing_is_marked_where_nothing_stands_out() {
    for answer in [
        // Nothing in common, one word in common, the same word everywhere.
        "Volcanoes erupt without warning in Iceland [1].",
        "Every hammock of theirs is woven by machines somewhere far away [1].",
        "€ [1]",
        "[1]",
        "",
    ] {
        assert_eq!(marked(RETURNS, answer), [""; 0], "{answer}");
    }
    let alike = "Room one is open. Room two is open. Room three is open.";
    assert_eq!(marked(alike, "Every room is said to be open [1]."), [""; 0]);
    // One sentence is the whole passage.
    assert_eq!(marked("The museum opens at nine.", "It opens at nine [1]."), [""; 0]);
}

#[test]
fn numbers_carry_the_words_before_them() {
    assert_eq!(
        said("The shop opens at nine [1], and it closes at five [2][3]. Then rest."),
        [
            (1, "the shop opens at nine".to_owned()),
            (2, "and it closes at five".to_owned()),
            (3, "and it closes at five".to_owned())
        ]
    );
    assert_eq!(said("Dogs stay outside. [1] Cats come in."), [(1, "dogs stay outside".to_owned())]);
    assert_eq!(said("Run this:\n\n```\nhammock serve\n```\n\n[2]"), [(2, "hammock serve".to_owned())]);
    assert_eq!(said("> one two\n> three [1]\n\n> four [2]"), [(1, "one two three".to_owned()), (2, "four".to_owned())]);
    assert_eq!(said("At nine [1]."), [(1, "at nine".to_owned())]);
}

proptest! {
    #[test]
    fn marks_lie_in_the_passage_in_order(
        passage in "[a-cé .!|#*`>\n-]{0,100}",
        answer in "([a-cé .!|*`>\n-]{0,20}(\\[[1-3]\\])?){0,5}",
    ) {
        let checked = check(&answer, |number| number <= 3);
        let statements = statements(&checked);
        let texts: Vec<&str> = statements.iter().map(|statement| statement.text.as_str()).collect();
        let found = find(&passage, &texts);
        prop_assert!(found.windows(2).all(|pair| pair[0].end < pair[1].start));
        prop_assert!(found.iter().all(|range| passage.get(range.clone()).is_some_and(|text| text.trim() == text)));
        prop_assert!(found.iter().all(|range| !range.is_empty()));
    }
}
