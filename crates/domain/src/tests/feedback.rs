//! What people say about answers, and what whoever looks after the assistant reads of it.

use hammock_contract::{
    ErrorCode,
    chat::ChatRequest,
    collection::{CollectionAccess, CollectionPatch},
    feedback::{FeedbackPatch, FeedbackQuery, FeedbackReason, FeedbackState, NewFeedback},
    page::PageRequest,
    user::Role,
};
use hammock_llm::scripted::ScriptedModel;
use hammock_store::audit;

use super::chat::{ask, conversation_of, museum, note};

fn wrong(comment: &str) -> NewFeedback {
    NewFeedback { reason: Some(FeedbackReason::Wrong), comment: comment.to_owned() }
}

#[tokio::test]
async fn who_looks_after_an_assistant_reads_the_exchange_and_nothing_else() {
    let (world, owner, request) = museum(ScriptedModel::saying("Dogs stay outside [1].")).await;
    let h = &world.hammock;
    let adam = world.colleague(&owner, "Adam", Role::User).await;
    let before = ChatRequest { text: "May my grandmother come with me?".to_owned(), ..request.clone() };
    let (events, _) = ask(&world, &adam, before).await;
    let conversation = conversation_of(&events);
    let question = "And the museum's dogs?";
    let again = ChatRequest { conversation: Some(conversation.clone()), text: question.to_owned(), ..request };
    let (_, answer) = ask(&world, &adam, again).await;

    let said = h.give_feedback(&adam, &answer.id, wrong(" They may enter. ")).await.unwrap();
    assert_eq!((said.rating, said.comment.as_str()), (Some(false), "They may enter."));
    assert_eq!(h.own_feedback(&adam, &answer.id).await.unwrap(), said);
    let shown = h.find_conversation(&adam, &conversation).await.unwrap().messages;
    assert_eq!(shown.last().and_then(|message| message.rating), Some(false));

    let listed = h.list_feedback(&owner, FeedbackQuery::default()).await.unwrap().items;
    assert_eq!(listed.len(), 1);
    let entry = &listed[0];
    assert_eq!((entry.question.as_str(), entry.person.as_str()), (question, "Adam Example"));
    assert_eq!((entry.assistant_name.as_str(), entry.reason), ("Concierge", Some(FeedbackReason::Wrong)));
    let read = h.read_feedback(&owner, &entry.id).await.unwrap();
    assert_eq!((&read.entry, &read.answer.text, &read.answer.steps), (entry, &answer.text, &answer.steps));
    assert!(read.answer.run.is_none() && read.answer.citations[0].quote.contains("Dogs"), "{read:?}");
    assert!(!serde_json::to_string(&read).unwrap().contains("grandmother"));

    let resolve = FeedbackPatch { state: FeedbackState::Resolved };
    assert!(h.list_feedback(&adam, FeedbackQuery::default()).await.unwrap().items.is_empty());
    assert_eq!(h.read_feedback(&adam, &entry.id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(h.update_feedback(&adam, &entry.id, resolve).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(h.update_feedback(&owner, &entry.id, resolve).await.unwrap().state, FeedbackState::Resolved);
    let read = h.read_feedback(&owner, &entry.id).await.unwrap();
    assert_eq!(read.resolved_by.as_deref(), Some("Eva Example"));
    let written = audit::list(&owner, h.store().read(), &PageRequest::default()).await.unwrap().items;
    let actions: Vec<&str> = written.iter().map(|row| row.action.as_str()).collect();
    assert!(["feedback.give", "feedback.resolve"].iter().all(|action| actions.contains(action)), "{actions:?}");

    let long = h.give_feedback(&adam, &answer.id, wrong(&"x".repeat(2_001))).await.unwrap_err();
    assert_eq!((long.code, long.field.as_deref()), (ErrorCode::InvalidField, Some("comment")));
}

#[tokio::test]
async fn a_thumb_that_is_taken_back_is_read_by_nobody_else_and_comes_back_with_what_was_said() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let h = &world.hammock;
    let (_, answer) = ask(&world, &owner, request).await;
    let listed = async || h.list_feedback(&owner, FeedbackQuery::default()).await.unwrap().items;
    h.rate_message(&owner, &answer.id, Some(false)).await.unwrap();
    assert_eq!(listed().await.len(), 1);
    h.give_feedback(&owner, &answer.id, wrong("At ten.")).await.unwrap();
    h.rate_message(&owner, &answer.id, None).await.unwrap();
    assert!(listed().await.is_empty());
    let kept = h.own_feedback(&owner, &answer.id).await.unwrap();
    assert_eq!((kept.rating, kept.comment.as_str()), (None, "At ten."));

    h.rate_message(&owner, &answer.id, Some(false)).await.unwrap();
    assert_eq!(listed().await[0].comment, "At ten.");
    h.rate_message(&owner, &answer.id, Some(true)).await.unwrap();
    let up = listed().await.remove(0);
    assert_eq!((up.rating, up.reason, up.comment.as_str()), (true, None, ""));
    h.update_feedback(&owner, &up.id, FeedbackPatch { state: FeedbackState::Resolved }).await.unwrap();
    // The same once more changes nothing; another one has to be seen to again.
    h.rate_message(&owner, &answer.id, Some(true)).await.unwrap();
    assert_eq!(listed().await[0].state, FeedbackState::Resolved);
    h.rate_message(&owner, &answer.id, Some(false)).await.unwrap();
    assert_eq!(listed().await[0].state, FeedbackState::Open);
}

#[tokio::test]
async fn sources_that_the_reader_of_feedback_does_not_see_are_not_told() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let h = &world.hammock;
    let collection = note(&world, &owner).await.collection;
    let private = CollectionPatch { access: Some(CollectionAccess::Private), ..CollectionPatch::default() };
    h.update_collection(&owner, &collection, private).await.unwrap();
    let beth = world.colleague(&owner, "Beth", Role::Administrator).await;
    let (_, answer) = ask(&world, &owner, request).await;
    h.rate_message(&owner, &answer.id, Some(true)).await.unwrap();
    let entry = h.list_feedback(&beth, FeedbackQuery::default()).await.unwrap().items.remove(0);
    let read = h.read_feedback(&beth, &entry.id).await.unwrap();
    assert!(read.answer.citations[0].hidden && read.answer.citations[0].quote.is_empty(), "{read:?}");
    assert_eq!(read.quotes, [String::new()]);
    let read = h.read_feedback(&owner, &entry.id).await.unwrap();
    assert!(!read.answer.citations[0].hidden && read.quotes[0].contains("<p>"), "{:?}", read.quotes);
}

#[tokio::test]
async fn an_assistant_that_is_gone_is_rated_in_the_conversation_alone() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let h = &world.hammock;
    let (events, answer) = ask(&world, &owner, request.clone()).await;
    h.rate_message(&owner, &answer.id, Some(false)).await.unwrap();
    h.delete_assistant(&owner, &request.assistant.unwrap()).await.unwrap();
    assert!(h.list_feedback(&owner, FeedbackQuery::default()).await.unwrap().items.is_empty());
    h.rate_message(&owner, &answer.id, Some(true)).await.unwrap();
    let shown = h.find_conversation(&owner, &conversation_of(&events)).await.unwrap().messages;
    assert_eq!(shown[1].rating, Some(true));
    let refused = h.give_feedback(&owner, &answer.id, wrong("No.")).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotFound, Some("assistant")));
    let shown = h.find_conversation(&owner, &conversation_of(&events)).await.unwrap().messages;
    assert_eq!(shown[1].rating, Some(true), "nothing of it stays");
}
