//! The change from one embedding model to the next.

use hammock_contract::{document::DocumentState, system::EmbeddingKind};

use super::support::{NOW, Tenant, answer_with, on_both, tenant};
use crate::{
    Store,
    chunk_edits::{self, ChunkChange},
    chunks, documents,
    embedding_models::{self, EmbeddingModelRow, EmbeddingRole},
    next_vectors::{self, NextCount},
};

const SPACE: &str = "minilm/384";
const NEXT: &str = "next/768";

fn model(space: &str, role: EmbeddingRole) -> EmbeddingModelRow {
    EmbeddingModelRow {
        space: space.to_owned(),
        role,
        kind: EmbeddingKind::Directory,
        place: format!("/models/{space}"),
        name: space.to_owned(),
        dimension: 3,
        max_tokens: 256,
        languages: vec!["en".to_owned(), "cs".to_owned()],
        probe: vec![0.1, -0.25, 1.0e-7],
        since: NOW,
    }
}

async fn counts(store: &Store, tenant: &Tenant) -> (DocumentState, u64) {
    let row = documents::find(&tenant.scope, store.read(), &tenant.document).await.unwrap();
    (row.state, u64::from(row.embedded_chunks))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn models_are_kept_with_all_that_loads_them_again() {
    on_both(async |store| {
        assert_eq!(embedding_models::list(store.read()).await.unwrap(), []);
        let tx = store.begin().await.unwrap();
        embedding_models::put(&tx, model(SPACE, EmbeddingRole::Serving)).await.unwrap();
        embedding_models::put(&tx, model(NEXT, EmbeddingRole::Next)).await.unwrap();
        tx.commit().await.unwrap();
        let known = embedding_models::list(store.read()).await.unwrap();
        assert_eq!(known.len(), 2);
        assert!(known.contains(&model(SPACE, EmbeddingRole::Serving)), "as it was put");

        let later = NOW.plus_millis(5);
        let tx = store.begin().await.unwrap();
        let moved = EmbeddingModelRow { place: "/elsewhere".to_owned(), ..model(SPACE, EmbeddingRole::Serving) };
        embedding_models::put(&tx, moved).await.unwrap();
        embedding_models::change_role(&tx, EmbeddingRole::Serving, EmbeddingRole::Retired, later).await.unwrap();
        embedding_models::change_role(&tx, EmbeddingRole::Next, EmbeddingRole::Serving, later).await.unwrap();
        tx.commit().await.unwrap();
        let known = embedding_models::list(store.read()).await.unwrap();
        let of = |role| known.iter().find(|model| model.role == role).map(|model| (model.place.as_str(), model.since));
        assert_eq!(of(EmbeddingRole::Retired), Some(("/elsewhere", later)));
        assert_eq!(of(EmbeddingRole::Serving), Some(("/models/next/768", later)));

        let tx = store.begin().await.unwrap();
        embedding_models::remove(&tx, SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(embedding_models::list(store.read()).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_vectors_count_until_the_switch() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, &one.chunks, SPACE).await.unwrap();
        chunks::mark_embedded(&tx, &two.chunks, SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert!(next_vectors::is_served_by(store.read(), SPACE).await.unwrap());
        assert!(!next_vectors::is_served_by(store.read(), NEXT).await.unwrap());

        // One after the other, from where the last batch ended; what was marked does not come again.
        let first = next_vectors::list_waiting(store.read(), None, 3).await.unwrap();
        let rest = next_vectors::list_waiting(store.read(), Some(&first[2].id), 3).await.unwrap();
        assert_eq!((first.len(), rest.len()), (3, 1));
        assert!(first.iter().all(|chunk| chunk.id != rest[0].id) && first[0].title == "Title 1");
        let tx = store.begin().await.unwrap();
        let marked = next_vectors::mark(&tx, &one.chunks, NEXT).await.unwrap();
        assert_eq!(marked.len(), 2);
        tx.commit().await.unwrap();
        assert_eq!(next_vectors::count(store.read()).await.unwrap(), NextCount { done: 2, all: 4 });
        assert_eq!(next_vectors::count_for(&one.scope, store.read()).await.unwrap(), NextCount { done: 2, all: 2 });
        assert_eq!(next_vectors::count_for(&two.scope, store.read()).await.unwrap(), NextCount { done: 0, all: 2 });
        assert_eq!(next_vectors::list_embedded(store.read()).await.unwrap().len(), 2);
        // Nothing of it shows yet.
        assert_eq!(counts(store, &one).await, (DocumentState::Ready, 2));
        assert_eq!(chunks::count_waiting(store.read(), SPACE).await.unwrap(), 0);

        // An edited chunk loses both vectors.
        let tx = store.begin().await.unwrap();
        let change = ChunkChange {
            id: one.chunks[0].clone(),
            new_id: hammock_contract::ChunkId::new(),
            text: "edited".to_owned(),
            edit: None,
            enabled: true,
        };
        chunk_edits::change(&one.scope, &tx, &one.document, 1, vec![change], true).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(next_vectors::count_for(&one.scope, store.read()).await.unwrap(), NextCount { done: 1, all: 2 });

        let tx = store.begin().await.unwrap();
        next_vectors::switch(&tx).await.unwrap();
        chunks::adopt_space(&tx, Some(NEXT)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counts(store, &one).await, (DocumentState::Embedding, 1));
        assert_eq!(counts(store, &two).await, (DocumentState::Embedding, 0));
        assert_eq!(chunks::count_waiting(store.read(), NEXT).await.unwrap(), 3);
        assert_eq!(next_vectors::count(store.read()).await.unwrap().done, 0);
        assert!(!next_vectors::is_served_by(store.read(), SPACE).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_is_taken_back_leaves_nothing() {
    on_both(async |store| {
        let one = tenant(store, "one").await;
        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, &one.chunks, SPACE).await.unwrap();
        next_vectors::mark(&tx, &one.chunks, NEXT).await.unwrap();
        next_vectors::forget(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(next_vectors::count(store.read()).await.unwrap(), NextCount { done: 0, all: 2 });
        assert_eq!(counts(store, &one).await, (DocumentState::Ready, 2));
        // A revision that comes later has vectors of neither.
        answer_with(store, &one.scope, &one.document, &["new"]).await;
        assert_eq!(next_vectors::count(store.read()).await.unwrap(), NextCount { done: 0, all: 1 });
        assert_eq!(chunks::count_waiting(store.read(), SPACE).await.unwrap(), 1);
    })
    .await;
}
