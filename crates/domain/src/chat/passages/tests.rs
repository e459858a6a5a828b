use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId, Timestamp, document::ChunkEdited};
use hammock_retrieval::citations::check;
use hammock_store::chunks::ChunkRow;

use super::*;

const FIRST: &str = "The garden opens at nine on most days of the week.";
const SECOND: &str = "Dogs wait beside the fountain while their owners look at the roses.";
const THIRD: &str = "Tickets cost four crowns and are sold in the small hut.";

/// Where the passage begins in its document.
const START: u32 = 100;

/// A passage that stands on page 7, on page 8 and, as page 9 is blank, on page 10: a sentence on each.
fn over_three_pages() -> Citation {
    let text = [FIRST, SECOND, THIRD].join("\n\n");
    let at = |sentence: &str| START + u32::try_from(text.find(sentence).unwrap_or_default()).unwrap_or_default();
    let end = START + u32::try_from(text.len()).unwrap_or_default();
    let place = Place::Page { number: 7, breaks: vec![at(SECOND), at(THIRD), at(THIRD)] };
    let chunk = ChunkRow {
        id: ChunkId::new(),
        organisation_id: OrganisationId::fixed("one"),
        collection_id: CollectionId::fixed("one"),
        document_id: DocumentId::new(),
        revision: 1,
        ordinal: 0,
        headings: Vec::new(),
        text,
        start_byte: START,
        end_byte: end,
        place: Some(place),
        table_part: None,
        embedded_space: String::new(),
        edit_id: None,
        enabled: true,
    };
    let found = FoundChunk {
        chunk,
        title: "Garden".to_owned(),
        location: "garden.pdf".to_owned(),
        url: None,
        language: Some("en".to_owned()),
        media_type: "application/pdf".to_owned(),
        edited: None,
    };
    Citation { number: 1, ..citation(&found) }
}

/// The first and the last page that an answer from this source names.
fn pages(source: Citation, answer: &str) -> (u32, u32) {
    let checked = check(answer, |number| number == 1);
    match cited(vec![source], &checked).first().and_then(|citation| citation.place.clone()) {
        Some(Place::Page { number, breaks }) => (number, number + u32::try_from(breaks.len()).unwrap_or_default()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_source_names_the_pages_of_what_the_answer_rests_on() {
    for (answer, expected) in [
        (format!("> {FIRST} [1]"), (7, 7)),
        (format!("> {SECOND} [1]"), (8, 8)),
        (format!("> {THIRD} [1]"), (10, 10)),
        (format!("> {FIRST} [1]\n\nAnd then:\n\n> {SECOND} [1]"), (7, 8)),
        ("Dogs wait beside the fountain [1].".to_owned(), (8, 8)),
    ] {
        assert_eq!(pages(over_three_pages(), &answer), expected, "{answer}");
    }
}

#[test]
fn a_source_of_which_nothing_stands_out_names_all_its_pages() {
    assert_eq!(pages(over_three_pages(), "Bicycles are allowed everywhere [1]."), (7, 10));
    assert_eq!(pages(over_three_pages(), "It does not say."), (7, 10), "handed to the model and not cited");
}

#[test]
fn the_words_of_an_edited_passage_have_no_page_of_their_own() {
    let edited = Some(ChunkEdited { by: None, at: Timestamp::from_millis(0) });
    let source = Citation { edited, ..over_three_pages() };
    assert_eq!(pages(source, &format!("> {SECOND} [1]")), (7, 10));
}
