//! A conversation as a file.

use futures::TryStreamExt as _;
use hammock_contract::{
    ErrorCode, MessageId,
    chat::{Author, ChatRequest},
    locale::Locale,
};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};
use hammock_store::messages;
use serde_json::{Value, json};

use super::chat::{QUESTION, all, ask, conversation_of, last, museum, start, up_to_text};
use crate::{ExportFormat, ExportedFile};

/// What is in a file.
pub async fn content_of(file: ExportedFile) -> String {
    file.content.try_collect().await.unwrap()
}

#[tokio::test]
async fn a_conversation_is_read_elsewhere_with_its_sources() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at *nine* [1].")).await;
    let (events, message) = ask(&world, &owner, request).await;
    let id = conversation_of(&events);
    let exported = async |format, locale| world.hammock.export_conversation(&owner, &id, format, locale).await.unwrap();

    let file = exported(ExportFormat::Markdown, Locale::Fr).await;
    assert!(file.name.starts_with("When-does-the-museum-open-20") && file.name.ends_with(".md"), "{}", file.name);
    assert_eq!(file.media_type, "text/markdown; charset=utf-8");
    let asked = format!("\n## Vous\n\n> {QUESTION}\n\n## Assistant\n\nIt opens at *nine* [^1].\n");
    let text = content_of(file).await;
    assert!(text.contains(&asked), "{text}");
    let (_, note) = text.split_once("\n\n[^1]: **").expect("a footnote");
    assert!(note.contains(&message.citations[0].title) && note.contains("nine"), "{note}");

    let file = exported(ExportFormat::Json, Locale::En).await;
    assert!(file.name.ends_with(".json") && file.media_type == "application/json");
    let read: Value = serde_json::from_str(&content_of(file).await).unwrap();
    assert_eq!((&read["title"], &read["assistant"]), (&json!(QUESTION), &json!("Concierge")));
    let answer = &read["messages"][1];
    assert_eq!((&answer["author"], &answer["text"]), (&json!("assistant"), &json!(message.text)));
    assert_eq!((&answer["sources"][0]["number"], &answer["sources"][0]["cited"]), (&json!(1), &json!(true)));
    assert_eq!(answer["steps"].as_array().map(Vec::len), Some(message.steps.len()));
    assert_eq!((&read["messages"][0].get("answer_kind"), &answer.get("blocks")), (&None, &None));
}

#[tokio::test]
async fn a_long_conversation_is_written_while_it_is_read() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at *nine* [1].")).await;
    let h = &world.hammock;
    let (events, _) = ask(&world, &owner, request.clone()).await;
    let id = conversation_of(&events);
    let tx = h.store().begin().await.unwrap();
    for number in 3..=160 {
        let (id_of, text) = (MessageId::new(), format!("Number {number}, and {}", "more ".repeat(200)));
        messages::append(&owner, &tx, &id, id_of, Author::User, &text, None, h.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    ask(&world, &owner, ChatRequest { conversation: Some(id.clone()), ..request }).await;
    let exported = async |format| h.export_conversation(&owner, &id, format, Locale::En).await.unwrap();

    for (format, footnotes) in [(ExportFormat::Markdown, 2), (ExportFormat::Json, 0)] {
        let parts: Vec<String> = exported(format).await.content.try_collect().await.unwrap();
        let whole = parts.concat();
        // No part is more than what some of its messages say.
        assert!(parts.len() > 3 && parts.iter().all(|part| part.len() < whole.len() / 2), "{}", parts.len());
        let places: Vec<usize> =
            (3..=160).map(|number| whole.find(&format!("Number {number},")).expect("a message")).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert_eq!(whole.matches("\n[^").count(), footnotes, "{whole}");
    }
    let text = content_of(exported(ExportFormat::Markdown).await).await;
    // Sources are numbered through all of it, and stand at its end.
    let (answers, notes) = text.split_once("\n\n[^1]: **").expect("footnotes");
    assert!(answers.contains("*nine* [^1].") && answers.ends_with("*nine* [^2].") && notes.contains("\n[^2]: **"));
    let read: Value = serde_json::from_str(&content_of(exported(ExportFormat::Json).await).await).unwrap();
    assert_eq!(read["messages"].as_array().map(Vec::len), Some(162));

    // What is deleted meanwhile does not pass for the whole.
    let mut begun = exported(ExportFormat::Json).await.content;
    assert!(begun.try_next().await.unwrap().is_some());
    h.delete_conversation(&owner, &id).await.unwrap();
    assert_eq!(begun.try_next().await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(begun.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn an_answer_that_is_being_made_is_written_as_far_as_it_is() {
    let hanging = Reply::Stream(vec![Step::Say("It opens ".to_owned()), Step::Hang, Step::Say("at nine.".to_owned())]);
    let (world, owner, request) = museum(ScriptedModel::new([hanging])).await;
    let h = &world.hammock;
    let mut answer = start(&world, &owner, request).await;
    let events = up_to_text(&mut answer.events).await;
    let id = conversation_of(&events);
    let file = h.export_conversation(&owner, &id, ExportFormat::Markdown, Locale::En).await.unwrap();
    let text = content_of(file).await;
    assert!(text.ends_with("\n## Assistant\n\nIt opens\n\n*This answer is not finished.*\n"), "{text}");
    world.model.release();
    assert_eq!(last(&all(answer.events).await).text, "It opens at nine.");
    let file = h.export_conversation(&owner, &id, ExportFormat::Markdown, Locale::En).await.unwrap();
    let text = content_of(file).await;
    assert!(text.ends_with("\n## Assistant\n\nIt opens at nine.\n"), "{text}");
}
