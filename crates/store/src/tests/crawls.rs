//! What crawls did, and which are due.

use hammock_contract::{
    ApiError, ErrorCode,
    crawl::{CrawlOutcome, CrawlTrigger},
    job::JobProgress,
    source::SourceState,
};

use super::support::{NOW, on_both, tenant};
use crate::{
    Scope, StoreError, crawl_rests,
    crawls::{self, CrawlCounts, KEPT_CRAWLS},
    documents, sources,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_ten_crawls_are_kept() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let tx = store.begin().await.unwrap();
        for _ in 0..12 {
            let number = sources::begin_crawl(scope, &tx, source).await.unwrap();
            let id = crawls::begin(scope, &tx, source, number, CrawlTrigger::Schedule, NOW).await.unwrap();
            let counts =
                CrawlCounts { added: number, changed: 2, unchanged: 3, skipped: 4, failed: 5, needs_javascript: 1 };
            crawls::set_counts(scope, &tx, &id, counts).await.unwrap();
            let end = NOW.plus_millis(7);
            crawls::finish(scope, &tx, &id, CrawlOutcome::Complete, 6, None, end).await.unwrap();
            let again = crawls::finish(scope, &tx, &id, CrawlOutcome::Failed, 6, None, end).await;
            assert!(matches!(again, Err(StoreError::NotFound)), "it ended already");
        }
        tx.commit().await.unwrap();
        let rows = crawls::list(scope, store.read(), source).await.unwrap();
        assert_eq!(rows.len() as u64, KEPT_CRAWLS);
        assert_eq!((rows[0].number, rows[9].number), (12, 3));
        let crawl = rows[0].clone().into_crawl();
        assert_eq!((crawl.trigger, crawl.outcome), (CrawlTrigger::Schedule, CrawlOutcome::Complete));
        assert_eq!((crawl.added, crawl.changed, crawl.unchanged), (12, 2, 3));
        assert_eq!((crawl.removed, crawl.skipped, crawl.failed, crawl.needs_javascript), (6, 4, 5, 1));
        assert_eq!(sources::find(scope, store.read(), source, NOW).await.unwrap().needs_javascript, 1);
        assert_eq!((crawl.started_at, crawl.finished_at), (NOW, Some(NOW.plus_millis(7))));

        let tx = store.begin().await.unwrap();
        sources::delete(scope, &tx, source).await.unwrap();
        assert!(crawls::list(scope, tx.db(), source).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crawls_of_some_pages_do_not_take_the_place_of_those_of_all() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let tx = store.begin().await.unwrap();
        for n in 1..=36 {
            let number = sources::begin_crawl(scope, &tx, source).await.unwrap();
            let trigger = if n % 3 == 0 { CrawlTrigger::Schedule } else { CrawlTrigger::Sitemap };
            crawls::begin(scope, &tx, source, number, trigger, NOW).await.unwrap();
        }
        let rows = crawls::list(scope, tx.db(), source).await.unwrap();
        let numbers = |of_some: bool| -> Vec<u64> {
            let kept = rows.iter().filter(|row| (row.crawl_trigger == CrawlTrigger::Sitemap) == of_some);
            kept.map(|row| row.number).collect()
        };
        assert_eq!(numbers(false), [36, 33, 30, 27, 24, 21, 18, 15, 12, 9]);
        assert_eq!(numbers(true), [35, 34, 32, 31, 29, 28, 26, 25, 23, 22]);
        assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row.number)), "the newest first");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_of_some_pages_does_not_hide_what_the_last_of_all_left_out() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let tx = store.begin().await.unwrap();
        for (trigger, left_out, told) in [
            (CrawlTrigger::Person, 7, 7),
            (CrawlTrigger::Sitemap, 0, 7),
            (CrawlTrigger::Schedule, 2, 2),
            (CrawlTrigger::Sitemap, 1, 2),
        ] {
            let number = sources::begin_crawl(scope, &tx, source).await.unwrap();
            let id = crawls::begin(scope, &tx, source, number, trigger, NOW).await.unwrap();
            let counts = CrawlCounts { needs_javascript: left_out, ..CrawlCounts::default() };
            crawls::set_counts(scope, &tx, &id, counts).await.unwrap();
            crawls::finish(scope, &tx, &id, CrawlOutcome::Complete, 0, None, NOW).await.unwrap();
            assert_eq!(sources::find(scope, tx.db(), source, NOW).await.unwrap().needs_javascript, told);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crawl_is_closed_held_and_decided_about() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let error = ApiError::new(ErrorCode::SiteShrunk, "few pages").with("found", 1);
        let fewer = error.clone();
        let tx = store.begin().await.unwrap();
        let first = crawls::begin(scope, &tx, source, 1, CrawlTrigger::Person, NOW).await.unwrap();
        let close = crawls::close_running(scope, &tx, source, CrawlOutcome::Stopped, None, NOW).await;
        assert_eq!(close.unwrap(), 1);
        let none = crawls::close_running(scope, &tx, source, CrawlOutcome::Failed, None, NOW).await;
        assert_eq!(none.unwrap(), 0, "none goes on");
        let second = crawls::begin(scope, &tx, source, 2, CrawlTrigger::Person, NOW).await.unwrap();
        crawls::finish(scope, &tx, &second, CrawlOutcome::Held, 9, Some(error.clone()), NOW).await.unwrap();
        let rows = crawls::list(scope, tx.db(), source).await.unwrap();
        assert_eq!((rows[0].outcome, rows[0].removed, rows[0].error.clone()), (CrawlOutcome::Held, 9, Some(error)));
        assert_eq!((rows[1].outcome, rows[1].finished_at), (CrawlOutcome::Stopped, Some(NOW)));
        assert!(matches!(crawls::accept(scope, &tx, &first, 8).await, Err(StoreError::NotFound)), "it is not held");
        crawls::accept(scope, &tx, &second, 8).await.unwrap();
        let rows = crawls::list(scope, tx.db(), source).await.unwrap();
        assert_eq!((rows[0].outcome, rows[0].removed, &rows[0].error), (CrawlOutcome::Complete, 8, &None));

        let third = crawls::begin(scope, &tx, source, 3, CrawlTrigger::Person, NOW).await.unwrap();
        crawls::finish(scope, &tx, &third, CrawlOutcome::Held, 7, Some(fewer), NOW).await.unwrap();
        assert!(matches!(crawls::reject(scope, &tx, &second).await, Err(StoreError::NotFound)), "it was accepted");
        crawls::reject(scope, &tx, &third).await.unwrap();
        let rows = crawls::list(scope, tx.db(), source).await.unwrap();
        assert_eq!((rows[0].outcome, rows[0].removed, &rows[0].error), (CrawlOutcome::Rejected, 7, &None));
        for decided in [crawls::accept(scope, &tx, &third, 7).await, crawls::reject(scope, &tx, &third).await] {
            assert!(matches!(decided, Err(StoreError::NotFound)), "it was rejected");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_crawl_goes_on_with_what_is_left() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source) = (&tenant.scope, &tenant.source);
        let tx = store.begin().await.unwrap();
        for (outcome, goes_on) in [
            (CrawlOutcome::Stopped, true),
            (CrawlOutcome::Interrupted, true),
            (CrawlOutcome::Complete, false),
            (CrawlOutcome::Failed, false),
        ] {
            let number = sources::begin_crawl(scope, &tx, source).await.unwrap();
            let id = crawls::begin(scope, &tx, source, number, CrawlTrigger::Person, NOW).await.unwrap();
            assert!(crawls::go_on(scope, &tx, &id).await.is_err(), "it goes on");
            crawls::finish(scope, &tx, &id, outcome, 0, None, NOW).await.unwrap();
            assert_eq!(crawls::go_on(scope, &tx, &id).await.is_ok(), goes_on, "{outcome:?}");
            let row = crawls::list(scope, tx.db(), source).await.unwrap().remove(0);
            let expected = if goes_on { (CrawlOutcome::Running, None) } else { (outcome, Some(NOW)) };
            assert_eq!((row.outcome, row.finished_at, row.started_at), (expected.0, expected.1, NOW));
        }

        // One that waits for the server may be stopped meanwhile.
        assert_eq!(crawls::stop_interrupted(scope, &tx, source).await.unwrap(), 0);
        let number = sources::begin_crawl(scope, &tx, source).await.unwrap();
        let id = crawls::begin(scope, &tx, source, number, CrawlTrigger::Person, NOW).await.unwrap();
        crawls::finish(scope, &tx, &id, CrawlOutcome::Interrupted, 0, None, NOW).await.unwrap();
        assert_eq!(crawls::stop_interrupted(scope, &tx, source).await.unwrap(), 1);
        assert_eq!(crawls::list(scope, tx.db(), source).await.unwrap()[0].outcome, CrawlOutcome::Stopped);

        // What is kept last counts, and it goes with its crawl.
        for rest in ["much", "little"] {
            crawl_rests::put(scope, &tx, source, &id, rest.to_owned(), NOW).await.unwrap();
        }
        let kept = crawl_rests::find(scope, tx.db(), source).await.unwrap().unwrap();
        assert_eq!((kept.crawl_id, kept.rest.as_str(), kept.kept_at), (id, "little", NOW));
        sources::delete(scope, &tx, source).await.unwrap();
        assert_eq!(crawl_rests::find(scope, tx.db(), source).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_is_taken_once() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let tx = store.begin().await.unwrap();
        sources::set_next_crawl(&one.scope, &tx, &one.source, Some(NOW)).await.unwrap();
        sources::set_next_crawl(&two.scope, &tx, &two.source, Some(NOW.plus_millis(-1))).await.unwrap();
        assert!(sources::list_due(tx.db(), NOW.plus_millis(-2)).await.unwrap().is_empty());
        let due = sources::list_due(tx.db(), NOW).await.unwrap();
        assert_eq!(due.iter().map(|row| &row.id).collect::<Vec<_>>(), [&two.source, &one.source]);
        let scope = Scope::for_source(&due[1]);
        assert_eq!(scope.organisation(), &one.organisation);
        assert!(!sources::take_due(&scope, &tx, &one.source, NOW.plus_millis(-1)).await.unwrap(), "not yet");
        assert!(sources::take_due(&scope, &tx, &one.source, NOW).await.unwrap());
        assert!(!sources::take_due(&scope, &tx, &one.source, NOW).await.unwrap(), "somebody has it");
        // Work clears what is due, whoever asked for it.
        sources::start_work(&two.scope, &tx, &two.source, &JobProgress::default()).await.unwrap();
        assert!(sources::list_due(tx.db(), NOW).await.unwrap().is_empty());
        sources::set_next_crawl(&two.scope, &tx, &two.source, Some(NOW)).await.unwrap();
        assert!(sources::list_due(tx.db(), NOW).await.unwrap().is_empty(), "it is at work");
        assert!(!sources::take_due(&two.scope, &tx, &two.source, NOW).await.unwrap(), "it is at work");
        sources::finish_work(&two.scope, &tx, &two.source, SourceState::Ready, None, NOW).await.unwrap();
        assert!(sources::take_due(&two.scope, &tx, &two.source, NOW).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_say_when_and_how_far_they_were_found() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, source, page) = (&tenant.scope, &tenant.source, &tenant.document);
        let tx = store.begin().await.unwrap();
        let fetched = documents::Fetched { depth: Some(3), ..documents::Fetched::default() };
        documents::set_fetched(scope, &tx, page, &fetched).await.unwrap();
        crawls::set_fetched_at(scope, &tx, std::slice::from_ref(page), NOW).await.unwrap();
        let row = documents::find(scope, tx.db(), page).await.unwrap();
        assert_eq!((row.depth, row.clone().into_document().fetched_at), (Some(3), Some(NOW)));
        assert_eq!(crawls::count_unseen(scope, tx.db(), source, 1).await.unwrap(), 1);
        assert_eq!(crawls::count_unseen(scope, tx.db(), source, 0).await.unwrap(), 0);
        assert_eq!(crawls::forget_depths(scope, &tx, source).await.unwrap(), 1);
        assert_eq!(documents::find(scope, tx.db(), page).await.unwrap().depth, None);

        sources::rename(scope, &tx, source, "Other files").await.unwrap();
        assert_eq!(sources::find(scope, tx.db(), source, NOW).await.unwrap().name, "Other files");
    })
    .await;
}
