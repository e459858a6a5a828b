//! The same contract as every index, and that it holds over a restart.

use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};
use hammock_index::DurableIndex;
use hammock_retrieval::{
    ChunkText, ChunkVector, IndexedDocument, KeywordQuery, SearchFilter, SearchIndex, VectorSpace, conformance,
};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    conformance::check(&DurableIndex::open(folder.path()).await.unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let space = VectorSpace { model: "test".to_owned(), dimension: 2 };
    let (organisation, collection, document) = (OrganisationId::new(), CollectionId::new(), DocumentId::new());
    let chunk = ChunkId::new();
    let filter = SearchFilter {
        organisations: vec![organisation.clone()],
        collections: vec![collection.clone()],
        documents: None,
    };
    let query = KeywordQuery { text: "umbrellas".to_owned(), language: None };
    let first = DurableIndex::open(folder.path()).await.unwrap();
    let text = IndexedDocument {
        organisation: organisation.clone(),
        collection: collection.clone(),
        document: document.clone(),
        revision: 7,
        language: Some("en".to_owned()),
        chunks: vec![ChunkText {
            chunk: chunk.clone(),
            ordinal: 0,
            heading: "Weather".to_owned(),
            text: "an umbrella".to_owned(),
        }],
    };
    let vector = ChunkVector {
        organisation,
        collection,
        document: document.clone(),
        revision: 7,
        chunk: chunk.clone(),
        vector: vec![0.6, 0.8],
    };
    first.put_text(&[text]).await.unwrap();
    first.put_vectors(&space, vec![vector]).await.unwrap();
    let expected = first.keyword(&query, &filter, 5).await.unwrap();
    assert_eq!(expected.hits.len(), 1);
    // A second process may read while the first one writes.
    let second = DurableIndex::open(folder.path()).await.unwrap();
    assert_eq!(second.keyword(&query, &filter, 5).await.unwrap(), expected);
    let hits = second.vector(&space, &[0.6, 0.8], &filter, 5).await.unwrap();
    assert_eq!(hits.len(), 1);
    assert!((hits[0].similarity - 1.0).abs() < 1e-5, "{hits:?}");
    assert_eq!((&hits[0].chunk, hits[0].revision), (&chunk, 7));
    assert_eq!(second.list_text().await.unwrap(), [(document, 7, chunk)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_the_same_time_are_all_made() {
    let folder = tempfile::tempdir().unwrap();
    let index = std::sync::Arc::new(DurableIndex::open(folder.path()).await.unwrap());
    let space = VectorSpace { model: "test".to_owned(), dimension: 2 };
    let (organisation, collection) = (OrganisationId::new(), CollectionId::new());
    let mut tasks = Vec::new();
    for number in 0..40 {
        let (index, space, organisation, collection) =
            (index.clone(), space.clone(), organisation.clone(), collection.clone());
        tasks.push(tokio::spawn(async move {
            let (document, chunk) = (DocumentId::new(), ChunkId::new());
            let text = ChunkText {
                chunk: chunk.clone(),
                ordinal: 0,
                heading: String::new(),
                text: format!("umbrella number{number}"),
            };
            let indexed = IndexedDocument {
                organisation: organisation.clone(),
                collection: collection.clone(),
                document: document.clone(),
                revision: 1,
                language: Some("en".to_owned()),
                chunks: vec![text],
            };
            index.put_text(&[indexed]).await.unwrap();
            let vector = ChunkVector {
                organisation: organisation.clone(),
                collection: collection.clone(),
                document,
                revision: 1,
                chunk: chunk.clone(),
                vector: vec![1.0, 0.0],
            };
            index.put_vectors(&space, vec![vector]).await.unwrap();
            // Visible to whoever put it as soon as that returned.
            let filter =
                SearchFilter { organisations: vec![organisation], collections: vec![collection], documents: None };
            let query = KeywordQuery { text: format!("number{number}"), language: Some("en".to_owned()) };
            let found = index.keyword(&query, &filter, 5).await.unwrap();
            assert_eq!(found.hits.first().map(|hit| &hit.chunk), Some(&chunk));
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(index.list_text().await.unwrap().len(), 40);
    assert_eq!(index.list_vectors(&space).await.unwrap().len(), 40);
}
