//! What a crawl leaves waiting, what becomes of it, and pages that answer no more.

use hammock_contract::{
    crawl::CrawlTrigger,
    document::DocumentState,
    metadata::{FoundMetadata, MetadataOrigin},
};

use super::support::{NOW, Tenant, answer_with, new_chunks, new_document, on_both, switch_to, tenant};
use crate::{
    Store, StoreError,
    crawl_changes::{self, CrawlChangeRow},
    crawls, documents, revisions,
};

/// Stores a text of the tenant's page that waits.
async fn delay(store: &Store, tenant: &Tenant, crawl: u64) -> CrawlChangeRow {
    let (scope, page) = (&tenant.scope, &tenant.document);
    let tx = store.begin().await.unwrap();
    let revision = revisions::put(scope, &tx, page, "later", "raw", new_chunks(&["later"]), NOW).await.unwrap();
    let found = FoundMetadata { origin: MetadataOrigin::Csv, name: "a".to_owned(), values: vec!["b".to_owned()] };
    let change = CrawlChangeRow {
        revision,
        title: "Later".to_owned(),
        language: Some("en".to_owned()),
        media_type: "text/html".to_owned(),
        text_hash: "said".to_owned(),
        metadata: vec![found],
        until_end: false,
        etag: Some("\"2\"".to_owned()),
        last_modified: Some("Thu, 22 Oct 2015 07:28:00 GMT".to_owned()),
        rendered_at: Some(NOW),
        raw_hash: Some("came".to_owned()),
        ..CrawlChangeRow::retirement(scope, &tenant.source, crawl, page)
    };
    crawl_changes::put(scope, &tx, change.clone()).await.unwrap();
    tx.commit().await.unwrap();
    change
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_waits_beside_the_one_that_answers() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source, page) = (&tenant.scope, &tenant.source, &tenant.document);
        let change = delay(store, &tenant, 7).await;
        assert_eq!(crawl_changes::list(scope, store.read(), source, 7).await.unwrap(), std::slice::from_ref(&change));
        assert!(crawl_changes::list(scope, store.read(), source, 8).await.unwrap().is_empty());
        assert!(crawl_changes::is_waiting(scope, store.read(), page).await.unwrap());
        assert_eq!(crawl_changes::count_retired(scope, store.read(), source, 7).await.unwrap(), 0);
        let row = documents::find(scope, store.read(), page).await.unwrap();
        assert_eq!((row.revision, row.last_revision, row.text_hash.as_str()), (1, 2, "text 1"));

        // The next crawl forgets it.
        let tx = store.begin().await.unwrap();
        assert_eq!(crawl_changes::forget(scope, &tx, source).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(!crawl_changes::is_waiting(scope, store.read(), page).await.unwrap());
        assert!(matches!(revisions::find(scope, store.read(), page, 2).await, Err(StoreError::NotFound)));

        // A reading of the page alone does too, and its text is the next.
        delay(store, &tenant, 8).await;
        answer_with(store, scope, page, &["now"]).await;
        assert!(crawl_changes::list(scope, store.read(), source, 8).await.unwrap().is_empty());
        let row = documents::find(scope, store.read(), page).await.unwrap();
        assert_eq!((row.revision, row.text_hash.as_str()), (4, "text 4"));

        // Accepted, it answers.
        let change = delay(store, &tenant, 9).await;
        let tx = store.begin().await.unwrap();
        revisions::switch(scope, &tx, page, &switch_to(change.revision, false), NOW).await.unwrap();
        assert_eq!(crawl_changes::clear(scope, &tx, source).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(!crawl_changes::is_waiting(scope, store.read(), page).await.unwrap());
        assert_eq!(revisions::find(scope, store.read(), page, 5).await.unwrap().text, "later");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_the_end_is_told_from_what_does_not() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source, page) = (&tenant.scope, &tenant.source, &tenant.document);
        let sooner = delay(store, &tenant, 7).await;
        let first = async |crawl| crawl_changes::list_first(scope, store.read(), source, crawl, 1).await.unwrap();
        assert_eq!((first(7).await, first(8).await), (vec![sooner.clone()], Vec::new()));
        let none = crawl_changes::list_first(scope, store.read(), source, 7, 0).await.unwrap();
        assert!(none.is_empty());
        let tx = store.begin().await.unwrap();
        crawl_changes::put(scope, &tx, CrawlChangeRow { until_end: true, ..sooner }).await.unwrap();
        tx.commit().await.unwrap();
        assert!(first(7).await.is_empty());

        let tx = store.begin().await.unwrap();
        let pages = std::slice::from_ref(page);
        assert_eq!(crawl_changes::remove(scope, &tx, pages).await.unwrap(), 1);
        assert_eq!(crawl_changes::remove(scope, &tx, pages).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert!(crawl_changes::list(scope, store.read(), source, 7).await.unwrap().is_empty());

        // What is not to answer after all leaves no text.
        let revision = delay(store, &tenant, 8).await.revision;
        let tx = store.begin().await.unwrap();
        assert_eq!(crawl_changes::withdraw(scope, &tx, page).await.unwrap(), 1);
        assert_eq!(crawl_changes::withdraw(scope, &tx, page).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert!(!crawl_changes::is_waiting(scope, store.read(), page).await.unwrap());
        let text = revisions::find(scope, store.read(), page, revision).await;
        assert!(matches!(text, Err(StoreError::NotFound)), "{text:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_only_a_held_crawl_had_are_told_from_all_others() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let [before, later] = [-1, 0].map(|millis| NOW.plus_millis(millis));
        let page = |path: &str, crawl| documents::NewDocument { seen_in_crawl: crawl, ..new_document(path) };
        let tx = store.begin().await.unwrap();
        let known = vec![page("failed before", 8), page("waited before", 7)];
        let known = documents::create_many(scope, &tx, source, known, before).await.unwrap();
        let new = vec![page("fails", 8), page("waits", 8), page("answers", 8), page("of another time", 7)];
        let new = documents::create_many(scope, &tx, source, new, later).await.unwrap();
        for waiting in [&known[1], &new[1]] {
            documents::set_state(scope, &tx, &waiting.id, DocumentState::Waiting, None).await.unwrap();
        }
        let id = crawls::begin(scope, &tx, source, 8, CrawlTrigger::Person, NOW).await.unwrap();
        tx.commit().await.unwrap();
        answer_with(store, scope, &new[2].id, &["now"]).await;
        let held = crawls::list(scope, store.read(), source).await.unwrap().remove(0);
        assert_eq!(held.id, id);
        let found = crawl_changes::list_found_by(scope, store.read(), source, &held).await.unwrap();
        let mut found: Vec<String> = found.into_iter().map(|page| page.location).collect();
        found.sort_unstable();
        assert_eq!(found, ["fails", "waited before", "waits"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_retired_keeps_its_texts_and_answers_with_none() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source, page) = (&tenant.scope, &tenant.source, &tenant.document);
        let tx = store.begin().await.unwrap();
        let retirement = CrawlChangeRow::retirement(scope, source, 7, page);
        // Twice, as a job that is done again does it.
        crawl_changes::put(scope, &tx, retirement.clone()).await.unwrap();
        crawl_changes::put(scope, &tx, retirement).await.unwrap();
        documents::mark_seen(scope, &tx, std::slice::from_ref(page), 7).await.unwrap();
        assert_eq!(crawl_changes::count_retired(scope, tx.db(), source, 7).await.unwrap(), 1);
        assert_eq!(crawls::count_unseen(scope, tx.db(), source, 7).await.unwrap(), 1, "it goes with the crawl");
        assert_eq!(crawls::count_unseen(scope, tx.db(), source, 6).await.unwrap(), 0);
        crawls::set_hashes(scope, &tx, page, "raw", "said").await.unwrap();
        let row = documents::find(scope, tx.db(), page).await.unwrap();
        assert_eq!((row.content_hash.as_deref(), row.text_hash.as_str()), (Some("raw"), "said"));

        let pages = std::slice::from_ref(page);
        assert_eq!(crawl_changes::retire(scope, &tx, &tenant.collection, pages, NOW).await.unwrap(), 1);
        assert_eq!(crawl_changes::clear(scope, &tx, source).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let row = documents::find(scope, store.read(), page).await.unwrap();
        assert_eq!((row.revision, row.last_revision, row.chunks, row.embedded_chunks), (0, 1, 0, 0));
        assert_eq!((row.content_hash, row.text_hash.as_str(), row.indexed_at), (None, "", None));
        assert!(crate::chunks::load(scope, store.read(), &tenant.chunks).await.unwrap().is_empty());
        assert_eq!(revisions::find(scope, store.read(), page, 1).await.unwrap().text, "onetwo");

        // It can answer again.
        answer_with(store, scope, page, &["back"]).await;
        assert_eq!(documents::find(scope, store.read(), page).await.unwrap().revision, 2);
    })
    .await;
}
