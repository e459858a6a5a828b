//! Questions and the events of their answers.

use std::sync::Arc;

use futures::StreamExt;
use hammock_contract::{
    ConversationId, DocumentId, ErrorCode, RunId,
    chat::{AnswerKind, Author, ChatRequest, Message, MessageState},
    document::{Document, DocumentQuery},
    locale::Locale,
    stream::{EventId, StreamEvent},
};
use hammock_llm::{
    Usage,
    scripted::{Reply, ScriptedModel, Step},
};
use hammock_store::documents::{self, NewDocument};

use super::world::{PATIENCE, World, assistant};
use crate::{Answer, EventStream, Scope};

pub const HOURS: &str = "# Opening hours\n\nWhen does the museum open? The museum opens at nine and closes at five. And the museum's dogs? Dogs stay \
                         outside.\n";
pub const QUESTION: &str = "When does the museum open?";

pub type Events = Vec<(EventId, Arc<StreamEvent>)>;

pub fn question(text: &str) -> ChatRequest {
    ChatRequest {
        conversation: None,
        assistant: None,
        text: text.to_owned(),
        replaces: None,
        continues: false,
        filters: Vec::new(),
        attachments: Vec::new(),
        idempotency_key: None,
    }
}

/// Reads to the end.
pub async fn all(events: EventStream) -> Events {
    tokio::time::timeout(PATIENCE, events.collect()).await.expect("the answer does not end")
}

/// Reads up to the first text.
pub async fn up_to_text(events: &mut EventStream) -> Events {
    let mut seen = Events::new();
    loop {
        let next = tokio::time::timeout(PATIENCE, events.next()).await.expect("no text comes").expect("it ended");
        let is_text = matches!(*next.1, StreamEvent::Delta { .. });
        seen.push(next);
        if is_text {
            return seen;
        }
    }
}

pub fn last(events: &Events) -> Message {
    match events.last().map(|(_, event)| (**event).clone()) {
        Some(StreamEvent::Done { message }) => *message,
        other => panic!("the last event is {other:?}"),
    }
}

pub fn conversation_of(events: &Events) -> ConversationId {
    match &*events[0].1 {
        StreamEvent::Started { conversation, .. } => conversation.clone(),
        other => panic!("the first event is {other:?}"),
    }
}

pub fn text_of(events: &Events) -> String {
    let texts = events.iter().filter_map(|(_, event)| match &**event {
        StreamEvent::Delta { text, .. } => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

pub async fn start(world: &World, scope: &Scope, request: ChatRequest) -> Answer {
    world.hammock.start_answer(scope, request, Locale::En).await.unwrap()
}

/// Asks, and reads the answer to its end.
pub async fn ask(world: &World, scope: &Scope, request: ChatRequest) -> (Events, Message) {
    let events = all(start(world, scope, request).await.events).await;
    let message = last(&events);
    (events, message)
}

/// A world with one document about a museum and an assistant that answers from it with this model.
pub async fn museum(model: ScriptedModel) -> (World, Scope, ChatRequest) {
    let world = World::with_model(model).await;
    world.work();
    let owner = world.owner("Eva").await;
    let (collection, _) = world.knowledge(&owner, "Museum", HOURS).await;
    let assistant = world.assistant(&owner, &[&collection], true).await;
    (world, owner, ChatRequest { assistant: Some(assistant), ..question(QUESTION) })
}

/// The document of that world.
pub async fn note(world: &World, scope: &Scope) -> Document {
    let query = DocumentQuery { query: Some("note.md".to_owned()), ..DocumentQuery::default() };
    world.hammock.list_documents(scope, query).await.unwrap().items.remove(0)
}

fn hanging_after(text: &str) -> ScriptedModel {
    ScriptedModel::new([Reply::Stream(vec![
        Step::Say(text.to_owned()),
        Step::Hang,
        Step::Say("the rest [1].".to_owned()),
    ])])
}

#[tokio::test]
async fn the_events_add_up_to_the_stored_message() {
    let answer =
        "It opens at *nine* [1].\n\n- Dogs stay outside [1]\n- It closes at five\n\n```text\n[1]\n```\n\nDone.";
    let (world, owner, request) = museum(ScriptedModel::saying(answer)).await;
    let (events, message) = ask(&world, &owner, request).await;
    let sequences: Vec<u64> = events.iter().map(|(id, _)| id.sequence).collect();
    assert_eq!(sequences, (1..=events.len() as u64).collect::<Vec<_>>());
    assert_eq!((text_of(&events).as_str(), message.text.as_str()), (answer, answer));
    let mut shown = Vec::new();
    for (_, event) in &events {
        if let StreamEvent::Delta { block, html, .. } = &**event {
            shown.resize(shown.len().max(*block as usize + 1), String::new());
            shown[*block as usize].clone_from(html);
        }
    }
    assert_eq!(shown, message.blocks);
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Model));
    assert!(message.citations.len() == 1 && message.citations[0].cited && message.citations[0].quote.contains("nine"));
    assert_eq!(message.steps.iter().map(|step| step.kind.as_str()).collect::<Vec<_>>(), ["search", "model", "written"]);

    let stored = world.hammock.find_conversation(&owner, &conversation_of(&events)).await.unwrap();
    assert_eq!(stored.summary.title, QUESTION);
    assert_eq!(stored.messages.len(), 2);
    assert_eq!((stored.messages[0].author, stored.messages[0].text.as_str()), (Author::User, QUESTION));
    assert_eq!(stored.messages[1], message);
}

#[tokio::test]
async fn an_answer_tells_what_was_found_and_what_it_took() {
    let said = vec![Step::Say("At nine [1].".to_owned()), Step::Count(Usage { read: 41, written: 7 })];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(said)])).await;
    let (events, message) = ask(&world, &owner, request).await;
    assert_eq!(text_of(&events), "At nine [1].");
    let [found, model, written] = message.steps.as_slice() else { panic!("{:?}", message.steps) };
    assert!(found.detail.contains("passage by words") && found.detail.contains("needed 50 %"), "{}", found.detail);
    assert!(found.detail.ends_with("passed on: 1 passage"), "{}", found.detail);
    assert_eq!(model.detail, "scripted writes the answer");
    assert!(written.detail.ends_with("s in all; tokens read: 41, written: 7"), "{}", written.detail);
}

