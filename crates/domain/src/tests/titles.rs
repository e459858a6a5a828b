//! Titles that a model writes, and what pages on other devices are told.

use futures::StreamExt as _;
use hammock_contract::{
    ConversationId, ErrorCode,
    chat::{ChatRequest, MessageState},
    conversation::ConversationChange,
    error::ErrorKind,
    interfaces::InterfaceSettings,
    page::PageRequest,
    user::Role,
    visitor::{VisitorEntry, VisitorRequest},
};
use hammock_llm::{
    ModelError,
    scripted::{Reply, ScriptedModel, Step},
};

use super::{
    chat::{QUESTION, all, ask, conversation_of, last, museum, question, start},
    visitors::asking,
    world::{CHANGE_STREAMS, PATIENCE, World, until},
};
use crate::{ChangeStream, Origin, Scope};

fn says(text: &str) -> Reply {
    Reply::Stream(vec![Step::Say(text.to_owned())])
}

async fn title(world: &World, scope: &Scope, id: &ConversationId) -> String {
    world.hammock.find_conversation(scope, id).await.unwrap().summary.title
}

async fn until_called(world: &World, scope: &Scope, id: &ConversationId, wanted: &str) {
    until("the conversation has its title", async || (title(world, scope, id).await == wanted).then_some(())).await;
}

/// How often a model has written a title.
async fn written(world: &World, scope: &Scope) -> usize {
    let request = PageRequest { limit: Some(200), ..PageRequest::default() };
    let rows = hammock_store::audit::list(scope, world.hammock.store().read(), &request).await.unwrap().items;
    rows.iter().filter(|row| row.action == "conversation.title").count()
}

#[tokio::test]
async fn a_model_writes_the_title_when_it_has_first_answered() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at nine [1].")).await;
    world.model.push_title(says("**\"Opening hours\"**\n\nA title."));
    let (events, answer) = ask(&world, &owner, request.clone()).await;
    assert_eq!(answer.state, MessageState::Complete);
    let id = conversation_of(&events);
    until_called(&world, &owner, &id, "Opening hours").await;
    let asked = world.model.title_requests().pop().unwrap();
    assert_eq!((asked.model.as_str(), asked.sources.len()), ("scripted", 0));
    let said = &asked.turns.last().unwrap().text;
    assert!(said.contains(QUESTION) && said.contains("It opens at nine"), "{said}");
    assert_eq!(world.model.requests().len(), 1, "the answer itself is asked for once");

    // Once, however long it goes on, and whatever is asked again.
    world.model.push_title(says("Another title"));
    let on = ChatRequest { conversation: Some(id.clone()), ..request.clone() };
    ask(&world, &owner, on.clone()).await;
    let first = world.hammock.find_conversation(&owner, &id).await.unwrap().messages[1].id.clone();
    ask(&world, &owner, ChatRequest { replaces: Some(first), ..on }).await;
    let (events, _) = ask(&world, &owner, request).await;
    until_called(&world, &owner, &conversation_of(&events), "Another title").await;
    assert_eq!(title(&world, &owner, &id).await, "Opening hours");
    assert_eq!((world.model.title_requests().len(), written(&world, &owner).await), (2, 2));
}

#[tokio::test]
async fn a_title_that_the_person_gave_meanwhile_stays() {
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at nine [1].")).await;
    world.model.push_title(Reply::Stream(vec![Step::Hang, Step::Say("Too late".to_owned())]));
    // The answer ends, and the next question can be asked, while the title is being written.
    let (events, answer) = ask(&world, &owner, request.clone()).await;
    assert_eq!(answer.state, MessageState::Complete);
    let id = conversation_of(&events);
    until("the title is asked for", async || (world.model.open_streams() == 1).then_some(())).await;
    assert_eq!(title(&world, &owner, &id).await, QUESTION);
    world.hammock.rename_conversation(&owner, &id, "Mine".to_owned()).await.unwrap();
    ask(&world, &owner, ChatRequest { conversation: Some(id.clone()), ..request.clone() }).await;
    world.model.release();
    until("the title is written", async || (world.model.open_streams() == 0).then_some(())).await;
    // What comes after it, comes to its end.
    world.model.push_title(says("In time"));
    let (events, _) = ask(&world, &owner, request).await;
    until_called(&world, &owner, &conversation_of(&events), "In time").await;
    assert_eq!(title(&world, &owner, &id).await, "Mine");
    assert_eq!(written(&world, &owner).await, 1);
}

