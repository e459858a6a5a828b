//! Questions that are asked otherwise, answers that are made again, and the branches that both leave behind.

use hammock_contract::{
    ErrorCode, MessageId,
    chat::{Author, ChatRequest, Conversation, Message, Siblings},
    locale::Locale,
    page::PageRequest,
    user::Role,
};
use hammock_llm::scripted::{Reply, ScriptedModel, Step};

use super::{
    chat::{QUESTION, all, ask, conversation_of, last, museum, question, start, up_to_text},
    export::content_of,
    world::World,
};
use crate::{ExportFormat, Scope};

const DOGS: &str = "And the museum's dogs?";

fn texts(conversation: &Conversation) -> Vec<&str> {
    conversation.messages.iter().map(|message| message.text.as_str()).collect()
}

fn place(message: &Message) -> Option<(u32, u32)> {
    message.siblings.as_ref().map(|place| (place.position, place.count))
}

fn says(texts: &[&str]) -> ScriptedModel {
    ScriptedModel::new(texts.iter().map(|text| Reply::Stream(vec![Step::Say((*text).to_owned())])))
}

/// What the model was told last, without the instructions.
fn told(world: &World) -> Vec<String> {
    let asked = world.model.requests().pop().expect("the model was asked");
    asked.turns[1..].iter().map(|turn| turn.text.clone()).collect()
}

async fn actions(world: &World, scope: &Scope) -> Vec<String> {
    let rows = hammock_store::audit::list(scope, world.hammock.store().read(), &PageRequest::default()).await.unwrap();
    rows.items.into_iter().map(|row| row.action).collect()
}

#[tokio::test]
async fn a_question_is_asked_otherwise_and_both_branches_stay() {
    let replies = ["At nine [1].", "Outside [1].", "At five [1].", "It has some [1]."];
    let (world, owner, request) = museum(says(&replies)).await;
    let h = &world.hammock;
    let (events, _) = ask(&world, &owner, request.clone()).await;
    let id = conversation_of(&events);
    let on = ChatRequest { conversation: Some(id.clone()), ..request };
    ask(&world, &owner, ChatRequest { text: DOGS.to_owned(), ..on.clone() }).await;
    let first = h.find_conversation(&owner, &id).await.unwrap();
    assert!(first.messages.iter().all(|message| message.siblings.is_none() && message.assistant.is_none()));

    // The first question: everything after it is on another branch, and the model hears nothing of that.
    let replaces = Some(first.messages[0].id.clone());
    let edited = ChatRequest { text: DOGS.to_owned(), replaces, ..on.clone() };
    let (events, _) = ask(&world, &owner, edited).await;
    assert_eq!(told(&world).len(), 1, "{:?}", told(&world));
    let started = serde_json::to_value(&*events[0].1).unwrap();
    assert_eq!(started["question"]["siblings"]["position"], 2);
    let second = h.find_conversation(&owner, &id).await.unwrap();
    assert_eq!(texts(&second), [DOGS, "At five [1]."]);
    let siblings = Siblings { position: 2, count: 2, before: Some(first.messages[0].id.clone()), after: None };
    assert_eq!(second.messages[0].siblings, Some(siblings));
    assert_eq!(second.summary.title, first.summary.title);

    // Back, and on from there.
    let shown = h.show_branch(&owner, &id, &first.messages[0].id).await.unwrap();
    assert_eq!(texts(&shown), texts(&first));
    assert_eq!(shown.messages.iter().map(place).collect::<Vec<_>>(), [Some((1, 2)), None, None, None]);
    assert_eq!(h.find_conversation(&owner, &id).await.unwrap(), shown);
    let file = h.export_conversation(&owner, &id, ExportFormat::Markdown, Locale::En).await.unwrap();
    let text = content_of(file).await;
    assert!(text.contains("At nine") && !text.contains("At five"), "{text}");
    ask(&world, &owner, on).await;
    let heard = told(&world);
    let said: Vec<&str> = heard[..4].iter().map(|turn| turn.trim_end()).collect();
    assert_eq!(said, [QUESTION, "At nine [1].", DOGS, "Outside [1]."]);
    assert!(heard.len() == 5 && heard[4].contains(QUESTION), "{heard:?}");
    assert!(actions(&world, &owner).await.contains(&"conversation.show_branch".to_owned()));
}

