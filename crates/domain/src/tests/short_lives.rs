//! Processes that do not live long enough for a whole batch of vectors.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use hammock_contract::{document::DocumentState, search::SearchRequest};
use hammock_llm::{EmbedError, Embedder, Purpose, scripted::WordEmbedder};
use hammock_retrieval::VectorSpace;
use tokio::sync::Notify;

use super::{
    embedders::choice,
    world::{World, until},
};
use crate::{EmbedderFactory, EmbeddingChoice};

/// How many passages are embedded in one life.
const LIFE: usize = 16;

/// A model that embeds some passages and then takes for ever.
struct Slow {
    model: WordEmbedder,
    left: AtomicUsize,
    stuck: Notify,
}

#[async_trait]
impl Embedder for Slow {
    fn space(&self) -> &VectorSpace {
        self.model.space()
    }

    fn languages(&self) -> &[String] {
        self.model.languages()
    }

    fn max_tokens(&self) -> usize {
        self.model.max_tokens()
    }

    async fn embed(&self, texts: Vec<String>, purpose: Purpose) -> Result<Vec<Vec<f32>>, EmbedError> {
        if purpose == Purpose::Passage {
            let Some(left) = self.left.load(Ordering::SeqCst).checked_sub(texts.len()) else {
                self.stuck.notify_one();
                return std::future::pending().await;
            };
            self.left.store(left, Ordering::SeqCst);
        }
        self.model.embed(texts, purpose).await
    }
}

/// Gives that model.
struct Only(Arc<Slow>);

#[async_trait]
impl EmbedderFactory for Only {
    async fn load(&self, _: &EmbeddingChoice, _: Option<usize>) -> Result<Arc<dyn Embedder>, EmbedError> {
        let model = Arc::clone(&self.0);
        Ok(model)
    }
}

/// A world whose model embeds `left` passages before it is stuck.
async fn slow(left: usize) -> (Arc<Slow>, World) {
    let model = WordEmbedder::new("slow", 16, &["en"]);
    let model = Arc::new(Slow { model, left: AtomicUsize::new(left), stuck: Notify::new() });
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let world = World::with_embedding(folder, Arc::default(), Arc::new(Only(model.clone())), choice("slow")).await;
    world.work();
    (model, world)
}

/// A guide through so many rooms, all alike.
fn rooms(count: u32) -> String {
    let room = |room| format!("# Room {room}\n\n{}\n\n", format!("Room {room} shows a vase of clay. ").repeat(25));
    (1..=count).map(room).collect()
}

#[tokio::test]
async fn what_has_just_come_in_is_found_before_its_vectors_are_there() {
    let (model, world) = slow(usize::MAX).await;
    let owner = world.owner("Eva").await;
    let (collection, source) = world.collection(&owner, "Museum").await;
    let old = world.upload(&owner, &source, "rooms.md", rooms(20).as_bytes()).await.unwrap();
    until("the vectors of what was there first", async || {
        let read = world.hammock.find_document(&owner, &old.id).await.unwrap();
        (read.state == DocumentState::Ready).then_some(())
    })
    .await;

    model.left.store(0, Ordering::SeqCst);
    let text = b"On Tuesdays dogs are welcome in the orangery.";
    let new = world.upload(&owner, &source, "dogs.md", text).await.unwrap();
    let read = world.read(&owner, &new.id).await;
    assert_eq!((read.state, read.embedded_chunks), (DocumentState::Embedding, 0));
    let query = "Which room shows that dogs are welcome in the orangery on Tuesdays?".to_owned();
    // Not in the handbook, whose vectors may wait as well.
    let request = SearchRequest { query, collections: vec![collection], ..SearchRequest::default() };
    let hits = world.hammock.search(&owner, request).await.unwrap().hits;
    assert_eq!((&hits[0].document, hits[0].vector_score), (&new.id, None));
    assert!(hits[1..].iter().any(|hit| hit.document == old.id && hit.vector_score.is_some()), "meaning took part");
    world.stop_working();
}

#[tokio::test]
async fn work_that_is_killed_in_every_batch_still_comes_to_its_end() {
    let (model, world) = slow(0).await;
    let owner = world.owner("Eva").await;
    let (_, source) = world.collection(&owner, "Museum").await;
    let document = world.upload(&owner, &source, "rooms.md", rooms(60).as_bytes()).await.unwrap();
    let read = world.read(&owner, &document.id).await;
    assert!(read.chunks as usize > 3 * LIFE, "{} chunks", read.chunks);
    assert_eq!((read.state, read.embedded_chunks), (DocumentState::Embedding, 0));
    world.stop_working();

    let mut lives = 0;
    loop {
        lives += 1;
        assert!(lives < 100, "no life makes any progress");
        model.left.store(LIFE, Ordering::SeqCst);
        tokio::select! {
            biased;
            () = model.stuck.notified() => {}
            done = world.hammock.embed_waiting(|_, _| {}) => {
                done.unwrap();
                break;
            }
        }
    }
    assert!(lives > 3, "{lives} lives");
    let read = world.hammock.find_document(&owner, &document.id).await.unwrap();
    assert_eq!((read.state, read.embedded_chunks), (DocumentState::Ready, read.chunks));
}
