//! Vectors that chunks of a new revision take over.

use hammock_contract::document::DocumentState;

use super::support::{NOW, new_chunks, on_both, switch_to, tenant};
use crate::{StoreError, chunks, documents, revisions, vector_copies};

const SPACE: &str = "minilm/384";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_revision_takes_over_does_not_wait() {
    on_both(async |store| {
        let (tenant, other) = (tenant(store, "one").await, tenant(store, "two").await);
        let (scope, document) = (&tenant.scope, &tenant.document);
        let tx = store.begin().await.unwrap();
        // The second chunk never had a vector.
        chunks::mark_embedded(&tx, &tenant.chunks[..1], SPACE).await.unwrap();
        let new = new_chunks(&["one", "two", "three"]);
        let ids: Vec<_> = new.iter().map(|chunk| chunk.id.clone()).collect();
        let revision = revisions::put(scope, &tx, document, "onetwothree", "h", new, NOW).await.unwrap();
        let copies: Vec<_> = tenant.chunks.iter().cloned().zip(ids.iter().cloned()).collect();
        let foreign = vector_copies::note(&other.scope, &tx, document, &copies).await;
        assert!(matches!(foreign, Err(StoreError::NotFound)));
        vector_copies::note(scope, &tx, document, &copies).await.unwrap();
        // A chunk of another document gives nothing away.
        vector_copies::note(scope, &tx, document, &[(other.chunks[0].clone(), ids[2].clone())]).await.unwrap();
        revisions::switch(scope, &tx, document, &switch_to(revision, true), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let row = documents::find(scope, store.read(), document).await.unwrap();
        assert_eq!((row.state, row.chunks, row.embedded_chunks), (DocumentState::Embedding, 3, 1));
        let waiting = chunks::list_waiting(store.read(), SPACE, 10).await.unwrap();
        let waiting: Vec<_> = waiting.into_iter().filter(|chunk| chunk.document == *document).map(|c| c.id).collect();
        assert_eq!(waiting.len(), 2);
        assert!(!waiting.contains(&ids[0]), "it has the vector of the chunk that says the same");
    })
    .await;
}
