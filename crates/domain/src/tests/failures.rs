//! Answers that break off: by the model, by the person.

use std::time::Duration;

use futures::StreamExt;
use hammock_contract::{
    ErrorCode,
    chat::{AnswerKind, MessageState},
    stream::StreamEvent,
    user::Role,
};
use hammock_llm::{
    ModelError,
    scripted::{Reply, ScriptedModel, Step},
};

use super::{
    chat::{all, ask, conversation_of, last, museum, question, start, text_of, up_to_text},
    world::{PATIENCE, World},
};

#[tokio::test]
async fn a_model_that_fails_at_once_is_stood_in_for() {
    let failure = ModelError::Unreachable("connection refused".to_owned());
    for reply in [Reply::Refuse(failure.clone()), Reply::Stream(vec![Step::Fail(failure)])] {
        let (world, owner, request) = museum(ScriptedModel::new([reply])).await;
        let (events, message) = ask(&world, &owner, request).await;
        assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback));
        assert!(message.text.contains("nine") && message.citations[0].cited, "{}", message.text);
        assert_eq!(text_of(&events), message.text);
        let error = message.error.clone().unwrap();
        assert_eq!(error.code, ErrorCode::ProviderUnreachable);
        assert!(error.message.contains("connection refused"));
        assert_eq!(error.params["reason"], "connection refused");
        let stored = world.hammock.find_conversation(&owner, &conversation_of(&events)).await.unwrap();
        assert_eq!(stored.messages[1], message);
    }
}

#[tokio::test]
async fn a_model_that_says_nothing_is_stood_in_for() {
    for words in [vec![], vec![Step::Say(" \n".to_owned())]] {
        let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(words)])).await;
        let (_, message) = ask(&world, &owner, request).await;
        assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback));
        assert_eq!(message.error.unwrap().code, ErrorCode::ProviderFailed);
        assert!(message.text.contains("nine"), "{}", message.text);
    }
}

#[tokio::test]
async fn the_providers_own_words_are_for_administrators() {
    let failure = ModelError::Failed("kaboom at /srv/secret".to_owned());
    let script = [Reply::Refuse(failure.clone()), Reply::Stream(vec![Step::Say("It".to_owned()), Step::Fail(failure)])];
    let (world, owner, request) = museum(ScriptedModel::new(script)).await;
    let user = world.colleague(&owner, "Adam", Role::User).await;
    for _ in 0..2 {
        let (events, message) = ask(&world, &user, request.clone()).await;
        let error = message.error.as_ref().expect("it failed");
        assert_eq!((error.code, error.params.get("reason")), (ErrorCode::ProviderFailed, None));
        let seen: String = events.iter().map(|(_, event)| serde_json::to_string(&**event).unwrap()).collect();
        assert!(!seen.contains("kaboom"), "{seen}");
    }
    let (_, message) = ask(&world, &owner, request).await;
    assert!(message.error.unwrap().params["reason"].contains("kaboom"));
}

#[tokio::test]
async fn a_provider_that_wants_fewer_requests_is_asked_again() {
    let soon = ModelError::Limited { reason: "slow down".to_owned(), again_in: Some(Duration::ZERO) };
    let steps = vec![Step::Say("It opens at nine [1].".to_owned())];
    let script = [Reply::Stream(vec![Step::Fail(soon.clone())]), Reply::Stream(steps)];
    let (world, owner, request) = museum(ScriptedModel::new(script)).await;
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Model));
    assert_eq!((message.text.as_str(), message.error), ("It opens at nine [1].", None));
    assert!(message.steps.iter().any(|step| step.kind == "wait"), "{:?}", message.steps);
    assert_eq!(world.model.requests().len(), 2);
}

#[tokio::test]
async fn a_provider_that_wants_fewer_requests_for_long_is_stood_in_for() {
    let minute = Some(Duration::from_secs(60));
    for again_in in [minute, None] {
        let later = ModelError::Limited { reason: "slow down".to_owned(), again_in };
        let (world, owner, request) = museum(ScriptedModel::new([Reply::Refuse(later)])).await;
        let (_, message) = ask(&world, &owner, request).await;
        assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback));
        assert_eq!(message.error.unwrap().code, ErrorCode::ProviderLimited);
        assert_eq!(world.model.requests().len(), 1);
    }
}

