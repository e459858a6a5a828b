//! A process that is killed at any moment leaves an index that opens and holds whatever was acknowledged.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};
use hammock_index::DurableIndex;
use hammock_retrieval::{ChunkText, ChunkVector, IndexedDocument, SearchIndex, VectorSpace};

/// Set for the child alone: the folder to write into.
const FOLDER: &str = "HAMMOCK_TEST_CRASH_FOLDER";
const ROUNDS: u64 = 12;

fn space() -> VectorSpace {
    VectorSpace { model: "crash".to_owned(), dimension: 8 }
}

/// Runs for ever, and says on standard output what it was told is stored. Does nothing unless the other test starts it.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_writes_until_it_is_killed() {
    let Some(folder) = std::env::args().skip_while(|argument| argument != "--skip").nth(1) else { return };
    let Some(folder) = folder.strip_prefix(FOLDER) else { return };
    let index = DurableIndex::open(std::path::Path::new(folder)).await.unwrap();
    loop {
        let document = IndexedDocument {
            organisation: OrganisationId::new(),
            collection: CollectionId::new(),
            document: DocumentId::new(),
            revision: 1,
            language: Some("en".to_owned()),
            chunks: (0..3)
                .map(|ordinal| ChunkText {
                    chunk: ChunkId::new(),
                    ordinal,
                    heading: String::new(),
                    text: "some words".to_owned(),
                })
                .collect(),
        };
        index.put_text(std::slice::from_ref(&document)).await.unwrap();
        println!("text {}", document.document);
        let vectors = document.chunks.iter().map(|chunk| ChunkVector {
            organisation: document.organisation.clone(),
            collection: document.collection.clone(),
            document: document.document.clone(),
            revision: 1,
            chunk: chunk.chunk.clone(),
            vector: vec![0.5; 8],
        });
        index.put_vectors(&space(), vectors.collect()).await.unwrap();
        println!("vectors {}", document.document);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged: Vec<(String, DocumentId)> = Vec::new();
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["crash::child_that_writes_until_it_is_killed", "--exact", "--nocapture", "--skip"])
            .arg(format!("{FOLDER}{}", folder.path().display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reader = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<String>>());
        // Every round another instant: within the opening, a commit, a merge.
        std::thread::sleep(Duration::from_millis(120 + round * 97 % 700));
        child.kill().unwrap();
        child.wait().unwrap();
        for line in reader.join().unwrap() {
            if let Some((kind, id)) = line.split_once(' ')
                && ["text", "vectors"].contains(&kind)
                && let Ok(id) = id.parse()
            {
                acknowledged.push((kind.to_owned(), id));
            }
        }
        let index = DurableIndex::open(folder.path()).await.unwrap();
        let (text, vectors) = (index.list_text().await.unwrap(), index.list_vectors(&space()).await.unwrap());
        for (kind, id) in &acknowledged {
            let listed = if kind == "text" { &text } else { &vectors };
            let chunks = listed.iter().filter(|(document, _, _)| document == id).count();
            assert_eq!(chunks, 3, "{kind} of {id} after round {round}");
        }
    }
    assert!(!acknowledged.is_empty(), "the children never came to write anything");
}
