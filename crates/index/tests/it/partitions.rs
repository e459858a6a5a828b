//! A table that is large enough for indexes finds what an exact search finds, also while it grows.

use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId};
use hammock_index::DurableIndex;
use hammock_retrieval::{ChunkVector, SearchFilter, SearchIndex, VectorSpace};

const DIMENSION: usize = 8;

/// Vectors of unit length in every direction; the same for the same seed.
fn vector(seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
    let mut numbers: Vec<f32> = (0..DIMENSION)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 24) as f32 - 0.5
        })
        .collect();
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    numbers.iter_mut().for_each(|number| *number /= length);
    numbers
}

fn rows(tenant: &SearchFilter, seeds: std::ops::Range<u64>) -> Vec<ChunkVector> {
    seeds
        .map(|seed| ChunkVector {
            organisation: tenant.organisations[0].clone(),
            collection: tenant.collections[0].clone(),
            document: DocumentId::new(),
            revision: 1,
            chunk: ChunkId::new(),
            vector: vector(seed),
        })
        .collect()
}

/// The ten nearest, by looking at each.
fn nearest(rows: &[ChunkVector], question: &[f32]) -> Vec<ChunkId> {
    let similarity = |row: &ChunkVector| row.vector.iter().zip(question).map(|(a, b)| a * b).sum::<f32>();
    let mut rows: Vec<&ChunkVector> = rows.iter().collect();
    rows.sort_by(|one, other| similarity(other).total_cmp(&similarity(one)));
    rows.iter().take(10).map(|row| row.chunk.clone()).collect()
}

async fn found(index: &DurableIndex, space: &VectorSpace, filter: &SearchFilter, question: &[f32]) -> Vec<ChunkId> {
    index
        .vector(space, question, filter, 10)
        .await
        .expect("the index answers")
        .into_iter()
        .map(|hit| hit.chunk)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_growing_table_finds_what_is_nearest_to_each_tenant() {
    let folder = tempfile::tempdir().unwrap();
    let index = DurableIndex::open(folder.path()).await.unwrap();
    let space = VectorSpace { model: "partitions".to_owned(), dimension: DIMENSION };
    let tenant = || SearchFilter {
        organisations: vec![OrganisationId::new()],
        collections: vec![CollectionId::new()],
        documents: None,
    };
    let (large, small) = (tenant(), tenant());
    let mut stored = rows(&large, 0..4_500);
    let few = rows(&small, 1_000_000..1_000_005);
    index.put_vectors(&space, stored.clone()).await.unwrap();
    index.put_vectors(&space, few.clone()).await.unwrap();
    index.optimise().await.unwrap();
    for question in 2_000_000..2_000_010 {
        let question = vector(question);
        assert_eq!(found(&index, &space, &large, &question).await, nearest(&stored, &question));
        assert_eq!(found(&index, &space, &small, &question).await, nearest(&few, &question));
    }

    // What was put after the index was made is found too, before and after the index takes it up.
    let more = rows(&large, 10_000..25_500);
    index.put_vectors(&space, more.clone()).await.unwrap();
    stored.extend(more);
    for _ in 0..2 {
        for place in [0, 4_499, 4_500, stored.len() - 1] {
            let hits = found(&index, &space, &large, &stored[place].vector).await;
            assert_eq!(hits.first(), Some(&stored[place].chunk), "number {place}");
        }
        let question = vector(3_000_000);
        assert_eq!(found(&index, &space, &small, &question).await, nearest(&few, &question));
        index.optimise().await.unwrap();
    }
    let gone = stored[7].document.clone();
    index.remove_revisions(&gone, None).await.unwrap();
    assert_ne!(found(&index, &space, &large, &stored[7].vector).await.first(), Some(&stored[7].chunk));
    assert_eq!(index.list_vectors(&space).await.unwrap().len(), stored.len() + few.len() - 1);
}
