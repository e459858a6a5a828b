//! Revisions of documents, their chunks, and the vectors of these.

use hammock_contract::document::DocumentState;

use super::support::{NOW, answer_with, new_chunks, on_both, switch_to, tenant};
use crate::{Scope, Store, StoreError, chunks, documents, revisions, waiting_chunks};

const SPACE: &str = "minilm/384";

async fn state_of(store: &Store, scope: &Scope, id: &hammock_contract::DocumentId) -> (DocumentState, u32, u32) {
    let document = documents::find(scope, store.read(), id).await.unwrap();
    (document.state, document.chunks, document.embedded_chunks)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_answers_only_after_its_switch_and_never_beside_another() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let scope = &tenant.scope;
        let next = new_chunks(&["three", "four", "five"]);
        let ids: Vec<_> = next.iter().map(|chunk| chunk.id.clone()).collect();
        let tx = store.begin().await.unwrap();
        let revision = revisions::put(scope, &tx, &tenant.document, "next", "hash2", next, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(revision, 2);
        let everything: Vec<_> = tenant.chunks.iter().chain(&ids).cloned().collect();
        let found = chunks::load(scope, store.read(), &everything).await.unwrap();
        assert_eq!(found.iter().filter(|found| tenant.chunks.contains(&found.chunk.id)).count(), 2);
        assert_eq!(found.len(), 2, "the new one does not answer yet");
        assert!(chunks::list_waiting(store.read(), SPACE, 10).await.unwrap().iter().all(|chunk| chunk.revision == 1));
        let tx = store.begin().await.unwrap();
        revisions::switch(scope, &tx, &tenant.document, &switch_to(2, true), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let found = chunks::load(scope, store.read(), &everything).await.unwrap();
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|found| found.chunk.revision == 2 && found.title == "Title 2"));
        let document = documents::find(scope, store.read(), &tenant.document).await.unwrap();
        assert_eq!((document.revision, document.chunks, document.state), (2, 3, DocumentState::Embedding));
        assert_eq!((document.content_hash.as_deref(), document.language.as_deref()), (Some("hash2"), Some("en")));
        let old = revisions::find(scope, store.read(), &tenant.document, 1).await.unwrap();
        assert_eq!(old.text, "onetwo", "citations still find the old text");
        assert_eq!(chunks::list(scope, store.read(), &tenant.document, 2).await.unwrap()[1].text, "four");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revisions_that_never_answered_are_cleaned_and_old_texts_are_limited() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, document) = (&tenant.scope, &tenant.document);
        let tx = store.begin().await.unwrap();
        revisions::put(scope, &tx, document, "lost", "h", new_chunks(&["lost"]), NOW).await.unwrap();
        let third = revisions::put(scope, &tx, document, "third", "h", new_chunks(&["third"]), NOW).await.unwrap();
        assert_eq!(chunks::list(scope, tx.db(), document, 2).await.unwrap(), []);
        revisions::discard(scope, &tx, document, third).await.unwrap();
        assert!(revisions::find(scope, tx.db(), document, third).await.is_err());
        assert!(revisions::discard(scope, &tx, document, 1).await.is_err(), "not the one that answers");
        assert!(revisions::switch(scope, &tx, document, &switch_to(9, true), NOW).await.is_err(), "never stored");
        tx.commit().await.unwrap();
        for _ in 0..revisions::KEPT_REVISIONS {
            answer_with(store, scope, document, &["again"]).await;
        }
        let last = documents::find(scope, store.read(), document).await.unwrap().revision;
        assert!(revisions::find(scope, store.read(), document, 1).await.is_err());
        assert!(revisions::find(scope, store.read(), document, last - revisions::KEPT_REVISIONS + 1).await.is_ok());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_that_was_overtaken_does_not_answer() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, document) = (&tenant.scope, &tenant.document);
        let put = async |text: &str| {
            let tx = store.begin().await.unwrap();
            let revision = revisions::put(scope, &tx, document, text, text, new_chunks(&[text]), NOW).await.unwrap();
            tx.commit().await.unwrap();
            revision
        };
        let switch = async |revision: u32| {
            let tx = store.begin().await.unwrap();
            let answers = revisions::switch(scope, &tx, document, &switch_to(revision, true), NOW).await.unwrap();
            tx.commit().await.unwrap();
            let row = documents::find(scope, store.read(), document).await.unwrap();
            (answers, row.revision, row.chunks)
        };
        let (slow, quick) = (put("slow").await, put("quick").await);
        assert_eq!((slow, quick), (2, 3));
        assert_eq!(switch(slow).await, (false, 1, 2), "what answered before still does");
        assert_eq!(switch(quick).await, (true, 3, 1));
        assert_eq!(switch(slow).await, (false, 3, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_of_a_text_is_counted_in_bytes() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, document) = (&tenant.scope, &tenant.document);
        answer_with(store, scope, document, &["Žába ", "at nine 🦀."]).await;
        let part = async |bytes| revisions::find_part(scope, store.read(), document, 2, bytes).await.unwrap();
        assert_eq!((part(0..6).await.as_str(), part(2..7).await.as_str()), ("Žába", "ába "));
        assert_eq!(part(7..100).await, "at nine 🦀.");
        assert_eq!(part(4..4).await, "");
        let gone = revisions::find_part(scope, store.read(), document, 9, 0..1).await;
        assert!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_was_replaced_while_it_was_read_is_not_done() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let (scope, document) = (&tenant.scope, &tenant.document);
        let state = async || {
            let row = documents::find(scope, store.read(), document).await.unwrap();
            (row.revision, row.state)
        };
        for (read, expected) in [("read", DocumentState::Processing), ("newer", DocumentState::Ready)] {
            let tx = store.begin().await.unwrap();
            let chunks = new_chunks(&["text"]);
            let revision = revisions::put(scope, &tx, document, "text", "hash", chunks, NOW).await.unwrap();
            documents::set_file(scope, &tx, document, "newer", "text/plain", 1).await.unwrap();
            let switch = revisions::Switch { file_key: read.to_owned(), ..switch_to(revision, false) };
            revisions::switch(scope, &tx, document, &switch, NOW).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(state().await, (revision, expected), "{read}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn embedding_is_shared_between_tenants_and_completes_documents() {
    on_both(async |store| {
        let (large, small) = (tenant(store, "large").await, tenant(store, "small").await);
        answer_with(store, &large.scope, &large.document, &["a"; 20]).await;
        let waiting = chunks::list_waiting(store.read(), SPACE, 6).await.unwrap();
        assert_eq!(waiting.len(), 6);
        assert_eq!(waiting.iter().filter(|chunk| chunk.organisation == small.organisation).count(), 2);
        assert_eq!(chunks::count_waiting(store.read(), SPACE).await.unwrap(), 22);
        assert_eq!(chunks::count_waiting_for(&small.scope, store.read()).await.unwrap(), 2);
        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, &small.chunks[..1], SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 1));
        let waits = waiting_chunks::among(&small.scope, store.read(), SPACE, &small.chunks).await.unwrap();
        assert_eq!(waits, small.chunks[1..].iter().cloned().collect());
        let tx = store.begin().await.unwrap();
        chunks::mark_embedded(&tx, &small.chunks, SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Ready, 2, 2));
        assert_eq!(chunks::list_embedded(store.read(), SPACE).await.unwrap().len(), 2);
        assert_eq!(chunks::list_answering(store.read()).await.unwrap().len(), 22);
        let found = chunks::list(&small.scope, store.read(), &small.document, 1).await.unwrap();
        assert!(found[0].clone().into_chunk(Some(SPACE), None).embedded);
        assert!(!found[0].clone().into_chunk(None, None).embedded);

        // Another model: everything waits again, and a document that was ready is not.
        assert_eq!(chunks::count_waiting(store.read(), "other/768").await.unwrap(), 22);
        let tx = store.begin().await.unwrap();
        chunks::adopt_space(&tx, Some("other/768")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 0));
        assert_eq!(chunks::list_waiting(store.read(), "other/768", 100).await.unwrap().len(), 22);
        let tx = store.begin().await.unwrap();
        chunks::adopt_space(&tx, Some(SPACE)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Ready, 2, 2));

        // A vector that was found missing is made again; a rebuild makes all again; no model at all is no waiting.
        let tx = store.begin().await.unwrap();
        chunks::forget_vectors_of(&tx, &small.chunks[..1], SPACE).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 1));
        let tx = store.begin().await.unwrap();
        chunks::forget_vectors(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Embedding, 2, 0));
        let tx = store.begin().await.unwrap();
        chunks::adopt_space(&tx, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(state_of(store, &small.scope, &small.document).await, (DocumentState::Ready, 2, 0));
    })
    .await;
}
