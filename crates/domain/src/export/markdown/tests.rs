//! What stands in the file, and what does not.

use hammock_contract::{AssistantId, ChunkId, CollectionId, ConversationId, DocumentId, MessageId, chat::AnswerKind};
use hammock_testkit::hostile::{self, Hostile};
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;

fn message(author: Author, text: &str, citations: Vec<Citation>) -> Message {
    Message {
        id: MessageId::fixed("some"),
        author,
        text: text.to_owned(),
        blocks: Vec::new(),
        state: MessageState::Complete,
        answer_kind: AnswerKind::Model,
        citations,
        unsupported: Vec::new(),
        steps: Vec::new(),
        error: None,
        run: None,
        rating: None,
        created_at: Timestamp::default(),
        siblings: None,
        assistant: None,
        attachments: Vec::new(),
    }
}

fn source(number: u32, title: &str, cited: bool) -> Citation {
    Citation {
        number,
        document: DocumentId::fixed("some"),
        collection: CollectionId::fixed("some"),
        chunk: ChunkId::fixed("some"),
        further_chunks: Vec::new(),
        revision: 1,
        title: title.to_owned(),
        headings: vec![title.to_owned(), "Winter".to_owned()],
        url: Some("https://example.org/a b".to_owned()),
        place: Some(Place::page(3)),
        start: 0,
        end: 9,
        marks: Vec::new(),
        quote: "It opens\n\nat ![nine](https://evil.example).".to_owned(),
        edited: None,
        table: None,
        cited,
        hidden: false,
    }
}

/// The file of messages of which so many are given at a time.
fn in_parts(messages: &[Message], at_once: usize) -> String {
    let summary = ConversationSummary {
        id: ConversationId::fixed("some"),
        title: "When [does] it open?".to_owned(),
        assistant: AssistantId::fixed("some"),
        assistant_name: "Concierge".to_owned(),
        updated_at: Timestamp::default(),
        category: None,
        found: None,
    };
    let mut writer = Writer::new(Locale::En);
    let mut file = writer.head(&summary, Timestamp::from_civil(2026, 11, 27, 3_600_000).unwrap());
    messages.chunks(at_once).for_each(|page| writer.learn(page));
    writer.begin_again();
    messages.chunks(at_once).for_each(|page| file.push_str(&writer.messages(page)));
    writer.begin_again();
    messages.chunks(at_once).for_each(|page| file.push_str(&writer.notes(page)));
    file
}

fn written(messages: Vec<Message>) -> String {
    in_parts(&messages, 2)
}

#[test]
fn the_file_is_the_same_however_many_messages_come_at_a_time() {
    let messages: Vec<Message> = (0..7)
        .map(|number| match number % 2 {
            0 => message(Author::User, &format!("Question {number}"), Vec::new()),
            _ => message(Author::Assistant, "At nine [1].", vec![source(1, "Hours", true)]),
        })
        .collect();
    let whole = in_parts(&messages, messages.len());
    assert!(whole.contains("[^3].\n\n## You\n\n> Question 6\n\n[^1]: **Hours**"), "{whole}");
    for at_once in 1..messages.len() {
        assert_eq!(in_parts(&messages, at_once), whole, "{at_once}");
    }
}

#[test]
fn sources_are_footnotes_that_are_numbered_through_the_file() {
    let text = written(vec![
        message(Author::User, "When does it open?\n\nAnd close?", Vec::new()),
        message(
            Author::Assistant,
            "At nine [2], `not [2]`.",
            vec![source(1, "Prices", false), source(2, "Hours", true)],
        ),
        message(Author::User, "And on Sundays?", Vec::new()),
        message(Author::Assistant, "At ten [1][2].", vec![source(1, "Sundays", true), source(2, "Hours", true)]),
    ]);
    assert!(
        text.starts_with("# When \\[does\\] it open?\n\nAssistant: Concierge · exported 2026-11-27 01:00 UTC\n"),
        "{text}"
    );
    for part in [
        "\n## You\n\n> When does it open?\n>\n> And close?\n\n## Assistant\n\nAt nine [^1], `not [2]`.\n",
        "\nAt ten [^2][^3].\n",
        "\n[^1]: **Hours** › Winter › page 3 <https://example.org/a%20b>\n\n    > It opens\n    >\n    > at \\![nine]",
        "\n[^2]: **Sundays** › ",
        "\n[^3]: **Hours** › ",
    ] {
        assert!(text.contains(part), "{part}\nin\n{text}");
    }
    assert!(!text.contains("Prices") && !text.contains("[^4]"), "{text}");
}