#[tokio::test]
async fn without_a_title_the_question_stays_it() {
    let broken = ModelError::Broken("gone".to_owned());
    let half = Reply::Stream(vec![Step::Say("Half a".to_owned()), Step::Fail(broken.clone())]);
    let replies = [Reply::Refuse(broken), half, says(" \n\"\"\n")];
    let count = replies.len();
    let (world, owner, request) = museum(ScriptedModel::saying("It opens at nine [1].")).await;
    replies.into_iter().for_each(|reply| world.model.push_title(reply));
    let mut asked = Vec::new();
    for _ in 0..count {
        let (events, answer) = ask(&world, &owner, request.clone()).await;
        assert_eq!((answer.state, answer.error), (MessageState::Complete, None));
        asked.push(conversation_of(&events));
        let is_asked_for = || (world.model.title_requests().len() == asked.len()).then_some(());
        until("the title is asked for", async || is_asked_for()).await;
    }
    world.model.push_title(says("At last"));
    let (events, _) = ask(&world, &owner, request).await;
    until_called(&world, &owner, &conversation_of(&events), "At last").await;
    for id in &asked {
        assert_eq!(title(&world, &owner, id).await, QUESTION);
    }
    assert_eq!((world.model.title_requests().len(), written(&world, &owner).await), (count + 1, 1));
}

#[tokio::test]
async fn what_no_model_has_answered_whole_waits_for_its_title() {
    let cut_off = vec![Step::Say("It opens".to_owned()), Step::Fail(ModelError::Broken("gone".to_owned()))];
    let (world, owner, request) = museum(ScriptedModel::new([Reply::Stream(cut_off), says("At nine [1].")])).await;
    world.model.push_title(says("Opening hours"));
    let (events, answer) = ask(&world, &owner, request.clone()).await;
    assert_eq!(answer.state, MessageState::Failed);
    let id = conversation_of(&events);
    ask(&world, &owner, ChatRequest { conversation: Some(id.clone()), ..request }).await;
    until_called(&world, &owner, &id, "Opening hours").await;

    // The built-in answerer needs no model, and asks none.
    let (events, _) = ask(&world, &owner, question("Hello")).await;
    assert_eq!(title(&world, &owner, &conversation_of(&events)).await, "Hello");
    assert_eq!(world.model.title_requests().len(), 1);
}

#[tokio::test]
async fn no_title_is_asked_for_where_nobody_knows_who_the_visitor_is() {
    let world = World::with_model(ScriptedModel::saying("In the garden.")).await;
    let eva = world.owner("Eva").await;
    let assistant = world.assistant(&eva, &[], true).await;
    let settings = InterfaceSettings { public_chat: true, ..InterfaceSettings::default() };
    let h = &world.hammock;
    h.update_interfaces(&eva, &assistant, settings).await.unwrap();
    let own = h.settings().public_url.clone();
    let entry = h.admit_visitor(&assistant, VisitorRequest::default(), &own, None, &Origin::default()).await.unwrap();
    let VisitorEntry::Admitted { token, .. } = entry else { panic!("{entry:?}") };
    let visitor = h.scope_for_visitor(&token, &own, None).await.unwrap();
    world.model.push_title(says("Finding the hammock"));
    let answer = h.start_visitor_answer(&visitor, asking(None, "Where is it?"), &Origin::default()).await.unwrap();
    let theirs = conversation_of(&all(answer.events).await);
    // The title goes to who asks next, inside.
    let (events, _) = ask(&world, &eva, ChatRequest { assistant: Some(assistant), ..question("And where?") }).await;
    until_called(&world, &eva, &conversation_of(&events), "Finding the hammock").await;
    let read = h.find_own_of_visitor(&visitor, &theirs, Default::default()).await.unwrap().conversation;
    assert_eq!(read.summary.title, "Where is it?");
    assert_eq!((world.model.title_requests().len(), written(&world, &eva).await), (1, 1));
}