#[tokio::test]
async fn numbers_that_were_not_issued_are_dropped() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1], surely [7].")).await;
    let (_, message) = ask(&world, &owner, request).await;
    assert!(message.text.contains("[1]") && !message.text.contains("[7]"), "{}", message.text);
}

#[tokio::test]
async fn without_evidence_no_model_is_asked() {
    let (world, owner, request) = museum(ScriptedModel::saying("Nonsense.")).await;
    let request = ChatRequest { text: "Which volcano erupted in Iceland?".to_owned(), ..request };
    let (events, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::NotFound));
    assert!(message.citations.is_empty() && message.text.contains("- Opening hours"), "{}", message.text);
    assert_eq!(text_of(&events), message.text);
    assert!(world.model.requests().is_empty());
}

#[tokio::test]
async fn a_refusal_says_where_not_everything_was_read_yet() {
    let (world, owner, request) = museum(ScriptedModel::saying("Nonsense.")).await;
    let request = ChatRequest { text: "Which volcano erupted in Iceland?".to_owned(), ..request };
    let (_, message) = ask(&world, &owner, request.clone()).await;
    assert!(message.text.ends_with('?'), "{}", message.text);
    let added = NewDocument {
        id: DocumentId::new(),
        title: "Volcanoes".to_owned(),
        location: "volcanoes.md".to_owned(),
        url: None,
        media_type: "text/markdown".to_owned(),
        bytes: 1,
        file_key: None,
        seen_in_crawl: 0,
    };
    let (source, h) = (note(&world, &owner).await.source, &world.hammock);
    let tx = h.store().begin().await.unwrap();
    documents::create_many(&owner, &tx, &source, vec![added], h.now()).await.unwrap();
    tx.commit().await.unwrap();
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!(message.answer_kind, AnswerKind::NotFound, "{}", message.text);
    let said = "Not everything in *Museum* has been read yet: ask again in a moment.";
    assert!(message.text.ends_with(said), "{}", message.text);
}

#[tokio::test]
async fn who_asks_in_another_language_is_refused_in_it() {
    let (world, owner, request) = museum(ScriptedModel::saying("Nonsense.")).await;
    for (question, answer) in [
        ("Wie installiere ich ein Paket auf dem Vulkan?", "Das finde ich in den Quellen nicht."),
        ("¿Dónde está la oficina y cuándo abre?", "No encuentro esto en las fuentes."),
        ("Hoe kan ik een website aan het project toevoegen?", "Ik vind dit niet in de bronnen."),
    ] {
        let (_, message) = ask(&world, &owner, ChatRequest { text: question.to_owned(), ..request.clone() }).await;
        assert_eq!(message.answer_kind, AnswerKind::NotFound, "{}", message.text);
        assert!(message.text.starts_with(answer) && message.text.contains("- Opening hours"), "{}", message.text);
    }
}

