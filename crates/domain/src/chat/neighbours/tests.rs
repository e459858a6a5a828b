use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId, Timestamp, document::ChunkEdited};
use hammock_store::chunks::ChunkRow;
use proptest::prelude::*;

use super::*;

/// Headings.
const A: &[&str] = &["A"];

/// A document in chunks: each with its headings, and what stands in the document after it.
struct Cut {
    text: String,
    rows: Vec<FoundChunk>,
}

impl Cut {
    fn of(pieces: &[(&[&str], &str, &str)]) -> Self {
        let document = DocumentId::new();
        let mut cut = Self { text: String::from("# Title\n\n"), rows: Vec::new() };
        for (ordinal, (headings, text, gap)) in (0..).zip(pieces) {
            let start_byte = u32::try_from(cut.text.len()).unwrap();
            cut.text.push_str(text);
            let chunk = ChunkRow {
                id: ChunkId::new(),
                organisation_id: OrganisationId::fixed("one"),
                collection_id: CollectionId::fixed("one"),
                document_id: document.clone(),
                revision: 1,
                ordinal,
                headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
                text: (*text).to_owned(),
                start_byte,
                end_byte: u32::try_from(cut.text.len()).unwrap(),
                place: None,
                table_part: None,
                embedded_space: String::new(),
                edit_id: None,
                enabled: true,
            };
            cut.text.push_str(gap);
            cut.rows.push(FoundChunk {
                chunk,
                title: "Title".to_owned(),
                location: "a.md".to_owned(),
                url: None,
                language: Some("en".to_owned()),
                media_type: "text/markdown".to_owned(),
                edited: None,
            });
        }
        cut
    }

    /// Four chunks under one heading.
    fn plain() -> Self {
        Self::of(&[(&["A"], "one", "\n\n"), (&["A"], "two", " "), (&["A"], "three", "\n"), (&["A"], "four", "")])
    }

    /// The passages at these places of the document, best first, as blocks of places of the document.
    fn blocks(&self, best_first: &[usize]) -> Vec<Vec<usize>> {
        let rows: Vec<&FoundChunk> = best_first.iter().map(|at| &self.rows[*at]).collect();
        blocks(&rows).into_iter().map(|block| block.into_iter().map(|rank| best_first[rank]).collect()).collect()
    }

    /// All chunks as one source.
    fn joined(&self) -> Option<Source> {
        let rows: Vec<&FoundChunk> = self.rows.iter().collect();
        let (first, last) = (rows.first()?.chunk.start_byte as usize, rows.last()?.chunk.end_byte as usize);
        let block: Vec<usize> = (0..rows.len()).collect();
        join(&rows, &block, self.text[first..last].to_owned())
    }
}

#[test]
fn neighbours_are_one_block_where_the_best_of_them_stands() {
    let cut = Cut::plain();
    assert_eq!(cut.blocks(&[3, 0, 2]), [vec![2, 3], vec![0]]);
    assert_eq!(cut.blocks(&[0, 3, 2, 1]), [vec![0, 1, 2, 3]]);
    assert_eq!(cut.blocks(&[2, 0]), [vec![2], vec![0]], "there is one between them");
    assert!(cut.blocks(&[]).is_empty());
}

#[test]
fn what_is_about_something_else_stays_apart() {
    let headings: [&[&str]; 4] = [&["A"], &["A", "B"], &["A", "C"], &["D"]];
    let pieces = headings.map(|headings| (headings, "text", "\n\n"));
    assert_eq!(Cut::of(&pieces).blocks(&[0, 1, 2, 3]), [vec![0, 1], vec![2], vec![3]]);
}

#[test]
fn another_text_another_revision_and_another_slide_stay_apart() {
    let apart = [vec![0], vec![1]];
    let two = || Cut::of(&[(&["A"], "one", "\n\n"), (&["A"], "two", "")]);
    assert_eq!(two().blocks(&[0, 1]), [vec![0, 1]]);
    let mut edited = two();
    edited.rows[1].edited = Some(ChunkEdited { by: None, at: Timestamp::from_millis(0) });
    assert_eq!(edited.blocks(&[0, 1]), apart);
    let mut read_again = two();
    read_again.rows[1].chunk.revision = 2;
    assert_eq!(read_again.blocks(&[0, 1]), apart);
    let mut other = two();
    other.rows[1].chunk.document_id = DocumentId::new();
    assert_eq!(other.blocks(&[0, 1]), apart);
    let placed = |one: Place, other: Place| {
        let mut placed = two();
        (placed.rows[0].chunk.place, placed.rows[1].chunk.place) = (Some(one), Some(other));
        placed.blocks(&[0, 1])
    };
    assert_eq!(placed(Place::Slide { number: 1 }, Place::Slide { number: 2 }), apart);
    assert_eq!(placed(Place::Slide { number: 2 }, Place::Slide { number: 2 }), [vec![0, 1]]);
    assert_eq!(placed(Place::page(1), Place::page(2)), [vec![0, 1]]);
}

