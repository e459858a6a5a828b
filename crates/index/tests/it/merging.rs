//! Housekeeping, and the merges that the keyword index begins by itself.

use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};
use hammock_index::DurableIndex;
use hammock_retrieval::{ChunkText, IndexedDocument, SearchIndex};

#[tokio::test(flavor = "multi_thread")]
async fn housekeeping_lets_merges_end_that_have_begun() {
    let folder = tempfile::tempdir().unwrap();
    let index = DurableIndex::open(folder.path()).await.unwrap();
    for round in 1..=5 {
        // So many commits that the last one begins a merge.
        for _ in 0..8 {
            let document = IndexedDocument {
                organisation: OrganisationId::new(),
                collection: CollectionId::new(),
                document: DocumentId::new(),
                revision: 1,
                language: Some("en".to_owned()),
                chunks: vec![ChunkText {
                    chunk: ChunkId::new(),
                    ordinal: 0,
                    heading: String::new(),
                    text: "some words".to_owned(),
                }],
            };
            index.put_text(&[document]).await.unwrap();
        }
        index.optimise().await.unwrap();
        assert_eq!(index.list_text().await.unwrap().len(), 8 * round);
    }
}
