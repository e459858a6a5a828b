//! How good words alone are on real collections, and whether questions are recognised. The collections lie beside the
//! checkout; where they are missing the tests say so.

#![expect(clippy::unwrap_used, reason = "a test that meets something else than it expects may stop there")]

use std::path::PathBuf;

use async_trait::async_trait;
use hammock_contract::{assistant::Strictness, search::SearchMode};
use hammock_retrieval::{
    VectorSpace,
    eval::{Bench, Cut, Dataset, Pipeline, Text},
    memory::MemoryIndex,
    question,
};

/// Whole documents, no model.
struct Words;

#[async_trait]
impl Pipeline for Words {
    fn cut(&self, document: &Text) -> Cut {
        Cut { language: None, chunks: vec![(document.title.clone(), document.text.clone())] }
    }

    fn model(&self) -> Option<(VectorSpace, Vec<String>)> {
        None
    }

    async fn embed(&self, _: Vec<String>, _: bool) -> Result<Vec<Vec<f32>>, String> {
        Err("there is no model".to_owned())
    }
}

fn dataset(name: &str, queries: usize) -> Option<Dataset> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/retrieval").join(name);
    if !folder.is_dir() {
        println!("HAMMOCK-SKIP: {name}: it is not beside the checkout (../shared/data/retrieval)");
        return None;
    }
    Some(Dataset::load(&folder, Some(queries)).unwrap())
}

async fn keyword_ndcg(name: &str, queries: usize, least: f64) {
    let Some(dataset) = dataset(name, queries) else { return };
    let index = MemoryIndex::new();
    let bench = Bench::fill(&index, &Words, &dataset, &|_| ()).await.unwrap();
    let report = bench.measure(&dataset, &[], &mut |_| ()).await.unwrap();
    assert!(report.modes.keyword.ndcg >= least, "{report:?}");
    assert!(report.modes.vector.is_none() && report.modes.hybrid.is_none());
}

#[tokio::test]
async fn words_alone_find_what_english_questions_ask() {
    keyword_ndcg("cranfield-en", 225, 0.48).await;
}

#[tokio::test]
async fn words_alone_find_what_french_questions_ask() {
    keyword_ndcg("piaf-fr", 300, 0.74).await;
}

#[tokio::test]
async fn words_alone_refuse_questions_about_something_else() {
    let (Some(cranfield), Some(piaf)) = (dataset("cranfield-en", 225), dataset("piaf-fr", 300)) else { return };
    let index = MemoryIndex::new();
    let bench = Bench::fill(&index, &Words, &cranfield, &|_| ()).await.unwrap();
    let mut refused = 0;
    for query in &piaf.queries {
        let ranking = bench.ask(&query.text, SearchMode::Keyword).await.unwrap();
        refused += usize::from(!ranking.evidence.is_enough(Strictness::Balanced));
    }
    assert!(refused * 10 >= piaf.queries.len() * 9, "{refused} of {}", piaf.queries.len());
    let (mut found, mut wrongly_refused) = (0, 0);
    for query in &cranfield.queries {
        let ranking = bench.ask(&query.text, SearchMode::Keyword).await.unwrap();
        let first = bench.documents(&ranking).into_iter().take(3);
        if first.into_iter().any(|document| cranfield.judgements[&query.id].contains_key(&document)) {
            found += 1;
            wrongly_refused += usize::from(!ranking.evidence.is_enough(Strictness::Balanced));
        }
    }
    assert!(wrongly_refused * 10 <= found * 2, "{wrongly_refused} of {found}");
}

#[test]
fn the_language_of_short_questions_is_recognised() {
    for (name, language) in [("cranfield-en", "en"), ("scifact-en", "en"), ("piaf-fr", "fr")] {
        let Some(dataset) = dataset(name, 1_000) else { continue };
        let told = |expected: &[&str]| {
            let is = |text: &str| question::language(text, expected.iter().copied()).as_deref() == Some(language);
            dataset.queries.iter().filter(|query| is(&query.text)).count() as f64 / dataset.queries.len() as f64
        };
        let (alone, among) = (told(&[language]), told(&["en", "fr", "cs"]));
        assert!(alone > 0.97 && among > 0.9, "{name}: {alone} {among}");
    }
}
