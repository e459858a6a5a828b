use futures::StreamExt;

use super::*;
use crate::{Follows, PromptSource, SourcePart};

const UPLOAD: &str = "# Collections, files and websites\n\nA collection is a named set of knowledge. It has sources, a source has documents, and documents are cut into chunks: the passages that are found and cited. You manage all of it under *Data*.\n\n## Upload files\n\nOpen the collection, choose *Add data source*, then *Files*. Drop files on the page or choose them. These kinds are read:\n\n- PDF\n- Word (`.docx`), Excel (`.xlsx`) and PowerPoint (`.pptx`)\n- HTML, Markdown, plain text and CSV\n\nEach file shows its state: *processing*, *ready* or *failed* with the reason. By default one file may have 100 MB.";
const WEBSITE: &str = "## 3. Ask from your server\n\nSend the visitor's question from your server to Hammock and pass the stream of events on to the page:\n\n```\ncurl -N https://hammock.example.com/api/v1/chat \\\n  -H \"X-Api-Key: hk_…\"\n```\n\nThe answer comes as server-sent events.";
const ROLES: &str =
    "## Roles\n\nAn owner may do everything. An administrator manages people and assistants. A user asks questions.";

fn request(question: &str, language: &str, texts: &[(&str, &str)]) -> ChatRequest {
    ChatRequest {
        model: String::new(),
        turns: Vec::new(),
        question: question.to_owned(),
        sources: texts
            .iter()
            .zip(1..)
            .map(|((title, text), number)| PromptSource {
                number,
                title: (*title).to_owned(),
                text: (*text).to_owned(),
                language: None,
                follows: None,
                parts: Vec::new(),
            })
            .collect(),
        pictures: Vec::new(),
        vision: hammock_contract::assistant::Vision::Automatic,
        language: Some(language.to_owned()),
        is_weak: false,
        temperature: 0.0,
        max_tokens: 500,
    }
}

const HANDBOOK: &[(&str, &str)] = &[
    ("Collections, files and websites", UPLOAD),
    ("Put the chat on your website", WEBSITE),
    ("People and roles", ROLES),
];

#[test]
fn a_list_is_quoted_whole_with_the_sentence_that_announces_it() {
    let answer = answer(&request("Which kinds of files can I upload?", "en", HANDBOOK));
    eprintln!("{answer}");
    assert!(answer.starts_with("Here is what the sources say:\n\n> "));
    assert!(answer.contains("These kinds are read:\n>\n> - PDF\n> - Word"), "{answer}");
    assert!(answer.contains("> - HTML, Markdown, plain text and CSV [1]"), "{answer}");
    assert!(answer.ends_with("*Quoted word for word; no language model wrote this answer.*"));
}

#[test]
fn a_question_for_kinds_finds_the_list_by_another_word() {
    for question in ["Which file types can I upload?", "What formats of files may be uploaded?"] {
        let answer = answer(&request(question, "en", HANDBOOK));
        assert!(answer.contains("These kinds are read:\n>\n> - PDF\n> - Word"), "{question}: {answer}");
    }
    let listed = "Přehled knihovny. Nahrát soubor může každý.\n\nČtou se tyto formáty:\n\n- PDF\n- Word";
    let answer = answer(&request("Jaké typy souborů mohu nahrát?", "cs", &[("Soubory", listed)]));
    assert!(answer.contains("> - PDF\n> - Word"), "{answer}");
}

#[test]
fn weak_evidence_is_said_to_be_weak_and_the_question_asked_back() {
    for language in languages() {
        let sure = request("Which kinds of files can I upload?", language, HANDBOOK);
        let weak = ChatRequest { is_weak: true, ..sure.clone() };
        let phrases = phrases::of(Some(language));
        let (sure, weak) = (answer(&sure), answer(&weak));
        assert!(weak.starts_with(phrases.weak_lead) && !sure.contains(phrases.weak_lead), "{weak}");
        let end = format!("\n\n{}\n\n*{}*", phrases.weak_question, phrases.no_model);
        assert!(weak.ends_with(&end) && phrases.weak_question.ends_with('?') && !sure.ends_with(&end), "{weak}");
    }
}

