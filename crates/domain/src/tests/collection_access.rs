//! What is in a collection is found, read and answered from by those who see it alone.

use hammock_contract::{
    ErrorCode,
    assistant::AssistantSettings,
    collection::{AccessQuery, AccessReport, AccessRule, CollectionAccess, CollectionPatch, NewCollection},
    document::{ChunkPatch, DocumentQuery},
    evaluation::{EvaluationQuestionPatch, NewEvaluationQuestion},
    locale::Locale,
    page::PageRequest,
    reading::ReadingRequest,
    retrieval::RetrievalSettings,
    search::{SearchMode, SearchRequest},
    source::{NewSource, SourceKind, SourcePatch},
    stream::StreamEvent,
    user::Role,
};
use hammock_llm::scripted::ScriptedModel;
use hammock_retrieval::{
    ChunkVector, SearchIndex as _, VectorSpace,
    search::{QueryVector, search},
};

use super::{
    chat::{all, ask, conversation_of, museum, note},
    evaluation::{expect, measured},
    excerpts::beginning_of,
    world::assistant,
};
use crate::search::filter_of;

fn restricted(access: CollectionAccess) -> CollectionPatch {
    CollectionPatch { access: Some(access), ..CollectionPatch::default() }
}

#[tokio::test]
async fn who_does_not_see_it_reads_changes_and_finds_nothing() {
    let (world, eva, _) = museum(ScriptedModel::saying("At nine [1].")).await;
    let h = &world.hammock;
    let document = note(&world, &eva).await;
    let (collection, source) = (document.collection.clone(), document.source.clone());
    let beth = &world.colleague(&eva, "Beth", Role::Administrator).await;
    h.update_collection(&eva, &collection, restricted(CollectionAccess::Private)).await.unwrap();

    let search = |mode| {
        let collections = vec![collection.clone()];
        SearchRequest { query: "museum".into(), collections, mode, explain: true, ..SearchRequest::default() }
    };
    let passage = beginning_of(&document);
    let part = ReadingRequest { document: document.id.clone(), revision: None, marks: Vec::new(), from: None };
    let mut with_collection = assistant("Thief");
    with_collection.collections = vec![collection.clone()];
    let new_source = NewSource { name: "Mine".into(), description: String::new(), kind: SourceKind::Upload };
    let renamed = CollectionPatch { name: Some("Mine".into()), ..restricted(CollectionAccess::Organisation) };
    let attempts = [
        ("find_collection", h.find_collection(beth, &collection).await.map(drop)),
        ("update_collection", h.update_collection(beth, &collection, renamed).await.map(drop)),
        ("list_sources", h.list_sources(beth, &collection).await.map(drop)),
        ("create_source", h.create_source(beth, &collection, new_source).await.map(drop)),
        ("find_source", h.find_source(beth, &source).await.map(drop)),
        ("refresh_source", h.refresh_source(beth, &source).await.map(drop)),
        ("stop_source", h.stop_source(beth, &source).await.map(drop)),
        ("update_source", h.update_source(beth, &source, SourcePatch::default()).await.map(drop)),
        ("accept_crawl", h.accept_crawl(beth, &source).await.map(drop)),
        ("reject_crawl", h.reject_crawl(beth, &source).await.map(drop)),
        ("list_crawls", h.list_crawls(beth, &source).await.map(drop)),
        ("list_source_questions", h.list_source_questions(beth, &source, PageRequest::default()).await.map(drop)),
        ("source_figures", h.source_figures(beth, &source).await.map(drop)),
        ("delete_source", h.delete_source(beth, &source).await),
        ("upload_file", world.upload(beth, &source, "hours.md", b"# Hours\n\nNever.").await.map(drop)),
        ("find_document", h.find_document(beth, &document.id).await.map(drop)),
        ("document_text", h.document_text(beth, &document.id, None).await.map(drop)),
        ("document_text of a revision", h.document_text(beth, &document.id, Some(1)).await.map(drop)),
        ("cited_excerpt", h.cited_excerpt(beth, passage).await.map(drop)),
        ("read_text", h.read_text(beth, part).await.map(drop)),
        ("open_original", h.open_original(beth, &document.id).await.map(drop)),
        ("reindex_document", h.reindex_document(beth, &document.id).await.map(drop)),
        ("delete_document", h.delete_document(beth, &document.id).await),
        ("search by words", h.search(beth, search(SearchMode::Keyword)).await.map(drop)),
        ("search by meaning", h.search(beth, search(SearchMode::Vector)).await.map(drop)),
        ("search by both", h.search(beth, search(SearchMode::Hybrid)).await.map(drop)),
        ("search_to_read", h.search_to_read(beth, search(SearchMode::Hybrid)).await.map(drop)),
        ("create_assistant", h.create_assistant(beth, with_collection).await.map(drop)),
    ];
    for (attempt, outcome) in attempts {
        assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::NotFound), "{attempt}");
    }
    for mode in [SearchMode::Keyword, SearchMode::Vector, SearchMode::Hybrid] {
        let everywhere = SearchRequest { collections: Vec::new(), ..search(mode) };
        let hits = h.search(beth, everywhere).await.unwrap().hits;
        assert!(hits.iter().all(|hit| hit.collection != collection), "{mode:?}");
    }
    assert!(h.list_documents(beth, DocumentQuery::default()).await.unwrap().items.is_empty());
    let listed = h.list_collections(beth, PageRequest::default()).await.unwrap().items;
    assert!(listed.iter().all(|one| one.id != collection));
    // Who made it sees and finds it as before.
    assert_eq!(h.find_document(&eva, &document.id).await.unwrap(), document);
    assert!(world.search(&eva, "museum").await.iter().any(|hit| hit.collection == collection));
}

