//! Connections that no model can be asked by, as they are stored.

use hammock_contract::{
    ErrorCode,
    chat::{AnswerKind, ChatRequest, MessageState},
    user::Role,
};
use hammock_llm::scripted::ScriptedModel;
use hammock_store::connections::{self, ConnectionRow};

use super::{
    chat::{ask, museum, question},
    made::UNUSABLE,
    world::World,
};
use crate::Scope;

/// Changes what is stored of the only connection.
async fn change(world: &World, owner: &Scope, change: impl FnOnce(&mut ConnectionRow)) {
    let mut row = connections::list(owner, world.hammock.store().read()).await.unwrap().remove(0);
    change(&mut row);
    let tx = world.hammock.store().begin().await.unwrap();
    connections::update(owner, &tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn passages_are_quoted_where_the_key_can_no_longer_be_read() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    change(&world, &owner, |row| row.key_cipher = Some("of another file".to_owned())).await;
    let (_, message) = ask(&world, &owner, request.clone()).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback));
    assert!(message.text.contains("nine") && message.citations[0].cited, "{}", message.text);
    let error = message.error.unwrap();
    assert_eq!((error.code, &error.field), (ErrorCode::SecretUnreadable, &None));
    let reason = &error.params["reason"];
    assert!(reason.contains("“Provider”") && reason.contains("secrets.key"), "{reason}");
    assert!(world.model.requests().is_empty());

    // Whoever cannot mend it learns whom to tell.
    let user = world.colleague(&owner, "Adam", Role::User).await;
    let (_, message) = ask(&world, &user, request).await;
    let error = message.error.unwrap();
    assert_eq!((error.code, error.params.get("reason")), (ErrorCode::SecretUnreadable, None));
    assert!(message.text.contains("nine") && error.message.contains("administrator"), "{}", error.message);
}

#[tokio::test]
async fn passages_are_quoted_where_no_model_can_be_made_of_the_address() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    change(&world, &owner, |row| row.base_url = UNUSABLE.to_owned()).await;
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback));
    assert!(message.text.contains("nine"), "{}", message.text);
    let error = message.error.unwrap();
    assert_eq!(error.code, ErrorCode::ProviderRejected);
    assert_eq!(error.params["reason"], "the address of the provider is not one");
}

#[tokio::test]
async fn what_needs_no_passages_says_the_reason_too() {
    let (world, owner, request) = museum(ScriptedModel::saying("Good day.")).await;
    change(&world, &owner, |row| row.key_cipher = Some("of another file".to_owned())).await;
    let greet = ChatRequest { text: "Hello!".to_owned(), ..request };
    let (_, message) = ask(&world, &owner, greet).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Greeting));
    assert_eq!(message.error.map(|error| error.code), Some(ErrorCode::SecretUnreadable));
}

#[tokio::test]
async fn without_anything_to_quote_the_answer_fails() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let assistant = world.assistant(&owner, &[], true).await;
    change(&world, &owner, |row| row.key_cipher = Some("of another file".to_owned())).await;
    let request = ChatRequest { assistant: Some(assistant), ..question("Who are you?") };
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.text.as_str()), (MessageState::Failed, ""));
    assert_eq!(message.error.map(|error| error.code), Some(ErrorCode::SecretUnreadable));
}