#[test]
fn a_code_block_keeps_its_lines_and_its_fences() {
    let answer = answer(&request("How do I send a visitor's question from my server?", "en", HANDBOOK));
    eprintln!("{answer}");
    assert!(
        answer.contains(
            "> ```\n> curl -N https://hammock.example.com/api/v1/chat \\\n>   -H \"X-Api-Key: hk_…\"\n> ```\n"
        )
    );
    assert!(answer.contains("[2]"));
    assert!(!answer.contains("[3]"), "{answer}");
}

#[test]
fn every_quotation_stands_in_its_source() {
    for question in ["What may an administrator do?", "What is a collection?", "How large may a file be?"] {
        let request = request(question, "en", HANDBOOK);
        let answer = answer(&request);
        eprintln!("{question}\n{answer}\n");
        for quote in score::best_quotes(&request, 3) {
            let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let source = &request.sources[quote.numbers[0] as usize - 1];
            assert!(flat(&source.text).contains(&flat(&quote.text)), "{}", quote.text);
        }
    }
}

#[test]
fn the_sentence_that_answers_is_there() {
    for (question, expected) in [
        ("What may an administrator do?", "An administrator manages people and assistants."),
        ("What is a collection?", "A collection is a named set of knowledge."),
        ("How many MB may one file have?", "By default one file may have 100 MB."),
    ] {
        let answer = answer(&request(question, "en", HANDBOOK));
        assert!(answer.contains(expected), "{question}\n{answer}");
    }
}

#[test]
fn the_frame_is_in_the_language_of_the_question() {
    let text = "Une collection est un ensemble nommé de connaissances. Les pages sont relues chaque nuit.";
    let french = answer(&request("Qu’est-ce qu’une collection ?", "fr", &[("Collections", text)]));
    assert!(french.starts_with("Voici ce que disent les sources\u{a0}:"), "{french}");
    assert!(french.contains("> Une collection est un ensemble nommé de connaissances."));
    let czech = answer(&request("Co jsou kolekce?", "cs", &[("Kolekce", "Kolekce je pojmenovaná sada znalostí.")]));
    assert!(czech.contains("Zdroje k tomu říkají:\n\n> Kolekce je pojmenovaná sada znalostí. [1]"), "{czech}");
}

#[test]
fn it_speaks_the_languages_that_it_names() {
    let said: std::collections::BTreeSet<_> =
        languages().map(|language| answer(&request("?", language, &[]))).collect();
    assert_eq!((languages().count(), said.len()), (8, 8), "{said:?}");
    assert!(languages().all(|language| language.len() == 2));
    assert_eq!(answer(&request("?", "xx", &[])), answer(&request("?", "en", &[])));
}

#[test]
fn without_shared_words_the_first_source_speaks() {
    let answer = answer(&request("Zubaté koště?", "en", HANDBOOK));
    assert!(answer.contains("A collection is a named set of knowledge."), "{answer}");
}

#[test]
fn without_sources_it_says_that_nothing_was_found() {
    let answer = answer(&request("Anything?", "de", &[]));
    assert!(answer.starts_with("Das finde ich in den Quellen nicht."));
}

#[tokio::test]
async fn the_pieces_make_up_the_answer() {
    let request = request("Which kinds of files can I upload?", "en", HANDBOOK);
    let whole = answer(&request);
    let pieces: Vec<String> =
        QuotingAnswerer.stream(&request).await.unwrap().map(|chunk| chunk.unwrap().text).collect().await;
    assert!(pieces.len() > 5);
    assert_eq!(pieces.concat(), whole);
}

#[test]
fn passages_in_the_questions_language_are_preferred() {
    let french = "Le chat : 1. *API keys* 2. *website*. Mettez le chat sur votre website avec une clé *API*.";
    let mut request = request(
        "How do I put the chat on my website?",
        "en",
        &[("Premiers pas : chat, website", french), ("Put the chat on your website", WEBSITE)],
    );
    for (source, language) in request.sources.iter_mut().zip(["fr", "en"]) {
        source.language = Some(language.to_owned());
    }
    let quoted = |request: &ChatRequest| -> Vec<u32> {
        score::best_quotes(request, 3).into_iter().flat_map(|quote| quote.numbers).collect()
    };
    assert_eq!(quoted(&request), [2]);
    // Where there is no other, it is quoted all the same.
    request.sources.truncate(1);
    assert_eq!(quoted(&request), [1]);
}