#[tokio::test]
async fn what_people_made_of_it_is_for_those_who_see_it() {
    let (world, eva, request) = museum(ScriptedModel::new([])).await;
    let h = &world.hammock;
    let document = note(&world, &eva).await;
    let (id, collection) = (document.id.clone(), document.collection.clone());
    let beth = &world.colleague(&eva, "Beth", Role::Administrator).await;
    let adam = &world.colleague(&eva, "Adam", Role::User).await;
    let text = |text: &str| ChunkPatch { text: Some(text.to_owned()), ..ChunkPatch::default() };
    let before = h.document_text(&eva, &id, None).await.unwrap().chunks.remove(0).id;
    let edited = "The museum opens at nine. Dogs and swallows stay outside.";
    let chunk = h.update_chunk(&eva, &id, &before, text(edited)).await.unwrap();
    world.rest().await;
    let edits = hammock_store::chunk_edits::list(&eva, h.store().read(), std::slice::from_ref(&id)).await.unwrap();
    let edit = edits[0].row.id.clone();
    let (question, run) = measured(&world, &eva, &collection, &document.location).await;
    h.update_collection(&eva, &collection, restricted(CollectionAccess::Private)).await.unwrap();

    let new = NewEvaluationQuestion { question: "Mine?".into(), expected: vec![expect(&document.location)] };
    let patch = EvaluationQuestionPatch { question: Some("Mine?".into()), ..EvaluationQuestionPatch::default() };
    let retrieval = RetrievalSettings { keyword_weight: Some(0.0), ..RetrievalSettings::default() };
    let tuned = CollectionPatch { retrieval: Some(retrieval.clone()), ..CollectionPatch::default() };
    let opened = CollectionPatch { retrieval: Some(retrieval), ..restricted(CollectionAccess::Organisation) };
    let attempts = [
        ("create a question", h.create_evaluation_question(beth, &collection, new).await.map(drop)),
        ("update a question", h.update_evaluation_question(beth, &collection, &question, patch).await.map(drop)),
        ("delete a question", h.delete_evaluation_question(beth, &collection, &question).await),
        ("import questions", h.import_evaluation_questions(beth, &collection, Vec::new()).await.map(drop)),
        ("start_evaluation", h.start_evaluation(beth, &collection).await.map(drop)),
        ("stop_evaluation", h.stop_evaluation(beth, &collection, &run).await.map(drop)),
        ("update_chunk", h.update_chunk(beth, &id, &chunk.id, text("Mine")).await.map(drop)),
        ("discard_edit", h.discard_edit(beth, &id, &edit).await),
        ("set how it is searched", h.update_collection(beth, &collection, tuned).await.map(drop)),
        ("set that with its access", h.update_collection(beth, &collection, opened).await.map(drop)),
    ];
    for (attempt, outcome) in attempts {
        assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::NotFound), "{attempt}");
    }
    for (who, scope) in [("an administrator", beth), ("a user", adam)] {
        let first = PageRequest::default();
        let attempts = [
            ("questions", h.list_evaluation_questions(scope, &collection, first).await.map(drop)),
            ("export", h.export_evaluation_questions(scope, &collection).await.map(drop)),
            ("runs", h.list_evaluation_runs(scope, &collection).await.map(drop)),
            ("report", h.evaluation_report(scope, &collection, &run).await.map(drop)),
        ];
        for (attempt, outcome) in attempts {
            assert_eq!(outcome.map_err(|error| error.code), Err(ErrorCode::NotFound), "{attempt} as {who}");
        }
        // As an assistant that has the collection, and explained: neither passages nor what the model would be given.
        for mode in [SearchMode::Keyword, SearchMode::Vector, SearchMode::Hybrid] {
            for query in ["When do the dogs stay outside?", "zeppelin"] {
                let assistant = request.assistant.clone();
                let tried =
                    SearchRequest { query: query.into(), assistant, mode, explain: true, ..SearchRequest::default() };
                let found = h.search(scope, tried).await.unwrap();
                let explanation = found.explanation.unwrap();
                assert!(found.hits.is_empty() && explanation.hits.is_empty(), "{mode:?} as {who}");
                assert!(explanation.prompt.is_none() && explanation.topics.is_empty(), "{mode:?} as {who}");
            }
        }
    }
    // It is as it was for who made it, and goes on to be measured.
    assert_eq!(h.document_text(&eva, &id, None).await.unwrap().chunks[0], chunk);
    let questions = h.list_evaluation_questions(&eva, &collection, PageRequest::default()).await.unwrap().items;
    assert_eq!(questions.iter().map(|one| &one.id).collect::<Vec<_>>(), [&question]);
    assert_eq!(h.find_collection(&eva, &collection).await.unwrap().retrieval, RetrievalSettings::default());
    let (_, run) = measured(&world, &eva, &collection, &document.location).await;
    let report = h.evaluation_report(&eva, &collection, &run).await.unwrap();
    assert_eq!(report.run.main().unwrap().recall100, 1.0);
}

