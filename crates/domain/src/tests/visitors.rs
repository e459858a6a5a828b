//! Visitors: their tokens end and are renewed for a while, and what is the inside's stays out of their reach.

use hammock_contract::{
    AssistantId, ConversationId, ErrorCode, MessageId,
    chat::Author,
    conversation::{ConversationPatch, MessagesQuery},
    feedback::{FeedbackReason, NewFeedback},
    interfaces::{InterfaceSettings, VisitorLimits},
    page::PageRequest,
    share::{ShareAudience, ShareSettings},
    visitor::{HeldQuery, VisitorChatRequest, VisitorEntry, VisitorRequest},
};
use hammock_store::{audit, messages};

use super::{
    attachments::{TIDES, read},
    chat::{all, conversation_of},
    world::{World, assistant},
};
use crate::{Origin, Scope, VISITOR_FILES};

const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;

/// A question of a visitor.
pub fn asking(conversation: Option<ConversationId>, text: &str) -> VisitorChatRequest {
    VisitorChatRequest {
        conversation,
        text: text.to_owned(),
        continues: false,
        attachments: Vec::new(),
        idempotency_key: None,
    }
}

/// A world with an assistant whose public chat is on; the origin of its page.
async fn opened() -> (World, Scope, AssistantId, String) {
    let world = World::new().await;
    let eva = world.owner("Eva").await;
    let assistant = world.assistant(&eva, &[], false).await;
    let settings = InterfaceSettings { public_chat: true, ..InterfaceSettings::default() };
    world.hammock.update_interfaces(&eva, &assistant, settings).await.unwrap();
    let own = world.hammock.settings().public_url.clone();
    (world, eva, assistant, own)
}

/// Comes in with the token of before, if there is one; who it is, and the token.
async fn enter(world: &World, assistant: &AssistantId, own: &str, token: Option<String>) -> (String, String) {
    let request = VisitorRequest { token, ..VisitorRequest::default() };
    match world.hammock.admit_visitor(assistant, request, own, None, &Origin::default()).await.unwrap() {
        VisitorEntry::Admitted { visitor, token, .. } => (visitor.to_string(), token),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_ends_after_an_hour_and_is_renewed_for_thirty_days() {
    let (world, _, assistant, own) = opened().await;
    let h = &world.hammock;
    let (visitor, token) = enter(&world, &assistant, &own, None).await;
    world.clock.pass(HOUR - 1);
    assert!(h.scope_for_visitor(&token, &own, None).await.is_ok());
    world.clock.pass(1);
    assert_eq!(h.scope_for_visitor(&token, &own, None).await.unwrap_err().code, ErrorCode::InvalidKey);
    world.clock.pass(30 * DAY - 1);
    let (again, renewed) = enter(&world, &assistant, &own, Some(token.clone())).await;
    assert_eq!(again, visitor, "the same visitor");
    assert!(h.scope_for_visitor(&renewed, &own, None).await.is_ok());
    world.clock.pass(1);
    let (another, _) = enter(&world, &assistant, &own, Some(token)).await;
    assert_ne!(another, visitor, "too old: somebody else");
}

#[tokio::test]
async fn a_message_that_is_sent_again_counts_once() {
    let (world, eva, assistant, own) = opened().await;
    let h = &world.hammock;
    let limits = VisitorLimits { messages_in_ten_minutes: 1, ..VisitorLimits::default() };
    let on = InterfaceSettings { public_chat: true, limits, ..InterfaceSettings::default() };
    h.update_interfaces(&eva, &assistant, on).await.unwrap();
    let (_, token) = enter(&world, &assistant, &own, None).await;
    let visitor = &h.scope_for_visitor(&token, &own, None).await.unwrap();
    let ask = async |key: &str| {
        let request = VisitorChatRequest { idempotency_key: Some(key.to_owned()), ..asking(None, "Where is it?") };
        let begun = h.start_visitor_answer(visitor, request, &Origin::default()).await;
        begun.map(|answer| answer.run).map_err(|error| error.code)
    };
    let first = ask("one").await;
    assert!(first.is_ok(), "{first:?}");
    // No answer came: the visitor's browser asks again.
    assert_eq!((ask("one").await, ask("one").await), (first.clone(), first.clone()));
    assert_eq!(ask("two").await, Err(ErrorCode::TooManyAttempts));
    assert_eq!(ask("one").await, first, "also where no more are allowed");
    assert_eq!(ask("").await, Err(ErrorCode::InvalidField));
}

#[tokio::test]
async fn who_comes_back_all_the_time_is_asked_to_wait() {
    let (world, _, assistant, own) = opened().await;
    let h = &world.hammock;
    let (visitor, token) = enter(&world, &assistant, &own, None).await;
    for _ in 0..30 {
        assert_eq!(enter(&world, &assistant, &own, Some(token.clone())).await.0, visitor);
    }
    let request = VisitorRequest { token: Some(token.clone()), ..VisitorRequest::default() };
    let refused = h.admit_visitor(&assistant, request, &own, None, &Origin::default()).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TooManyAttempts);
    enter(&world, &assistant, &own, None).await;
    world.clock.pass(60_000);
    assert_eq!(enter(&world, &assistant, &own, Some(token)).await.0, visitor);
}

#[tokio::test]
async fn a_visitor_reads_eight_answers_at_once() {
    let (world, _, assistant, own) = opened().await;
    let h = &world.hammock;
    let (_, token) = enter(&world, &assistant, &own, None).await;
    let visitor = &h.scope_for_visitor(&token, &own, None).await.unwrap();
    let ask = async || h.start_visitor_answer(visitor, asking(None, "Where is it?"), &Origin::default()).await;
    let first = ask().await.unwrap();
    let run = first.run.clone();
    all(first.events).await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(h.resume_visitor_answer(visitor, &run, 0).await.unwrap());
    }
    let refused = [h.resume_visitor_answer(visitor, &run, 0).await.err(), ask().await.err()];
    assert_eq!(refused.map(|it| it.map(|error| error.code)), [Some(ErrorCode::TooManyAttempts); 2]);
    assert_eq!(h.list_own_of_visitor(visitor).await.unwrap().len(), 1, "what is refused is not kept");
    open.pop();
    assert!(ask().await.is_ok());
}

