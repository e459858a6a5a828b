use std::path::PathBuf;
use std::time::Instant;

use super::*;

/// The model that `cargo xtask` fetches. Tests that need it say so when it is missing.
fn model_directory() -> Option<PathBuf> {
    let home = std::env::home_dir()?;
    let directory = home.join(".cache/hammock/models/all-MiniLM-L6-v2");
    if directory.join("model.safetensors").exists() {
        return Some(directory);
    }
    eprintln!("skipped: no model at {} (cargo xtask fetches it)", directory.display());
    None
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

/// Seconds of processor time that this process has used: what a measurement on a busy machine can still tell.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
}

#[tokio::test]
async fn measure() {
    let Some(directory) = model_directory() else { return };
    let started = Instant::now();
    let embedder = LocalEmbedder::load(&directory).unwrap();
    eprintln!("load {:?}", started.elapsed());
    let chunk = "The collection holds the documents that an assistant answers from, each cut into passages of a few sentences. ".repeat(7);
    eprintln!("tokens {}", embedder.count_tokens(&chunk));
    let texts: Vec<String> = (0..100).map(|number| format!("{number} {chunk}")).collect();
    let (started, used) = (Instant::now(), processor_seconds());
    embedder.embed(texts, Purpose::Passage).await.unwrap();
    let used = processor_seconds() - used;
    eprintln!(
        "chunk {:.1} ms of one core, {:.1} chunks/s of wall time",
        used * 10.0,
        100.0 / started.elapsed().as_secs_f64()
    );
    let (started, used) = (Instant::now(), processor_seconds());
    for _ in 0..50 {
        embedder.embed(vec!["how do I put the chat on my web site please?".to_owned()], Purpose::Query).await.unwrap();
    }
    let used = processor_seconds() - used;
    eprintln!("query {:.1} ms of one core, {:?} wall", used * 20.0, started.elapsed() / 50);
    eprintln!(
        "{}",
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .filter(|line| line.starts_with("Vm"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}
