//! Events on their way into the database.

use std::sync::Arc;

use hammock_contract::{chat::Step, stream::StreamEvent};
use hammock_store::stream_events;

use super::{
    chat::{all, question, start},
    world::World,
};
use crate::chat::{Journal, LiveRuns};

fn event(detail: &str) -> StreamEvent {
    let step = Step { kind: "search".to_owned(), detail: detail.to_owned(), took_ms: 1, topics: Vec::new() };
    StreamEvent::Step { step }
}

#[tokio::test]
async fn no_event_follows_one_that_could_not_be_stored_and_other_answers_go_on() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        let answer = start(&world, &owner, question("When?")).await;
        let run = answer.run.clone();
        let stored = all(answer.events).await.len() as u64;
        runs.push((run, stored));
    }
    let [(broken, stored), (other, after)] = &runs[..] else { unreachable!() };
    let lives = Arc::new(LiveRuns::default());
    let (live, _guard) = lives.begin(broken.clone());
    let (other_live, _other_guard) = lives.begin(other.clone());
    let journal = Journal::start(world.hammock.store().clone());

    // Its place is taken: another replica closed the answer.
    let taken = journal.append(broken, *stored, event("taken"), &live).await.unwrap();
    let next = journal.append(broken, stored + 1, event("next"), &live).await.unwrap();
    let others = journal.append(other, after + 1, event("other"), &other_live).await.unwrap();
    assert!(taken.stored().await.is_err());
    assert!(next.stored().await.is_err());
    assert!(others.stored().await.is_ok());
    let late = journal.append(broken, stored + 1, event("late"), &live).await.unwrap();
    assert!(late.stored().await.is_err());

    assert!(live.event(1).is_none() && other_live.event(1).is_some());
    let db = world.hammock.store().read();
    assert_eq!(stream_events::list_after(&owner, db, broken, 0).await.unwrap().len() as u64, *stored);
    assert_eq!(stream_events::list_after(&owner, db, other, 0).await.unwrap().len() as u64, after + 1);
}
