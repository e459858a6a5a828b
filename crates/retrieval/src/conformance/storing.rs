//! What is stored replaces what was there, goes with it, and can be stored again.

use hammock_contract::ChunkId;

use super::{World, by_meaning, by_words, empty, vectors};
use crate::{ChunkVector, IndexError, SearchIndex, VectorSpace};

pub(super) async fn revisions_replace_and_go(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let first = world.document(Some("en"), &["a lantern", "a candle"]);
    let mut second = world.document(Some("en"), &["a torch"]);
    second.document = first.document.clone();
    second.revision = 2;
    let bystander = world.document(Some("en"), &["a lantern of somebody else"]);
    for document in [&first, &second, &bystander] {
        index.put_text(std::slice::from_ref(document)).await?;
        index.put_vectors(&world.space, vectors(document, [1.0, 0.0, 0.0])).await?;
    }
    assert_eq!(index.list_text().await?.len(), 4);
    assert_eq!(index.list_vectors(&world.space).await?.len(), 4);

    index.remove_revisions(&first.document, Some(2)).await?;
    assert!(by_words(index, &world.filter(), "candle").await?.is_empty());
    assert_eq!(by_words(index, &world.filter(), "torch").await?, vec![second.chunks[0].chunk.clone()]);
    let mut listed = index.list_text().await?;
    let mut vectors = index.list_vectors(&world.space).await?;
    listed.sort_unstable();
    vectors.sort_unstable();
    assert_eq!(listed, vectors);
    let mut left = vec![
        (second.document.clone(), 2, second.chunks[0].chunk.clone()),
        (bystander.document.clone(), 1, bystander.chunks[0].chunk.clone()),
    ];
    left.sort_unstable();
    assert_eq!(listed, left);

    index.remove_revisions(&second.document, None).await?;
    assert_eq!(index.list_text().await?.len(), 1);
    assert_eq!(index.list_vectors(&world.space).await?.len(), 1);
    empty(index, &world).await
}

pub(super) async fn one_revision_goes_alone(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let first = world.document(Some("en"), &["a lantern", "a candle"]);
    let [mut second, mut twelfth] = [["a torch"], ["a lamp"]].map(|texts| world.document(Some("en"), &texts));
    (second.document, second.revision) = (first.document.clone(), 2);
    (twelfth.document, twelfth.revision) = (first.document.clone(), 12);
    let mut bystander = world.document(Some("en"), &["a lantern of somebody else"]);
    bystander.revision = 2;
    let all = [&first, &second, &twelfth, &bystander];
    for document in all {
        index.put_text(std::slice::from_ref(document)).await?;
        index.put_vectors(&world.space, vectors(document, [1.0, 0.0, 0.0])).await?;
    }
    for _ in 0..2 {
        index.remove_revision(&first.document, 2).await?;
        assert!(by_words(index, &world.filter(), "torch").await?.is_empty());
        assert_eq!(by_words(index, &world.filter(), "lamp").await?, vec![twelfth.chunks[0].chunk.clone()]);
        assert_eq!(by_words(index, &world.filter(), "candle").await?, vec![first.chunks[1].chunk.clone()]);
        let mut listed = index.list_text().await?;
        let mut vectors = index.list_vectors(&world.space).await?;
        listed.sort_unstable();
        vectors.sort_unstable();
        assert_eq!(listed, vectors);
        assert_eq!(listed.len(), 4);
    }
    index.remove_revisions(&first.document, None).await?;
    index.remove_revision(&bystander.document, 2).await?;
    empty(index, &world).await
}

pub(super) async fn vectors_go_alone(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let mut document = world.document(Some("en"), &["a lantern", "a candle"]);
    index.put_text(std::slice::from_ref(&document)).await?;
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    // One chunk is replaced, as when its text is edited, and the other is switched off.
    let gone: Vec<ChunkId> = document.chunks.iter().map(|chunk| chunk.chunk.clone()).collect();
    document.chunks.truncate(1);
    document.chunks[0].chunk = ChunkId::new();
    document.chunks[0].text = "a lighthouse".to_owned();
    for _ in 0..2 {
        index.put_text(std::slice::from_ref(&document)).await?;
        index.remove_vectors(&gone).await?;
    }
    index.remove_vectors(&[]).await?;
    let edited = vec![document.chunks[0].chunk.clone()];
    assert_eq!(by_words(index, &world.filter(), "lighthouse").await?, edited);
    assert!(by_words(index, &world.filter(), "candle lantern").await?.is_empty());
    assert!(by_meaning(index, &world, &world.filter()).await?.is_empty());
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    assert_eq!(by_meaning(index, &world, &world.filter()).await?, edited);
    // A document all of whose chunks are switched off.
    document.chunks.clear();
    index.put_text(std::slice::from_ref(&document)).await?;
    index.remove_vectors(&edited).await?;
    assert!(by_words(index, &world.filter(), "lighthouse").await?.is_empty());
    index.remove_revisions(&document.document, None).await?;
    empty(index, &world).await
}

