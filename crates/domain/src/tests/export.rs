//! A conversation as a file.

use hammock_contract::locale::Locale;
use hammock_llm::scripted::ScriptedModel;
use serde_json::{Value, json};

use super::chat::{QUESTION, ask, conversation_of, museum};
use crate::ExportFormat;

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
    assert!(file.content.contains(&asked), "{}", file.content);
    let (_, note) = file.content.split_once("\n[^1]: **").expect("a footnote");
    assert!(note.contains(&message.citations[0].title) && note.contains("nine"), "{note}");

    let file = exported(ExportFormat::Json, Locale::En).await;
    assert!(file.name.ends_with(".json") && file.media_type == "application/json");
    let read: Value = serde_json::from_str(&file.content).unwrap();
    assert_eq!((&read["title"], &read["assistant"]), (&json!(QUESTION), &json!("Concierge")));
    let answer = &read["messages"][1];
    assert_eq!((&answer["author"], &answer["text"]), (&json!("assistant"), &json!(message.text)));
    assert_eq!((&answer["sources"][0]["number"], &answer["sources"][0]["cited"]), (&json!(1), &json!(true)));
    assert_eq!(answer["steps"].as_array().map(Vec::len), Some(message.steps.len()));
    assert_eq!((&read["messages"][0].get("answer_kind"), &answer.get("blocks")), (&None, &None));
}
