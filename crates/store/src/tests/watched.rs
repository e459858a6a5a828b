//! What crawls made of each page, what sitemaps said, and which are looked at next.

use hammock_contract::{
    ApiError, CrawlId, DocumentId, ErrorCode,
    crawl::{CrawlOutcome, CrawlPage, CrawlPageOutcome, CrawlPageQuery, CrawlTrigger},
    document::{DocumentQuery, DocumentSort},
    job::JobProgress,
    page::Page,
    source::SourceState,
};

use super::{
    support::{NOW, Tenant, answer_with, new_document, on_both, tenant},
    tenancy::Checked,
};
use crate::{
    Scope, Store, StoreError, Tx, crawl_pages,
    crawls::{self, KEPT_CRAWLS},
    documents,
    sitemaps::{self, SitemapEntry, SitemapFileRow},
    sources,
};

pub fn page(address: &str, outcome: CrawlPageOutcome) -> CrawlPage {
    CrawlPage {
        address: address.to_owned(),
        document: None,
        outcome,
        http_status: Some(200),
        error: None,
        fetched_at: Some(NOW),
    }
}

fn file(tenant: &Tenant, address: &str, pages: &[&str]) -> SitemapFileRow {
    let entries = pages.iter().map(|page| SitemapEntry { address: (*page).to_owned(), modified: None }).collect();
    SitemapFileRow {
        source_id: tenant.source.clone(),
        address: address.to_owned(),
        organisation_id: tenant.organisation.clone(),
        parent: None,
        etag: Some("\"1\"".to_owned()),
        last_modified: None,
        entries,
    }
}

/// Every function of both modules, asked with a foreign scope.
pub async fn ask_as_foreigner(checked: &mut Checked, foreign: &Scope, tx: &Tx, one: &Tenant, crawl: &CrawlId) {
    let (db, source) = (tx.db(), &one.source);
    crawl_pages::put_many(&one.scope, tx, crawl, vec![page("x", CrawlPageOutcome::Added)]).await.unwrap();
    let put = crawl_pages::put_many(foreign, tx, crawl, vec![page("x", CrawlPageOutcome::Failed)]).await;
    checked.nothing("crawl_pages::put_many", put);
    checked.empty("crawl_pages::put_unseen", crawl_pages::put_unseen(foreign, tx, crawl, source, 99).await, 0);
    let list = crawl_pages::list(foreign, db, source, crawl, &CrawlPageQuery::default()).await;
    checked.empty("crawl_pages::list", list, Page::single(Vec::new()));
    let kept = crawl_pages::list(&one.scope, db, source, crawl, &CrawlPageQuery::default()).await.unwrap();
    assert_eq!(kept.items, [page("x", CrawlPageOutcome::Added)]);

    sitemaps::put_many(&one.scope, tx, source, vec![file(one, "map", &["a"])], &[]).await.unwrap();
    let put = sitemaps::put_many(foreign, tx, source, vec![file(one, "map", &[])], &["map".to_owned()]).await;
    checked.nothing("sitemaps::put_many", put);
    checked.empty("sitemaps::list", sitemaps::list(foreign, db, source).await, Vec::new());
    checked.empty("sitemaps::forget", sitemaps::forget(foreign, tx, source).await, 0);
    checked.nothing("sitemaps::set_next_watch", sitemaps::set_next_watch(foreign, tx, source, None).await);
    checked.nothing("sitemaps::set_watched", sitemaps::set_watched(foreign, tx, source, None, NOW).await);
    checked.empty("sitemaps::take_watch", sitemaps::take_watch(foreign, tx, source, None, NOW).await, false);
    let start = sitemaps::start_part(foreign, tx, source, &JobProgress::default()).await;
    checked.empty("sitemaps::start_part", start, false);
    checked.empty("sitemaps::find_start", sitemaps::find_start(foreign, db, source).await, None);
    assert_eq!(sitemaps::list(&one.scope, db, source).await.unwrap(), [file(one, "map", &["a"])]);
}