#[tokio::test]
async fn a_refusal_names_its_topics_so_that_they_can_be_asked_about() {
    let (world, owner, request) = museum(ScriptedModel::saying("Nonsense.")).await;
    let text = "Which dogs barked at volcanoes, craters, glaciers, geysers, icebergs, harbours, lighthouses, fjords, \
                ferries and trawlers?";
    let (events, message) = ask(&world, &owner, ChatRequest { text: text.to_owned(), ..request }).await;
    assert_eq!(message.answer_kind, AnswerKind::NotFound, "{}", message.text);
    let decided = message.steps.iter().find(|step| step.kind == "decide").expect("it was decided");
    assert_eq!(decided.topics, ["Opening hours"]);
    let listed: Vec<&str> = message.text.lines().filter_map(|line| line.strip_prefix("- ")).collect();
    assert_eq!(listed, ["Opening hours"]);
    let stored = world.hammock.find_conversation(&owner, &conversation_of(&events)).await.unwrap();
    assert_eq!(stored.messages[1].steps, message.steps);
}

#[tokio::test]
async fn an_earlier_question_does_not_say_in_which_language_a_later_one_is_answered() {
    let (world, owner, request) = museum(ScriptedModel::new([])).await;
    let asked_in_czech = async |request: ChatRequest| {
        all(world.hammock.start_answer(&owner, request, Locale::Cs).await.unwrap().events).await
    };
    let french = "Quel volcan est entré en éruption en Islande ?".to_owned();
    let first = asked_in_czech(ChatRequest { text: french, ..request.clone() }).await;
    assert!(last(&first).text.starts_with("Je ne trouve pas"), "{}", last(&first).text);
    for text in ["gpg", "42?"] {
        let conversation = Some(conversation_of(&first));
        let later = asked_in_czech(ChatRequest { conversation, text: text.to_owned(), ..request.clone() }).await;
        assert!(last(&later).text.starts_with("V podkladech"), "{}", last(&later).text);
    }
}

#[tokio::test]
async fn a_greeting_is_answered_and_not_searched() {
    let (world, owner, request) = museum(ScriptedModel::saying("Good day to you.")).await;
    let greet = ChatRequest { text: "Hello!".to_owned(), ..request.clone() };
    let (_, message) = ask(&world, &owner, greet.clone()).await;
    assert_eq!((message.text.as_str(), message.answer_kind), ("Good day to you.", AnswerKind::Model));
    assert!(world.model.requests()[0].sources.is_empty() && message.citations.is_empty());
    let id = request.assistant.as_ref().unwrap();
    let mut settings = world.hammock.find_assistant(&owner, id).await.unwrap().settings;
    settings.connection = None;
    world.hammock.update_assistant(&owner, id, settings).await.unwrap();
    let (events, message) = ask(&world, &owner, greet).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Greeting));
    assert!(message.text.starts_with("Hello!") && message.text.contains("*Museum*"), "{}", message.text);
    assert!(message.steps.is_empty() && message.citations.is_empty() && text_of(&events) == message.text);
}

#[tokio::test]
async fn without_a_model_the_best_passages_are_quoted() {
    let (world, owner, request) = museum(ScriptedModel::new([])).await;
    let mut settings =
        world.hammock.find_assistant(&owner, request.assistant.as_ref().unwrap()).await.unwrap().settings;
    settings.connection = None;
    world.hammock.update_assistant(&owner, request.assistant.as_ref().unwrap(), settings).await.unwrap();
    let (_, message) = ask(&world, &owner, request).await;
    assert_eq!((message.state, message.answer_kind), (MessageState::Complete, AnswerKind::Quoted));
    assert!(message.text.contains("nine") && message.citations[0].cited, "{}", message.text);
}

#[tokio::test]
async fn the_model_reads_the_conversation_so_far() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let (events, _) = ask(&world, &owner, request.clone()).await;
    let follow_up =
        ChatRequest { conversation: Some(conversation_of(&events)), text: "And the museum's dogs?".into(), ..request };
    ask(&world, &owner, follow_up).await;
    let asked = world.model.requests().pop().unwrap();
    let turns: Vec<&str> = asked.turns[1..].iter().map(|turn| turn.text.as_str()).collect();
    assert_eq!(turns[..2], [QUESTION, "At nine [1]."]);
    // The sources are for the question that is asked now.
    assert!(turns.len() == 3 && turns[2].starts_with("<source-"), "{turns:?}");
    assert!(turns[2].ends_with(">\n\nAnd the museum's dogs?"), "{}", turns[2]);
}

#[tokio::test]
async fn a_conversation_goes_on_when_its_assistant_was_deleted() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let (events, _) = ask(&world, &owner, request.clone()).await;
    let first = request.assistant.unwrap();
    let other = world.hammock.create_assistant(&owner, assistant("Other")).await.unwrap().id;
    world.hammock.delete_assistant(&owner, &first).await.unwrap();
    let again = ChatRequest { conversation: Some(conversation_of(&events)), ..question("And the dogs?") };
    let refused = world.hammock.start_answer(&owner, again.clone(), Locale::En).await.err().unwrap();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotFound, Some("assistant")));
    let (_, answer) = ask(&world, &owner, ChatRequest { assistant: Some(other), ..again }).await;
    assert_eq!(answer.state, MessageState::Complete);
}