#[tokio::test]
async fn neither_words_nor_vectors_nor_both_bring_what_is_not_seen() {
    let (world, eva, _) = museum(ScriptedModel::new([])).await;
    let h = &world.hammock;
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    let document = note(&world, &eva).await;
    h.update_collection(&eva, &document.collection, restricted(CollectionAccess::Private)).await.unwrap();
    // As near to the question as can be.
    let space = VectorSpace { model: "made up".to_owned(), dimension: 2 };
    let near = [1.0_f32, 0.0];
    let chunks = h.document_text(&eva, &document.id, None).await.unwrap().chunks;
    let vectors = chunks.into_iter().map(|chunk| ChunkVector {
        organisation: eva.organisation().clone(),
        collection: document.collection.clone(),
        document: document.id.clone(),
        revision: document.revision,
        chunk: chunk.id,
        vector: near.to_vec(),
    });
    world.index.put_vectors(&space, vectors.collect()).await.unwrap();
    for (scope, sees) in [(&eva, true), (&adam, false)] {
        let seen = hammock_store::collections::list_ids(scope, h.store().read()).await.unwrap();
        let filter = filter_of(scope, seen);
        for mode in [SearchMode::Keyword, SearchMode::Vector, SearchMode::Hybrid] {
            let vector = QueryVector { space: &space, vector: &near, languages: &[] };
            let found = search(&*world.index, "museum dogs", None, &filter, mode, Some(vector)).await.unwrap();
            let hits = found.rank(mode, 10).hits;
            assert_eq!(hits.iter().any(|hit| hit.document == document.id), sees, "{mode:?}");
            assert!(sees || found.revisions().iter().all(|(id, _)| *id != document.id), "{mode:?}");
        }
    }
}