#[tokio::test]
async fn an_answer_is_made_again_also_by_another_assistant() {
    let (world, owner, request) = museum(says(&["At nine [1].", "At nine sharp [1]."])).await;
    let h = &world.hammock;
    let (events, first) = ask(&world, &owner, request.clone()).await;
    let id = conversation_of(&events);
    let replaces = Some(first.id.clone());
    // What stands in the request is not looked at: it is the same question.
    let again = ChatRequest { conversation: Some(id.clone()), replaces, ..question("") };
    let (_, second) = ask(&world, &owner, again.clone()).await;
    let heard = told(&world);
    assert!(heard.len() == 1 && heard[0].contains(QUESTION), "{heard:?}");
    assert_ne!(second.id, first.id);
    let shown = h.find_conversation(&owner, &id).await.unwrap();
    assert_eq!(texts(&shown), [QUESTION, "At nine sharp [1]."]);
    assert_eq!(shown.messages.iter().map(place).collect::<Vec<_>>(), [None, Some((2, 2))]);
    assert!(!actions(&world, &owner).await.contains(&"conversation.change_assistant".to_owned()));

    let mut settings = super::world::assistant("Quoter");
    settings.collections =
        h.find_assistant(&owner, request.assistant.as_ref().unwrap()).await.unwrap().settings.collections;
    let quoter = h.create_assistant(&owner, settings).await.unwrap().id;
    let (_, third) = ask(&world, &owner, ChatRequest { assistant: Some(quoter.clone()), ..again }).await;
    assert_eq!(h.find_conversation(&owner, &id).await.unwrap().summary.assistant, quoter);
    assert!(actions(&world, &owner).await.contains(&"conversation.change_assistant".to_owned()));
    // The question that follows goes to it, and each answer says whose it is once there are several.
    let (_, fourth) = ask(&world, &owner, ChatRequest { conversation: Some(id.clone()), ..question(QUESTION) }).await;
    let both = h.find_conversation(&owner, &id).await.unwrap();
    assert_eq!([&both.messages[1].id, &both.messages[3].id], [&third.id, &fourth.id]);
    assert_eq!((place(&both.messages[1]), &both.messages[1].assistant), (Some((3, 3)), &None), "all by one");
    h.show_branch(&owner, &id, &second.id).await.unwrap();
    let asked = ChatRequest { conversation: Some(id.clone()), assistant: Some(quoter), ..question(QUESTION) };
    ask(&world, &owner, asked).await;
    let mixed = h.find_conversation(&owner, &id).await.unwrap();
    let by = |message: &Message| message.assistant.as_ref().map(|assistant| assistant.name.clone());
    let names: Vec<_> = mixed.messages.iter().map(by).collect();
    assert_eq!(names, [None, Some("Concierge".to_owned()), None, Some("Quoter".to_owned())]);
    assert_eq!(mixed.messages[0].author, Author::User);

    // A file says so, too.
    let exported =
        async |format| content_of(h.export_conversation(&owner, &id, format, Locale::En).await.unwrap()).await;
    let markdown = exported(ExportFormat::Markdown).await;
    for heading in ["\n## Assistant: Concierge\n", "\n## Assistant: Quoter\n"] {
        assert!(markdown.contains(heading), "{markdown}");
    }
    let json: serde_json::Value = serde_json::from_str(&exported(ExportFormat::Json).await).unwrap();
    assert_eq!(
        (&json["messages"][1]["assistant"], &json["messages"][3]["assistant"]),
        (&serde_json::json!("Concierge"), &serde_json::json!("Quoter"))
    );
    assert!(json["messages"][0].get("assistant").is_none(), "{json}");
}

