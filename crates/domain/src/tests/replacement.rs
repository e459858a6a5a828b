//! A file uploaded again: one revision answers at any time, and in the end the newest.

use hammock_contract::{CollectionId, DocumentId, SourceId, document::DocumentState, search::SearchHit};

use super::world::{World, until};
use crate::Scope;

const OLD: &str = "# Opening hours\n\nThe museum opens at nine in the summer.\n";
const NEW: &str = "# Opening hours\n\nThe museum opens at eleven in the winter.\n";

/// A worker that has nothing to do: the handbook, which it would read first, is in the index already.
async fn at_rest() -> (World, Scope) {
    let world = World::new().await;
    world.hammock.update_handbook().await.unwrap();
    world.work();
    let owner = world.owner("Eva").await;
    (world, owner)
}

/// A world in which the old text answers, beside others.
struct Museum {
    world: World,
    owner: Scope,
    collection: CollectionId,
    source: SourceId,
    document: DocumentId,
}

impl Museum {
    async fn open() -> Self {
        let (world, owner) = at_rest().await;
        let (collection, source, document) = world.filled(&owner, "Museum", "hours.md", OLD).await;
        Self { world, owner, collection, source, document }
    }

    /// Of what was found, the one passage of the museum.
    fn only_passage(&self, hits: Vec<SearchHit>) -> SearchHit {
        let mut ours: Vec<SearchHit> = hits.into_iter().filter(|hit| hit.collection == self.collection).collect();
        assert_eq!(ours.len(), 1, "{ours:?}");
        ours.remove(0)
    }

    async fn search(&self) -> SearchHit {
        self.only_passage(self.world.search(&self.owner, "museum opens").await)
    }
}

#[tokio::test]
async fn the_old_revision_answers_until_the_switch_and_never_both() {
    let museum = Museum::open().await;
    let Museum { world, owner, source, document: id, .. } = &museum;
    world.index.hold();
    let again = world.upload(owner, source, "hours.md", NEW.as_bytes()).await.unwrap();
    assert_eq!((&again.id, again.state), (id, DocumentState::Processing));
    world.index.wait_until_taken().await;
    assert_eq!(world.index.revisions(id).await, [1, 2], "both are in the index, one answers");
    let hit = museum.search().await;
    assert!(hit.revision == 1 && hit.text.contains("nine"), "{hit:?}");

    world.index.release();
    let read = world.read(owner, id).await;
    assert_eq!((read.state, read.revision, read.chunks), (DocumentState::Ready, 2, 1));
    let hit = museum.search().await;
    assert!(hit.revision == 2 && hit.text.contains("eleven"), "{hit:?}");
    until("the old one leaves the index", async || (world.index.revisions(id).await == [2]).then_some(())).await;
    // What an earlier answer cited can still be shown.
    let earlier = world.hammock.document_text(owner, id, Some(1)).await.unwrap();
    assert!(!earlier.current && earlier.text.contains("nine"));
}

#[tokio::test]
async fn a_search_that_falls_into_the_switch_finds_the_new_revision() {
    let museum = Museum::open().await;
    let Museum { world, owner, source, document: id, .. } = &museum;
    world.index.hold_searches();
    let replacing = async {
        world.index.wait_until_found().await;
        world.upload(owner, source, "hours.md", NEW.as_bytes()).await.unwrap();
        let read = world.read(owner, id).await;
        world.index.release_searches();
        read
    };
    let (hit, read) = tokio::join!(museum.search(), replacing);
    assert_eq!(read.revision, 2);
    assert!(hit.revision == 2 && hit.text.contains("eleven"), "{hit:?}");
}

#[tokio::test]
async fn a_file_replaced_while_it_is_read_is_read_again() {
    let (world, owner) = at_rest().await;
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
    let museum = Museum::open().await;
    let Museum { world, owner, source, .. } = &museum;
    // A PDF in name and first bytes; the test has no program to read it with, and that is what it says.
    world.upload(owner, source, "hours.md", b"%PDF-1.7\nbroken").await.unwrap_or_else(|error| panic!("{error}"));
    until("the failure shows or is tried again", async || {
        let active = hammock_store::jobs::list_active(owner, world.hammock.store().read(), source.as_str()).await;
        let settled = active.unwrap().iter().all(|job| job.attempts > 0);
        settled.then_some(())
    })
    .await;
    let hit = museum.search().await;
    assert!(hit.revision == 1 && hit.text.contains("nine"), "{hit:?}");
}
