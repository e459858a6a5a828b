//! How a source stands while its files are read one by one.

use hammock_contract::{
    ErrorCode, SourceId,
    document::DocumentState,
    source::{NewSource, SourceKind, SourcePatch, SourceState},
};

use super::world::{World, until};
use crate::Scope;

const HOURS: &[u8] = b"# Opening hours\n\nThe museum opens at nine.\n";
const LATER: &[u8] = b"# Opening hours\n\nThe museum opens at ten.\n";

async fn state(world: &World, owner: &Scope, source: &SourceId) -> SourceState {
    world.hammock.find_source(owner, source).await.unwrap().state
}

#[tokio::test]
async fn it_is_described_when_it_is_made_and_later() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (collection, _) = world.collection(&owner, "Museum").await;
    let new = |description: &str| NewSource {
        name: "Papers".to_owned(),
        description: description.to_owned(),
        kind: SourceKind::Upload,
    };
    let too_long = world.hammock.create_source(&owner, &collection, new(&"x".repeat(501))).await.unwrap_err();
    assert_eq!((too_long.code, too_long.field.as_deref()), (ErrorCode::InvalidField, Some("description")));
    let made =
        world.hammock.create_source(&owner, &collection, new(" Leaflets of the last ten years. ")).await.unwrap();
    assert_eq!(made.description, "Leaflets of the last ten years.");
    let patch = |text: &str| SourcePatch { description: Some(text.to_owned()), ..SourcePatch::default() };
    let renamed = SourcePatch { name: Some("Leaflets".to_owned()), ..SourcePatch::default() };
    let renamed = world.hammock.update_source(&owner, &made.id, renamed).await.unwrap();
    assert_eq!(renamed.description, made.description, "what is not changed stays");
    let described = world.hammock.update_source(&owner, &made.id, patch("Leaflets.")).await.unwrap();
    assert_eq!((described.name.as_str(), described.description.as_str()), ("Leaflets", "Leaflets."));
    assert_eq!(world.hammock.update_source(&owner, &made.id, patch("")).await.unwrap().description, "");
}

#[tokio::test]
async fn it_works_from_the_upload_to_the_end_of_the_last_reading() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (_, source) = world.collection(&owner, "Museum").await;
    assert_eq!(state(&world, &owner, &source).await, SourceState::Empty);
    let id = world.upload(&owner, &source, "a.md", HOURS).await.unwrap().id;
    world.upload(&owner, &source, "b.md", HOURS).await.unwrap();
    let working = world.hammock.find_source(&owner, &source).await.unwrap();
    let progress = working.progress.unwrap();
    assert_eq!((working.state, progress.done, progress.total), (SourceState::Working, 0, Some(2)));
    world.work();
    until("both are read", async || (state(&world, &owner, &source).await == SourceState::Ready).then_some(())).await;
    assert_eq!(world.hammock.find_source(&owner, &source).await.unwrap().documents, 2);

    world.index.hold();
    world.hammock.reindex_document(&owner, &id).await.unwrap();
    assert_eq!(state(&world, &owner, &source).await, SourceState::Working);
    world.index.release();
    until("it is read again", async || (state(&world, &owner, &source).await == SourceState::Ready).then_some(()))
        .await;

    // A file that cannot be read ends the work too.
    world.upload(&owner, &source, "c.html", b"<html><body><img src=a></body></html>").await.unwrap();
    until("it has failed", async || (state(&world, &owner, &source).await == SourceState::Ready).then_some(())).await;
    assert_eq!(world.hammock.find_source(&owner, &source).await.unwrap().failed_documents, 1);
}

#[tokio::test]
async fn stopping_leaves_no_file_waiting() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let (_, source) = world.collection(&owner, "Museum").await;
    let id = world.upload(&owner, &source, "a.md", HOURS).await.unwrap().id;
    let stopped = world.hammock.stop_source(&owner, &source).await.unwrap();
    assert_eq!(stopped.state, SourceState::Ready);
    let document = world.hammock.find_document(&owner, &id).await.unwrap();
    assert_eq!((document.state, document.error.unwrap().code), (DocumentState::Skipped, ErrorCode::Stopped));

    // Read again when somebody wants it.
    world.work();
    world.hammock.reindex_document(&owner, &id).await.unwrap();
    assert_eq!(world.read(&owner, &id).await.state, DocumentState::Ready);
    until("the work ends", async || (state(&world, &owner, &source).await == SourceState::Ready).then_some(())).await;

    // What is being read is read to its end; what answered before goes on answering.
    world.index.hold();
    world.upload(&owner, &source, "a.md", LATER).await.unwrap();
    world.index.wait_until_taken().await;
    assert_eq!(world.hammock.stop_source(&owner, &source).await.unwrap().state, SourceState::Working);
    world.index.release();
    until("the work ends", async || (state(&world, &owner, &source).await == SourceState::Ready).then_some(())).await;
    let document = world.hammock.find_document(&owner, &id).await.unwrap();
    assert_eq!((document.state, document.error), (DocumentState::Ready, None));
}
