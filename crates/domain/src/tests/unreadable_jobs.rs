//! Jobs that this version cannot read: another one has asked for them. They end, and hold up nobody's work.

use hammock_contract::{DocumentId, ErrorCode, JobId, document::DocumentState};
use hammock_store::jobs::{self, JobRow, JobState, NewJob};
use serde_json::{Value, json};

use super::world::World;
use crate::{Scope, worker::LEASE};

/// Asks for a job that has one attempt.
async fn ask(world: &World, owner: &Scope, payload: Value) -> JobId {
    let tx = world.hammock.store().begin().await.unwrap();
    let new = NewJob { max_attempts: 1, ..NewJob::new("read_document", payload) };
    let id = jobs::enqueue(owner, &tx, new, world.hammock.now()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id
}

/// What no version so far asks for.
fn payload(document: &DocumentId) -> Value {
    json!({ "kind": "read_document_quickly", "document": document })
}

async fn find(world: &World, owner: &Scope, id: &JobId) -> JobRow {
    jobs::find(owner, world.hammock.store().read(), id).await.unwrap()
}

#[tokio::test]
async fn a_job_that_cannot_be_read_and_whose_worker_died_holds_up_no_other() {
    let world = World::new().await;
    let (owner, other) = (world.owner("Eva").await, world.owner("Ota").await);
    let lost = [ask(&world, &owner, json!("?")).await, ask(&world, &owner, json!({ "kind": "dance" })).await];
    for _ in &lost {
        let tx = world.hammock.store().begin().await.unwrap();
        let claimed = jobs::claim(&tx, "gone", &["read_document"], 9, LEASE, world.hammock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(claimed.is_some());
    }
    world.clock.pass(LEASE + 1);
    world.work();
    let (_, good) = world.knowledge(&other, "Museum", "# Hours\n\nThe museum opens at nine.\n").await;
    assert_eq!(world.hammock.find_document(&other, &good).await.unwrap().state, DocumentState::Ready);
    for id in &lost {
        let job = find(&world, &owner, id).await;
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some("the worker died")));
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_read_fails_where_people_look() {
    let (world, owner) = World::at_work().await;
    let (_, document) = world.knowledge(&owner, "Museum", "# Hours\n\nThe museum opens at nine.\n").await;
    world.rest().await;
    let asked = [ask(&world, &owner, payload(&document)).await, ask(&world, &owner, json!(7)).await];
    world.hammock.0.work.notify_one();
    world.rest().await;
    for id in &asked {
        let job = find(&world, &owner, id).await;
        assert_eq!(job.state, JobState::Dead);
        assert!(job.last_error.as_ref().is_some_and(|error| error.contains("this version")), "{job:?}");
    }
    let failed = world.hammock.find_document(&owner, &document).await.unwrap();
    assert_eq!((failed.state, failed.error.unwrap().code), (DocumentState::Failed, ErrorCode::Internal));

    // It is counted like any other that was given up.
    let report = world.hammock.doctor(false).await.unwrap();
    let finding = report.findings.iter().find(|finding| finding.subject == "background work").unwrap();
    assert_eq!(finding.found, "0 waiting, 0 running, 2 given up");
}

hammock_testkit::on_postgres!(
    "lost jobs on PostgreSQL",
    a_job_that_cannot_be_read_and_whose_worker_died_holds_up_no_other
);
