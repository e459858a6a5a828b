//! Sentences of answers that their sources do not support.

use hammock_contract::{
    chat::{AnswerKind, ChatRequest, MessageState},
    support::UnsupportedReason,
};
use hammock_llm::{
    ModelError,
    scripted::{Reply, ScriptedModel, Step},
};

use super::chat::{ask, conversation_of, museum};

#[tokio::test]
async fn a_sentence_with_another_number_is_marked_where_it_stands() {
    let answer = "It opens at *nine* [1]. It closes at *seven* [1]. Dogs stay outside [1].";
    let (world, owner, request) = museum(ScriptedModel::saying(answer)).await;
    let (events, message) = ask(&world, &owner, request).await;
    let [only] = message.unsupported.as_slice() else { panic!("{:?}", message.unsupported) };
    let told = &message.text[only.start as usize..only.end as usize];
    assert_eq!((told, only.reason), ("It closes at *seven* [1].", UnsupportedReason::Number));
    let block = &message.blocks[0];
    let marked: Vec<&str> = block.split("<mark class=\"unsupported\"").skip(1).collect();
    assert!(marked.len() == 3 && marked[0].contains("It closes at") && marked[1].contains("seven"), "{block}");
    assert_eq!(block.matches("(not found in the sources)</span></mark>").count(), 1, "{block}");
    assert!(block.ends_with("</p>\n") && !marked[2].split("</mark>").next().unwrap().contains("Dogs"), "{block}");

    let stored = world.hammock.find_conversation(&owner, &conversation_of(&events)).await.unwrap();
    assert_eq!(stored.messages[1], message);
}

#[tokio::test]
async fn what_was_cut_off_and_what_is_quoted_is_not_judged() {
    let cut_off = vec![
        Step::Say("It closes at eight [1]. It opens at ten and".to_owned()),
        Step::Fail(ModelError::Malformed("it broke".to_owned())),
    ];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(cut_off)])).await;
    let (_, message) = ask(&world, &owner, request.clone()).await;
    assert_eq!(message.state, MessageState::Failed);
    let told: Vec<&str> =
        message.unsupported.iter().map(|it| &message.text[it.start as usize..it.end as usize]).collect();
    assert_eq!(told, ["It closes at eight [1]."]);

    let id = request.assistant.as_ref().unwrap();
    let mut settings = world.hammock.find_assistant(&owner, id).await.unwrap().settings;
    settings.connection = None;
    world.hammock.update_assistant(&owner, id, settings).await.unwrap();
    let (_, quoted) = ask(&world, &owner, request).await;
    assert_eq!(quoted.answer_kind, AnswerKind::Quoted);
    assert!(quoted.unsupported.is_empty() && !quoted.blocks.concat().contains("<mark"), "{quoted:?}");
}

#[tokio::test]
async fn without_sources_there_is_nothing_to_compare_with() {
    let (world, owner, request) =
        museum(ScriptedModel::saying("The volcano erupted in 1783 near Kirkjubæjarklaustur.")).await;
    let (_, message) = ask(&world, &owner, ChatRequest { text: "Hello!".to_owned(), ..request }).await;
    assert!(message.citations.is_empty() && message.unsupported.is_empty(), "{message:?}");
}