#[test]
fn a_passage_over_several_pages_names_them() {
    let over = Citation { place: Some(Place::Page { number: 3, breaks: vec![4, 6] }), ..source(1, "Hours", true) };
    let text = written(vec![message(Author::Assistant, "At nine [1].", vec![over])]);
    assert!(text.contains("\n[^1]: **Hours** › Winter › pages 3–5 <"), "{text}");
}

#[test]
fn what_is_not_seen_is_not_told_and_what_is_not_finished_is_said() {
    let hidden = Citation { hidden: true, url: None, ..source(1, "", true) };
    let stopped = Message {
        state: MessageState::Stopped,
        ..message(Author::Assistant, "At <img src=x> ![nine](https://evil.example) [1]", vec![hidden])
    };
    let text = written(vec![stopped]);
    assert!(
        text.contains("At &lt;img src=x> \\![nine](https://evil.example) [^1]\n\n*This answer is not finished.*\n"),
        "{text}"
    );
    assert!(text.contains("[^1]: A source that you can no longer see.\n") && !text.contains("Winter"), "{text}");
}

#[test]
fn code_that_breaks_off_ends_with_its_answer() {
    let stopped =
        Message { state: MessageState::Stopped, ..message(Author::Assistant, "So:\n\n```rust\nlet a", Vec::new()) };
    let text = written(vec![stopped, message(Author::User, "Go on.", Vec::new())]);
    let expected = "\nSo:\n\n```rust\nlet a\n```\n\n*This answer is not finished.*\n\n## You\n\n> Go on.\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn no_answer_names_the_picture_of_another() {
    let text = written(vec![
        message(Author::Assistant, "See ![a map][map] and [the list][1].", Vec::new()),
        message(Author::User, "[map]: https://evil.example/a.png", Vec::new()),
        message(Author::Assistant, "[map]: https://evil.example/b.png\n\n[1]: https://evil.example", Vec::new()),
    ]);
    // There is no such source.
    assert!(text.contains("See \\![a map][map] and [the list]."), "{text}");
    assert_eq!(loaded(&text), Vec::<String>::new());
}

/// What a reader would load by itself or take for markup, whether it knows footnotes or not.
fn loaded(file: &str) -> Vec<String> {
    let plain = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut found = Vec::new();
    for options in [Options::empty(), plain, plain | Options::ENABLE_FOOTNOTES] {
        found.extend(Parser::new_ext(file, options).filter_map(|event| match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Some(raw.to_string()),
            Event::Start(Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
            _ => None,
        }));
    }
    found
}

#[test]
fn hostile_texts_load_nothing_elsewhere() {
    for hostile in hostile::all() {
        let Hostile { title, payload } = &hostile;
        let cited = || Citation { quote: payload.clone(), url: Some(payload.clone()), ..source(1, payload, true) };
        let file = written(vec![
            message(Author::User, payload, Vec::new()),
            message(Author::Assistant, &format!("{payload} [1]"), vec![cited()]),
            message(Author::Assistant, &format!("[1] {payload}\n\n{payload}"), vec![cited()]),
        ]);
        assert_eq!(loaded(&file), Vec::<String>::new(), "{title}: {payload}\nin\n{file}");
    }
}

#[test]
fn no_answer_opens_what_is_code_in_another() {
    let code = "```\n<img src=https://evil.example>\n![a](https://evil.example)\n```";
    for before in ["```", "~~~~", "`", "<!--", "<script>", "> ```", "- ```", "[^1]: a\n\n    ```"] {
        let file = written(vec![
            message(Author::Assistant, before, Vec::new()),
            message(Author::User, before, Vec::new()),
            message(Author::Assistant, code, Vec::new()),
            message(Author::Assistant, &code.replace('\n', "\r"), Vec::new()),
            message(Author::User, &code.replace('\n', "\r"), Vec::new()),
        ]);
        assert_eq!(loaded(&file), Vec::<String>::new(), "{before:?}\nin\n{file}");
    }
}