async fn begun(scope: &Scope, tx: &Tx, tenant: &Tenant) -> (CrawlId, u64) {
    let number = sources::begin_crawl(scope, tx, &tenant.source).await.unwrap();
    let id = crawls::begin(scope, tx, &tenant.source, number, CrawlTrigger::Sitemap, NOW).await.unwrap();
    (id, number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_a_crawl_are_listed_by_address_and_go_with_it() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        let (crawl, _) = begun(scope, &tx, &tenant).await;
        let gone =
            CrawlPage { document: Some(DocumentId::new()), ..page("https://a.example/Gone", CrawlPageOutcome::Added) };
        let error = ApiError::new(ErrorCode::DuplicatePage, "the same").with("to", "https://a.example/");
        let skipped = CrawlPage {
            document: Some(tenant.document.clone()),
            error: Some(error),
            http_status: None,
            fetched_at: None,
            ..page("https://a.example/copy", CrawlPageOutcome::Skipped)
        };
        let first = vec![page("https://a.example/copy", CrawlPageOutcome::Failed), gone.clone(), skipped.clone()];
        crawl_pages::put_many(scope, &tx, &crawl, first).await.unwrap();
        let many =
            (0..1_200).map(|n| page(&format!("https://a.example/p/{n:04}"), CrawlPageOutcome::Unchanged)).collect();
        crawl_pages::put_many(scope, &tx, &crawl, many).await.unwrap();
        tx.commit().await.unwrap();

        let list = async |query: CrawlPageQuery| {
            crawl_pages::list(scope, store.read(), &tenant.source, &crawl, &query).await.unwrap()
        };
        let named = |text: &str| CrawlPageQuery { query: Some(text.to_owned()), ..CrawlPageQuery::default() };
        // A document that is gone since is named no more.
        assert_eq!(list(named("GONE")).await.items, [CrawlPage { document: None, ..gone }]);
        let left_out = CrawlPageQuery { outcome: Some(CrawlPageOutcome::Skipped), ..CrawlPageQuery::default() };
        assert_eq!(list(left_out).await.items, [skipped], "the last word on an address counts");
        assert_eq!(list(named("p_0001")).await.items.len(), 0);
        let (mut query, mut addresses) = (CrawlPageQuery { limit: Some(200), ..CrawlPageQuery::default() }, Vec::new());
        loop {
            let page = list(query.clone()).await;
            addresses.extend(page.items.into_iter().map(|page| page.address));
            let Some(token) = page.next_page_token else { break };
            query.page_token = Some(token);
        }
        assert_eq!(addresses.len(), 1_202);
        assert!(addresses.is_sorted(), "in the order of bytes, on both");

        let tx = store.begin().await.unwrap();
        for _ in 0..KEPT_CRAWLS {
            begun(scope, &tx, &tenant).await;
        }
        let put = crawl_pages::put_many(scope, &tx, &crawl, Vec::new()).await;
        assert!(matches!(put, Err(StoreError::NotFound)), "the crawl is too old to be kept");
        tx.commit().await.unwrap();
        assert!(list(CrawlPageQuery::default()).await.items.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_that_were_not_seen_are_noted_as_removed() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        // Of three documents one answers and is seen, one answers and is not, one never answered.
        let (seen, unread) = (new_document("seen.txt"), new_document("unread.txt"));
        let id = seen.id.clone();
        let tx = store.begin().await.unwrap();
        documents::create_many(scope, &tx, &tenant.source, vec![seen, unread], NOW).await.unwrap();
        tx.commit().await.unwrap();
        answer_with(store, scope, &id, &["one"]).await;
        let tx = store.begin().await.unwrap();
        let (crawl, number) = begun(scope, &tx, &tenant).await;
        documents::mark_seen(scope, &tx, std::slice::from_ref(&id), number).await.unwrap();
        let asked = CrawlPage { http_status: Some(404), ..page("a.txt", CrawlPageOutcome::Failed) };
        crawl_pages::put_many(scope, &tx, &crawl, vec![asked.clone()]).await.unwrap();
        assert_eq!(crawl_pages::put_unseen(scope, &tx, &crawl, &tenant.source, number).await.unwrap(), 1);
        let found =
            crawl_pages::list(scope, tx.db(), &tenant.source, &crawl, &CrawlPageQuery::default()).await.unwrap();
        let document = Some(tenant.document.clone());
        assert_eq!(found.items, [CrawlPage { outcome: CrawlPageOutcome::Removed, document, ..asked }]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitemap_is_due_while_its_website_stands_still_and_is_taken_once() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let later = NOW.plus_millis(5);
        let tx = store.begin().await.unwrap();
        sitemaps::set_next_watch(scope, &tx, source, Some(NOW)).await.unwrap();
        sources::set_next_crawl(scope, &tx, source, Some(later)).await.unwrap();
        assert!(sitemaps::list_due(tx.db(), NOW).await.unwrap().is_empty(), "nothing was read yet");
        sources::finish_work(scope, &tx, source, SourceState::Ready, None, NOW).await.unwrap();
        assert!(sitemaps::list_due(tx.db(), NOW.plus_millis(-1)).await.unwrap().is_empty());
        let due = sitemaps::list_due(tx.db(), NOW).await.unwrap();
        assert_eq!(due.iter().map(|row| &row.id).collect::<Vec<_>>(), [source]);
        assert!(sitemaps::take_watch(scope, &tx, source, Some(later), NOW).await.unwrap());
        assert!(!sitemaps::take_watch(scope, &tx, source, Some(later), NOW).await.unwrap(), "somebody has it");

        let error = ApiError::new(ErrorCode::SiteFailed, "the website answered with the error 500").with("status", 500);
        sitemaps::set_watched(scope, &tx, source, Some(error.clone()), NOW).await.unwrap();
        let found = sources::find(scope, tx.db(), source, NOW).await.unwrap();
        assert_eq!((found.watched_at, found.watch_error, found.error), (Some(NOW), Some(error), None));

        sitemaps::set_next_watch(scope, &tx, source, Some(later)).await.unwrap();
        assert!(sources::find(scope, tx.db(), source, NOW).await.unwrap().watch_error.is_some());
        sitemaps::set_next_watch(scope, &tx, source, None).await.unwrap();
        assert_eq!(sources::find(scope, tx.db(), source, NOW).await.unwrap().watch_error, None);

        // A part is read beside the schedule.
        assert!(sitemaps::start_part(scope, &tx, source, &JobProgress::default()).await.unwrap());
        assert!(!sitemaps::start_part(scope, &tx, source, &JobProgress::default()).await.unwrap(), "it is at work");
        let found = sources::find(scope, tx.db(), source, NOW).await.unwrap();
        assert_eq!((found.state, found.next_crawl_at), (SourceState::Working, Some(later)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_sitemap_said_is_replaced_file_by_file() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let tx = store.begin().await.unwrap();
        let files = vec![file(&tenant, "a.xml", &["1", "2"]), file(&tenant, "b.xml", &["3"])];
        sitemaps::put_many(scope, &tx, source, files, &[]).await.unwrap();
        let changed = file(&tenant, "a.xml", &["2"]);
        sitemaps::put_many(scope, &tx, source, vec![changed.clone()], &["b.xml".to_owned()]).await.unwrap();
        assert_eq!(sitemaps::list(scope, tx.db(), source).await.unwrap(), [changed]);
        assert_eq!(sitemaps::forget(scope, &tx, source).await.unwrap(), 1);
        assert_eq!(sitemaps::find_start(scope, tx.db(), source).await.unwrap(), None, "it is no website");
        let start = documents::Fetched { depth: Some(0), ..documents::Fetched::default() };
        documents::set_fetched(scope, &tx, &tenant.document, &start).await.unwrap();
        assert_eq!(sitemaps::find_start(scope, tx.db(), source).await.unwrap().as_deref(), Some("a.txt"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_sorted_filtered_and_counted() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let (long, none) = (new_document("c.txt"), new_document("b.txt"));
        let id = long.id.clone();
        let tx = store.begin().await.unwrap();
        documents::create_many(scope, &tx, &tenant.source, vec![long, none], NOW).await.unwrap();
        tx.commit().await.unwrap();
        answer_with(store, scope, &id, &["one", "two", "three"]).await;
        for (sort, expected) in [
            (None, sorted_by_id(store, &tenant).await),
            (Some(DocumentSort::Location), vec!["a.txt", "b.txt", "c.txt"].into_iter().map(str::to_owned).collect()),
            (Some(DocumentSort::Passages), vec!["c.txt", "a.txt", "b.txt"].into_iter().map(str::to_owned).collect()),
        ] {
            assert_eq!(walked(store, &tenant, sort).await, expected, "{sort:?}");
        }
        let in_language = async |language: &str| {
            let query = DocumentQuery { language: Some(language.to_owned()), ..DocumentQuery::default() };
            documents::list(scope, store.read(), &query).await.unwrap().items.len()
        };
        assert_eq!((in_language("EN").await, in_language("fr").await), (2, 0));

        let tx = store.begin().await.unwrap();
        let (skipped, failed) = (&tenant.document, &id);
        for (id, state) in [
            (skipped, hammock_contract::document::DocumentState::Skipped),
            (failed, hammock_contract::document::DocumentState::Failed),
        ] {
            documents::set_state(scope, &tx, id, state, None).await.unwrap();
        }
        let counts = async |now| {
            let found = sources::find(scope, tx.db(), &tenant.source, now).await.unwrap();
            (found.documents, found.passages, found.failed_documents, found.skipped_documents, found.added_last_week)
        };
        let week = 7 * 24 * 3_600_000;
        assert_eq!(counts(NOW.plus_millis(week - 1)).await, (2, 5, 2, 1, 2));
        assert_eq!(counts(NOW.plus_millis(week)).await, (2, 5, 2, 1, 0));
    })
    .await;
}

async fn sorted_by_id(store: &Store, tenant: &Tenant) -> Vec<String> {
    let mut rows = documents::list_of_source(&tenant.scope, store.read(), &tenant.source).await.unwrap();
    rows.reverse();
    rows.into_iter().map(|row| row.location).collect()
}

/// The locations of a source's documents, listed two a page.
async fn walked(store: &Store, tenant: &Tenant, sort: Option<DocumentSort>) -> Vec<String> {
    let source = Some(tenant.source.clone());
    let (mut query, mut found) =
        (DocumentQuery { source, sort, limit: Some(2), ..DocumentQuery::default() }, Vec::new());
    loop {
        let page = documents::list(&tenant.scope, store.read(), &query).await.unwrap();
        found.extend(page.items.into_iter().map(|document| document.location));
        let Some(token) = page.next_page_token else { return found };
        query.page_token = Some(token);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_held_crawl_would_remove_stays_noted() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        let (crawl, number) = begun(scope, &tx, &tenant).await;
        crawl_pages::put_unseen(scope, &tx, &crawl, &tenant.source, number).await.unwrap();
        crawls::finish(scope, &tx, &crawl, CrawlOutcome::Held, 1, None, NOW).await.unwrap();
        documents::delete(scope, &tx, &tenant.document).await.unwrap();
        let query = CrawlPageQuery { outcome: Some(CrawlPageOutcome::Removed), ..CrawlPageQuery::default() };
        let found = crawl_pages::list(scope, tx.db(), &tenant.source, &crawl, &query).await.unwrap().items;
        assert_eq!(
            found.iter().map(|page| (page.address.as_str(), &page.document)).collect::<Vec<_>>(),
            [("a.txt", &None)]
        );
    })
    .await;
}