#[test]
fn one_source_names_all_its_chunks_and_begins_where_the_first_does() {
    let mut cut = Cut::of(&[(&["A"], "one", "\n\n## B\n\n"), (&["A", "B"], "two", "\n")]);
    cut.rows[0].chunk.place = Some(Place::Page { number: 2, breaks: vec![10] });
    cut.rows[1].chunk.place = Some(Place::Page { number: 4, breaks: vec![21] });
    let Source { citation, parts, language } = cut.joined().unwrap();
    assert_eq!(citation.quote, "one\n\n## B\n\ntwo");
    assert_eq!((citation.start, citation.end), (9, 23));
    // The heading between them stands on the page of the second.
    let pages = Place::Page { number: 2, breaks: vec![10, 12, 21] };
    assert_eq!((citation.headings.as_slice(), citation.place), (&["A".to_owned()][..], Some(pages)));
    assert_eq!(citation.chunk, cut.rows[0].chunk.id);
    assert_eq!(citation.further_chunks, [cut.rows[1].chunk.id.clone()]);
    assert_eq!(parts, [SourcePart { start: 0, rank: 0 }, SourcePart { start: 11, rank: 1 }]);
    assert_eq!((language.as_deref(), citation.table), (Some("en"), None));
}

#[test]
fn a_table_that_was_cut_has_its_header_once() {
    let mut cut = Cut::of(&[(&["A"], "| Tea | 2 |", "\n"), (&["A"], "| Milk | so", " "), (&["A"], "much |", "")]);
    let header = Some("| Name | Price |".to_owned());
    let part = |begins_in_row, ends_in_row| Some(TablePart { header: header.clone(), begins_in_row, ends_in_row });
    let parts = [part(false, false), part(false, true), part(true, false)];
    for (row, part) in cut.rows.iter_mut().zip(parts) {
        row.chunk.table_part = part;
    }
    let citation = cut.joined().unwrap().citation;
    let table = citation.table.unwrap();
    assert_eq!(table.readable(&citation.quote), "| Name | Price |\n| --- | --- |\n| Tea | 2 |\n| Milk | so much |");
    // Where the last one ends inside a row, so does the whole.
    cut.rows.pop();
    let table = cut.joined().unwrap().citation.table.unwrap();
    assert!(table.ends_in_row && !table.begins_in_row);
}

#[test]
fn what_the_document_does_not_say_any_more_is_not_joined() {
    let mut cut = Cut::plain();
    cut.rows[2].chunk.text = "3".to_owned();
    assert!(cut.joined().is_none());
}

proptest! {
    #[test]
    fn the_text_of_one_source_is_the_documents_from_first_to_last(
        pieces in prop::collection::vec(("[a-zéř漢|.]{1,20}", prop::sample::select(vec!["", " ", "\n", "\n\n", "\n\n## B\n\n"])), 1..9),
        order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle(),
        taken in 1..9_usize,
    ) {
        let pieces: Vec<(&[&str], &str, &str)> =
            pieces.iter().map(|(text, gap)| (A, text.as_str(), *gap)).collect();
        let cut = Cut::of(&pieces);
        let found: Vec<usize> = order.into_iter().filter(|at| *at < pieces.len()).take(taken).collect();
        let rows: Vec<&FoundChunk> = found.iter().map(|at| &cut.rows[*at]).collect();
        let blocks = blocks(&rows);
        let mut seen: Vec<usize> = blocks.concat();
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..rows.len()).collect::<Vec<_>>(), "each passage once");
        let best: Vec<Option<usize>> = blocks.iter().map(|block| block.iter().min().copied()).collect();
        prop_assert!(best.is_sorted());
        for block in &blocks {
            let (first, last) = (&rows[block[0]].chunk, &rows[block[block.len() - 1]].chunk);
            let union = &cut.text[first.start_byte as usize..last.end_byte as usize];
            let source = join(&rows, block, union.to_owned()).unwrap();
            prop_assert_eq!(source.citation.quote.as_str(), union);
            prop_assert_eq!((source.citation.start, source.citation.end), (first.start_byte, last.end_byte));
            prop_assert_eq!(source.citation.further_chunks.len() + 1, block.len());
            for part in &source.parts {
                prop_assert!(union[part.start..].starts_with(&rows[part.rank].chunk.text));
            }
            // What is left out of a block does not go on from it.
            prop_assert!(rows.iter().all(|row| row.chunk.ordinal != last.ordinal + 1));
        }
    }
}