#[tokio::test]
async fn no_wait_is_too_long_to_be_counted() {
    let limits = [Duration::from_nanos(1), Duration::MAX];
    let script = limits.map(|wait| ModelError::Limited { reason: "slow down".to_owned(), again_in: Some(wait) });
    let (world, owner, request) = museum(ScriptedModel::new(script.map(Reply::Refuse))).await;
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Fallback));
    assert_eq!(world.model.requests().len(), 2);
}

#[tokio::test]
async fn a_provider_that_is_waited_for_can_be_stopped() {
    let later = ModelError::Limited { reason: "slow down".to_owned(), again_in: Some(Duration::from_secs(29)) };
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Refuse(later)])).await;
    let mut answer = start(&world, &owner, request).await;
    loop {
        let (_, event) = tokio::time::timeout(PATIENCE, answer.events.next()).await.unwrap().unwrap();
        if matches!(&*event, StreamEvent::Step { step } if step.kind == "wait") {
            break;
        }
    }
    world.hammock.stop_answer(&owner, &answer.run).await.unwrap();
    let message = last(&all(answer.events).await);
    assert_eq!((message.state, message.text.as_str(), message.error), (MessageState::Stopped, "", None));
}

#[tokio::test]
async fn a_model_that_fails_without_sources_fails() {
    let refused = ModelError::Refused("bad key".to_owned());
    let world = World::with_model(ScriptedModel::new([Reply::Refuse(refused)])).await;
    let owner = world.owner("Eva").await;
    let assistant = world.assistant(&owner, &[], true).await;
    let request = hammock_contract::chat::ChatRequest { assistant: Some(assistant), ..question("Who are you?") };
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.text.as_str()), (MessageState::Failed, ""));
    assert_eq!(message.error.unwrap().code, ErrorCode::ProviderRefused);
}

#[tokio::test]
async fn a_failure_in_the_middle_keeps_what_was_said() {
    let steps = vec![
        Step::Say("It opens at nine [1], and".to_owned()),
        Step::Fail(ModelError::Malformed("cut off".to_owned())),
    ];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(steps)])).await;
    let (events, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Failed, AnswerKind::Model));
    assert_eq!(message.text, "It opens at nine [1], and");
    assert_eq!(text_of(&events), message.text);
    assert_eq!(message.error.as_ref().unwrap().code, ErrorCode::ProviderFailed);
    let stored = world.hammock.find_conversation(&owner, &conversation_of(&events)).await.unwrap();
    assert_eq!(stored.messages[1], message);
}

#[tokio::test]
async fn stop_keeps_what_was_said_and_ends_the_request() {
    let steps = vec![Step::Say("It opens at nine [1]".to_owned()), Step::Hang];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(steps)])).await;
    let mut answer = start(&world, &owner, request).await;
    up_to_text(&mut answer.events).await;
    assert_eq!(world.model.open_streams(), 1);
    world.hammock.stop_answer(&owner, &answer.run).await.unwrap();
    let message = last(&all(answer.events).await);
    assert_eq!((message.state, message.text.as_str()), (MessageState::Stopped, "It opens at nine [1]"));
    assert!(message.citations[0].cited && message.error.is_none());
    assert_eq!(world.model.open_streams(), 0);
    // Stopping what has ended changes nothing.
    world.hammock.stop_answer(&owner, &answer.run).await.unwrap();
}

#[tokio::test]
async fn a_conversation_that_is_deleted_is_answered_no_further() {
    let steps = vec![Step::Say("It opens at nine [1]".to_owned()), Step::Hang];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(steps)])).await;
    let mut answer = start(&world, &owner, request).await;
    let conversation = conversation_of(&up_to_text(&mut answer.events).await);
    assert_eq!(world.model.open_streams(), 1);
    world.hammock.delete_conversation(&owner, &conversation).await.unwrap();
    let message = last(&all(answer.events).await);
    assert_eq!((message.state, message.text.as_str()), (MessageState::Stopped, "It opens at nine [1]"));
    assert_eq!(world.model.open_streams(), 0);
    world.hammock.restore_conversation(&owner, &conversation).await.unwrap();
    let stored = world.hammock.find_conversation(&owner, &conversation).await.unwrap();
    assert_eq!(stored.messages[1], message, "what was said comes back");
}

