//! A file uploaded again: one revision answers at any time, and in the end the newest.

use hammock_contract::document::DocumentState;

use super::world::{World, until};

const OLD: &str = "# Opening hours\n\nThe museum opens at nine in the summer.\n";
const NEW: &str = "# Opening hours\n\nThe museum opens at eleven in the winter.\n";

#[tokio::test]
async fn the_old_revision_answers_until_the_switch_and_never_both() {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    world.work();
    let owner = world.owner("Eva").await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    let id = world.upload(&owner, &source, "hours.md", OLD.as_bytes()).await.unwrap().id;
    world.read(&owner, &id).await;

    world.index.hold();
    let again = world.upload(&owner, &source, "hours.md", NEW.as_bytes()).await.unwrap();
    assert_eq!((again.id.clone(), again.state), (id.clone(), DocumentState::Processing));
    world.index.wait_until_taken().await;
    assert_eq!(world.index.revisions(&id).await, [1, 2], "both are in the index, one answers");
    let hits = world.search(&owner, "museum opens").await;
    let ours: Vec<_> = hits.iter().filter(|hit| hit.collection == collection).collect();
    assert!(ours.len() == 1 && ours[0].revision == 1 && ours[0].text.contains("nine"), "{ours:?}");

    world.index.release();
    let read = world.read(&owner, &id).await;
    assert_eq!((read.state, read.revision, read.chunks), (DocumentState::Ready, 2, 1));
    let hits = world.search(&owner, "museum opens").await;
    let ours: Vec<_> = hits.iter().filter(|hit| hit.collection == collection).collect();
    assert!(ours.len() == 1 && ours[0].revision == 2 && ours[0].text.contains("eleven"), "{ours:?}");
    until("the old one leaves the index", async || (world.index.revisions(&id).await == [2]).then_some(())).await;
    // What an earlier answer cited can still be shown.
    let earlier = world.hammock.document_text(&owner, &id, Some(1)).await.unwrap();
    assert!(!earlier.current && earlier.text.contains("nine"));
}

#[tokio::test]
async fn a_search_that_falls_into_the_switch_finds_the_new_revision() {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    world.work();
    let owner = world.owner("Eva").await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    let id = world.upload(&owner, &source, "hours.md", OLD.as_bytes()).await.unwrap().id;
    world.read(&owner, &id).await;

    world.index.hold_searches();
    let replacing = async {
        world.index.wait_until_found().await;
        world.upload(&owner, &source, "hours.md", NEW.as_bytes()).await.unwrap();
        let read = world.read(&owner, &id).await;
        world.index.release_searches();
        read
    };
    let (hits, read) = tokio::join!(world.search(&owner, "museum opens"), replacing);
    assert_eq!(read.revision, 2);
    let ours: Vec<_> = hits.iter().filter(|hit| hit.collection == collection).collect();
    assert!(ours.len() == 1 && ours[0].revision == 2 && ours[0].text.contains("eleven"), "{ours:?}");
}

#[tokio::test]
async fn a_file_replaced_while_it_is_read_is_read_again() {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    world.work();
    let owner = world.owner("Eva").await;
    let (_, source) = world.collection(&owner, "Museum").await;
    world.index.hold();
    let id = world.upload(&owner, &source, "hours.md", OLD.as_bytes()).await.unwrap().id;
    world.index.wait_until_taken().await;
    world.upload(&owner, &source, "hours.md", NEW.as_bytes()).await.unwrap();
    world.index.release();
    until("the new text answers", async || {
        let text = world.hammock.document_text(&owner, &id, None).await.ok()?;
        text.text.contains("eleven").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_replacement_that_cannot_be_read_leaves_the_old_revision_answering() {
    let world = World::new().await;
    world.work();
    let owner = world.owner("Eva").await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    let id = world.upload(&owner, &source, "hours.md", OLD.as_bytes()).await.unwrap().id;
    world.read(&owner, &id).await;
    // A PDF in name and first bytes; the test has no program to read it with, and that is what it says.
    world.upload(&owner, &source, "hours.md", b"%PDF-1.7\nbroken").await.unwrap_or_else(|error| panic!("{error}"));
    until("the failure shows or is tried again", async || {
        let active = hammock_store::jobs::list_active(&owner, world.hammock.store().read(), source.as_str()).await;
        let settled = active.unwrap().iter().all(|job| job.attempts > 0);
        settled.then_some(())
    })
    .await;
    let hits = world.search(&owner, "museum opens").await;
    let ours: Vec<_> = hits.iter().filter(|hit| hit.collection == collection).collect();
    assert!(ours.len() == 1 && ours[0].revision == 1 && ours[0].text.contains("nine"), "{ours:?}");
}
