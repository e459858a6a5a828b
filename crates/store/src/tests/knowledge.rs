//! Collections, sources and documents: what is in them, who finds it, and what a crawl leaves.

use std::collections::HashMap;

use hammock_contract::{
    ApiError, CollectionId, DocumentId, ErrorCode, SourceId,
    collection::{CollectionPatch, CollectionSort},
    document::{DocumentQuery, DocumentState},
    job::JobProgress,
    page::PageRequest,
    retrieval::RetrievalSettings,
    source::{SourceKind, SourceState},
};

use super::support::{NOW, answer_with, new_chunks, new_document, on_both, switch_to, tenant};
use crate::{
    Scope, StoreError, Tx, chunks, collections, documents, organisations, revisions,
    scope::{builtin_organisation, handbook_collection},
    sources,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collections_count_what_is_in_them() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        documents::create_many(scope, &tx, &tenant.source, vec![new_document("b.txt")], NOW).await.unwrap();
        chunks::mark_embedded(&tx, &tenant.chunks[..1], "minilm/384").await.unwrap();
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
async fn documents_that_are_held_are_there_until_the_end_of_the_transaction() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let tx = store.begin().await.unwrap();
        let both = [tenant.document.clone(), DocumentId::new()];
        let held = revisions::hold(&tenant.scope, &tx, &both).await.unwrap();
        assert_eq!(held, HashMap::from([(tenant.document.clone(), 1)]));
        assert!(revisions::hold(&tenant.scope, &tx, &[]).await.unwrap().is_empty());
        // SQLite has one writer anyway.
        if store.is_postgres() {
            let free = async |tx: &Tx| {
                let sql = "SELECT id FROM documents WHERE id = $1 FOR UPDATE SKIP LOCKED";
                tx.db().rows(sql, [tenant.document.as_str().into()]).await.unwrap().len()
            };
            let other = store.begin().await.unwrap();
            assert_eq!(free(&other).await, 0, "a deletion would wait");
            tx.rollback().await.unwrap();
            assert_eq!(free(&other).await, 1);
        }
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