pub(super) async fn vectors_are_copied(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let before = world.document(Some("en"), &["a kettle", "a teapot"]);
    let mut after = world.document(Some("en"), &["a kettle", "a saucer"]);
    (after.document, after.revision) = (before.document.clone(), 2);
    index.put_vectors(&world.space, vectors(&before, [1.0, 0.0, 0.0])).await?;
    let [kept, changed] = [0, 1].map(|place| (before.chunks[place].chunk.clone(), after.chunks[place].chunk.clone()));
    assert!(index.copy_vectors(&[], 2).await?.is_empty());
    assert!(index.copy_vectors(&[(ChunkId::new(), changed.1)], 2).await?.is_empty(), "there is nothing to copy");
    for _ in 0..2 {
        let copied = index.copy_vectors(std::slice::from_ref(&kept), 2).await?;
        assert_eq!(copied, std::slice::from_ref(&kept.1));
        assert_eq!(index.list_vectors(&world.space).await?.len(), 3);
    }
    // The copy is the new revision's, and of the same tenant and collection.
    index.remove_revisions(&before.document, Some(2)).await?;
    assert_eq!(index.list_vectors(&world.space).await?, [(before.document.clone(), 2, kept.1.clone())]);
    let hits = index.vector(&world.space, &[1.0, 0.0, 0.0], &world.filter(), 5).await?;
    assert!(hits.iter().all(|hit| hit.chunk == kept.1 && (hit.similarity - 1.0).abs() < 1e-4), "{hits:?}");
    assert_eq!(hits.len(), 1);
    index.remove_revisions(&before.document, None).await?;
    empty(index, &world).await
}

pub(super) async fn spaces_lie_side_by_side(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let document = world.document(Some("en"), &["a compass", "a sextant"]);
    let next = VectorSpace { model: format!("{}-next", world.space.model), dimension: 2 };
    index.put_text(std::slice::from_ref(&document)).await?;
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    index.clear_space(&next).await?;
    let of_next = vectors(&document, [0.0, 1.0, 0.0]).into_iter();
    let of_next = of_next.map(|vector| ChunkVector { vector: vec![0.0, 1.0], ..vector });
    index.put_vectors(&next, of_next.collect()).await?;
    assert_eq!((index.list_vectors(&world.space).await?.len(), index.list_vectors(&next).await?.len()), (2, 2));
    let hits = index.vector(&next, &[0.0, 1.0], &world.filter(), 5).await?;
    assert!(hits.len() == 2 && hits.iter().all(|hit| (hit.similarity - 1.0).abs() < 1e-4), "{hits:?}");
    // What is removed is removed from both.
    index.remove_vectors(std::slice::from_ref(&document.chunks[0].chunk)).await?;
    assert_eq!((index.list_vectors(&world.space).await?.len(), index.list_vectors(&next).await?.len()), (1, 1));
    for _ in 0..2 {
        index.clear_space(&world.space).await?;
        assert_eq!((index.list_vectors(&world.space).await?.len(), index.list_vectors(&next).await?.len()), (0, 1));
    }
    index.remove_revisions(&document.document, None).await?;
    assert!(index.list_vectors(&next).await?.is_empty());
    empty(index, &world).await
}

pub(super) async fn everything_can_be_repeated(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let document = world.document(Some("en"), &["a kettle", "a teapot"]);
    for _ in 0..3 {
        index.put_text(std::slice::from_ref(&document)).await?;
        index.put_vectors(&world.space, vectors(&document, [0.0, 1.0, 0.0])).await?;
    }
    index.put_vectors(&world.space, vectors(&document, [1.0, 0.0, 0.0])).await?;
    assert_eq!(index.list_text().await?.len(), 2);
    assert_eq!(index.list_vectors(&world.space).await?.len(), 2);
    let hits = index.vector(&world.space, &[1.0, 0.0, 0.0], &world.filter(), 5).await?;
    assert!(hits.iter().all(|hit| (hit.similarity - 1.0).abs() < 1e-4), "the last vector of a chunk counts: {hits:?}");
    assert!(hits.iter().all(|hit| hit.vector == [1.0, 0.0, 0.0]), "a hit brings its vector: {hits:?}");
    // The same revision with other chunks replaces all of it.
    let mut changed = world.document(Some("en"), &["a saucer"]);
    changed.document = document.document.clone();
    index.put_text(std::slice::from_ref(&changed)).await?;
    assert_eq!(index.list_text().await?.len(), 1);
    index.optimise().await?;
    assert_eq!(by_words(index, &world.filter(), "saucer").await?.len(), 1);
    assert_eq!(by_meaning(index, &world, &world.filter()).await?.len(), 2);
    for _ in 0..2 {
        index.remove_revisions(&document.document, None).await?;
        index.remove_collection(&world.collection).await?;
        index.optimise().await?;
    }
    index.put_text(&[]).await?;
    index.put_vectors(&world.space, Vec::new()).await?;
    empty(index, &world).await
}
