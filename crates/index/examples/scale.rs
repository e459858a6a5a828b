//! How fast the durable index searches and fills at a size: `cargo run --example scale -- 100000`.
//!
//! Words follow Zipf's law and vectors lie around a thousand centres, as those of real text do; the embedding of a question
//! is not in the figures. Prints one JSON object.

use std::time::{Duration, Instant};

use hammock_contract::{ChunkId, CollectionId, DocumentId, OrganisationId, search::SearchMode};
use hammock_index::DurableIndex;
use hammock_retrieval::{
    ChunkText, ChunkVector, IndexedDocument, SearchFilter, SearchIndex, VectorSpace, metrics,
    search::{self, QueryVector},
};

const DIMENSION: usize = 384;
const WORDS_PER_CHUNK: usize = 120;
const VOCABULARY: f64 = 60_000.0;
const CENTRES: u64 = 1_000;
const QUESTIONS: usize = 200;

/// SplitMix64: the same data on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn words(&mut self, count: usize) -> String {
        let word = |random: &mut Self| format!("w{}", VOCABULARY.powf(random.share()) as u64);
        (0..count).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }

    fn vector(&mut self) -> Vec<f32> {
        let mut centre = Self(self.next() % CENTRES);
        let mut numbers: Vec<f32> =
            (0..DIMENSION).map(|_| (centre.share() - 0.5 + 0.8 * (self.share() - 0.5)) as f32).collect();
        let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
        numbers.iter_mut().for_each(|number| *number /= length);
        numbers
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let chunks: usize = std::env::args().nth(1).map_or(Ok(10_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let index = DurableIndex::open(folder.path()).await?;
    let space = VectorSpace { model: "scale".to_owned(), dimension: DIMENSION };
    let (organisation, collection) = (OrganisationId::new(), CollectionId::new());
    let mut random = Random(1);
    let (mut text_took, mut vectors_took) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..chunks.div_ceil(500) {
        let documents: Vec<IndexedDocument> = (0..50)
            .map(|_| IndexedDocument {
                organisation: organisation.clone(),
                collection: collection.clone(),
                document: DocumentId::new(),
                revision: 1,
                language: Some("en".to_owned()),
                chunks: (0..10)
                    .map(|ordinal| ChunkText {
                        chunk: ChunkId::new(),
                        ordinal,
                        heading: random.words(6),
                        text: random.words(WORDS_PER_CHUNK),
                    })
                    .collect(),
            })
            .collect();
        let vectors: Vec<ChunkVector> = documents
            .iter()
            .flat_map(|document| document.chunks.iter().map(move |chunk| (document, chunk)))
            .map(|(document, chunk)| ChunkVector {
                organisation: organisation.clone(),
                collection: collection.clone(),
                document: document.document.clone(),
                revision: 1,
                chunk: chunk.chunk.clone(),
                vector: random.vector(),
            })
            .collect();
        let began = Instant::now();
        index.put_text(&documents).await?;
        text_took += began.elapsed();
        let began = Instant::now();
        index.put_vectors(&space, vectors).await?;
        vectors_took += began.elapsed();
    }
    let began = Instant::now();
    index.optimise().await?;
    let optimise_took = began.elapsed();

    let filter = SearchFilter { organisations: vec![organisation], collections: vec![collection] };
    let mut took = [const { Vec::new() }; 3];
    let modes = [SearchMode::Keyword, SearchMode::Vector, SearchMode::Hybrid];
    for question in 0..QUESTIONS {
        let (text, vector) = (random.words(10), random.vector());
        for (mode, took) in modes.into_iter().zip(&mut took) {
            let query = QueryVector { space: &space, vector: &vector, languages: &[] };
            let began = Instant::now();
            let candidates = search::search(&index, &text, Some("en"), &filter, mode, Some(query)).await?;
            let ranking = candidates.rank(mode, 10);
            // The first ones fill caches.
            if question >= 10 {
                took.push(began.elapsed().as_secs_f64() * 1_000.0);
            }
            assert_eq!(ranking.hits.len(), 10);
        }
    }
    let latency = |place: usize| -> serde_json::Value {
        let share = |share| (metrics::percentile(&took[place], share) * 10.0).round() / 10.0;
        serde_json::json!({ "p50_ms": share(0.5), "p95_ms": share(0.95) })
    };
    let report = serde_json::json!({
        "chunks": chunks,
        "text_s": text_took.as_secs_f64(),
        "vectors_s": vectors_took.as_secs_f64(),
        "optimise_s": optimise_took.as_secs_f64(),
        "keyword": latency(0),
        "vector": latency(1),
        "hybrid": latency(2),
    });
    println!("{report}");
    Ok(())
}
