//! What belongs to another organisation, or to another person, is not there.

use hammock_contract::{
    ChunkEditId, ErrorCode,
    assistant::Access,
    chat::ChatRequest,
    collection::CollectionPatch,
    connection::ConnectionPatch,
    conversation::ConversationQuery,
    document::{ChunkPatch, DocumentQuery},
    evaluation::{EvaluationQuestionPatch, NewEvaluationQuestion},
    feedback::{FeedbackPatch, FeedbackQuery, FeedbackState, NewFeedback},
    key::NewApiKey,
    locale::Locale,
    page::PageRequest,
    reading::ReadingRequest,
    search::SearchRequest,
    source::{NewSource, SourceKind, SourcePatch},
    user::{Role, UserPatch},
};
use hammock_llm::scripted::ScriptedModel;

use super::{
    chat::{ask, conversation_of, museum, note, question},
    evaluation::{expect, measured},
    excerpts::beginning_of,
    functions::{at_most, cheap_rooms, rooms},
    world::{World, assistant},
};
use crate::ExportFormat;

#[tokio::test]
async fn another_organisation_finds_changes_and_deletes_nothing() {
    let (world, eva, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let h = &world.hammock;
    let document = note(&world, &eva).await;
    let (collection, source) = (document.collection.clone(), document.source.clone());
    let assistant_id = request.assistant.clone().unwrap();
    let connection = h.list_connections(&eva).await.unwrap().remove(0).id;
    let key = h.create_key(&eva, NewApiKey { name: "CI".into(), role: Role::User }).await.unwrap().key.id;
    let (events, message) = ask(&world, &eva, request.clone()).await;
    let (conversation, run) = (conversation_of(&events), events[0].0.run.clone());
    let (asked, evaluation) = measured(&world, &eva, &collection, &document.location).await;
    let (rooms, function) = rooms(&world, &eva).await;
    h.rate_message(&eva, &message.id, Some(false)).await.unwrap();
    let said = h.list_feedback(&eva, FeedbackQuery::default()).await.unwrap().items.remove(0).id;
    let resolve = FeedbackPatch { state: FeedbackState::Resolved };
    let eva_id = eva.user().unwrap();
    let mallory = &world.owner("Mallory").await;

    let search =
        SearchRequest { query: "museum".into(), collections: vec![collection.clone()], ..SearchRequest::default() };
    let as_assistant =
        SearchRequest { query: "museum".into(), assistant: Some(assistant_id.clone()), ..SearchRequest::default() };
    let mut with_collection = assistant("Thief");
    with_collection.collections = vec![collection.clone()];
    let mut with_connection = assistant("Thief");
    (with_connection.connection, with_connection.model) = (Some(connection.clone()), "scripted".into());
    let in_conversation = ChatRequest { conversation: Some(conversation.clone()), ..question("Go on") };
    let with_assistant = ChatRequest { assistant: Some(assistant_id.clone()), ..question("Go on") };
    let new_source = NewSource { name: "Mine".into(), description: String::new(), kind: SourceKind::Upload };
    let passage = beginning_of(&document);
    let chunk = h.document_text(&eva, &document.id, None).await.unwrap().chunks.remove(0).id;
    let switch_off = ChunkPatch { enabled: Some(false), ..ChunkPatch::default() };
    let part = ReadingRequest { document: document.id.clone(), revision: None, marks: Vec::new(), from: None };
    let new_question = NewEvaluationQuestion { question: "Mine?".into(), expected: vec![expect(&document.location)] };
    let patch = EvaluationQuestionPatch { question: Some("Mine?".into()), ..EvaluationQuestionPatch::default() };
    let first = PageRequest::default();
    let attempts = [
        ("list_evaluation_questions", h.list_evaluation_questions(mallory, &collection, first).await.map(drop)),
        (
            "create_evaluation_question",
            h.create_evaluation_question(mallory, &collection, new_question).await.map(drop),
        ),
        (
            "update_evaluation_question",
            h.update_evaluation_question(mallory, &collection, &asked, patch).await.map(drop),
        ),
        ("delete_evaluation_question", h.delete_evaluation_question(mallory, &collection, &asked).await),
        (
            "import_evaluation_questions",
            h.import_evaluation_questions(mallory, &collection, Vec::new()).await.map(drop),
        ),
        ("export_evaluation_questions", h.export_evaluation_questions(mallory, &collection).await.map(drop)),
        ("list_source_questions", h.list_source_questions(mallory, &source, PageRequest::default()).await.map(drop)),
        ("source_figures", h.source_figures(mallory, &source).await.map(drop)),
        ("list_evaluation_runs", h.list_evaluation_runs(mallory, &collection).await.map(drop)),
        ("start_evaluation", h.start_evaluation(mallory, &collection).await.map(drop)),
        ("stop_evaluation", h.stop_evaluation(mallory, &collection, &evaluation).await.map(drop)),
        ("evaluation_report", h.evaluation_report(mallory, &collection, &evaluation).await.map(drop)),
        ("find_assistant", h.find_assistant(mallory, &assistant_id).await.map(drop)),
        ("update_assistant", h.update_assistant(mallory, &assistant_id, assistant("Mine")).await.map(drop)),
        ("delete_assistant", h.delete_assistant(mallory, &assistant_id).await),
        ("create_assistant with a collection", h.create_assistant(mallory, with_collection).await.map(drop)),
        ("create_assistant with a connection", h.create_assistant(mallory, with_connection).await.map(drop)),
        ("find_collection", h.find_collection(mallory, &collection).await.map(drop)),
        ("update_collection", h.update_collection(mallory, &collection, CollectionPatch::default()).await.map(drop)),
        ("delete_collection", h.delete_collection(mallory, &collection).await),
        ("list_sources", h.list_sources(mallory, &collection).await.map(drop)),
        ("create_source", h.create_source(mallory, &collection, new_source).await.map(drop)),
        ("list_tables", h.list_tables(mallory, &rooms).await.map(drop)),
        ("list_functions", h.list_functions(mallory, &rooms).await.map(drop)),
        ("find_function", h.find_function(mallory, &rooms, &function).await.map(drop)),
        ("create_function", h.create_function(mallory, &rooms, cheap_rooms()).await.map(drop)),
        ("update_function", h.update_function(mallory, &rooms, &function, cheap_rooms()).await.map(drop)),
        ("delete_function", h.delete_function(mallory, &rooms, &function).await),
        ("run_function", h.run_function(mallory, &rooms, &function, at_most(1.0)).await.map(drop)),
        ("preview_function", h.preview_function(mallory, &rooms, cheap_rooms(), at_most(1.0)).await.map(drop)),
        ("find_source", h.find_source(mallory, &source).await.map(drop)),
        ("refresh_source", h.refresh_source(mallory, &source).await.map(drop)),
        ("stop_source", h.stop_source(mallory, &source).await.map(drop)),
        ("update_source", h.update_source(mallory, &source, SourcePatch::default()).await.map(drop)),
        ("accept_crawl", h.accept_crawl(mallory, &source).await.map(drop)),
        ("reject_crawl", h.reject_crawl(mallory, &source).await.map(drop)),
        ("list_crawls", h.list_crawls(mallory, &source).await.map(drop)),
        ("delete_source", h.delete_source(mallory, &source).await),
        ("upload_file", world.upload(mallory, &source, "hours.md", b"# Hours\n\nNever.").await.map(drop)),
        ("find_document", h.find_document(mallory, &document.id).await.map(drop)),
        ("document_text", h.document_text(mallory, &document.id, None).await.map(drop)),
        ("document_text of a revision", h.document_text(mallory, &document.id, Some(1)).await.map(drop)),
        ("cited_excerpt", h.cited_excerpt(mallory, passage).await.map(drop)),
        ("read_text", h.read_text(mallory, part).await.map(drop)),
        ("search_to_read", h.search_to_read(mallory, search.clone()).await.map(drop)),
        ("open_original", h.open_original(mallory, &document.id).await.map(drop)),
        ("reindex_document", h.reindex_document(mallory, &document.id).await.map(drop)),
        ("update_chunk", h.update_chunk(mallory, &document.id, &chunk, switch_off).await.map(drop)),
        ("discard_edit", h.discard_edit(mallory, &document.id, &ChunkEditId::new()).await),
        ("delete_document", h.delete_document(mallory, &document.id).await),
        ("search", h.search(mallory, search).await.map(drop)),
        ("search", h.search(mallory, as_assistant).await.map(drop)),
        ("update_connection", h.update_connection(mallory, &connection, ConnectionPatch::default()).await.map(drop)),
        ("delete_connection", h.delete_connection(mallory, &connection).await),
        ("list_models", h.list_models(mallory, &connection).await.map(drop)),
        ("revoke_key", h.revoke_key(mallory, &key).await),
        ("update_user", h.update_user(mallory, eva_id, UserPatch::default()).await.map(drop)),
        ("remove_user", h.remove_user(mallory, eva_id).await),
        ("resend_invitation", h.resend_invitation(mallory, eva_id, Locale::En).await),
        ("find_conversation", h.find_conversation(mallory, &conversation).await.map(drop)),
        ("rename_conversation", h.rename_conversation(mallory, &conversation, "Mine".into()).await.map(drop)),
        ("delete_conversation", h.delete_conversation(mallory, &conversation).await),
        ("restore_conversation", h.restore_conversation(mallory, &conversation).await.map(drop)),
        ("rate_message", h.rate_message(mallory, &message.id, Some(true)).await),
        ("own_feedback", h.own_feedback(mallory, &message.id).await.map(drop)),
        ("give_feedback", h.give_feedback(mallory, &message.id, NewFeedback::default()).await.map(drop)),
        ("read_feedback", h.read_feedback(mallory, &said).await.map(drop)),
        ("update_feedback", h.update_feedback(mallory, &said, resolve).await.map(drop)),
        (
            "export_conversation",
            h.export_conversation(mallory, &conversation, ExportFormat::Json, Locale::En).await.map(drop),
        ),
        ("start_answer in a conversation", h.start_answer(mallory, in_conversation, Locale::En).await.map(drop)),
        ("start_answer with an assistant", h.start_answer(mallory, with_assistant, Locale::En).await.map(drop)),
        ("resume_answer", h.resume_answer(mallory, &run, 0).await.map(drop)),
        ("stop_answer", h.stop_answer(mallory, &run).await),
    ];
    for (attempt, outcome) in attempts {
        assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::NotFound), "{attempt}");
    }

    // Lists hold nothing of it either.
    let everything = h.list_documents(mallory, DocumentQuery::default()).await.unwrap().items;
    assert!(everything.is_empty(), "{everything:?}");
    let of_collection = DocumentQuery { collection: Some(collection.clone()), ..DocumentQuery::default() };
    assert!(h.list_documents(mallory, of_collection).await.map_or(true, |page| page.items.is_empty()));
    assert!(world.search(mallory, "museum dogs").await.iter().all(|hit| hit.collection != collection));
    assert!(h.list_connections(mallory).await.unwrap().is_empty());
    assert!(h.list_feedback(mallory, FeedbackQuery::default()).await.unwrap().items.is_empty());
    assert!(h.list_keys(mallory).await.unwrap().is_empty());
    assert!(h.list_conversations(mallory, ConversationQuery::default()).await.unwrap().items.is_empty());
    assert_eq!(h.list_users(mallory, PageRequest::default()).await.unwrap().items.len(), 1);

    // And all is as it was.
    assert_eq!(h.find_document(&eva, &document.id).await.unwrap(), document);
    assert_eq!(h.find_assistant(&eva, &assistant_id).await.unwrap().settings.name, "Concierge");
    assert_eq!(h.find_conversation(&eva, &conversation).await.unwrap().messages.len(), 2);
    assert_eq!(h.list_keys(&eva).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_private_is_not_there_for_colleagues() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let adam = world.colleague(&owner, "Adam", Role::User).await;
    let mut settings = assistant("Adam's own");
    settings.access = Access::Private;
    let own = world.hammock.create_assistant(&adam, settings.clone()).await.unwrap();
    assert!(own.can_edit);
    let (events, message) =
        ask(&world, &adam, ChatRequest { assistant: Some(own.id.clone()), ..question("Hello") }).await;
    let conversation = conversation_of(&events);

    let beth = world.colleague(&owner, "Beth", Role::Administrator).await;
    for other in [&owner, &beth] {
        let h = &world.hammock;
        let listed = h.list_assistants(other, PageRequest::default()).await.unwrap().items;
        assert!(listed.iter().all(|found| found.id != own.id));
        let with_it = ChatRequest { assistant: Some(own.id.clone()), ..question("Hello") };
        for (attempt, outcome) in [
            ("find", h.find_assistant(other, &own.id).await.map(drop)),
            ("update", h.update_assistant(other, &own.id, settings.clone()).await.map(drop)),
            ("delete", h.delete_assistant(other, &own.id).await),
            ("ask", h.start_answer(other, with_it, Locale::En).await.map(drop)),
            ("read", h.find_conversation(other, &conversation).await.map(drop)),
            ("rename", h.rename_conversation(other, &conversation, "Mine".into()).await.map(drop)),
            ("delete conversation", h.delete_conversation(other, &conversation).await),
            ("rate", h.rate_message(other, &message.id, Some(false)).await),
            ("resume", h.resume_answer(other, &events[0].0.run, 0).await.map(drop)),
            ("stop", h.stop_answer(other, &events[0].0.run).await),
        ] {
            assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::NotFound), "{attempt}");
        }
        assert!(h.list_conversations(other, ConversationQuery::default()).await.unwrap().items.is_empty());
    }
    assert_eq!(world.hammock.list_conversations(&adam, ConversationQuery::default()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_deleted_conversation_can_be_taken_back() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (events, message) = ask(&world, &owner, question("Hello")).await;
    let id = conversation_of(&events);
    world.hammock.rate_message(&owner, &message.id, Some(true)).await.unwrap();
    world.hammock.delete_conversation(&owner, &id).await.unwrap();
    assert_eq!(world.hammock.find_conversation(&owner, &id).await.unwrap_err().code, ErrorCode::NotFound);
    assert!(world.hammock.list_conversations(&owner, ConversationQuery::default()).await.unwrap().items.is_empty());
    world.hammock.restore_conversation(&owner, &id).await.unwrap();
    assert_eq!(world.hammock.find_conversation(&owner, &id).await.unwrap().messages[1].rating, Some(true));
}

hammock_testkit::on_postgres!(
    "the borders between organisations on PostgreSQL",
    another_organisation_finds_changes_and_deletes_nothing,
    what_is_private_is_not_there_for_colleagues,
    a_deleted_conversation_can_be_taken_back,
);
