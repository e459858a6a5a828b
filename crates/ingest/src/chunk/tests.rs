use proptest::prelude::*;

use super::*;
use crate::parse::{FileInput, FileType, Heading, PageMark, parse};

mod formats;
mod places;
mod tables;

fn markdown(source: &str) -> ParsedDocument {
    parse(&FileInput { file_name: "a.md", media_type: None, bytes: source.as_bytes() }).unwrap()
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn texts<'a>(document: &'a ParsedDocument, spans: &[ChunkSpan]) -> Vec<&'a str> {
    spans.iter().map(|span| &document.text[span.start..span.end]).collect()
}

const SMALL: ChunkOptions = ChunkOptions { target_tokens: 20, max_tokens: 30 };

#[test]
fn a_long_section_falls_into_equal_parts() {
    let sentence = "One two three four five six seven. ";
    let document = markdown(&format!("# Head\n\n{}", sentence.repeat(8)));
    let spans = chunk(&document, &SMALL, &words);
    let lengths: Vec<usize> = texts(&document, &spans).into_iter().map(words).collect();
    assert_eq!(lengths.iter().sum::<usize>(), 56);
    assert!(lengths.iter().all(|length| (14..=28).contains(length)), "{lengths:?}");
    assert!(spans.iter().all(|span| span.headings == ["Head"]));
}

#[test]
fn short_neighbours_join_and_keep_their_headings_in_the_text() {
    let document = markdown("# Shop\n\n## Hours\n\nNine to five.\n\n## Phone\n\nCall 123.\n");
    let spans = chunk(&document, &SMALL, &words);
    assert_eq!(texts(&document, &spans), ["## Hours\n\nNine to five.\n\n## Phone\n\nCall 123."]);
    assert_eq!(spans[0].headings, ["Shop"]);
}

#[test]
fn an_abstract_stays_in_one_or_two_pieces() {
    let sentence = "The effect of temperature on growth was measured in twelve samples over three weeks. ";
    let document = markdown(&sentence.repeat(18));
    let spans = chunk(&document, &ChunkOptions::default(), &|text| words(text) * 4 / 3);
    assert_eq!(words(&document.text), 252);
    assert_eq!(spans.len(), 2);
    let short = markdown(&sentence.repeat(12));
    assert_eq!(chunk(&short, &ChunkOptions::default(), &|text| words(text) * 4 / 3).len(), 1);
}

#[test]
fn a_table_goes_on_with_its_header() {
    let rows: String = (0..12).map(|n| format!("| name{n} | price{n} |\n")).collect();
    let document = markdown(&format!("# List\n\n| Name | Price |\n| --- | --- |\n{rows}"));
    let spans = chunk(&document, &SMALL, &words);
    assert!(spans.len() >= 3);
    for span in &spans {
        let own = &document.text[span.start..span.end];
        let index = index_text("Prices", &span.headings, span.table.as_ref(), own);
        assert_eq!(index.heading, "Prices\nList");
        assert!(index.text.starts_with("| Name | Price |\n"), "{}", index.text);
        assert!(own.starts_with('|') && own.ends_with('|'));
        assert!(words(&index.text) + 2 <= SMALL.max_tokens, "{}", index.text);
    }
}

#[test]
fn headings_without_text_are_not_lost() {
    let document = markdown("# A\n\n## B\n\n# C\n\ntext of c\n\n# D");
    let spans = chunk(&document, &ChunkOptions { target_tokens: 8, max_tokens: 16 }, &words);
    let all =
        texts(&document, &spans).join("\n") + &spans.iter().flat_map(|span| span.headings.clone()).collect::<String>();
    for heading in ["A", "B", "C", "D"] {
        assert!(all.contains(heading), "{heading} in {all}");
    }
}

#[test]
fn chunks_know_their_page() {
    let text = "First page words here. ".repeat(4) + "\n\n" + &"Second page words here. ".repeat(4);
    let mut document = markdown(&text);
    let second = document.text.find("Second").unwrap();
    let page = Place::page;
    document.pages = vec![PageMark { place: page(1), offset: 0 }, PageMark { place: page(2), offset: second }];
    let spans = chunk(&document, &SMALL, &words);
    assert_eq!(spans.into_iter().map(|span| span.place).collect::<Vec<_>>(), [Some(page(1)), Some(page(2))]);
}

#[test]
fn what_announces_stays_with_what_it_announces() {
    let before = "Nine words of something else stand before it here. ".repeat(2);
    let after = "Nine words of the very same thing come after. ".repeat(2);
    let document = markdown(&format!("{before}\n\nTIP Incremental updates\n\n{after}"));
    let spans = chunk(&document, &SMALL, &words);
    assert_eq!(texts(&document, &spans), [before.trim(), &format!("TIP Incremental updates\n\n{}", after.trim())]);
}

