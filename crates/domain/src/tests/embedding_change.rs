//! Another embedding model is chosen: the one before answers until every passage has a vector of the new one.

use std::sync::Arc;

use hammock_contract::{
    search::{SearchMode, SearchRequest, SearchResponse},
    system::EmbeddingStatus,
    user::Role,
};
use hammock_retrieval::{ChunkVector, SearchIndex as _, VectorSpace};
use hammock_store::next_vectors;
use tempfile::TempDir;

use super::{
    embedders::{WordModels, choice},
    held_index::HeldIndex,
    world::{World, until},
};
use crate::{Scope, Severity};

/// Longer than the vectors of an earlier model stay. Milliseconds.
const LATER: i64 = 600_000;

/// What outlives a restart.
struct Installation {
    folder: Arc<TempDir>,
    index: Arc<HeldIndex>,
    owner: Scope,
}

/// Models `one` and `two`.
fn both() -> Arc<WordModels> {
    WordModels::new(&[("one", 64, &["en"]), ("two", 48, &["cs", "fr"])])
}

fn space(name: &str, dimension: usize) -> VectorSpace {
    VectorSpace { model: name.to_owned(), dimension }
}

impl Installation {
    /// Where everything has its vector of `one`.
    async fn new() -> Self {
        let (folder, index) = (Arc::new(tempfile::tempdir().unwrap()), Arc::default());
        let world = World::with_embedding(Arc::clone(&folder), Arc::clone(&index), both(), choice("one")).await;
        world.work();
        let owner = world.owner("Eva").await;
        let installation = Self { folder, index, owner };
        installation.upload(&world, "The museum opens at nine.").await;
        let status = installation.wait_for(&world, |status| is_served_by(status, "one")).await;
        assert_eq!((status.next, status.problem), (None, None));
        installation
    }

    /// Started again with another choice.
    async fn start(&self, models: &Arc<WordModels>, chosen: &str) -> World {
        let (folder, index) = (Arc::clone(&self.folder), Arc::clone(&self.index));
        World::with_embedding(folder, index, models.clone(), choice(chosen)).await
    }

    async fn upload(&self, world: &World, text: &str) {
        let (_, source) = world.collection(&self.owner, text).await;
        let document = world.upload(&self.owner, &source, "note.md", text.as_bytes()).await.unwrap();
        world.read(&self.owner, &document.id).await;
    }

    async fn status(&self, world: &World) -> EmbeddingStatus {
        world.hammock.embedding_status(&self.owner).await.unwrap()
    }

    async fn wait_for(&self, world: &World, is_right: impl Fn(&EmbeddingStatus) -> bool) -> EmbeddingStatus {
        until("the embedding stands as it should", async || {
            Some(self.status(world).await).filter(|status| is_right(status))
        })
        .await
    }

    async fn search(&self, world: &World, query: &str) -> SearchResponse {
        let request = SearchRequest {
            query: query.to_owned(),
            mode: SearchMode::Vector,
            limit: Some(1),
            ..SearchRequest::default()
        };
        world.hammock.search(&self.owner, request).await.unwrap()
    }

    async fn vectors(&self, name: &str, dimension: usize) -> usize {
        self.index.list_vectors(&space(name, dimension)).await.unwrap().len()
    }
}

/// Whether a model answers and nothing waits.
fn is_served_by(status: &EmbeddingStatus, name: &str) -> bool {
    status.waiting == 0 && status.next.is_none() && status.serving.as_ref().is_some_and(|model| model.name == name)
}

fn is_changing(status: &EmbeddingStatus) -> bool {
    status.next.is_some()
}

#[tokio::test]
async fn the_old_vectors_answer_until_the_new_ones_are_all_there() {
    let installation = Installation::new().await;
    let models = both();
    models.model("two").refuse_passages(Some("not now"));
    let world = installation.start(&models, "two").await;
    world.work();
    let status = installation.wait_for(&world, is_changing).await;
    let (serving, next) = (status.serving.unwrap(), status.next.unwrap());
    assert_eq!((serving.name.as_str(), serving.dimension, serving.languages), ("one", 64, vec!["en".to_owned()]));
    assert_eq!((next.model.name.as_str(), next.model.dimension, next.done), ("two", 48, 0));
    assert_eq!(next.model.languages, ["cs", "fr"]);
    assert!(next.total > 0 && status.waiting == 0);
    let found = installation.search(&world, "The museum opens at nine.").await;
    assert!(found.vectors_used && found.hits[0].text.contains("museum"), "{found:?}");
    let report = world.hammock.doctor(true).await.unwrap();
    assert!(report.findings.iter().any(|finding| finding.found.contains("two is being brought in")), "{report:?}");
    assert!(report.worst() < Severity::Problem, "{report:?}");

    // What comes meanwhile is found by meaning, too.
    installation.upload(&world, "The library lends maps.").await;
    installation.wait_for(&world, |status| status.waiting == 0).await;
    let found = installation.search(&world, "The library lends maps.").await;
    assert!(found.hits[0].text.contains("library"), "{found:?}");

    // A process without background work does as the database says, whatever was chosen.
    let web = installation.start(&models, "two").await;
    web.hammock.load_embedding_model().await;
    assert_eq!(installation.status(&web).await.serving.unwrap().name, "one");

    models.model("two").refuse_passages(None);
    world.hammock.0.unembedded.notify_one();
    installation.wait_for(&world, |status| is_served_by(status, "two")).await;
    for text in ["The museum opens at nine.", "The library lends maps."] {
        let found = installation.search(&world, text).await;
        assert!(found.vectors_used && found.hits[0].text == text, "{found:?}");
    }
    assert_eq!(
        installation.vectors("two", 48).await,
        installation.vectors("one", 64).await,
        "others may not have noticed"
    );
    web.hammock.load_embedding_model().await;
    assert_eq!(installation.status(&web).await.serving.unwrap().name, "two");

    world.clock.pass(LATER);
    until("the old vectors are removed", async || {
        world.hammock.0.unembedded.notify_one();
        (installation.vectors("one", 64).await == 0).then_some(())
    })
    .await;
    let report = world.hammock.doctor(true).await.unwrap();
    assert!(report.worst() < Severity::Problem, "{report:?}");
}