#[tokio::test]
async fn a_visitor_changes_nothing_of_the_inside() {
    let (world, _, assistant_id, own) = opened().await;
    let h = &world.hammock;
    let (_, token) = enter(&world, &assistant_id, &own, None).await;
    let visitor = &h.scope_for_visitor(&token, &own, None).await.unwrap();
    let request = asking(None, "Where is it?");
    let answer = h.start_visitor_answer(visitor, request, &Origin::default()).await.unwrap();
    let conversation = conversation_of(&all(answer.events).await);
    let mut mine = assistant("Mine");
    mine.access = hammock_contract::assistant::Access::Private;
    let shared = ShareSettings {
        audience: ShareAudience::Anyone,
        includes_later: false,
        up_to: None,
        with_reasoning: false,
        with_sources: false,
        expires_at: None,
    };
    let renamed = ConversationPatch { title: Some("Renamed".to_owned()), category: None };
    let refused = [
        h.create_assistant(visitor, mine).await.map(drop),
        h.create_share(visitor, &conversation, shared).await.map(drop),
        h.update_conversation(visitor, &conversation, renamed).await.map(drop),
        h.delete_conversation(visitor, &conversation).await,
    ];
    for refused in refused {
        assert_eq!(refused.unwrap_err().code, ErrorCode::NotFound);
    }
    assert_eq!(
        h.find_own_of_visitor(visitor, &conversation, Default::default()).await.unwrap().conversation.messages.len(),
        2
    );
}

