//! The queue, with the clock as a parameter.

use std::collections::HashSet;

use hammock_contract::job::JobProgress;
use serde_json::json;

use super::support::{NOW, on_both, tenant};
use crate::{
    Scope, Store,
    jobs::{self, JobState, Lease, NewJob},
};

const LEASE: i64 = 60_000;

async fn enqueue(store: &Store, scope: &Scope, job: NewJob) -> Option<hammock_contract::JobId> {
    let tx = store.begin().await.unwrap();
    let id = jobs::enqueue(scope, &tx, job, NOW).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn claim(store: &Store, worker: &str, now: hammock_contract::Timestamp) -> Option<jobs::JobRow> {
    let tx = store.begin().await.unwrap();
    let job = jobs::claim(&tx, worker, &["crawl", "read"], u32::MAX, LEASE, now).await.unwrap();
    tx.commit().await.unwrap();
    job
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_waits_for_its_time_and_ends_once() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let later = NewJob { run_at: Some(NOW.plus_millis(1_000)), ..NewJob::new("crawl", json!({"a": 1})) };
        let id = enqueue(store, &tenant.scope, later).await.unwrap();
        assert!(claim(store, "w", NOW).await.is_none());
        let now = NOW.plus_millis(1_000);
        let job = claim(store, "w", now).await.unwrap();
        assert_eq!((&job.id, &job.payload, job.attempts, job.state), (&id, &json!({"a": 1}), 1, JobState::Running));
        assert_eq!(Scope::for_job(&job).organisation(), &tenant.organisation);
        assert!(claim(store, "x", now).await.is_none());
        let tx = store.begin().await.unwrap();
        assert!(jobs::complete(&tx, &id, "x", now).await.is_err(), "another worker cannot end it");
        jobs::complete(&tx, &id, "w", now).await.unwrap();
        assert!(jobs::complete(&tx, &id, "w", now).await.is_err(), "it ends once");
        tx.commit().await.unwrap();
        assert_eq!(jobs::find(&tenant.scope, store.read(), &id).await.unwrap().state, JobState::Done);
        assert_eq!(jobs::count(store.read()).await.unwrap(), jobs::JobCounts::default());
        let tx = store.begin().await.unwrap();
        assert_eq!(jobs::delete_finished(&tx, now.plus_millis(1)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_keeps_the_same_work_from_waiting_twice_within_a_tenant() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let job = || NewJob { key: Some("crawl/x".to_owned()), ..NewJob::new("crawl", json!({})) };
        let id = enqueue(store, &one.scope, job()).await.unwrap();
        assert!(enqueue(store, &one.scope, job()).await.is_none());
        assert!(enqueue(store, &two.scope, job()).await.is_some());
        let running = claim(store, "w", NOW).await.unwrap();
        assert_eq!(running.id, id);
        assert!(enqueue(store, &one.scope, job()).await.is_none(), "while it runs too");
        let tx = store.begin().await.unwrap();
        jobs::complete(&tx, &id, "w", NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert!(enqueue(store, &one.scope, job()).await.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_wait_longer_each_time_and_then_give_up() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let id =
            enqueue(store, &tenant.scope, NewJob { max_attempts: 3, ..NewJob::new("crawl", json!({})) }).await.unwrap();
        let mut now = NOW;
        for (attempt, expected) in [(1, JobState::Queued), (2, JobState::Queued), (3, JobState::Dead)] {
            assert_eq!(claim(store, "w", now).await.unwrap().attempts, attempt);
            let tx = store.begin().await.unwrap();
            assert_eq!(jobs::fail(&tx, &id, "w", "no luck", false, now).await.unwrap(), expected);
            tx.commit().await.unwrap();
            assert!(claim(store, "w", now).await.is_none(), "not at once");
            now = now.plus_millis(jobs::pause_after(attempt));
        }
        let job = jobs::find(&tenant.scope, store.read(), &id).await.unwrap();
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some("no luck")));
        assert_eq!(jobs::count(store.read()).await.unwrap().dead, 1);
        assert_eq!((jobs::pause_after(1), jobs::pause_after(2), jobs::pause_after(60)), (5_000, 10_000, 3_600_000));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_dies_loses_its_lease() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let id =
            enqueue(store, &tenant.scope, NewJob { max_attempts: 2, ..NewJob::new("crawl", json!({})) }).await.unwrap();
        claim(store, "dead", NOW).await.unwrap();
        let (during, after) = (NOW.plus_millis(LEASE), NOW.plus_millis(LEASE + 1));
        let tx = store.begin().await.unwrap();
        assert_eq!(jobs::requeue_expired(&tx, during).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert!(claim(store, "w", during).await.is_none());
        let tx = store.begin().await.unwrap();
        assert_eq!(jobs::requeue_expired(&tx, after).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(claim(store, "w", after).await.unwrap().attempts, 2);
        let tx = store.begin().await.unwrap();
        let progress = JobProgress { stage: "reading".to_owned(), done: 1, total: Some(2), current: None };
        let lost = jobs::extend_lease(&tx, &id, "dead", Some(&progress), LEASE, after).await.unwrap();
        assert_eq!(lost, Lease::Lost);
        let held = jobs::extend_lease(&tx, &id, "w", Some(&progress), LEASE, after).await.unwrap();
        assert_eq!(held, Lease::Held);
        jobs::extend_lease(&tx, &id, "w", None, LEASE, after).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(jobs::find(&tenant.scope, store.read(), &id).await.unwrap().progress, Some(progress));
        let tx = store.begin().await.unwrap();
        assert_eq!(jobs::expire_all(&tx).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(
            jobs::list_lost(store.read(), after).await.unwrap(),
            std::slice::from_ref(&id),
            "it was the last attempt"
        );
        let tx = store.begin().await.unwrap();
        assert_eq!(jobs::requeue_expired(&tx, after).await.unwrap(), 0);
        let ended = jobs::end_lost(&tx, &id, after).await.unwrap().unwrap();
        assert_eq!(
            (ended.id, ended.state, ended.last_error.as_deref()),
            (id.clone(), JobState::Dead, Some("the worker died"))
        );
        assert!(jobs::end_lost(&tx, &id, after).await.unwrap().is_none(), "it ends once");
        tx.commit().await.unwrap();
        assert!(jobs::list_lost(store.read(), after).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_to_be_stopped_is_cancelled_when_its_worker_dies() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let job = NewJob { subject: Some("src_a".to_owned()), ..NewJob::new("crawl", json!({})) };
        let id = enqueue(store, &tenant.scope, job).await.unwrap();
        claim(store, "dead", NOW).await.unwrap();
        let tx = store.begin().await.unwrap();
        assert_eq!(jobs::cancel(&tenant.scope, &tx, "src_a", NOW).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let after = NOW.plus_millis(LEASE + 1);
        let tx = store.begin().await.unwrap();
        assert!(jobs::end_lost(&tx, &id, NOW).await.unwrap().is_none(), "its worker may live");
        assert_eq!(jobs::requeue_expired(&tx, after).await.unwrap(), 0);
        let ended = jobs::end_lost(&tx, &id, after).await.unwrap().unwrap();
        assert_eq!(ended.state, JobState::Cancelled);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_does_not_count_and_a_cancellation_reaches_the_worker() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let on = |subject: &str| NewJob { subject: Some(subject.to_owned()), ..NewJob::new("crawl", json!({})) };
        let id = enqueue(store, &tenant.scope, on("src_a")).await.unwrap();
        claim(store, "w", NOW).await.unwrap();
        let tx = store.begin().await.unwrap();
        jobs::release(&tx, &id, "w", NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claim(store, "w", NOW).await.unwrap().attempts, 1);
        let waiting = enqueue(store, &tenant.scope, on("src_a")).await.unwrap();
        assert_eq!(jobs::list_active(&tenant.scope, store.read(), "src_a").await.unwrap().len(), 2);
        let tx = store.begin().await.unwrap();
        assert_eq!(jobs::cancel(&tenant.scope, &tx, "src_a", NOW).await.unwrap(), 2);
        let lease = jobs::extend_lease(&tx, &id, "w", None, LEASE, NOW).await.unwrap();
        assert_eq!(lease, Lease::CancelRequested);
        jobs::cancelled(&tx, &id, "w", NOW).await.unwrap();
        tx.commit().await.unwrap();
        for id in [&id, &waiting] {
            assert_eq!(jobs::find(&tenant.scope, store.read(), id).await.unwrap().state, JobState::Cancelled);
        }
        assert!(jobs::list_active(&tenant.scope, store.read(), "src_a").await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_take_turns() {
    on_both(async |store| {
        let (busy, quiet) = (tenant(store, "busy").await, tenant(store, "quiet").await);
        for _ in 0..5 {
            enqueue(store, &busy.scope, NewJob { priority: 9, ..NewJob::new("crawl", json!({})) }).await.unwrap();
        }
        enqueue(store, &quiet.scope, NewJob::new("crawl", json!({}))).await.unwrap();
        let mut order = Vec::new();
        for _ in 0..3 {
            order.push(claim(store, "w", NOW).await.unwrap().organisation_id);
        }
        assert_eq!(order, [busy.organisation.clone(), quiet.organisation, busy.organisation]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_has_only_so_many_jobs_of_a_kind_at_once() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        for _ in 0..4 {
            enqueue(store, &one.scope, NewJob::new("crawl", json!({}))).await.unwrap();
        }
        enqueue(store, &one.scope, NewJob::new("read", json!({}))).await.unwrap();
        let next = async |kind: &str| {
            let tx = store.begin().await.unwrap();
            let job = jobs::claim(&tx, "w", &[kind], 2, LEASE, NOW).await.unwrap();
            tx.commit().await.unwrap();
            job
        };
        let first = next("crawl").await.unwrap();
        assert!(next("crawl").await.is_some() && next("crawl").await.is_none());
        assert!(next("read").await.is_some(), "of another kind");
        enqueue(store, &two.scope, NewJob::new("crawl", json!({}))).await.unwrap();
        assert_eq!(next("crawl").await.unwrap().organisation_id, two.organisation);
        let tx = store.begin().await.unwrap();
        jobs::complete(&tx, &first.id, "w", NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(next("crawl").await.unwrap().organisation_id, one.organisation);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_at_the_same_time_never_share_a_job() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        for _ in 0..20 {
            enqueue(store, &tenant.scope, NewJob::new("crawl", json!({}))).await.unwrap();
        }
        let worker = |name: &'static str| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                while let Some(job) = claim(&store, name, NOW).await {
                    mine.push(job.id);
                }
                mine
            })
        };
        let (first, second) = (worker("a"), worker("b"));
        let mut all = first.await.unwrap();
        all.extend(second.await.unwrap());
        assert_eq!(all.len(), 20);
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 20);
    })
    .await;
}
