//! Collections, sources, documents, revisions, chunks.

use hammock_contract::{
    ApiError, CollectionId, ErrorCode, SourceId,
    collection::{CollectionPatch, CollectionSort},
    document::{DocumentQuery, DocumentState},
    job::JobProgress,
    page::PageRequest,
    retrieval::RetrievalSettings,
    source::{SourceKind, SourceState},
};

use super::support::{NOW, answer_with, new_chunks, new_document, on_both, switch_to, tenant};
use crate::{
    Scope, Store, StoreError, chunks, collections, documents, organisations, revisions,
    scope::{builtin_organisation, handbook_collection},
    sources, waiting_chunks,
};

const SPACE: &str = "minilm/384";

async fn state_of(store: &Store, scope: &Scope, id: &hammock_contract::DocumentId) -> (DocumentState, u32, u32) {
    let document = documents::find(scope, store.read(), id).await.unwrap();
    (document.state, document.chunks, document.embedded_chunks)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_answers_only_after_its_switch_and_never_beside_another() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let next = new_chunks(&["three", "four", "five"]);
        let ids: Vec<_> = next.iter().map(|chunk| chunk.id.clone()).collect();
        let tx = store.begin().await.unwrap();
        let revision = revisions::put(scope, &tx, &tenant.document, "next", "hash2", next, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(revision, 2);
        let everything: Vec<_> = tenant.chunks.iter().chain(&ids).cloned().collect();
        let found = chunks::load(scope, store.read(), &everything).await.unwrap();
        assert_eq!(found.iter().filter(|found| tenant.chunks.contains(&found.chunk.id)).count(), 2);
        assert_eq!(found.len(), 2, "the new one does not answer yet");
        assert!(chunks::list_waiting(store.read(), SPACE, 10).await.unwrap().iter().all(|chunk| chunk.revision == 1));
        let tx = store.begin().await.unwrap();
        revisions::switch(scope, &tx, &tenant.document, &switch_to(2, true), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let found = chunks::load(scope, store.read(), &everything).await.unwrap();
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|found| found.chunk.revision == 2 && found.title == "Title 2"));
        let document = documents::find(scope, store.read(), &tenant.document).await.unwrap();
        assert_eq!((document.revision, document.chunks, document.state), (2, 3, DocumentState::Embedding));
        assert_eq!((document.content_hash.as_deref(), document.language.as_deref()), (Some("hash2"), Some("en")));
        let old = revisions::find(scope, store.read(), &tenant.document, 1).await.unwrap();
        assert_eq!(old.text, "onetwo", "citations still find the old text");
        assert_eq!(chunks::list(scope, store.read(), &tenant.document, 2).await.unwrap()[1].text, "four");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revisions_that_never_answered_are_cleaned_and_old_texts_are_limited() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, document) = (&tenant.scope, &tenant.document);
        let tx = store.begin().await.unwrap();
        revisions::put(scope, &tx, document, "lost", "h", new_chunks(&["lost"]), NOW).await.unwrap();
        let third = revisions::put(scope, &tx, document, "third", "h", new_chunks(&["third"]), NOW).await.unwrap();
        assert_eq!(chunks::list(scope, tx.db(), document, 2).await.unwrap(), []);
        revisions::discard(scope, &tx, document, third).await.unwrap();
        assert!(revisions::find(scope, tx.db(), document, third).await.is_err());
        assert!(revisions::discard(scope, &tx, document, 1).await.is_err(), "not the one that answers");
        assert!(revisions::switch(scope, &tx, document, &switch_to(9, true), NOW).await.is_err(), "never stored");
        tx.commit().await.unwrap();
        for _ in 0..revisions::KEPT_REVISIONS {
            answer_with(store, scope, document, &["again"]).await;
        }
        let last = documents::find(scope, store.read(), document).await.unwrap().revision;
        assert!(revisions::find(scope, store.read(), document, 1).await.is_err());
        assert!(revisions::find(scope, store.read(), document, last - revisions::KEPT_REVISIONS + 1).await.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_of_a_text_is_counted_in_bytes() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, document) = (&tenant.scope, &tenant.document);
        answer_with(store, scope, document, &["Žába ", "at nine 🦀."]).await;
        let part = async |bytes| revisions::find_part(scope, store.read(), document, 2, bytes).await.unwrap();
        assert_eq!((part(0..6).await.as_str(), part(2..7).await.as_str()), ("Žába", "ába "));
        assert_eq!(part(7..100).await, "at nine 🦀.");
        assert_eq!(part(4..4).await, "");
        let gone = revisions::find_part(scope, store.read(), document, 9, 0..1).await;
        assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedding_is_shared_between_tenants_and_completes_documents() {
    on_both(async |store| {
        let (large, small) = (tenant(store, "large").await, tenant(store, "small").await);
        answer_with(store, &large.scope, &large.document, &["a"; 20]).await;
        let waiting = chunks::list_waiting(store.read(), SPACE, 6).await.unwrap();
        assert_eq!(waiting.len(), 6);
        assert_eq!(waiting.iter().filter(|chunk| chunk.organisation == small.organisation).count(), 2);
        assert_eq!(chunks::count_waiting(store.read(), SPACE).await.unwrap(), 22);
        assert_eq!(chunks::count_waiting_for(&small.scope, store.read()).await.unwrap(), 2);
        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, &small.chunks[..1], SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 1));
        let waits = waiting_chunks::among(&small.scope, store.read(), SPACE, &small.chunks).await.unwrap();
        assert_eq!(waits, small.chunks[1..].iter().cloned().collect());
        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, &small.chunks, SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Ready, 2, 2));
        assert_eq!(chunks::list_embedded(store.read(), SPACE).await.unwrap().len(), 2);
        assert_eq!(chunks::list_answering(store.read()).await.unwrap().len(), 22);
        let found = chunks::list(&small.scope, store.read(), &small.document, 1).await.unwrap();
        assert!(found[0].clone().into_chunk(Some(SPACE), None).embedded);
        assert!(!found[0].clone().into_chunk(None, None).embedded);

        // Another model: everything waits again, and a document that was ready is not.
        assert_eq!(chunks::count_waiting(store.read(), "other/768").await.unwrap(), 22);
        let tx = store.begin().await.unwrap();
        chunks::adopt_space(&tx, Some("other/768")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 0));
        assert_eq!(chunks::list_waiting(store.read(), "other/768", 100).await.unwrap().len(), 22);
        let tx = store.begin().await.unwrap();
        chunks::adopt_space(&tx, Some(SPACE)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Ready, 2, 2));

        // A vector that was found missing is made again; a rebuild makes all again; no model at all is no waiting.
        let tx = store.begin().await.unwrap();
        chunks::forget_vectors_of(&tx, &small.chunks[..1], SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 1));
        let tx = store.begin().await.unwrap();
        chunks::forget_vectors(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 0));
        let tx = store.begin().await.unwrap();
        chunks::adopt_space(&tx, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Ready, 2, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collections_count_what_is_in_them() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        documents::create_many(scope, &tx, &tenant.source, vec![new_document("b.txt")], NOW).await.unwrap();
        chunks::mark_embedded(&tx, &tenant.chunks[..1], SPACE).await.unwrap();
        collections::create(scope, &tx, CollectionId::new(), "Žádná", "", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let collection = collections::find(scope, store.read(), &tenant.collection).await.unwrap();
        assert_eq!(
            (collection.sources, collection.documents, collection.chunks, collection.embedded_chunks),
            (1, 1, 2, 1)
        );
        assert_eq!((collection.used_by, collection.read_only), (vec!["General".to_owned()], false));
        let names = |query: Option<&str>| PageRequest { query: query.map(str::to_owned), ..PageRequest::default() };
        let list = collections::list(scope, store.read(), &names(None), CollectionSort::Name).await.unwrap().items;
        assert_eq!(list.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Knowledge", "Žádná"]);
        assert_eq!(
            collections::list(scope, store.read(), &names(Some("žá")), CollectionSort::Name).await.unwrap().items.len(),
            1
        );
        let first = PageRequest { limit: Some(1), ..PageRequest::default() };
        let page = collections::list(scope, store.read(), &first, CollectionSort::Name).await.unwrap();
        let second = PageRequest { page_token: page.next_page_token, ..first };
        assert_eq!(
            collections::list(scope, store.read(), &second, CollectionSort::Name).await.unwrap().items[0].name,
            "Žádná"
        );
        let tx = store.begin().await.unwrap();
        let taken = CollectionPatch { name: Some("žádná ".to_owned()), ..CollectionPatch::default() };
        let outcome = collections::update(scope, &tx, &tenant.collection, &taken, NOW).await;
        assert!(matches!(outcome, Err(StoreError::Duplicate(_))));
        drop(tx);
        let tx = store.begin().await.unwrap();
        let retrieval = RetrievalSettings { keyword_weight: Some(0.3), ..RetrievalSettings::default() };
        let patch = CollectionPatch {
            description: Some("What we know".to_owned()),
            retrieval: Some(retrieval.clone()),
            ..CollectionPatch::default()
        };
        collections::update(scope, &tx, &tenant.collection, &patch, NOW).await.unwrap();
        let row = collections::find_row(scope, tx.db(), &tenant.collection).await.unwrap();
        assert_eq!((row.name.as_str(), row.description.as_str()), ("Knowledge", "What we know"));
        // What a patch does not name stays.
        collections::update(scope, &tx, &tenant.collection, &CollectionPatch::default(), NOW).await.unwrap();
        let ids = [CollectionId::new(), tenant.collection.clone()];
        assert_eq!(collections::list_retrieval(scope, tx.db(), &ids).await.unwrap(), [retrieval]);
        assert!(collections::list_retrieval(scope, tx.db(), &[]).await.unwrap().is_empty());
        collections::delete(scope, &tx, &tenant.collection).await.unwrap();
        assert!(documents::find(scope, tx.db(), &tenant.document).await.is_err());
        assert!(chunks::load(scope, tx.db(), &tenant.chunks).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_found_by_everything_that_a_list_asks() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let new = (0..1_200).map(|index| new_document(&format!("Page_{index}%"))).collect();
        let tx = store.begin().await.unwrap();
        let rows = documents::create_many(scope, &tx, &tenant.source, new, NOW).await.unwrap();
        let error = ApiError::new(ErrorCode::SiteFailed, "the site answered 500").with("status", 500);
        documents::set_state(scope, &tx, &rows[7].id, DocumentState::Failed, Some(error.clone())).await.unwrap();
        documents::set_fetched(
            scope,
            &tx,
            &rows[7].id,
            &documents::Fetched {
                http_status: Some(500),
                etag: Some("e".to_owned()),
                bytes: 9,
                depth: Some(2),
                rendered_at: Some(NOW),
                raw_hash: Some("raw".to_owned()),
                ..documents::Fetched::default()
            },
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let query = |query: Option<&str>, state| DocumentQuery {
            source: Some(tenant.source.clone()),
            query: query.map(str::to_owned),
            state,
            limit: Some(200),
            ..DocumentQuery::default()
        };
        let count = async |query: DocumentQuery| {
            let (mut query, mut total) = (query, 0);
            loop {
                let page = documents::list(scope, store.read(), &query).await.unwrap();
                total += page.items.len();
                let Some(token) = page.next_page_token else { break total };
                query.page_token = Some(token);
            }
        };
        assert_eq!(count(query(None, None)).await, 1_201);
        assert_eq!(count(query(Some("page_1199%"), None)).await, 1);
        assert_eq!(count(query(Some("pageX"), None)).await, 0);
        assert_eq!(count(query(None, Some(DocumentState::Failed))).await, 1);
        assert_eq!(count(DocumentQuery { collection: Some(CollectionId::new()), ..DocumentQuery::default() }).await, 0);
        let failed = documents::find(scope, store.read(), &rows[7].id).await.unwrap();
        assert_eq!((failed.error, failed.http_status, failed.etag.as_deref()), (Some(error), Some(500), Some("e")));
        assert_eq!((failed.rendered_at, failed.raw_hash.as_deref()), (Some(NOW), Some("raw")));
        let source = sources::find(scope, store.read(), &tenant.source, NOW).await.unwrap();
        assert_eq!((source.documents, source.failed_documents), (1, 1));
        let found = documents::find_by_location(scope, store.read(), &tenant.source, "Page_3%").await.unwrap();
        assert_eq!(found.map(|row| row.id), Some(rows[3].id.clone()));
        let tx = store.begin().await.unwrap();
        let again = documents::create_many(scope, &tx, &tenant.source, vec![new_document("Page_3%")], NOW).await;
        assert!(matches!(again, Err(StoreError::Duplicate(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_knows_what_it_did_not_see() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        let progress = JobProgress::at("fetching");
        sources::start_work(scope, &tx, &tenant.source, &progress).await.unwrap();
        let crawl = sources::begin_crawl(scope, &tx, &tenant.source).await.unwrap();
        let new = vec![documents::NewDocument { seen_in_crawl: crawl, ..new_document("new.html") }];
        let new = documents::create_many(scope, &tx, &tenant.source, new, NOW).await.unwrap();
        let unseen = documents::list_unseen(scope, tx.db(), &tenant.source, crawl).await.unwrap();
        assert_eq!(unseen.iter().map(|row| &row.id).collect::<Vec<_>>(), [&tenant.document]);
        documents::mark_seen(scope, &tx, std::slice::from_ref(&tenant.document), crawl).await.unwrap();
        assert!(documents::list_unseen(scope, tx.db(), &tenant.source, crawl).await.unwrap().is_empty());
        assert_eq!(sources::begin_crawl(scope, &tx, &tenant.source).await.unwrap(), crawl + 1);
        sources::accept_crawl(scope, &tx, &tenant.source, 2).await.unwrap();
        let working = sources::find(scope, tx.db(), &tenant.source, NOW).await.unwrap();
        assert_eq!((working.state, working.progress), (SourceState::Working, Some(progress)));
        sources::finish_work(scope, &tx, &tenant.source, SourceState::Ready, None, NOW).await.unwrap();
        let row = sources::find_row(scope, tx.db(), &tenant.source).await.unwrap();
        assert_eq!(
            (row.last_page_count, row.state, row.progress, row.finished_at),
            (2, SourceState::Ready, None, Some(NOW))
        );
        let ids = [tenant.document.clone(), new[0].id.clone()];
        assert_eq!(documents::delete_many(scope, &tx, &ids).await.unwrap(), 2);
        assert!(documents::list_of_source(scope, tx.db(), &tenant.source).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_reads_the_handbook_and_nobody_writes_it() {
    on_both(async |store| {
        let builtin = Scope::builtin();
        let (handbook, source) = (handbook_collection(), SourceId::fixed("handbook"));
        let tx = store.begin().await.unwrap();
        organisations::ensure_builtin(&tx, NOW).await.unwrap();
        organisations::ensure_builtin(&tx, NOW).await.unwrap();
        collections::create(&builtin, &tx, handbook.clone(), "Hammock handbook", "", NOW).await.unwrap();
        let hidden = CollectionId::new();
        collections::create(&builtin, &tx, hidden.clone(), "Hidden", "", NOW).await.unwrap();
        sources::create(&builtin, &tx, source.clone(), &handbook, "Manual", SourceKind::Upload, NOW).await.unwrap();
        let document = documents::create_many(&builtin, &tx, &source, vec![new_document("index.md")], NOW)
            .await
            .unwrap()
            .remove(0);
        tx.commit().await.unwrap();
        let ids = answer_with(store, &builtin, &document.id, &["manual"]).await;
        assert!(!organisations::any(store.read()).await.unwrap(), "the built-in one is nobody's registration");

        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let found = collections::find(scope, store.read(), &handbook).await.unwrap();
        assert_eq!((found.read_only, found.documents, found.chunks), (true, 1, 1));
        assert_eq!(
            collections::list_ids(scope, store.read()).await.unwrap(),
            [tenant.collection.clone(), handbook.clone()]
        );
        assert!(collections::find(scope, store.read(), &hidden).await.is_err(), "only the handbook is shared");
        assert_eq!(sources::list(scope, store.read(), &handbook, NOW).await.unwrap().len(), 1);
        assert_eq!(chunks::load(scope, store.read(), &ids).await.unwrap().len(), 1);
        assert_eq!(chunks::list(scope, store.read(), &document.id, 1).await.unwrap().len(), 1);
        assert_eq!(revisions::find(scope, store.read(), &document.id, 1).await.unwrap().text, "manual");
        assert_eq!(chunks::list_answering_documents(store.read(), None, 10).await.unwrap().len(), 2);

        let tx = store.begin().await.unwrap();
        let not_found =
            |outcome: crate::Result<()>| assert!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}");
        not_found(collections::delete(scope, &tx, &handbook).await);
        not_found(collections::touch(scope, &tx, &handbook, NOW).await);
        not_found(documents::delete(scope, &tx, &document.id).await);
        not_found(sources::delete(scope, &tx, &source).await);
        let put = revisions::put(scope, &tx, &document.id, "evil", "h", Vec::new(), NOW).await;
        assert!(matches!(put, Err(StoreError::NotFound)));
        let foreign = sources::create(scope, &tx, SourceId::new(), &handbook, "Mine", SourceKind::Upload, NOW).await;
        assert!(matches!(foreign, Err(StoreError::NotFound)));
        assert_eq!(builtin_organisation().as_str(), "org_builtin");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_replaced_while_it_was_read_is_not_done() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, document) = (&tenant.scope, &tenant.document);
        let state = async || {
            let row = documents::find(scope, store.read(), document).await.unwrap();
            (row.revision, row.state)
        };
        for (read, expected) in [("read", DocumentState::Processing), ("newer", DocumentState::Ready)] {
            let tx = store.begin().await.unwrap();
            let chunks = new_chunks(&["text"]);
            let revision = revisions::put(scope, &tx, document, "text", "hash", chunks, NOW).await.unwrap();
            documents::set_file(scope, &tx, document, "newer", "text/plain", 1).await.unwrap();
            let switch = revisions::Switch { file_key: read.to_owned(), ..switch_to(revision, false) };
            revisions::switch(scope, &tx, document, &switch, NOW).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(state().await, (revision, expected), "{read}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collection_is_in_the_language_of_most_of_its_documents() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let language = async || collections::find(scope, store.read(), &tenant.collection).await.unwrap().language;
        assert_eq!(language().await.as_deref(), Some("en"));
        for (name, expected) in [("b.txt", None), ("c.txt", Some("fr"))] {
            let tx = store.begin().await.unwrap();
            let new = vec![new_document(name)];
            let document = documents::create_many(scope, &tx, &tenant.source, new, NOW).await.unwrap().remove(0).id;
            revisions::put(scope, &tx, &document, "texte", "hash", new_chunks(&["texte"]), NOW).await.unwrap();
            let switch = revisions::Switch { language: Some("fr".to_owned()), ..switch_to(1, true) };
            revisions::switch(scope, &tx, &document, &switch, NOW).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(language().await.as_deref(), expected, "{name}");
        }
    })
    .await;
}
