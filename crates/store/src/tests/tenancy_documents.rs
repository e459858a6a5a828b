//! Functions about documents, their revisions, chunks and vectors, called with a foreign scope.

use std::collections::HashMap;

use hammock_contract::{
    ApiError, ChunkId, DocumentId, Page,
    document::{DocumentQuery, DocumentState},
};

use super::{
    support::{NOW, Tenant, new_document, switch_to},
    tenancy::Checked,
};
use crate::{
    Scope, Tx,
    chunk_edits::{self, ChunkEditRow},
    chunks, documents, next_vectors, processing, revisions, vector_copies, waiting_chunks,
};

/// The foreign scope is that of `two`; `edit` is one of `one`.
pub async fn ask_as_foreigner(
    checked: &mut Checked,
    foreign: &Scope,
    tx: &Tx,
    one: &Tenant,
    two: &Tenant,
    edit: &ChunkEditRow,
) {
    let db = tx.db();
    let document = &one.document;
    let create = documents::create_many(foreign, tx, &one.source, vec![new_document("x")], NOW).await;
    checked.nothing("documents::create_many", create);
    checked.nothing("documents::find", documents::find(foreign, db, document).await);
    checked.nothing("documents::find_writable", documents::find_writable(foreign, db, document).await);
    checked.empty(
        "documents::find_by_location",
        documents::find_by_location(foreign, db, &one.source, "a.txt").await,
        None,
    );
    for query in [
        DocumentQuery { source: Some(one.source.clone()), ..DocumentQuery::default() },
        DocumentQuery { collection: Some(one.collection.clone()), ..DocumentQuery::default() },
    ] {
        checked.empty("documents::list", documents::list(foreign, db, &query).await, Page::single(Vec::new()));
    }
    let everything = documents::list(foreign, db, &DocumentQuery::default()).await.unwrap().items;
    assert_eq!(everything.iter().map(|row| &row.id).collect::<Vec<_>>(), [&two.document]);
    checked.empty("documents::list_of_source", documents::list_of_source(foreign, db, &one.source).await, Vec::new());
    let same = documents::find_same_text(foreign, db, &one.source, "", &DocumentId::new()).await;
    checked.empty("documents::find_same_text", same, None);
    let ids = documents::list_ids_of_collection(foreign, db, &one.collection).await;
    checked.empty("documents::list_ids_of_collection", ids, Vec::new());
    checked.empty("processing::count", processing::count(foreign, db, &one.source).await, (0, 0));
    let ids = std::slice::from_ref(document);
    checked.empty("revisions::hold", revisions::hold(foreign, tx, ids).await, HashMap::new());
    checked.empty("processing::stop", processing::stop(foreign, tx, ids, true, &ApiError::not_found()).await, 0);
    checked.empty("documents::list_standings", documents::list_standings(foreign, db, ids).await, Vec::new());
    let state = documents::set_state(foreign, tx, document, DocumentState::Failed, None).await;
    checked.nothing("documents::set_state", state);
    let fetched = documents::set_fetched(foreign, tx, document, &documents::Fetched::default()).await;
    checked.nothing("documents::set_fetched", fetched);
    checked.nothing("documents::set_file", documents::set_file(foreign, tx, document, "k", "text/plain", 1).await);
    let both = [document.clone(), DocumentId::new()];
    checked.empty("documents::mark_seen", documents::mark_seen(foreign, tx, &both, 99).await, ());
    checked.empty("documents::list_unseen", documents::list_unseen(foreign, db, &one.source, 99).await, Vec::new());
    checked.empty("documents::delete_many", documents::delete_many(foreign, tx, &both).await, 0);
    checked.nothing("documents::delete", documents::delete(foreign, tx, document).await);

    checked.nothing("revisions::put", revisions::put(foreign, tx, document, "x", "h", Vec::new(), NOW).await);
    checked.nothing("revisions::switch", revisions::switch(foreign, tx, document, &switch_to(1, true), NOW).await);
    checked.nothing("revisions::discard", revisions::discard(foreign, tx, document, 1).await);
    checked.nothing("vector_copies::note", vector_copies::note(foreign, tx, document, &[]).await);
    checked.nothing("revisions::find", revisions::find(foreign, db, document, 1).await);
    checked.nothing("revisions::find_part", revisions::find_part(foreign, db, document, 1, 0..3).await);
    checked.empty("chunks::load", chunks::load(foreign, db, &one.chunks).await, Vec::new());
    let waiting = waiting_chunks::among(foreign, db, "m", &one.chunks).await.map(|found| found.len());
    checked.empty("waiting_chunks::among", waiting, 0);
    checked.empty("chunks::list", chunks::list(foreign, db, document, 1).await, Vec::new());
    checked.empty("chunks::count_waiting_for", chunks::count_waiting_for(foreign, db).await, 2);
    let theirs = next_vectors::NextCount { done: 0, all: 2 };
    checked.empty("next_vectors::count_for", next_vectors::count_for(foreign, db).await, theirs);

    let edits = std::slice::from_ref(&edit.id);
    checked.empty("chunk_edits::list", chunk_edits::list(foreign, db, &both).await, Vec::new());
    checked.empty("chunk_edits::find_many", chunk_edits::find_many(foreign, db, edits).await, Vec::new());
    checked.nothing("chunk_edits::lock", chunk_edits::lock(foreign, tx, document).await);
    checked.nothing("chunk_edits::put", chunk_edits::put(foreign, tx, edit.clone()).await);
    checked.nothing("chunk_edits::delete", chunk_edits::delete(foreign, tx, document, &edit.id).await);
    let change = chunk_edits::ChunkChange {
        id: one.chunks[0].clone(),
        new_id: ChunkId::new(),
        text: "theirs".to_owned(),
        edit: None,
        enabled: false,
    };
    let changed = chunk_edits::change(foreign, tx, document, 1, vec![change], false).await;
    checked.nothing("chunk_edits::change", changed);
}
