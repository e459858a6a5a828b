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
    assert_eq!(spans[0].place, Some(slide(1, "")));
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
    let page = |number: u32, _: &str| Place::Page { number };
    let document = placed(&[("Why", "It is fast.".into()), ("How", "Press it.".into())], page);
    let spans = chunk(&document, &SMALL, &words);
    assert_eq!(spans.len(), 1);
    assert_eq!(spans[0].place, Some(page(1, "")));
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
            let is_title = |other: u32| sections.get(other as usize - 1).is_some_and(|(_, text)| text.trim().is_empty());
            prop_assert!(text.trim().is_empty() || alone || (number > 1 && is_title(number - 1)), "slide {number}");
        }
    }
}