#[tokio::test]
async fn a_change_that_was_cut_off_goes_on_where_it_was() {
    let installation = Installation::new().await;
    let models = both();
    models.model("two").refuse_passages(Some("not now"));
    let world = installation.start(&models, "two").await;
    world.work();
    let total = installation.wait_for(&world, is_changing).await.next.unwrap().total;
    drop(world);

    // One chunk had got its vector when the process died.
    let models = both();
    let world = installation.start(&models, "two").await;
    let chunk = next_vectors::list_waiting(world.hammock.store().read(), None, 1).await.unwrap().remove(0);
    let row = ChunkVector {
        organisation: chunk.organisation,
        collection: chunk.collection,
        document: chunk.document,
        revision: chunk.revision,
        chunk: chunk.id.clone(),
        vector: (0..48_u8).map(|place| if place == 0 { 1.0 } else { 0.0 }).collect(),
    };
    installation.index.put_vectors(&space("two", 48), vec![row]).await.unwrap();
    let tx = world.hammock.store().begin().await.unwrap();
    next_vectors::mark(&tx, &[chunk.id], "two").await.unwrap();
    tx.commit().await.unwrap();
    world.work();
    installation.wait_for(&world, |status| is_served_by(status, "two")).await;
    let made = u64::try_from(models.model("two").passages()).unwrap();
    assert_eq!(made, total - 1, "what was made was not made again");
    assert_eq!(models.model("one").passages(), 0);
}

#[tokio::test]
async fn a_model_that_is_gone_answers_no_more() {
    let installation = Installation::new().await;
    let models = WordModels::new(&[("two", 48, &["fr"])]);
    models.model("two").refuse_passages(Some("not now"));
    let world = installation.start(&models, "two").await;
    world.work();
    let status =
        installation.wait_for(&world, |status| status.serving.as_ref().is_some_and(|model| model.name == "two")).await;
    assert!(status.problem.unwrap().contains("cannot be used any more") && status.waiting > 0);
    models.model("two").refuse_passages(None);
    world.hammock.0.unembedded.notify_one();
    installation.wait_for(&world, |status| is_served_by(status, "two")).await;
    assert!(installation.search(&world, "The museum opens at nine.").await.vectors_used);
}

#[tokio::test]
async fn a_choice_that_cannot_be_had_leaves_the_model_before() {
    let installation = Installation::new().await;
    let world = installation.start(&both(), "three").await;
    world.work();
    let status = installation.wait_for(&world, |status| status.problem.is_some() && status.serving.is_some()).await;
    assert!(status.problem.unwrap().contains("there is no folder /models/three"));
    assert_eq!((status.serving.unwrap().name.as_str(), status.next), ("one", None));
    assert!(installation.search(&world, "The museum opens at nine.").await.vectors_used);
}

#[tokio::test]
async fn a_choice_can_be_taken_back() {
    let installation = Installation::new().await;
    let models = both();
    models.model("two").refuse_passages(Some("not now"));
    let world = installation.start(&models, "two").await;
    world.work();
    installation.wait_for(&world, is_changing).await;
    drop(world);
    let models = both();
    let world = installation.start(&models, "one").await;
    world.work();
    installation.wait_for(&world, |status| is_served_by(status, "one")).await;
    assert_eq!(models.model("one").passages(), 0, "its vectors are there");
}

#[tokio::test]
async fn a_model_that_only_moved_is_the_same() {
    let installation = Installation::new().await;
    // The folder has another name, and what is in it answers as before.
    let models = both();
    let chosen = Some(crate::EmbeddingChoice::Directory { folder: "/elsewhere/one".into(), languages: Vec::new() });
    let (folder, index) = (Arc::clone(&installation.folder), Arc::clone(&installation.index));
    let world = World::with_embedding(folder, index, models.clone(), chosen).await;
    world.work();
    installation.wait_for(&world, |status| is_served_by(status, "one")).await;
    assert_eq!(models.model("one").passages(), 0);
}

#[tokio::test]
async fn a_rebuild_takes_the_new_model_at_once() {
    let installation = Installation::new().await;
    let models = both();
    let world = installation.start(&models, "two").await;
    world.hammock.rebuild_index(|_| {}).await.unwrap();
    world.hammock.embed_waiting(|_, _| {}).await.unwrap();
    assert!(is_served_by(&installation.status(&world).await, "two"));
    assert_eq!(models.model("one").passages(), 0);
    assert!(installation.search(&world, "The museum opens at nine.").await.vectors_used);
}

#[tokio::test]
async fn only_administrators_look_at_it() {
    let installation = Installation::new().await;
    let world = installation.start(&both(), "one").await;
    let user = world.colleague(&installation.owner, "Ben", Role::User).await;
    let error = world.hammock.embedding_status(&user).await.unwrap_err();
    assert_eq!(error.code, hammock_contract::ErrorCode::RoleRequired);
}
