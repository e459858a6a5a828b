//! Files and pictures in conversations.

use hammock_contract::{
    AttachmentId, ErrorCode,
    assistant::{AssistantSettings, Vision},
    attachment::{Attachment, AttachmentKind, AttachmentState, SentAttachment},
    chat::ChatRequest,
    collection::{CollectionAccess, CollectionPatch},
    document::DocumentQuery,
    user::Role,
};
use hammock_llm::scripted::ScriptedModel;
use hammock_retrieval::SearchIndex as _;
use hammock_store::scope::handbook_collection;

use super::{
    chat::{ask, conversation_of, question},
    world::{World, until},
};
use crate::{Result, Scope, UploadedFile};

pub(super) const TIDES: &[u8] =
    b"# Tides\n\nWhen does the zanzibar tide turn? The zanzibar tide turns at a quarter past four.\n";
const TIDE_TURNS: &str = "When does the zanzibar tide turn?";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
/// A little more than what was never sent is kept. Milliseconds.
const A_DAY: i64 = 24 * 3_600_000 + 1;

pub(super) async fn attach(world: &World, scope: &Scope, name: &str, content: &[u8]) -> Result<Attachment> {
    let spool = world.hammock.upload_dir();
    std::fs::create_dir_all(&spool).unwrap();
    let spooled = spool.join(uuid::Uuid::now_v7().to_string());
    std::fs::write(&spooled, content).unwrap();
    let bytes = content.len() as u64;
    let file = UploadedFile { file_name: name.to_owned(), media_type: None, spooled, bytes };
    world.hammock.attach_file(scope, file).await
}

/// A file that has been read.
pub(super) async fn read(world: &World, scope: &Scope, name: &str, content: &[u8]) -> Attachment {
    let id = attach(world, scope, name, content).await.unwrap().id;
    until("the file is read", async || {
        let found = world.hammock.find_attachment(scope, &id).await.unwrap();
        (found.state != AttachmentState::Processing).then_some(found)
    })
    .await
}

/// A world with an assistant that has a model and no collection.
async fn alone() -> (World, Scope, ChatRequest) {
    let world = World::with_model(ScriptedModel::saying("So it is [1].")).await;
    world.work();
    let owner = world.owner("Eva").await;
    let assistant = world.assistant(&owner, &[], true).await;
    (world, owner, ChatRequest { assistant: Some(assistant), ..question(TIDE_TURNS) })
}

fn with(request: &ChatRequest, text: &str, attachments: &[&Attachment]) -> ChatRequest {
    let attachments: Vec<AttachmentId> = attachments.iter().map(|attachment| attachment.id.clone()).collect();
    ChatRequest { text: text.to_owned(), attachments, ..request.clone() }
}

/// What the model was last given to answer from.
fn given(world: &World) -> String {
    let last = world.model.requests().pop().expect("the model was asked");
    last.sources.into_iter().map(|source| source.text).collect()
}

#[tokio::test]
async fn a_file_answers_in_its_conversation_and_in_no_other() {
    let (world, owner, request) = alone().await;
    let file = read(&world, &owner, "tides.md", TIDES).await;
    assert_eq!((file.state, file.kind), (AttachmentState::Ready, AttachmentKind::File), "{:?}", file.error);
    let (events, answer) = ask(&world, &owner, with(&request, "What is in here?", &[&file])).await;
    assert!(given(&world).contains("quarter past four"), "whatever the question says");
    assert!(answer.citations[0].quote.contains("quarter past four"), "{:?}", answer.citations);
    assert!(answer.steps.iter().any(|step| step.detail.contains("each of its files begins (1)")), "{:?}", answer.steps);

    let conversation = conversation_of(&events);
    let kept = world.hammock.find_conversation(&owner, &conversation).await.unwrap();
    assert_eq!(kept.messages[0].attachments, [SentAttachment::from(file.clone())]);
    let sent = world.hammock.find_attachment(&owner, &file.id).await.unwrap();
    assert_eq!(sent.conversation.as_ref(), Some(&conversation));
    assert!(!kept.messages[1].citations[0].hidden);
    let later = ChatRequest { conversation: Some(conversation.clone()), ..request.clone() };
    let (_, later) = ask(&world, &owner, later).await;
    assert!(later.citations[0].quote.contains("quarter past four"), "it is found later: {:?}", later.steps);
    ask(&world, &owner, request.clone()).await;
    assert!(given(&world).is_empty(), "another conversation of the same person");
    let adam = world.colleague(&owner, "Adam", Role::Administrator).await;
    ask(&world, &adam, ChatRequest { assistant: request.assistant.clone(), ..question(TIDE_TURNS) }).await;
    assert!(given(&world).is_empty(), "another person");
    assert!(world.search(&owner, "zanzibar").await.is_empty());
    assert!(world.search(&adam, "zanzibar").await.is_empty());
}

