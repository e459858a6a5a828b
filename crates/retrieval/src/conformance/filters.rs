//! Whatever a filter does not let in is not found, and counts for nothing.

use hammock_contract::{ChunkId, CollectionId, DocumentId};

use super::{World, by_meaning, by_words, empty, vectors};
use crate::{IndexError, IndexedDocument, KeywordQuery, SearchFilter, SearchIndex, VectorSpace};

pub(super) async fn tenants_and_collections_are_kept_apart(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let ours = world.document(Some("en"), &["the umbrella is blue"]);
    let mut theirs = world.document(Some("en"), &["the umbrella is red"]);
    theirs.organisation = world.theirs.clone();
    theirs.collection = CollectionId::new();
    // Somebody else's document that claims our collection: the tenant alone must hold it back.
    let mut forged = world.document(Some("en"), &["the umbrella is forged"]);
    forged.organisation = world.theirs.clone();
    let mut other = world.document(Some("en"), &["the umbrella of the other collection"]);
    other.collection = CollectionId::new();
    let documents = [ours.clone(), theirs, forged, other.clone()];
    index.put_text(&documents).await?;
    for document in &documents {
        index.put_vectors(&world.space, vectors(document, [1.0, 0.0, 0.0])).await?;
    }

    let only_ours = vec![ours.chunks[0].chunk.clone()];
    assert_eq!(by_words(index, &world.filter(), "umbrella").await?, only_ours);
    assert_eq!(by_meaning(index, &world, &world.filter()).await?, only_ours);
    let mut both = world.filter();
    both.collections.push(other.collection.clone());
    assert_eq!(by_words(index, &both, "umbrella").await?.len(), 2);
    assert_eq!(by_meaning(index, &world, &both).await?.len(), 2);
    for nothing in [
        SearchFilter { organisations: vec![], ..world.filter() },
        SearchFilter { collections: vec![], ..world.filter() },
        SearchFilter { organisations: vec![], collections: vec![], documents: None },
    ] {
        assert!(by_words(index, &nothing, "umbrella").await?.is_empty());
        assert!(by_meaning(index, &world, &nothing).await?.is_empty());
    }
    let unknown = VectorSpace { model: "another".to_owned(), dimension: 3 };
    assert!(index.vector(&unknown, &[1.0, 0.0, 0.0], &world.filter(), 5).await?.is_empty());

    index.remove_collection(&world.collection).await?;
    assert!(by_words(index, &world.filter(), "umbrella").await?.is_empty());
    assert!(by_meaning(index, &world, &world.filter()).await?.is_empty());
    assert_eq!(by_words(index, &both, "umbrella").await?, vec![other.chunks[0].chunk.clone()]);
    empty(index, &world).await
}

pub(super) async fn documents_can_be_named(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let texts = ["the kite is blue", "the kite is red and a kite", "the kite is green"];
    let documents: Vec<IndexedDocument> = texts.iter().map(|text| world.document(Some("en"), &[*text])).collect();
    index.put_text(&documents).await?;
    for (document, nearness) in documents.iter().zip([0.1, 1.0, 0.5]) {
        index.put_vectors(&world.space, vectors(document, [nearness, 0.0, 0.0])).await?;
    }
    let named = |wanted: &[usize]| {
        let mut ids: Vec<DocumentId> = wanted.iter().map(|place| documents[*place].document.clone()).collect();
        ids.sort_unstable();
        SearchFilter { documents: Some(ids.into()), ..world.filter() }
    };
    let chunks = |wanted: &[usize]| -> Vec<ChunkId> {
        let mut ids: Vec<ChunkId> = wanted.iter().map(|place| documents[*place].chunks[0].chunk.clone()).collect();
        ids.sort_unstable();
        ids
    };
    // Also the one that comes last of all, whatever the limit: it is no filter of what was found.
    for wanted in [&[0][..], &[2], &[0, 2], &[0, 1, 2], &[]] {
        let filter = named(wanted);
        let (mut words, mut meaning) =
            (by_words(index, &filter, "kite").await?, by_meaning(index, &world, &filter).await?);
        words.sort_unstable();
        meaning.sort_unstable();
        assert_eq!(words, chunks(wanted), "{wanted:?}");
        assert_eq!(meaning, chunks(wanted), "{wanted:?}");
        let query = KeywordQuery { text: "kite".to_owned(), language: None };
        let result = index.keyword(&query, &filter, 1).await?;
        assert_eq!(result.chunks, wanted.len() as u64, "the statistics are of the named documents alone");
        assert_eq!(result.hits.len(), wanted.len().min(1));
        let first = index.vector(&world.space, &[1.0, 0.0, 0.0], &filter, 1).await?;
        assert_eq!(first.len(), wanted.len().min(1));
    }
    // A document of somebody else is not let in by being named.
    let mut theirs = world.document(Some("en"), &["the kite is theirs"]);
    theirs.organisation = world.theirs.clone();
    index.put_text(std::slice::from_ref(&theirs)).await?;
    index.put_vectors(&world.space, vectors(&theirs, [1.0, 0.0, 0.0])).await?;
    let forged = SearchFilter { documents: Some(vec![theirs.document.clone()].into()), ..world.filter() };
    assert!(by_words(index, &forged, "kite").await?.is_empty());
    assert!(by_meaning(index, &world, &forged).await?.is_empty());
    empty(index, &world).await
}

pub(super) async fn statistics_are_of_what_may_be_seen(index: &dyn SearchIndex) -> Result<(), IndexError> {
    let world = World::new();
    let ours = world.document(Some("en"), &["secret recipe", "soup recipe"]);
    index.put_text(std::slice::from_ref(&ours)).await?;
    let query = KeywordQuery { text: "secret recipe".to_owned(), language: Some("en".to_owned()) };
    let before = index.keyword(&query, &world.filter(), 5).await?;
    let mut theirs = world.document(Some("fr"), &["secret", "secret", "secret"]);
    theirs.organisation = world.theirs.clone();
    theirs.collection = CollectionId::new();
    index.put_text(std::slice::from_ref(&theirs)).await?;
    assert_eq!(index.keyword(&query, &world.filter(), 5).await?, before, "another tenant's words change nothing");
    empty(index, &world).await
}