#[tokio::test]
async fn an_answer_that_was_cut_off_is_gone_on_with() {
    let cut_off = Reply::Stream(vec![Step::Say("It opens ".to_owned()), Step::Hang]);
    let rest = Reply::Stream(vec![Step::Say("at nine [1].".to_owned())]);
    let (world, owner, request) = museum(ScriptedModel::new([cut_off, rest])).await;
    let mut first = start(&world, &owner, request.clone()).await;
    let seen = up_to_text(&mut first.events).await;
    world.hammock.stop_answer(&owner, &first.run).await.unwrap();
    all(first.events).await;
    let conversation = Some(conversation_of(&seen));
    let on = ChatRequest { conversation, text: "Continue".to_owned(), continues: true, ..request };
    let (_, message) = ask(&world, &owner, on.clone()).await;
    assert_eq!((message.state, message.text.as_str()), (MessageState::Complete, "at nine [1]."));
    let asked = world.model.requests().pop().unwrap();
    let turns: Vec<&str> = asked.turns[1..].iter().map(|turn| turn.text.trim_end()).collect();
    assert_eq!(turns[..2], [QUESTION, "It opens"]);
    assert!(turns[2].contains("cut off") && turns[2].ends_with(QUESTION), "{}", turns[2]);

    let refused = world.hammock.start_answer(&owner, on, Locale::En).await.err().unwrap();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("continues")));
}

#[tokio::test]
async fn a_second_question_waits_for_the_first_answer() {
    let (world, owner, request) = museum(hanging_after("It opens ")).await;
    let mut first = start(&world, &owner, request.clone()).await;
    let seen = up_to_text(&mut first.events).await;
    let second = ChatRequest { conversation: Some(conversation_of(&seen)), ..request };
    let refused = world.hammock.start_answer(&owner, second.clone(), Locale::En).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::AnswerRunning);
    world.model.release();
    all(first.events).await;
    world.model.release();
    let (_, message) = ask(&world, &owner, second).await;
    assert_eq!(message.state, MessageState::Complete);
}

#[tokio::test]
async fn an_idempotency_key_asks_once() {
    let (world, owner, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let request = ChatRequest { idempotency_key: Some("key-1".to_owned()), ..request };
    let (first, _) = ask(&world, &owner, request.clone()).await;
    let (second, _) = ask(&world, &owner, request.clone()).await;
    assert_eq!(first, second);
    assert_eq!(world.model.requests().len(), 1);
    let stored = world.hammock.find_conversation(&owner, &conversation_of(&first)).await.unwrap();
    assert_eq!(stored.messages.len(), 2);
    // Somebody else's key is another key.
    let colleague = world.colleague(&owner, "Adam", hammock_contract::user::Role::User).await;
    let (other, _) = ask(&world, &colleague, request).await;
    assert_ne!(other[0].0.run, first[0].0.run);
}

#[tokio::test]
async fn coming_back_misses_nothing() {
    let (world, owner, request) = museum(hanging_after("It opens ")).await;
    let mut first = start(&world, &owner, request).await;
    let seen = up_to_text(&mut first.events).await;
    let run: RunId = first.run.clone();
    // While it is made.
    let back: Vec<EventStream> = {
        let mut back = Vec::new();
        for after in 0..=seen.len() as u64 {
            back.push(world.hammock.resume_answer(&owner, &run, after).await.unwrap().events);
        }
        back
    };
    world.model.release();
    let whole: Events = seen.into_iter().chain(all(first.events).await).collect();
    for (after, events) in back.into_iter().enumerate() {
        assert_eq!(all(events).await, whole[after..], "after {after}");
    }
    // When it is over, from the database.
    world.hammock.drain(PATIENCE).await;
    for after in 0..=whole.len() {
        let events = world.hammock.resume_answer(&owner, &run, after as u64).await.unwrap().events;
        assert_eq!(all(events).await, whole[after..], "after {after}, stored");
    }
    // After a place that nobody was told, there is the end.
    for after in [whole.len() as u64 + 9, u64::MAX] {
        let events = world.hammock.resume_answer(&owner, &run, after).await.unwrap().events;
        let end = last(&all(events).await);
        assert_eq!((end.id, end.text), (last(&whole).id, last(&whole).text), "after {after}");
    }
}

hammock_testkit::on_postgres!(
    "answers on PostgreSQL",
    the_events_add_up_to_the_stored_message,
    a_second_question_waits_for_the_first_answer,
    an_idempotency_key_asks_once,
    coming_back_misses_nothing,
);
