//! A conversation that is opened while its answer is being made.

use hammock_contract::{chat::MessageState, stream::StreamEvent};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};

use super::chat::{all, conversation_of, last, museum, start, text_of, up_to_text};

#[tokio::test]
async fn an_answer_that_is_being_made_is_shown_as_far_as_it_is() {
    let steps = ["It *opens* ", "at nine [1]."].map(|text| Step::Say(text.to_owned()));
    let [first, second] = steps;
    let model = ScriptedModel::new([Reply::Stream(vec![first, Step::Hang, second])]);
    let (world, owner, request) = museum(model).await;
    let mut answer = start(&world, &owner, request).await;
    let seen = up_to_text(&mut answer.events).await;
    let conversation = conversation_of(&seen);

    let opened = world.hammock.find_conversation(&owner, &conversation).await.unwrap();
    let message = &opened.messages[1];
    assert_eq!((message.state, &message.run), (MessageState::Streaming, &Some(answer.run.clone())));
    assert_eq!((message.text.as_str(), text_of(&seen).as_str()), ("It *opens* ", "It *opens* "));
    let Some(StreamEvent::Delta { html, .. }) = seen.last().map(|(_, event)| &**event) else { panic!("{seen:?}") };
    assert_eq!(&message.blocks, std::slice::from_ref(html));
    assert_eq!(message.citations.len(), 1);
    assert_eq!(message.steps.iter().map(|step| step.kind.as_str()).collect::<Vec<_>>(), ["search", "model"]);

    world.model.release();
    let end = last(&all(answer.events).await);
    assert_eq!((end.state, end.text.as_str()), (MessageState::Complete, "It *opens* at nine [1]."));
    let opened = world.hammock.find_conversation(&owner, &conversation).await.unwrap();
    assert_eq!(opened.messages[1], end);
}
