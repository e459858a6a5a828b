mod tiny;

use std::path::PathBuf;

use hammock_testkit::cache;

use super::*;

/// The model that `cargo xtask` fetches. Tests that need it say so when it is missing.
fn model_directory() -> Option<PathBuf> {
    cache::model("the embedding model in the process")
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn vectors_are_those_of_the_reference_implementation() {
    let Some(directory) = model_directory() else { return };
    let embedder = LocalEmbedder::load(&directory).unwrap();
    assert_eq!(embedder.space().dimension, 384);
    assert_eq!(embedder.languages(), ["en"]);
    assert_eq!(embedder.max_tokens(), 256);
    let texts =
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"];
    let vectors = embedder.embed(texts.map(str::to_owned).to_vec(), Purpose::Passage).await.unwrap();
    for vector in &vectors {
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-5);
    }
    // The model card's own example.
    for (other, expected) in [(1, 0.695), (2, 0.943), (3, 0.257)] {
        let similarity = cosine(&vectors[0], &vectors[other]);
        assert!((similarity - expected).abs() < 0.002, "{} {similarity} {expected}", texts[other]);
    }
}

#[tokio::test]
async fn a_text_has_the_same_vector_in_any_company() {
    let Some(directory) = model_directory() else { return };
    let embedder = LocalEmbedder::load_with_workers(&directory, 2).unwrap();
    // Of every length, so that they do not come back in the order in which they are computed.
    let texts: Vec<String> =
        (0..30).map(|number| format!("{number} {}", "the shop opens at nine ".repeat((number * 7) % 23))).collect();
    let together = embedder.embed(texts.clone(), Purpose::Passage).await.unwrap();
    for (text, vector) in texts.into_iter().zip(together).step_by(5) {
        let alone = embedder.embed(vec![text.clone()], Purpose::Query).await.unwrap();
        assert!(cosine(&alone[0], &vector) > 0.99999, "{text}");
    }
}

#[tokio::test]
async fn empty_and_endless_texts_have_vectors_too() {
    let Some(directory) = model_directory() else { return };
    let embedder = LocalEmbedder::load_with_workers(&directory, 1).unwrap();
    assert!(embedder.embed(Vec::new(), Purpose::Passage).await.unwrap().is_empty());
    let endless = "word ".repeat(200_000);
    let same = "word ".repeat(300);
    let vectors = embedder.embed(vec![String::new(), endless, same], Purpose::Passage).await.unwrap();
    assert!((cosine(&vectors[0], &vectors[0]) - 1.0).abs() < 1e-5);
    // Both are cut at the same token.
    assert!(cosine(&vectors[1], &vectors[2]) > 0.99999);
    assert_eq!(embedder.count_tokens("word word"), Some(4));
}

#[tokio::test]
async fn a_question_does_not_wait_for_passages() {
    let Some(directory) = model_directory() else { return };
    let embedder = LocalEmbedder::load_with_workers(&directory, 1).unwrap();
    let texts = vec!["the shop opens at nine on working days ".repeat(20); 60];
    let passages = embedder.embed(texts, Purpose::Passage);
    let question = async {
        // After the passages are queued.
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
        embedder.embed(vec!["when does it open?".to_owned()], Purpose::Query).await
    };
    tokio::select! {
        biased;
        _ = passages => panic!("the passages were ready before the question"),
        vector = question => assert_eq!(vector.unwrap().len(), 1),
    }
}

#[tokio::test]
async fn the_model_conforms() {
    let Some(directory) = model_directory() else { return };
    crate::conformance::embeds(&LocalEmbedder::load_with_workers(&directory, 2).unwrap()).await;
}

#[test]
fn the_administrator_knows_the_languages_better_than_the_card() {
    let Some(directory) = model_directory() else { return };
    let embedder = LocalEmbedder::load_with_workers(&directory, 1).unwrap();
    assert_eq!(embedder.clone().with_languages(Vec::new()).languages(), ["en"]);
    assert_eq!(embedder.with_languages(vec!["en".to_owned(), "fr".to_owned()]).languages(), ["en", "fr"]);
}

#[test]
fn another_architecture_is_refused_by_its_name() {
    for found in ["mpnet", "distilbert", "nomic_bert"] {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config.json"), format!(r#"{{"model_type": "{found}"}}"#)).unwrap();
        let loading = LocalEmbedder::load(directory.path()).err().map(|error| error.to_string());
        let looking = check(directory.path()).err().map(|error| error.to_string());
        assert_eq!(loading, looking);
        let said = looking.unwrap();
        assert!(said.contains(&format!("\"{found}\"")) && said.contains("xlm-roberta"), "{said}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let missing = || check(directory.path()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(missing().contains("config.json"), "{}", missing());
    let shape = r#"{"model_type": "bert", "hidden_size": 8, "max_position_embeddings": 16, "intermediate_size": 8,
        "num_hidden_layers": 1, "num_attention_heads": 1}"#;
    std::fs::write(directory.path().join("config.json"), shape).unwrap();
    assert!(missing().contains("tokenizer.json"), "{}", missing());
    std::fs::write(directory.path().join("tokenizer.json"), "{}").unwrap();
    assert!(missing().contains("model.safetensors"), "{}", missing());
    std::fs::write(directory.path().join("model.safetensors"), "").unwrap();
    assert_eq!(check(directory.path()).err().map(|error| error.to_string()), None);
    let error = LocalEmbedder::load(directory.path()).err().unwrap().to_string();
    assert!(error.contains("tokenizer.json"), "{error}");
}
