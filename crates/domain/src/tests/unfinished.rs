//! Answers whose end cannot be stored, and answers whose making panics: their conversations go on.

use hammock_contract::{
    ConversationId, ErrorCode,
    chat::{ChatRequest, Message, MessageState},
    locale::Locale,
};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};
use hammock_testkit::refusing::Refusal;

use super::{
    chat::{QUESTION, all, ask, conversation_of, last, museum, start, up_to_text},
    world::World,
};
use crate::Scope;

const BEGINNING: &str = "It opens at nine [1]";
const END_OF_A_RUN: &str = "UPDATE OF state ON runs";
const EVENT: &str = "INSERT ON stream_events";

/// A model that says the beginning of an answer, waits and goes on with this; after that, it answers in one go.
fn going_on(next: Step) -> ScriptedModel {
    let first = vec![Step::Say(BEGINNING.to_owned()), Step::Hang, next];
    ScriptedModel::new([Reply::Stream(first), Reply::Stream(vec![Step::Say("At nine [1].".to_owned())])])
}

async fn refuse(world: &World, write: &str) -> Refusal {
    Refusal::begin(&world.folder.path().join("hammock.db"), write).await
}

fn another(request: &ChatRequest, conversation: &ConversationId) -> ChatRequest {
    ChatRequest { conversation: Some(conversation.clone()), text: QUESTION.to_owned(), ..request.clone() }
}

async fn answer_in(world: &World, owner: &Scope, conversation: &ConversationId) -> Message {
    world.hammock.find_conversation(owner, conversation).await.unwrap().messages.remove(1)
}

#[tokio::test]
async fn a_whole_answer_whose_end_was_not_stored_is_whole_when_the_database_works_again() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let refusal = refuse(&world, END_OF_A_RUN).await;
    let (events, message) = ask(&world, &owner, request.clone()).await;
    assert_eq!(message.state, MessageState::Complete);
    let conversation = conversation_of(&events);
    world.hammock.0.live.all_ended().await;
    let again = another(&request, &conversation);
    // What the database still refuses is tried again by the next beat.
    world.hammock.show_presence().await.unwrap();
    let refused = world.hammock.start_answer(&owner, again.clone(), Locale::En).await;
    assert_eq!(refused.err().map(|error| error.code), Some(ErrorCode::AnswerRunning));

    refusal.end().await;
    world.hammock.show_presence().await.unwrap();
    assert_eq!(answer_in(&world, &owner, &conversation).await, message);
    let (_, next) = ask(&world, &owner, again).await;
    assert_eq!(next.state, MessageState::Complete);
    // What has ended stays as it is.
    world.hammock.show_presence().await.unwrap();
    assert_eq!(answer_in(&world, &owner, &conversation).await, message);
}

#[tokio::test]
async fn an_answer_that_the_database_took_no_more_of_is_interrupted_when_it_works_again() {
    for deleted in [false, true] {
        let (world, owner, request) = museum(going_on(Step::Say(", and closes at five [1].".to_owned()))).await;
        let h = &world.hammock;
        let mut answer = start(&world, &owner, request.clone()).await;
        let mut seen = up_to_text(&mut answer.events).await;
        let conversation = conversation_of(&seen);
        h.show_presence().await.unwrap();
        let refusals = [refuse(&world, END_OF_A_RUN).await, refuse(&world, EVENT).await];
        world.model.release();
        seen.extend(all(answer.events).await);
        let told = last(&seen);
        assert_eq!((told.state, told.text.as_str()), (MessageState::Failed, BEGINNING), "what was read stays");
        h.0.live.all_ended().await;
        assert_eq!(answer_in(&world, &owner, &conversation).await.state, MessageState::Streaming);
        if deleted {
            h.delete_conversation(&owner, &conversation).await.unwrap();
        }

        for refusal in refusals {
            refusal.end().await;
        }
        h.show_presence().await.unwrap();
        if deleted {
            h.restore_conversation(&owner, &conversation).await.unwrap();
        }
        let kept = answer_in(&world, &owner, &conversation).await;
        assert_eq!((kept.state, kept.text.as_str()), (MessageState::Interrupted, BEGINNING));
        assert!(kept.citations[0].cited);
        let resumed = all(h.resume_answer(&owner, &answer.run, 0).await.unwrap().events).await;
        assert_eq!(last(&resumed), kept);
        let (_, next) = ask(&world, &owner, another(&request, &conversation)).await;
        assert_eq!(next.state, MessageState::Complete);
    }
}

#[tokio::test]
async fn an_answer_whose_making_panics_fails_with_what_was_said() {
    let (world, owner, request) = museum(going_on(Step::Panic)).await;
    let mut answer = start(&world, &owner, request.clone()).await;
    let mut seen = up_to_text(&mut answer.events).await;
    world.model.release();
    seen.extend(all(answer.events).await);
    let message = last(&seen);
    assert_eq!((message.state, message.text.as_str()), (MessageState::Failed, BEGINNING));
    assert_eq!(message.error.as_ref().map(|error| error.code), Some(ErrorCode::Internal));
    let conversation = conversation_of(&seen);
    assert_eq!(answer_in(&world, &owner, &conversation).await, message);
    world.hammock.0.live.all_ended().await;
    let resumed = all(world.hammock.resume_answer(&owner, &answer.run, 0).await.unwrap().events).await;
    assert_eq!(last(&resumed), message);
    let (_, next) = ask(&world, &owner, another(&request, &conversation)).await;
    assert_eq!(next.state, MessageState::Complete);
}