async fn next(changes: &mut ChangeStream) -> Option<ConversationChange> {
    tokio::time::timeout(PATIENCE, changes.next()).await.expect("nothing is told")
}

#[tokio::test]
async fn a_person_is_told_what_happens_in_their_conversations_and_nobody_else() {
    let held = Reply::Stream(vec![Step::Say("It opens".to_owned()), Step::Hang, Step::Say(" at nine [1].".to_owned())]);
    let (world, owner, request) = museum(ScriptedModel::new([held])).await;
    let h = &world.hammock;
    let adam = world.colleague(&owner, "Adam", Role::Administrator).await;
    let (mut here, mut there) =
        (h.follow_conversations(&owner).await.unwrap(), h.follow_conversations(&owner).await.unwrap());
    let mut others = h.follow_conversations(&adam).await.unwrap();
    world.model.push_title(says("Opening hours"));
    let answer = start(&world, &owner, request).await;
    let mut id = None;
    for changes in [&mut here, &mut there] {
        let told = next(changes).await.unwrap();
        assert_eq!((told.title.as_str(), told.run.as_ref(), told.is_new), (QUESTION, Some(&answer.run), true));
        id = Some(told.conversation);
    }
    let id = id.unwrap();
    world.model.release();
    assert_eq!(last(&all(answer.events).await).state, MessageState::Complete);
    let told = next(&mut here).await.unwrap();
    assert_eq!((&told.conversation, told.title.as_str(), told.run), (&id, "Opening hours", None));
    h.rename_conversation(&owner, &id, "Mine".to_owned()).await.unwrap();
    assert_eq!(next(&mut here).await.unwrap().title, "Mine");

    // Who comes later learns how it stands, once.
    let mut late = h.follow_conversations(&owner).await.unwrap();
    let told = next(&mut late).await.unwrap();
    assert_eq!((&told.conversation, told.title.as_str(), told.is_new), (&id, "Mine", false));

    // The first that somebody else is told is their own.
    let (events, _) = ask(&world, &adam, question("Hello")).await;
    let own = conversation_of(&events);
    assert_eq!(next(&mut others).await.unwrap().conversation, own);
    h.rename_conversation(&owner, &id, "Yours".to_owned()).await.unwrap();
    assert_eq!(next(&mut late).await.unwrap().title, "Yours", "and nothing of what another person asked");

    // They end with the server.
    h.drain(PATIENCE).await;
    assert_eq!(next(&mut late).await, None);
    assert_eq!(next(&mut others).await, None);
    let refused = h.follow_conversations(&owner).await.err().map(|error| error.code);
    assert_eq!(refused, Some(ErrorCode::Unavailable));
}

#[tokio::test]
async fn nobody_follows_their_conversations_more_often_than_they_may() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.colleague(&owner, "Adam", Role::User).await;
    let h = &world.hammock;
    let mut open = Vec::new();
    for _ in 0..CHANGE_STREAMS {
        open.push(h.follow_conversations(&owner).await.unwrap());
    }
    let refused = h.follow_conversations(&owner).await.err().unwrap();
    assert_eq!((refused.code, refused.kind), (ErrorCode::TooManyStreams, ErrorKind::RateLimited));
    assert_eq!(refused.params["limit"], CHANGE_STREAMS.to_string());
    assert!(h.follow_conversations(&adam).await.is_ok(), "another person's do not count");
    // One that has ended makes room for another, and those that stay are told.
    drop(open.pop());
    let mut again = h.follow_conversations(&owner).await.unwrap();
    let (events, _) = ask(&world, &owner, question("Hello")).await;
    let asked = conversation_of(&events);
    for changes in open.iter_mut().chain([&mut again]) {
        assert_eq!(next(changes).await.unwrap().conversation, asked);
    }
    assert_eq!(h.follow_conversations(&owner).await.err().map(|error| error.code), Some(ErrorCode::TooManyStreams));
}