#[tokio::test]
async fn an_answer_without_end_can_be_stopped() {
    let steps = vec![Step::Say("nine".to_owned()), Step::Repeat(String::new())];
    let model = ScriptedModel::new([Reply::Stream(steps)]);
    let (world, owner, request) = museum(model).await;
    let mut answer = start(&world, &owner, request).await;
    let mut seen = up_to_text(&mut answer.events).await;
    world.hammock.stop_answer(&owner, &answer.run).await.unwrap();
    seen.extend(all(answer.events).await);
    let message = last(&seen);
    assert_eq!(message.state, MessageState::Stopped);
    assert_eq!(text_of(&seen).trim_end(), message.text.trim_end());
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let model = ScriptedModel::new([Reply::Stream(vec![Step::Repeat("nine ".to_owned())])]);
    let (world, owner, request) = museum(model).await;
    let (events, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Failed, AnswerKind::Model));
    assert_eq!(message.error.as_ref().map(|error| error.code), Some(ErrorCode::AnswerTooLong));
    assert!((1_000..100_000).contains(&message.text.len()), "{}", message.text.len());
    assert_eq!(text_of(&events).trim_end(), message.text.trim_end());
    assert_eq!(world.model.open_streams(), 0);
    let sent: usize = events.iter().map(|(_, event)| serde_json::to_vec(&**event).map_or(0, |json| json.len())).sum();
    assert!(sent < 60 * message.text.len(), "{sent} bytes of events for {} of text", message.text.len());
    // It can be gone on with, like any answer that was broken off.
    let stored = world.hammock.find_conversation(&owner, &conversation_of(&events)).await.unwrap();
    assert_eq!(stored.messages[1], message);
}

#[tokio::test]
async fn what_was_said_before_a_pause_is_shown_before_its_end() {
    // So long a block is sent again only when it has grown by more than these few words, or when they have waited.
    let long = "nine ".repeat(2_000);
    let few = "at the latest [1]";
    let steps = vec![Step::Say(long.clone()), Step::Hang, Step::Say(few.to_owned()), Step::Hang];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(steps)])).await;
    let mut answer = start(&world, &owner, request).await;
    let mut seen = up_to_text(&mut answer.events).await;
    assert_eq!(text_of(&seen).trim_end(), long.trim_end());
    world.model.release();
    seen.extend(up_to_text(&mut answer.events).await);
    assert!(text_of(&seen).ends_with(few));
    assert_eq!(world.model.open_streams(), 1);
    world.model.release();
    let message = last(&all(answer.events).await);
    assert_eq!((message.state, message.text), (MessageState::Complete, format!("{long}{few}")));
}

#[tokio::test]
async fn stop_before_the_first_word() {
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(vec![Step::Hang])])).await;
    let mut answer = start(&world, &owner, request).await;
    loop {
        let (_, event) = tokio::time::timeout(PATIENCE, answer.events.next()).await.unwrap().unwrap();
        if matches!(&*event, StreamEvent::Step { step } if step.kind == "model") {
            break;
        }
    }
    world.hammock.stop_answer(&owner, &answer.run).await.unwrap();
    let message = last(&all(answer.events).await);
    assert_eq!((message.state, message.text.as_str()), (MessageState::Stopped, ""));
    assert_eq!(world.model.open_streams(), 0);
}

#[tokio::test]
async fn draining_interrupts_what_takes_too_long() {
    let steps = vec![Step::Say("It opens".to_owned()), Step::Hang];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(steps)])).await;
    let mut answer = start(&world, &owner, request).await;
    up_to_text(&mut answer.events).await;
    world.hammock.drain(std::time::Duration::ZERO).await;
    let message = last(&all(answer.events).await);
    assert_eq!((message.state, message.text.as_str()), (MessageState::Interrupted, "It opens"));
}
