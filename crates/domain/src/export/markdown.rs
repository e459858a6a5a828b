//! A conversation as Markdown: questions as quotations, answers as they are, their sources as footnotes that are numbered
//! through the whole file.

use hammock_contract::{
    Timestamp,
    chat::{Author, Citation, Conversation, Message, MessageState},
    locale::Locale,
    passage::Place,
};
use hammock_retrieval::citations;

use super::cited;
use crate::render::quiet;

/// What the file says itself.
struct Words {
    you: &'static str,
    assistant: &'static str,
    gone: &'static str,
    exported: &'static str,
    unfinished: &'static str,
    attached: &'static str,
    hidden: &'static str,
    page: &'static str,
    pages: &'static str,
    sheet: &'static str,
    slide: &'static str,
}

const fn words(locale: Locale) -> Words {
    match locale {
        Locale::En => Words {
            you: "You",
            assistant: "Assistant",
            gone: "deleted assistant",
            exported: "exported",
            unfinished: "This answer is not finished.",
            attached: "Attached",
            hidden: "A source that you can no longer see.",
            page: "page",
            pages: "pages",
            sheet: "sheet",
            slide: "slide",
        },
        Locale::Fr => Words {
            you: "Vous",
            assistant: "Assistant",
            gone: "assistant supprimé",
            exported: "exporté le",
            unfinished: "Cette réponse n’est pas terminée.",
            attached: "Joint",
            hidden: "Une source que vous ne pouvez plus voir.",
            page: "page",
            pages: "pages",
            sheet: "feuille",
            slide: "diapositive",
        },
        Locale::Cs => Words {
            you: "Vy",
            assistant: "Asistent",
            gone: "smazaný asistent",
            exported: "exportováno",
            unfinished: "Tato odpověď není dokončena.",
            attached: "Přiloženo",
            hidden: "Zdroj, který už nevidíte.",
            page: "strana",
            pages: "strany",
            sheet: "list",
            slide: "snímek",
        },
    }
}

/// The file.
pub fn write(conversation: &Conversation, locale: Locale, now: Timestamp) -> String {
    let words = words(locale);
    let summary = &conversation.summary;
    let assistant = if summary.assistant_name.is_empty() { words.gone } else { summary.assistant_name.as_str() };
    let (year, month, day, hour, minute, ..) = now.civil();
    let mut text = format!(
        "# {}\n\n{}: {} · {} {year}-{month:02}-{day:02} {hour:02}:{minute:02} UTC\n",
        plain(&summary.title),
        words.assistant,
        plain(assistant),
        words.exported,
    );
    let mut notes = String::new();
    let mut issued = 0;
    for message in &conversation.messages {
        match message.author {
            Author::User => {
                text.push_str(&format!("\n## {}\n\n{}", words.you, quotation(&message.text)));
                let names: Vec<String> = message.attachments.iter().map(|attached| plain(&attached.name)).collect();
                if !names.is_empty() {
                    text.push_str(&format!("\n{}: {}\n", words.attached, names.join(", ")));
                }
            }
            Author::Assistant => {
                // Told where there are several.
                let by = message.assistant.as_ref().map(|by| format!(": {}", plain(&by.name))).unwrap_or_default();
                text.push_str(&format!("\n## {}{by}\n\n", words.assistant));
                text.push_str(&answer(message, &words, &mut issued, &mut notes));
            }
        }
    }
    if !notes.is_empty() {
        text.push('\n');
        text.push_str(&notes);
    }
    // One answer may end what another one left open: code, above all.
    quiet(&text)
}

/// An answer with its references; adds its sources to the notes.
fn answer(message: &Message, words: &Words, issued: &mut u32, notes: &mut String) -> String {
    let mut numbers: Vec<(u32, u32)> = Vec::new();
    for citation in cited(message) {
        *issued += 1;
        numbers.push((citation.number, *issued));
        notes.push_str(&note(*issued, citation, words));
    }
    let in_file = |number: u32| numbers.iter().find(|(own, _)| *own == number).map(|(_, number)| *number);
    let checked = citations::check(&quiet(message.text.trim()), |number| in_file(number).is_some());
    let mut text = String::with_capacity(checked.text.len());
    let mut from = 0;
    for reference in &checked.references {
        text.push_str(&checked.text[from..reference.start]);
        text.push_str(&format!("[^{}]", in_file(reference.number).unwrap_or(reference.number)));
        from = reference.end;
    }
    text.push_str(&checked.text[from..]);
    if !text.is_empty() {
        text.push('\n');
    }
    if message.state != MessageState::Complete {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}*{}*\n", words.unfinished));
    }
    text
}

/// A footnote: where its passage stands, and what it says.
fn note(number: u32, citation: &Citation, words: &Words) -> String {
    if citation.hidden {
        return format!("[^{number}]: {}\n", words.hidden);
    }
    let mut parts = vec![format!("**{}**", plain(&citation.title))];
    let headings = citation.headings.iter().filter(|heading| **heading != citation.title);
    parts.extend(headings.map(|heading| plain(heading)));
    parts.extend(citation.place.as_ref().map(|place| match place {
        Place::Page { number, breaks } if breaks.is_empty() => format!("{} {number}", words.page),
        Place::Page { number, breaks } => {
            format!("{} {number}–{}", words.pages, *number as usize + breaks.len())
        }
        Place::Sheet { name } => format!("{} {}", words.sheet, plain(name)),
        Place::Slide { number } => format!("{} {number}", words.slide),
    }));
    let address = citation.url.as_deref().map(|url| format!(" <{}>", escaped_address(url))).unwrap_or_default();
    let quote = quotation(citation.quote.trim());
    // What belongs to a footnote is indented.
    let quote: String = quote.lines().map(|line| format!("    {line}\n")).collect();
    format!("[^{number}]: {}{address}\n\n{quote}\n", parts.join(" › "))
}

/// An address between `<` and `>`, which it cannot leave.
fn escaped_address(url: &str) -> String {
    let mut address = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            c if c.is_whitespace() || c.is_control() => address.push_str("%20"),
            c => address.push(c),
        }
    }
    address
}

/// A text word for word, as a quotation: none of it is taken for markup that loads anything.
fn quotation(text: &str) -> String {
    // To who reads Markdown, each of these ends a line.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    quiet(&text).lines().map(|line| if line.is_empty() { ">\n".to_owned() } else { format!("> {line}\n") }).collect()
}

/// A name in a line: none of it is taken for markup.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '#' | '!' | '|' => {
                plain.push('\\');
                plain.push(character);
            }
            c if c.is_control() => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        AssistantId, ChunkId, CollectionId, ConversationId, DocumentId, MessageId,
        chat::{AnswerKind, ConversationSummary},
    };
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

    fn written(messages: Vec<Message>) -> String {
        let summary = ConversationSummary {
            id: ConversationId::fixed("some"),
            title: "When [does] it open?".to_owned(),
            assistant: AssistantId::fixed("some"),
            assistant_name: "Concierge".to_owned(),
            updated_at: Timestamp::default(),
            category: None,
            found: None,
        };
        let now = Timestamp::from_civil(2026, 11, 27, 3_600_000).unwrap();
        write(&Conversation { summary, messages, earlier: 0 }, Locale::En, now)
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
}