#[tokio::test]
async fn of_a_long_conversation_the_end_is_given_and_the_rest_when_it_is_asked_for() {
    let (world, eva, assistant, own) = opened().await;
    let h = &world.hammock;
    let on = InterfaceSettings { public_chat: true, allow_feedback: true, ..InterfaceSettings::default() };
    h.update_interfaces(&eva, &assistant, on).await.unwrap();
    let (_, token) = enter(&world, &assistant, &own, None).await;
    let visitor = &h.scope_for_visitor(&token, &own, None).await.unwrap();
    let answer = h.start_visitor_answer(visitor, asking(None, "Where is it?"), &Origin::default()).await.unwrap();
    let conversation = conversation_of(&all(answer.events).await);
    let read = async |wanted: MessagesQuery| h.find_own_of_visitor(visitor, &conversation, wanted).await;
    let first = read(MessagesQuery::default()).await.unwrap().conversation.messages[1].id.clone();
    let said = NewFeedback { reason: Some(FeedbackReason::Outdated), comment: String::new() };
    h.give_visitor_feedback(visitor, &first, said, &Origin::default()).await.unwrap();
    let tx = h.store().begin().await.unwrap();
    for number in 3..=60 {
        let (id, text) = (MessageId::new(), number.to_string());
        messages::append(visitor, &tx, &conversation, id, Author::User, &text, None, h.now()).await.unwrap();
    }
    tx.commit().await.unwrap();

    let newest = read(MessagesQuery::default()).await.unwrap();
    assert_eq!((newest.conversation.messages.len(), newest.conversation.earlier), (50, 10));
    assert!(newest.feedback.is_empty(), "{:?}", newest.feedback);
    let before = Some(newest.conversation.messages[0].id.clone());
    let rest = read(MessagesQuery { before, limit: None }).await.unwrap();
    assert_eq!((rest.conversation.messages.len(), rest.conversation.earlier), (10, 0));
    assert_eq!(rest.feedback.iter().map(|said| &said.message).collect::<Vec<_>>(), [&first]);
    let refused = read(MessagesQuery { before: None, limit: Some(201) }).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidField);

    // Who looks after the assistant reads it in the same way, and each time that is written down.
    let held = async |wanted: HeldQuery| h.read_visitor_conversation(&eva, &assistant, &conversation, &wanted).await;
    let last = held(HeldQuery::default()).await.unwrap();
    let texts = |part: &hammock_contract::visitor::HeldConversation| -> (usize, String) {
        let messages = &part.conversation.messages;
        (messages.len(), messages.first().map(|message| message.text.clone()).unwrap_or_default())
    };
    assert_eq!((texts(&last), last.conversation.earlier, last.later), ((50, "11".to_owned()), 10, 0));
    let before = Some(last.conversation.messages[0].id.clone());
    let start = held(HeldQuery { before, ..HeldQuery::default() }).await.unwrap();
    assert_eq!((texts(&start), start.conversation.earlier, start.later), ((10, "Where is it?".to_owned()), 0, 50));
    let after = Some(start.conversation.messages[9].id.clone());
    assert_eq!(held(HeldQuery { after, ..HeldQuery::default() }).await.unwrap().conversation.messages[0].text, "11");
    let elsewhere = held(HeldQuery { before: Some(MessageId::new()), ..HeldQuery::default() }).await.unwrap_err();
    assert_eq!(elsewhere.code, ErrorCode::NotFound);
    let request = PageRequest { query: Some("visitor_conversation.read".to_owned()), ..PageRequest::default() };
    assert_eq!(audit::list(&eva, h.store().read(), &request).await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn the_address_of_a_file_counts_a_day_and_while_it_is_there() {
    let (world, eva, assistant, own) = opened().await;
    world.work();
    let h = &world.hammock;
    let on = InterfaceSettings { public_chat: true, allow_uploads: true, ..InterfaceSettings::default() };
    h.update_interfaces(&eva, &assistant, on.clone()).await.unwrap();
    let (_, token) = enter(&world, &assistant, &own, None).await;
    let visitor = &h.scope_for_visitor(&token, &own, None).await.unwrap();
    let file = read(&world, visitor, "tides.md", TIDES).await;
    let request = VisitorChatRequest { attachments: vec![file.id.clone()], ..asking(None, "What is in here?") };
    let answer = h.start_visitor_answer(visitor, request, &Origin::default()).await.unwrap();
    let conversation = conversation_of(&all(answer.events).await);
    let told = async || {
        let shown = h.find_own_of_visitor(visitor, &conversation, Default::default()).await.unwrap().conversation;
        let link = shown.messages[0].attachments[0].link.clone().unwrap();
        link.strip_prefix(&format!("{own}{VISITOR_FILES}")).unwrap().to_owned()
    };
    let refused = async |link: &str| h.open_visitor_file(link).await.unwrap_err().code;

    let link = told().await;
    assert!(!link.contains(['/', '+', '=']), "it stands in a path: {link}");
    assert_eq!(h.open_visitor_file(&link).await.unwrap().0.id, file.id);
    assert_eq!(refused(&token).await, ErrorCode::NotFound, "a token is no address");
    assert!(h.scope_for_visitor(&format!("hmv_{link}"), &own, None).await.is_err(), "nor is an address a token");
    world.clock.pass(DAY - 1);
    assert_eq!(h.open_visitor_file(&link).await.unwrap().0.name, "tides.md");
    world.clock.pass(1);
    assert_eq!(refused(&link).await, ErrorCode::NotFound, "a day is over");

    let link = told().await;
    h.update_interfaces(&eva, &assistant, InterfaceSettings { public_chat: false, ..on.clone() }).await.unwrap();
    assert_eq!(refused(&link).await, ErrorCode::NotFound, "the chat is closed");
    h.update_interfaces(&eva, &assistant, on).await.unwrap();
    assert!(h.open_visitor_file(&link).await.is_ok());
    h.remove_attachment(visitor, &file.id).await.unwrap();
    assert_eq!(refused(&link).await, ErrorCode::NotFound, "it was removed");
}
