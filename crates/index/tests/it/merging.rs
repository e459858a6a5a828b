//! Housekeeping of the keyword index, and the merges that it begins by itself.

use std::{collections::HashSet, path::Path};

use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};
use hammock_index::DurableIndex;
use hammock_retrieval::{ChunkText, IndexedDocument, SearchIndex};

fn document() -> IndexedDocument {
    IndexedDocument {
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
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn housekeeping_leaves_one_small_segment() {
    let folder = tempfile::tempdir().unwrap();
    let index = DurableIndex::open(folder.path()).await.unwrap();
    for round in 1..=5 {
        // So many commits that the last one begins a merge.
        for _ in 0..8 {
            index.put_text(&[document()]).await.unwrap();
        }
        // What that one has is left out the first time.
        index.optimise().await.unwrap();
        index.optimise().await.unwrap();
        assert_eq!(index.list_text().await.unwrap().len(), 8 * round);
        assert_eq!(segments(folder.path()).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_go_on_beside_housekeeping() {
    let folder = tempfile::tempdir().unwrap();
    let index = DurableIndex::open(folder.path()).await.unwrap();
    let gone = document();
    index.put_text(std::slice::from_ref(&gone)).await.unwrap();
    let changes = async {
        for _ in 0..20 {
            index.put_text(&[document()]).await.unwrap();
        }
        index.remove_revisions(&gone.document, None).await.unwrap();
    };
    let housekeeping = async {
        for _ in 0..20 {
            index.optimise().await.unwrap();
        }
    };
    futures::join!(changes, housekeeping);
    let listed = index.list_text().await.unwrap();
    assert_eq!(listed.len(), 20);
    assert!(listed.iter().all(|(document, ..)| *document != gone.document));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_leaves_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let index = DurableIndex::open(folder.path()).await.unwrap();
    // All in one segment, of which so little is removed that no commit has it written anew.
    let all: Vec<IndexedDocument> = (0..10).map(|_| document()).collect();
    index.put_text(&all).await.unwrap();
    index.remove_revisions(&all[0].document, None).await.unwrap();
    // Whoever reads at this moment keeps files until the next time.
    let mut tries = 0;
    while !is_clean(folder.path()) {
        tries += 1;
        assert!(tries < 50, "{:?}", segments(folder.path()));
        index.optimise().await.unwrap();
    }
    let listed = index.list_text().await.unwrap();
    assert!(listed.len() == 9 && listed.iter().all(|(document, ..)| *document != all[0].document), "{listed:?}");
}

/// Name of each segment that counts, with how many of its rows are removed.
fn segments(folder: &Path) -> Vec<(String, u32)> {
    let index = tantivy::Index::open_in_dir(folder.join("text-v1")).expect("it can be opened");
    let metas = index.searchable_segment_metas().expect("it can be read");
    metas.into_iter().map(|meta| (meta.id().uuid_string(), meta.num_deleted_docs())).collect()
}

/// Whether there is no removed row in any file.
fn is_clean(folder: &Path) -> bool {
    let segments = segments(folder);
    let counting: HashSet<&str> = segments.iter().map(|(name, _)| name.as_str()).collect();
    let mut files = std::fs::read_dir(folder.join("text-v1"))
        .expect("the index has a folder")
        .map(|file| file.expect("it can be read").file_name());
    let is_left = |name: &str| {
        let segment = name.split('.').next().unwrap_or_default();
        segment.len() == 32 && !counting.contains(segment)
    };
    segments.iter().all(|(_, removed)| *removed == 0) && !files.any(|name| is_left(&name.to_string_lossy()))
}