#[tokio::test]
async fn a_file_is_sent_once_and_by_its_person_alone() {
    let (world, owner, request) = alone().await;
    let file = read(&world, &owner, "tides.md", TIDES).await;
    let adam = world.colleague(&owner, "Adam", Role::Administrator).await;
    let h = &world.hammock;
    let locale = hammock_contract::locale::Locale::En;
    let code = async |scope: &Scope, request| match h.start_answer(scope, request, locale).await {
        Err(error) => (error.code, error.field),
        Ok(_) => panic!("it was taken"),
    };
    let asked = with(&request, "What?", &[&file]);
    let missing = (ErrorCode::NotFound, Some("attachments".to_owned()));
    assert_eq!(code(&adam, asked.clone()).await, missing);
    assert_eq!(h.find_attachment(&adam, &file.id).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(h.remove_attachment(&adam, &file.id).await.unwrap_err().code, ErrorCode::NotFound);
    ask(&world, &owner, asked.clone()).await;
    assert_eq!(code(&owner, asked).await, missing);
    let many = ChatRequest { attachments: vec![file.id; 21], ..request };
    assert_eq!(code(&owner, many).await, (ErrorCode::InvalidField, Some("attachments".to_owned())));
}

#[tokio::test]
async fn a_question_that_is_asked_otherwise_keeps_what_is_named_of_its_files() {
    let (world, owner, request) = alone().await;
    let h = &world.hammock;
    let file = read(&world, &owner, "tides.md", TIDES).await;
    let picture = attach(&world, &owner, "cat.png", PNG).await.unwrap();
    // Attached first, and arrived last.
    let (events, _) = ask(&world, &owner, with(&request, "What is in here?", &[&picture, &file])).await;
    let id = conversation_of(&events);
    let first = h.find_conversation(&owner, &id).await.unwrap().messages.remove(0);
    let on = ChatRequest { conversation: Some(id.clone()), replaces: Some(first.id.clone()), ..request };
    ask(&world, &owner, with(&on, "What does it say?", &[&file])).await;
    assert!(given(&world).contains("quarter past four"), "it came with this question too");
    assert!(world.model.requests().pop().unwrap().pictures.is_empty(), "it was left out");
    let second = h.find_conversation(&owner, &id).await.unwrap().messages.remove(0);
    assert_eq!(second.attachments, [SentAttachment::from(file.clone())]);
    // Again, from there; and without any.
    let on = ChatRequest { replaces: Some(second.id), ..on };
    ask(&world, &owner, with(&on, "And what else?", &[&file])).await;
    let third = h.find_conversation(&owner, &id).await.unwrap().messages.remove(0);
    assert_eq!(third.attachments, [SentAttachment::from(file.clone())]);
    let on = ChatRequest { replaces: Some(third.id), ..on };
    ask(&world, &owner, with(&on, TIDE_TURNS, &[])).await;
    assert!(given(&world).is_empty(), "what was left out stays on the branch before");
    let shown = h.show_branch(&owner, &id, &first.id).await.unwrap();
    let both = [SentAttachment::from(picture.clone()), SentAttachment::from(file)];
    assert_eq!(shown.messages[0].attachments, both, "in the order in which they were attached");
    // Not what the question that is replaced does not have.
    let wrong = with(&on, "What?", &[&picture]);
    let refused = h.start_answer(&owner, wrong, hammock_contract::locale::Locale::En).await.err();
    let refused = refused.map(|error| (error.code, error.field));
    assert_eq!(refused, Some((ErrorCode::NotFound, Some("attachments".to_owned()))));
}

#[tokio::test]
async fn what_holds_a_file_is_given_to_nobody() {
    let (world, owner, request) = alone().await;
    let file = read(&world, &owner, "tides.md", TIDES).await;
    let (_, answer) = ask(&world, &owner, with(&request, "What?", &[&file])).await;
    let collection = &answer.citations[0].collection;
    let open = CollectionPatch { access: Some(CollectionAccess::Organisation), ..CollectionPatch::default() };
    let refused = world.hammock.update_collection(&owner, collection, open).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotFound);
    assert_eq!(world.hammock.delete_collection(&owner, collection).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_is_removed_or_never_sent_leaves_nothing_behind() {
    let (world, owner, request) = alone().await;
    let [removed, unsent, sent] = ["removed.md", "unsent.md", "sent.md"];
    let removed = read(&world, &owner, removed, TIDES).await;
    let unsent = read(&world, &owner, unsent, TIDES).await;
    let sent = read(&world, &owner, sent, TIDES).await;
    ask(&world, &owner, with(&request, "What?", &[&sent])).await;
    world.hammock.remove_attachment(&owner, &removed.id).await.unwrap();
    world.hammock.remove_abandoned_attachments().await.unwrap();
    assert!(world.hammock.find_attachment(&owner, &unsent.id).await.is_ok(), "it may still be sent");
    world.clock.pass(A_DAY);
    world.hammock.remove_abandoned_attachments().await.unwrap();
    assert_eq!(world.hammock.find_attachment(&owner, &unsent.id).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(world.hammock.find_attachment(&owner, &sent.id).await.is_ok());
    world.hammock.remove_attachment(&owner, &sent.id).await.unwrap();
    world.rest().await;
    let handbook =
        DocumentQuery { collection: Some(handbook_collection()), limit: Some(200), ..DocumentQuery::default() };
    let handbook = world.hammock.list_documents(&owner, handbook).await.unwrap().items;
    let mut left = world.index.list_text().await.unwrap();
    left.retain(|(document, ..)| handbook.iter().all(|page| page.id != *document));
    assert_eq!(left, []);
    let files = world.folder.path().join("files").join(owner.organisation().as_str());
    assert_eq!(std::fs::read_dir(files).map_or(0, Iterator::count), 0);
}

#[tokio::test]
async fn a_model_is_shown_pictures_also_with_the_next_question() {
    let (world, owner, request) = alone().await;
    let picture = attach(&world, &owner, "cat.txt", PNG).await.unwrap();
    assert_eq!((picture.kind, picture.state), (AttachmentKind::Picture, AttachmentState::Ready));
    assert_eq!(picture.media_type, "image/png");
    let (events, _) = ask(&world, &owner, with(&request, "What is this?", &[&picture])).await;
    let shown = world.model.requests().pop().unwrap().pictures;
    assert!(shown.len() == 1 && shown[0].data_url.starts_with("data:image/png;base64,"), "{shown:?}");
    let conversation = Some(conversation_of(&events));
    ask(&world, &owner, ChatRequest { conversation, text: "Which colour?".to_owned(), ..request.clone() }).await;
    assert_eq!(world.model.requests().pop().unwrap().pictures.len(), 1);
    ask(&world, &owner, request).await;
    assert!(world.model.requests().pop().unwrap().pictures.is_empty());
}

#[tokio::test]
async fn a_model_that_is_said_not_to_see_is_told_the_names_of_pictures() {
    let (world, owner, request) = alone().await;
    let id = request.assistant.clone().unwrap();
    let settings = world.hammock.find_assistant(&owner, &id).await.unwrap().settings;
    let blind = AssistantSettings { vision: Vision::No, ..settings };
    let stored = world.hammock.update_assistant(&owner, &id, blind).await.unwrap();
    assert_eq!(stored.settings.vision, Vision::No);
    let picture = attach(&world, &owner, "cat.png", PNG).await.unwrap();
    let (_, answer) = ask(&world, &owner, with(&request, "What is this?", &[&picture])).await;
    let asked = world.model.requests().pop().unwrap();
    let told: Vec<_> = asked.pictures.iter().map(|it| (it.name.as_str(), it.data_url.as_str())).collect();
    assert_eq!((asked.vision, told), (Vision::No, vec![("cat.png", "")]));
    assert!(answer.steps.iter().any(|step| step.detail.contains("the model cannot see")), "{:?}", answer.steps);
}

#[tokio::test]
async fn a_file_that_is_too_large_or_of_no_known_type_is_refused() {
    let (world, owner, _) = alone().await;
    assert_eq!(attach(&world, &owner, "a.txt", b"").await.unwrap_err().code, ErrorCode::EmptyFile);
    let large = attach(&world, &owner, "a.txt", &[b'a'; 50_001]).await.unwrap_err();
    assert_eq!(large.code, ErrorCode::TooLarge);
    let program = attach(&world, &owner, "run.bin", b"\x7fELF\x02\x01\x01\0\0\0\0\0").await.unwrap_err();
    assert_eq!(program.code, ErrorCode::UnsupportedFileType);
}
