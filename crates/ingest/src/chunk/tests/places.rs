//! Slides and sheets stay apart.

use super::*;

/// A document whose sections of the first level stand on places of their own.
fn placed(sections: &[(&str, String)], place: impl Fn(u32, &str) -> Place) -> ParsedDocument {
    let source: Vec<String> = sections.iter().map(|(title, text)| format!("# {title}\n\n{text}")).collect();
    let mut document = markdown(&source.iter().map(|section| section.trim()).collect::<Vec<_>>().join("\n\n"));
    let begins: Vec<(String, usize)> =
        document.outline.iter().filter(|it| it.level == 1).map(|it| (it.text.clone(), it.offset)).collect();
    document.pages =
        (1..).zip(begins).map(|(number, (name, offset))| PageMark { place: place(number, &name), offset }).collect();
    document
}

fn slide(number: u32, _: &str) -> Place {
    Place::Slide { number }
}

#[test]
fn every_slide_is_a_passage_under_its_title() {
    let deck = placed(&[("Why", "It is fast.".into()), ("How", "Press it.".into()), ("When", "Now.".into())], slide);
    let spans = chunk(&deck, &ChunkOptions::default(), &words);
    let found: Vec<_> = spans.iter().map(|span| (span.place.clone(), span.headings.join("/"))).collect();
    let expected = [(1, "Why"), (2, "How"), (3, "When")].map(|(n, title)| (Some(slide(n, "")), title.to_owned()));
    assert_eq!(found, expected);
    assert_eq!(texts(&deck, &spans), ["It is fast.", "Press it.", "Now."]);
}

#[test]
fn a_long_slide_is_several_passages_and_keeps_its_notes_marked() {
    let notes = "Say this slowly to everybody here. ".repeat(6);
    let deck = placed(
        &[("Why", format!("{}\n\n## Notes\n\n{notes}", "It is fast. ".repeat(9))), ("How", "So.".into())],
        slide,
    );
    let spans = chunk(&deck, &SMALL, &words);
    let (why, how): (Vec<_>, Vec<_>) = spans.iter().partition(|span| span.place == Some(slide(1, "")));
    assert!(why.len() >= 3, "{why:?}");
    for span in &why {
        let own = &deck.text[span.start..span.end];
        let marked = span.headings == ["Why", "Notes"] || own.contains("## Notes");
        assert_eq!(marked, own.contains("slowly"), "{span:?}: {own}");
    }
    assert_eq!(how.len(), 1);
}

#[test]
fn a_slide_with_nothing_but_a_title_joins_its_neighbour() {
    let deck =
        placed(&[("Part two", String::new()), ("Why", "It is fast.".into()), ("How", "Press it.".into())], slide);
    let spans = chunk(&deck, &SMALL, &words);
    assert_eq!(texts(&deck, &spans), ["# Part two\n\n# Why\n\nIt is fast.", "Press it."]);
    assert_eq!(spans[0].place, Some(slide(2, "")), "where its text stands");
    let titles = placed(&[("Part two", String::new()), ("Questions", String::new())], slide);
    let spans = chunk(&titles, &SMALL, &words);
    assert_eq!(spans[0].place, Some(slide(1, "")), "there is no other text");
}

#[test]
fn sheets_are_not_mixed() {
    let table = |word: &str| format!("| {word} | Price |\n| --- | --- |\n| a | 1 |");
    let sheet = |_: u32, name: &str| Place::Sheet { name: name.to_owned() };
    let book = placed(&[("Drinks", table("Drink")), ("Cakes", table("Cake"))], sheet);
    let spans = chunk(&book, &ChunkOptions::default(), &words);
    let found: Vec<_> = spans.into_iter().filter_map(|span| span.place).collect();
    assert_eq!(found, [sheet(1, "Drinks"), sheet(2, "Cakes")]);
}

#[test]
fn pages_still_join() {
    let page = |number: u32, _: &str| Place::page(number);
    let document = placed(&[("Why", "It is fast.".into()), ("How", "Press it.".into())], page);
    let spans = chunk(&document, &SMALL, &words);
    assert_eq!(spans.len(), 1);
    let second = u32::try_from(document.pages[1].offset).unwrap();
    assert_eq!(spans[0].place, Some(Place::Page { number: 1, breaks: vec![second] }));
}

#[test]
fn a_passage_over_pages_knows_where_each_begins() {
    let source = ["# Hours\n\nNine to five.", "On Sundays at noon.", "Never in winter.", "In spring at ten."];
    let mut document = markdown(&source.join("\n\n"));
    let offset = |part: &str| document.text.find(part).unwrap();
    let [noon, winter, spring] = ["On Sun", "Never", "In spr"].map(offset);
    let mark = |number, offset| PageMark { place: Place::page(number), offset };
    // The third page is blank.
    document.pages = vec![mark(1, 0), mark(2, noon), mark(4, winter), mark(5, spring)];
    let [one]: [ChunkSpan; 1] = chunk(&document, &SMALL, &words).try_into().unwrap();
    let ChunkSpan { start, end, place, .. } = one;
    assert_eq!(&document.text[start..end], document.text.trim_start_matches("# Hours\n\n"));
    let bytes = |offset: usize| u32::try_from(offset).unwrap();
    let breaks = vec![bytes(noon), bytes(winter), bytes(winter), bytes(spring)];
    let place = place.unwrap();
    assert_eq!(place, Place::Page { number: 1, breaks });
    assert_eq!(place.of_part(&(bytes(winter)..bytes(spring) - 2)), Place::page(4));
    assert_eq!(place.of_part(&(bytes(start)..bytes(noon) - 2)), Place::page(1));
}

#[test]
fn each_passage_of_a_long_page_names_that_page_alone() {
    let page = |number: u32, _: &str| Place::page(number);
    let long = |word: &str| format!("{word} two three four five six seven. ").repeat(8);
    let document = placed(&[("Why", long("Fast")), ("How", long("Press"))], page);
    for span in chunk(&document, &SMALL, &words) {
        let number = if document.text[span.start..span.end].contains("Fast") { 1 } else { 2 };
        assert_eq!(span.place, Some(Place::page(number)), "{span:?}");
    }
}

proptest! {
    #[test]
    fn no_passage_holds_text_of_two_slides(
        slides in prop::collection::vec(("[A-Z][a-z]{1,9}", "([a-z]{1,8} ){0,40}"), 1..12),
        target in 10_usize..60,
    ) {
        let sections: Vec<(&str, String)> = slides.iter().map(|(title, text)| (title.as_str(), text.clone())).collect();
        let deck = placed(&sections, slide);
        let options = ChunkOptions { target_tokens: target, max_tokens: target + 20 };
        let spans = chunk(&deck, &options, &words);
        for span in &spans {
            let own = &deck.text[span.start..span.end];
            let with_text = own.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
            // The text of a slide is one line.
            prop_assert!(with_text <= 1, "{own}");
            prop_assert!(words(own) <= options.max_tokens, "{own}");
        }
        for (number, (_, text)) in (1_u32..).zip(&sections) {
            let alone = spans.iter().any(|span| span.place == Some(slide(number, "")));
            prop_assert!(text.trim().is_empty() || alone, "slide {number}");
        }
    }
}