#[tokio::test]
async fn an_assistant_answers_each_from_what_they_see() {
    let (world, eva, request) = museum(ScriptedModel::saying("At nine [1].")).await;
    let h = &world.hammock;
    let collection = note(&world, &eva).await.collection;
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    let id = request.assistant.clone().unwrap();

    let (events, message) = ask(&world, &adam, request.clone()).await;
    assert!(message.citations.iter().any(|citation| citation.quote.contains("nine")));
    let (conversation, run) = (conversation_of(&events), events[0].0.run.clone());
    h.update_collection(&eva, &collection, restricted(CollectionAccess::Private)).await.unwrap();

    // Of what was said before, the text stays, and the passage is not told any more.
    let read = h.find_conversation(&adam, &conversation).await.unwrap();
    let answer = &read.messages[1];
    assert_eq!((&answer.text, &answer.blocks), (&message.text, &message.blocks));
    assert!(answer.citations.iter().all(|citation| citation.hidden && citation.quote.is_empty()));
    for (_, event) in all(h.resume_answer(&adam, &run, 0).await.unwrap().events).await {
        if let StreamEvent::Sources { citations } = &*event {
            assert!(citations.iter().all(|citation| citation.hidden && citation.title.is_empty()));
        }
        assert!(!serde_json::to_string(&*event).unwrap().contains("closes at five"), "{event:?}");
    }
    // Nothing new comes out of it.
    let (_, message) = ask(&world, &adam, request.clone()).await;
    assert!(message.citations.is_empty());
    assert!(world.model.requests().last().unwrap().sources.is_empty());
    let found = h.find_assistant(&adam, &id).await.unwrap();
    assert!(found.settings.collections.is_empty());
    assert_eq!(found.hidden_collections, 1);
    let listed = h.list_assistants(&adam, PageRequest::default()).await.unwrap().items;
    assert_eq!(listed.iter().find(|one| one.id == id).unwrap().collections, 0);
    assert!(
        h.greet(&adam, &id, Locale::En).await.unwrap().topics.is_empty(),
        "nor is it named as what can be asked about"
    );
    // Who sees it is answered from it.
    let own = h.find_assistant(&eva, &id).await.unwrap();
    assert_eq!((own.settings.collections.as_slice(), own.hidden_collections), (&[collection.clone()][..], 0));
    assert_eq!(h.greet(&eva, &id, Locale::En).await.unwrap().topics, vec![note(&world, &eva).await.title]);

    // Given back, all is told again.
    let people = Some(vec![adam.user().unwrap().clone()]);
    let chosen = CollectionPatch { people, ..restricted(CollectionAccess::Chosen) };
    h.update_collection(&eva, &collection, chosen).await.unwrap();
    let read = h.find_conversation(&adam, &conversation).await.unwrap();
    assert!(read.messages[1].citations.iter().all(|citation| !citation.hidden && !citation.quote.is_empty()));
}

#[tokio::test]
async fn who_edits_an_assistant_can_take_from_it_what_they_do_not_see() {
    let (world, eva, request) = museum(ScriptedModel::new([])).await;
    let h = &world.hammock;
    let collection = note(&world, &eva).await.collection;
    let id = request.assistant.unwrap();
    let beth = world.colleague(&eva, "Beth", Role::Administrator).await;
    let carl = world.colleague(&eva, "Carl", Role::User).await;
    let (open, _) = world.collection(&eva, "Open").await;
    let settings = h.find_assistant(&eva, &id).await.unwrap().settings;
    let both = AssistantSettings { collections: vec![collection.clone(), open.clone()], ..settings };
    h.update_assistant(&eva, &id, both).await.unwrap();
    h.update_collection(&eva, &collection, restricted(CollectionAccess::Private)).await.unwrap();

    let refused = h.remove_hidden_collections(&carl, &id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RoleRequired);
    let mallory = world.owner("Mallory").await;
    assert_eq!(h.remove_hidden_collections(&mallory, &id).await.unwrap_err().code, ErrorCode::NotFound);
    // For whoever sees them all there is nothing to take.
    h.remove_hidden_collections(&eva, &id).await.unwrap();
    assert_eq!(h.find_assistant(&eva, &id).await.unwrap().settings.collections.len(), 2);

    h.remove_hidden_collections(&beth, &id).await.unwrap();
    let left = h.find_assistant(&eva, &id).await.unwrap();
    assert_eq!((left.settings.collections.as_slice(), left.hidden_collections), (&[open][..], 0));
    let request = PageRequest { query: Some("assistant.remove_hidden".to_owned()), ..PageRequest::default() };
    let written = hammock_store::audit::list(&eva, h.store().read(), &request).await.unwrap().items;
    assert_eq!(written.len(), 1);
    assert!(written[0].detail.to_string().contains(collection.as_str()));
}