#[tokio::test]
async fn what_went_on_with_an_answer_goes_on_with_it_when_it_is_made_again() {
    let said = |text: &str| Reply::Stream(vec![Step::Say(text.to_owned())]);
    let cut_off = Reply::Stream(vec![Step::Say("It opens ".to_owned()), Step::Hang]);
    let replies = [cut_off, said("at nine [1]."), said("at ten [1]."), said("at six [1]."), said("Inside [1].")];
    let (world, owner, request) = museum(ScriptedModel::new(replies)).await;
    let mut first = start(&world, &owner, request.clone()).await;
    let seen = up_to_text(&mut first.events).await;
    world.hammock.stop_answer(&owner, &first.run).await.unwrap();
    all(first.events).await;
    let id = conversation_of(&seen);
    let on = ChatRequest { conversation: Some(id.clone()), text: "Continue".to_owned(), continues: true, ..request };
    let (_, mut rest) = ask(&world, &owner, on.clone()).await;
    let first_time = told(&world);
    // Also what was made again already.
    for text in ["at ten [1].", "at six [1]."] {
        let again = ChatRequest { replaces: Some(rest.id), text: String::new(), continues: false, ..on.clone() };
        (_, rest) = ask(&world, &owner, again).await;
        assert_eq!(rest.text, text);
        let heard = told(&world);
        assert_eq!(heard.len(), 3, "{heard:?}");
        assert_eq!(heard[..2], first_time[..2]);
        assert!(heard[2].contains("cut off") && heard[2].ends_with(QUESTION), "{}", heard[2]);
    }

    // Asked otherwise, it is a question of its own.
    let shown = world.hammock.find_conversation(&owner, &id).await.unwrap();
    assert_eq!(texts(&shown), [QUESTION, "It opens ", "Continue", "at six [1]."]);
    let replaces = Some(shown.messages[2].id.clone());
    let otherwise = ChatRequest { replaces, text: DOGS.to_owned(), continues: false, ..on };
    ask(&world, &owner, otherwise).await;
    let heard = told(&world);
    assert!(heard[2].ends_with(DOGS) && !heard[2].contains("cut off"), "{}", heard[2]);
}

#[tokio::test]
async fn what_is_replaced_is_ones_own_and_nothing_is_being_said() {
    let hanging = Reply::Stream(vec![Step::Say("It opens ".to_owned()), Step::Hang, Step::Say("late [1].".to_owned())]);
    let said = Reply::Stream(vec![Step::Say("At nine [1].".to_owned())]);
    let (world, owner, request) = museum(ScriptedModel::new([said.clone(), said, hanging])).await;
    let h = &world.hammock;
    let colleague = world.colleague(&owner, "Adam", Role::Administrator).await;
    let (events, answer) = ask(&world, &owner, request.clone()).await;
    let (theirs, _) = ask(&world, &colleague, request.clone()).await;
    let (id, foreign) = (conversation_of(&events), conversation_of(&theirs));
    let on = |replaces: &MessageId| ChatRequest {
        conversation: Some(id.clone()),
        replaces: Some(replaces.clone()),
        ..request.clone()
    };
    let refused = async |scope: &Scope, request: ChatRequest| {
        let error = h.start_answer(scope, request, Locale::En).await.err().unwrap();
        (error.code, error.field)
    };
    let not_found = |field: Option<&str>| (ErrorCode::NotFound, field.map(str::to_owned));
    let invalid = |field: &str| (ErrorCode::InvalidField, Some(field.to_owned()));
    assert_eq!(refused(&owner, on(&MessageId::new())).await, not_found(Some("replaces")));
    assert_eq!(refused(&owner, on(&last(&theirs).id)).await, not_found(Some("replaces")));
    assert_eq!(refused(&colleague, on(&answer.id)).await, not_found(None));
    let nowhere = ChatRequest { conversation: None, ..on(&answer.id) };
    assert_eq!(refused(&owner, nowhere).await, invalid("replaces"));
    let both = ChatRequest { continues: true, ..on(&answer.id) };
    assert_eq!(refused(&owner, both).await, invalid("replaces"));
    let asked = h.find_conversation(&owner, &id).await.unwrap().messages[0].id.clone();
    let empty = ChatRequest { text: " ".to_owned(), ..on(&asked) };
    assert_eq!(refused(&owner, empty).await, invalid("text"));
    let shown = async |scope: &Scope, message: &MessageId| {
        let error = h.show_branch(scope, &id, message).await.err().unwrap();
        (error.code, error.field)
    };
    assert_eq!(shown(&owner, &last(&theirs).id).await, not_found(Some("message")));
    assert_eq!(shown(&colleague, &answer.id).await, not_found(None));
    assert_eq!(h.find_conversation(&colleague, &foreign).await.unwrap().messages.len(), 2);

    let mut running = start(&world, &owner, on(&answer.id)).await;
    up_to_text(&mut running.events).await;
    assert_eq!(refused(&owner, on(&answer.id)).await.0, ErrorCode::AnswerRunning);
    assert_eq!(shown(&owner, &answer.id).await.0, ErrorCode::AnswerRunning);
    world.model.release();
    all(running.events).await;
    assert_eq!(texts(&h.show_branch(&owner, &id, &answer.id).await.unwrap()), [QUESTION, "At nine [1]."]);
}
