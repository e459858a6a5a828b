//! Embedding models that are made of nothing.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use hammock_llm::{EmbedError, Embedder, scripted::WordEmbedder};

use crate::{EmbedderFactory, EmbeddingChoice};

/// There are none.
pub struct NoEmbedders;

#[async_trait]
impl EmbedderFactory for NoEmbedders {
    async fn load(&self, _: &EmbeddingChoice, _: Option<usize>) -> Result<Arc<dyn Embedder>, EmbedError> {
        Err(EmbedError::Load("there is none".to_owned()))
    }
}

/// Models of words, by the names of their folders.
pub struct WordModels(HashMap<&'static str, Arc<WordEmbedder>>);

impl WordModels {
    /// Each with the length of its vectors and its languages.
    pub fn new(models: &[(&'static str, usize, &[&str])]) -> Arc<Self> {
        let made = models
            .iter()
            .map(|(name, dimension, languages)| (*name, Arc::new(WordEmbedder::new(name, *dimension, languages))));
        Arc::new(Self(made.collect()))
    }

    /// The model of this name.
    pub fn model(&self, name: &str) -> &WordEmbedder {
        self.0.get(name).expect("the model is there")
    }
}

#[async_trait]
impl EmbedderFactory for WordModels {
    async fn load(&self, choice: &EmbeddingChoice, _: Option<usize>) -> Result<Arc<dyn Embedder>, EmbedError> {
        match self.0.get(choice.name().as_str()) {
            Some(model) => Ok(model.clone()),
            None => Err(EmbedError::Load(format!("there is no folder {}", choice.place()))),
        }
    }
}

/// The choice of a model by its name.
pub fn choice(name: &str) -> Option<EmbeddingChoice> {
    Some(EmbeddingChoice::Directory { folder: format!("/models/{name}").into(), languages: Vec::new() })
}