const STEPS: &str =
    "Chat na svůj web dáte přes vlastní server. Jsou to tři kroky:\n\n1. Vytvořte asistenta pro svůj web.";
const MORE_STEPS: &str =
    "2. Vytvořte klíč API.\n3. Server pošle otázku na svůj web a dá chat.\n\nKlíč zůstává na vašem serveru.";

/// A question whose second source goes on from a later one, in the middle of a list.
fn torn() -> ChatRequest {
    let texts = [("První kroky", MORE_STEPS), ("Asistenti", "Asistent odpovídá na otázky."), ("První kroky", STEPS)];
    let mut request = request("Jak dám chat na svůj web?", "cs", &texts);
    request.sources[0].follows = Some(Follows { number: 3, gap: 1 });
    request
}

#[test]
fn a_list_that_was_torn_is_quoted_whole_and_each_part_has_its_number() {
    let answer = answer(&torn());
    eprintln!("{answer}");
    let whole = "Jsou to tři kroky:\n>\n> 1. Vytvořte asistenta pro svůj web. [3]\n> 2. Vytvořte klíč API.\n> 3. Server pošle otázku na svůj web a dá chat.";
    assert!(answer.contains(whole), "{answer}");
    assert!(answer.contains("[1]") && answer.matches("1. Vytvořte asistenta").count() == 1, "{answer}");
}

#[test]
fn what_is_named_is_known_before_it_is_said() {
    // The list begins in the third source and ends in the first one.
    let named = cited(&torn());
    assert!(named.starts_with(&[3, 1]), "{named:?}");
    assert_eq!(cited(&request("How do I send a visitor's question from my server?", "en", HANDBOOK))[0], 2);
}

#[test]
fn a_source_that_was_made_of_neighbours_is_quoted_with_its_one_number() {
    let text = format!("{STEPS}\n{MORE_STEPS}");
    let texts = [("První kroky", text.as_str()), ("Asistenti", "Asistent odpovídá na otázky.")];
    let mut request = request("Jak dám chat na svůj web?", "cs", &texts);
    request.sources[0].parts = vec![SourcePart { start: 0, rank: 2 }, SourcePart { start: STEPS.len() + 1, rank: 0 }];
    let answer = answer(&request);
    let whole = "Jsou to tři kroky:\n>\n> 1. Vytvořte asistenta pro svůj web.\n> 2. Vytvořte klíč API.\n> 3. Server pošle otázku na svůj web a dá chat.";
    assert!(answer.contains(whole) && answer.contains("[1]") && !answer.contains("[2]"), "{answer}");
    assert_eq!(answer.matches("1. Vytvořte asistenta").count(), 1, "{answer}");
}

#[test]
fn quotations_that_stand_side_by_side_keep_the_order_of_the_document() {
    let second = "Muzeum otevírá v devět hodin. ".to_owned() + &"Zbytek je jinde a dlouhý. ".repeat(18);
    let first = "O víkendu otevírá muzeum v deset hodin. ".to_owned() + &"Něco docela jiného stojí tady. ".repeat(16);
    let texts = [("Muzeum", second.trim()), ("Muzeum", first.trim())];
    let mut request = request("V kolik hodin otevírá muzeum?", "cs", &texts);
    let quoted = |request: &ChatRequest| -> Vec<u32> {
        score::best_quotes(request, 3).into_iter().flat_map(|quote| quote.numbers).collect()
    };
    assert_eq!(quoted(&request), [1, 2], "the best first");
    request.sources[0].follows = Some(Follows { number: 2, gap: 2 });
    assert_eq!(quoted(&request), [2, 1]);
}

#[test]
fn steps_are_quoted_with_what_announces_them() {
    let text = "Something quite different stands here, in so many words that nobody would quote it with the rest of it, since it says nothing of the matter at all.\n\nIt takes two steps:\n\n1. Make a key for the website.\n2. Ask with the key.";
    let answer = answer(&request("How do I make a key for the website?", "en", &[("Keys", text)]));
    assert!(
        answer.contains("It takes two steps:\n>\n> 1. Make a key for the website.\n> 2. Ask with the key. [1]"),
        "{answer}"
    );
}
