//! Every part of a table says what its columns are, and its bytes are still the document's.

use super::*;

const HEADER: &str = "| Name | What it is |";

/// The parts as they are searched, after a check that none of them repeats, loses or changes anything.
fn parts(document: &ParsedDocument, spans: &[ChunkSpan]) -> Vec<String> {
    let mut at = document.text.find('|').unwrap();
    let parts = spans.iter().map(|span| {
        assert!(span.start >= at && document.text[at..span.start].trim().is_empty(), "{span:?} after {at}");
        at = span.end;
        let own = &document.text[span.start..span.end];
        assert_eq!(own.trim(), own);
        let part = span.table.clone().unwrap_or_default();
        let before = &document.text[..span.start];
        assert_eq!(part.begins_in_row, !before.is_empty() && !before.ends_with('\n'), "{own:?}");
        let rest = &document.text[span.end..];
        assert_eq!(part.ends_in_row, !rest.is_empty() && !rest.starts_with('\n'), "{own:?}");
        part.complete(own)
    });
    let parts: Vec<String> = parts.collect();
    assert_eq!(document.text[at..].trim(), "");
    parts
}

#[test]
fn a_row_longer_than_a_chunk_is_cut_and_marked() {
    let long = "word ".repeat(80);
    let file = format!("Name;What it is\nTea;a drink\nStory;{long}\nMilk;\"white; cold\"\n");
    let document = parse(&FileInput { file_name: "a.csv", media_type: None, bytes: file.as_bytes() }).unwrap();
    let spans = chunk(&document, &SMALL, &words);
    let parts = parts(&document, &spans);
    assert!(parts.len() >= 5, "{parts:#?}");
    assert!(parts.iter().all(|part| part.starts_with(&format!("{HEADER}\n"))), "{parts:#?}");
    let inside = format!("{HEADER}\n… word word");
    assert!(
        parts.iter().filter(|part| part.starts_with(&inside) && part.ends_with("word …")).count() >= 2,
        "{parts:#?}"
    );
    assert!(parts.last().is_some_and(|part| part.ends_with("| Milk | white; cold |")), "{parts:#?}");
    assert!(parts.iter().all(|part| words(part) < SMALL.max_tokens));
}

#[test]
fn a_header_too_wide_to_repeat_is_repeated_in_part() {
    let columns: String = (0..40).map(|n| format!(" column{n} |")).collect();
    let rule = " --- |".repeat(40);
    let values = |row: usize| (0..40).map(|n| format!(" {row}.{n} |")).collect::<String>();
    let document = markdown(&format!("|{columns}\n|{rule}\n|{}\n|{}\n", values(1), values(2)));
    let spans = chunk(&document, &SMALL, &words);
    let parts = parts(&document, &spans);
    let first_row = document.text.find("| 1.0 ").unwrap();
    let (header, rows): (Vec<_>, Vec<_>) = spans.iter().zip(&parts).partition(|(span, _)| span.start < first_row);
    assert!(
        header.len() > 1
            && header.iter().all(|(span, _)| span.table.as_ref().is_some_and(|part| part.header.is_none()))
    );
    assert!(rows.len() > 4);
    for (_, part) in rows {
        assert!(part.starts_with("| column0 | column1 |") && part.contains(" | … |\n"), "{part}");
        assert!(words(part) <= SMALL.max_tokens, "{part}");
    }
}

#[test]
fn a_table_may_follow_its_sentence_and_need_no_bars_at_its_ends() {
    let rows: String = (0..20).map(|n| format!("name{n} | price{n}\n")).collect();
    let document = markdown(&format!("These are the prices of this year:\nName | Price\n--- | ---\n{rows}"));
    let spans = chunk(&document, &SMALL, &words);
    assert!(spans.len() >= 3);
    let table = document.text.find("Name | Price").unwrap();
    let later: Vec<_> = spans.iter().filter(|span| span.start > table).collect();
    assert!(later.len() >= 2);
    for span in later {
        let part = span.table.as_ref().unwrap();
        assert_eq!((part.header.as_deref(), part.begins_in_row), (Some("Name | Price"), false));
    }
}

#[test]
fn a_table_in_code_is_code() {
    let rows: String = (0..30).map(|n| format!("| name{n} | price{n} |\n")).collect();
    let document = markdown(&format!("```\n| Name | Price |\n| --- | --- |\n{rows}```\n"));
    let spans = chunk(&document, &SMALL, &words);
    assert!(spans.len() > 3 && spans.iter().all(|span| span.table.is_none()));
}

proptest! {
    #[test]
    fn every_part_begins_with_the_header(
        rows in prop::collection::vec(("[a-z]{1,12}", "[a-zéř .]{0,200}"), 3..25),
        target in 12_usize..40,
    ) {
        let mut source = format!("# List\n\n{HEADER}\n| --- | --- |\n");
        for (name, text) in &rows {
            source.push_str(&format!("| {name} | {} |\n", text.trim()));
        }
        let document = markdown(&source);
        let options = ChunkOptions { target_tokens: target, max_tokens: target + 24 };
        let spans = chunk(&document, &options, &words);
        for (span, part) in spans.iter().zip(parts(&document, &spans)) {
            prop_assert!(part.starts_with(&format!("{HEADER}\n")), "{part}");
            prop_assert_eq!(&span.headings, &["List"]);
            // The title and the heading take one word each.
            prop_assert!(words(&part) + 2 <= options.max_tokens, "{part}");
        }
    }
}
