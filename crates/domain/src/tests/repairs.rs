//! The index differs from the database when the server starts: a crash came between the two, or the folder was lost.

use std::sync::Arc;

use hammock_contract::{ChunkId, DocumentId};
use hammock_llm::scripted::ScriptedModel;
use hammock_retrieval::{ChunkText, IndexedDocument, SearchIndex as _};

use super::world::{World, until};

#[tokio::test]
async fn the_start_makes_them_equal_again() {
    equal_again(false).await;
}

#[tokio::test]
async fn a_worker_makes_them_equal_again_beside_a_process_that_answers_requests() {
    equal_again(true).await;
}

async fn equal_again(beside: bool) {
    let first = World::new().await;
    first.work();
    let owner = first.owner("Eva").await;
    let (collection, id) = first.knowledge(&owner, "Museum", "# Hours\n\nThe museum opens at nine.\n").await;
    first.rest().await;
    let folder = Arc::clone(&first.folder);
    first.stop_working();
    let _answers_requests = beside.then_some(first);

    // The index of this one is empty, but for what was never to answer and what was deleted.
    let world = World::in_folder(folder, ScriptedModel::new([])).await;
    let (deleted, organisation) = (DocumentId::new(), owner.organisation().clone());
    let left = [(id.clone(), 7), (deleted.clone(), 1)].map(|(document, revision)| IndexedDocument {
        organisation: organisation.clone(),
        collection: collection.clone(),
        document,
        revision,
        language: None,
        chunks: vec![ChunkText {
            chunk: ChunkId::new(),
            ordinal: 0,
            heading: String::new(),
            text: "left behind".to_owned(),
        }],
    });
    world.index.put_text(&left).await.unwrap();
    world.hammock.prepare().await.unwrap();
    world.work();
    until("the index is right", async || {
        let right = world.index.revisions(&id).await == [1] && world.index.revisions(&deleted).await.is_empty();
        right.then_some(())
    })
    .await;
    until("the search finds it", async || world.search(&owner, "museum opens").await.pop()).await;
    let report = world.hammock.doctor(true).await.unwrap();
    let keyword = report.findings.iter().find(|finding| finding.subject == "keyword index").unwrap();
    assert!(keyword.found.contains("equal"), "{keyword:?}");
}