#[tokio::test]
async fn the_rule_is_told_to_whom_it_concerns() {
    let (world, eva, _) = museum(ScriptedModel::new([])).await;
    let h = &world.hammock;
    let id = note(&world, &eva).await.collection;
    let adam = world.colleague(&eva, "Adam", Role::User).await;
    let beth = world.colleague(&eva, "Beth", Role::Administrator).await;
    let carl = world.colleague(&eva, "Carl", Role::User).await;
    let adam_id = adam.user().unwrap().clone();
    let people = Some(vec![adam_id.clone()]);
    let chosen = CollectionPatch { people, ..restricted(CollectionAccess::Chosen) };
    h.update_collection(&eva, &id, chosen).await.unwrap();

    let report = h.explain_access(&beth, &id, AccessQuery::default()).await.unwrap();
    let rules: Vec<(&str, AccessRule, bool)> =
        report.people.iter().map(|one| (one.name.as_str(), one.rule, one.visible)).collect();
    assert_eq!(
        rules,
        [
            ("Adam Example", AccessRule::Chosen, true),
            ("Beth Example", AccessRule::Administrator, false),
            ("Eva Example", AccessRule::MadeIt, true),
        ]
    );
    assert_eq!(report.people[0].chosen_by.as_deref(), Some("Eva Example"));
    assert!(report.people[0].chosen_at.is_some());
    let of = |user: &hammock_contract::UserId| AccessQuery { user: Some(user.clone()) };
    let carl_id = carl.user().unwrap();
    let told = h.explain_access(&eva, &id, of(carl_id)).await.unwrap().people;
    assert_eq!((told.len(), told[0].rule, told[0].visible), (1, AccessRule::NotChosen, false));
    // A user learns about themselves, where they see it at all.
    let told = h.explain_access(&adam, &id, AccessQuery::default()).await.unwrap().people;
    assert_eq!((told.len(), &told[0].user), (1, &adam_id));
    let refused = |outcome: crate::Result<AccessReport>| outcome.unwrap_err().code;
    assert_eq!(refused(h.explain_access(&adam, &id, of(carl_id)).await), ErrorCode::RoleRequired);
    assert_eq!(refused(h.explain_access(&carl, &id, AccessQuery::default()).await), ErrorCode::NotFound);
    assert_eq!(refused(h.explain_access(&carl, &id, of(carl_id)).await), ErrorCode::NotFound);
    let mallory = world.owner("Mallory").await;
    assert_eq!(refused(h.explain_access(&mallory, &id, AccessQuery::default()).await), ErrorCode::NotFound);
    assert_eq!(refused(h.explain_access(&eva, &id, of(mallory.user().unwrap())).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn administrators_manage_what_they_do_not_see() {
    let (world, eva, _) = museum(ScriptedModel::new([])).await;
    let h = &world.hammock;
    let id = note(&world, &eva).await.collection;
    let beth = world.colleague(&eva, "Beth", Role::Administrator).await;
    h.update_collection(&eva, &id, restricted(CollectionAccess::Private)).await.unwrap();
    let hidden = h.list_hidden_collections(&beth).await.unwrap();
    assert_eq!((hidden.len(), hidden[0].name.as_str(), hidden[0].can_read), (1, "Museum", false));
    assert!(h.list_hidden_collections(&eva).await.unwrap().is_empty());
    // They can let themselves in, which is written down; and then they see it.
    let people = Some(vec![beth.user().unwrap().clone()]);
    let chosen = CollectionPatch { people, ..restricted(CollectionAccess::Chosen) };
    let opened = h.update_collection(&beth, &id, chosen).await.unwrap();
    assert!(opened.can_read && opened.documents == 1);
    let request = PageRequest { query: Some("collection.access".to_owned()), ..PageRequest::default() };
    let written = hammock_store::audit::list(&eva, h.store().read(), &request).await.unwrap().items;
    assert!(written[0].detail.to_string().contains(beth.user().unwrap().as_str()));
    // Out again: what is told of it then is that it is there.
    let closed = h.update_collection(&beth, &id, restricted(CollectionAccess::Private)).await.unwrap();
    assert!(!closed.can_read && closed.documents == 0);
    h.delete_collection(&beth, &id).await.unwrap();
    assert_eq!(h.find_collection(&eva, &id).await.unwrap_err().code, ErrorCode::NotFound);
    world.rest().await;
    assert!(world.search(&eva, "museum dogs").await.iter().all(|hit| hit.collection != id));

    // What cannot be meant is refused.
    let people = vec![eva.user().unwrap().clone()];
    let new = NewCollection { name: "Mixed".into(), people, ..NewCollection::default() };
    let refused = h.create_collection(&eva, new).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidField, Some("people")));
    let mallory = world.owner("Mallory").await;
    let people = vec![mallory.user().unwrap().clone()];
    let access = CollectionAccess::Chosen;
    let new = NewCollection { name: "Foreign".into(), access, people, ..NewCollection::default() };
    let refused = h.create_collection(&eva, new).await.unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotFound, Some("people")));
    let listed = h.list_collections(&eva, PageRequest::default()).await.unwrap().items;
    assert!(listed.iter().all(|one| one.name != "Foreign"), "nothing of it was stored");
}

hammock_testkit::on_postgres!(
    "the borders of collections on PostgreSQL",
    who_does_not_see_it_reads_changes_and_finds_nothing,
    what_people_made_of_it_is_for_those_who_see_it,
    neither_words_nor_vectors_nor_both_bring_what_is_not_seen,
    an_assistant_answers_each_from_what_they_see,
    who_edits_an_assistant_can_take_from_it_what_they_do_not_see,
    the_rule_is_told_to_whom_it_concerns,
    administrators_manage_what_they_do_not_see,
);
