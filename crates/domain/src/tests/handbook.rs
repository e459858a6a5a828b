//! The manual that comes with Hammock.

use hammock_contract::{
    ChunkEditId, ErrorCode,
    auth::Registration,
    chat::{AnswerKind, ChatRequest, MessageState},
    collection::{CollectionPatch, NewCollection},
    document::{ChunkPatch, DocumentQuery},
    locale::Locale,
    page::PageRequest,
    source::{NewSource, SourceKind, SourceState},
};
use hammock_store::scope::handbook_collection;

use super::{
    chat::{all, ask, last},
    world::{World, registration},
};
use crate::Origin;

#[tokio::test]
async fn everybody_finds_it_by_words() {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    for name in ["Eva", "Adam"] {
        let owner = world.owner(name).await;
        let hits = world.search(&owner, "connect a language model provider").await;
        assert!(!hits.is_empty() && hits.iter().all(|hit| hit.collection == handbook_collection()));
        let request = ChatRequest {
            conversation: None,
            assistant: None,
            text: "How do I add a website or files?".to_owned(),
            replaces: None,
            continues: false,
            filters: Vec::new(),
            attachments: Vec::new(),
            idempotency_key: None,
        };
        let (_, answer) = ask(&world, &owner, request).await;
        assert_eq!((answer.state, answer.answer_kind), (MessageState::Complete, AnswerKind::Quoted), "{}", answer.text);
    }
}

#[tokio::test]
async fn no_other_collection_takes_its_name() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (collection, _) = world.collection(&owner, "Museum").await;
    let name = "hammock HANDBOOK".to_owned();
    let new = NewCollection { name: name.clone(), ..NewCollection::default() };
    assert_eq!(world.hammock.create_collection(&owner, new).await.unwrap_err().code, ErrorCode::NameTaken);
    let patch = CollectionPatch { name: Some(name), ..CollectionPatch::default() };
    let renamed = world.hammock.update_collection(&owner, &collection, patch).await;
    assert_eq!(renamed.unwrap_err().code, ErrorCode::NameTaken);
}

#[tokio::test]
async fn it_answers_what_the_first_assistant_offers_in_the_language_of_who_registered() {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    for (name, locale, page) in [
        ("Eva", Locale::En, None),
        ("Zoé", Locale::Fr, Some("Premiers pas")),
        ("Žofie", Locale::Cs, Some("První kroky")),
    ] {
        let registration = Registration { email: format!("{locale:?}@example.org"), ..registration(name) };
        let origin = Origin { address: None, locale };
        let user = world.hammock.register(registration, &origin).await.unwrap().user;
        let owner = world.hammock.scope_for_user(&user).await.unwrap().unwrap();
        let found = world.hammock.list_assistants(&owner, PageRequest::default()).await.unwrap().items.remove(0);
        let settings = world.hammock.find_assistant(&owner, &found.id).await.unwrap().settings;
        assert_eq!(settings.suggestions.len(), 3);
        // Who reads in another language is asked in that one.
        let greeting = world.hammock.greet(&owner, &found.id, Locale::Cs).await.unwrap();
        assert_eq!(greeting.suggestions[0], "Jak dám chat na svůj web?", "{locale:?}");
        assert!(greeting.text.starts_with("Zeptejte se na cokoli"), "{locale:?}: {}", greeting.text);
        for (at, question) in settings.suggestions.into_iter().enumerate() {
            let request = ChatRequest {
                conversation: None,
                assistant: None,
                text: question.clone(),
                replaces: None,
                continues: false,
                filters: Vec::new(),
                attachments: Vec::new(),
                idempotency_key: None,
            };
            let answer = world.hammock.start_answer(&owner, request, locale).await.unwrap();
            let answer = last(&all(answer.events).await);
            assert_eq!(answer.answer_kind, AnswerKind::Quoted, "{question}: {}", answer.text);
            // The steps of the first one, whole and in their order.
            let steps: Vec<_> = ["> 1. ", "> 2. ", "> 3. "].iter().map(|step| answer.text.find(*step)).collect();
            let in_order = steps.iter().all(Option::is_some) && steps.is_sorted();
            assert!(at > 0 || page.is_none() || in_order, "{question}: {}", answer.text);
            let cited: Vec<&str> =
                answer.citations.iter().filter(|one| one.cited).map(|one| one.title.as_str()).collect();
            assert!(page.is_none_or(|page| cited.iter().any(|title| title.starts_with(page))), "{question}: {cited:?}");
        }
    }
}

#[tokio::test]
async fn it_is_brought_up_to_date_without_doubles() {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    let before = hammock_retrieval::SearchIndex::list_text(&*world.index).await.unwrap();
    world.hammock.update_handbook().await.unwrap();
    let after = hammock_retrieval::SearchIndex::list_text(&*world.index).await.unwrap();
    assert!(!before.is_empty());
    assert_eq!(before, after);
}

#[tokio::test]
async fn nobody_changes_it() {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    let owner = world.owner("Eva").await;
    let id = handbook_collection();
    let hammock = &world.hammock;
    let found = hammock.find_collection(&owner, &id).await.unwrap();
    assert!(found.read_only && found.documents > 0);
    let query = DocumentQuery { collection: Some(id.clone()), ..DocumentQuery::default() };
    let document = hammock.list_documents(&owner, query).await.unwrap().items.remove(0);
    let source = hammock.list_sources(&owner, &id).await.unwrap().remove(0);
    assert_eq!(source.state, SourceState::Ready);
    let chunk = hammock.document_text(&owner, &document.id, None).await.unwrap().chunks.remove(0).id;

    let read_only = [
        hammock.update_collection(&owner, &id, CollectionPatch::default()).await.map(drop),
        hammock.delete_collection(&owner, &id).await,
        hammock
            .create_source(
                &owner,
                &id,
                NewSource { name: "Mine".to_owned(), description: String::new(), kind: SourceKind::Upload },
            )
            .await
            .map(drop),
        hammock.delete_source(&owner, &source.id).await,
        hammock.refresh_source(&owner, &source.id).await.map(drop),
        hammock.stop_source(&owner, &source.id).await.map(drop),
        hammock.accept_crawl(&owner, &source.id).await.map(drop),
        hammock.reject_crawl(&owner, &source.id).await.map(drop),
        hammock.delete_document(&owner, &document.id).await,
        hammock.reindex_document(&owner, &document.id).await.map(drop),
        hammock.update_chunk(&owner, &document.id, &chunk, ChunkPatch::default()).await.map(drop),
        hammock.discard_edit(&owner, &document.id, &ChunkEditId::new()).await,
    ];
    for (n, outcome) in read_only.into_iter().enumerate() {
        assert_eq!(outcome.unwrap_err().code, ErrorCode::ReadOnly, "attempt {n}");
    }
    let upload = world.upload(&owner, &source.id, "mine.md", b"# Mine\n\nText.").await.unwrap_err();
    assert!(matches!(upload.code, ErrorCode::ReadOnly | ErrorCode::NotFound), "{upload:?}");
    assert_eq!(hammock.find_document(&owner, &document.id).await.unwrap(), document);
}