#[test]
fn code_is_cut_between_lines() {
    let code: String = (0..30).map(|n| format!("let value{n} = compute ( {n} ) ;\n\n")).collect();
    let document = markdown(&format!("```\n{code}```\n"));
    let spans = chunk(&document, &SMALL, &words);
    assert!(spans.len() > 5);
    for piece in texts(&document, &spans) {
        assert!(piece.starts_with("let") || piece.starts_with("```"), "{piece}");
    }
}

#[test]
fn estimates_are_near_what_the_vocabulary_makes() {
    // Counted with the vocabulary of all-MiniLM-L6-v2.
    for (text, counted) in [
        ("The effect of temperature on growth was measured in twelve samples over three weeks.", 15_usize),
        ("Balíčky Debianu instaluje apt, který řeší jejich závislosti a stahuje, co chybí.", 45),
        ("Les paquets Debian sont installés par apt, qui résout leurs dépendances.", 24),
    ] {
        let estimate = estimate_tokens(text);
        assert!(estimate * 3 >= counted * 2 && estimate * 2 <= counted * 3, "{estimate} for {counted}: {text}");
    }
}

fn any_document() -> impl Strategy<Value = ParsedDocument> {
    let piece = prop_oneof![
        4 => "[a-zéß .,\\n]{0,120}",
        1 => "(\\| [a-z]{1,4} \\| [0-9]{1,3} \\|\\n){1,8}",
        1 => "\\| [a-z]{1,9} \\| [a-z]{1,4} \\|\\n\\| --- \\| --- \\|\\n(\\| [a-z]{1,30} \\| [a-z .]{0,90} \\|\\n){1,8}",
        1 => "(- [a-z ]{1,20}\\n){1,5}",
        1 => "[漢字かな。]{1,90}",
        1 => "[a-z]{100,400}",
        1 => Just("```\ncode\n\nmore\n```".to_owned()),
        1 => "\\PC{0,60}",
    ];
    prop::collection::vec((piece, 0_u8..7, "[A-Z][a-z ]{0,9}"), 0..12).prop_map(|pieces| {
        let mut text = String::new();
        let mut outline = Vec::new();
        for (piece, level, heading) in pieces {
            if level > 0 {
                outline.push(Heading { level, text: heading.trim().to_owned(), offset: text.len() });
                text.push_str(&format!("{} {}\n\n", "#".repeat(level.into()), heading.trim()));
            }
            text.push_str(&piece);
            text.push_str("\n\n");
        }
        ParsedDocument {
            file_type: FileType::Text,
            title: "Title".to_owned(),
            language: None,
            text,
            outline,
            pages: Vec::new(),
            structured: true,
            metadata: Vec::new(),
        }
    })
}

proptest! {
    #[test]
    fn spans_hold_everything_once_and_in_order(document in any_document(), target in 10_usize..60) {
        let options = ChunkOptions { target_tokens: target, max_tokens: target + 20 };
        // Characters: the finest sizer there is, so that the limit can be checked exactly.
        let sizer = |text: &str| text.split_whitespace().map(|word| word.chars().count().div_ceil(4)).sum();
        let spans = chunk(&document, &options, &sizer);
        let mut at = 0;
        for span in &spans {
            prop_assert!(span.start >= at && span.end > span.start);
            let piece = document.text.get(span.start..span.end);
            prop_assert!(piece.is_some_and(|piece| piece.trim() == piece));
            // What is left out is white space and lines of headings.
            let between = &document.text[at..span.start];
            for line in between.lines().filter(|line| !line.trim().is_empty()) {
                prop_assert!(line.starts_with('#'), "lost: {line:?}");
                let heading = line.trim_start_matches('#').trim();
                prop_assert!(span.headings.iter().any(|known| known == heading), "lost heading {heading:?} of {span:?}");
            }
            at = span.end;
        }
        prop_assert!(document.text[at..].trim().is_empty());
    }

    #[test]
    fn no_chunk_is_longer_than_the_model_reads(document in any_document()) {
        let options = ChunkOptions { target_tokens: 24, max_tokens: 40 };
        let sizer = |text: &str| text.split_whitespace().map(|word| word.chars().count().div_ceil(4)).sum::<usize>();
        for span in chunk(&document, &options, &sizer) {
            let own = &document.text[span.start..span.end];
            let length = sizer(&span.table.as_ref().map_or_else(|| own.to_owned(), |part| part.complete(own)));
            // Words that are cut within count up to one token more.
            prop_assert!(length <= options.max_tokens + 2, "{length}: {own:?}");
        }
    }
}
