//! Edits of chunks, and what they do to the counts.

use hammock_contract::{
    ChunkId, EvaluationQuestionId,
    document::{ChunkEdited, DocumentState},
};

use super::support::{NOW, new_edit, on_both, tenant};
use crate::{
    chunk_edits::{self, ChunkChange},
    chunks, collections, documents, evaluation_questions, maintenance, sources,
};

const SPACE: &str = "minilm/384";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edited_chunk_waits_for_its_vector_and_one_that_is_off_does_not_count() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, &tenant.chunks, SPACE).await.unwrap();
        let edit = new_edit(&tenant, "one", 0);
        chunk_edits::put(scope, &tx, edit.clone()).await.unwrap();
        // A second one of the same chunk takes the place of the first.
        let edit = chunk_edits::ChunkEditRow { text: Some("uno".to_owned()), ..edit };
        chunk_edits::put(scope, &tx, edit.clone()).await.unwrap();
        let revision = chunk_edits::lock(scope, &tx, &tenant.document).await.unwrap();
        let (edited, off) = (ChunkId::new(), ChunkId::new());
        let change = |place: usize, new_id: &ChunkId, text: &str, enabled: bool| ChunkChange {
            id: tenant.chunks[place].clone(),
            new_id: new_id.clone(),
            text: text.to_owned(),
            edit: enabled.then(|| edit.id.clone()),
            enabled,
        };
        let changes = vec![change(0, &edited, "uno", true), change(1, &off, "two", false)];
        chunk_edits::change(scope, &tx, &tenant.document, revision, changes, true).await.unwrap();
        let marked = chunks::mark_embedded(&tx, &tenant.chunks, SPACE).await.unwrap();
        assert!(marked.is_empty(), "both have other ids");
        tx.commit().await.unwrap();

        let document = documents::find(scope, store.read(), &tenant.document).await.unwrap();
        assert_eq!((document.state, document.chunks, document.embedded_chunks), (DocumentState::Embedding, 1, 0));
        let waiting = chunks::list_waiting(store.read(), SPACE, 9).await.unwrap();
        assert_eq!(
            waiting.iter().map(|chunk| (&chunk.id, chunk.text.as_str())).collect::<Vec<_>>(),
            [(&edited, "uno")]
        );
        assert_eq!(chunks::count_waiting(store.read(), SPACE).await.unwrap(), 1);
        assert_eq!(chunks::list_answering(store.read()).await.unwrap().len(), 1);
        assert!(chunks::list_embedded(store.read(), SPACE).await.unwrap().is_empty());
        let found = chunks::load(scope, store.read(), &[edited.clone(), off]).await.unwrap();
        let by = Some(ChunkEdited { by: Some("Ada Lovelace".to_owned()), at: NOW });
        assert_eq!(found.iter().map(|found| (&found.chunk.id, &found.edited)).collect::<Vec<_>>(), [(&edited, &by)]);
        let answering = chunks::list_answering_documents(store.read(), None, 9).await.unwrap();
        assert_eq!(answering[0].chunks.len(), 1);
        assert_eq!(chunks::list(scope, store.read(), &tenant.document, 1).await.unwrap().len(), 2);
        assert!(maintenance::check_integrity(store.read()).await.unwrap().is_empty());

        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, std::slice::from_ref(&edited), SPACE).await.unwrap();
        chunk_edits::delete(scope, &tx, &tenant.document, &edit.id).await.unwrap();
        tx.commit().await.unwrap();
        let document = documents::find(scope, store.read(), &tenant.document).await.unwrap();
        assert_eq!((document.state, document.chunks, document.embedded_chunks), (DocumentState::Ready, 1, 1));
        let ids = std::slice::from_ref(&tenant.document);
        assert!(chunk_edits::list(scope, store.read(), ids).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_with_a_collection_or_a_source_is_counted() {
    on_both(async |store| {
        let (tenant, other) = (tenant(store, "one").await, tenant(store, "two").await);
        let scope = &tenant.scope;
        let counts = async || {
            let collection = collections::find(scope, store.read(), &tenant.collection).await.unwrap();
            let source = sources::find(scope, store.read(), &tenant.source, NOW).await.unwrap();
            (collection.questions, collection.edited_chunks, source.edited_passages)
        };
        assert_eq!(counts().await, (0, 0, 0));
        let tx = store.begin().await.unwrap();
        let off = chunk_edits::ChunkEditRow { text: None, enabled: false, ..new_edit(&tenant, "two", 0) };
        for edit in [new_edit(&tenant, "one", 0), off] {
            chunk_edits::put(scope, &tx, edit).await.unwrap();
        }
        chunk_edits::put(&other.scope, &tx, new_edit(&other, "one", 0)).await.unwrap();
        for question in ["Which?", "What?", "Where?"] {
            let id = EvaluationQuestionId::new();
            evaluation_questions::create(scope, &tx, id, &tenant.collection, question, &[], NOW).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(counts().await, (3, 2, 2));
    })
    .await;
}
